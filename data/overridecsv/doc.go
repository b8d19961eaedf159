// Package overridecsv reads and writes overrides as CSV, for editors who keep them in
// a spreadsheet:
//
//	article,target,action,position,strength,from,until,lang,placement,note,author,enabled
//
// # Decisions
//
// A spreadsheet takes a cell that begins with =, +, - or @, in their wide forms too, or
// with a tab or the end of a line, for a formula. Such a cell is written with an
// apostrophe before it, and so is one that already has apostrophes there, so that
// reading takes off what writing put on, and no more: 'tis stays 'tis.
//
// What is written, read and written again is the same, byte for byte. As readers of CSV
// do not agree about them, ends of lines within a cell are written as line feeds alone.
//
// A date or time that says no zone is in Options.Zone; what is written says UTC, so that
// what goes out and in again is the same in every zone.
//
// ID and Created are a store's own and in no file. As of overrides made at one moment
// those with a higher ID count as newer, a file holds the oldest first, and lists made
// of what is read back are those of before.
package overridecsv
