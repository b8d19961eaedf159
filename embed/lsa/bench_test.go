package lsa

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/token"
)

// benchTexts is the news of reuters21578 if the set is there, else texts of like
// number and length drawn by Zipf's law.
func benchTexts(b *testing.B) (name string, texts []embed.Text) {
	if _, err := os.Stat(filepath.Join(datasets, "reuters21578")); err != nil || testing.Short() {
		return "zipf", zipf(19_000, 120, 1)
	}
	for _, a := range reuters(b) {
		texts = append(texts, a.text())
	}
	return "reuters", texts
}

func BenchmarkCount(b *testing.B) {
	name, texts := benchTexts(b)
	tokens, bytes := 0, 0
	for _, text := range texts {
		for _, field := range text.Fields {
			bytes += len(field.Text)
			token.For(text.Lang, token.Rules{}).ForEachIn(field.Text, func(string) { tokens++ })
		}
	}
	b.Run("texts="+name, func(b *testing.B) {
		b.SetBytes(int64(bytes))
		b.ReportAllocs()
		for b.Loop() {
			if _, _, err := weighted(b.Context(), eachText(texts), Options{}.withDefaults(), entropyWeights); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(len(texts)*b.N)/b.Elapsed().Seconds(), "texts/s")
		b.ReportMetric(float64(tokens*b.N)/b.Elapsed().Seconds(), "tokens/s")
	})
}

// Beside the news of reuters21578, the press releases of senate_press_2004_2005: 38 k
// texts, with the weights of Fit.
func BenchmarkTruncatedSVD(b *testing.B) {
	name, texts := benchTexts(b)
	if name == "reuters" {
		if _, err := os.Stat(filepath.Join(datasets, "senate_press_2004_2005")); err == nil {
			name = "reuters+senate"
			for _, a := range senate(b) {
				texts = append(texts, a.text())
			}
		}
	}
	languages, _, err := weighted(b.Context(), eachText(texts), Options{}.withDefaults(), entropyWeights)
	if err != nil {
		b.Fatal(err)
	}
	a := languages[0].matrix
	for _, rank := range []int{64, 256} {
		b.Run(fmt.Sprintf("texts=%s/rank=%d", name, rank), func(b *testing.B) {
			b.ReportAllocs()
			svd := &TruncatedSVD{K: rank}
			for b.Loop() {
				if svd.Fit(a); svd.err != nil {
					b.Fatal(svd.err)
				}
			}
			b.ReportMetric(svd.Energy, "energy")
			b.ReportMetric(svd.Operations(a.Rows, a.Cols, a.NNZ())*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}

func BenchmarkFoldIn(b *testing.B) {
	name, texts := benchTexts(b)
	model, _, err := Fit(b.Context(), eachText(texts), Options{Rank: 256})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("texts="+name+"/rank=256", func(b *testing.B) {
		b.ReportAllocs()
		i := 0
		for b.Loop() {
			model.FoldIn(texts[i%len(texts)])
			i++
		}
	})
}

// Titles alone: the first field of each text.
func BenchmarkWeighAll(b *testing.B) {
	name, texts := benchTexts(b)
	model, _, err := Fit(b.Context(), eachText(texts), Options{Rank: 8})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("titles="+name, func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := model.WeighAll(b.Context(), len(texts), func(i int) embed.Text {
				return embed.Text{Lang: texts[i].Lang, Fields: texts[i].Fields[:1]}
			}, runtime.GOMAXPROCS(0)); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(len(texts)*b.N)/b.Elapsed().Seconds(), "texts/s")
	})
}
