// Package refresh is the batch job: it reads the store, fits the model, finds
// every article's neighbours and near-duplicates, ranks its links, and writes and
// publishes a snapshot.
//
// # Decisions
//
// A refresh goes on from the published snapshot, its parent: articles that have
// changed since are folded into the parent's models, and searched for; only lists
// that hold them, come to hold them, or are theirs change (knn.Update), so that all
// lists are those that a search over all vectors finds. Models and boilerplate are
// the parent's files. With one article in a hundred new, at rank 256 on two cores, a
// process of it took, medians of 5 and of 3,
//
//	                     going on                 all anew
//	37,958 real          0.90 s CPU,  0.62 s      8.9 s CPU,  5.4 s
//	100,000 made up      2.4 s CPU,   1.70 s      32.5 s CPU, 18.4 s
//
// that is 9 % of the time at 100,000 articles, and 11 % at 38,000. What is left is, of
// 100,000, checksums of the 310 MB gone on from and the 155 MB written, fresh memory
// for merged vectors and lists, of which two cores get no more than one, the collector,
// the search, writing, and scales, merging and folding in with some 5 %
// each. Of a site in 17 languages, 4,723 articles, 45 of them changed, it took 0.5 s
// of CPU in place of 7.1 s; so sites with a space for all languages go on too, for
// folding into it costs no more than into the other.
//
// All is read and fitted anew where the parent is missing, broken, of another
// layout, configuration or kernel; where the store is not the one that the parent was
// made from (data.Digest); where more than a quarter of the articles have changed;
// where languages can be compared that could not, or the other way round; where the
// drift says so; and on sites of up to 3,000 articles, where that takes about a
// second and finds what only a fit finds: new likely translations and boilerplate,
// terms, and counts. Otherwise these are the parent's, and the manifest says as of when.
//
// What the model loses as it ages is told by how it knows the articles folded in:
// the share of their terms that it does not know, and their energy, the share of
// their weight that its space holds, beside 512 of the texts that it was fitted to.
// An article that is changed again counts once; origins.bin has the figures of every
// row. By date, fitted to the first half, lists of the newest 1,000 beside those of a
// model fitted to all:
//
//	                              unknown     energy      overlap@10  purity@10
//	reuters21578, a tenth later   .086 (.068) .305 (.348) .884        .793 (.789)
//	  two tenths                  .088        .306        .864        .788 (.791)
//	  four tenths                 .090        .291        .795        .777 (.784)
//	  all                         .092        .297        .805        .869 (.870)
//	  others of the same time     .085 (.069) .320 (.348) .878        .782 (.781)
//	senate_press, a fifth later   .070 (.069) .319 (.409) .837
//	  all                         .074        .327        .786
//	senate_press after reuters    .100 (.068) .131 (.348) .506
//	reuters after senate_press    .199 (.069) .082 (.409) .455        .621 (.729)
//
// In brackets: at the fit, and of the refit. Later articles of the same kind cost
// next to nothing beside others of the same time; an other kind of articles costs
// half of the lists. Hence the bounds: a full refresh is due when energy falls below
// .7 of that at the fit, when a tenth more of the terms is unknown, or when a quarter
// of the articles has come since, from where lists differ from those of a refit even
// though nothing else tells. The first two need 50 articles folded in.
//
// Above 200,000 articles of a language the model is learnt from that many, evenly
// spread over their ids, and the others are folded in by a second reading: on
// reuters21578, learning from half the articles of a time (see above, "others of the
// same time") changes purity@10 of the others by less than .001.
//
// Of near-duplicates (package story) one is linked. The sketches of texts are made as
// these are cleaned, and kept in the snapshot, 512 bytes of an article, so that a refresh
// that goes on finds the near-duplicates of all. Texts are not read again where sketches
// leave a doubt: the likelier is taken.
//
// Links are ranked (package rank) anew in every refresh, of all articles: near-duplicates,
// caps on links in and orphans are matters of all lists, reads come day by day, and another
// setting of ranking needs no other model. What a link is shown as, its score from 0 to 100,
// is its place among the ranked links of its language. With both sets of 37,958 articles, on
// two cores that others used too, a process took 12.7 to 18 s of CPU where it took 9.0 to
// 11.9 s before: ranking 1.7 s to 2.3 s of that, sketches .3 to .4 s, near-duplicates and
// titles .3 s; going on with one article in a hundred changed took 4.5 s instead of
// 1.9 s. The snapshot has 194 MB instead of 145 MB: 29 MB of links, 19 MB of sketches.
// What the lists are worth is measured in cmd/alsolike, TestCommunitySite and others.
//
// A limit of memory is kept by learning from fewer, and by telling the collector of
// garbage. How much is needed is estimated before anything is read, see needs.
// Measured with GOGC=15 at 37,958 articles and rank 256 the estimate is 8 % above what was
// held; before ranking it was 15 to 40 % above, with 9,500 articles to all and ranks 64
// and 256: vocabularies differ, and made-up articles have twice the terms of real ones.
// 37,958 articles at rank 256 then take 364 MB with a limit of 400 MB (learnt from
// 10,717); 300 MB are refused, and 376 MB asked for. What is mapped
// counts: to go on from a snapshot takes its files' size too, and where that is too
// much all is read anew. The peak of a stage is the system's highest mark if the stage
// raised it, else what was seen every 10 ms: the mark is not reset, for others
// (time -v) read it too.
//
// Lists that were searched for approximately are compared with exact ones of 500
// articles at every refresh, and not published below Options.MinRecall: a search that
// went astray should not be found out by readers.
//
// Of an unpublished article only the card goes into the snapshot, so that a server knows it and answers with an empty
// list; its text is not read, and its vector is zero. A hidden article, one that
// must not be linked to, and one whose date of publication lies ahead get their
// vectors and lists like all others, since they have pages of their own or will
// have; whether they may be shown is asked again whenever a list is read.
//
// Neighbours are looked for among articles of the same language (data.Lang.Base:
// both scripts of Chinese are one), so that every list comes back full in the
// reader's own language. A list holds one article of a translation group, the
// nearest: whoever shows it turns to the group's version for the reader anyway,
// and on a site in both scripts a list of 64 would else lead to 32 texts.
//
// Where crosslang.MinGroups translation groups or more have articles in two
// languages, a second space is learnt from them in which all languages can be
// compared, and every article has candidates in other languages too: at most
// half as many, for they only fill up lists, again one article of a group, and
// never of a group that is on the site in the article's own language, since the
// own language's candidates lead there. On a site translated as a whole there
// are none, and the search for them costs nothing.
//
// The texts are read from the store once to look for boilerplate, once to learn, and
// where need be once more for articles that the model is not learnt from and for the
// second space, all in one read transaction, rather than kept in memory.
//
// Articles that look like translations and do not say so are found in two ways.
// Of different languages: crosslang.Likely. Of one language in different scripts
// or regions: each is the nearest of all its language's articles to the other,
// in either script, at a cosine of .7 or more. Told of no translation, the posts
// of a publisher in both scripts of Chinese, translated by different hands, gave
// 117 such pairs, of which 112 were of one post by their names and the other five
// by their texts, and 215 were to be found; at .8 there were 93, and below .7 the
// first that is wrong. Of pairs that would join the same groups only the likeliest
// is told: one line for an editor to mend.
//
// A group is what names the same original: where c translates b and b translates
// a, or a and b name each other, c and b, or a and b, are in no group together.
// To follow such chains would make the group of an article depend on others that
// may change at any time; the manifest lists the articles instead, which a source
// has to mend.
//
// The scale from cosines to scores is measured for every language by itself:
// how close two articles of one subject come depends on how the texts of a
// language share the model's dimensions (on the sample site the median was .87
// in English and .24 in Chinese). Links to other languages have scales of their
// own, by the language linked from.
//
// Text that recurs on many of a site's pages is left out of the vectors: package
// boilerplate says what that is. The snapshot carries it, so that an article
// folded in later is read the same way, and the manifest says what was left out,
// with examples. To the text itself nothing is done.
//
// Looking for boilerplate and counting go through the same articles. Of a store of up
// to 128 MB they are kept from the first time to the second, and let go of one by one:
// reading 37,958 articles takes .35 s of the 3 s of processor time that all up to the
// weighted matrix takes. Memory is at its peak later. Reading, cleaning and counting
// each have goroutines of their own; what comes of it keeps the order of the store.
//
// The title counts three times, summary and tags twice, the body once: the
// weights in recommend.Text, measured on the development sets.
package refresh
