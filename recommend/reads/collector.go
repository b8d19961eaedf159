package reads

import (
	"hash/fnv"
	"math"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/clicklog"
)

// Options say what counts and how much. The zero value works.
type Options struct {
	// Only what happened before AsOf counts, and not before Since; zero: no bound.
	// Reads without a time always count.
	Since, AsOf time.Time

	// Theta is how much of the attention of the first slot of a list each slot gets,
	// as estimate.FitCurve finds it in a log; slots beyond count as the last. nil:
	// 1/log₂(1+position), the discount of DCG. A click counts 1/Theta[position−1],
	// at least 1 and at most MaxClick.
	Theta    []float64
	MaxClick float64 // 0: 2

	MaxReads    int // reads and links followed of which the newest are kept, each; 0: 2,000,000
	MaxArticles int // a reader of more different articles is left out as a robot; 0: 300
	Links       int // co-reads kept for every row; 0: 64
}

func (o Options) withDefaults() Options {
	if o.MaxClick == 0 {
		o.MaxClick = 2
	}
	if o.MaxReads == 0 {
		o.MaxReads = 2_000_000
	}
	if o.MaxArticles == 0 {
		o.MaxArticles = 300
	}
	if o.Links == 0 {
		o.Links = 64
	}
	return o
}

func (o Options) validate() {
	if o.MaxClick < 1 || o.MaxReads < 1 || o.MaxReads > math.MaxInt32 || o.MaxArticles < 1 || o.Links < 1 {
		panic("reads: option out of range")
	}
	for _, theta := range o.Theta {
		if !(theta > 0) {
			panic("reads: attention of a slot is not above zero")
		}
	}
}

// Counts are what signals were made from.
type Counts struct {
	Reads   int `json:"reads"`   // by readers who can be told apart
	Readers int `json:"readers"` // who read any article of the corpus, robots apart
	Robots  int `json:"robots"`  // readers left out: of more than Options.MaxArticles articles
	Views   int `json:"views"`   // page views without a reader
	Follows int `json:"follows"` // of these, those that came from another article of the corpus
	Clicks  int `json:"clicks"`  // on links of which the list is known
	Pairs   int `json:"pairs"`   // different pairs of articles that were read near each other

	Elsewhere int `json:"elsewhere"` // reads, views and clicks of articles not in the corpus
	Untimely  int `json:"untimely"`  // before Options.Since, or not before Options.AsOf
	Forgotten int `json:"forgotten"` // reads and follows for which there was no room: the oldest
}

// A Collector takes what readers did, in the order in which they did it, and makes
// Signals of it. It is not safe for use by several goroutines.
type Collector struct {
	n    int
	row  func(data.ArticleID) (int32, bool)
	opts Options

	counts  Counts
	reads   ring[read]
	follows ring[follow]
	views   []float64 // by row: page views and clicks that tell no reader
	lists   memory
}

// A read is of a reader, who is known by a hash of the name.
type read struct {
	reader uint64
	row    int32
	number int32 // in the order of reads, once that is known
}

// A follow is a link followed by a reader who is not told from others.
type follow struct {
	from, to int32
	weight   float32
}

// NewCollector collects for a corpus of n rows, of which row tells that of an article.
// It panics if an option is out of range.
func NewCollector(n int, row func(data.ArticleID) (int32, bool), opts Options) *Collector {
	opts = opts.withDefaults()
	opts.validate()
	return &Collector{
		n: n, row: row, opts: opts, views: make([]float64, n),
		reads: ring[read]{most: opts.MaxReads}, follows: ring[follow]{most: opts.MaxReads},
		lists: newMemory(),
	}
}

// Log takes all of a log of reads.
func (c *Collector) Log(log clicklog.Log) {
	for i := range log.Reads {
		r := &log.Reads[i]
		c.Read(r.Reader, data.ArticleID(r.Item), r.Time)
	}
}

// Read takes one read of a reader, who must have a name; at is zero where the log
// has no times.
func (c *Collector) Read(reader string, id data.ArticleID, at time.Time) {
	if !c.timely(at) {
		return
	}
	if row, ok := c.find(id); ok {
		c.read(reader, row)
	}
}

func (c *Collector) read(reader string, row int32) {
	c.counts.Reads++
	c.reads.add(read{reader: hash(reader), row: row})
}

// Observe takes an event of an event log: lists that were shown, clicks on them and
// page views. A page view counts as a read of its user, or else of its session, or
// else as a link followed from the page before. Others count for nothing.
func (c *Collector) Observe(e clicklog.Event) {
	switch e := e.(type) {
	case *clicklog.Impression:
		if row, ok := c.row(e.Source); ok {
			c.lists.add(hash(e.ID), row)
		}
	case *clicklog.Click:
		c.click(e)
	case *clicklog.PageView:
		c.pageView(e)
	}
}

func (c *Collector) pageView(e *clicklog.PageView) {
	if !c.timely(e.Time) {
		return
	}
	row, ok := c.find(e.Page)
	switch {
	case !ok:
	case e.User != "":
		c.read("user "+e.User, row)
	case e.Session != "":
		c.read("session "+e.Session, row)
	default:
		c.counts.Views++
		c.views[row]++
		if from, ok := c.row(data.ArticleID(e.From)); ok && from != row {
			c.counts.Follows++
			c.follows.add(follow{from, row, 1})
		}
	}
}

func (c *Collector) click(e *clicklog.Click) {
	from, ok := c.lists.find(hash(e.Impression))
	if !ok || !c.timely(e.Time) {
		return
	}
	if row, ok := c.find(e.Item); ok && row != from {
		c.counts.Clicks++
		c.views[row]++
		c.follows.add(follow{from, row, float32(exact(c.weightAt(e.Position)))})
	}
}

// weightAt is what a click counts at that position from 1; 0: it is not known.
func (c *Collector) weightAt(position int) float64 {
	w := 1.0
	switch theta := c.opts.Theta; {
	case position < 1:
	case len(theta) > 0:
		w = 1 / theta[min(position, len(theta))-1]
	default:
		w = math.Log2(1 + float64(position))
	}
	return min(max(w, 1), c.opts.MaxClick)
}

func (c *Collector) timely(at time.Time) bool {
	ok := at.IsZero() || !at.Before(c.opts.Since) && (c.opts.AsOf.IsZero() || at.Before(c.opts.AsOf))
	if !ok {
		c.counts.Untimely++
	}
	return ok
}

func (c *Collector) find(id data.ArticleID) (int32, bool) {
	row, ok := c.row(id)
	if !ok {
		c.counts.Elsewhere++
	}
	return row, ok
}

func hash(s string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(s))
	return h.Sum64()
}

// A ring keeps the last most of what is added.
type ring[T any] struct {
	most, next int
	of         []T
	lost       int
}

func (r *ring[T]) add(v T) {
	if len(r.of) < r.most {
		r.of = append(r.of, v)
		return
	}
	r.of[r.next] = v
	r.next = (r.next + 1) % r.most
	r.lost++
}

// inOrder is what is kept, the oldest first. It is a copy.
func (r *ring[T]) inOrder() []T {
	return append(append(make([]T, 0, len(r.of)), r.of[r.next:]...), r.of[:r.next]...)
}

// A memory knows the articles under which the last lists stood: of mostLists at
// least, and of at most twice as many.
type memory struct{ now, before map[uint64]int32 }

const mostLists = 1 << 18

func newMemory() memory { return memory{map[uint64]int32{}, map[uint64]int32{}} }

func (m *memory) add(list uint64, row int32) {
	if len(m.now) >= mostLists {
		m.now, m.before = m.before, m.now
		clear(m.now)
	}
	m.now[list] = row
}

func (m *memory) find(list uint64) (int32, bool) {
	if row, ok := m.now[list]; ok {
		return row, true
	}
	row, ok := m.before[list]
	return row, ok
}
