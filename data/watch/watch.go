package watch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/alsolike/alsolike/data"
)

// A Source is something to import again and again.
type Source struct {
	Name   string        // unique
	Every  time.Duration // from the start of one import to the next; above 0
	Import func(ctx context.Context) (Result, error)
}

// A Result is what one import did.
type Result struct {
	Changes     data.Changes
	Unpublished int    // articles that the source no longer has
	Refused     int    // records
	Problem     string // what is not as it should be, although the import came to its end; "": nothing
}

// A Store keeps the runs of sources.
type Store interface {
	SourceRuns(ctx context.Context) ([]data.SourceRun, error)
	PutSourceRun(ctx context.Context, r data.SourceRun) error
}

// Options of Run. The zero value is the default.
type Options struct {
	Now     func() time.Time // default time.Now
	Stagger time.Duration    // between the first imports of two sources; default 1 s
	Log     *slog.Logger     // default slog.Default()
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Stagger == 0 {
		o.Stagger = time.Second
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return o
}

// Run imports every source when it is due until ctx ends, and returns when the
// last import has stopped. It returns an error only if the store does not tell
// what is due.
func Run(ctx context.Context, sources []Source, store Store, o Options) error {
	o = o.withDefaults()
	runs, err := store.SourceRuns(ctx)
	if err != nil {
		return fmt.Errorf("watch: %w", err)
	}
	known := map[string]data.SourceRun{}
	for _, r := range runs {
		known[r.Name] = r
	}
	var wg sync.WaitGroup
	for i, s := range sources {
		run := known[s.Name]
		run.Name = s.Name
		w := &watcher{source: s, store: store, opts: o, run: run}
		wg.Go(func() { w.watch(ctx, o.Now().Add(time.Duration(i)*o.Stagger)) })
	}
	wg.Wait()
	return nil
}

// A watcher imports one source.
type watcher struct {
	source Source
	store  Store
	opts   Options
	run    data.SourceRun
}

// watch imports the source when it is due, but not before the time given.
func (w *watcher) watch(ctx context.Context, notBefore time.Time) {
	for {
		due := w.run.Due(w.source.Every)
		if due.Before(notBefore) {
			due = notBefore
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(due.Sub(w.opts.Now())):
		}
		if ctx.Err() != nil {
			return
		}
		w.once(ctx)
	}
}

// once imports the source and keeps how that went, unless ctx ends meanwhile:
// then the run stays one that was cut off.
func (w *watcher) once(ctx context.Context) {
	log := w.opts.Log.With("source", w.source.Name)
	w.run.Started = w.opts.Now()
	w.keep(ctx, log)
	result, err := w.source.safeImport(ctx, log)
	if ctx.Err() != nil {
		return
	}
	if err == nil && result.Problem != "" {
		err = errors.New(result.Problem)
	}
	w.run.Finished = w.opts.Now()
	w.run.Changes, w.run.Unpublished, w.run.Refused = result.Changes, result.Unpublished, result.Refused
	if err != nil {
		w.run.Failures++
		w.run.Problem = err.Error()
		log.Error("import with a problem; what is in the store stays", "error", err, "failures", w.run.Failures)
	} else {
		w.run.Failures, w.run.Problem, w.run.Succeeded = 0, "", w.run.Finished
		log.Info("imported", "added", result.Changes.Added, "updated", result.Changes.Updated, "unchanged", result.Changes.Unchanged,
			"unpublished", result.Unpublished)
	}
	w.keep(ctx, log)
}

// safeImport imports the source; a panic becomes an error.
func (s Source) safeImport(ctx context.Context, log *slog.Logger) (r Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the import broke off, which is a mistake in alsolike; please report it: %v", p)
			log.Error("panic", "value", p, "stack", string(debug.Stack()))
		}
	}()
	return s.Import(ctx)
}

// keep stores the run. A store that does not take it holds up nothing: this
// process still knows.
func (w *watcher) keep(ctx context.Context, log *slog.Logger) {
	if err := w.store.PutSourceRun(ctx, w.run); err != nil && ctx.Err() == nil {
		log.Error("what status tells of this source is out of date", "error", err)
	}
}
