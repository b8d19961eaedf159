// Package check looks through a log of lists and clicks before anything is
// concluded from it, counts what is wrong, and joins what is sound into a Pack.
//
// # Decisions
//
// Lines may come in any order: a click may stand before its list in the file, and
// the catalogue after both. So nothing is judged before all of the log has been
// read; only what a list is in itself is judged at once.
//
// A list with any fault is left out whole, since a list without one of its items is
// not what the reader saw, and so are the clicks on it. A click with a fault is left
// out and its list stays. Each fault of a list is counted, but each kind once.
// A list that stands in the log twice, word for word, is one list; where two lists
// of one id differ, the first is kept, and the log is not to be trusted.
//
// A finding is fatal when its share of what it is about (lines, lists, clicks) is
// above its limit: 1 %, or nothing where one case is already a fault of the logging
// itself.
//
// A click counts once for each item of a list. Clicks of over 24 hours later are not
// believed: the page was left open or the clocks differ.
//
// The chance of a list by its policy is compared with the product of the logged p
// as a ratio (1e-6), not as a difference: chances of whole lists are small.
//
// Page views of one reader are of one visit while they bear the same session and no
// more than 30 minutes lie between one and the next. The same article again within 30
// minutes of being opened last is a reload. A visit of over 100 articles, or one
// with ten of them within ten seconds, is a bot's and left out. Midnight ends no
// visit: ids that change at midnight end it themselves.
//
// Readers are told apart by user, else by session; where there is neither, every
// list is a reader of its own. One reader with over 1 % of the clicks is told only
// from 1,000 clicks on: below, ten clicks would do.
package check
