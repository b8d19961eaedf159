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
	x := k.random(width, seed)
	rows, columns := k.a.dims()
	y := embed.NewDense(rows, x.Dim)
	for k.err == nil {
		progress(int64(k.size), int64(dims))
		x = firstColumns(x, dims-k.size)
		at := k.size
		k.basis = append(k.basis, x)
		k.size += x.Dim

		y.Dim, y.Data = x.Dim, y.Data[:rows*x.Dim]
		k.a.times(k.blocks, y, x)
		left := embed.NewDense(columns, x.Dim)
		k.transposed.times(k.blocks, left, y)
		before := k.greatestLength(left)
		c := k.cross(k.basis, left)
		setColumns(k.t, at, c, x.Dim)
		if k.size == dims {
			progress(int64(dims), int64(dims))
			return
		}
		k.subtract(left, k.basis, c)
		if x = k.outside(left, before); x.Dim == 0 {
			seed++
			x = k.random(width, seed)
		}
	}
}

// outside is an orthonormal block of what is left of AᵀA·x, whose greatest column was of
// length before, once the basis is taken out of it; or one of no columns if that is
// nothing but rounding.
func (k *krylov) outside(left embed.Dense, before float64) embed.Dense {
	k.scale = max(k.scale, before)
	x, least := k.orthonormal(left, 1e-6*k.scale, 1e-5)
	if least < lostShare*before {
		x = k.cleaned(x)
	}
	x, _ = k.orthonormal(x, 0, 0.1) // the first time leaves errors of the order of 1e-7·κ²
	return x
}

// cleaned takes the basis out of orthonormal columns, and drops those directions that
// were mostly within it.
func (k *krylov) cleaned(x embed.Dense) embed.Dense {
	k.subtract(x, k.basis, k.cross(k.basis, x))
	x, _ = k.orthonormal(x, 0, 0.1)
	return x
}

// random is an orthonormal block of random directions outside of the basis.
func (k *krylov) random(width int, seed uint64) embed.Dense {
	_, columns := k.a.dims()
	x, _ := k.orthonormal(k.gaussian(columns, min(width, columns-k.size), seed), 0, 1e-5)
	if len(k.basis) > 0 {
		x = k.cleaned(k.cleaned(x))
	}
	x, _ = k.orthonormal(x, 0, 0.1)
	return x
}
