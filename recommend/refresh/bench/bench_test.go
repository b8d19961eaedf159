package bench

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/recommend/refresh"
)

func testStore(t *testing.T) *datatest.Store {
	t.Helper()
	store := datatest.NewStore(time.Now)
	articles := datatest.Corpus(datatest.CorpusOptions{Texts: 200, Langs: []data.Lang{"en", "zh-Hans"}})
	if _, err := store.PutArticles(t.Context(), articles[:300]); err != nil { // English and Chinese take turns
		t.Fatal(err)
	}
	return store
}

func TestRun(t *testing.T) {
	export := t.TempDir()
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	r, err := Run(t.Context(), testStore(t), Options{Refresh: refresh.Options{K: 7, LSA: lsa.Options{Rank: 12}}, Runs: 3, Words: 5000, Export: export})
	if err != nil {
		t.Fatal(err)
	}
	if r.Articles != 300 || r.Languages["en"] != 150 || r.Rank != 12 || r.Neighbours != 7 || r.Terms == 0 || r.NonZeros == 0 || r.Runs != 3 || r.Kernel == "" || r.PeakGFLOPs <= 0 {
		t.Errorf("got %+v", r)
	}
	for _, name := range []string{"count", "decompose", "neighbours"} {
		s := r.Stage(name)
		if s.Seconds <= 0 || s.Articles <= 0 || s.PeakBytes < 0 {
			t.Errorf("%s: %+v", name, s)
		}
		if texts[name] != (s.Words > 0) || !texts[name] != (s.GFLOPs > 0) || !texts[name] != (s.Share > 0) {
			t.Errorf("%s: %+v, want rates of words of those that read, of operations of the others", name, s)
		}
		if s.PeakBytes > r.Total.PeakBytes {
			t.Errorf("%s held %d bytes, all stages together %d", name, s.PeakBytes, r.Total.PeakBytes)
		}
	}
	if r.Captured <= .1 || r.Captured > 1.0001 {
		t.Errorf("captured %v of the matrix", r.Captured)
	}
	for _, name := range []string{"vectors", "neighbours", "matrix.data", "matrix.indices", "matrix.indptr", "matrix.shape"} {
		if info, err := os.Stat(filepath.Join(export, name+".npy")); err != nil || info.Size() < 130 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestRunFails(t *testing.T) {
	if _, err := Run(t.Context(), datatest.NewStore(time.Now), Options{}); !errors.Is(err, refresh.ErrNoArticles) {
		t.Errorf("an empty store: got %v", err)
	}
	missing := filepath.Join(t.TempDir(), "missing")
	if _, err := Run(t.Context(), testStore(t), Options{Export: missing}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no folder to export to: got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Run(ctx, testStore(t), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: got %v", err)
	}
}

// A stage that comes again goes on, and what is done aside is part of none.
func TestWatch(t *testing.T) {
	const pause = 40 * time.Millisecond
	began := time.Now()
	w := newWatch()
	w.start()
	for _, name := range []string{"a", "a", "b", "a"} {
		w.report(name)
		time.Sleep(time.Millisecond)
		w.aside(func() { time.Sleep(pause) })
	}
	stages := w.end()
	elapsed := time.Since(began)
	var names []string
	sum := 0.0
	for _, s := range stages {
		names = append(names, s.Name)
		sum += s.Seconds
	}
	if want := []string{"a", "b", TotalName}; !slices.Equal(names, want) {
		t.Fatalf("stages %v, want %v", names, want)
	}
	total := stages[2].Seconds
	if most := (elapsed - 4*pause).Seconds(); total > most {
		t.Errorf("total %v s, of which no more than %v are not aside", total, most)
	}
	if sum -= total; sum > total {
		t.Errorf("the stages took %v s, all together %v", sum, total)
	}
	if stages[0].Seconds <= 0 || stages[1].Seconds <= 0 {
		t.Errorf("got %+v", stages)
	}
}

func TestWatchWithoutStages(t *testing.T) {
	w := newWatch()
	w.start()
	if stages := w.end(); len(stages) != 1 || stages[0].Name != TotalName {
		t.Errorf("got %+v", stages)
	}
}

// Memory that was held and given back is seen.
func TestWatchSeesMemory(t *testing.T) {
	if peak() == 0 {
		t.Skip("this system does not tell")
	}
	debug.FreeOSMemory() // so that what is held comes on top
	w := newWatch()
	w.start()
	w.report("small")
	w.report("large")
	const size = 64 << 20
	held := make([]byte, size)
	for i := 0; i < size; i += 512 {
		held[i] = 1
	}
	w.report("after")
	stages := w.end()
	if large := stages[1].PeakBytes; large < size || large < stages[0].PeakBytes {
		t.Errorf("held %d bytes, and %d of %d with %d on top", stages[0].PeakBytes, large, size, held[0])
	}
}

func TestMedians(t *testing.T) {
	run := func(a, b float64, peak int64) []Stage {
		return []Stage{{Name: "a", Seconds: a, CPUSeconds: 2 * a, PeakBytes: peak}, {Name: "b", Seconds: b}}
	}
	got := medians([][]Stage{run(3, 1, 10), run(1, 2, 30), run(2, 9, 20), {{Name: "b", Seconds: 4}}})
	want := []Stage{{Name: "a", Seconds: 2, CPUSeconds: 4, PeakBytes: 30}, {Name: "b", Seconds: 3}}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestCountWords(t *testing.T) {
	for text, want := range map[string]int64{
		"":                    0,
		"One word, two; 3.":   4,
		"don't":               2,
		"房租上涨":                4,
		"GDP增长3%":             4,
		"ひらがな":                4,
		"한국어 뉴스":              2,
		"  — … ":              0,
		"naïve\nco-operation": 3,
	} {
		if got := CountWords(&data.Article{Title: text, Body: text}); got != 2*want {
			t.Errorf("%q twice: got %d words, want %d", text, got, 2*want)
		}
	}
}
