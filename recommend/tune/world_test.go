package tune_test

import (
	"cmp"
	"context"
	"iter"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/clicklog"
	"github.com/alsolike/alsolike/data/sample"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/eval/pack"
	"github.com/alsolike/alsolike/eval/simulate"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/tune"
)

// theSite is the English articles of the sample site, as a refresh sees them.
var theSite = sync.OnceValues(func() (*tune.Corpus, error) {
	ctx := context.Background()
	var articles []data.Article
	for _, a := range sample.Articles() {
		if a.Lang == "en" {
			a.State = data.Published
			articles = append(articles, a)
		}
	}
	slices.SortFunc(articles, func(a, b data.Article) int { return cmp.Compare(a.ID, b.ID) })
	c := &tune.Corpus{}
	model, vectors, terms, err := lsa.FitTerms(ctx, func(yield func(embed.Text, error) bool) {
		for i := range articles {
			if !yield(recommend.Text(&articles[i]), nil) {
				return
			}
		}
	}, lsa.Options{})
	if err != nil {
		return nil, err
	}
	c.Vectors, c.Terms = vectors, terms
	c.Titles, err = model.WeighAll(ctx, len(articles), func(i int) embed.Text {
		return embed.Text{Lang: "en", Fields: []embed.Field{{Text: data.PlainText(articles[i].Title), Weight: 1}}}
	}, 1)
	if err != nil {
		return nil, err
	}
	if c.Own, err = knn.All(ctx, vectors, knn.Options{}); err != nil {
		return nil, err
	}
	row := map[data.ArticleID]int32{}
	for i := range articles {
		row[articles[i].ID] = int32(i)
		c.Cards = append(c.Cards, articles[i].Card())
		if at := articles[i].PublishedAt; at.After(c.AsOf) {
			c.AsOf = at
		}
	}
	c.Row = func(id data.ArticleID) (int32, bool) {
		i, ok := row[id]
		return i, ok
	}
	return c, nil
})

func site(tb testing.TB) *tune.Corpus {
	tb.Helper()
	c, err := theSite()
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// theta is the attention of the slots that made-up readers see.
var theta = []float64{1, .6, .4, .3, .25}

// A shop is made-up readers of the site, who are shown lists by eval/simulate and
// follow what they like by a taste of the test's own.
type shop struct {
	*simulate.World
	corpus *tune.Corpus
	taste  func(from, to *data.Card) float64 // chance to follow a link that is looked at
}

// newShop has lists of the twelve nearest articles, the nearest first, of which a share
// is drawn at random.
func newShop(tb testing.TB, lists int, taste func(from, to *data.Card) float64) *shop {
	tb.Helper()
	c := site(tb)
	p := &pack.Pack{Snapshots: []pack.Snapshot{{Name: "nearest"}}}
	ranking := pack.Scored{}
	for i := range c.Cards {
		p.Articles = append(p.Articles, pack.Article{ID: string(c.Cards[i].ID), Published: c.Cards[i].PublishedAt, Died: pack.Never})
		var list pack.List
		for _, n := range c.Own.Row(i)[:12] {
			list.Items, list.Scores = append(list.Items, c.Cards[n.Row].ID), append(list.Scores, float64(n.Cosine))
		}
		ranking[c.Cards[i].ID] = list
	}
	if err := pack.Attach(p, "nearest", ranking); err != nil {
		tb.Fatal(err)
	}
	w, err := simulate.New(p.Articles, p.Snapshots, simulate.Options{Impressions: lists, Theta: theta, Explore: .3, NoPageViews: true})
	if err != nil {
		tb.Fatal(err)
	}
	return &shop{w, c, taste}
}

// sameKind is the taste of readers who look at sections and tags, whatever the texts say.
func sameKind(from, to *data.Card) float64 {
	like := 0.02
	if from.Section == to.Section {
		like *= 3
	}
	for tag := range from.Tags.All() {
		if slices.Contains(slices.Collect(to.Tags.All()), tag) {
			like *= 1.5
		}
	}
	return min(like, .5)
}

// anything is the taste of readers who like all alike.
func anything(_, _ *data.Card) float64 { return .06 }

// events draws the log of that seed.
func (s *shop) events(seed uint64) func() iter.Seq[clicklog.Event] {
	return func() iter.Seq[clicklog.Event] {
		return func(yield func(clicklog.Event) bool) {
			random := rand.New(rand.NewPCG(seed, 1))
			for e := range s.Events(seed) {
				i, ok := e.(*clicklog.Impression)
				if _, note := e.(*clicklog.Note); !ok && !note {
					continue
				}
				if !yield(e) {
					return
				}
				if !ok {
					continue
				}
				shown := slices.Clone(i.Items)
				from, _ := s.corpus.Row(i.Source)
				for at, item := range shown {
					to, _ := s.corpus.Row(item.Item)
					if random.Float64() < theta[at]*s.taste(&s.corpus.Cards[from], &s.corpus.Cards[to]) &&
						!yield(&clicklog.Click{Impression: i.ID, Item: item.Item, Position: item.Position, Time: i.Time}) {
						return
					}
				}
			}
		}
	}
}
