package lsa

import (
	"context"
	"sync"
	"sync/atomic"
)

// chunkRows is the number of rows that a worker takes at a time. It is a constant,
// so that no result can depend on the number of workers.
const chunkRows = 256

// inChunks calls f with the ranges [lo, hi) of size rows that make up n rows, at
// most workers at once, until ctx ends.
func inChunks(ctx context.Context, workers, n, size int, f func(lo, hi int)) error {
	var wg sync.WaitGroup
	var next atomic.Int64
	for range min(workers, (n+size-1)/size) {
		wg.Go(func() {
			for ctx.Err() == nil {
				lo := int(next.Add(int64(size))) - size
				if lo >= n {
					return
				}
				f(lo, min(lo+size, n))
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}
