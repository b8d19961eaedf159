// Package watch imports the sources of a site again and again, each in its own
// time, and keeps how that has gone.
//
// # Decisions
//
// Time is counted from the start of one import to the start of the next; one
// that takes longer than that is followed by the next at once. What was begun
// or done by an earlier process counts: a restart imports only what is due, and
// what was cut off.
//
// Sources are imported beside one another, since a polite walk through a large
// site takes hours and must not hold up a feed. The first imports after a start
// begin a little apart (Options.Stagger), in the order of the sources.
//
// An import has a problem if it returns an error or says so itself, for example
// since a record was refused: then a part of the source is not in the store,
// which somebody should know. It is told and logged, and tried again when the source is next due, not sooner: a
// site that fails is not helped by being asked more often. A panic is such a
// problem too: no page of a stranger's may take down the server that runs this.
package watch
