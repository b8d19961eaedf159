package inventory

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend"
)

// counts are the links of all lists, as readers get them.
type counts struct {
	version uint64
	at      time.Time
	took    time.Duration
	done    time.Time // of the machine's clock

	numbers map[data.ArticleID]int32 // of the articles that were counted
	ids     []data.ArticleID         // by number
	in      []int32                  // by number: lists that have it
	ends    []int32                  // by number: where its own links end in links
	links   []int32                  // numbers
	most    []int32                  // numbers of those that any list has, the most linked first
}

// newCounts makes the list of every article of s, which is of m.
func newCounts(ctx context.Context, m *recommend.Moment, s *stand, now func() time.Time) (*counts, error) {
	n, start := s.len(), time.Now()
	c := &counts{
		version: m.Version(), at: now(), numbers: make(map[data.ArticleID]int32, n), ids: make([]data.ArticleID, 0, n),
		in: make([]int32, n), ends: make([]int32, n), links: make([]int32, 0, n*recommend.DefaultLimit),
	}
	for b, i := range s.all() {
		id := b.entries[i].id
		c.numbers[id] = int32(len(c.ids))
		c.ids = append(c.ids, id)
	}
	for number, id := range c.ids {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		list, err := m.Related(ctx, recommend.Query{ID: id})
		if err != nil && !errors.Is(err, data.ErrNotFound) {
			return nil, err
		}
		for i := range list.Links {
			if target, known := c.numbers[list.Links[i].Card.ID]; known {
				c.links = append(c.links, target)
				c.in[target]++
			}
		}
		c.ends[number] = int32(len(c.links))
	}
	for number, in := range c.in {
		if in > 0 {
			c.most = append(c.most, int32(number))
		}
	}
	slices.SortStableFunc(c.most, func(a, b int32) int { return cmp.Compare(c.in[b], c.in[a]) })
	c.done = time.Now()
	c.took = c.done.Sub(start)
	return c, nil
}

// mostLinked yields the articles that any list has, those that most have first; none of
// nil.
func (c *counts) mostLinked() iter.Seq[data.ArticleID] {
	return func(yield func(data.ArticleID) bool) {
		if c == nil {
			return
		}
		for _, number := range c.most {
			if !yield(c.ids[number]) {
				return
			}
		}
	}
}

// of is how many lists have the article, and how many links it has itself. It is not ok
// if the article was not counted, as none was by nil.
func (c *counts) of(id data.ArticleID) (in, out int, ok bool) {
	if c == nil {
		return 0, 0, false
	}
	number, ok := c.numbers[id]
	if !ok {
		return 0, 0, false
	}
	return int(c.in[number]), len(c.own(int(number))), true
}

// own is the links of the article of that number.
func (c *counts) own(number int) []int32 {
	start := int32(0)
	if number > 0 {
		start = c.ends[number-1]
	}
	return c.links[start:c.ends[number]]
}
