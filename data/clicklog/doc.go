// Package clicklog reads and writes logs of what readers did.
//
// ReadReads reads what readers read, as other systems keep it: one read a line (JSON
// lines, of any field names) or a row (CSV), compressed or not.
//
// ReadEvents reads event logs: lists that were shown and what became of them. They
// come in our own format, which Writer writes, and in those of other systems.
//
// # The event log
//
// One event a line, in JSON; "t" says which. Fields marked with ? may be missing.
//
//	{"t":"imp",  "id", "ts", "src", "items":[{"id","pos","p"?,"slot"?}, …],   a list that was shown
//	             "snap"?, "var"?, "pol"?, "widget"?, "n"?, "user"?, "sess"?, "dev"?, "ref"?, "lang"?, "sub"?}
//	{"t":"view", "imp", "pos":[…], "ts"?}                                     slots that were seen for a second
//	{"t":"clk",  "imp", "item", "ts", "pos"?}                                 an item that was followed
//	{"t":"read", "imp" or "sess", "item", "ts"?, "dwell_ms"?, "scroll"?}      how long and how far it was read
//	{"t":"pv",   "ts", "page", "sess"?, "user"?, "from"?}                     an article that was opened
//	{"t":"ovr",  "ts", "src", "item", "op", "pos"?, "until"?, "undo"?}        what an editor did
//	{"t":"art",  "id", "published"?, "unpublished"?, "section"?, "tags"?, …}  an article
//	{"t":"note", "simulated"?}                                                about the log itself
//
// "pos" counts from 1. "p" is the chance of the item at its slot, given those above.
// "slot" is alg, pin or fill; the source of the product's own log (algorithm, editor,
// fallback:…) is taken for it under either name. "pol" is {"kind":"fixed"} or
// {"kind":"plackett-luce","pool":[ids],"logits":[numbers],"keep":n}. "op" is pin,
// block (or hide), boost, bury or off, with "un" before it, or with "undo":true, for
// its end. Fields that no event has are counted in Stats, and never an error.
//
// # Decisions
//
// Our own lines are parsed by a scanner that goes through them once, since a log of
// a million lists is 0.7 GB: it takes a fifth of the time of encoding/json
// (BenchmarkParse). A fuzz test holds it to what encoding/json makes of the same line; of two fields of one
// name the later stands, there as here.
//
// A time of an event has a zone (RFC 3339), or is a whole number whose size tells
// whether it counts seconds, milliseconds (from 10^11) or microseconds (from 10^14). A
// file that counts two of them is at odds with itself: the lines that differ from
// the first are faults. CSV may leave out the zone, which is UTC then; so are the
// times of MIND.
//
// A log that does not tell positions says position 0 for every item, not the order of
// its lines, as MIND shuffled its lists before their release. Its article under which
// a list stood is "" unless SeedFromHistory guesses it.
//
// OpenSearch UBI tells the items of a list in events of their own, in any order, so
// that its files are kept in memory until all have been read. A list is the query;
// its article is user_query, or source in the attributes, where also snapshot,
// variant, widget and p of an item are looked for. What was on the screen are the
// impression events; only a query without any is taken to have shown all its hits.
// Ordinals count from 0 if one of them is 0.
//
// An event log is read in the order in which it stands, by as many workers as there
// are processors; events are yielded in that order all the same.
//
// The following is about logs of reads.
//
// Readers and items are byte strings, as they stand in the log: "1430.0" is not
// "1430". In JSON they are text, or a number in the digits of the log.
//
// A time is a date as articles have them (RFC 3339 and its like), or Unix time
// in seconds or, from 10^11 on, in milliseconds. With times mapped, a row whose
// time cannot be read has no place in the order and is bad; reads of the same
// time stay in the order of the log. Without, the log's order is that of reading.
//
// A bad row is data: it is counted and told with its line, and reading goes on.
package clicklog
