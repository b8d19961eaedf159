package knn_test

import (
	"testing"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/recommend/knn"
)

// Every cosine is, to the bit, the one that Cosine and so All have.
func TestCosines(t *testing.T) {
	for _, n := range []int{0, 1, 3, 4, 7, 100} {
		v := unit(max(n, 1), 33, 5)
		v = embed.Dense{Rows: n, Dim: 33, Data: v.Data[:n*33]}
		query, out := unit(1, 33, 5).Row(0), make([]float32, n)
		knn.Cosines(v, query, out)
		for row, got := range out {
			if want := knn.Cosine(query, v.Row(row)); got != want {
				t.Errorf("row %d of %d: got %v, want %v", row, n, got, want)
			}
		}
	}
}
