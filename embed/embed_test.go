package embed

import (
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"
)

// drawDense draws a matrix with many zeros, whose numbers are exact in float32.
func drawDense(t *rapid.T) *mat.Dense {
	rows, cols := rapid.IntRange(1, 9).Draw(t, "rows"), rapid.IntRange(1, 9).Draw(t, "cols")
	random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	d := mat.NewDense(rows, cols, nil)
	d.Apply(func(_, _ int, _ float64) float64 { return float64(max(0, random.IntN(8)-4)) }, d)
	return d
}

func TestLanguage(t *testing.T) {
	for tag, want := range map[string]string{
		"": "und", "und": "und", "-x": "und", "en": "en", "EN-gb": "en", "zh_tw": "zh", "zh-Hant": "zh", "sr-Latn-RS": "sr",
	} {
		if got := Language(tag); got != want {
			t.Errorf("%q: got %q, want %q", tag, got, want)
		}
	}
}

func TestSparseEqualsDense(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawDense(t)
		s := SparseOf(d)
		if !mat.Equal(s, d) {
			t.Error("SparseOf differs")
		}
		if !mat.Equal(s.T(), d.T()) {
			t.Error("T differs")
		}
		if !mat.Equal(s.Transposed(), d.T()) {
			t.Error("Transposed differs")
		}
		if SparseOf(s) != s {
			t.Error("SparseOf copies a *Sparse")
		}
		for j := range s.Cols {
			index, value := s.Transposed().Transposed().Col(j)
			wantIndex, wantValue := s.Col(j)
			if !slices.Equal(index, wantIndex) || !slices.Equal(value, wantValue) {
				t.Errorf("column %d changes when transposed twice", j)
			}
			if !slices.IsSorted(index) {
				t.Errorf("column %d is not in order: %v", j, index)
			}
		}
	})
}

func TestDense(t *testing.T) {
	d := NewDense(2, 3)
	copy(d.Row(1), []float32{4, 5, 6})
	if !mat.Equal(d, mat.NewDense(2, 3, []float64{0, 0, 0, 4, 5, 6})) {
		t.Errorf("got %v", mat.Formatted(d))
	}
	if !mat.Equal(d.T(), mat.NewDense(3, 2, []float64{0, 4, 0, 5, 0, 6})) {
		t.Errorf("transposed: got %v", mat.Formatted(d.T()))
	}
	if row := append(d.Row(0), 7); row[3] != 7 || d.At(1, 0) != 4 {
		t.Error("appending to a row writes into the next")
	}
}

func TestAtPanicsOutOfRange(t *testing.T) {
	for name, m := range map[string]mat.Matrix{"dense": NewDense(2, 3), "sparse": SparseOf(mat.NewDense(2, 3, nil))} {
		for _, place := range [][2]int{{-1, 0}, {2, 0}, {0, -1}, {0, 3}} {
			func() {
				defer func() {
					if recover() == nil {
						t.Errorf("%s: At%v does not panic", name, place)
					}
				}()
				m.At(place[0], place[1])
			}()
		}
	}
}
