// Package gate judges what an evaluation found: is this candidate at least as
// good as what readers see today? It turns rules and an outcome into verdicts,
// one for every rule and candidate, each with its reason in plain words.
//
// # The verdicts
//
// A rule with a margin m asks whether at most m is lost (a test of
// non-inferiority). Let [L, U] be the interval of the difference to the
// baseline, turned so that more is better, each end of which is wrong in a share
// alpha of all logs:
//
//	L > 0              better          pass
//	L > −m             no worse        pass; where U < 0 too: slightly worse, within the margin
//	U < −m             worse           fail
//	L ≤ −m and U < 0   worse           fail; its size is unclear
//	else               inconclusive    as the rule says: warn, pass or fail
//	refused            not measurable  as inconclusive, and without any number
//
// A rule with a limit (max or min) asks about the candidate's own value: no
// worse if all of its interval keeps the limit, worse if none of it does, else
// inconclusive. A count over lists has no interval but itself.
//
// # Decisions
//
// Every rule must pass, and so alpha is not corrected for their number: more
// rules only make passing harder. What they cost is power.
//
// A margin in percent is taken of the baseline's value as it was estimated; the
// doubt about that value is not in the interval. Where the value is 0 or below,
// no percentage of it means anything, and the verdict is "not measurable".
//
// Agreement with reading (L1) is a guardrail: it can fail a candidate, never
// praise it. What would be "better" is "no worse" there.
//
// A margin of 0 is refused: equal lists would be inconclusive under it whenever
// there is noise. The data that an inconclusive verdict misses are those that
// give 80 % power if candidate and baseline are truly equal,
//
//	n·((z(1−alpha) + z(0.8))·SE/m)² − n
//
// of the clicks (or readers) n that there are.
package gate
