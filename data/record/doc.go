// Package record reads files that hold one record a line (JSON lines) or a row
// (CSV): gzip as it is, records of bounded size, and bad records as data, with
// file and line, so that one of them never stops the reading of the rest.
//
// # Decisions
//
// A file is compressed when its first two bytes are gzip's, whatever its name.
// A byte order mark before the first record is skipped; blank lines are too.
//
// A CSV record that breaks the rules of quoting is refused alone, and reading
// goes on with the next line: after a quote that neither ends its field nor is
// doubled, the field counts as unquoted and so ends no later than its line. Only
// a quoted field that never closes takes the rest of the file with it, since
// nothing tells where it was meant to end; the error says so.
package record
