package eval_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval"
	"github.com/alsolike/alsolike/eval/pack"
)

// BenchmarkMeasureLists measures ten rankings of a large site.
func BenchmarkMeasureLists(b *testing.B) {
	const articles, dim, k, rankings = 100_000, 64, 10, 10
	rng := rand.New(rand.NewPCG(1, 2))
	now := time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC)
	p := &pack.Pack{Impressions: pack.Impressions{Start: []int32{0}}}
	for i := range articles {
		a := pack.Article{ID: fmt.Sprintf("a%06d", i), Section: fmt.Sprint(rng.IntN(12)), URL: fmt.Sprintf("/%d", i), Published: now.Add(-time.Duration(rng.IntN(20_000)) * time.Hour)}
		a.Vector = make([]int8, dim)
		for d := range a.Vector {
			a.Vector[d] = int8(rng.IntN(255) - 127)
		}
		p.Articles = append(p.Articles, a)
	}
	for range 200_000 {
		p.Reads.Reader, p.Reads.Session = append(p.Reads.Reader, int32(len(p.Reads.Reader)/4)), append(p.Reads.Session, int32(len(p.Reads.Reader)/4))
		p.Reads.Item = append(p.Reads.Item, int32(rng.IntN(articles)))
		p.Reads.Hour, p.Reads.Moment, p.Reads.From = append(p.Reads.Hour, int32(now.Unix()/3600)-int32(rng.IntN(400))), append(p.Reads.Moment, 0), append(p.Reads.From, -1)
	}
	entries := make([]eval.Entry, rankings)
	for i := range entries {
		l := make(eval.Lists, articles)
		for a := range p.Articles {
			list := make([]data.ArticleID, k)
			for j := range list {
				list[j] = data.ArticleID(p.Articles[rng.IntN(articles)].ID)
			}
			l[data.ArticleID(p.Articles[a].ID)] = list
		}
		entries[i] = eval.Entry{Name: fmt.Sprint(i), Ranker: l}
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := eval.MeasureLists(context.Background(), p, entries, nil, eval.ListOptions{K: k}); err != nil {
			b.Fatal(err)
		}
	}
}
