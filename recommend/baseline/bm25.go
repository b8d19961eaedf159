package baseline

import (
	"cmp"
	"math"
	"slices"

	"github.com/alsolike/alsolike/embed"
)

// BM25 lists the rows that answer best to the most telling terms of a row, as
// "more like this" of a search engine does.
type BM25 struct {
	query [][]uint32 // by row: its most telling terms, ascending
	index *index     // of what a term adds to the score of a row
	ones  []float32
}

const (
	bm25K1    = 1.2
	bm25B     = 0.75
	bm25Terms = 25
)

// NewBM25 ranks the columns of counts (terms × rows), how often a row holds each
// term. The query of a row is its 25 terms with the highest count times idf; the
// score of another row is
//
//	Σ_t idf_t · c_t(k1+1) / (c_t + k1(1 − b + b·length/mean length)),  k1 = 1.2, b = 0.75
//
// with idf_t = ln(1 + (N − n_t + ½)/(n_t + ½)), N rows of which n_t hold the term,
// and the sum of its counts as the length of a row. Robertson and Zaragoza (2009),
// with the idf of Lucene.
func NewBM25(counts *embed.Sparse) *BM25 {
	idf := make([]float64, counts.Rows)
	for _, term := range counts.Index {
		idf[term]++
	}
	n := float64(counts.Cols)
	for term, holds := range idf {
		idf[term] = math.Log(1 + (n-holds+0.5)/(holds+0.5))
	}
	lengths := make([]float64, counts.Cols)
	total := 0.0
	for row := range lengths {
		_, values := counts.Col(row)
		for _, v := range values {
			lengths[row] += float64(v)
		}
		total += lengths[row]
	}
	b := &BM25{query: make([][]uint32, counts.Cols), ones: slices.Repeat([]float32{1}, bm25Terms)}
	scores := &embed.Sparse{Rows: counts.Rows, Cols: counts.Cols, Ptr: counts.Ptr, Index: counts.Index, Value: make([]float32, len(counts.Value))}
	for row, length := range lengths {
		terms, values := counts.Col(row)
		b.query[row] = telling(terms, values, idf)
		for i, term := range terms {
			c := float64(values[i])
			scores.Value[counts.Ptr[row]+i] = float32(idf[term] * c * (bm25K1 + 1) / (c + bm25K1*(1-bm25B+bm25B*length*n/total)))
		}
	}
	b.index = newIndex(scores)
	return b
}

// telling is the terms with the highest count times idf; of equals the smaller
// comes first.
func telling(terms []uint32, counts []float32, idf []float64) []uint32 {
	order := make([]int, len(terms))
	for i := range order {
		order[i] = i
	}
	weight := func(i int) float64 { return float64(counts[i]) * idf[terms[i]] }
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(weight(b), weight(a)) })
	var query []uint32
	for _, i := range order[:min(len(order), bm25Terms)] {
		query = append(query, terms[i])
	}
	slices.Sort(query)
	return query
}

// Rank is the k rows with the highest scores; rows that hold none of the terms of
// row are not listed. It is safe for use by several goroutines.
func (b *BM25) Rank(row, k int) []int {
	query := b.query[row]
	return b.index.top(row, query, b.ones[:len(query)], k)
}
