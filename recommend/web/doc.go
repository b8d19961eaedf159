// Package web serves the links over HTTP: the API that a site asks, what an
// operator watches, and the demo magazine that shows the links at work.
//
//	GET /v1/related   the links of one article
//	PUT, DELETE /v1/articles/{id}   one article, from a CMS with a key
//	POST /v1/articles               many, as JSON lines, answered line by line
//	GET /v1/status    what is in service, and how the watched sources do
//	GET /healthz      200 while the process runs
//	GET /readyz       200 only with a snapshot in service
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
// /v1/related refuses what it does not know; /healthz and /readyz do not look,
// because load balancers add parameters of their own.
//
// /v1/related?lang= and placement= say which languages links may be in; lang=
// has the say, since whoever writes it has this one request in mind. Every card
// names its language, and links that only fill the list up with another
// language have the source fallback:language.
//
// Card fields that the article does not have are absent from the answer, and so
// is everything of the contract that a later version brings.
//
// A page of the magazine is shown without links when there is no snapshot or
// the list cannot be had: a site must not go down with its recommendations.
package web
