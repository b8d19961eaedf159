// Package rank makes of neighbours the links that an editor would have set: it gathers
// candidates from several sources, scores them by a linear model of few features,
// chooses lists that are varied, and sees to it that no article is linked everywhere
// and, where there is a sensible place, none nowhere.
//
//	candidates  LSA neighbours; texts and titles that share rare terms; series; co-reads
//	score       weighted sum of features (Kind), each with a contribution that can be told
//	list        maximal marginal relevance under caps; of a story one article
//	links in    at most MaxLinksIn into an article; orphans rescued; Health
//
// Rank does it for a corpus, Scorer for single links: of articles that came since, and
// to say why a link is there.
//
// # What it gives
//
// One set of weights, no reads. LSA and tf-idf are the lists by cosine alone, near-duplicates
// among them. A line is the figure without a part, and what the part gives with an
// interval of 95 %, paired by reader or article. "Most" is links into one article among
// the first ten; orphans are of the articles that may be linked. TestAblation makes
// this table.
//
//	                   ibm_community hr@10         reuters21578 purity@10           drcd purity@10
//	all parts          .0667 (mrr@10 .0277)        .8030, most 60, orphans 0.1 %    .8763
//	without words      .0666 +.0001 [−.000, +.001] .8032 −.0002 [−.001, +.000]      the same
//	words weigh .1     .0663 +.0004 [−.000, +.001] .8028 +.0002 [−.000, +.001]      .8759 +.0003 [−.001, +.002]
//	without titles     .0551 +.0116 [+.008, +.015] .8036 −.0006 [−.002, +.001]      no titles
//	without hubness    .0667 −.0000 [−.001, +.001] .8025 +.0005 [−.000, +.001]      .8752 +.0011 [−.002, +.005]
//	without variety    .0658 +.0009 [+.000, +.002] .8043 −.0013 [−.002, −.001]      .8774 −.0012 [−.004, +.002]
//	without a limit    the same, most 35           .8030, most 149                  the same
//	without rescue     the same, orphans 0.4 %     .8030, orphans 1.6 %             the same
//	without stories    .0665 +.0001 [−.000, +.000] .8051 −.0021 [−.003, −.001]      the same
//	LSA                .0528 +.0139 [+.010, +.018] .8061 −.0032 [−.005, −.001]      .8762 +.0001 [−.003, +.004]
//	tf-idf             .0552 +.0115 [+.006, +.017] .7493 +.0537 [+.050, +.057]      .8439 +.0324 [+.022, +.044]
//
// So on ibm_community it is titles that matter, and on the others lists are as good as
// LSA's, which there costs hubs, orphans and near-duplicates: without stories LSA has
// .8061 since a copy of the article is a sure hit, and by the same rule .803.
//
// With the reads of 70 % of ibm_community's readers as signal and the others as test,
// means of five splits by a hash of the reader (no time split, as the log has no
// times), with the features of package reads and .1 for words: hr@10 .204, mrr@10 .083, .115 of the steps
// to articles that are not among the tenth most read, at most 60 links into an article.
// Weights of reads half as high give .178, .074 and .107, higher ones by half .210,
// .083 and .116; but then a single co-read of two articles that nobody else read is
// worth 2.8, and the same text 2.3. With the default it is worth 1.9.
//
// # Decisions
//
// Title is the cosine of titles times that of the vectors: titles that share words help
// as far as the texts are near. The plain cosine of titles at .6 gives hr@10 .066 as
// well, but costs .007 of purity on reuters21578, where headlines of unlike stories
// share their words, against .002; times a factor for short titles, .006.
//
// Words in common (Lexical) do nothing on these sets: the vectors are made of the same
// words, and a title is in the text. At a weight of .3 they cost .0018 of hr@10; counting
// only terms of at most 2 % of the texts is no better; and their products take a third of
// the time that ranking takes. So they weigh nothing unless Weights say otherwise, and are
// a source of candidates, for what LSA smooths away: a name that two articles alone share.
//
// Hubness was corrected in turn by CSLS (Conneau and others 2018: less the mean score or
// cosine of the ten nearest), local scaling (by difference and by ratio; Zelnik-Manor
// and Perona 2004) and mutual proximity (Schnitzer and others 2012), before any limit:
//
//	                      hr@10   most, orphans   purity@10   most, orphans   drcd
//	none                  .0659   39   0.9 %      .8023       243   4.8 %     .8765
//	CSLS cosine .1        .0658   39   0.7 %      .8037       235   4.4 %     .8773
//	CSLS cosine .3        .0653   32   0.2 %      .8042       225   3.9 %     .8730
//	CSLS score .1         .0652   34   0.3 %      .8045       200   3.3 %     .8774
//	CSLS score .3         .0637   32   0.1 %      .8050       110   1.9 %     .8725
//	local scaling .3      .0649   30   0.1 %      .8047       130   2.3 %     .8746
//	local scaling, ratio  .0628   32   0.0 %      .8039        76   1.7 %     .8705
//	mutual proximity      .0639   26   0.1 %      .8042        49   1.8 %     .8749
//
// (of all articles, copies among them). All trade hits for fewer hubs; a limit on links
// in costs nothing that can be measured, and rescue costs nothing either. So hubness is
// a feature of little weight, the mean cosine, which a folded-in article has too, and the
// limit does the rest.
//
// The limit keeps the best links into an article and makes the other lists anew, row
// after row. Deferred acceptance (Gale and Shapley 1962) over scores alone gave the same
// purity, and does not go with maximal marginal relevance.
//
// A higher Variety costs little (.2: .0651, .8022, .8729; .3: .0643, .8012, .8697, with
// the weights of then). Marginal scores are ratios, not differences, so that they stay
// positive and one knob fits every corpus.
//
// An author of more than a quarter of a language's articles has no cap (Authors): a site
// of one author would have lists of two links.
//
// Weights of section, tags, author, series and age are not measured: no set at hand has
// them and reads. They are small beside a cosine, but for the next part of a series,
// which is to be first, and age, where a half-life is set.
//
// Where an article or its candidate has fewer than FewTerms terms they must be nearer
// than random pairs are, unless a series or readers speak for the link.
//
// Orphans are counted among the articles that may be linked. The copies of a story, 446
// of reuters21578's articles, never are.
//
// Costs, at 37,958 articles (reuters21578 and senate_press_2004_2005, BenchmarkRank, on a
// busy machine): 1.3 s of processor time and 58 MB, where fitting LSA and finding the
// neighbours take 11.0 s in the same run; a whole refresh takes 24 % more than one without
// ranking, stories and reasons, medians of five pairs. Much of it is reading the titles and
// vectors of candidates, so these are few: with 64 neighbours and 24 terms of at most 200 articles
// the figures above are the same within .002, and reuters21578 takes 1.9 s, where it takes
// 1.1 with 40 and 16 of 100. The 32 and 12 of 60 that stand do as well as those.
package rank
