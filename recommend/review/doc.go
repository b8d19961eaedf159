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
// log that is not on this machine. The report must be about the snapshot by its id, so
// that last week's report lets nothing through.
//
// What cannot be told keeps a snapshot waiting: a report that cannot be read, a snapshot
// in service that cannot be compared with. Only the first snapshot of a site has nothing
// to be compared with and goes into service.
package review
