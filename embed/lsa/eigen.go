package lsa

import (
	"cmp"
	"math"
	"slices"

	"github.com/alsolike/alsolike/embed"
	"gonum.org/v1/gonum/blas"
	lapack "gonum.org/v1/gonum/lapack/gonum"
	"gonum.org/v1/gonum/mat"
)

// eigen returns the greatest k eigenvalues of g, descending, and their eigenvectors as
// columns. It overwrites g.
//
// LAPACK's way, but for the turns of the eigenvectors, which its QR iteration makes one
// by one and which are most of the work: here they are gathered, and made of many parts
// of the vectors side by side.
func (w *blocks) eigen(g *mat.SymDense, k int) ([]float64, embed.Dense) {
	n := g.SymmetricDim()
	columns := embed.NewDense(n, k)
	for i := range n {
		if v := g.At(i, i); math.IsNaN(v) || math.IsInf(v, 0) {
			w.err = cmp.Or(w.err, errZero)
		}
	}
	if w.err != nil {
		return make([]float64, k), columns
	}
	t, z := tridiagonal(g)
	for t.next < n && w.err == nil {
		turns, ok := t.turns(turnsAtOnce)
		if !ok {
			w.err = errZero
		}
		w.inChunks(n, turnedRows, func(lo, hi int) {
			for _, turn := range turns {
				turn.apply(z[turn.row*n:][:n][lo:hi], z[(turn.row+1)*n:][:n][lo:hi])
			}
		})
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(t.d[j], t.d[i]) })
	values := make([]float64, k)
	for j, row := range order[:k] {
		values[j] = t.d[row]
		for i, v := range z[row*n:][:n] {
			columns.Row(i)[j] = float32(v)
		}
	}
	return values, columns
}

const (
	turnsAtOnce = 1 << 16
	turnedRows  = 64 // numbers of each eigenvector that a worker takes at a time
)

// tridiagonal returns a tridiagonal matrix similar to g, and the orthogonal matrix whose
// rows turn into the eigenvectors of g as it becomes diagonal.
func tridiagonal(g *mat.SymDense) (*qr, []float64) {
	var l lapack.Implementation
	n := g.SymmetricDim()
	a := g.RawSymmetric()
	t := &qr{d: make([]float64, n), e: make([]float64, n)}
	tau, work := make([]float64, n), make([]float64, 64*n)
	l.Dsytrd(blas.Upper, n, a.Data, a.Stride, t.d, t.e[:n-1], tau[:n-1], work, len(work))
	l.Dorgtr(blas.Upper, n, a.Data, a.Stride, tau[:n-1], work, len(work))
	z := make([]float64, n*n)
	for i := range n {
		for j := range n {
			z[j*n+i] = a.Data[i*a.Stride+j]
		}
	}
	return t, z
}

// A qr makes a symmetric tridiagonal matrix diagonal by implicit QL iteration with
// Wilkinson's shift: Dubrulle, Martin and Wilkinson (1968), "The implicit QL
// algorithm". What it has done to d is to be done to the eigenvectors by its turns.
type qr struct {
	d, e []float64 // the diagonal, and beside it e[i] at rows i and i+1
	next int       // the values before it are found
	at   int       // tries at next
}

// A turn is a rotation of vectors row and row+1.
type turn struct {
	row  int
	c, s float64
}

// apply rotates parts of two vectors.
func (t turn) apply(a, b []float64) {
	b = b[:len(a)]
	for i, x := range a {
		y := b[i]
		a[i], b[i] = t.c*x-t.s*y, t.s*x+t.c*y
	}
}

// turns goes on until about as many turns are made or all values are found. It says no
// if a value is not found.
func (q *qr) turns(about int) (turns []turn, ok bool) {
	const mostTries = 60
	n := len(q.d)
	for q.next < n && len(turns) < about {
		end := q.blockEnd()
		if end == q.next {
			q.next, q.at = q.next+1, 0
			continue
		}
		if q.at++; q.at > mostTries {
			return turns, false
		}
		turns = q.sweep(end, turns)
	}
	return turns, true
}

// blockEnd is the last row of the block that begins at next: beyond it, e is zero.
func (q *qr) blockEnd() int {
	const eps = 1.0 / (1 << 52)
	m := q.next
	for ; m+1 < len(q.d); m++ {
		if math.Abs(q.e[m]) <= eps*(math.Abs(q.d[m])+math.Abs(q.d[m+1])) {
			break
		}
	}
	return m
}

// sweep chases the bulge from row end up to next.
func (q *qr) sweep(end int, turns []turn) []turn {
	d, e, l := q.d, q.e, q.next
	shift := (d[l+1] - d[l]) / (2 * e[l])
	g := d[end] - d[l] + e[l]/(shift+math.Copysign(math.Hypot(shift, 1), shift))
	s, c, p := 1.0, 1.0, 0.0
	for i := end - 1; i >= l; i-- {
		f, b := s*e[i], c*e[i]
		r := math.Hypot(f, g)
		e[i+1] = r
		if r == 0 {
			d[i+1] -= p
			e[end] = 0
			return turns
		}
		s, c = f/r, g/r
		g = d[i+1] - p
		r = (d[i]-g)*s + 2*c*b
		p = s * r
		d[i+1] = g + p
		g = c*r - b
		turns = append(turns, turn{i, c, s})
	}
	d[l] -= p
	e[l], e[end] = g, 0
	return turns
}
