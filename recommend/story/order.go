package story

import (
	"cmp"
	"slices"
	"time"

	"github.com/alsolike/alsolike/data"
)

// order is the rows in the order in which they would stand for a cluster: first those that
// may be linked, of these the canonical ones, then the newest, then by id.
func (f *finder) order(asOf time.Time) []uint32 {
	canonical := f.canonical()
	linked := make([]bool, len(f.cards))
	order := make([]uint32, len(f.cards))
	for row := range f.cards {
		card := &f.cards[row]
		at := asOf
		if at.IsZero() {
			at = card.PublishedAt
		}
		order[row], linked[row] = uint32(row), card.Visible(at)
	}
	first := func(a, b bool) int {
		switch {
		case a == b:
			return 0
		case a:
			return -1
		}
		return 1
	}
	slices.SortFunc(order, func(a, b uint32) int {
		x, y := &f.cards[a], &f.cards[b]
		return cmp.Or(
			first(linked[a], linked[b]),
			first(canonical[a], canonical[b]),
			y.PublishedAt.Compare(x.PublishedAt),
			cmp.Compare(x.ID, y.ID),
		)
	})
	return order
}

// canonical tells for every row whether a near-duplicate of it names it as canonical, while
// it names none itself.
func (f *finder) canonical() []bool {
	canonical := make([]bool, len(f.cards))
	wanted := map[string]uint32{} // by canonical URL, the row that has it
	for row := range f.cards {
		if url := f.cards[row].Canonical; url != "" {
			wanted[data.CanonicalURL(url)] = noRow
		}
	}
	if len(wanted) == 0 {
		return canonical
	}
	for row := range f.cards {
		url := data.CanonicalURL(f.cards[row].URL)
		if other, ok := wanted[url]; ok && (other == noRow || f.cards[row].ID < f.cards[other].ID) {
			wanted[url] = uint32(row)
		}
	}
	var copies []int
	for row := range f.cards {
		if f.cards[row].Canonical == "" {
			continue
		}
		to := wanted[data.CanonicalURL(f.cards[row].Canonical)]
		if to != noRow && f.mayCompare(uint32(row), to) && Near(&f.sketches[row], &f.sketches[to]) {
			canonical[to], copies = true, append(copies, row)
		}
	}
	for _, row := range copies {
		canonical[row] = false
	}
	return canonical
}

// rowsApart are the rows that each row is to be kept apart from.
func rowsApart(cards []data.Card, pairs [][2]data.ArticleID) map[uint32][]uint32 {
	if len(pairs) == 0 {
		return nil
	}
	rows := make(map[data.ArticleID]uint32, 2*len(pairs))
	for _, pair := range pairs {
		rows[pair[0]], rows[pair[1]] = noRow, noRow
	}
	for row := range cards {
		if _, ok := rows[cards[row].ID]; ok {
			rows[cards[row].ID] = uint32(row)
		}
	}
	apart := map[uint32][]uint32{}
	for _, pair := range pairs {
		if a, b := rows[pair[0]], rows[pair[1]]; a != noRow && b != noRow && a != b {
			apart[a], apart[b] = append(apart[a], b), append(apart[b], a)
		}
	}
	return apart
}

const noRow = 1<<32 - 1
