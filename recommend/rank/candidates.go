package rank

import (
	"cmp"
	"slices"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/recommend/knn"
)

// The bounds of what is sought for a row.
const (
	moreNear = 12 // neighbours beyond the links of a list
	byTerms  = 12 // candidates that share rare terms
	byTitles = 8  // candidates that share rare terms of the title
	bySeries = 12 // parts of the same series before it, and from the next on
	byReads  = 48 // rows that are read near it

	termsSought = 12 // of a text: those that weigh most
	mostRows    = 60 // that hold a term which is sought, at most
)

// sites is who may be linked to, from where.
type sites struct {
	language   []uint32 // by row
	story      []uint32
	group      []uint32
	translated []bool  // others are of its group
	eligible   []bool  // may be the target of a link
	instead    []int32 // the row that is linked instead of one of the same story; -1: none may be
	series     map[seriesOf][]int32
}

// A seriesOf is a series in one language.
type seriesOf struct {
	language uint32
	series   uint64
}

func newSites(c *Corpus, s *Scorer) *sites {
	n := len(c.Cards)
	p := &sites{language: make([]uint32, n), story: c.Stories, group: c.Groups, eligible: make([]bool, n), series: map[seriesOf][]int32{}}
	languages := map[data.Lang]uint32{}
	own := make([]uint32, n)
	for i := range n {
		base := c.Cards[i].Lang.Base()
		if _, ok := languages[base]; !ok {
			languages[base] = uint32(len(languages))
		}
		p.language[i], own[i] = languages[base], uint32(i)
	}
	if p.story == nil {
		p.story = own
	}
	if p.group == nil {
		p.group = own
	}
	members := make(map[uint32]int, n)
	for _, g := range p.group {
		members[g]++
	}
	p.translated = make([]bool, n)
	for i, g := range p.group {
		p.translated[i] = members[g] > 1
	}
	p.choose(c)
	for i := range n {
		if key := s.articles[i].series; key != 0 && p.eligible[i] {
			of := seriesOf{p.language[i], key}
			p.series[of] = append(p.series[of], int32(i))
		}
	}
	for _, parts := range p.series {
		slices.SortStableFunc(parts, func(a, b int32) int { return cmp.Compare(c.Cards[a].Part, c.Cards[b].Part) })
	}
	return p
}

// choose picks the one article of every story, in each language, that may be linked: the
// one that stands for it, unless others are visible and that is not, else the newest.
func (p *sites) choose(c *Corpus) {
	type storyOf struct{ story, language uint32 }
	best := map[storyOf]int32{}
	before := func(i, j int32) bool {
		a, b := &c.Cards[i], &c.Cards[j]
		return cmp.Or(
			yesFirst(a.Visible(c.AsOf), b.Visible(c.AsOf)),
			yesFirst(p.story[i] == uint32(i), p.story[j] == uint32(j)),
			b.PublishedAt.Compare(a.PublishedAt),
		) < 0
	}
	for i := range c.Cards {
		if card := &c.Cards[i]; card.State == data.Published && !card.NoLinkTo {
			of := storyOf{p.story[i], p.language[i]}
			if b, ok := best[of]; !ok || before(int32(i), b) {
				best[of] = int32(i)
			}
		}
	}
	p.instead = make([]int32, len(c.Cards))
	for i := range c.Cards {
		b, ok := best[storyOf{p.story[i], p.language[i]}]
		if !ok {
			b = -1
		}
		p.instead[i] = b
		p.eligible[i] = b == int32(i)
	}
}

func yesFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// may reports whether row i may link to row j.
func (p *sites) may(i, j int32) bool {
	return i != j && p.eligible[j] && p.language[i] == p.language[j] && p.group[i] != p.group[j] && p.story[i] != p.story[j]
}

// An inverted lists by term the rows that hold it and may be linked to, as far as they
// are few.
type inverted struct {
	docs *embed.Sparse
	base []int // by language: the place of its first term
	ptr  []int
	rows []int32
	vals []float32
}

// invert makes the index of s; nil if that is nil.
func invert(s *embed.Sparse, p *sites) *inverted {
	if s == nil {
		return nil
	}
	x := &inverted{docs: s}
	var most []int
	for i := range s.Cols {
		l := int(p.language[i])
		for len(most) <= l {
			most = append(most, 0)
		}
		if index, _ := s.Col(i); len(index) > 0 {
			most[l] = max(most[l], int(index[len(index)-1])+1)
		}
	}
	all := 0
	for _, m := range most {
		x.base = append(x.base, all)
		all += m
	}
	x.ptr = make([]int, all+1)
	each := func(f func(term, row int, value float32)) {
		for i := range s.Cols {
			if !p.eligible[i] {
				continue
			}
			base := x.base[p.language[i]]
			index, value := s.Col(i)
			for e, t := range index {
				f(base+int(t), i, value[e])
			}
		}
	}
	each(func(term, _ int, _ float32) { x.ptr[term+1]++ })
	for t := range all {
		if x.ptr[t+1] > mostRows {
			x.ptr[t+1] = 0
		}
		x.ptr[t+1] += x.ptr[t]
	}
	x.rows, x.vals = make([]int32, x.ptr[all]), make([]float32, x.ptr[all])
	next := slices.Clone(x.ptr[:all])
	each(func(term, row int, value float32) {
		if next[term] < x.ptr[term+1] {
			x.rows[next[term]], x.vals[next[term]] = int32(row), value
			next[term]++
		}
	})
	return x
}

// A finder finds the candidates of one row after another.
type finder struct {
	score   []float32 // by row, 0 between searches
	touched []int32
	terms   []int32 // places of the terms sought
	found   []found
	seen    []int32 // by row: 1 + the row that it was last found for
}

func newFinder(n int) *finder { return &finder{score: make([]float32, n), seen: make([]int32, n)} }

// A found is a candidate, with its cosine as far as that is known.
type found struct {
	row    int32
	cosine float32
	known  bool
}

// add notes row j or, if another article is linked instead of it, that one.
func (f *finder) add(p *sites, i, j int32) {
	if j = p.instead[j]; j >= 0 {
		f.note(p, i, found{row: j})
	}
}

// addNear notes a neighbour, likewise.
func (f *finder) addNear(p *sites, i int32, n knn.Neighbour) {
	if p.instead[n.Row] == n.Row {
		f.note(p, i, found{n.Row, n.Cosine, true})
		return
	}
	f.add(p, i, n.Row)
}

func (f *finder) note(p *sites, i int32, c found) {
	if f.seen[c.row] != i+1 && p.may(i, c.row) {
		f.seen[c.row] = i + 1
		f.found = append(f.found, c)
	}
}

// lexical adds the k rows that share most of the rare terms of row i.
func (f *finder) lexical(x *inverted, p *sites, i int32, k int) {
	if x == nil {
		return
	}
	index, value := x.docs.Col(int(i))
	base := x.base[p.language[i]]
	f.terms = f.terms[:0]
	for e, t := range index {
		if term := base + int(t); x.ptr[term+1] > x.ptr[term] {
			f.terms = append(f.terms, int32(e))
		}
	}
	if len(f.terms) > termsSought {
		slices.SortFunc(f.terms, func(a, b int32) int { return cmp.Or(cmp.Compare(value[b], value[a]), cmp.Compare(a, b)) })
		f.terms = f.terms[:termsSought]
	}
	f.touched = f.touched[:0]
	for _, e := range f.terms {
		term := base + int(index[e])
		lo, hi := x.ptr[term], x.ptr[term+1]
		weights := x.vals[lo:hi]
		for n, row := range x.rows[lo:hi] {
			if f.score[row] == 0 {
				f.touched = append(f.touched, row)
			}
			f.score[row] += float32(value[e] * weights[n])
		}
	}
	for _, row := range f.best(k) {
		f.add(p, i, row)
	}
	for _, row := range f.touched {
		f.score[row] = 0
	}
}

// best is the k touched rows of the highest scores, in no order.
func (f *finder) best(k int) []int32 {
	rows := f.touched
	if len(rows) <= k {
		return rows
	}
	better := func(a, b int32) bool {
		return f.score[a] > f.score[b] || f.score[a] == f.score[b] && a < b
	}
	heap := rows[:k] // the worst of them first
	down := func(i int) {
		for {
			worst := i
			for _, child := range [2]int{2*i + 1, 2*i + 2} {
				if child < k && better(heap[worst], heap[child]) {
					worst = child
				}
			}
			if worst == i {
				return
			}
			heap[i], heap[worst] = heap[worst], heap[i]
			i = worst
		}
	}
	for i := k/2 - 1; i >= 0; i-- {
		down(i)
	}
	for n := k; n < len(rows); n++ {
		if better(rows[n], heap[0]) {
			heap[0], rows[n] = rows[n], heap[0]
			down(0)
		}
	}
	return heap
}

// parts adds the parts of row i's series that are nearest to it, the next ones first.
func (f *finder) parts(p *sites, c *Corpus, i int32, series uint64) {
	if series == 0 {
		return
	}
	parts := p.series[seriesOf{p.language[i], series}]
	at, _ := slices.BinarySearchFunc(parts, c.Cards[i].Part+1, func(row int32, part int) int { return cmp.Compare(c.Cards[row].Part, part) })
	for _, row := range parts[at:min(len(parts), at+bySeries)] {
		f.add(p, i, row)
	}
	for _, row := range parts[max(0, at-bySeries):at] {
		f.add(p, i, row)
	}
}
