// Package sqlite keeps articles, overrides, rules, keys, secrets and the history of who
// changed what in one SQLite file, without cgo. What a call has acknowledged survives a crash of the process and
// a loss of power; what it has not is absent as a whole.
//
// # Decisions
//
// Any number of Stores, in any number of processes, may open one file. In each,
// one connection writes and a pool of others reads (write-ahead log): readers
// never wait, and a writer waits for another up to Options.BusyTimeout. Every
// commit is synced to the disk (synchronous=FULL); NORMAL would be faster by
// one sync per batch and could forget the last batches when power fails.
//
// Revisions: every transaction that changes an article gets the next number and
// stamps it on the articles that it changed. Content is compared by
// data.Article.Hash, so storing the same again changes neither row nor number.
//
// Revisions of a store that was restored from a backup count on from an older
// number, so that what changed since a revision may not be all that differs. The
// store therefore keeps the data.Digest of all articles: whoever knows the articles
// of a revision adds what changed since and compares. Reading the hashes of all
// articles instead took 85 ms of 38 k articles, and the digest takes none. A change
// to what data.Article.Hash answers needs a migration that fills hash and digest anew.
//
// Articles are found by data.CanonicalURL of their URLs, which is stored and
// indexed beside them. A change to what that function answers needs a migration
// which fills the column anew, as the second one did. Several articles may carry
// one URL; the one with the smallest id answers to it.
//
// Every change of an override or a rule is recorded in the transaction that makes it
// (data.HistoryEntry), with the author that the context names, so that no caller can
// forget it. Triggers keep the history as it is. To revert a change gives its subject the
// state before, as a change of its own, if the subject still is what the change has left:
// an override that was removed comes back with its number and its age, and so to its place
// among others. Whether somebody changed the subject and changed it back meanwhile does not
// count; that way, whatever was done can be undone from the newest change to the oldest.
// Entries that are made in one transaction by one call are a batch (data.HistoryEntry), which
// RevertBatch takes back in one transaction too, as far as nobody has changed the same since.
// What happens outside of the store, such as which snapshot is in service, is recorded by
// Record after it has happened, as often as somebody is not sure of that, and is not
// reverted here.
//
// The order of rules is a subject of its own in the history, for it changes with rules
// that come and go: what is kept of a rule is without its order, but for one that is
// removed. A rule is stored as JSON, since rules are few and read as a whole.
//
// Changes of rules count as changes of overrides (data.Revision): both change lists, are
// few, and are read together.
//
// A file or folder that cannot be written is opened for reading alone. Where no
// log of an unfinished writer lies beside the file, SQLite is told that nobody
// will change it meanwhile (immutable), as it must be on a read-only disk; a
// reader who may not write should therefore not run for long beside a writer
// of another account.
//
// Migrations run under a lock file of their own (the path plus ".lock"), so that
// two processes that open a new folder at once do not both create its tables.
package sqlite
