// Package review decides whether a snapshot goes into service by itself or waits for
// an editor's word.
//
// A refresh makes a snapshot and hands it to Policy.Settle, which puts it into service
// or notes why it waits; a server hands what waits to Policy.Reconsider when something
// has changed that the policy looks at. What editors have said goes before any policy:
// see snapshot.Dir.Propose.
//
// # Decisions
//
// A gate is read from the report of an evaluation, as a file: recommend and eval know
// nothing of one another, and whoever runs the evaluation may do it elsewhere, with a
// log that is not on this machine. How a report is read, package data/evaluation knows. The report must be about the snapshot by its id, so
// that last week's report lets nothing through.
//
// What cannot be told keeps a snapshot waiting: a report that cannot be read, a snapshot
// in service that cannot be compared with. Only the first snapshot of a site has nothing
// to be compared with and goes into service.
//
// The history gets what is in the log of decisions (snapshot.Dir.Log) and not in the history
// yet, by its time, which no two decisions share: after every decision, and whenever a
// server sees that something was decided. To write an intent into the history first would
// leave some of what was never done, in a history that only grows. What goes into service by
// itself is in there too, as an action of its own, which the page leaves out unless asked:
// a refresh every five minutes makes 288 entries a day.
//
// To revert a publication is to go back to what was in service before, and so it stops
// what comes after as a rollback does: else the next refresh would undo it.
//
// Why a snapshot waits is noted as a sentence in English, which logs and commands show, and
// read back (ParseReason) by whoever says it in another language. So notes of older versions
// need no other treatment, and a sentence that is not known is shown as it is.
package review
