// Package story finds the re-posts, corrections and rewrites of one story, so that lists
// link to one of them. It knows texts and cards, and nothing of vectors.
//
// # What a near-duplicate is
//
// Two articles of one language are near-duplicates if the Jaccard similarity of their
// shingles is at least .8, either of their bodies or of title and body together. A shingle
// is five successive words; in Chinese and Japanese, and in other languages that set no
// spaces between words, eight successive letters or digits. Case, punctuation, white space
// and the script of Chinese (繁 is read as 简) make no difference. The site's boilerplate is
// to be taken out before: it makes articles alike that are not.
//
// Bodies are compared without titles too, for a re-post often has another headline, and a
// headline is much of a short text: of the 281 bodies in reuters21578 that another article
// has as well 14 would be missed. It has a price: two companies' dividends that are paid
// on one day at one rate have one body there. Bodies of fewer than ten shingles ("Watch
// the video") are compared with their titles only.
//
// A version is an article of which another, within three days, holds nearly all (.95 of the
// shingles of the shorter body, of a text of 50 or more) with so much else that the two are
// no near-duplicates: a live report and the final one, a wire story and its next writing.
// It is a weaker relation, and kept apart (Clusters.Versions). Of the 76 found in
// reuters21578 forty were looked at, and all are versions; of the 21 in
// senate_press_2004_2005 seventeen are, the others answers to what they quote or blocks of
// text used again; the one in ruby_lang_news is not, but two releases announced on one day.
// At .90 the grants that senators announce for one town after another come in. Similar
// titles with near vectors are not used: they do not tell a sequel from a version.
//
// # Clusters
//
// Near-duplicates do not make classes: A may be like B and B like C, but A not like C. So
// a cluster is an article and what is like that one. Articles are gone through in the
// order in which they would stand for others (those that readers may be sent to, the
// canonical ones, the newest, the smallest ids), and each joins the one most like it of
// those that stand for a cluster already, or stands for one itself. What results is
// what lists need: no two that stand for clusters are near-duplicates, and each article is
// one of the article that is linked in its stead. Two of a cluster that do not stand
// for it may be less alike, and of two that are alike one may have found another cluster
// nearer. An article is canonical if a near-duplicate names its URL so and it
// names none itself. The versions of a story are found in the same way.
//
// Translations never join one another, so that a text in both scripts of Chinese keeps
// both, and lists, which have one article of a translation group, are none the worse.
//
// # Decisions
//
// Sketches are the 170 smallest hashes (bottom-k) in 512 bytes. They estimate better
// than one-permutation MinHash of the same size, and know short texts wholly: three of four
// of newswire's. Root mean square error on the pairs with a similarity from .5 on, and
// pairs on the wrong side of .8 out of (n):
//
//	                            reuters21578 (464)  senate_press (14,949)  ruby_lang_news (75)
//	128 minima of 32 bits        .029   32           .039   3,661           .038   27
//	256 minima of 16 bits        .024   24           .026   2,706           .027   18
//	127 smallest of 31 bits      .011    5           .033   2,872           .029   28
//	170 smallest of 23 bits      .008    4           .026   2,310           .023   20
//
// With 23 bits two different shingles of a pair of texts that are known wholly have one
// hash in one pair of 300. A bit of each hash tells whether the shingle is of the body, so
// that one sketch gives either similarity.
//
// The texts decide where estimates are within four standard deviations of a threshold,
// if Options.Text reads them. Against all pairs, exactly (TestFindAgainstAllPairs):
//
//	                        articles  near-duplicates  clusters  largest  versions | pairs  read
//	reuters21578             19,043         952            470        4        76  |   498   301
//	senate_press_2004_2005   18,915       1,929            761       77        21  | 16,536 3,560
//	ruby_lang_news            4,723         163             75        4         1  |   109   327
//	drcd_zh_hant              1,000           0              0        –         0  |     0     0
//
// No pair is then missed, that is, in two clusters for which both of it stand, and no
// article is less than .8 like the one that stands for it. By sketches alone 2, 81 and 9
// pairs are missed and 1, 65 and 7 articles in the wrong cluster: those of the largest
// clusters, announcements from a template, lie between .75 and .85.
//
// Candidates come from 20 bands of three minima each. Only articles that stand for
// clusters are in the buckets, and of a bucket at most the 16 put there last are compared,
// those nearest in time. So the time is linear whatever the texts are: one comparison for
// each article if all 50,000 are the same (4 µs an article), 38 if two thirds of each are
// the same (45 µs). Of versions, which are less alike, the bands find three of four.
//
// Processor time for the 37,958 articles of the two large sets: sketches .44 s (12 µs for
// 1.9 kB of English, 30 µs for 1.3 kB of Chinese), Find .15 s, or .42 s with texts in
// memory; for 100,000 generated ones .85 s and .24 s. Find takes 44 MB for these beside the
// sketches' 51 MB, and keeps the shingles of at most 4,096 texts that it read (13 MB of news).
package story
