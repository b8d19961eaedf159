// Package refresh is the batch job: it reads the store, fits the model, finds
// every article's neighbours, and writes and publishes a snapshot.
//
// # Decisions
//
// Every refresh fits the model anew. Of an unpublished article only the card
// goes into the snapshot, so that a server knows it and answers with an empty
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
// The texts are read from the store once more for the second space, in the same
// read transaction, rather than kept in memory from the first time.
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
// The title counts three times, summary and tags twice, the body once: the
// weights in recommend.Text, measured on the development sets.
package refresh
