package refresh

import (
	"bufio"
	"cmp"
	"encoding/json"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// dated are the articles of a set that have a date, oldest first.
func dated(t *testing.T, set string) []data.Article {
	t.Helper()
	var articles []data.Article
	decoder := json.NewDecoder(dataset(t, set, "articles.jsonl.gz"))
	for {
		var a struct {
			ID, Title, Body string
			PublishedAt     string `json:"published_at"`
			Published       string
		}
		if err := decoder.Decode(&a); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		day := cmp.Or(a.PublishedAt, a.Published)
		if at, err := time.Parse(time.DateOnly, day[:min(10, len(day))]); err == nil {
			articles = append(articles, data.Article{ID: data.ArticleID(a.ID), Lang: "en", Title: a.Title, Body: a.Body, PublishedAt: at})
		}
	}
	slices.SortStableFunc(articles, func(a, b data.Article) int { return a.PublishedAt.Compare(b.PublishedAt) })
	return articles
}

// topics are the topics of reuters21578 by id.
func topics(t *testing.T) map[data.ArticleID]string {
	t.Helper()
	of := map[data.ArticleID]string{}
	lines := bufio.NewScanner(dataset(t, "reuters21578", "topics.tsv"))
	for lines.Scan() {
		if id, topic, ok := strings.Cut(lines.Text(), "\t"); ok {
			of[data.ArticleID(id)] = topic
		}
	}
	return of
}

func textsOf(articles []data.Article) []embed.Text {
	texts := make([]embed.Text, len(articles))
	for i := range articles {
		texts[i] = recommend.Text(&articles[i])
	}
	return texts
}

func fitTo(t *testing.T, texts []embed.Text) (*lsa.Model, embed.Dense) {
	t.Helper()
	model, vectors, err := lsa.Fit(t.Context(), func(yield func(embed.Text, error) bool) {
		for _, text := range texts {
			if !yield(text, nil) {
				return
			}
		}
	}, lsa.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return model, vectors
}

// aged is what folding texts into a model that was fitted to the first of them does
// to the lists of the last ones, beside a model fitted to all.
type aged struct {
	drift         snapshot.Drift
	overlap       float64 // of the first ten links with those of the refit
	purity, refit float64 // purity@10 of both; 0 without labels
}

func age(t *testing.T, articles []data.Article, fitted, last int, label map[data.ArticleID]string) aged {
	t.Helper()
	texts := textsOf(articles)
	model, vectors := fitTo(t, texts[:fitted])
	var s sample
	for i := range fitted {
		s.offer(articles[i].Hash(), texts[i])
	}
	atFit := s.baseline(model)
	c := corpus{cards: make([]data.Card, len(texts)), origins: make([]snapshot.Origin, len(texts))}
	all := embed.NewDense(len(texts), vectors.Dim)
	copy(all.Data, vectors.Data)
	for i, text := range texts[fitted:] {
		vector, folded := model.Fold(text)
		copy(all.Row(fitted+i), vector)
		c.origins[fitted+i].Folded = snapshot.Folded(folded)
	}
	_, refitted := fitTo(t, texts)
	queries := make([]int32, last)
	for i := range queries {
		queries[i] = int32(len(texts) - last + i)
	}
	lists := func(v embed.Dense) knn.Lists {
		l, err := knn.All(t.Context(), v, knn.Options{K: 20, Queries: queries})
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	got, want := lists(all), lists(refitted)
	same, total := 0, 0
	for _, q := range queries {
		w := want.Row(int(q))
		w = w[:min(10, len(w))]
		for _, n := range got.Row(int(q))[:min(10, len(got.Row(int(q))))] {
			if slices.ContainsFunc(w, func(m knn.Neighbour) bool { return m.Row == n.Row }) {
				same++
			}
		}
		total += len(w)
	}
	return aged{c.drift(atFit), float64(same) / float64(total), purity(articles, queries, got, label), purity(articles, queries, want, label)}
}

// purity is purity@10 of the lists of queries.
func purity(articles []data.Article, queries []int32, l knn.Lists, label map[data.ArticleID]string) float64 {
	size := map[string]int{}
	for i := range articles {
		size[label[articles[i].ID]]++
	}
	sum, n := 0.0, 0
	for _, q := range queries {
		own := label[articles[q].ID]
		if own == "" || size[own] < 2 {
			continue
		}
		seen, right := 0, 0
		for _, to := range l.Row(int(q)) {
			if other := label[articles[to.Row].ID]; other != "" && seen < 10 {
				seen++
				if other == own {
					right++
				}
			}
		}
		sum, n = sum+float64(right)/float64(min(10, size[own]-1)), n+1
	}
	return sum / float64(max(n, 1))
}

// How a model ages: the bounds past which a full refresh is due were chosen by these.
func TestDriftOfRealArticles(t *testing.T) {
	report := func(name string, a aged) {
		t.Helper()
		d := a.drift
		t.Logf("%-34s share %.2f unknown %.3f (%.3f) energy %.3f (%.3f) overlap %.3f purity %.4f refit %.4f due %q",
			name, d.Share, d.Unknown, d.UnknownAtFit, d.Energy, d.EnergyAtFit, a.overlap, a.purity, a.refit, d.Due)
	}
	reuters, senate, label := dated(t, "reuters21578"), dated(t, "senate_press_2004_2005"), topics(t)
	const last = 1000
	n := len(reuters)
	for _, upTo := range []int{n * 11 / 20, n * 12 / 20, n * 14 / 20, n} {
		report("reuters, later", age(t, reuters[:upTo], n/2, last, label))
	}
	shuffled := slices.Clone(reuters)
	rand.New(rand.NewPCG(1, 1)).Shuffle(n, func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	report("reuters, others of that time", age(t, shuffled[:n*12/20], n/2, last, label))
	m := len(senate)
	for _, upTo := range []int{m * 12 / 20, m} {
		report("senate, later", age(t, senate[:upTo], m/2, last, nil))
	}
	report("senate after reuters", age(t, append(slices.Clone(reuters[:n/2]), senate[:last]...), n/2, last, nil))
	report("reuters after senate", age(t, append(slices.Clone(senate[:m/2]), reuters[:last]...), m/2, last, label))
}
