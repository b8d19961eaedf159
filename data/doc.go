// Package data holds the nouns of alsolike: what an article, a translation
// group and an editor's override and rule are, and the few errors that every floor
// above understands. It imports nothing of ours.
//
// # Decisions
//
// The language of an article is a BCP 47 tag in canonical form (see ParseLang),
// or "und" when nobody knows. Two articles share a language when their primary
// language agrees ("en-US" and "en-GB"); simplified and traditional Chinese are
// one language in two scripts.
//
// Codes of countries are taken for languages only where they can mean nothing
// else: "cn" and "jp" are Chinese and Japanese, but "kr" is Kanuri and "tw" Twi.
// Who means Korean and Taiwan's Chinese by them has to say so (languages.aliases
// in the configuration of cmd/alsolike).
//
// How sure a detector was of the language is part of an article's content, and so
// of its hash: a source that comes to name the language it was told by changes the
// article. Where the source says it the hash is what it was before there was
// any detection, so that what is stored already stays unchanged.
package data
