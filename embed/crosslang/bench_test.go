package crosslang

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/embed"
)

// madeTexts is n texts in four languages, in groups of four, with words as frequent as in
// a natural language.
func madeTexts(n int) []Doc {
	random := rand.New(rand.NewPCG(3, 4))
	zipf := rand.NewZipf(random, 1.1, 10, 50000)
	var all []Doc
	for i := range n {
		lang := []string{"de", "en", "fr", "es"}[i%4]
		var words strings.Builder
		for range 400 {
			fmt.Fprintf(&words, "%sw%x ", lang, zipf.Uint64())
		}
		all = append(all, Doc{i / 4, embed.Text{Lang: lang, Fields: []embed.Field{{Text: words.String()}}}})
	}
	return all
}

func BenchmarkFit(b *testing.B) {
	for _, n := range []int{2000} {
		site := madeTexts(n)
		b.Run(fmt.Sprintf("texts=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				fitSite(b, site, Options{})
			}
		})
	}
}

func BenchmarkFoldIn(b *testing.B) {
	site := madeTexts(2000)
	model, _ := fitSite(b, site, Options{})
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		model.FoldIn(site[i%len(site)].Text)
		i++
	}
}

func BenchmarkLikely(b *testing.B) {
	site := madeTexts(2000)
	_, vectors := fitSite(b, site, Options{})
	group, lang := make([]int, len(site)), make([]string, len(site))
	for i, doc := range site {
		lang[i] = doc.Text.Lang
		if group[i] = doc.Group; group[i]%2 == 0 {
			group[i] = -1
		}
	}
	for b.Loop() {
		if _, err := Likely(b.Context(), vectors, group, lang, 2); err != nil {
			b.Fatal(err)
		}
	}
}
