// Package eval says how well a ranking of related articles agrees with what
// readers did. It knows logs, articles' ids and anything that can rank; it
// knows no engine.
//
// # What the numbers mean
//
// A log of reads says which reader read what, in order. Two articles that one
// reader read one after the other are a pair: the reader was on the first and
// went to the second. A list of links under the first article that holds the
// second one agrees with what the reader did.
//
//	hr@k     the share of pairs whose second article is among the first k links of
//	         the first one's list
//	mrr@k    the same, but a hit counts 1/rank: 1 for the first link, 1/2 for the second
//	ndcg@k   the same, but a hit counts 1/log2(rank+1): less steep than mrr
//
// Each is the mean over a reader's pairs, then over readers, so that one heavy
// reader counts no more than any other. The interval beside a number holds the
// mean over all readers like these in 95 of 100 logs; see package estimate.
//
//	most links in   how often the article that most lists link to stands among the
//	                first ten of a list. A high number means a hub: the same link everywhere
//	without a list  how many articles have no list at all
//
// This is agreement with reading (level L1), no forecast of clicks: readers
// mostly read on along the links that the site showed them, and popular
// articles are often read next whatever was linked. So a number alone says
// little; it is shown beside baselines, and as the difference to each.
//
// # What joins
//
// A read joins when it names a reader and its item is the id of an article with
// text, byte for byte.
// Exports often turn whole numbers into decimals, so an id that matches no
// article also joins when both are whole numbers written differently ("1430.0"
// and "1430"), which the report counts. Leading zeros are kept: "09" is not "9".
//
// # Decisions
//
// The pairs of a reader are made after the reads of other articles have been
// dropped, and after repeats in a row have been folded; a pair that a reader
// made twice counts once. When every read has a time, a reader's reads are put
// in order of time, else they stay in the order of the log. Either way the whole
// log is the truth: there is no split by time.
//
// Every article has its list made, also those that nobody read, because hubs
// and missing lists are counted over all of them. Before a list is scored, its
// own article, articles that are not known and repeats are dropped and counted,
// and what follows moves up.
package eval
