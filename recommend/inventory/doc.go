// Package inventory finds articles for editors: by what they type, and by how the
// articles fare: without links, most linked to, most clicked, overridden, near-duplicates, of a
// series, provisional. Of every article it tells the links in and out, and why it is
// not linked or shows none, one reason a line.
//
// # Decisions
//
// Everything is looked up in memory: titles, ids and addresses as one text, folded as
// package token does it, without accents, and in Simplified characters, so that what is
// typed in one script finds titles in the other. Each search reads all of it, which
// takes a few milliseconds at 100,000 articles (BenchmarkSearch), finds parts of words
// in any script, and needs no index to be kept up to date. All words must be there. The
// best come first: an id or address that is meant as it stands, titles that begin with
// what was typed, titles in which words do, then the rest; of equals the newest.
//
// The text is made once for a snapshot, when somebody first asks; what changes after
// that is folded anew when it is next asked for. So an article is found as soon as
// lists know it.
//
// Links are counted in the lists that readers get, overrides and all, without a
// placement. To make all lists takes seconds for 100,000 articles: where it takes
// long it is done aside, a fifth of the time at most, and the counts before are told
// meanwhile, with their time (Page.Counted). On a site of a few thousand articles they
// are never behind.
package inventory
