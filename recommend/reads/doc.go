// Package reads makes signals for ranking links of what readers read: which articles
// are read near each other, and which are read much.
//
// A Collector takes reads in the order in which they were made, from a log of reads
// (Collector.Log), an event log (Collector.Observe), or both, and Collector.Signals
// works out for every pair of articles i and j
//
//	A(i,j) = Σ over readers of  0.7^(between) / √(articles − 1)
//
// where a reader who read both with at most four reads between counts once, by the
// nearest two of his reads; articles is how many different ones he read. A link
// followed by a reader who is not told from others counts 1, and a click on a link
// by the inverse of the attention that its position gets, at most 2. With A(i) =
// Σ_j A(i,j) and p(j) = r(j) / (Σr + max(articles of the corpus, 1000)), where r(j) is
// the sum of 1/√articles over the readers of j, a link from i to j has the Features
//
//	Next     A(i,j) / (A(i) + 40)
//	CoRead   A(i,j) / (√(A(i)·A(j)) + 30)
//	Popular  40 / (A(i) + 40) · p(j)
//
// Next and Popular are the two parts of the Dirichlet-smoothed probability that j is
// read near i, with a prior of 40 reads that go by popularity (Zhai and Lafferty 2004);
// CoRead is the cosine of item-item collaborative filtering (Sarwar and others 2001),
// shrunk. They are made for a sum with a score in [0, 1] of how alike the texts are:
//
//	score(i,j) = text(i,j) + 25·Next + 10·CoRead + 6.25·Popular
//
// which is text + DefaultWeights.Of(features). What they add is at least 0, so that
// without reads the order is that of the texts. Candidates besides those by text are
// CoRead, for every row, and MostRead, the same for all.
//
// # What it gives
//
// hr@10 and mrr@10 of ibm_community, a mean over readers of their steps between
// articles with text; 1,051 candidates; tail is hr@10 of steps to articles that are
// not among the tenth most read. Means of five splits by a hash of the reader, each
// with 70 % of the readers as signal and the others as test (the first is that of
// alsolike eval run); no time split, as the log has no times. Text is the mean of the
// cosines of LSA, of tf-idf and, weighted 0.6, of tf-idf of titles; no other cap,
// variety or filter. TestIBMCommunity makes this table.
//
//	                              hr@10   mrr@10  tail    most links in
//	most popular                  .1246   .0421   .0000   1,050
//	co-reads, cosine              .1316   .0454   .0923   43
//	co-reads, cosine, shrink 10   .1488   .0564   .0830   48
//	co-reads, cosine, shrink 30   .1603   .0620   .0689   86
//	next reads, then popular      .1617   .0648   .0421   899
//	text                          .0666   .0260   .0625   40
//	text + Popular                .0718   .0276   .0610   86
//	text + CoRead                 .1400   .0554   .1010   50
//	text + Next                   .1951   .0810   .0908   91
//	text + Next + CoRead          .2037   .0829   .1068   86
//	all                           .2052   .0840   .1050   116
//	all, capped at 60 links in    .2045   .0840   .1062   60
//
// In each of the five splits the interval of 95 % of the difference in hr@10 and in
// mrr@10 (paired by reader, bootstrap) is above 0 against each of the first six, and
// every article has a list. Of next reads equals are ordered by popularity. With only a part of the readers
// to learn from, in order of their first read:
//
//	readers   0      9      90     900    3,000
//	hr@10     .0666  .0713  .0971  .1765  .2052
//	mrr@10    .0260  .0280  .0377  .0749  .0840
//	tail      .0625  .0606  .0646  .0822  .1050
//
// So a few reads do no harm as they are, and there is no switch for logs that are
// too small.
//
// # Decisions
//
// The figures of this section are of five other splits, some of them of co-reads with
// popularity alone. The constants were chosen by one half of the measured readers. The other half, whose
// steps are harder (most popular .121, co-reads with shrink 30 .145, text .062), gets
// .183 against .218 of the first.
//
// Readers count by 1/√(articles − 1): counting pairs as 1 gives an hr@10 of .193 where
// this gives .217, and 1/(articles − 1) .216 but a lower mrr@10 (.083 for .086). It bounds
// what one reader can do, too: a link gains at most 1, the score of equal texts, and
// loses at most two fifths of what it had (TestOneReader). Readers of more than 300
// articles are robots and count for nothing. Readers who are not told apart have no such
// bound: a follow counts 1 each time, and a click low on a list, where few look, 2 at
// most, which is as much as two readers who read nothing else.
//
// The order of two reads does not count. With what is read before weighed at a quarter
// of what is read after, hr@10 falls from .221 to .211, at a half to .215: there are too
// few reads for their direction to be known.
//
// Window and decay matter little (10 reads apart instead of 5, decay .6 to .9: within
// .003 of hr@10), so the smaller one stands, which costs half.
//
// Priors of 5 and 10 with a text that weighs less give .222, but let a single co-read of
// two articles that nobody else read outrank any text: 6 units. With those
// that stand it is worth .93, less than the same text is. An absolute discount, as
// Kneser and Ney's, costs more than it is worth: .008 of hr@10 if a fifth of a co-read is
// taken off every pair, .02 if half of one is. A back-off to what readers of similar
// articles read gave .002, and would cost a product of the two graphs.
//
// Popularity is weighed at a quarter of the prior's share. Its full share gives .003 of
// hr@10 more, .011 less in the tail, and one article linked from 800 of the 1,051;
// with a quarter it is 116, without it 86. A cap at 60 links into an article, the
// best links first, costs nothing.
//
// A click and the page view that follows both count where neither tells its reader, as
// in package popular. A page view that tells its user or session counts as that
// reader's, never as a link followed.
//
// Sums of weights are exact (weights are multiples of 2⁻²⁰), so neither the order nor
// the names of readers make a difference, to the last bit.
//
// Time is O(reads · (log reads + window)): about a second for 1,000,000 reads of 38,000
// articles (BenchmarkSignals). Memory is 16 bytes for each of the at most
// 2,000,000 reads kept, and 32 for each of their pairs, which are at most 5 a
// read but hardly more than one on sites where a reader reads two or three articles.
// Beyond that the oldest reads are forgotten. There is no other decay with time than
// Options.Since: no set at hand has times to measure one with.
package reads
