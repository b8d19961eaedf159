package tune

import (
	"cmp"
	"context"
	"encoding/binary"
	"hash/fnv"
	"slices"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/clicklog"
	"github.com/alsolike/alsolike/recommend/rank"
	"github.com/alsolike/alsolike/recommend/reads"
)

// others is how many candidates a step is compared with.
const others = 20

// coReads is how many co-reads of an article are candidates, as in package rank.
const coReads = 48

// A step is a reader's way from one article to the next.
type step struct {
	reader   uint64
	at       time.Time // of the article read next
	from, to int32
}

// FromReads fits weights to a log of reads: what a reader read next counts as
// followed, and as not followed others drawn among the article's candidates, which are
// its neighbours and what readers read near it. A step that leads elsewhere says
// nothing of the order of candidates, and does not count. Popularity is left out, and
// keeps its weight.
//
// With times the log is split as FromEvents splits one; without, by a hash of the
// reader into the same shares. Reads have no position, and are taken as they are. It
// returns a *TooFewError or the error of ctx.
func FromReads(ctx context.Context, c *Corpus, log clicklog.Log, o Options) (*Result, error) {
	steps := stepsOf(c, log, o.Since)
	r := &Result{Report: Report{Split: "time"}}
	timed := len(steps) > 0 && !steps[0].at.IsZero()
	if !timed {
		r.Split = "readers"
	}
	if len(steps) < leastLists {
		return nil, &TooFewError{"steps of a reader from one article to another", len(steps), leastLists}
	}
	part := func(s *step) int { return int(share(s.reader, o.Seed) * 4) } // 0, 1; 2; 3
	known := [2]*reads.Collector{}
	if timed {
		slices.SortStableFunc(steps, func(a, b step) int { return a.at.Compare(b.at) })
		half, late := steps[len(steps)/2].at, steps[len(steps)*3/4].at
		part = func(s *step) int {
			switch {
			case s.at.Before(half):
				return 0
			case s.at.Before(late):
				return 2
			}
			return 3
		}
		r.From, r.Until = steps[0].at, steps[len(steps)-1].at
		r.Fitted, r.Tested = Part{From: half, Until: late}, Part{From: late, Until: r.Until}
		for i, asOf := range []time.Time{half, late} {
			known[i] = reads.NewCollector(len(c.Cards), c.Row, reads.Options{Since: o.Since, AsOf: asOf})
			known[i].Log(log)
		}
	} else {
		for i := range known {
			known[i] = reads.NewCollector(len(c.Cards), c.Row, reads.Options{})
			for _, read := range log.Reads {
				if part(&step{reader: hash(read.Reader)}) < 2+i {
					known[i].Read(read.Reader, data.ArticleID(read.Item), time.Time{})
				}
			}
		}
	}
	var parts [2][]List
	for i, collector := range known {
		signals := collector.Signals()
		scorer, err := c.scorer(signals, o)
		if err != nil {
			return nil, err
		}
		pools := newPools(c, signals)
		for at := range steps {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if s := &steps[at]; part(s) == 2+i {
				if list, ok := pools.list(scorer, s, o.Seed); ok {
					parts[i] = append(parts[i], list)
				}
			}
		}
		if least := leastLists / 4; len(parts[i]) < least {
			return nil, &TooFewError{"steps to a candidate in a part of the log that weights are fitted to or tested on", len(parts[i]), least}
		}
	}
	return r, r.finish(parts[0], parts[1], o.Seed)
}

// stepsOf is the steps of all readers, those of a reader in their order, each once.
func stepsOf(c *Corpus, log clicklog.Log, since time.Time) (steps []step) {
	last := map[uint64]int32{}
	type once struct {
		reader   uint64
		from, to int32
	}
	seen := map[once]bool{}
	for i := range log.Reads {
		read := &log.Reads[i]
		row, ok := c.Row(data.ArticleID(read.Item))
		if !ok || !read.Time.IsZero() && read.Time.Before(since) {
			continue
		}
		reader := hash(read.Reader)
		from, ok := last[reader]
		last[reader] = row
		if key := (once{reader, from, row}); ok && from != row && !seen[key] {
			seen[key] = true
			steps = append(steps, step{reader, read.Time, from, row})
		}
	}
	return steps
}

// share is a number in [0, 1) drawn for a reader.
func share(reader, seed uint64) float64 { return float64(draw(seed, reader)>>11) / (1 << 53) }

// draw is a hash of numbers.
func draw(of ...uint64) uint64 {
	h := fnv.New64a()
	var b [8]byte
	for _, x := range of {
		binary.LittleEndian.PutUint64(b[:], x)
		_, _ = h.Write(b[:])
	}
	// FNV's last bytes move the high bits little: finish as SplitMix64 does.
	x := h.Sum64()
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// pools are the candidates of rows.
type pools struct {
	c       *Corpus
	signals *reads.Signals
	of      map[int32][]int32 // ascending
}

func newPools(c *Corpus, s *reads.Signals) *pools { return &pools{c, s, map[int32][]int32{}} }

func (p *pools) rows(row int32) []int32 {
	pool, ok := p.of[row]
	if !ok {
		for _, n := range p.c.Own.Row(int(row)) {
			pool = append(pool, n.Row)
		}
		near := p.signals.CoRead(row)
		for _, link := range near[:min(coReads, len(near))] {
			if link.Row != row && p.c.Cards[row].SameLanguage(&p.c.Cards[link.Row]) {
				pool = append(pool, link.Row)
			}
		}
		slices.Sort(pool)
		pool = slices.Compact(pool)
		p.of[row] = pool
	}
	return pool
}

// list is the step and others of its pool; not ok: it leads out of the pool, or there
// is no other.
func (p *pools) list(scorer *rank.Scorer, s *step, seed uint64) (List, bool) {
	pool := p.rows(s.from)
	if _, ok := slices.BinarySearch(pool, s.to); !ok || len(pool) < 2 {
		return List{}, false
	}
	type drawn struct {
		row   int32
		place uint64
	}
	var rows []drawn
	for _, row := range pool {
		if row != s.to {
			rows = append(rows, drawn{row, draw(seed, s.reader, uint64(s.from)<<32|uint64(s.to), uint64(row))})
		}
	}
	slices.SortFunc(rows, func(a, b drawn) int { return cmp.Compare(a.place, b.place) })
	from := scorer.Article(int(s.from))
	item := func(row int32, gain float64) Item {
		v := scorer.ValuesAsOf(from, scorer.Article(int(row)), s.at)
		v[rank.Popularity] = 0
		return Item{v, gain}
	}
	l := List{Cluster: s.reader, Items: []Item{item(s.to, 1)}}
	for _, other := range rows[:min(others, len(rows))] {
		l.Items = append(l.Items, item(other.row, 0))
	}
	return l, true
}
