package lsa

import (
	"testing"

	"github.com/alsolike/alsolike/embed"
)

// Counted by hand for 6×5 with 4 values and 5×6: a space of 3 dimensions in one block,
// of vectors of 5 numbers, of which 2 singular vectors are made.
func TestOperations(t *testing.T) {
	svd := TruncatedSVD{K: 2, Oversample: 1, Iterations: 1}
	const products, outside, orthonormal, turn = 3 * 2 * 2 * 4, 2 * 5 * 3 * 3, 2 * 3 * 5 * 3 * 3, 2 * 5 * 3 * 2
	if got := svd.Operations(6, 5, 4); got != products+outside+orthonormal+turn+3*6*2*2+2*4*2 {
		t.Errorf("6×5: got %v", got)
	}
	if got := svd.Operations(5, 6, 4); got != products+outside+orthonormal+turn+3*5*2*2 {
		t.Errorf("5×6: got %v", got)
	}
}

// Each language's matrix is shown with its own decomposition, and all are unit columns.
func TestFitted(t *testing.T) {
	seen := map[string]int{}
	opts := Options{Rank: 3, Fitted: func(lang string, a *embed.Sparse, svd *TruncatedSVD) {
		seen[lang]++
		if svd.U.Rows != a.Rows || len(svd.Sigma) != svd.U.Dim || a.NNZ() == 0 {
			t.Errorf("%s: a matrix of %d×%d and U of %d×%d", lang, a.Rows, a.Cols, svd.U.Rows, svd.U.Dim)
		}
		for j := range a.Cols {
			_, value := a.Col(j)
			sum := 0.0
			for _, v := range value {
				sum += float64(v) * float64(v)
			}
			if len(value) > 0 && (sum < .999 || sum > 1.001) {
				t.Errorf("%s: column %d has the square length %v", lang, j, sum)
			}
		}
	}}
	texts := []embed.Text{}
	for _, lang := range []string{"en", "de"} {
		for _, body := range []string{"harbour crane", "harbour ship", "wheat rain", "wheat harbour rain"} {
			texts = append(texts, embed.Text{Lang: lang, Fields: []embed.Field{{Text: body}}})
		}
	}
	if _, _, err := Fit(t.Context(), eachText(texts), opts); err != nil {
		t.Fatal(err)
	}
	if len(seen) != 2 || seen["en"] != 1 || seen["de"] != 1 {
		t.Errorf("shown %v, want each language once", seen)
	}
}
