// Package estimate turns what was measured on every cluster (every reader) into
// a number with an interval. It takes plain slices of numbers.
//
// # Decisions
//
// The cluster is the unit of everything: reads of one reader resemble each
// other, and an interval that took them for independent would be too narrow
// (evaluation by simulation: 80 to 91 of 100 intervals held the truth, not 95).
// The interval is Student's t over clusters; a difference is taken within every
// cluster first, so that what both rankings share cancels.
//
// Everything is a ratio of sums over clusters, or close to one: [Ratio] for clicks
// per impression, [Clustered] for anything whose influences are known, such as an
// estimate that uses a position curve estimated from the same log
// ([Curve.Project]). Nothing is resampled here: package resample does that, for
// the few clusters where Student's t is a rough guess.
//
// The position curve comes from Mantel-Haenszel ratios, not from
// expectation-maximisation of a click model: over simulated sites of five
// rankers its error was 7.2 against 11.1 % from 3,000 impressions, it has closed
// influences, and it says so when the log cannot tell.
//
// A number made of weights is shown only within [Limits]. The effective sample
// size alone is no licence, as it ignores how clicks vary: it catches accidents,
// the interval decides.
package estimate
