// Package web serves the links over HTTP: the API that a site asks, what an
// operator watches, and the demo magazine that shows the links at work.
//
//	GET /v1/related   the links of one article
//	POST /v1/related/batch   those of several, for one page
//	POST /v1/events   what readers did, from their browsers
//	PUT, DELETE /v1/articles/{id}   one article, from a CMS with a key
//	POST /v1/articles               many, as JSON lines, answered line by line
//	GET /v1/status    what is in service, and how the watched sources do
//	GET /healthz      200 while the process runs
//	GET /readyz       200 only with a snapshot in service
//	GET /metrics      counts and times, for Prometheus
//	GET /openapi.json, /docs   all of this, for programs and for people; see package openapi
//
//	GET /v1/fragment  the links as HTML, for includes on a server
//	GET /widget.js    puts them into a page, and tells what readers did; /widget.css
//
// With Config.Magazine also /, /{lang}/, /{lang}/section/{name}, the address of
// every article, /pictures/ and /assets/.
//
// Handlers return errors; one function turns them into problem details
// (RFC 9457), or into a page in the reader's language where a page was asked
// for. What it does not know is a 500 that says nothing of the inside and is
// logged once with the id of the request.
//
// # Decisions
//
// Problems have the type about:blank and tell themselves apart by status and by
// "parameter". Types of our own would promise pages that explain them; they can
// come with such pages. "instance" is the path alone, since a query may be as
// long as its sender likes; problems of our making carry "request_id" too.
//
// What net/http itself refuses, such as a query of 10 MB, it writes to the
// connection as plain text; a thin connection puts problem details in its place,
// for which there is no other hook. A Go that words it differently is found by the
// tests, and until then the plain text goes out.
//
// A request's X-Request-Id is kept when it is short and plain, so that the log
// of a proxy and ours can be read together; any other is replaced.
//
// The answer to a pushed article comes when lists follow from it. Its fields are
// those of JSON lines, and what an import would leave out and count is left out
// and named. DELETE unpublishes, for an article that comes back must find its
// overrides; so a deleted one still is one to If-None-Match: *. The id of an
// address may hold slashes as they are or percent-encoded. An entity tag is the
// article's hash: the same content has the same one, whoever stored it.
//
// Many articles are stored in batches, each whole or not at all; the status of
// the whole is 200 however its lines fared, since some may be stored already.
//
// A list that was made is kept for whoever asks for the same, until anything changes
// (Recommender.Version): few articles have most of the readers. Lists take about
// 256 MiB at most, 100,000 of them; the rest is made anew. Beside a bare Echo handler that
// sends the same bytes, with 100,000 articles and wrk on the same two cores
// (BenchmarkServe of cmd/alsolike), a server answers .88, .76 and .80 times as many
// requests at 1, 16 and 256 connections where few articles are asked for often; .60 where
// every article is asked for alike, .45 with half that memory, .72 with room for all; and
// .43 where every list has to be made. A kept list takes 20 allocations in all, where the
// bare handler takes 19.
//
// A list is encoded by hand, since it is asked for at every page view: that takes
// half the time of encoding/json, and no memory.
//
// Answers that may be kept have a strong entity tag, a hash of their bytes. The
// list's id, which is in them, is signed over snapshot, overrides and parameters;
// the cards are the articles' present ones. So whatever changes what a reader
// would see changes the tag with the next request, and nothing else does. A
// compressed body is other bytes and has another tag. Every answer that may not
// be kept says no-store.
//
// A batch is 200 however its queries fare, since some may have lists; what is no
// fault of theirs, such as that there is no snapshot, fails it as a whole. Its lists
// are not kept: a POST is not, and a page that asks for several in one request wants
// them of one moment.
//
// since=90d counts from the beginning of the day and since=12h from that of the
// hour, in UTC: counted from the moment of the request, no list would be the same
// twice. from= is an address if it holds "://" or begins with "/", else an id.
//
// Bodies from 1,400 bytes on, which may not fit into one packet, are compressed with
// klauspost/compress, which takes half the time of the standard library's.
//
// /v1/related refuses what it does not know; /healthz and /readyz do not look,
// because load balancers add parameters of their own.
//
// /v1/related?lang= and placement= say which languages links may be in; lang=
// has the say, since whoever writes it has this one request in mind. Every card
// names its language, and links that only fill the list up with another
// language have the source fallback:language.
//
// An event brings its whole list along, as /v1/related answered it, and is checked
// against the signature in the recommendation id: nothing is looked up or computed
// again, and pages that a cache kept count as well. What the list says beyond what
// is signed (cards, scores) is not looked at. A page draws a token each time it shows
// a list ("view"); id and token are one impression, so replays count once. Somebody
// who draws token after token for one list can still report more than one impression
// of it: only the rate of an address bounds that, as with any count of readers who
// bear no name.
//
// Each event of a request fares on its own, and 202 tells how: a browser does not
// look at the answer to a beacon, but whoever builds a page does. Times are the
// server's, to the second.
//
// Of a reader who sends Sec-GPC: 1 or DNT: 1 nothing is stored, not even that a list
// was shown; only how many such events came is counted. Crawlers, previews of links
// and services that watch sites are known by what they call themselves. Headless
// browsers and HTTP libraries are not on that list: crawlers that run scripts
// give their names too, and what posts events otherwise does so on purpose. No
// address and no User-Agent is kept anywhere; with Events.ReaderIDs the log has a
// pseudonym made of both with a key that is drawn each day and never written. After a
// restart it is another one.
//
// CORS is for what browsers of readers ask for, readerPaths, and for no other
// address. It is written here and not Echo's, which sends Vary: Origin also where
// every site is allowed, and so would have a cache keep one answer for each site.
// A preflight request of an origin that is not allowed is a problem that says so,
// since its sender sees nothing else.
//
// A request has answerWithin before its context ends, except where lists are made:
// they wait for nothing that its end could cut short.
//
// Limits of requests keep no address: a sender is a keyed hash, whose key lives
// and dies with the process, beside the time at which he may ask again. That is
// one number for a sender where a token bucket needs two, and the memory is
// bounded by two generations of senders, the older of which is forgotten. So
// whoever commands 100,000 addresses is not held back by this. Requests with a
// good key count for the key and not for the address, which may be that of the
// site's own servers. Events have a limit without being asked, for a reader's
// browser sends few; but none where the sender is the site's own proxy, since to
// lose the clicks of everybody to a forgotten setting is worse than to count some
// too many.
//
// The access log holds no address of a client, for with the article asked about
// that is what somebody read; the proxy's log has it under the same request id for
// whoever must know, and so has level debug. Of a query it holds the values of our
// own parameters alone, and of an address in them no query: what a site puts there
// may be a secret.
//
// Metrics are made with client_golang in a registry of our own: the format has
// corners (escapes, buckets, negotiation) that are better left to those who define
// it, and it brings the numbers of the Go runtime. Echo's own middleware for it
// labels by host and path as asked for unless told otherwise, and does not know of
// lists. Labels are routes, methods and statuses, of which there are few. A
// request pays 0.4 µs and two allocations for them, 1 % of the processor time that
// it takes over TCP, and the binary 2.5 MB.
//
// A snapshot is stale when it is old and articles have changed since. Age alone
// would raise the alarm on every site that publishes nothing over a weekend, and
// refresh.every makes no snapshot then. A stale one serves all the same, and
// /readyz says yes: old links are better than none.
//
// Card fields that the article does not have are absent from the answer, and so
// is everything of the contract that a later version brings.
//
// A fragment has no styles of its own: they would not pass a strict content security
// policy, and a page needs them once. A problem with one is a comment to whoever
// accepts HTML, as servers do that include it on behalf of a browser. An include
// shows whatever it gets, and readers are not to see our troubles.
//
// A page of the magazine is shown without links when there is no snapshot or
// the list cannot be had: a site must not go down with its recommendations.
package web
