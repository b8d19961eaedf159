package rank

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/alsolike/alsolike/embed"
)

// poolSize is how many candidates of a row are kept to choose from. Which of them are
// barred is one word.
const poolSize = 64

// A pool is the candidates of one row whose scores are at least leastScore, best first.
type pool []Link

// A ranking is one call of Rank.
type ranking struct {
	Options
	c       *Corpus
	scorer  *Scorer
	sites   *sites
	capped  [][]uint64 // by row: its authors that PerAuthor holds for
	tie     []uint32   // by row: of equal scores the smaller comes first
	pools   []pool
	barred  []uint64 // by row: the candidates that may not be among the first places
	chosen  []picks
	in      []int // by row: the lists that it is among the first places of
	rescued int
	moved   int
}

// fill finds and scores the candidates of every row.
func (r *ranking) fill(ctx context.Context) error {
	n := len(r.c.Cards)
	r.pools = make([]pool, n)
	terms, titles := invert(r.c.Terms, r.sites), invert(r.c.Titles, r.sites)
	words := r.Weights[Lexical] != 0 // else their products, which take as long as all else here, are of no use
	return r.parallel(ctx, n, func() func(i int) {
		f := newFinder(n)
		text, title := spread(make([]float32, height(r.c.Terms))), spread(make([]float32, height(r.c.Titles)))
		var room []Link
		return func(i int) {
			row := int32(i)
			if r.c.Cards[i].NoLinks {
				return
			}
			a := &r.scorer.articles[i]
			f.found = f.found[:0]
			near := r.c.Own.Row(i)
			for _, n := range near[:min(r.K+moreNear, len(near))] {
				f.addNear(r.sites, row, n)
			}
			f.lexical(terms, r.sites, row, byTerms)
			f.lexical(titles, r.sites, row, byTitles)
			f.parts(r.sites, r.c, row, a.series)
			if r.c.Reads != nil {
				near := r.c.Reads.CoRead(row)
				for _, link := range near[:min(byReads, len(near))] {
					f.add(r.sites, row, link.Row)
				}
			}
			if words {
				text.set(a.Terms)
			}
			title.set(a.Title)
			room = room[:0]
			for _, j := range f.found {
				b := &r.scorer.articles[j.row]
				if !j.known {
					j.cosine = r.scorer.cosineOf(row, j.row)
				}
				lexical := float32(0)
				if words {
					lexical = text.dot(b.Terms)
				}
				v := r.scorer.complete(a, b, j.cosine, lexical, title.dot(b.Title))
				if r.weak(row, j.row, j.cosine, &v) {
					continue
				}
				if score := r.scorer.weights.score(&v); score >= leastScore {
					room = append(room, Link{j.row, score, j.cosine})
				}
			}
			if words {
				text.unset(a.Terms)
			}
			title.unset(a.Title)
			slices.SortFunc(room, r.compare)
			r.pools[i] = slices.Clone(room[:min(poolSize, len(room))])
		}
	})
}

// FewTerms is how many terms are too few to tell an article's subject by: one word in
// common can bring two such texts together.
const FewTerms = 12

// weak reports whether there is too little evidence for a link: little is known of
// either text, they are no nearer than articles are by chance, and nothing but the texts
// speaks for it.
func (r *ranking) weak(i, j int32, cosine float32, v *Values) bool {
	if r.c.Noise == nil || r.c.Terms == nil || v[Series] > 0 || v[NextRead] > 0 || v[CoRead] > 0 {
		return false
	}
	few := func(row int32) bool { return len(r.scorer.articles[row].Terms.Index) < FewTerms }
	return (few(i) || few(j)) && cosine < r.c.Noise[r.c.Cards[i].Lang.Base()]
}

// compare orders links: by score down, then newer first, then the smaller row.
func (r *ranking) compare(a, b Link) int {
	switch {
	case a.Score > b.Score:
		return -1
	case a.Score < b.Score:
		return 1
	}
	return cmp.Compare(r.tie[a.Row], r.tie[b.Row])
}

// ties says which of two rows of equal scores comes first: the newer, then the smaller.
func ties(c *Corpus) []uint32 {
	rows := make([]int32, len(c.Cards))
	for i := range rows {
		rows[i] = int32(i)
	}
	slices.SortStableFunc(rows, func(a, b int32) int { return c.Cards[b].PublishedAt.Compare(c.Cards[a].PublishedAt) })
	tie := make([]uint32, len(rows))
	for at, row := range rows {
		tie[row] = uint32(at)
	}
	return tie
}

func height(s *embed.Sparse) int {
	if s == nil {
		return 0
	}
	return s.Rows
}

// parallel calls what worker makes, one for each goroutine, with every row below n.
func (r *ranking) parallel(ctx context.Context, n int, worker func() func(i int)) error {
	const chunk = 64
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(r.Workers, (n+chunk-1)/chunk) {
		wg.Go(func() {
			do := worker()
			for ctx.Err() == nil {
				lo := int(next.Add(chunk)) - chunk
				if lo >= n {
					return
				}
				for i := lo; i < min(lo+chunk, n); i++ {
					do(i)
				}
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}
