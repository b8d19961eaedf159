//go:build unix

package rank_test

import (
	"context"
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/rank"
)

// BenchmarkRank ranks the 37,958 articles of reuters21578 and senate_press_2004_2005,
// and does what a refresh does before that, to compare.
func BenchmarkRank(b *testing.B) {
	articles := append(jsonl(b, "reuters21578/articles.jsonl.gz"), jsonl(b, "senate_press_2004_2005/articles.jsonl.gz")...)
	for i := range articles {
		articles[i].ID = data.ArticleID(fmt.Sprintf("%05d", i))
	}
	s := newSet(b, articles, nil)
	b.Run("stage=rank", func(b *testing.B) {
		b.ReportAllocs()
		start := processorTime()
		for b.Loop() {
			ranked(b, s, rank.Options{})
		}
		b.ReportMetric((processorTime()-start).Seconds()/float64(b.N), "cpu-s/op")
	})
	b.Run("stage=fit_and_neighbours", func(b *testing.B) {
		start := processorTime()
		for b.Loop() {
			_, vectors, err := lsa.Fit(context.Background(), s.texts, lsa.Options{})
			if err != nil {
				b.Fatal(err)
			}
			if _, err := knn.All(context.Background(), vectors, knn.Options{}); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric((processorTime()-start).Seconds()/float64(b.N), "cpu-s/op")
	})
}

// processorTime is that of this process.
func processorTime() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
