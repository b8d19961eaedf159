package eval

import (
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// blockOfSeeds is how many seeds a worker takes at a time. It is fixed, so that
// what is added up by block comes out the same for any number of workers.
const blockOfSeeds = 32

func seedBlocks(seeds int) int { return (seeds + blockOfSeeds - 1) / blockOfSeeds }

func seedBlock(block, seeds int) (from, to int) {
	return block * blockOfSeeds, min((block+1)*blockOfSeeds, seeds)
}

// eachSeedBlock calls f for every block of seeds, from several goroutines.
func eachSeedBlock(seeds, workers int, f func(block, from, to int)) {
	_ = eachBlock(seeds, workers, func() func(int, int, int) error {
		return func(block, from, to int) error {
			f(block, from, to)
			return nil
		}
	})
}

// eachBlock is eachSeedBlock with an f of its own for every goroutine. It stops with
// the first error.
func eachBlock(seeds, workers int, newF func() func(block, from, to int) error) error {
	var next atomic.Int64
	var g errgroup.Group
	for range max(1, workers) {
		g.Go(func() error {
			f := newF()
			for {
				block := int(next.Add(1)) - 1
				if block >= seedBlocks(seeds) {
					return nil
				}
				from, to := seedBlock(block, seeds)
				if err := f(block, from, to); err != nil {
					next.Store(int64(seedBlocks(seeds)))
					return err
				}
			}
		})
	}
	return g.Wait()
}
