// Package resample finds intervals and p-values by drawing again from what was
// measured on every cluster (every reader), where formulas of package estimate
// would be rough guesses. It takes plain slices of numbers.
//
// # Decisions
//
// Nothing is random: the weight of a cluster in a replicate, and the sign of a
// difference in a draw, are a hash of seed, replicate and number of the cluster.
// So the same log gives the same bytes on every machine, in any order and with any
// number of workers, and a run that is started again cannot change a verdict.
//
// Clusters are resampled, never rows: reads of one reader resemble each other.
// Sums in a ratio are resampled together; a normaliser that is kept fixed makes
// intervals too narrow (81 and 93 of 100 intervals held the truth, not 95).
//
// A ratio of more than 1,000 clusters is drawn in 1,000 groups of clusters. They
// are as independent of each other, and a log of a million readers takes no
// longer than one of a thousand.
//
// A p-value counts the log itself among the draws, (1+hits)/(1+draws), and is
// never 0.
package resample
