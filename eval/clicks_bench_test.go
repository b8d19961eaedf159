package eval

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/alsolike/alsolike/eval/simulate"
)

// A million lists of six links, three candidates and nine baselines.
func BenchmarkClicks(b *testing.B) {
	articles, snapshots := simulate.Site(2000, 1)
	w, err := simulate.New(articles, snapshots, simulate.Options{
		Seed: 1, Impressions: 1_000_000, Days: 28, Theta: []float64{1, .68, .47, .38, .3, .25},
	})
	if err != nil {
		b.Fatal(err)
	}
	p := w.Pack(1)
	rng := rand.New(rand.NewPCG(1, 1))
	var entries []Entry
	for i := range 12 {
		s := snapshotOf(fmt.Sprint("ranking ", i), len(w.Articles), &w.Snapshots[0], func(_ int32, items []int32) []int32 {
			top := items[:min(12, len(items))]
			rng.Shuffle(len(top), func(i, j int) { top[i], top[j] = top[j], top[i] })
			return items
		})
		entries = append(entries, entryOf(w.Articles, s))
	}
	b.ReportAllocs()
	for b.Loop() {
		r, err := Clicks(context.Background(), p, entries[:3], entries[3:], ClickOptions{})
		if err != nil {
			b.Fatal(err)
		}
		if r.CurveRefusal != "" {
			b.Fatal(r.CurveRefusal)
		}
	}
}
