// Package ingest reads articles from files (JSON lines and CSV, compressed or
// not) and stores them.
//
// # JSON lines
//
// One object a line, with the fields id, title, body, summary, url, lang,
// published_at (or published), updated_at, section, tags, authors, image (an
// object of src and alt), type, series, part, translation_of, canonical_url,
// state, evergreen, link_to and link_from.
//
// # CSV
//
// A header line, then one article a record. A column holds the field that
// SourceOptions.Map gives it, or else the one whose name it bears; the picture's
// columns are image.src and image.alt. A column without name is ignored.
//
// # Decisions
//
// Refused are records that cannot be read (broken JSON or quoting, a row of
// another length than the header, invalid UTF-8, over 10 MB), whose fields are
// of the wrong kind (a number as title), or that are no valid article
// (data.Article.Validate). A wrong date or language costs only that field. An id
// may be a whole number in JSON and is then its digits; one with a fraction or
// an exponent is refused, since two writers would spell it in two ways, and so
// is one with half a surrogate pair, which JSON readers replace silently.
//
// A field that is null, or an empty cell, is absent. Unknown fields are counted
// where they hold something.
//
// Lists in a cell (tags, authors) are parted by ";" or "|". Where a cell has
// neither, commas part tags, but not authors: "Smith, Jane" is one person.
//
// Lang and Section of SourceOptions stand in where a record names none; they
// never overrule it.
//
// Import reads every source twice. The first pass refuses, counts, and finds the
// last good record of every id; the second stores only those. So the later
// record wins without the earlier one ever being stored, the same files imported
// again change nothing, and too many refusals stop the import before it has
// stored anything. A source that changes in between is an error.
package ingest
