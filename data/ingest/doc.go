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
// # HTML
//
// A file, a folder of files, or a page of the network, one article each; package
// extract finds text and metadata. The id is the path under the folder without
// extension or, of a fetched page, its canonical URL: what rel=canonical says if
// that is of the same host and not its front page, else the address after
// redirects. Of the network, pages that were stored and are told unchanged are
// not sent again. The address of a whole site, read as Auto, stands for the
// sitemaps that its robots.txt names.
//
// # Feeds
//
// RSS, RDF, Atom, JSON Feed and RSS in JSON. The id is the guid, else the link.
// A body under 600 characters, or one that ends like "Read more", is an excerpt:
// if the feed was fetched, and the link is of its site, the page's text takes its
// place and the excerpt becomes the summary. Links of a feed that is a file are
// not followed. Where a page fails for now, the excerpt is stored, and the next
// import asks again. Items without text are skipped.
//
// # Sitemaps
//
// Sitemaps, indexes, lists of addresses and feeds, packed or not; the address of
// a site stands for the sitemaps that robots.txt names, or /sitemap.xml. Fetched
// are the pages that are not in the store, or whose lastmod is later than the
// article's updated_at; those without lastmod are asked for on the condition that
// they changed. A lastmod without time of day is trusted two days later. Skipped
// are front pages, pages of other sites, those that robots.txt or noindex keep
// back, those without an article's text, and those that are gone: with Mirror
// these become unpublished. After ten pages in a row that cannot be fetched the
// rest is left for the next import.
//
// Versions in other languages (hreflang, in the sitemap or the page) become
// translations of one original: the x-default version, else the first by URL.
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
// XML that declares entities is refused: nobody needs them, and they can make
// any size of text out of a few bytes.
//
// A page of the network whose article is in the store under another id, from
// another source, is left to that one: a page is one article.
//
// Import reads every source twice. The first pass refuses, counts, and finds the
// last good record of every id; the second stores only those. So the later
// record wins without the earlier one ever being stored, the same files imported
// again change nothing, and too many refusals stop the import before it has
// stored anything. A source that changes in between is an error.
package ingest
