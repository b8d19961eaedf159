package knn

import (
	"context"
	"math"
	"math/bits"
	"math/rand/v2"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/vec"
)

// quantised is the rows of a matrix in int8, for the first pass: row i is, turned by
// rotation, about scale[i]·data[i*depth:(i+1)*depth].
//
// For any two rows x and y, vec.Dot(x, y) lies within slack[x] + slack[y] of
// scale[x]·scale[y]·(the product of their numbers), computed in float32.
type quantised struct {
	depth int // dim rounded up to a multiple of 4
	data  []int8
	scale []float32 // 0 for a row of zeros
	slack []float32
}

// quantise turns and rounds the rows of v.
func quantise(ctx context.Context, v embed.Dense, workers int) (*quantised, error) {
	q := &quantised{
		depth: (v.Dim + 3) / 4 * 4,
		scale: make([]float32, v.Rows), slack: make([]float32, v.Rows),
	}
	q.data = make([]int8, v.Rows*q.depth)
	turn := newRotation(v.Dim)
	norms := make([]float32, v.Rows)
	err := parallel(ctx, v.Rows, 1024, workers, func() func(lo, hi int) {
		turned := make([]float32, v.Dim)
		return func(lo, hi int) {
			for i := lo; i < hi; i++ {
				turn.apply(turned, v.Row(i))
				q.scale[i], q.slack[i], norms[i] = vec.QuantiseInt8(q.data[i*q.depth:(i+1)*q.depth], turned)
			}
		}
	})
	if err != nil {
		return nil, err
	}
	longest := 0.0
	for i, norm := range norms {
		longest = max(longest, float64(norm)+float64(q.slack[i]))
	}
	rounding := float64(v.Dim+64) / (1 << 24) * longest * longest
	for i, e := range q.slack {
		q.slack[i] = math.Nextafter32(float32(float64(e)*longest+rounding), 2)
	}
	return q, nil
}

// A rotation turns vectors, all by the same angles, so that their length spreads
// over all numbers evenly: random signs, then a Hadamard matrix on as many of the
// first numbers as make a power of two; and the same again on as many of the last.
type rotation struct {
	signs []float32
	size  int     // the power of two
	root  float32 // 1/√size
}

func newRotation(dim int) rotation {
	r := rotation{signs: make([]float32, dim)}
	if dim > 0 {
		r.size = 1 << (bits.Len(uint(dim)) - 1)
		r.root = float32(1 / math.Sqrt(float64(r.size)))
	}
	rng := rand.New(rand.NewPCG(0x5161, 0xada3a4d))
	for i := range r.signs {
		r.signs[i] = float32(1 - 2*int(rng.Uint32()&1))
	}
	return r
}

// apply sets dst to x turned.
func (r rotation) apply(dst, x []float32) {
	for i, a := range x {
		dst[i] = a * r.signs[i]
	}
	if r.size == 0 {
		return
	}
	r.hadamard(dst[:r.size])
	if last := len(dst) - r.size; last > 0 {
		for i := range dst {
			dst[i] *= r.signs[i]
		}
		r.hadamard(dst[last:])
	}
}

func (r rotation) hadamard(x []float32) {
	for half := 1; half < len(x); half *= 2 {
		for lo := 0; lo < len(x); lo += 2 * half {
			a, b := x[lo:lo+half], x[lo+half:lo+2*half]
			for i, p := range a {
				q := b[i]
				a[i], b[i] = p+q, p-q
			}
		}
	}
	for i := range x {
		x[i] *= r.root
	}
}

// parallel calls what newWorker returns, for each worker another, on [lo, hi) until
// all of [0, n) is done, size at a time. It returns ctx.Err() soon after ctx ended.
func parallel(ctx context.Context, n, size, workers int, newWorker func() func(lo, hi int)) error {
	var next atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	for range min(workers, (n+size-1)/size) {
		group.Go(func() error {
			do := newWorker()
			for {
				if err := ctx.Err(); err != nil {
					return err
				}
				lo := int(next.Add(int64(size))) - size
				if lo >= n {
					return nil
				}
				do(lo, min(lo+size, n))
			}
		})
	}
	return group.Wait()
}
