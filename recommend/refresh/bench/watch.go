package bench

import (
	"sync"
	"time"
)

// TotalName is the name of the Stage that is all stages together.
const TotalName = "total"

// lookEvery is how often memory is looked at.
const lookEvery = 5 * time.Millisecond

// A watch measures the stages of work that reports which stage it is in.
type watch struct {
	mu       sync.Mutex // of all below
	stages   []Stage
	now      int // the stage that runs; -1: the first has not reported yet
	since    mark
	began    mark
	residing int64 // most memory seen in this stage

	done, stopped chan struct{}
}

// A mark is a moment in the life of the process.
type mark struct {
	at  time.Time
	cpu time.Duration
}

func markNow() mark { return mark{time.Now(), cpuTime()} }

// forward is m later by what passed from one mark to another.
func (m mark) forward(from, to mark) mark {
	return mark{m.at.Add(to.at.Sub(from.at)), m.cpu + to.cpu - from.cpu}
}

func newWatch() *watch {
	return &watch{now: -1, done: make(chan struct{}), stopped: make(chan struct{})}
}

// start begins the first stage, whose name is the first that is reported.
func (w *watch) start() {
	resetPeak()
	w.began = markNow()
	w.since = w.began
	go func() {
		defer close(w.stopped)
		ticks := time.NewTicker(lookEvery)
		defer ticks.Stop()
		for {
			select {
			case <-w.done:
				return
			case <-ticks.C:
				w.mu.Lock()
				w.residing = max(w.residing, resident())
				w.mu.Unlock()
			}
		}
	}()
}

// report says that a stage runs. A stage that comes again goes on.
func (w *watch) report(name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.now < 0:
		w.now = w.add(name)
	case w.stages[w.now].Name != name:
		w.lap()
		w.now = w.add(name)
	}
}

func (w *watch) add(name string) int {
	for i := range w.stages {
		if w.stages[i].Name == name {
			return i
		}
	}
	w.stages = append(w.stages, Stage{Name: name})
	return len(w.stages) - 1
}

// lap adds what has passed to the stage that runs.
func (w *watch) lap() {
	now := markNow()
	s := &w.stages[w.now]
	s.Seconds += now.at.Sub(w.since.at).Seconds()
	s.CPUSeconds += (now.cpu - w.since.cpu).Seconds()
	s.PeakBytes = max(s.PeakBytes, w.residing, peak())
	w.residing = 0
	w.since = now
	resetPeak()
}

// aside does what is to be part of no stage.
func (w *watch) aside(f func()) {
	from := markNow()
	f()
	to := markNow()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.since, w.began = w.since.forward(from, to), w.began.forward(from, to)
}

// end ends the last stage and returns all, and last of all what they took together.
func (w *watch) end() []Stage {
	close(w.done)
	<-w.stopped
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.now >= 0 {
		w.lap()
	}
	all := Stage{Name: TotalName}
	all.Seconds, all.CPUSeconds = time.Since(w.began.at).Seconds(), (cpuTime() - w.began.cpu).Seconds()
	for _, s := range w.stages {
		all.PeakBytes = max(all.PeakBytes, s.PeakBytes)
	}
	return append(w.stages, all)
}
