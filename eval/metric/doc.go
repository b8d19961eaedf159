// Package metric holds the measures of a ranked list, each a function of plain
// slices of numbers, so that an example from a paper can be typed in as a test.
//
// Most functions take the grades of a list: grades[i] says how relevant the
// item at rank i+1 is. Above 0 it is relevant, 0 means judged and not relevant,
// below 0 not judged: [Unjudged], or [Pooled] for an item that was set aside for
// judging and then left out of the sample. Only the measures in judged.go tell
// these apart; for all others an item that is not judged is not relevant. To
// call an item relevant only from a higher grade on, lower the others to 0
// first: see [Threshold].
//
// Where the cut k is larger than the list, irrelevant items fill the rest; for no
// cut, k is the length of the list, or of the ideal where that is longer.
// relevant is always how many relevant items there are, found or not. A measure
// of an empty list, or of one for which nothing is relevant, is 0.
//
// # Decisions
//
// Tools give one name to different measures. Here the name says which one is
// meant, and the doc comment whose numbers it meets:
//
//	AP and APMin       divide by all that is relevant, or by no more than k of it
//	RR and MeanRR      the first relevant item, or the mean over all of them (MIND's "MRR")
//	NDCG and NDCGX     the grade as gain, or 2^grade - 1
//	DCG                divides by log2(rank+1), from the first rank on
//	F                  weighs recall with x, not x² (x is beta² elsewhere)
//	ERR                the highest grade is given, never taken from the list
//
// Sums run from the first rank to the last, as in the tools they are compared
// with, so that the last digit agrees too.
package metric
