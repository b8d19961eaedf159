package reads_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend/reads"
)

// Reads of a site of 38,000 articles, of which the k-th is read 1/√k times as much as
// the first, by readers of three articles on average, all at a time.
func BenchmarkSignals(b *testing.B) {
	const articles = 38_000
	find := func(id data.ArticleID) (int32, bool) {
		row, err := strconv.Atoi(string(id))
		return int32(row), err == nil
	}
	ids := make([]data.ArticleID, articles)
	for i := range ids {
		ids[i] = data.ArticleID(strconv.Itoa(i))
	}
	for _, n := range []int{100_000, 1_000_000} {
		b.Run(fmt.Sprintf("articles=%d/reads=%d", articles, n), func(b *testing.B) {
			rng := rand.New(rand.NewPCG(1, 1))
			c := reads.NewCollector(articles, find, reads.Options{})
			for range n {
				c.Read(strconv.Itoa(rng.IntN(n/3)), ids[int(articles*math.Pow(rng.Float64(), 2))], time.Time{})
			}
			b.ReportAllocs()
			for b.Loop() {
				c.Signals()
			}
		})
	}
}
