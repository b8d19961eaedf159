package lsa

import (
	"math"
	"slices"
	"testing"

	"github.com/longbridgeapp/opencc"
)

// A corpus in one script of Chinese has the neighbours that it has in the other.
func TestScriptsOfChineseAgree(t *testing.T) {
	posts := ruby(t)
	posts = slices.DeleteFunc(posts, func(a article) bool { return a.lang != "zh_cn" })
	for _, c := range []struct {
		name, conversion string
		articles         []article
	}{
		{"drcd, Traditional to Simplified", "t2s", drcd(t)},
		{"drcd, Taiwan's to Simplified", "tw2s", drcd(t)},
		{"ruby_lang_news, Simplified to Traditional", "s2t", posts},
		{"ruby_lang_news, Simplified to Hong Kong's", "s2hk", posts},
	} {
		t.Run(c.name, func(t *testing.T) {
			cc, err := opencc.New(c.conversion)
			if err != nil {
				t.Fatal(err)
			}
			converted := slices.Clone(c.articles)
			changed := 0
			for i, a := range c.articles {
				if converted[i].title, err = cc.Convert(a.title); err != nil {
					t.Fatal(err)
				}
				if converted[i].body, err = cc.Convert(a.body); err != nil {
					t.Fatal(err)
				}
				if converted[i].body != a.body {
					changed++
				}
			}
			if changed < len(c.articles)*9/10 {
				t.Fatalf("the conversion changed %d of %d articles, want nearly all", changed, len(c.articles))
			}
			from := neighbours(fitted(t, c.articles, Options{}), 20)
			to := neighbours(fitted(t, converted, Options{}), 20)
			got := overlap(from, to, 10)
			t.Logf("%d articles: overlap@10 %.4f", len(from), got)
			if got < 0.98 {
				t.Errorf("overlap@10: got %.4f, want at least .98", got)
			}
			before, after := purity(c.articles, from), purity(converted, to)
			if math.IsNaN(before) {
				return // no two articles have a label in common
			}
			t.Logf("purity@10 %.4f and %.4f", before, after)
			if math.Abs(before-after) > 0.002 {
				t.Errorf("purity@10: got %.4f after conversion, want %.4f", after, before)
			}
		})
	}
}

// overlap is the mean share of the first k of a list in one set of lists that are among
// the first k in the other.
func overlap(a, b [][]int, k int) float64 {
	same, all := 0, 0
	for i := range a {
		for _, j := range a[i][:min(k, len(a[i]))] {
			if all++; slices.Contains(b[i][:min(k, len(b[i]))], j) {
				same++
			}
		}
	}
	return float64(same) / float64(all)
}
