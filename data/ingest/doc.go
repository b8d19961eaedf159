// Package ingest reads articles from files, folders and the network and stores
// them. Files may be compressed by gzip.
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
// import asks again. Items without text are skipped. What marks a link for
// statistics (utm_source=rss) is left out of the url, here and of pages: the site's
// own links must not count as visits from a feed.
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
// # Markdown
//
// A folder of a static site, as Jekyll and Hugo lay it out, or one file. Front
// matter is YAML, TOML or JSON; keys are taken in any spelling of lower case,
// "_" and "-". The id is the path without its extension. What front matter does
// not say comes from the path: the date and slug of "2026-05-04-slug.md", the
// section from the first folder that is no language, the language from a folder
// ("zh_tw", "zh-Hant-HK") or suffix ("about.fr.md"). The same page in several languages is a
// group of translations.
//
// SourceOptions.Permalink makes URLs: a pattern of Jekyll's or Hugo's fields
// (:year :month :day :title :slug :section :categories :filename …, and :lang as
// the folder spells it), with scheme and host before it, or the name of a style
// of Jekyll's. :title is the slug of the front matter or of a dated file name,
// else it is made of the title. A page's own url or permalink goes first.
//
// # Plain text
//
// A folder of pages as readers copy them off the screen, or one file. In the
// first lines, date, authors, title and a short rubric above it are told by form
// and place. Bars of languages, lists of related pages at the end, "Back to top"
// and their like are left out: whole lines whose words are known.
//
// # WordPress
//
// An export (WXR), read item by item. Posts and pages are articles; pictures,
// menus and comments are not. The id is the post's. Of its categories the first
// is the section, the others are tags.
//
// # Decisions
//
// Drafts of Markdown are skipped and counted, and so unpublished by a mirroring
// import; those of WordPress, private posts and ones behind a password are stored
// unpublished, since their ids are known to stay. A date of publication that is
// ahead is stored as it is: data.Card.Visible keeps the article back until then.
// A Markdown page whose expiryDate has passed is unpublished.
//
// Bodies of Markdown and WordPress are stored as HTML, without the tags of
// templates and shortcodes, but with the text between these: what is text is
// decided in one place, data.PlainText.
//
// Two letters are no proof of a language: "it" may be a department. A folder
// counts as one if its name has a region too, if there are several such beside
// one another and no more others, or if beside it are only folders that start
// with "_"; a suffix, if the same file stands there without it or with another.
// The original of a group is the page in SourceOptions.Lang, else the one without
// language, else the English one, else the first.
//
// Bytes that XML does not allow, which WordPress exports hold, are replaced
// rather than refused: XML has no way to go on after them. Entities that a
// document declares are never expanded.
//
// A store notes which source lists which article, at every import, so that the
// first Options.Mirror knows already what is gone. Sources are told apart by
// their absolute path or canonical URL: a folder that moves is another source.
// What another source lists stays. Nothing is unpublished on the word of a source
// that lists nothing or of which a record was refused.
//
// Symbolic links, hidden files and what tools keep beside a site (node_modules)
// are not followed or read.
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
// Where nothing names a language, package langdetect tells it when the article
// is stored, and Article.LangConfidence says so; Source.Records tells only what
// the source says. What is said of one article holds (a field, front matter, a
// folder, dc:language, SourceOptions.Lang), even if the text is in another
// language: five posts of 291 in a folder zh_tw of Ruby's news are in English, and
// belong to its readers all the same. What is said of a site or a template as a
// whole (html lang, the language of a feed or of a WordPress export) holds unless
// the characters of the text rule it out, which is counted in Summary.Overruled:
// en on a page of Han characters is the default of some CMS, de on an English page
// may be so too, but cannot be told from a page with many quotations. "zh" alone
// says nothing of the script, so that the text does. Aliases
// (LanguageOptions.Aliases) go before all else that a code may mean, and make
// the name of a folder a language.
//
// What is undetermined even so takes the site's main language: an article that
// is alone with those of its kind has no good links, and of a site in one language
// that is known to be wrong. One language (that with the most articles, its
// regions together, the scripts of Chinese apart, in the region that most name)
// must make 90 % of the articles whose language is known, of which there must be
// 20; those with an assumed language do not count. The article's letters must be
// of the script that it is written in; an article without letters stays
// undetermined. LangConfidence is then data.AssumedConfidence, a constant: the
// detector's own doubts are about other languages than this one, and would differ
// from one version to the next. Import decides when everything is stored, by the
// counts of the store, so that the order of articles says nothing, and until then
// leaves what it has assumed before; Assume, for pushed articles, decides at once.
// An article that is in the store already counts as updated only if its language
// becomes another one. What the import does not bring stays as it is.
// LanguageOptions.Default goes first, and NoDetect keeps all this off, too.
//
//	no language given               undetermined   now   detected wrongly
//	IBM's community, 1,051 in en     25              0      1
//	Reuters, 19,043 in en         2,501              0    268
//	news of Ruby, 4,723 in 17       102            102     79, since it has no main language
//
// AppendJSONL leaves out a language that the text told or that was assumed:
// imported again it would be one that a source has said.
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
//
// Sources of the network are read once and stored batch by batch, so that what
// was fetched is not lost when an import is stopped. There, an earlier record
// with the same id may be stored before the later one replaces it, and refusals
// count only up to where they stop the import.
package ingest
