// Package knn finds, for every row of a matrix, the rows nearest to it by
// cosine: exactly, over all rows, a block at a time, without ever holding an
// n × n matrix.
//
// Rows have length 1, or are zero and then have no neighbours and are none.
// Every list has a total order: cosine down, then Options.Rank up, then row up.
//
// # Decisions
//
// The cosine of two rows x and y is always the plain sum x₀y₀ + x₁y₁ + …, added
// in that order in float32, whichever block the pair falls into, so that it is
// the same bit for bit for any number of workers, for (x, y) as for (y, x), for
// copies of a row, and in a part of the corpus as in the whole. Ties are
// ordered, so they must not be broken by rounding. gonum's Sgemm keeps to that
// sum as long as neither factor is transposed (it adds scaled rows of the
// second factor to the result, one after the other); with a transposed factor
// it takes dot products whose order of summation hangs on the alignment of
// memory. Therefore the candidates of a block are transposed when they are
// copied together, which costs one move per 256 products. TestAll holds gonum
// to it. The error of such a sum is at most dim·2⁻²⁴, about 1.5e-5 at dim 256
// and in practice some 1e-7.
//
// On amd64 Search and Cosine give the bits of All. Elsewhere the Go compiler
// may fuse gonum's products and sums, and the last bit may differ.
//
// What is asked of every pair of rows costs as much as their cosine, so a search
// across groups is told by Options.Match, once for each group and row, which
// rows it may look at: the lists are those that Allowed would give.
//
// Of a class only the best row is kept while the search goes on, not afterwards:
// lists of K rows with several of a class would be short once those are left
// out. A row that makes it into a list is compared with the classes of the K
// rows there, which is some hundred times K looks for each list.
//
// That cosines are symmetric is not used to halve the work: every block of
// queries would then write into the lists of all others.
package knn
