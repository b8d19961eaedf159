package main

import (
	"context"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval"
	"github.com/alsolike/alsolike/eval/pack"
)

// An articleRanker ranks articles by their rows.
type articleRanker struct {
	articles []pack.Article
	row      map[data.ArticleID]int
	rank     func(row, k int) []int
}

func (r articleRanker) Rank(_ context.Context, seed data.ArticleID, k int) ([]data.ArticleID, error) {
	row, ok := r.row[seed]
	if !ok {
		return nil, nil
	}
	return r.named(r.rank(row, k)), nil
}

func (r articleRanker) named(rows []int) []data.ArticleID {
	ids := make([]data.ArticleID, len(rows))
	for i, row := range rows {
		ids[i] = data.ArticleID(r.articles[row].ID)
	}
	return ids
}

// Catalogue is the articles that are ranked.
func (r articleRanker) Catalogue() []pack.Article { return r.articles }

// Places is Rank in rows.
func (r articleRanker) Places(dst []int32, seed int32, _ time.Time, k int) []int32 {
	return appendRows(dst, r.rank(int(seed), k))
}

func appendRows(dst []int32, rows []int) []int32 {
	dst = slices.Grow(dst, len(rows))
	for _, row := range rows {
		dst = append(dst, int32(row))
	}
	return dst
}

// A timedRanker is an articleRanker whose lists differ from hour to hour.
type timedRanker struct {
	articleRanker
	rankAt func(row, k int, at int64) []int
}

func (r timedRanker) RankAt(_ context.Context, seed data.ArticleID, at time.Time, k int) ([]data.ArticleID, error) {
	row, ok := r.row[seed]
	if !ok {
		return nil, nil
	}
	return r.named(r.rankAt(row, k, at.Unix())), nil
}

// Places is Rank, and RankAt unless at is zero, in rows.
func (r timedRanker) Places(dst []int32, seed int32, at time.Time, k int) []int32 {
	if at.IsZero() {
		return r.articleRanker.Places(dst, seed, at, k)
	}
	return appendRows(dst, r.rankAt(int(seed), k, at.Unix()))
}

// madeAhead is rank of n rows, of which all lists are made by all processors when
// the first is asked for; rank must be safe for use by several goroutines.
func madeAhead(n int, rank func(row, k int) []int) func(row, k int) []int {
	var mu sync.Mutex // of the next two
	var lists [][]int32
	longest := -1
	return func(row, k int) []int {
		mu.Lock()
		defer mu.Unlock()
		if k > longest {
			longest = k
			lists = make([][]int32, n)
			var g errgroup.Group
			g.SetLimit(runtime.GOMAXPROCS(0))
			const block = 64
			for from := 0; from < n; from += block {
				g.Go(func() error {
					for r := from; r < min(from+block, n); r++ {
						lists[r] = appendRows(nil, rank(r, k))
					}
					return nil
				})
			}
			_ = g.Wait() // none fails
		}
		list := make([]int, min(k, len(lists[row])))
		for i := range list {
			list[i] = int(lists[row][i])
		}
		return list
	}
}

// A shuffled ranking is another's first links in an order by chance.
type shuffled struct {
	of   eval.Ranker
	row  map[data.ArticleID]int
	k    int
	seed uint64
}

func newShuffled(d *baselineData) eval.TimedRanker {
	return shuffled{d.production.Ranker, d.row, d.opts.K, d.opts.Seed}
}

func (s shuffled) Rank(ctx context.Context, seed data.ArticleID, k int) ([]data.ArticleID, error) {
	list, err := s.of.Rank(ctx, seed, k)
	return s.shuffle(seed, list), err
}

func (s shuffled) RankAt(ctx context.Context, seed data.ArticleID, at time.Time, k int) ([]data.ArticleID, error) {
	timed, ok := s.of.(eval.TimedRanker)
	if !ok {
		return s.Rank(ctx, seed, k)
	}
	list, err := timed.RankAt(ctx, seed, at, k)
	return s.shuffle(seed, list), err
}

func (s shuffled) shuffle(seed data.ArticleID, list []data.ArticleID) []data.ArticleID {
	list = slices.Clone(list)
	shuffle(s, s.row[seed], list)
	return list
}

func shuffle[T any](s shuffled, row int, list []T) {
	rng := rand.New(rand.NewPCG(s.seed, uint64(row)))
	rng.Shuffle(min(s.k, len(list)), func(i, j int) { list[i], list[j] = list[j], list[i] })
}

// Catalogue is that of the other ranking; nil if that knows articles by id alone.
func (s shuffled) Catalogue() []pack.Article {
	if of, ok := s.of.(eval.PlaceRanker); ok {
		return of.Catalogue()
	}
	return nil
}

// Places is Rank, and RankAt unless at is zero, in places of the other's catalogue,
// which must be one.
func (s shuffled) Places(dst []int32, seed int32, at time.Time, k int) []int32 {
	before := len(dst)
	dst = s.of.(eval.PlaceRanker).Places(dst, seed, at, k)
	shuffle(s, int(seed), dst[before:])
	return dst
}
