package editor

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend/inventory"
	"github.com/alsolike/alsolike/recommend/snapshot/diff"
)

// mostNamed is how many articles a comparison names that most lists link to, or none.
const mostNamed = 200

// comparisons are those of pairs of snapshots, each made once: snapshots never change. How
// often articles were read is as of then.
type comparisons struct {
	mu   sync.Mutex
	kept []*comparison // the last asked for last
}

// comparisonsKept is how many stay in memory, each with a few bytes and the titles of the
// articles whose lists change.
const comparisonsKept = 4

// A comparison is made in the background; done is closed when it is there.
type comparison struct {
	from, to string
	done     chan struct{}
	diff     *diff.Comparison
	texts    inventory.Texts // of the articles of diff.Changes
	views    bool            // it is known how often some articles were read
	err      error
}

// compare returns the comparison of two snapshots, which is begun if nobody has asked for
// it yet, and waits up to so long until it is there; it is nil where that is too short.
func (ch *Changes) compare(ctx context.Context, kept *comparisons, from, to string, wait time.Duration) (*comparison, error) {
	c := kept.get(from, to, func(c *comparison) { c.make(context.WithoutCancel(ctx), ch) })
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-c.done:
	case <-timer.C:
		return nil, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if c.err != nil {
		kept.drop(c)
	}
	return c, c.err
}

func (cs *comparisons) get(from, to string, start func(*comparison)) *comparison {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	i := slices.IndexFunc(cs.kept, func(c *comparison) bool { return c.from == from && c.to == to })
	var c *comparison
	if i >= 0 {
		c = cs.kept[i]
		cs.kept = slices.Delete(cs.kept, i, i+1)
	} else {
		c = &comparison{from: from, to: to, done: make(chan struct{})}
		go start(c)
	}
	cs.kept = append(cs.kept, c)
	cs.kept = slices.Delete(cs.kept, 0, max(0, len(cs.kept)-comparisonsKept))
	return c
}

func (cs *comparisons) drop(c *comparison) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	cs.kept = slices.DeleteFunc(cs.kept, func(other *comparison) bool { return other == c })
}

// make compares the two.
func (c *comparison) make(ctx context.Context, ch *Changes) {
	defer close(c.done)
	from, err := ch.Snapshots.OpenLists(c.from)
	if err != nil {
		c.err = err
		return
	}
	to, err := ch.Snapshots.OpenLists(c.to)
	if err != nil {
		c.err = err
		return
	}
	opts := diff.Options{Most: mostNamed}
	if ch.Views != nil {
		views, err := ch.Views(ctx)
		if err != nil {
			c.err = err
			return
		}
		c.views = len(views) > 0
		opts.Views = func(id data.ArticleID) float64 { return views[id] }
	}
	c.diff = diff.New(from, to, opts)
	c.diff.Lists = nil // they are made as they are asked for
	for _, change := range c.diff.Changes {
		card := c.diff.Card(change)
		c.texts.Add(&card)
	}
}

// A listQuery says which of the lists that change are asked for.
type listQuery struct {
	Text    string // in the article's title, id or address
	Section string // its section; nameless: none; "": any
	Lang    string // its language, likewise
	First   int    // how many are left out before the first one
	Limit   int
}

// nameless asks for articles without a section, or language.
const nameless = "-"

// find is the lists that q asks for, and how many there are on all pages.
func (c *comparison) find(q listQuery) (found []diff.Change, total int) {
	section, anySection := partNamed(c.diff.Sections, q.Section)
	lang, anyLang := partNamed(c.diff.Languages, q.Lang)
	fit := c.texts.Fit(q.Text)
	var at func(int) bool // the row has the address that was pasted; nil: none was, or no article has it
	if inventory.IsAddress(q.Text) {
		rows := slices.Collect(c.diff.RowsByURL(strings.TrimSpace(q.Text)))
		if len(rows) > 0 {
			at = func(row int) bool { return slices.Contains(rows, row) }
		}
	}
	var fits [inventory.Fits][]diff.Change
	most := q.First + q.Limit
	for i, change := range c.diff.Changes {
		if !anySection && change.Section != section || !anyLang && change.Lang != lang {
			continue
		}
		how, ok := 0, true
		if at != nil {
			ok = at(int(change.Row))
		} else if q.Text != "" {
			how, ok = fit(i)
		}
		if !ok {
			continue
		}
		if total++; len(fits[how]) < most {
			fits[how] = append(fits[how], change)
		}
	}
	found = slices.Concat(fits[:]...)
	found = found[min(q.First, len(found)):]
	return found[:min(q.Limit, len(found))], total
}

// partNamed is the place of the part of that name; -1: there is none.
func partNamed(all []diff.Part, name string) (place int32, every bool) {
	if name == "" {
		return 0, true
	}
	if name == nameless {
		name = ""
	}
	return int32(slices.IndexFunc(all, func(p diff.Part) bool { return p.Name == name })), false
}
