package lsa

import (
	"github.com/alsolike/alsolike/embed"
	"gonum.org/v1/gonum/mat"
)

// A krylov is a block Krylov space of AᵀA, grown by the block Lanczos method with full
// reorthogonalisation: Golub and Underwood (1977), "The block Lanczos method for
// computing eigenvalues".
type krylov struct {
	*blocks
	a, transposed side // A, which has no fewer rows than columns, and Aᵀ

	basis []embed.Dense // blocks of columns, all orthonormal
	size  int           // columns in all
	t     *mat.SymDense // basisᵀ·AᵀA·basis
	scale float64       // the greatest length that AᵀA gave a column of the basis
}

// lostShare is the share of its length that a block may lose when the basis is taken
// out of it. If it loses more, what is left holds too much of the basis again, as
// float32's rounding, and has to be cleaned once more.
const lostShare = 0.03

// grow fills k with a space of so many dimensions, blocks of width columns at a time,
// from a random start. Where AᵀA no longer leads out of the space, it starts anew.
func (k *krylov) grow(dims, width int, seed uint64, progress func(done, total int64)) {
	k.t = mat.NewSymDense(dims, nil)
	rows, columns := k.a.dims()
	y := embed.NewDense(rows, width)
	var left embed.Dense
	for k.size < dims {
		progress(int64(k.size), int64(dims))
		x := k.outside(left)
		for ; x.Dim == 0 && k.err == nil; seed++ {
			x = k.random(width, seed)
		}
		if k.err != nil {
			return
		}
		x = firstColumns(x, dims-k.size)
		at := k.size
		k.basis = append(k.basis, x)
		k.size += x.Dim

		y.Dim, y.Data = x.Dim, y.Data[:rows*x.Dim]
		k.a.times(k.blocks, y, x)
		left = embed.NewDense(columns, x.Dim)
		k.transposed.times(k.blocks, left, y)
		setColumns(k.t, at, k.takeOut(left), x.Dim)
	}
	progress(int64(dims), int64(dims))
}

// takeOut takes the basis out of y = AᵀA·x, where x is its last block, and returns
// basisᵀ·y. But for rounding, all of that is in the last two blocks. These go first:
// what is then taken out is so little that errors of the basis do not grow from block
// to block.
func (k *krylov) takeOut(y embed.Dense) []float64 {
	k.scale = max(k.scale, k.greatestLength(y))
	last := k.basis[max(len(k.basis)-2, 0):]
	near := k.cross(last, y)
	k.subtract(y, last, near)
	c := k.cross(k.basis, y)
	k.subtract(y, k.basis, c)
	for i, v := range near {
		c[len(c)-len(near)+i] += v
	}
	return c
}

// outside is an orthonormal block of what is left of AᵀA·x without the basis, or one of
// no columns if that is nothing but rounding.
func (k *krylov) outside(left embed.Dense) embed.Dense {
	if left.Dim == 0 {
		return left
	}
	before := k.greatestLength(left)
	x, least := k.orthonormal(left, 1e-6*k.scale, 1e-5)
	if least < lostShare*before {
		x = k.cleaned(x, 0.3)
	}
	x, _ = k.orthonormal(x, 0, 0.1) // the first time leaves errors of the order of 1e-7·κ²
	return x
}

// cleaned takes the basis out of orthonormal columns, and drops those of which no more
// than the length floor is left.
func (k *krylov) cleaned(x embed.Dense, floor float64) embed.Dense {
	k.subtract(x, k.basis, k.cross(k.basis, x))
	x, _ = k.orthonormal(x, floor, 0.1)
	return x
}

// random is an orthonormal block of random directions outside of the basis.
func (k *krylov) random(width int, seed uint64) embed.Dense {
	_, columns := k.a.dims()
	x, _ := k.orthonormal(k.gaussian(columns, min(width, columns-k.size), seed), 0, 1e-5)
	if len(k.basis) > 0 {
		x = k.cleaned(k.cleaned(x, 1e-3), 0.3)
	}
	x, _ = k.orthonormal(x, 0, 0.1)
	return x
}
