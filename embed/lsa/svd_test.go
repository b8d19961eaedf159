package lsa

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/alsolike/alsolike/embed"
	"github.com/james-bowman/nlp"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"
)

// sparseOfRank makes a random matrix of the given rank, about a third of it zeros.
func sparseOfRank(random *rand.Rand, rows, cols, rank int) *embed.Sparse {
	patterns := make([][]float32, rank)
	for p := range patterns {
		patterns[p] = make([]float32, rows)
		for i := range rows {
			if random.IntN(3) > 0 {
				patterns[p][i] = float32(random.NormFloat64())
			}
		}
	}
	d := mat.NewDense(rows, cols, nil)
	for j := range cols {
		for p := range patterns {
			share := random.NormFloat64() / float64(1+p)
			for i, v := range patterns[p] {
				d.Set(i, j, d.At(i, j)+share*float64(v))
			}
		}
	}
	return embed.SparseOf(d)
}

// exact is the full decomposition by LAPACK's dense method.
func exact(t rapid.TB, a mat.Matrix) (u *mat.Dense, sigma []float64) {
	var svd mat.SVD
	if !svd.Factorize(a, mat.SVDThin) {
		t.Fatal("no dense decomposition")
	}
	u = new(mat.Dense)
	svd.UTo(u)
	return u, svd.Values(nil)
}

func TestTruncatedSVDEqualsDense(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct{ rows, cols, rank, k int }{
		{40, 25, 25, 5},
		{25, 40, 25, 10},
		{60, 60, 8, 8},
		{300, 200, 150, 20},
		{7, 1, 1, 1},
		{1, 7, 1, 1},
	} {
		t.Run(fmt.Sprintf("rows=%d/cols=%d/rank=%d/k=%d", c.rows, c.cols, c.rank, c.k), func(t *testing.T) {
			a := sparseOfRank(random, c.rows, c.cols, c.rank)
			oracle := nlp.NewTruncatedSVD(c.k)
			want, err := oracle.FitTransform(a)
			if err != nil {
				t.Fatal(err)
			}
			// The space is then the whole one, and only rounding is left.
			svd := &TruncatedSVD{K: c.k, Oversample: 200}
			got, err := svd.FitTransform(a)
			if err != nil {
				t.Fatal(err)
			}
			_, sigma := exact(t, a)
			compareRows(t, "Uᵀ·A", got, want, sigma)
			compareRows(t, "Uᵀ", svd.U.T(), oracle.Components.T(), sigma)
			for i, got := range svd.Sigma {
				if math.Abs(float64(got)-sigma[i]) > 1e-5*sigma[0] {
					t.Errorf("sigma[%d]: got %v, want %v", i, got, sigma[i])
				}
			}
		})
	}
}

// compareRows compares singular vectors, or their multiples, up to sign. Where two
// singular values are close, their vectors may turn in their plane: the tolerance is
// float32's rounding over the gap.
func compareRows(t *testing.T, name string, got, want mat.Matrix, sigma []float64) {
	t.Helper()
	rows, cols := want.Dims()
	if r, c := got.Dims(); r != rows || c != cols {
		t.Fatalf("%s: got %d×%d, want %d×%d", name, r, c, rows, cols)
	}
	for i := range rows {
		gap := sigma[i]
		if i > 0 {
			gap = min(gap, sigma[i-1]-sigma[i])
		}
		if i+1 < len(sigma) {
			gap = min(gap, sigma[i]-sigma[i+1])
		}
		a, b := mat.Row(nil, i, got), mat.Row(nil, i, want)
		var size, same, opposite float64
		for j := range a {
			size = math.Hypot(size, b[j])
			same = math.Hypot(same, a[j]-b[j])
			opposite = math.Hypot(opposite, a[j]+b[j])
		}
		if tolerance := 1e-5 * size * sigma[0] / gap; min(same, opposite) > tolerance {
			t.Errorf("%s, row %d: differs by %.2g, want at most %.2g", name, i, min(same, opposite), tolerance)
		}
	}
}

// The spectrum of texts is flat, the worst case: singular vectors of close values are
// not found one by one, but what is found must hold nearly as much of the matrix as
// the exact ones.
func TestTruncatedSVDResidual(t *testing.T) {
	const k = 20
	a, err := TFIDF(t.Context(), eachText(zipf(300, 60, 1)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, sigma := exact(t, a)
	var want float64
	for _, s := range sigma[:k] {
		want += s * s
	}
	for _, c := range []struct {
		iterations int
		least      float64 // share of the exact energy
	}{{2, 0.94}, {0, 0.99}, {30, 0.995}} {
		svd := &TruncatedSVD{K: k, Iterations: c.iterations}
		svd.Fit(a)
		var got float64
		for _, s := range svd.Sigma {
			got += float64(s) * float64(s)
		}
		t.Logf("iterations %d: share of the exact energy %.4f", c.iterations, got/want)
		if got < c.least*want || got > (1+1e-6)*want {
			t.Errorf("iterations %d: share of the exact energy: got %.4f, want %v to 1", c.iterations, got/want, c.least)
		}
	}
}

func TestTruncatedSVDProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.IntRange(1, 40).Draw(t, "rows")
		cols := rapid.IntRange(1, 40).Draw(t, "cols")
		rank := rapid.IntRange(1, min(rows, cols)).Draw(t, "rank")
		k := rapid.IntRange(1, 50).Draw(t, "k")
		seed := rapid.Uint64().Draw(t, "seed")
		a := sparseOfRank(rand.New(rand.NewPCG(seed, 1)), rows, cols, rank)
		if a.NNZ() == 0 {
			return
		}
		svd := &TruncatedSVD{K: k, Seed: seed, Iterations: 10}
		projected, err := svd.FitTransform(a)
		if err != nil {
			t.Fatal(err)
		}
		if got, most := svd.U.Dim, min(k, rows, cols); got > most || got < 1 {
			t.Fatalf("rank: got %d, want 1 to %d", got, most)
		}
		checkOrthonormal(t, svd.U)
		if !slices.IsSortedFunc(svd.Sigma, func(a, b float32) int { return int(math.Copysign(1, float64(b-a))) }) {
			t.Errorf("sigma does not descend: %v", svd.Sigma)
		}
		// ‖A − U·UᵀA‖ (Frobenius) is what the exact decomposition leaves.
		var rest mat.Dense
		rest.Mul(svd.U, projected)
		rest.Sub(a, &rest)
		var left float64
		_, sigma := exact(t, a)
		for _, s := range sigma[min(k, len(sigma)):] {
			left = math.Hypot(left, s)
		}
		if got := mat.Norm(&rest, 2); got > 1.02*left+1e-4*sigma[0] {
			t.Errorf("residual: got %v, exact %v, greatest sigma %v", got, left, sigma[0])
		}
		whole := mat.Norm(a, 2)
		if got := svd.Residual() * whole; got > 1.02*left+1e-3*whole || got < left-1e-3*whole {
			t.Errorf("residual by energy: got %v, exact %v, greatest sigma %v", got, left, sigma[0])
		}
	})
}

func checkOrthonormal(t rapid.TB, u embed.Dense) {
	t.Helper()
	var gram mat.Dense
	gram.Mul(u.T(), u)
	for i := range u.Dim {
		for j := range u.Dim {
			want := 0.0
			if i == j {
				want = 1
			}
			if got := gram.At(i, j); math.Abs(got-want) > 2e-6 {
				t.Errorf("columns %d and %d of U: product %v, want %v", i, j, got, want)
			}
		}
	}
}

func TestTruncatedSVDOfIllConditioned(t *testing.T) {
	// σ = 1, 10⁻¹, …: beyond 10⁻⁵ of the greatest, float32 tells nothing.
	const n = 30
	d := mat.NewDense(n, n, nil)
	for i := range 12 {
		d.Set(i, (i*7)%n, math.Pow(10, -float64(i)))
	}
	svd := &TruncatedSVD{K: n}
	if _, err := svd.FitTransform(d); err != nil {
		t.Fatal(err)
	}
	if svd.U.Dim < 4 || svd.U.Dim > 7 {
		t.Errorf("rank: got %d, want about 5", svd.U.Dim)
	}
	checkOrthonormal(t, svd.U)
	for i := range 4 {
		want := math.Pow(10, -float64(i))
		if got := float64(svd.Sigma[i]); math.Abs(got-want) > 1e-6 {
			t.Errorf("sigma[%d]: got %v, want %v", i, got, want)
		}
	}
}

func TestTruncatedSVDRefuses(t *testing.T) {
	check := func(name string, a mat.Matrix) {
		t.Helper()
		if _, err := (&TruncatedSVD{K: 2}).FitTransform(a); err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
	check("zero matrix", mat.NewDense(3, 4, nil))
	check("not a number", mat.NewDense(2, 2, []float64{1, 2, math.NaN(), 4}))
	check("infinite", mat.NewDense(2, 2, []float64{1, 2, math.Inf(1), 4}))

	svd := &TruncatedSVD{K: 2}
	if _, err := svd.Transform(mat.NewDense(2, 2, nil)); err == nil {
		t.Error("Transform before Fit: got no error")
	}
	svd.Fit(mat.NewDense(2, 2, []float64{1, 2, 3, 4}))
	if _, err := svd.Transform(mat.NewDense(3, 2, nil)); err == nil {
		t.Error("Transform of another shape: got no error")
	}
}

// Matrices with so many columns that their rows are parted, wide and tall.
func TestTruncatedSVDIsTheSameForAnyWorkers(t *testing.T) {
	for _, terms := range []int{300, 30_000} {
		random := rand.New(rand.NewPCG(5, 6))
		a := &embed.Sparse{Rows: terms, Cols: 2*partColumns + 5, Ptr: []int{0}}
		for range a.Cols {
			first := random.IntN(terms - 60)
			for range 4 {
				first += 1 + random.IntN(15)
				a.Index = append(a.Index, uint32(first))
				a.Value = append(a.Value, random.Float32())
			}
			a.Ptr = append(a.Ptr, len(a.Index))
		}
		fit := func(workers int) *TruncatedSVD {
			svd := &TruncatedSVD{K: 8, Workers: workers}
			if svd.Fit(a); svd.err != nil {
				t.Fatal(svd.err)
			}
			return svd
		}
		want := fit(1)
		checkOrthonormal(t, want.U)
		for _, workers := range []int{2, 5} {
			got := fit(workers)
			if !slices.Equal(got.U.Data, want.U.Data) || !slices.Equal(got.Sigma, want.Sigma) || got.Energy != want.Energy {
				t.Errorf("%d terms, workers=%d: U, sigma or energy differ", terms, workers)
			}
		}
	}
}

func TestFitIsTheSameForAnyWorkers(t *testing.T) {
	texts := zipf(600, 60, 7)
	for i := range texts {
		texts[i].Lang = []string{"", "de", "zh-Hans", "zh-Hant"}[i%4]
	}
	fit := func(workers int) ([]byte, embed.Dense) {
		model, vectors, err := Fit(context.Background(), eachText(texts), Options{Rank: 70, Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := model.WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes(), vectors
	}
	wantModel, wantVectors := fit(1)
	for _, workers := range []int{2, 3, 7} {
		for _, procs := range []int{1, 5} {
			before := runtime.GOMAXPROCS(procs)
			model, vectors := fit(workers)
			runtime.GOMAXPROCS(before)
			if !bytes.Equal(model, wantModel) {
				t.Errorf("workers=%d procs=%d: the model differs", workers, procs)
			}
			if !slices.Equal(vectors.Data, wantVectors.Data) {
				t.Errorf("workers=%d procs=%d: the vectors differ", workers, procs)
			}
		}
	}
}
