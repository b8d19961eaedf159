// Package langdetect tells the language of an article, and the script of
// Chinese, from its text: for articles of which no source names the language.
//
// # Decisions
//
// The script goes first. Most scripts have one language, or nearly one; kana
// makes Han characters Japanese; for the languages that share Latin, Cyrillic,
// Arabic, Devanagari, Hebrew or Ethiopic letters, whatlanggo compares trigrams.
//
// Simplified and traditional Chinese are told by the characters that only one of
// them has: those that OpenCC changes in one direction and not in the other. Its
// dictionaries are loaded when the first Chinese text comes, and let go when the
// two sets of characters (5 KB) are made of them.
package langdetect
