package bench

import (
	"cmp"
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/embed/vec"
	"github.com/alsolike/alsolike/recommend/refresh"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// Options are the settings of a measurement. The zero value works.
type Options struct {
	Refresh refresh.Options // as for refresh.Run
	Runs    int             // refreshes, of which the medians count; 0: 1
	Words   int64           // of all articles, see CountWords; 0: not known, and no rate of words

	// Export is a folder that gets vectors.npy, neighbours.npy (of every vector the
	// rows of its neighbours, best first, -1 for none), and the weighted matrix of the
	// language with the most articles (articles × terms, in compressed rows) as
	// matrix.data.npy, matrix.indices.npy, matrix.indptr.npy and matrix.shape.npy.
	// Empty: nothing is written.
	Export string
}

// A Stage is what one stage of a refresh took.
type Stage struct {
	Name       string  `json:"stage"`
	Seconds    float64 `json:"seconds"`
	CPUSeconds float64 `json:"cpu_seconds"` // of all threads
	PeakBytes  int64   `json:"peak_bytes"`  // most memory held meanwhile; 0: not known

	Articles float64 `json:"articles_per_second"`
	Words    float64 `json:"words_per_second,omitempty"` // of stages that read texts
	GFLOPs   float64 `json:"gflops,omitempty"`           // 10⁹ operations a second, see the package's comment
	Share    float64 `json:"peak_share,omitempty"`       // of Result.PeakGFLOPs
}

// A Result is what a corpus took.
type Result struct {
	Articles   int               `json:"articles"`
	Languages  map[data.Lang]int `json:"languages"`
	Words      int64             `json:"words"`
	Terms      int               `json:"terms"`
	NonZeros   int64             `json:"nonzeros"` // values of the weighted matrices
	Rank       int               `json:"rank"`
	Neighbours int               `json:"neighbours"`
	Method     string            `json:"method"`   // of the search for neighbours
	Recall     float64           `json:"recall"`   // of it, by a sample
	Captured   float64           `json:"captured"` // share of the sum of squares of the largest language's matrix that is in its space
	Kernel     string            `json:"kernel"`
	Workers    int               `json:"workers"`
	Runs       int               `json:"runs"`
	PeakGFLOPs float64           `json:"peak_gflops"` // multiply-adds of this machine by the kernel in use
	Stages     []Stage           `json:"stages"`
	Total      Stage             `json:"total"`
}

// Stage is the stage of that name, or a zero one.
func (r *Result) Stage(name string) Stage {
	for _, s := range r.Stages {
		if s.Name == name {
			return s
		}
	}
	return Stage{}
}

// Run refreshes from store opts.Runs times, into a temporary folder that it removes,
// and returns the medians of what every stage took, with the most memory of all runs.
func Run(ctx context.Context, store refresh.Store, opts Options) (Result, error) {
	opts.Runs = cmp.Or(opts.Runs, 1)
	opts.Refresh.Workers = cmp.Or(opts.Refresh.Workers, runtime.GOMAXPROCS(0))
	r := Result{Words: opts.Words, Workers: opts.Refresh.Workers, Runs: opts.Runs, Kernel: vec.Kernel()}
	r.PeakGFLOPs = measurePeak(r.Workers)

	runs := make([][]Stage, opts.Runs)
	var w work
	for i := range runs {
		export := opts.Export
		if i > 0 {
			export = ""
		}
		var err error
		if runs[i], w, err = once(ctx, store, opts.Refresh, export, &r); err != nil {
			return Result{}, err
		}
	}
	r.Stages = medians(runs)
	r.Total = r.Stages[len(r.Stages)-1]
	r.Stages = r.Stages[:len(r.Stages)-1]
	for i := range r.Stages {
		r.rates(&r.Stages[i], w)
	}
	r.Total.Articles = rate(float64(r.Articles), r.Total.Seconds)
	return r, nil
}

// measurePeak is the most multiply-adds that so many cores do, in 10⁹ operations a
// second.
func measurePeak(workers int) float64 {
	rates := make(chan float64)
	for range workers {
		go func() { rates <- vec.MeasurePeak(200 * time.Millisecond) }()
	}
	sum := 0.0
	for range workers {
		sum += <-rates
	}
	return sum / 1e9
}

// once is what the stages of one refresh took, the last of them all together, and the
// work that it did.
func once(ctx context.Context, store refresh.Store, opts refresh.Options, export string, r *Result) ([]Stage, work, error) {
	folder, err := os.MkdirTemp("", "alsolike-bench-snapshots-")
	if err != nil {
		return nil, work{}, err
	}
	defer os.RemoveAll(folder)
	dir, err := snapshot.OpenDir(folder)
	if err != nil {
		return nil, work{}, err
	}

	watch := newWatch()
	var w work
	var exported error
	most := 0
	opts.Entered = watch.report
	opts.LSA.Fitted = func(_ string, a *embed.Sparse, svd *lsa.TruncatedSVD) {
		watch.aside(func() {
			w.addDecomposition(a, svd)
			if a.Cols > most {
				most, r.Captured = a.Cols, svd.Energy
				if export != "" {
					exported = exportMatrix(export, a)
				}
			}
		})
	}
	debug.FreeOSMemory()
	watch.start()
	m, err := refresh.Run(ctx, store, dir, opts)
	stages := watch.end()
	if err != nil {
		return nil, work{}, err
	}
	if exported != nil {
		return nil, work{}, exported
	}
	w.addNeighbours(&m)
	r.Method, r.Recall = m.Search.Method, m.Search.Recall
	r.Articles, r.Languages, r.Terms, r.Rank, r.Neighbours, r.NonZeros = m.Counts.Articles, m.Counts.Languages, m.Terms, m.Rank, m.Neighbours, w.values
	if export != "" {
		if err := exportSnapshot(export, dir, m.ID); err != nil {
			return nil, work{}, err
		}
	}
	return stages, w, nil
}

// medians are the stages of the first run with, for each, the medians of its times
// over all runs and the most memory.
func medians(runs [][]Stage) []Stage {
	stages := slices.Clone(runs[0])
	for i := range stages {
		var seconds, cpu []float64
		for _, run := range runs {
			at := slices.IndexFunc(run, func(s Stage) bool { return s.Name == stages[i].Name })
			if at < 0 {
				continue // another run was too quick to report it
			}
			seconds, cpu = append(seconds, run[at].Seconds), append(cpu, run[at].CPUSeconds)
			stages[i].PeakBytes = max(stages[i].PeakBytes, run[at].PeakBytes)
		}
		stages[i].Seconds, stages[i].CPUSeconds = median(seconds), median(cpu)
	}
	return stages
}

func median(values []float64) float64 {
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}

func rate(n, seconds float64) float64 {
	if seconds <= 0 {
		return 0
	}
	return n / seconds
}
