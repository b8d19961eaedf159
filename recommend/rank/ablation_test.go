package rank_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/eval/resample"
	"github.com/alsolike/alsolike/recommend/baseline"
	"github.com/alsolike/alsolike/recommend/rank"
)

// TestAblation prints what each part of the ranking gives on each set: the figures
// without it, and those of all parts less these with an interval of 95 %, paired by reader or
// article.
func TestAblation(t *testing.T) {
	weighing := func(k rank.Kind, weight float32) func(*rank.Corpus, *rank.Options) {
		return func(_ *rank.Corpus, o *rank.Options) {
			w := rank.DefaultWeights()
			w[k] = weight
			o.Weights = &w
		}
	}
	parts := []struct {
		name string
		off  func(*rank.Corpus, *rank.Options)
	}{
		{"without words in common", func(c *rank.Corpus, _ *rank.Options) { c.Terms = nil }},
		{"words weigh .1", weighing(rank.Lexical, .1)},
		{"without titles", func(c *rank.Corpus, _ *rank.Options) { c.Titles = nil }},
		{"without titles: score only", weighing(rank.Title, 0)},
		{"without hubness", weighing(rank.Hubness, 0)},
		{"without variety", func(_ *rank.Corpus, o *rank.Options) { o.Variety = -1 }},
		{"without limit on links in", func(_ *rank.Corpus, o *rank.Options) { o.MaxLinksIn = -1 }},
		{"without orphans' rescue", func(_ *rank.Corpus, o *rank.Options) { o.Rescue = -1 }},
		{"without one of a story", func(c *rank.Corpus, _ *rank.Options) { c.Stories = nil }},
	}
	for name, load := range map[string]func(testing.TB) *set{"ibm_community": ibm, "drcd_zh_hant": drcd, "reuters21578": reuters} {
		t.Run(name, func(t *testing.T) {
			s := load(t)
			lists, health := ranked(t, s, rank.Options{})
			names, all := s.quality(rows(lists, 20))
			var table strings.Builder
			fmt.Fprintf(&table, "%s\n%-30s", name, "all parts")
			for m := range names {
				fmt.Fprintf(&table, "  %s %.4f %24s", names[m], mean(all[m]), "")
			}
			line := func(what string, lists [][]int32, note string) {
				fmt.Fprintf(&table, "\n%-30s", what)
				_, without := s.quality(lists)
				for m := range names {
					low, high := paired(all[m], without[m])
					fmt.Fprintf(&table, "  %s %.4f %+.4f [%+.4f, %+.4f]", names[m], mean(without[m]), mean(all[m])-mean(without[m]), low, high)
				}
				table.WriteString(note)
			}
			fmt.Fprint(&table, spread(health))
			for _, part := range parts {
				corpus, o := s.Corpus, rank.Options{}
				part.off(&corpus, &o)
				lists, health, err := rank.Rank(context.Background(), &corpus, o)
				if err != nil {
					t.Fatal(err)
				}
				line(part.name, rows(lists, 20), spread(health))
			}
			line("LSA alone", s.neighbours(), "")
			line("tf-idf alone", s.tfidf(t), "")
			t.Log(table.String())
		})
	}
}

func spread(h rank.Health) string {
	return fmt.Sprintf("  most in %3d, orphans %4.1f %%, Gini %.2f", h.MostIn, 100*h.OrphanShare, h.Gini)
}

// paired is the interval of the mean of a−b.
func paired(a, b []float64) (low, high float64) {
	d, ones := make([]float64, len(a)), make([]float64, len(a))
	for i := range a {
		d[i], ones[i] = a[i]-b[i], 1
	}
	return resample.Ratio(d, ones, resample.Options{}).Interval(.025)
}

// neighbours is the lists by cosine alone.
func (s *set) neighbours() [][]int32 {
	lists := make([][]int32, len(s.Cards))
	for i := range lists {
		list := s.Own.Row(i)
		for _, n := range list[:min(20, len(list))] {
			lists[i] = append(lists[i], n.Row)
		}
	}
	return lists
}

// tfidf is the lists by the cosine of tf-idf alone.
func (s *set) tfidf(tb testing.TB) [][]int32 {
	weighted, err := lsa.TFIDF(context.Background(), s.texts, lsa.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	ranker := baseline.NewTFIDF(weighted)
	lists := make([][]int32, len(s.Cards))
	for i := range lists {
		for _, row := range ranker.Rank(i, 20) {
			lists[i] = append(lists[i], int32(row))
		}
	}
	return lists
}
