package refresh

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/recommend/reads"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// ErrNoArticles is returned when the store holds no article to make links for.
var ErrNoArticles = errors.New("refresh: the store holds no published article; import some first")

// A Store is where a refresh reads articles. One that is also a ChangeStore can be
// refreshed incrementally; a limit of memory needs a SizedStore.
type Store interface {
	// ReadArticles calls f with the store as it is at one moment: its revision
	// and every article in id order.
	ReadArticles(ctx context.Context, f func(data.Revision, iter.Seq2[data.Article, error]) error) error
}

// A ChangeStore can tell what has changed.
type ChangeStore interface {
	// ReadChanges calls f with the store as it is at one moment: its revision,
	// the digest of all articles, and those that changed after revision since,
	// in id order.
	ReadChanges(ctx context.Context, since int64, f func(rev data.Revision, all data.Digest, changed iter.Seq2[data.Article, error]) error) error
}

// A SizedStore can tell how much there is to read, without reading it.
type SizedStore interface {
	// TextSize measures the articles on the site.
	TextSize(ctx context.Context) (data.TextSize, error)
}

// Options are the settings of a refresh. The zero value works.
type Options struct {
	LSA  lsa.Options // rank, seed, bounds of document frequency, rules of analysis; the rest is set here
	K    int         // neighbours kept for every article, and half as many in other languages; 0: 64
	Full bool        // fit the model anew even where the published snapshot's could go on

	// SmallSite is the number of articles up to which a site is always fitted
	// anew: that is fast, and what only a fit finds is found. 0: 3000; negative: none.
	SmallSite int

	// Sample is the number of articles of a language that the model is learnt from at
	// most; the others are folded in. 0: 200,000.
	Sample int

	Method    Method  // of the search for neighbours
	MinRecall float64 // a snapshot whose lists hold less of the exact ones is not published; 0: 0.95

	Ranking Ranking // of links; all lists are ranked anew by every refresh

	// Reads returns what readers read of n articles, of which row tells those that there
	// are; nil: nothing is known of it. Nil: nobody asks.
	Reads func(ctx context.Context, n int, row func(data.ArticleID) (int32, bool)) (*reads.Signals, error)

	// MemoryLimit is how many bytes the process may hold. Where need be the model is
	// learnt from fewer articles, and the others are folded in. 0: as many as it takes.
	MemoryLimit int64

	sampleOfAll int // of all languages together, within MemoryLimit; 0: any number

	Leave bool // leave the snapshot unpublished

	Workers int              // goroutines; 0: all cores. Does not change the result
	Version string           // of alsolike, for the manifest
	Now     func() time.Time // nil: time.Now

	// Progress is told how far each stage has come, with done and total in
	// the stage's own unit; total is 0 while it is not known.
	Progress func(stage string, done, total int64)

	// Entered, if not nil, is told each stage as it begins, by its name in
	// Manifest.Timings. A stage may be entered again. Calls do not overlap.
	Entered func(stage string)
}

const (
	defaultK         = 64
	defaultMinRecall = 0.95
	defaultSmallSite = 3000
	defaultSample    = 200_000
)

func (o Options) withDefaults() Options {
	o.K = cmp.Or(o.K, defaultK)
	o.MinRecall = cmp.Or(o.MinRecall, defaultMinRecall)
	o.Sample = cmp.Or(o.Sample, defaultSample)
	o.Ranking = o.Ranking.withDefaults(o.K)
	o.SmallSite = cmp.Or(o.SmallSite, defaultSmallSite)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Progress == nil {
		o.Progress = func(string, int64, int64) {}
	}
	o.Workers = cmp.Or(o.Workers, runtime.GOMAXPROCS(0))
	o.LSA.Seed = cmp.Or(o.LSA.Seed, 1) // it draws random pairs too
	o.LSA.Workers = o.Workers
	return o
}

// Run makes a snapshot of everything in the store, publishes it unless opts.Leave says
// otherwise, and returns its manifest. It goes on from the published snapshot, reading only what has
// changed since, where that gives what reading everything would but for the model;
// otherwise, or if opts.Full says so, it fits the model anew, and the manifest says
// why. Until the last moment nothing of it can be seen: an error or a crash leaves
// what was in service before.
//
// It returns ErrNoArticles, a *RecallError, a *MemoryError, the errors of store and
// dir, and ctx.Err() soon after ctx has ended.
func Run(ctx context.Context, store Store, dir *snapshot.Dir, opts Options) (snapshot.Manifest, error) {
	opts = opts.withDefaults()
	stages := newStages(opts.Now, opts.Progress)
	stages.entered = opts.Entered
	defer stages.close()
	opts.Progress = stages.report
	opts.LSA.Progress = stages.report
	created := stages.start

	release, err := opts.keepWithin(ctx, store)
	if err != nil {
		return snapshot.Manifest{}, err
	}
	defer release()
	contents, reason, err := incremental(ctx, store, dir, opts, stages)
	if err == nil && reason != "" {
		contents, err = full(ctx, store, reason, opts, stages)
	}
	if err != nil {
		return snapshot.Manifest{}, err
	}
	stages.enter("write")
	m := &contents.Manifest
	m.Created, m.AsOf, m.Version = created, created, opts.Version
	contents.Finish = func(m *snapshot.Manifest) { m.Timings, m.PeakStages, m.PeakMemory = stages.close() }
	write := dir.WriteAndPublish
	if opts.Leave {
		write = dir.WriteManifest
	}
	written, err := write(ctx, contents)
	if err != nil {
		return snapshot.Manifest{}, fmt.Errorf("refresh: %w", err)
	}
	opts.Progress("write", int64(len(contents.Cards)), int64(len(contents.Cards)))
	return written, nil
}
