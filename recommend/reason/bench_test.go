package reason_test

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/sample"
	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/embed/token"
	"github.com/alsolike/alsolike/recommend/reason"
)

// BenchmarkExplain explains links between articles of about a thousand words: the only
// one of a list, and ten of one list.
func BenchmarkExplain(b *testing.B) {
	run := func(name string, c *corpus) {
		for _, links := range []int{1, 10} {
			b.Run(name+"/links="+strconv.Itoa(links), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					e := reason.NewExplainer(c.space, token.Rules{})
					for i := range links {
						if _, err := e.Explain(c.side(0), c.side(5+5*i)); err != nil {
							b.Fatal(err)
						}
					}
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*links), "µs/link")
			})
		}
	}
	random := rand.New(rand.NewPCG(1, 1))
	articles := generated(random, 2000, 1000)
	run("text=generated/words=1000", fit(b, articles, lsa.Options{}))
	for _, lang := range []data.Lang{"en", "zh-Hans"} {
		texts := slices.DeleteFunc(sample.Articles(), func(a data.Article) bool { return a.Lang != lang })
		long := slices.Clone(texts)
		for i := range long {
			const size = 6000 // bytes of a thousand English words, or two thousand Chinese characters
			for k := i + 1; len(long[i].Body) < size; k++ {
				long[i].Body += "\n" + texts[k%len(texts)].Body
			}
			long[i].Body = strings.ToValidUTF8(long[i].Body[:size], "")
		}
		run("text=sample/lang="+string(lang), fit(b, long, lsa.Options{}))
	}
}
