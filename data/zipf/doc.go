// Package zipf makes up articles by the million for measurements: as many words,
// as unevenly used, and as much alike as those of a real site, from nothing but a
// seed.
//
// # Decisions
//
// Word r of the vocabulary is used in proportion to 1/r, and from rank 7,873 on to
// r^-1.77, the two laws of Gerlach and Altmann (2013), "Stochastic model for the
// vocabulary size in natural languages". Fresh words then come as Heaps' law has
// them: n words of text hold about n^(1/1.77) different ones, without an end to the
// vocabulary. With one law alone the vocabulary would either end or grow nearly as
// fast as the text.
//
// An article is a mixture, drawn word by word: half of it from the language at
// large, a third from one subject or from a second one, the rest from its story, a
// handful of rare words (names, as it were) that it shares with some eight other
// articles. Without subjects the decomposition would find nothing, without stories
// nothing would be nearest. A subject is a few hundred words of the common
// vocabulary; subjects are not used equally either.
//
// The first words are those of English that are most frequent, so that stop words
// are left out of the analysis as from real texts.
//
// Article i depends on the seed and on i alone: 10,000 articles are the first of
// 100,000, nothing needs to be kept, and any part can be made by itself.
package zipf
