package eventlog

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/alsolike/alsolike/data/clicklog"
)

// The errors of Add. An event that it refuses is not in the log.
var (
	// ErrRepeated is returned for what is recorded already.
	ErrRepeated = errors.New("it is recorded already")
	// ErrNoImpression is returned for a view, a click or a reading whose list is
	// not recorded, or was so long ago that it is not remembered.
	ErrNoImpression = errors.New("its list is not recorded")
	// ErrStarting is returned until the log knows what it holds.
	ErrStarting = errors.New("the log is being read")
	// ErrFull is returned while more waits to be written than is allowed.
	ErrFull = errors.New("the log is not written fast enough")
	// ErrClosed is returned after Close.
	ErrClosed = errors.New("the log is closed")
)

// DefaultRetention is how long a day is kept unless Options say otherwise.
const DefaultRetention = 60 * day

// Options of a Log. The zero value works.
type Options struct {
	// Retention is how long a day is kept after its end, in whole days; default
	// DefaultRetention, negative: for ever.
	Retention time.Duration

	Flush    time.Duration // how long an event waits at most; default 1 s
	Waiting  int           // bytes that may wait to be written; default 8 MiB
	Remember int           // lists that are remembered at least; default 2^19

	// Observe is called for every event that Add takes, and after Open for those of
	// the last two days, by several goroutines at a time. It must not keep the event.
	Observe func(clicklog.Event)

	Now func() time.Time // default time.Now; it tells which day it is
	Log *slog.Logger     // default slog.Default()
}

func (o Options) withDefaults() Options {
	if o.Retention == 0 {
		o.Retention = DefaultRetention
	}
	o.Flush = cmp.Or(o.Flush, time.Second)
	o.Waiting = cmp.Or(o.Waiting, 8<<20)
	o.Remember = cmp.Or(o.Remember, 1<<19)
	if o.Observe == nil {
		o.Observe = func(clicklog.Event) {}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return o
}

const day = 24 * time.Hour

// A Log is the event log of a site, which one process writes. Its methods may be
// called by several goroutines at a time.
type Log struct {
	folder string
	opts   Options

	mu      sync.Mutex
	memory  memory
	ready   bool // memory has been read
	closed  bool
	waiting []chunk // of ascending days; events are added to the last
	bytes   int     // in waiting, and taken from it but not yet written
	writing string  // day that the writer is at; "": none
	latest  string  // day that it was
	counts  Counts

	wake    chan struct{} // there is much to write
	stop    chan struct{} // Close was called
	started chan struct{} // closed when the memory has been read
	stopped chan struct{} // closed when all goroutines have ended

	openFile func(path string) (file, error) // for appending
}

// A chunk is events of one day that wait to be written.
type chunk struct {
	day    string
	lines  []byte
	events int64
}

// Counts are of the events since Open. Accepted is Written + Waiting + Lost, but for
// those that were refused with ErrFull, which are in Lost alone.
type Counts struct {
	Accepted int64  // by Add
	Written  int64  // to the file
	Waiting  int64  // to be written
	Lost     int64  // refused with ErrFull, or still waiting at the end
	Problem  string // why nothing can be written at present; "" if it can
}

// Open opens the log in folder, which it makes if need be. It returns without
// waiting for the memory of a large log; see ErrStarting. Close it.
func Open(folder string, opts Options) (*Log, error) {
	opts = opts.withDefaults()
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, fmt.Errorf("eventlog: %w", err)
	}
	if err := mend(folder, opts.Log); err != nil {
		return nil, fmt.Errorf("eventlog: %w", err)
	}
	l := &Log{
		folder: folder, opts: opts, memory: newMemory(opts.Remember), openFile: openFile,
		wake: make(chan struct{}, 1), stop: make(chan struct{}), started: make(chan struct{}), stopped: make(chan struct{}),
	}
	go l.run()
	select {
	case <-l.started:
	case <-time.After(startFor):
	}
	return l, nil
}

// startFor is how long Open waits for the memory of the log.
const startFor = 300 * time.Millisecond

// Close writes what waits and closes the log. It returns an error if that cannot be
// written; a disk that hangs holds it up.
func (l *Log) Close() error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil
	}
	l.closed = true
	l.mu.Unlock()
	close(l.stop)
	<-l.stopped
	if c := l.Counts(); c.Problem != "" {
		return fmt.Errorf("eventlog: %d events are lost: %s", c.Lost, c.Problem)
	}
	return nil
}

// Counts tells how the log fares.
func (l *Log) Counts() Counts {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.counts
}

// lines holds *[]byte for Add.
var lines = sync.Pool{New: func() any { return new([]byte) }}

// Add records e among the events of today. It returns one of the errors above, or
// that of clicklog.AppendEvent; e may be used again afterwards.
func (l *Log) Add(e clicklog.Event) error {
	line := lines.Get().(*[]byte)
	defer lines.Put(line)
	var err error
	if *line, err = clicklog.AppendEvent((*line)[:0], e); err != nil {
		return err
	}
	if err := l.add(e, *line); err != nil {
		return err
	}
	l.opts.Observe(e)
	return nil
}

func (l *Log) add(e clicklog.Event, line []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closed:
		return ErrClosed
	case !l.ready:
		return ErrStarting
	}
	done, err := l.memory.check(e)
	switch {
	case err != nil:
		return err
	case l.bytes+len(line) > l.opts.Waiting:
		l.counts.Lost++
		return ErrFull
	}
	l.memory.keep(done)
	l.counts.Accepted++
	l.counts.Waiting++
	l.bytes += len(line)
	last := len(l.waiting) - 1
	if today := l.today(); last < 0 || l.waiting[last].day < today {
		l.waiting = append(l.waiting, chunk{day: today})
		last++
	}
	c := &l.waiting[last]
	c.lines = append(c.lines, line...)
	c.events++
	if len(c.lines) > l.opts.Waiting/4 {
		select {
		case l.wake <- struct{}{}:
		default: // it is awake
		}
	}
	return nil
}

// today is the day of an event that comes in now. It never goes back, as the clock
// might. The caller holds mu.
func (l *Log) today() string {
	l.latest = max(l.latest, l.opts.Now().UTC().Format(time.DateOnly))
	return l.latest
}

// firstOpenDay is the first day of which events may still be written.
func (l *Log) firstOpenDay() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	first := l.today()
	if l.writing != "" {
		first = min(first, l.writing)
	}
	if len(l.waiting) > 0 {
		first = min(first, l.waiting[0].day)
	}
	t, err := time.Parse(time.DateOnly, first)
	if err != nil {
		panic(err) // it was formatted so
	}
	return t
}
