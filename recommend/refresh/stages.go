package refresh

import (
	"maps"
	"strings"
	"sync"
	"time"
)

// stages notes how long each stage took, in milliseconds, and how much memory the
// process held at most while it was in it.
type stages struct {
	now      func() time.Time
	progress func(stage string, done, total int64)
	entered  func(stage string) // nil: nobody asks

	start time.Time // of the whole

	mu      sync.Mutex
	name    string // of the stage that is going on
	since   time.Time
	spent   map[string]time.Duration
	memory  meter
	sampled int64            // most memory seen in this stage
	peaks   map[string]int64 // bytes

	closed  bool
	stop    chan struct{}
	stopped sync.WaitGroup
}

// sampleEvery is how often the memory is looked at.
const sampleEvery = 10 * time.Millisecond

func newStages(now func() time.Time, progress func(stage string, done, total int64)) *stages {
	s := &stages{
		now: now, progress: progress, start: now(), memory: newMeter(),
		spent: map[string]time.Duration{}, peaks: map[string]int64{}, stop: make(chan struct{}),
	}
	s.since = s.start
	s.stopped.Go(s.watch)
	return s
}

// watch looks at the memory until close: a stage that needs less than one before
// does not show in what the system says of the highest mark.
func (s *stages) watch() {
	tick := time.NewTicker(sampleEvery)
	defer tick.Stop()
	for {
		select {
		case <-s.stop:
			return
		case <-tick.C:
			held := s.memory.held()
			s.mu.Lock()
			s.sampled = max(s.sampled, held)
			s.mu.Unlock()
		}
	}
}

// enter ends the stage before and begins that of this name.
func (s *stages) enter(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.enterLocked(name)
}

func (s *stages) enterLocked(name string) {
	if name == s.name {
		return
	}
	now := s.now()
	if s.name != "" {
		s.spent[s.name] += now.Sub(s.since)
		if peak := max(s.sampled, s.memory.held(), s.memory.raised()); peak > 0 {
			s.peaks[s.name] = max(s.peaks[s.name], peak)
		}
	}
	s.name, s.since, s.sampled = name, now, 0
	if s.entered != nil && name != "" {
		s.entered(name)
	}
}

// report passes progress on; what it names is a stage too.
func (s *stages) report(stage string, done, total int64) {
	s.enter(strings.ReplaceAll(stage, " ", "_"))
	s.progress(stage, done, total)
}

// close ends the last stage and says what was noted. It may be called again.
func (s *stages) close() (timings, peaks map[string]int64, peak int64) {
	s.mu.Lock()
	if s.name != "" {
		s.enterLocked("")
	}
	closed := s.closed
	s.closed = true
	s.mu.Unlock()
	if !closed {
		close(s.stop)
		s.stopped.Wait()
		defer s.memory.close()
	}
	timings = map[string]int64{}
	for name, d := range s.spent {
		timings[name] = d.Milliseconds()
	}
	peak = s.memory.highest()
	for _, held := range s.peaks {
		peak = max(peak, held) // the system's mark lags behind by some pages
	}
	return timings, maps.Clone(s.peaks), peak
}
