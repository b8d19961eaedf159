// Package eval says how good a ranking of related articles is, by what readers
// did. It knows logs, articles' ids and anything that can rank; it knows no engine.
//
// # Levels
//
// Every number rests on one kind of evidence and bears its [Level]. They are never
// mixed, and only L2 and L3 speak of clicks:
//
//	L3    clicks, from a log in which a share of the lists was drawn at random
//	L2    clicks, from lists that were shown for other reasons
//	L1    agreement with reading: no forecast of clicks
//	list  the lists alone, such as coverage and freshness; readers have no part in it
//
// [Clicks] makes the first two, [Run] the third, [MeasureLists] the last; all of it
// goes into an [Outcome], which packages gate and report judge and show. A number
// that the log cannot tell has a Refusal in its [Measure] in place of a value.
//
// # Agreement with reading
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
// Beside this average, "reader", stand "seed", in which each article that was read
// on from counts the same, and "traffic", in which each pair does.
//
// Popular articles are read next whatever stands before them, so every number is
// also given by how often the article read next is read (the most read 1 % of
// articles, those up to 10 %, the rest), by whether its link was shown that day,
// where the log tells, and with pairs weighted by 1/n^½ and 1/n of the n reads of
// the article read next. A ranking that gains on the baseline in the top band alone
// has a popularity effect, and the report says so.
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
// # Lists
//
// [MeasureLists] looks at the lists themselves (level list), in one moment, by
// default the end of the log:
//
//	coverage@k        share of articles that stand in any list
//	orphans@k         the others: no list links to them
//	most_links_in@k   how many lists the article stands in that stands in most
//	section_leakage@k share of links to another section, of those between articles that have one
//	gini@k            how unevenly they do: 0 all alike, 1 one article has everything
//	entropy@k         the same as the number of bits; 2^bits articles shown equally often would give it
//	head_share@k      share of exposure that the most exposed tenth of articles gets
//	novelty@k         how little known the links are, in bits: 1 more is half as many views
//	popularity_lift   how much higher the links stand among articles by views, 0 to 1, than what
//	                  readers of these articles went on to
//	calibration       how far the sections of a list are from those that readers of the section go
//	                  on to, in bits; .pooled: of all lists together
//	ild@k             how different the links of a list are: 1 − cosine, mean over pairs
//	section_entropy   how mixed the sections of a list are, in bits
//	same_section      share of links to the article's own section
//	freshness.*       median age of links in hours; shares under a day, a week and over a year
//	serendipity@k     of what readers went on to and the list holds, the share that neither
//	                  popular nor the plainest ranking by words would have shown
//	stability.*       likeness to the baseline's lists (rbo: the first links count most; jaccard: the
//	                  same links in any order), share with another first link, share unchanged
//	hygiene.*         share of lists with a fault among the first k links of the ranking: a link to
//	                  itself, to what was taken down, is not yet published or unknown, repeated,
//	                  of the same address or in another language; lists too short, or none
//	BlockedRate@k     share of lists whose first k hold what editors blocked
//	PinRecall@k       share of pins, set in the measured part of the log, among the first k
//
// Exposure counts a link by the attention of its slot, where the position curve is
// known. Means are over lists, each counting the same ("seed") or by how often its
// article was shown with a list ("traffic"); the lists of an article are a cluster,
// so an interval speaks of articles like these. Shares with a fault and the like
// are counts over all lists, and exact.
//
// # What joins
//
// A read joins when it names a reader and its item is the id of an article with
// text, byte for byte.
// Exports often turn whole numbers into decimals, so an id that matches no
// article also joins when both are whole numbers written differently ("1430.0"
// and "1430"), which the report counts. Leading zeros are kept: "09" is not "9".
//
// # Clicks
//
// [Clicks] answers how many clicks a ranking would have collected had it been
// shown in the place of what readers saw, from a log of lists and clicks joined
// to the snapshots behind them (package pack).
//
// A link is clicked when the reader looks at its slot and is drawn by it: the
// position model, in which attention depends on the slot alone and attraction on
// the link and the article it stands under. Slot k gets θ_k of the attention of
// the first, which is found from links that stood in several slots
// ([estimate.FitCurve]). A log whose lists are all of one ranking cannot tell, and
// every number that needs θ is refused.
//
// An arm is what one variant served from one snapshot; a span, the hours in which
// the same arms were live, each with its share of the lists. Snapshots do not
// change, so what every live arm would have shown under an article at a time can
// be made again: its list as it stood then, or for lists drawn at random the
// chances of every link in every slot. Together, weighted by share, they are the
// mixture: the attention that link d could expect is
//
//	m(d) = Σ_arms share · Σ_k θ_k · P(d at k)
//
// and every click on d weighs θ(slot of d in the ranking)/m(d), 0 where the
// ranking has no d. The mean over impressions of the weighed clicks is the number
// of clicks the ranking would have had (PBM-IPS: Li and others 2018; over several
// loggers at once: Agarwal, Basu, Schnabel, Joachims 2017). The difference to
// the baseline is taken click by click, so it is exactly 0 for equal lists.
//
//	clicks         clicks per list
//	clicked-lists  lists with a click; each click counts as one over the clicks of its list
//	satisfied      clicks after which the reader stayed
//	dwell          seconds read after clicks
//	attention@k    Σ θ over the ranking's links that could have been shown
//	shown-set.*    how well the ranking orders what was shown; takes over its position
//	               bias, so it never gates
//
// The level is L3 if a share of the lists was drawn at random with logged chances,
// else L2.
//
// Intervals are by reader and hold the uncertainty of θ to first order
// ([estimate.Curve.Project]); under [ClickOptions.Thorough] θ is found again in 200
// bootstrap samples. A ranking is refused where the log cannot tell
// ([estimate.DefaultLimits]): above all where more than a tenth of its attention
// would be on links that nobody could have been shown. Below that, such links count
// as no clicks, and the upper end of the interval grants them as many as the
// others get.
//
// Beside the estimate of a candidate stand those of other estimators: slot IPS,
// which needs no θ; PBM-IPS from the lists drawn at random alone; and a doubly
// robust one with a table of clicks. Where one is further off than the joint
// interval, the measure is contested, and no gate calls it anything but
// inconclusive.
//
// # Decisions
//
// The pairs of a reader are made after the reads of other articles have been
// dropped, and after repeats in a row have been folded; a pair that a reader
// made twice counts once. When every read has a time, a reader's reads are put
// in order of time, else they stay in the order of the log. What is measured is the
// whole log, or its end: of a pack the last seven days. Where reads have times, a
// list is measured by what existed and was not blocked when its reader looked, and
// rankings learn from what came before. Reads without times can be split by reader
// instead, three of ten being measured; no gate judges a number without times, as
// a ranking may know what came later.
//
// Lists are looked at in one moment, not in that of every impression: one list of
// each article then stands for it, and a hundred thousand articles take seconds.
// Ages of links are those in that moment. Blocks count from the list as the ranking
// has it, before they are taken out, so that a ranking that ignores them shows.
//
// Shares have Wilson's interval with the effective number of clusters, within 0 to
// 1 however few readers a slice has. Gini, entropy, head share and the pooled
// calibration move with every list by their gradient, and the median by the density
// of ages there (Woodruff 1952): one pass over the lists, where a bootstrap takes
// hundreds.
//
// Every article has its list made, also those that nobody read, because hubs
// and missing lists are counted over all of them. Before a list is scored, its
// own article, articles that are not known and repeats are dropped and counted,
// and what follows moves up.
//
// Lists are made on all processors, some articles at a time; what is counted in whole
// numbers or by article comes out the same for any number of them. A ranking that
// knows articles by their places in the very catalogue that is measured with
// ([PlaceRanker]) is not asked for ids, which would take longer to look up than its
// lists to make.
//
// All of it, for a million lists of five links under 19,000 articles with as many page
// views, two candidates and six baselines: 21 s of CPU, four fifths of it on all
// processors, and at most 0.7 GB of memory, of which 0.1 GB are files.
//
// Of clicks:
//
// Lists are made as a reader could have been shown them at the time: what did not
// exist, was blocked, or is the article itself is left out, and what follows moves
// up. That is computed once for all impressions between which nothing changed.
//
// The lists of an arm are made again and compared with the log's. If a variant
// showed something else in more than 1 % of its lists, the mixture would be wrong,
// and only the lists drawn at random count, by the chances as logged.
//
// How lists were drawn is found from the logged policies: logits are a slope times
// the engine's scores, less the best, perhaps rounded. Where a policy was logged for a
// context, its own logits are taken.
//
// The share of a variant is the planned one if it is given, else the observed
// one over the run of days in which the same variants were live. A variant goes over
// from one snapshot to the next in an hour; what its own log leaves open is
// decided by when any variant first showed the next.
//
// A pack may have lost the hour of lists under articles that few readers opened. It
// is then taken from lists in the same moment between two publications, and from
// when the variant showed that snapshot.
//
// Pinned links stay where they are for every ranking: the others fill the free
// slots, and clicks on pinned ones count for none. Slots that fewer than 1 % of
// the lists reach are left out.
//
// The difference takes the standard error by article if that is more than a fifth
// larger than by reader. Values do not: how much the articles of a site differ is
// no doubt about their mean, and by article the intervals of values held the truth
// in all of 200 simulated logs.
//
// A control variate, the weight of what was shown less its expectation, is
// subtracted with the coefficient that suits the difference best, but only where
// that takes away 5 % of the standard error: on small logs the coefficient is
// mostly noise. Otherwise Value, Baseline and Delta are plain.
//
// Where fewer than 50 readers count, or one holds more than 5 % of the variance,
// intervals are by a bootstrap that draws both sums of the ratio again.
package eval
