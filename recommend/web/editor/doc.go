// Package editor is the editors' side of the server: pages under /editor, rendered
// here and working without script, and the same as JSON under /v1/editor.
//
// Every route is added with the role that it needs (Server.handle), so that none can
// be reached without: a browser shows the cookie of its session, a program a key.
// A page is a template of its name, a view with what it shows, and its
// words in the translation table (words.go).
//
// # Decisions
//
// The cookie of a session is HttpOnly and SameSite=Lax. Where the connection is
// encrypted it is Secure and has the prefix __Host-, so that neither another host of
// the site nor a page without encryption can set it; such a cookie is then the only one that counts. Whether
// the connection is encrypted a trusted proxy may say (proxies.trusted), nobody else.
//
// Requests that change something must come from our own pages. Two things see to it,
// either of which would do: the browser says where a request comes from
// (Sec-Fetch-Site or Origin, checked by net/http's CrossOriginProtection), which also
// covers signing in, where there is no session yet; and forms carry a token that is
// made of the session's own. Requests with a key need neither, for no browser sends a
// key by itself.
//
// Whoever signs in gets a new session, whatever cookie came along, and the one that
// came along ends; so a cookie that somebody planted is worth nothing. After signing in the
// browser goes to an address below /editor and nowhere else.
//
// Checking a password takes as long for a name that nobody has, and the answer is
// the same. Two are checked at a time, as each takes 64 MiB.
//
// A key never manages users or keys: what programs may do ends at what an editor may.
//
// Who sends a request goes with its context (data.WithAuthor), and so into the history
// of whatever the request changes.
//
// The entity tag of an override is a hash of what it says, and that of the list of all
// overrides counts its changes. If-Match is checked in the transaction that makes the
// change: of two editors who saw the same one is told what the other has made of it, in
// the problem's "present", and nothing is lost. Without If-Match the last one wins, and the
// history has what was there. What was added, changed or reverted is in lists with the
// answer. Changes of users and keys are for the eyes of admins, in the history too.
//
// The entity tag of a user covers his password, of which it tells nothing, so that of two
// admins who both give him a new one the second is told; it does not cover when he was last
// here. The forms of the pages carry the tag too. One that comes too late changes nothing
// and shows how it stands: a click makes the change again, so there is nothing to lose.
//
// What a refresh changes is compared once for every pair of snapshots, in the background: a
// page does not wait for it, but says that it comes and loads itself again. How often articles
// were read is as of then. The entity tag of what is in service is that of the decisions,
// snapshot.Dir.Revision, which a refresh that leaves a snapshot for review changes too: who
// publishes shall know that there is a newer one. Two snapshots that differ in a hundred
// thousand lists are shown by the two hundred that are read most.
//
// Evaluations are read from their folder for every page, twenty at a time, so that one
// that is copied there or deleted shows at once: 25 ms where 200 are kept (BenchmarkEvaluation).
// Their verdicts and metrics are in the language of the interface, their reasons in English, as
// they were written. A report is our own page, but comes from a folder: it has a policy that
// lets it keep its styles, in a sandbox in which no script runs and which asks for nothing.
//
// A rule's entity tag covers its place in the order, for that decides what it does; that
// which a form for it carries does not, for the form changes no place. The entity tag of
// the list of rules is made of theirs, so that an override changes nothing about it. The pages
// tell rules in the language of the interface, JSON in English, as commands do.
// What a rule would do is shown whatever its dates, by the engine itself
// (recommend.Moment.WithRule), under the newest articles that it is about or was, those
// whose lists change first. Where lists are slow to make, for a rule that makes each look at
// all articles, fewer are tried, so that the page is not late.
//
// In the form for a rule each name has a field of its own, with suggestions: no sign that
// separates names would do, as names hold them all. What a form cannot show, such as
// parts of a second, stays as it is.
//
// What one request changes at once is one batch in the history, and one row on its page, but
// for whoever looks for an article. To take a batch back leaves alone what somebody has
// changed since, where to take one change back refuses: of ten thousand lines most are still
// worth taking back. A look at a file brings the file back in its form, so that what is
// imported is what was seen, and the server keeps nothing meanwhile; what became of the lines
// is reported again, for others may have changed something.
//
// Interface texts are English, 简体 or 繁體, as the browser asks or as the reader has
// chosen, which a cookie remembers. What the history and errors say in English prose is
// not translated by its words: readers of Chinese are told a change by what was there before
// and after, and an error by what its field may hold, which says less than the English and
// never something else. TestNoEnglishOnChinesePages walks all pages, and what goes wrong on
// them, and fails on English that nobody has written.
//
// The page of an article shows the list that the engine makes for readers, and one form
// has all that may be done to it: every button says in its value what it does, so that
// no script is needed. The script sends the same form, puts the answer in the page's
// place and gives the focus back; by drag it presses the button of a place.
//
// A link that is moved is pinned, and what is pinned already and would stand elsewhere
// then is pinned where it is, so that the list comes out as it was left; links of the
// algorithm flow around pins. Pins that are scheduled move nothing until they begin.
//
// Clicks stand beside what they are of, as counts and with their interval, and nothing
// says which link is better: position alone explains most of it. The bars of one list
// have one scale, set by links that were seen often; wider intervals are cut off
// at its end. Pages show what is counted so far and never wait for more.
//
// The form names the overrides that its page has seen. If they differ, the change is not
// made but shown beside what is new, for its author to choose; changes to other articles
// do no harm. Between that look and the change stands the store's revision of all
// overrides (AddOverridesAt). The last change of each session may be undone on the page,
// which lives in memory; the history undoes any.
package editor
