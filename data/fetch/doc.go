// Package fetch gets pages from the web, politely and safely.
//
// Politely: robots.txt is read first and obeyed (RFC 9309), a host gets one
// request at a time with a pause between two, a page that has not changed is
// not sent again, and what fails for reasons that may pass is tried again
// later, when the server says so if it does.
//
// Safely: an address that is private, loopback or link-local is never dialled
// unless allowed, wherever it came from; bodies are bounded in time, in bytes
// sent and in bytes decompressed.
//
// # Decisions
//
// robots.txt is read by a parser of our own: github.com/temoto/robotstxt takes
// a pattern with "*" to match anywhere in a path, and refuses the whole file
// for one bad line. A robots.txt that cannot be read for trouble of the server
// or the network forbids its host, for a minute at a time; one that is not
// there, or is hidden, allows everything.
//
// Conditional requests are made for pages that the caller said he kept
// (Fetcher.Keep), so that Ctrl-C between fetching and storing loses nothing.
//
// Charsets: what the bytes show wins over what is said of them, since servers
// and templates that name the wrong charset are common and text that is UTF-8
// by chance is not. Text that says nothing and is no UTF-8 is Windows-1252.
//
// A host is held while a request to it waits for its retry. A Retry-After of
// more than two minutes is not waited for: the page is an error, and so is
// every other one of the host until then, without asking. After three requests
// in a row that failed in spite of their retries, a host gets no retries until
// a request succeeds, so that ten thousand pages of a broken one do not take
// all day.
//
// Redirects are followed ten times, from host to host, each with its own
// robots.txt. Cookies are not kept.
package fetch
