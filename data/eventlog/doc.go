// Package eventlog keeps the log of what readers did while a site is served: the
// lists that were shown and what became of them, one file a day.
//
//	events/
//	  2026-11-29.ndjson      the events of that day (UTC) as data/clicklog writes them, while it lasts
//	  2026-11-28.ndjson.gz   a day that is over
//
// A Log takes events with Add, which only touches memory, and writes them at most
// Options.Flush later.
//
// # Decisions
//
// One goroutine writes. Add hands it lines, not events, so that what waits is
// bounded in bytes (Options.Waiting), whatever lists look like. Nothing ever waits
// for the disk: an event for which there is no room is refused and counted.
//
// A disk that is full or gone loses nothing by itself: the lines wait, one attempt
// is made each time, and a line of which only a part could be written is completed
// by the next. Only what comes in while too much waits is lost, and what still
// waits when the log is closed. Counts tells how much, and what the trouble is.
//
// Files are not synced until their day is over or the log is closed. A crash of the
// process loses what waited, a second's worth; one of the machine may lose some
// seconds more. A line that was cut off by it is taken away at the next start.
//
// A list is recorded once, and so is each click on an item of it. For that the last
// Options.Remember lists and as many clicks, views and readings are remembered, at
// most twice as many, each by a hash of 64 bits: one new list in 10^13 is taken for
// an old one. That is 75 MB at most, on a site that shows more than a million lists
// between two starts, and next to nothing where little is shown. What is done to a
// list that is not remembered is refused, since a click whose list is not in the log
// cannot be evaluated. After a start the memory is read from the last two days of the
// log, 8 s for a million lists; until then events are refused (links are not).
//
// A day that is over is compressed beside its file, synced and renamed, and then the
// file is removed. Where both are there, the process ended between the two, and the
// file is removed at the next start. So a day whose compressed file is there is never
// written to again; should the clock go back to it, its events go to a further file,
// 2026-11-28_2.ndjson. Compression is klauspost/compress's, which data/clicklog
// reads logs with, and which takes half the time of the standard library's.
package eventlog
