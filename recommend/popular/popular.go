package popular

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/clicklog"
)

// Options of a Counter. The zero value works.
type Options struct {
	HalfLife time.Duration    // after which a read counts half; default a day
	Most     int              // articles kept; default 10,000
	Now      func() time.Time // default time.Now
}

func (o Options) withDefaults() Options {
	if o.HalfLife == 0 {
		o.HalfLife = 24 * time.Hour
	}
	if o.Most == 0 {
		o.Most = 10_000
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// A Counter counts reads. Its methods may be called by several goroutines at a
// time.
type Counter struct {
	opts Options

	mu      sync.Mutex
	epoch   time.Time // of which a read has the weight 1
	of      map[data.ArticleID]*count
	counts  []*count // those in of, mostly in order
	changed bool     // since top was made

	top atomic.Pointer[top] // never nil
}

// A count is the weight of an article's reads: the sum of 2^((t−epoch)/half-life)
// over their times t. In it reads of different times compare as they do at any
// later moment, so that nothing need be recomputed as time goes by.
type count struct {
	id     data.ArticleID
	weight float64
}

type top struct {
	ids  []data.ArticleID
	made time.Time
}

// New makes a counter that has counted nothing.
func New(opts Options) *Counter {
	c := &Counter{opts: opts.withDefaults(), of: map[data.ArticleID]*count{}}
	c.top.Store(&top{})
	return c
}

// Observe counts the article that a page view opens or a click leads to. Other
// events count for nothing.
func (c *Counter) Observe(e clicklog.Event) {
	switch e := e.(type) {
	case *clicklog.PageView:
		c.Count(e.Page, e.Time)
	case *clicklog.Click:
		c.Count(e.Item, e.Time)
	}
}

// farthest is how many half-lives a read may be from the epoch: weights must not
// overflow.
const farthest = 500

// Count counts a read of the article at that time. Reads may be counted in any
// order.
func (c *Counter) Count(id data.ArticleID, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.epoch.IsZero() {
		c.epoch = at
	}
	halfLives := float64(at.Sub(c.epoch)) / float64(c.opts.HalfLife)
	if halfLives > farthest {
		for _, one := range c.counts {
			one.weight *= math.Exp2(-halfLives)
		}
		c.epoch, halfLives = at, 0
	}
	one := c.of[id]
	if one == nil {
		c.makeRoom()
		one = &count{id: data.ArticleID(strings.Clone(string(id)))} // which may be part of a longer text
		c.of[one.id] = one
		c.counts = append(c.counts, one)
	}
	one.weight += math.Exp2(halfLives)
	c.changed = true
}

// makeRoom forgets a quarter of the articles, those that are read least, if no
// further one may be kept.
func (c *Counter) makeRoom() {
	if len(c.counts) < c.opts.Most {
		return
	}
	c.sort()
	keep := c.opts.Most - (c.opts.Most+3)/4
	for _, one := range c.counts[keep:] {
		delete(c.of, one.id)
	}
	clear(c.counts[keep:])
	c.counts = c.counts[:keep]
}

func (c *Counter) sort() {
	slices.SortFunc(c.counts, func(a, b *count) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.id, b.id))
	})
}

// fresh is how long a list of the most read stands at least.
const fresh = time.Second

// Top is the articles kept, most read first, of equals the smaller id: as of a
// second ago at most. It must not be changed.
func (c *Counter) Top() []data.ArticleID {
	now := c.opts.Now()
	if last := c.top.Load(); now.Sub(last.made) < fresh || !c.mu.TryLock() {
		return last.ids
	}
	defer c.mu.Unlock()
	ids := c.top.Load().ids
	if c.changed {
		c.sort()
		ids = make([]data.ArticleID, len(c.counts))
		for i, one := range c.counts {
			ids[i] = one.id
		}
		c.changed = false
	}
	c.top.Store(&top{ids, now})
	return ids
}
