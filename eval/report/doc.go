// Package report renders the outcome of an evaluation: as JSON for programs and
// as Markdown for the summary of a job or for a terminal. Equal input gives
// equal bytes: nothing in a report comes from a clock, a host or a path.
//
// # Decisions
//
// Both start with the share of reads that joined, since every number below it
// is about these reads only. The keys of the JSON keep the order in which a
// reader wants them, those of its maps are sorted, and numbers are in their
// shortest exact form. An interval that is not known (one reader only) is null.
//
// Slices are the languages of the articles that lists stand under; Markdown shows
// them where there are two or more. The scripts of Chinese are two slices: lists
// ought to be as good in one as in the other.
package report
