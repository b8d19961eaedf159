package watch_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/watch"
)

// memory keeps runs in a map.
type memory struct {
	mu   sync.Mutex
	runs map[string]data.SourceRun
	fail error
}

func (m *memory) SourceRuns(context.Context) ([]data.SourceRun, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []data.SourceRun
	for _, r := range m.runs {
		all = append(all, r)
	}
	return all, m.fail
}

func (m *memory) PutSourceRun(_ context.Context, r data.SourceRun) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return m.fail
	}
	if m.runs == nil {
		m.runs = map[string]data.SourceRun{}
	}
	m.runs[r.Name] = r
	return nil
}

func (m *memory) run(name string) data.SourceRun {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.runs[name]
}

// start runs sources until the test ends and returns how to stop them.
func start(t *testing.T, store watch.Store, sources ...watch.Source) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- watch.Run(ctx, sources, store, watch.Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	}()
	return func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// A diary notes when imports began, in seconds since it was made.
type diary struct {
	mu   sync.Mutex
	zero time.Time
	at   []int
}

func newDiary() *diary { return &diary{zero: time.Now()} }

func (d *diary) note() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.at = append(d.at, int(time.Since(d.zero)/time.Second))
}

func (d *diary) check(t *testing.T, want ...int) {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if !slices.Equal(d.at, want) {
		t.Errorf("imports began at seconds %d, want %d", d.at, want)
	}
}

// Imports begin at even distances, however long one takes, and never two of one
// source at a time; other sources do not wait.
func TestSchedule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		quick, slow := newDiary(), newDiary()
		stop := start(t, &memory{},
			watch.Source{Name: "slow", Every: 10 * time.Second, Import: func(context.Context) (watch.Result, error) {
				slow.note()
				time.Sleep(25 * time.Second)
				return watch.Result{}, nil
			}},
			watch.Source{Name: "quick", Every: 10 * time.Second, Import: func(context.Context) (watch.Result, error) {
				quick.note()
				time.Sleep(3 * time.Second)
				return watch.Result{}, nil
			}},
		)
		time.Sleep(59 * time.Second)
		stop()
		quick.check(t, 1, 11, 21, 31, 41, 51)
		slow.check(t, 0, 25, 50)
	})
}

// A new process goes on where the last one stopped: it waits for what is not
// due, and does at once what was cut off.
func TestRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		store := &memory{runs: map[string]data.SourceRun{
			"done":    {Name: "done", Started: now.Add(-20 * time.Second), Finished: now.Add(-19 * time.Second)},
			"cut off": {Name: "cut off", Started: now.Add(-20 * time.Second), Finished: now.Add(-90 * time.Second)},
			"late":    {Name: "late", Started: now.Add(-time.Hour), Finished: now.Add(-time.Hour)},
			"gone":    {Name: "gone"},
		}}
		var sources []watch.Source
		diaries := map[string]*diary{}
		for _, name := range []string{"done", "cut off", "late"} {
			d := newDiary()
			diaries[name] = d
			sources = append(sources, watch.Source{Name: name, Every: time.Minute, Import: func(context.Context) (watch.Result, error) {
				d.note()
				return watch.Result{}, nil
			}})
		}
		stop := start(t, store, sources...)
		time.Sleep(50 * time.Second)
		stop()
		diaries["done"].check(t, 40)
		diaries["cut off"].check(t, 1)
		diaries["late"].check(t, 2)
	})
}

// What goes wrong is kept and counted until an import succeeds.
func TestProblems(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		zero := time.Now()
		at := func(s int) time.Time { return zero.Add(time.Duration(s) * time.Second) }
		outcomes := []struct {
			result watch.Result
			err    error
		}{
			{watch.Result{Changes: data.Changes{Added: 3}}, nil},
			{watch.Result{}, errors.New("the host does not answer")},
			{watch.Result{Changes: data.Changes{Updated: 1}, Refused: 2, Problem: "feed:7: no text"}, nil},
			{watch.Result{Problem: "not mirrored"}, nil},
			{watch.Result{Changes: data.Changes{Unchanged: 3}, Unpublished: 1}, nil},
		}
		next := 0
		store := &memory{}
		stop := start(t, store, watch.Source{Name: "feed", Every: 10 * time.Second, Import: func(context.Context) (watch.Result, error) {
			time.Sleep(time.Second)
			o := outcomes[next]
			next++
			return o.result, o.err
		}})
		for i, want := range []data.SourceRun{
			{Changes: data.Changes{Added: 3}, Succeeded: at(1)},
			{Failures: 1, Problem: "the host does not answer", Succeeded: at(1)},
			{Failures: 2, Problem: "feed:7: no text", Refused: 2, Changes: data.Changes{Updated: 1}, Succeeded: at(1)},
			{Failures: 3, Problem: "not mirrored", Succeeded: at(1)},
			{Changes: data.Changes{Unchanged: 3}, Unpublished: 1, Succeeded: at(41)},
		} {
			want.Name, want.Started, want.Finished = "feed", at(10*i), at(10*i+1)
			time.Sleep(time.Until(at(10*i + 5)))
			if diff := cmp.Diff(want, store.run("feed")); diff != "" {
				t.Errorf("after import %d; want -, got +\n%s", i, diff)
			}
		}
		stop()
	})
}

// A panic is a problem like any other.
func TestPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &memory{}
		d := newDiary()
		stop := start(t, store, watch.Source{Name: "site", Every: 10 * time.Second, Import: func(context.Context) (watch.Result, error) {
			d.note()
			panic("no such page")
		}})
		time.Sleep(15 * time.Second)
		stop()
		d.check(t, 0, 10)
		if got := store.run("site"); got.Failures != 2 || !strings.Contains(got.Problem, "no such page") {
			t.Errorf("got %+v", got)
		}
	})
}

// An import that is stopped is no failure, and is due again at once.
func TestStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &memory{}
		stop := start(t, store, watch.Source{Name: "site", Every: time.Hour, Import: func(ctx context.Context) (watch.Result, error) {
			<-ctx.Done()
			return watch.Result{}, ctx.Err()
		}})
		time.Sleep(time.Second)
		stop()
		got := store.run("site")
		if got.Failures != 0 || got.Problem != "" || !got.Due(time.Hour).IsZero() {
			t.Errorf("stopped in the middle: %+v", got)
		}
	})
}

// A store that fails stops no import; one that does not tell what is due stops
// all.
func TestStoreFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &memory{}
		d := newDiary()
		stop := start(t, store, watch.Source{Name: "feed", Every: 10 * time.Second, Import: func(context.Context) (watch.Result, error) {
			d.note()
			store.mu.Lock()
			store.fail = errors.New("the disk is full")
			store.mu.Unlock()
			return watch.Result{}, nil
		}})
		time.Sleep(15 * time.Second)
		stop()
		d.check(t, 0, 10)
		if err := watch.Run(t.Context(), nil, store, watch.Options{}); err == nil || !strings.Contains(err.Error(), "the disk is full") {
			t.Errorf("got %v", err)
		}
	})
}
