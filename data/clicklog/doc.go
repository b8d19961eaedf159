// Package clicklog reads logs of what readers read, as other systems keep them:
// one read a line (JSON lines, of any field names) or a row (CSV), compressed or
// not.
//
// # Decisions
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
