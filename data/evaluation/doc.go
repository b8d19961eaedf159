// Package evaluation keeps the reports of evaluations for people to look at, and reads
// of a report what others need to know: what its gates say, and of which snapshot.
//
// A run that is kept is a folder evaluations/ID of the data folder, with report.json and
// report.html as package eval/report writes them and run.json, which says when it was run
// and what somebody has called it. The id is that time and a hash of the rest, so that
// ids sort by time. Whoever removes the folder has removed the run; one that is copied
// here from another machine is there.
//
// # Decisions
//
// What is kept is the report as it was written, and nothing is drawn from it into another
// file: what a page shows of a run is what its report says. A run whose files cannot be
// read is listed with the reason, for somebody has to know.
//
// The time and the name are beside the report rather than in it: equal input gives an
// equal report, byte by byte, whenever it is made.
//
// A report is some hundred kB, most of it measures that nobody asks for here. Of one that
// ends as eval run ends it, no more is read than up to where they begin: what is cut off is
// told by its end, and reading the rest would take ten times as long.
//
// Of the keys of a report those are read that a gate needs. Neither eval nor recommend is
// imported: the former writes these reports, the latter has gates in its policy.
package evaluation
