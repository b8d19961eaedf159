// Package record reads files that hold one record a line (JSON lines) or a row
// (CSV): gzip as it is, records of bounded size, and bad records as data, with
// file and line, so that one of them never stops the reading of the rest.
package record
