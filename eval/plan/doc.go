// Package plan says how long a site must log, with which share of its lists drawn
// at random, until an evaluation can tell a ranking that is worse from one that
// is not.
//
// What counts is the clicks on lists that were drawn at random, hardly the number
// of lists. From n such clicks the difference of a ranking to production,
// relative to production, has the 95 % interval
//
//	± 1.96·√(c/n)
//
// and a ranking as good as production passes a gate with margin m (one-sided
// level alpha, in power of all logs) from
//
//	n = c·((z(1−alpha) + z(power))/m)²
//
// on. c says how much of a click's information is lost because the click was
// collected on a list that is neither production's nor the candidate's: about 0.5
// for candidates near production, measured from the site's own pack where there
// is one. Several gates that must all pass get a greater power each, so that the
// whole set keeps it: 1 − (1−power)/gates (Schultzberg and others 2024).
//
// # What drawing costs
//
// Drawn lists get fewer clicks than production's, by the loss
//
//	1 − Σ clicks·w_drawn / Σ clicks·w_production
//
// where both weights are those of the position model: the attention a policy
// gives to the clicked item, over that which the logged draw gave it. With the
// logits divided by another temperature the same clicks tell what that would
// lose, and how long one would have to wait. A colder draw stays nearer to
// production: it loses less, and tells more about rankings near production and
// less about others.
//
// # Decisions
//
// The c of a pack is that of all its clicks on drawn lists with all that the
// evaluation makes of the pack, so what the other variants add is inside: in
// simulations their lists made the interval 28 to 40 % narrower.
// For other shares than the pack's it is an approximation.
//
// Waiting times take a ranking that is exactly as good as production. One that is
// truly worse by half the margin needs four times as long, which no plan can know.
package plan
