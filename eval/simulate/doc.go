// Package simulate makes up the event log of a publisher whose readers do not
// exist, so that an evaluation can be tried, tested and timed before there is a
// log of real ones. Whatever it makes says so in Pack.Simulated, or in the note
// that its events begin with.
//
// A World has articles, the lists of one or more snapshots, and for every pair
// of articles how attractive the link from one to the other is: how often it is
// clicked by a reader who looks at it. Readers come in sessions over some days.
// Each list they get is that of a variant:
//
//	A  the first snapshot's list, as production would serve it
//	B  the second snapshot's list, if there is one
//	X  drawn at random from the top of the first snapshot's list, by Plackett-Luce,
//	   with the chances, the pool and its logits in the log
//
// A reader looks at slot k with the chance theta_k, and clicks on what they look
// at with the chance attraction × their own eagerness. That is the position
// model (Craswell and others 2008), and the truth is known: World.Clicks.
//
// # Decisions
//
// Nothing here claims to be like real readers. The model is the one that the
// evaluation assumes, so a simulated log shows whether the arithmetic holds,
// never whether the model does.
//
// Readers are drawn independently of each other: how many lists each sees
// (heavy-tailed, so a few see very many), and how eager each is (uniform between
// a quarter and 1¾, so 1 on average). Hence intervals clustered by reader should
// hold the truth of all readers like these, which is what World.Clicks says.
// What they open next does not depend on what they were shown, else the truth of
// one list would depend on the others.
//
// Attraction grows with the place in the snapshots' lists, with a common section
// and common tags, and has a factor drawn for the pair and one for the item: so
// production is sensible, and far from the best, and other rankings have a chance.
//
// Equal options and seed give equal bytes. A log is drawn by one worker, since
// it takes only seconds per million lists.
package simulate
