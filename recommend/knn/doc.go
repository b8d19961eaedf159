// Package knn finds, for every row of a matrix, the rows nearest to it by
// cosine: exactly, or nearly so where there are very many (Approximate), or only
// what a change of some rows makes new (Update). It never holds an n × n matrix.
//
// Rows have length 1, or are zero and then have no neighbours and are none.
// Every list has a total order: cosine down, then Options.Rank up, then row up.
//
// # Decisions
//
// The first pass proposes, vec.Dot decides. All pairs are multiplied in int8; a pair is
// computed again by vec.Dot, the same bits for (x, y) as for (y, x), if the estimate and
// what it may be wrong by reach the lowest cosine of either row's list as it stands. So
// the lists are those of vec.Dot, whatever the estimates, and as they are the best K under
// a total order they depend neither on the order in which pairs are met nor on the number
// of workers. Search and Cosine have the same bits.
//
// What the estimate may be wrong by. Let x = s·p + e, where p are the integers, s the
// scale and e what rounding lost, and likewise y = t·q + f. Then
//
//	x·y - s·t·p·q = x·f + e·(t·q),  at most |x||f| + |e|(|y| + |f|) <= L(|e| + |f|)
//
// where L is the greatest |x| + |e| of all rows. |e| is computed, not estimated, so each
// row has its own slack L·|e|, about .007 at 256 dimensions; a pair may be wrong by the sum
// of two. p·q is exact. To the slack of each row comes (dim+64)·2⁻²⁴·L², twice its half of
// the roundings of vec.Dot (at most dim·2⁻²⁴·L²), of the rotation and of the estimate itself.
//
// Rows are rotated before they are rounded (random signs, then a Hadamard transform),
// because LSA puts much of a row into its first numbers, and the largest sets the scale
// of all. On 37,958 real articles (top 64) that lowered the pairs computed again from 188 to
// 149 a row and the time by a tenth; on generated rows, which are even by themselves, it
// costs 1 %.
//
// Symmetric work is done once: each pair of blocks is multiplied once and fills the lists
// of both, under a lock for each block of 256 rows, taken once for each pair of blocks. A
// block's share of a list that another worker raises meanwhile is seen at the next pair; the
// lists do not depend on it. A search from few rows, or among few candidates, or across
// groups (Match) multiplies queries by candidates instead, whichever is less.
//
// The lists must be full of near rows early, for everything passes an empty list.
// Therefore rows are put into the order of some cells (k-means on a sample, 2 % of the
// time), so that neighbours mostly share a block or lie some blocks apart; each row is
// first compared with the 1,024 around it, and of those the best by their estimates are
// computed first; then come the blocks near by and then those far off. With 20 neighbours
// among 100,000 generated rows 51 cosines a row are computed by vec.Dot.
//
// Figures, in seconds of processor time on two busy cores of a Sapphire Rapids (half of
// them pass on the clock if both are idle); FAISS 1.7.3 and the others on the same vectors
// and the same machine:
//
//	100,000 × 256 generated, top 20   All          8.4   FAISS IndexFlatIP 70; ids differ at 152 of 2 million places, by cosines 5e-7 apart
//	37,958 × 256 real, top 20         All          1.8   FAISS IndexFlatIP 11.8, scikit-learn brute 67
//	37,958 × 256 real, top 64         All          2.4
//
// That is 600 GFLOP/s and processor second for the full product of 100,000 rows, where
// OpenBLAS's sgemm has 126 to 151: 4 times the float32 peak of the machine, 2 times for half
// the work and 2 times for int8. Of the time 55 % are vec.TileInt8, at 260 billion products
// a second, 10 % vec.Dot, which waits for memory, and 7 % selection.
//
// There is no first pass in float32. Kernels without an instruction for int8 dot
// products would be served as well by one, but not better enough to keep two.
//
// Approximate divides a group into cells of about 128 rows by k-means, in int8, and
// compares two rows if one of them lies in one of the cells nearest to the other. That
// either may look is what makes it cheap: with 8 probes .983 of the nearest 20 of the real
// articles are found by 5 % of the products, where looking from one side finds .951 by 6 %,
// and whole pairs of cells, the nearest first, take 20 %. (Cells of 64 rows take 3 %, but
// twice the time for finding each row's cells.) How many probes are needed depends on the
// data, 3 for the generated rows and 10 for the real ones, so an exact search for 500 rows
// of the group counts, for every neighbour they have, which probe would have found it. A
// graph (HNSW, NN-descent) was not built: on the same vectors and machine both take longer
// than All.
//
//	   37,958 real       Approximate   1.1   recall@20 .990   PyNNDescent 5.9 at .994; hnswlib 22 at .996; All 1.8
//	  100,000 generated  Approximate   2.2   recall@20 .987   hnswlib 57 + 13 at .996; All 8.4
//	  400,000 generated  Approximate  14     recall@20 .990   All 134, by the square; 1.1 GB in all
//	1,000,000 generated  Approximate  64     recall@20 .990   2.9 GB in all
//
// Half of the time for a million rows finds the cells of each; a tree of cells would lower
// that where there are more.
//
// Approximate is faster from some 30,000 rows on, but exact lists are better than fast
// ones while they cost seconds: ApproximateFrom is where All passes ten on two idle cores.
//
// Update makes two searches: the rows that have not changed among those that have, and
// those that have among all. They could share their products, but then every list would be
// locked for every pair of blocks. After 1 % of 100,000 rows have been added it takes 0.6
// seconds, half of them for rounding all rows to int8 and packing them. If 1 % of the rows
// become others instead, a fifth of all lists lose a row and are searched anew: 3.3 seconds.
//
// What is asked of every pair of rows costs as much as their cosine, so a search
// across groups is told by Options.Match, once for each group and row, which
// rows it may look at: the lists are those that Allowed would give.
//
// Of a class only the best row is kept while the search goes on, not afterwards:
// lists of K rows with several of a class would be short once those are left
// out. A row that makes it into a list is compared with the classes of the K
// rows there, which is some two times K looks for each list.
package knn
