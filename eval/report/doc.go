// Package report renders the outcome of an evaluation and the verdicts of its
// gates: as JSON for programs, as Markdown for the summary of a job, a comment or
// a terminal, as JUnit XML for what shows tests, and as one HTML page for
// people. Equal input gives equal bytes: nothing in a report comes from a clock, a
// host or a path.
//
// # Decisions
//
// Every format starts with whether readers are simulated, then with the share of
// the log that joined, since every number below is about that share only. A
// measure that is refused has no number in any format, but those of its
// diagnostics that say why.
//
// The keys of the JSON keep the order in which a reader wants them, those of its
// maps are sorted, and numbers are in their shortest exact form. What is not known
// (the interval of one reader, the difference of a refused measure) is null.
// schema.json is the contract. "low" and "high" of a gate are those of the interval
// that decides, at the gate's own alpha; those of measures are of 95 %.
//
// Of agreement with reading, slices are the languages of the articles that lists
// stand under; Markdown shows them where there are two or more. The scripts of
// Chinese are two slices: lists ought to be as good in one as in the other.
//
// JUnit has a suite for every candidate. A gate that only warns is skipped there
// when it does not pass, since a failure would stop a job that the gate must not
// stop; so is what cannot be told. Numbers are properties of their test case, as
// pytest writes them.
//
// The page places what it draws in percent of its width, so that letters keep their
// size on a phone, and it tells lines apart by mark as well as by colour. Colours
// are those of Okabe and Ito, darkened on white and lightened on black. The
// differences of all gates stand on one axis in units of their margins: margins
// of clicks and of hours can be compared in no other way, and whether a gate
// passes is seen at a glance.
package report
