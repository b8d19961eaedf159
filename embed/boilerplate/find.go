package boilerplate

import (
	"context"
	"fmt"
	"iter"
	"math/bits"
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

// Find returns the boilerplate of pages, which it goes through twice, in the
// same order. It returns the context's error if that ends, and the error that
// pages yields.
func Find(ctx context.Context, pages iter.Seq2[Page, error]) (*Blocks, error) {
	f := finder{
		cells: make([]uint8, 1<<cellBits), equal: map[uint64]bool{},
		groups: map[uint64]*groupSize{}, counts: map[uint64]*tally{},
	}
	if err := f.each(ctx, pages, f.estimate); err != nil {
		return nil, err
	}
	clear(f.equal)
	if err := f.each(ctx, pages, f.count); err != nil {
		return nil, err
	}
	var keys []uint64
	for key, t := range f.counts {
		if t.pages >= t.need {
			keys = append(keys, key)
		}
	}
	return newBlocks(keys), nil
}

// A finder is the state of Find.
type finder struct {
	scan   scan
	cells  []uint8               // by the first bits of a block's hash: how often such were seen, 255 meaning more
	groups map[uint64]*groupSize // by hash of the name
	equal  map[uint64]bool       // hashes of the texts looked at so far
	counts map[uint64]*tally     // by hash of block in group
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

// each calls look with the pages to look at and their numbers, from 1.
func (f *finder) each(ctx context.Context, pages iter.Seq2[Page, error], look func(number int, g Groups, texts []string)) error {
	number := 0
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
		if texts := p.Texts(); !f.seen(texts) {
			look(number, p.Groups, texts)
		}
	}
	return ctx.Err()
}

// drawn reports whether the page of that number, from 1, is looked at.
func drawn(number int) bool {
	oneIn := uint64(1) << bits.Len(uint((number-1)/allPages))
	return mix(uint64(number))%oneIn == 0
}

// seen reports whether a page of the same texts has been looked at, and notes
// this one.
func (f *finder) seen(texts []string) bool {
	var h uint64
	for _, text := range texts {
		h = mix(h ^ hashString(text))
	}
	if f.equal[h] {
		return true
	}
	f.equal[h] = true
	return false
}

// blocks calls yield with the blocks of a page, but for those in the middle of a
// very long text.
func (f *finder) blocks(texts []string, yield func(block uint64, c class)) {
	for _, text := range texts {
		f.scan.read(text)
		n := len(f.scan.words)
		f.scan.blocks(func(lo, hi int, block uint64, c class) {
			if lo < pageWords || hi > n-pageWords {
				yield(block, c)
			}
		})
	}
}

// estimate counts the blocks of a page into the cells.
func (f *finder) estimate(_ int, g Groups, texts []string) {
	groups := g.hashes()
	for kind, g := range groups {
		if f.groups[g] == nil {
			f.groups[g] = &groupSize{kind: kind}
		}
		f.groups[g].pages++
	}
	f.blocks(texts, func(block uint64, _ class) {
		for _, g := range groups {
			if cell := &f.cells[inGroup(block, g)>>(64-cellBits)]; *cell < 255 {
				*cell++
			}
		}
	})
}

// count counts the blocks of a page that may be frequent enough.
func (f *finder) count(number int, g Groups, texts []string) {
	groups := g.hashes()
	var need [2][2]int
	for kind, g := range groups {
		need[kind] = [2]int{long: f.groups[g].need(long), short: f.groups[g].need(short)}
	}
	f.blocks(texts, func(block uint64, c class) {
		for kind, g := range groups {
			key := inGroup(block, g)
			if cell := f.cells[key>>(64-cellBits)]; int(cell) < min(need[kind][c], 255) {
				continue
			}
			t := f.counts[key]
			if t == nil {
				t = &tally{need: need[kind][c]}
				f.counts[key] = t
			}
			if t.last != number {
				t.pages, t.last = t.pages+1, number
			}
		}
	})
}
