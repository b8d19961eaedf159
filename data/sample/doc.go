// Package sample holds a small site written for this project: The Lantern, a
// magazine of public life on the Norrland Coast, a region that does not exist.
// Its articles stand in English, Simplified Chinese and Traditional Chinese, a
// few of them in only one or two of the three, with pictures drawn for them.
// The demo serves it, and tests that need real prose in several languages read
// it.
//
// Each file of articles/ holds one article in all its languages, without a key
// for a language in which it does not stand:
//
//	slug, subject        its name in addresses; what it is about (several articles share one)
//	published_at, author when (RFC 3339) and by whom
//	picture              a file of pictures/
//	en, zh-Hans, zh-Hant title, summary, section, tags, picture_alt and body,
//	                     whose paragraphs are parted by a blank line
//
// # Decisions
//
// The original of an article is its English text, else the simplified one, else
// the traditional one; the others are its translations, and its id is that of
// the group. So every group has a member that names no other, as in a real CMS.
//
// The traditional text follows the usage of Taiwan ("引水人", not "引航員"), and
// is not the simplified one in other characters.
//
// The subject does not reach the articles: it says which of them belong
// together, so a list of links that was told it would prove nothing.
package sample
