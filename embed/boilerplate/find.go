package boilerplate

import (
	"context"
	"fmt"
	"iter"
	"math/bits"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// A Page is one page of a site.
type Page struct {
	Groups
	Texts func() []string // plain text; no block reaches from one into the next
}

// Groups are the groups that a page belongs to.
type Groups struct {
	Edition string // all the site's pages in one language, such as "en"
	Section string // those of one section, such as "en/City"; empty: none
}

// leastPages is the least number of pages that boilerplate stands on.
const leastPages = 10

// oneIn says by kind of group and class of block on what share of a group's
// pages boilerplate stands at least; see the package comment.
var oneIn = [2][2]int{
	edition: {long: 100, short: 20},
	section: {long: 5, short: 2},
}

// The bounds of what is looked at.
const (
	allPages  = 5_000 // of more, some
	pageWords = 1024  // at either end of a text
	cellBits  = 23    // 2²³ cells of a byte
)

// keptBytes bounds the texts that are kept so as not to be read twice.
const keptBytes = 64 << 20

// Find returns the boilerplate of pages, which it goes through once or, if there is
// much text to look at, twice, in the same order. It returns the context's error if
// that ends, and the error that pages yields.
func Find(ctx context.Context, pages iter.Seq2[Page, error]) (*Blocks, error) {
	return find(ctx, pages, keptBytes)
}

func find(ctx context.Context, pages iter.Seq2[Page, error], mostBytes int) (*Blocks, error) {
	f := finder{cells: make([]uint8, 1<<cellBits), groups: map[uint64]*groupSize{}}
	kept := keeper{left: mostBytes}
	err := f.each(ctx, pages, func(p looked) {
		f.estimate(p)
		kept.add(p)
	})
	if err != nil {
		return nil, err
	}
	var counts map[uint64]*tally
	if kept.left >= 0 {
		counts, err = f.countAll(ctx, kept.pages)
	} else {
		c := f.newCounter()
		counts, err = c.counts, f.each(ctx, pages, c.count)
	}
	if err != nil {
		return nil, err
	}
	var keys []uint64
	for key, t := range counts {
		if t.pages >= t.need {
			keys = append(keys, key)
		}
	}
	return newBlocks(keys), nil
}

// A looked is a page that is looked at.
type looked struct {
	number int // among all pages, from 1
	groups []uint64
	texts  []string
}

// A keeper keeps pages until their texts are too long.
type keeper struct {
	left  int // bytes; below 0: nothing is kept any more
	pages []looked
}

func (k *keeper) add(p looked) {
	for _, text := range p.texts {
		k.left -= len(text)
	}
	if k.left < 0 {
		k.pages = nil
		return
	}
	k.pages = append(k.pages, p)
}

// A finder is the state of Find.
type finder struct {
	scan   scan
	cells  []uint8               // by the first bits of a block's hash: how often such were seen, 255 meaning more
	groups map[uint64]*groupSize // by hash of the name
}

// A groupSize is the number of a group's pages that were looked at.
type groupSize struct {
	kind  int
	pages int
}

// need is the least number of a group's pages that boilerplate stands on.
func (g *groupSize) need(c class) int {
	share := oneIn[g.kind][c]
	return max(leastPages, (g.pages+share-1)/share)
}

// A tally counts the pages that hold a block.
type tally struct {
	pages, need int
	last        int // the last of these pages
}

// each calls look with the pages to look at: those drawn, and of equal ones the first.
func (f *finder) each(ctx context.Context, pages iter.Seq2[Page, error], look func(looked)) error {
	number := 0
	equal := map[uint64]bool{} // hashes of the texts looked at so far
	for p, err := range pages {
		if err != nil {
			return fmt.Errorf("boilerplate: read page %d: %w", number+1, err)
		}
		if number%64 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if number++; !drawn(number) {
			continue
		}
		texts := p.Texts()
		if h := hashTexts(texts); !equal[h] {
			equal[h] = true
			look(looked{number, p.hashes(), texts})
		}
	}
	return ctx.Err()
}

// drawn reports whether the page of that number, from 1, is looked at.
func drawn(number int) bool {
	oneIn := uint64(1) << bits.Len(uint((number-1)/allPages))
	return mix(uint64(number))%oneIn == 0
}

func hashTexts(texts []string) (h uint64) {
	for _, text := range texts {
		h = mix(h ^ hashString(text))
	}
	return h
}

// readEnds is read without the blocks in the middle of a very long text, which are not
// looked at.
func (s *scan) readEnds(text string) []block {
	s.read(text)
	if n := int32(len(s.words)); n > 2*pageWords {
		s.blocks = slices.DeleteFunc(s.blocks, func(b block) bool { return b.lo >= pageWords && b.hi <= n-pageWords })
	}
	return s.blocks
}

// estimate counts the blocks of a page into the cells.
func (f *finder) estimate(p looked) {
	for kind, g := range p.groups {
		if f.groups[g] == nil {
			f.groups[g] = &groupSize{kind: kind}
		}
		f.groups[g].pages++
	}
	for _, text := range p.texts {
		blocks := f.scan.readEnds(text)
		for _, g := range p.groups {
			for i := range blocks {
				if cell := &f.cells[inGroup(blocks[i].hash, g)>>(64-cellBits)]; *cell < 255 {
					*cell++
				}
			}
		}
	}
}

// A counter counts blocks exactly.
type counter struct {
	*finder
	scan   scan
	counts map[uint64]*tally // by hash of block in group
}

func (f *finder) newCounter() *counter { return &counter{finder: f, counts: map[uint64]*tally{}} }

// count counts the blocks of a page that may be frequent enough.
func (c *counter) count(p looked) {
	var need [2][2]int
	for kind, g := range p.groups {
		need[kind] = [2]int{long: c.groups[g].need(long), short: c.groups[g].need(short)}
	}
	for _, text := range p.texts {
		blocks := c.scan.readEnds(text)
		for kind, g := range p.groups {
			for i := range blocks {
				key, need := inGroup(blocks[i].hash, g), need[kind][blocks[i].class]
				if cell := c.cells[key>>(64-cellBits)]; int(cell) >= min(need, 255) {
					c.add(key, need, p.number)
				}
			}
		}
	}
}

// add notes that page number holds the block of that key.
func (c *counter) add(key uint64, need, number int) {
	t := c.counts[key]
	if t == nil {
		t = &tally{need: need}
		c.counts[key] = t
	}
	if t.last != number {
		t.pages, t.last = t.pages+1, number
	}
}

// countAll counts the blocks of pages, several pages at once.
func (f *finder) countAll(ctx context.Context, pages []looked) (map[uint64]*tally, error) {
	counters := make([]*counter, min(runtime.GOMAXPROCS(0), mostCounters))
	var next atomic.Int64
	var wg sync.WaitGroup
	for i := range counters {
		c := f.newCounter()
		counters[i] = c
		wg.Go(func() {
			for ctx.Err() == nil {
				n := int(next.Add(1)) - 1
				if n >= len(pages) {
					return
				}
				c.count(pages[n])
			}
		})
	}
	wg.Wait()
	counts := counters[0].counts
	for _, c := range counters[1:] {
		for key, t := range c.counts {
			if counts[key] == nil {
				counts[key] = t
			} else {
				counts[key].pages += t.pages // no page was counted by both
			}
		}
	}
	return counts, ctx.Err()
}

// mostCounters bounds the goroutines that count, each of which holds counts of its own.
const mostCounters = 8
