// Package extract finds the article in an HTML page: its text without what
// stands around it, and what the page's metadata say of it.
//
// # Text
//
// codeberg.org/readeck/go-readability (the algorithm of Firefox's reader view)
// finds the part of the page that holds the article. It keeps nearly all of the
// text but also captions, bylines, menus, boxes of related links and bars for
// sharing; dropFurniture removes these by element, by class name, and by what
// their headings say.
//
// Mean over the 181 pages of the article extraction benchmark, against the text
// marked by people; words as a bag, and the benchmark's own runs of four words:
//
//	                                   F1 words  precision  recall  F1 runs
//	go-readability v2.1.3 and this     .976      .965       .992    .972
//	go-readability v2.1.3              .954      .923       .995    .948
//	go-trafilatura v1.12.2, recall     .964      .954       .984    .959
//	go-trafilatura v1.12.2, balanced   .961      .951       .984    .956
//
// go-trafilatura also costs every start of the program 0.2 s and 50 MB, for the
// expressions of its date parser, whether or not a page is ever read.
//
// # Metadata
//
// JSON-LD goes before OpenGraph, this before other meta elements, and these
// before the page's text. A page may hold several objects of JSON-LD: the first
// whose type is an article's is read.
//
// # Decisions
//
// Body is plain text, a line a paragraph, escaped where it would be taken for
// HTML. A page is read as UTF-8 if it is valid UTF-8, whatever it declares: other
// charsets are that by accident next to never.
//
// The language is the first that is one of: the html element's lang,
// Content-Language, JSON-LD's inLanguage, og:locale.
//
// Where the reading library panics, the page is an error like one without text.
package extract
