package refresh

import (
	"bufio"
	"cmp"
	"encoding/json"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
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
	decoder := json.NewDecoder(datatest.Dataset(t, set+"/articles.jsonl.gz"))
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
	lines := bufio.NewScanner(datatest.Dataset(t, "reuters21578/topics.tsv"))
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

// Of later articles of the same kind a model still knows enough; of articles of
// another kind it does not. The figures in the package comment are of larger parts
// of these sets.
func TestDriftOfRealArticles(t *testing.T) {
	reuters, senate, label := dated(t, "reuters21578"), dated(t, "senate_press_2004_2005"), topics(t)
	const fitted, last = 4000, 500
	check := func(name string, later []data.Article, due string, overlap float64) {
		t.Helper()
		a := age(t, append(slices.Clone(reuters[:fitted]), later...), fitted, last, label)
		d := a.drift
		t.Logf("%s: share %.2f, unknown %.3f (%.3f at the fit), energy %.3f (%.3f), overlap@10 %.3f, purity@10 %.4f (%.4f fitted anew), due %q",
			name, d.Share, d.Unknown, d.UnknownAtFit, d.Energy, d.EnergyAtFit, a.overlap, a.purity, a.refit, d.Due)
		if (d.Due == "") != (due == "") || !strings.Contains(d.Due, due) {
			t.Errorf("%s: a full refresh is due: %q, want %q", name, d.Due, due)
		}
		if (a.overlap < overlap) != (due != "") {
			t.Errorf("%s: overlap@10 %.3f, beside %.3f", name, a.overlap, overlap)
		}
	}
	check("later articles", reuters[fitted:fitted+last], "", 0.65)
	check("another kind of articles", senate[:last], "the model", 0.65)
}

func TestDue(t *testing.T) {
	check := func(name, want string, d snapshot.Drift) {
		t.Helper()
		if got := due(d); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%s: due %q, want %q", name, got, want)
		}
	}
	known := snapshot.Drift{Folded: 1000, Share: 0.1, Unknown: 0.08, UnknownAtFit: 0.06, Energy: 0.3, EnergyAtFit: 0.35}
	with := func(change func(*snapshot.Drift)) snapshot.Drift {
		d := known
		change(&d)
		return d
	}
	check("nothing", "", snapshot.Drift{UnknownAtFit: 0.06, EnergyAtFit: 0.35})
	check("as at the fit", "", known)
	check("many", "26 % of the articles", with(func(d *snapshot.Drift) { d.Share = 0.26 }))
	check("unknown terms", "does not know 20 %", with(func(d *snapshot.Drift) { d.Unknown = 0.2 }))
	check("energy lost", "captures 20 %", with(func(d *snapshot.Drift) { d.Energy = 0.2 }))
	check("too few to tell", "", with(func(d *snapshot.Drift) { d.Unknown, d.Energy, d.Folded = 0.9, 0.01, 10 }))
}

// A sample is the same in whatever order it is offered.
func TestSample(t *testing.T) {
	articles := make([]data.Article, 3*sampleTexts)
	for i := range articles {
		articles[i] = data.Article{ID: data.ArticleID(strings.Repeat("x", i)), Title: strings.Repeat("word ", i%7)}
	}
	articles[5].Body = strings.Repeat("long ", longestSample)
	keys := func() map[uint64]bool {
		var s sample
		for i := range articles {
			s.offer(articles[i].Hash(), recommend.Text(&articles[i]))
		}
		in := map[uint64]bool{}
		for _, one := range s.texts {
			in[one.key] = true
			if textBytes(one.text) > longestSample {
				t.Error("a long text is in the sample")
			}
		}
		return in
	}
	want := keys()
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(articles), func(i, j int) { articles[i], articles[j] = articles[j], articles[i] })
	if got := keys(); len(want) != sampleTexts || !maps.Equal(got, want) {
		t.Errorf("%d texts, then %d, others than before", len(want), len(got))
	}
}
