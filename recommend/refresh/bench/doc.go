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
// Peers are asked for the same work at their best: scikit-learn's neighbours are
// measured by cosine, as its manual has it, and by its faster search for distances, which
// orders vectors of length 1 alike; hnswlib's and PyNNDescent's search for the settings
// that reach a recall is not part of their time.
//
// On two cores of a Xeon with AVX-512, which other programs shared, in seconds of
// processor time: of 37,958 real articles at rank 256 with 20 neighbours, refresh took
// 8.3, scikit-learn 1.2 82 to 88, of which 61 to 67 for neighbours (by distance 17), and
// FAISS 1.7 11.7 for the neighbours that took refresh 1.8. Of 100,000 articles made up,
// exact neighbours took 10.0, those of FAISS 84; all of FAISS's were in the lists.
// Approximate ones took 3.8 at a recall of .990, hnswlib 105 at .982. From 10,000 to
// 100,000 articles, with exact neighbours, a refresh grew to 12 times the time and 5.4
// times the memory, from 100,000 to 1,000,000, with approximate ones, to 10.8 times the
// time and 4.4 times the memory, 5.3 GB.
//
// Words are runs of letters and digits; of Chinese and Japanese each character.
package bench
