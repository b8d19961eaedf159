// Package bench measures refreshes: what each stage takes, how near it comes to what
// the machine can do, how it grows with the corpus, and how it compares with other
// programs on the same articles.
//
// # Decisions
//
// What is measured is refresh.Run itself, as a user's refresh runs it, which says
// when each of its stages begins: a benchmark of parts put together for it would
// measure something else.
//
// Memory is the most that the process held while a stage ran. Linux tells the peak
// since it was last asked to forget it, which is done as a stage begins; as refresh
// may ask too, memory is also looked at every few milliseconds, and the larger of both
// counts. Elsewhere the peak is that of the process so far. Before each run the free
// memory is given back.
//
// Operations are those that the work needs, not those that were done. Of a
// decomposition: lsa.TruncatedSVD.Operations. Of exact neighbours: 2·dim for each pair
// of rows of one language, once, for the cosine is symmetrical; a search that computes
// both directions has half the rate. What does the first pass in whole numbers can
// pass the peak of floating-point numbers. Approximate neighbours have no such count.
//
// The machine's peak is that of multiply-adds on registers with the kernel in use, on
// as many cores as there are workers, measured in the same run; beside it stands the
// rate of a BLAS product where a peer measures it. Both fall when other programs
// compute at the same time, and so do all rates: seconds of processor time hardly do.
//
// Words are runs of letters and digits; of Chinese and Japanese each character.
package bench
