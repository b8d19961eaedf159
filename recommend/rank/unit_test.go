package rank_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/rank"
)

// corpus is n articles with vectors in the plane at these angles in degrees, which
// have each other as neighbours.
func corpus(t *testing.T, degrees ...float64) *rank.Corpus {
	t.Helper()
	c := &rank.Corpus{Cards: make([]data.Card, len(degrees)), Vectors: embed.NewDense(len(degrees), 2), AsOf: asOf}
	for i, angle := range degrees {
		sin, cos := math.Sincos(angle * math.Pi / 180)
		c.Vectors.Row(i)[0], c.Vectors.Row(i)[1] = float32(cos), float32(sin)
		id := string(rune('a' + i))
		c.Cards[i] = data.Card{ID: data.ArticleID(id), URL: "https://example.org/" + id, Lang: "en", State: data.Published, PublishedAt: asOf.AddDate(0, 0, -1)}
	}
	c.Own = neighbours(t, c)
	return c
}

func neighbours(t *testing.T, c *rank.Corpus) knn.Lists {
	t.Helper()
	own, err := knn.All(context.Background(), c.Vectors, knn.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return own
}

func list(t *testing.T, c *rank.Corpus, o rank.Options, row int) (rows []int32) {
	t.Helper()
	lists, _, err := rank.Rank(context.Background(), c, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, link := range lists.Row(row) {
		rows = append(rows, link.Row)
	}
	return rows
}

func checkList(t *testing.T, got []int32, want ...int32) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("links (-want +got):\n%s", diff)
	}
}

func TestNextPartFirst(t *testing.T) {
	c := corpus(t, 0, 5, 10, 80, 85)
	for row, part := range map[int]int{0: 2, 3: 3, 4: 1} {
		c.Cards[row].Series, c.Cards[row].Part = "Ice", part
	}
	checkList(t, list(t, c, rank.Options{Variety: -1}, 0), 3, 1, 2, 4)
}

func TestOneOfAStory(t *testing.T) {
	c := corpus(t, 0, 5, 6, 20)
	c.Stories = []uint32{7, 9, 9, 3}
	c.Cards[1].PublishedAt = asOf.AddDate(0, 0, -3)
	checkList(t, list(t, c, rank.Options{}, 0), 2, 3) // the newer
	c.Cards[2].PublishedAt = asOf.AddDate(0, 0, 1)
	checkList(t, list(t, c, rank.Options{}, 0), 1, 3) // the one that readers can see
	c.Cards[2].PublishedAt = asOf.AddDate(0, 0, -1)
	c.Stories = []uint32{0, 1, 1, 3}
	checkList(t, list(t, c, rank.Options{}, 0), 1, 3) // the one that stands for the story
	c.Cards[1].State = data.Hidden
	checkList(t, list(t, c, rank.Options{}, 0), 2, 3) // the one that may be linked
}

func TestAge(t *testing.T) {
	c := corpus(t, 0, 10, 12)
	c.Cards[1].PublishedAt, c.Cards[1].Section = asOf.AddDate(-1, 0, 0), "News"
	o := rank.Options{Variety: -1, HalfLife: func(section string) time.Duration {
		if section == "News" {
			return 30 * 24 * time.Hour
		}
		return 0
	}}
	checkList(t, list(t, c, rank.Options{Variety: -1}, 0), 1, 2)
	checkList(t, list(t, c, o, 0), 2, 1)
	c.Cards[1].Evergreen = true
	checkList(t, list(t, c, o, 0), 1, 2)
}

func TestVariety(t *testing.T) {
	c := corpus(t, 0, 20, 21, -25)
	checkList(t, list(t, c, rank.Options{Variety: -1}, 0), 1, 2, 3)
	checkList(t, list(t, c, rank.Options{Variety: .5}, 0), 1, 3, 2)
}

// What shares no vector with an article is found by its rare words.
func TestWordsThatVectorsLeaveOut(t *testing.T) {
	c := corpus(t, 0, 10, 90)
	c.Terms = embed.SparseOf((&embed.Sparse{Rows: 3, Cols: 3, Ptr: []int{0, 1, 2, 3}, Index: []uint32{0, 1, 0}, Value: []float32{1, 1, 1}}))
	w := rank.DefaultWeights()
	w[rank.Hubness] = 0
	checkList(t, list(t, c, rank.Options{Weights: &w}, 0), 1)
	w[rank.Lexical] = .1
	checkList(t, list(t, c, rank.Options{Weights: &w}, 0), 1, 2)
	w[rank.Lexical] = 2
	checkList(t, list(t, c, rank.Options{Weights: &w}, 0), 2, 1)
}

func TestAuthors(t *testing.T) {
	degrees := []float64{0, 2, 4, 6, 8, 10, 12, 14}
	for range 20 {
		degrees = append(degrees, 80)
	}
	c := corpus(t, degrees...)
	for row := range c.Cards {
		switch {
		case row < 6:
			c.Cards[row].Authors = "Ann"
		case row > 7:
			c.Cards[row].State = data.Hidden
		}
	}
	// Two of Ann's, two of others, and then there is nobody to part her articles.
	checkList(t, list(t, c, rank.Options{Variety: -1}, 0), 1, 2, 6, 7)
	checkList(t, list(t, c, rank.Options{Variety: -1, PerAuthor: -1}, 0), 1, 2, 3, 4, 5, 6, 7)
	for row := range 8 { // of whom a quarter of all articles is
		c.Cards[row].Authors = "Ann"
	}
	checkList(t, list(t, c, rank.Options{Variety: -1}, 0), 1, 2, 3, 4, 5, 6, 7)
}

// An article that is far from all is given the place where it fits best; without that
// nobody would link it.
func TestRescue(t *testing.T) {
	c := corpus(t, 0, 2, 4, 6, 30)
	o := rank.Options{K: 2, Variety: -1}
	_, health, err := rank.Rank(context.Background(), c, o)
	if err != nil {
		t.Fatal(err)
	}
	if health.Orphans != 0 || health.Rescued != 1 {
		t.Errorf("got %+v, want one rescued", health)
	}
	o.Rescue = -1
	if _, health, err = rank.Rank(context.Background(), c, o); err != nil || health.Orphans != 1 {
		t.Errorf("without rescue: got %+v, %v, want one orphan", health, err)
	}
}

// Neither an article that is rescued nor the link that it displaces follows two of its
// author.
func TestRescueKeepsCaps(t *testing.T) {
	by := func(ann ...int) *rank.Corpus {
		c := corpus(t, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 40)
		for _, row := range ann {
			c.Cards[row].Authors = "Ann"
		}
		return c
	}
	c := by(2, 3, 13)
	o := rank.Options{K: 13, Variety: -1}
	checkList(t, list(t, c, o, 12), 11, 10, 9, 8, 7, 6, 5, 4, 3, 13, 1, 0)
	o.Rescue = -1
	checkList(t, list(t, c, o, 12), 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
	checkList(t, list(t, by(3, 4, 13), rank.Options{K: 13, Variety: -1}, 12), 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 13)
}

func TestFeatures(t *testing.T) {
	c := corpus(t, 0, 60)
	c.Cards[0].Section, c.Cards[1].Section = "City", "City"
	c.Cards[0].Tags, c.Cards[1].Tags = data.NewTagList([]string{"ice", "sea"}), data.NewTagList([]string{"sea", "sun"})
	s, err := rank.NewScorer(c, rank.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[rank.Kind]float32{}
	for _, f := range s.Features(s.Article(0), s.Article(1)) {
		got[f.Kind] = f.Value
	}
	near := c.Own.Row(1)[0].Cosine // half
	want := map[rank.Kind]float32{rank.Cosine: near, rank.Section: 1, rank.Tags: 1 / float32(3), rank.Hubness: near}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("features (-want +got):\n%s", diff)
	}
}

// An article that is folded in has the score that it would have as a row.
func TestFoldedIn(t *testing.T) {
	c := corpus(t, 0, 20, 50)
	s, err := rank.NewScorer(c, rank.Options{})
	if err != nil {
		t.Fatal(err)
	}
	folded := s.NewArticle(&c.Cards[1], c.Vectors.Row(1), rank.Column{}, rank.Column{}, c.Own.Row(1))
	if got, want := s.Pair(s.Article(0), &folded), s.Pair(s.Article(0), s.Article(1)); got != want {
		t.Errorf("Pair: got %v, want %v", got, want)
	}
}

func TestRankRefuses(t *testing.T) {
	bad := rank.DefaultWeights()
	bad[rank.Title] = float32(math.NaN())
	for want, change := range map[string]func(c *rank.Corpus, o *rank.Options){
		"groups of 1 rows":       func(c *rank.Corpus, _ *rank.Options) { c.Groups = []uint32{1} },
		"terms of 0 rows":        func(c *rank.Corpus, _ *rank.Options) { c.Terms = &embed.Sparse{Ptr: []int{0}} },
		"no number to compare":   func(c *rank.Corpus, _ *rank.Options) { c.Vectors.Data[1] = float32(math.Inf(1)) },
		"65 links per article":   func(_ *rank.Corpus, o *rank.Options) { o.K = 65 },
		"variety is 2":           func(_ *rank.Corpus, o *rank.Options) { o.Variety = 2 },
		"weight of title is NaN": func(_ *rank.Corpus, o *rank.Options) { o.Weights = &bad },
		"workers are -1":         func(_ *rank.Corpus, o *rank.Options) { o.Workers = -1 },
		"between -1000 and 1000": func(_ *rank.Corpus, o *rank.Options) { w := rank.DefaultWeights(); w[rank.Age] = -1001; o.Weights = &w },
		"rescue is +Inf":         func(_ *rank.Corpus, o *rank.Options) { o.Rescue = math.Inf(1) },
		"neighbours of 0 rows":   func(c *rank.Corpus, _ *rank.Options) { c.Own = knn.Lists{} },
	} {
		c, o := corpus(t, 0, 10), rank.Options{}
		change(c, &o)
		if _, _, err := rank.Rank(context.Background(), c, o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error with %q", err, want)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := rank.Rank(ctx, corpus(t, 0, 10), rank.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
}

// Where hardly anything is known of the texts, more is demanded of a link.
func TestThinEvidence(t *testing.T) {
	c := corpus(t, 0, 30, 50, 70)
	c.Terms = &embed.Sparse{Rows: 20, Cols: 4, Ptr: make([]int, 5)}
	for row, n := range []int{20, 20, 3, 20} { // terms
		for term := range n {
			c.Terms.Index, c.Terms.Value = append(c.Terms.Index, uint32(term)), append(c.Terms.Value, .1)
		}
		c.Terms.Ptr[row+1] = len(c.Terms.Index)
	}
	o := rank.Options{Variety: -1, Rescue: -1}
	checkList(t, list(t, c, o, 0), 1, 2, 3)
	c.Noise = map[data.Lang]float32{"en": .7} // that is 45 degrees
	checkList(t, list(t, c, o, 0), 1, 3)
	checkList(t, list(t, c, o, 2), 3, 1) // 20 degrees away
	c.Cards[0].Series, c.Cards[2].Series = "Ice", "Ice"
	checkList(t, list(t, c, o, 0), 2, 1, 3)
}
