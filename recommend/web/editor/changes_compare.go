package editor

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend/snapshot/diff"
)

// mostLists is of how many articles, those read most, a comparison has the lists.
const mostLists = 200

// comparisons are those of pairs of snapshots, each made once: snapshots never change. How
// often articles were read is as of then.
type comparisons struct {
	mu   sync.Mutex
	kept []*comparison // the last asked for last
}

// comparisonsKept is how many stay in memory, each with the cards of some thousand articles.
const comparisonsKept = 6

// A comparison is made in the background; done is closed when it is there.
type comparison struct {
	from, to string
	done     chan struct{}
	diff     diff.Diff
	views    bool // it is known how often some articles were read
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
	opts := diff.Options{Most: mostLists}
	if ch.Views != nil {
		views, err := ch.Views(ctx)
		if err != nil {
			c.err = err
			return
		}
		c.views = len(views) > 0
		opts.Views = func(id data.ArticleID) float64 { return views[id] }
	}
	c.diff = diff.Compare(from, to, opts)
}
