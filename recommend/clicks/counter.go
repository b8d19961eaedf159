package clicks

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/alsolike/alsolike/data/clicklog"
	"github.com/alsolike/alsolike/data/eventlog"
)

// Options of a Counter. The zero value works.
type Options struct {
	Days  int // that are counted, today among them; default 30
	Pairs int // articles and links that are kept of each part of the log; default 2^20

	// Rest is how long counts stand at least before they are made anew; default a
	// minute, below 0: no time. They stand nine times as long as making them took in any case.
	Rest time.Duration

	Now func() time.Time // default time.Now
	Log *slog.Logger     // default slog.Default()
}

func (o Options) withDefaults() Options {
	if o.Days == 0 {
		o.Days = 30
	}
	if o.Pairs == 0 {
		o.Pairs = 1 << 20
	}
	if o.Rest == 0 {
		o.Rest = time.Minute
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return o
}

// A Counter counts what is in an event log. Its methods may be called by several
// goroutines at a time.
type Counter struct {
	ctx    context.Context // of what goes on aside
	folder string
	opts   Options

	mu     sync.Mutex
	counts *Counts
	err    error         // of the last attempt
	done   time.Time     // of it, by the machine's clock
	took   time.Duration // it
	busy   chan struct{} // closed when the attempt that goes on is done; nil: none does

	broken map[string]bool // files of the log that cannot be read, which were told
	closed *tally          // of the days before yesterday, if since and until are right
	until  time.Time
	aside  sync.WaitGroup
}

// New makes a counter of the event log in folder. It does nothing until it is asked, and
// ends what it does then with ctx.
func New(ctx context.Context, folder string, opts Options) *Counter {
	return &Counter{ctx: ctx, folder: folder, opts: opts.withDefaults(), broken: map[string]bool{}}
}

// Wait waits until nothing goes on aside.
func (c *Counter) Wait() { c.aside.Wait() }

const day = 24 * time.Hour

// patience is how long one waits who asks first, or for the first time in a long while,
// for a site whose log is read within that.
const patience = 50 * time.Millisecond

// longAgo is after how many times as long as counts may stand they are old.
const longAgo = 10

// Counts are the newest that are known, which are made anew aside where they are old; nil
// while none are. The error is why they could not be made the last time.
func (c *Counter) Counts() (*Counts, error) {
	c.mu.Lock()
	age, rest := time.Since(c.done), max(c.opts.Rest, 9*c.took)
	if c.busy == nil && age >= rest {
		c.busy = make(chan struct{})
		c.aside.Go(c.renew)
	}
	busy := c.busy
	c.mu.Unlock()
	if busy != nil && age >= longAgo*rest {
		timer := time.NewTimer(patience)
		defer timer.Stop()
		select {
		case <-busy:
		case <-timer.C:
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.counts, c.err
}

// renew makes the counts anew. One runs at a time.
func (c *Counter) renew() {
	start := time.Now()
	counts, err := c.count()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err = err; err == nil {
		c.counts = counts
	} else if c.ctx.Err() == nil {
		c.opts.Log.Warn("clicks cannot be counted", "error", err)
	}
	close(c.busy)
	c.busy = nil
	c.done = time.Now()
	c.took = c.done.Sub(start)
}

// count reads the log, or as much of it as is not known.
func (c *Counter) count() (*Counts, error) {
	now := c.opts.Now()
	today := now.UTC().Truncate(day)
	since, yesterday := today.Add(-time.Duration(c.opts.Days-1)*day), today.Add(-day)
	if c.closed == nil || !c.until.Equal(yesterday) {
		t := newTally(nil, since, c.opts.Pairs)
		if err := c.read(t, since, yesterday); err != nil {
			return nil, err
		}
		c.closed, c.until = t, yesterday
	}
	t := newTally(c.closed, since, c.opts.Pairs)
	if err := c.read(t, maxTime(since, yesterday), time.Time{}); err != nil {
		return nil, err
	}
	t.lists = memory{} // of no use any more
	return &Counts{Days: c.opts.Days, Since: since, AsOf: now, Rare: t.rare || c.closed.rare, recent: t}, nil
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// read takes the files of the days from since on and before until; zero: all.
func (c *Counter) read(t *tally, since, until time.Time) error {
	if !until.IsZero() {
		until = until.Add(-day) // the last day, whose events Files would look for on the day after too
	}
	paths, err := eventlog.Files(c.folder, since, until)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	// Other lines that are no events are for alsolike eval check to tell.
	for e, fault := range clicklog.ReadEvents(c.ctx, paths, clicklog.EventOptions{Format: clicklog.Own, Workers: 1}) {
		switch {
		case fault == nil:
			t.observe(e)
		case fault.Kind != clicklog.FaultFile:
		default:
			if _, err := os.Stat(fault.File); errors.Is(err, fs.ErrNotExist) { // it is being compressed, and is there under another name the next time
				return fault
			}
			if !c.broken[fault.File] {
				c.broken[fault.File] = true
				c.opts.Log.Warn("a file of the event log cannot be read to its end; clicks are counted without the rest of it", "file", fault.File, "error", fault)
			}
		}
	}
	return c.ctx.Err()
}
