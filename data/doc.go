// Package data holds the nouns of alsolike: what an article, a translation
// group and an editor's override are, and the few errors that every floor
// above understands. It imports nothing of ours.
//
// # Decisions
//
// The language of an article is a BCP 47 tag in canonical form, or "und" when
// the source does not say. Two articles share a language when their primary
// language agrees ("en-US" and "en-GB"), except that Chinese written in
// simplified and in traditional characters counts as two, so that every reader
// stays in his own script.
package data
