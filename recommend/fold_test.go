package recommend_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// fitted is a snapshot of the articles in the store, with at most k candidates
// each, made as plainly as can be.
func fitted(t testing.TB, store *datatest.Store, k int) (snapshot.Contents, *lsa.Model) {
	t.Helper()
	rev, _ := store.Revision(t.Context())
	c := snapshot.Contents{Manifest: snapshot.Manifest{Created: now, StoreRevision: rev.Articles, Scales: linear()}}
	var texts []embed.Text
	var rows []int
	for a := range store.Articles(t.Context()) {
		if a.State != data.Unpublished {
			texts, rows = append(texts, recommend.Text(&a)), append(rows, len(c.Cards))
		}
		c.Cards = append(c.Cards, a.Card())
	}
	model, vectors, err := lsa.Fit(t.Context(), func(yield func(embed.Text, error) bool) {
		for _, text := range texts {
			if !yield(text, nil) {
				return
			}
		}
	}, lsa.Options{Rank: 12})
	if err != nil {
		t.Fatal(err)
	}
	n := len(c.Cards)
	c.Model, c.Vectors = model, embed.Dense{Rows: n, Dim: vectors.Dim, Data: make([]float32, n*vectors.Dim)}
	for i, row := range rows {
		copy(c.Vectors.Row(row), vectors.Row(i))
	}
	c.Candidates = knn.Lists{K: k, Len: make([]int32, n), Data: make([]knn.Neighbour, n*k)}
	for from := range n {
		list := nearest(c, &c.Cards[from], c.Vectors, c.Vectors.Row(from), k, c.Cards[from].SameLanguage)
		c.Candidates.Len[from] = int32(copy(c.Candidates.Data[from*k:], list))
	}
	return c, model
}

// nearest is the k nearest rows that an article may be given as candidates, one
// of a group.
func nearest(c snapshot.Contents, from *data.Card, vectors embed.Dense, vector []float32, k int, may func(to *data.Card) bool) []knn.Neighbour {
	list := knn.Search(vectors, vector, len(c.Cards), func(row int) bool {
		to := &c.Cards[row]
		return from.MayLink(to) && may(to) && to.State == data.Published && !to.NoLinkTo
	})
	seen := map[data.ArticleID]bool{}
	list = slices.DeleteFunc(list, func(n knn.Neighbour) bool {
		group := c.Cards[n.Row].Group
		again := seen[group]
		seen[group] = true
		return again
	})
	return list[:min(k, len(list))]
}

// A plain is the model of folding in: what the lists of a snapshot become by
// the articles as they are now, computed from nothing but these.
type plain struct {
	snapshot snapshot.Contents
	model    *lsa.Model
	store    *datatest.Store
}

// at is what an article is now, and whether the snapshot has it otherwise.
type at struct {
	card   data.Card
	row    int
	vector []float32
	folded bool
}

func (p plain) all(t testing.TB) []at {
	t.Helper()
	var all []at
	for a := range p.store.Articles(t.Context()) {
		card := a.Card()
		one := at{card: card, row: -1}
		for row, old := range p.snapshot.Cards {
			if old.ID == card.ID {
				one.row, one.vector = row, p.snapshot.Vectors.Row(row)
			}
		}
		linked := func(c data.Card) bool { return c.State == data.Published && !c.NoLinkTo }
		if card.State != data.Unpublished {
			vector := p.model.FoldIn(recommend.Text(&a))
			one.folded = one.row < 0 || !slices.Equal(vector, one.vector) ||
				p.snapshot.Cards[one.row].Group != card.Group || p.snapshot.Cards[one.row].Lang.Base() != card.Lang.Base() ||
				linked(card) && !linked(p.snapshot.Cards[one.row])
			one.vector = vector
		}
		all = append(all, one)
	}
	return all
}

// links is the list of one article as it must be.
func (p plain) links(all []at, from at) []string {
	if from.card.State == data.Unpublished || from.card.NoLinks {
		return nil
	}
	// The rows that may be candidates as the snapshot has it, and how far down
	// the list of from reaches.
	var rows []knn.Neighbour
	if from.folded {
		rows = nearest(p.snapshot, &from.card, p.snapshot.Vectors, from.vector, p.snapshot.Candidates.K, from.card.SameLanguage)
	} else {
		rows = p.snapshot.Candidates.Row(from.row)
	}
	var floor float32
	if len(rows) == p.snapshot.Candidates.K {
		floor = rows[len(rows)-1].Cosine
	}
	type link struct {
		at
		cosine      float32
		provisional bool
	}
	var list, guests []link
	show := func(of at, cosine float32) {
		if found := p.versions(all, from, of); len(found) > 0 {
			list = append(list, link{found[0], cosine, of.folded || found[0].folded})
		}
	}
	for _, n := range rows {
		if i := slices.IndexFunc(all, func(a at) bool { return a.row == int(n.Row) }); !all[i].folded {
			show(all[i], n.Cosine)
		}
	}
	for _, to := range all {
		if to.folded && from.card.MayLink(&to.card) && from.card.SameLanguage(&to.card) {
			cosine := knn.Cosine(from.vector, to.vector)
			if cosine > 0 && cosine >= floor && to.card.State == data.Published && !to.card.NoLinkTo {
				guests = append(guests, link{to, cosine, true})
			}
		}
	}
	slices.SortFunc(guests, func(a, b link) int {
		return cmp.Or(cmp.Compare(b.cosine, a.cosine), cmp.Compare(a.card.ID, b.card.ID))
	})
	for _, to := range guests[:min(len(guests), p.snapshot.Candidates.K)] {
		show(to.at, to.cosine)
	}
	slices.SortStableFunc(list, func(a, b link) int {
		return cmp.Or(cmp.Compare(b.cosine, a.cosine), b.card.PublishedAt.Compare(a.card.PublishedAt), cmp.Compare(a.card.ID, b.card.ID))
	})
	var out []string
	seen := map[data.ArticleID]bool{}
	for _, l := range list {
		if !seen[l.card.Group] {
			out = append(out, fmt.Sprintf("%s %.7f %v", l.card.ID, l.cosine, l.provisional))
		}
		seen[l.card.Group] = true
	}
	return out
}

// filtered is the list of from of all the articles that pass.
func (p plain) filtered(all []at, from at, passes func(*data.Card) bool) []string {
	if from.card.State == data.Unpublished || from.card.NoLinks {
		return nil
	}
	type link struct {
		at
		cosine      float32
		provisional bool
	}
	var list []link
	for _, to := range all {
		as := to.card // as what it may be a candidate
		switch {
		case to.folded:
		case to.row < 0: // never on the site
			continue
		default:
			as = p.snapshot.Cards[to.row]
		}
		cosine := knn.Cosine(from.vector, to.vector)
		if as.State != data.Published || as.NoLinkTo || !from.card.SameLanguage(&as) || cosine <= 0 {
			continue
		}
		if found := p.versions(all, from, to); len(found) > 0 && passes(&found[0].card) {
			list = append(list, link{found[0], cosine, to.folded || found[0].folded})
		}
	}
	slices.SortFunc(list, func(a, b link) int {
		return cmp.Or(cmp.Compare(b.cosine, a.cosine), b.card.PublishedAt.Compare(a.card.PublishedAt), cmp.Compare(a.card.ID, b.card.ID))
	})
	var out []string
	seen := map[data.ArticleID]bool{}
	for _, l := range list {
		if !seen[l.card.Group] {
			out = append(out, fmt.Sprintf("%s %.7f", l.card.ID, l.cosine))
		}
		seen[l.card.Group] = true
	}
	return out
}

// versions are those of an article that may be shown under from, the best first: in
// the same script, and of several the article itself.
func (p plain) versions(all []at, from, of at) (found []at) {
	for _, to := range all {
		if from.card.MayLink(&to.card) && from.card.SameLanguage(&to.card) && to.card.Visible(now) && to.card.Group == of.card.Group {
			found = append(found, to)
		}
	}
	slices.SortFunc(found, func(a, b at) int {
		return cmp.Or(first(a.card.Lang == from.card.Lang, b.card.Lang == from.card.Lang), cmp.Compare(a.card.Lang, b.card.Lang),
			first(a.card.ID == of.card.ID, b.card.ID == of.card.ID), cmp.Compare(a.card.ID, b.card.ID))
	})
	return found
}

// first orders what is so before what is not.
func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

func printed(list recommend.List) []string {
	var out []string
	for _, l := range list.Links {
		out = append(out, fmt.Sprintf("%s %.7f %v", l.Card.ID, l.Rank, l.Provisional))
	}
	return out
}

// Whatever changes in whatever order, every list is what the plain model says,
// and a restart does not change it.
func TestFoldIn(t *testing.T) {
	corpus := datatest.Corpus(datatest.CorpusOptions{Texts: 36, Sentences: 4, Langs: []data.Lang{"en", "zh-Hans", "zh-Hant"}})
	for i := range corpus {
		corpus[i].PublishedAt = now.AddDate(0, 0, -1-i%5)
	}
	rapid.Check(t, func(rt *rapid.T) {
		store := datatest.NewStore(time.Now)
		put := func(a data.Article) data.ArticleID {
			if _, err := store.PutArticles(t.Context(), []data.Article{a}); err != nil {
				rt.Fatal(err)
			}
			return a.ID
		}
		draw := func(name string) data.Article {
			a := corpus[rapid.IntRange(0, len(corpus)-1).Draw(rt, name)]
			a.State = rapid.SampledFrom([]data.State{data.Published, data.Published, data.Published, data.Hidden, data.Unpublished}).Draw(rt, "state")
			a.NoLinkTo = rapid.IntRange(0, 7).Draw(rt, "no link to") == 0
			if rapid.IntRange(0, 4).Draw(rt, "other text") == 0 {
				other := corpus[rapid.IntRange(0, len(corpus)-1).Draw(rt, "text")]
				a.Title, a.Body, a.Tags, a.Lang = other.Title, other.Body, other.Tags, other.Lang
			}
			if rapid.IntRange(0, 9).Draw(rt, "other group") == 0 {
				a.TranslationOf = rapid.SampledFrom(corpus).Draw(rt, "group").ID
			}
			if rapid.IntRange(0, 2).Draw(rt, "other section") == 0 {
				a.Section = corpus[rapid.IntRange(0, len(corpus)-1).Draw(rt, "section")].Section
			}
			if rapid.IntRange(0, 9).Draw(rt, "later") == 0 {
				a.PublishedAt = now.AddDate(0, 0, 1)
			}
			return a
		}
		for _, a := range corpus[:68] {
			put(a)
		}
		for range rapid.IntRange(0, 5).Draw(rt, "before") {
			put(draw("before"))
		}
		contents, model := fitted(t, store, rapid.SampledFrom([]int{1, 5, 64}).Draw(rt, "k"))
		dir, _ := openDir(t)
		publish(t, dir, contents)
		e := newEngine(t, store, dir, nil)
		load(t, e)
		want := plain{contents, model, store}

		check := func(step string, e *recommend.Engine) {
			all := want.all(t)
			for _, from := range all {
				list := related(t, e, recommend.Query{ID: from.card.ID, Limit: len(all)})
				if got, links := strings.Join(printed(list), "\n"), strings.Join(want.links(all, from), "\n"); got != links {
					rt.Fatalf("%s: links of %s (folded %v):\ngot\n%s\nwant\n%s", step, from.card.ID, from.folded, got, links)
				}
				if list.Provisional != from.folded {
					rt.Fatalf("%s: %s is provisional: %v", step, from.card.ID, list.Provisional)
				}
				if rapid.IntRange(0, 3).Draw(rt, "filtered") > 0 { // one in four is enough
					continue
				}
				filter, passes := drawFilter(rt, corpus)
				filtered := related(t, e, recommend.Query{ID: from.card.ID, Limit: len(all), Filter: filter})
				var got []string
				for _, l := range filtered.Links {
					got = append(got, fmt.Sprintf("%s %.7f", l.Card.ID, l.Rank))
				}
				if links := want.filtered(all, from, passes); !slices.Equal(got, links) {
					rt.Fatalf("%s: links of %s (folded %v) that pass %+v:\ngot\n%s\nwant\n%s", step, from.card.ID, from.folded, filter, strings.Join(got, "\n"), strings.Join(links, "\n"))
				}
			}
		}
		for range rapid.IntRange(1, 8).Draw(rt, "changes") {
			id := put(draw("change"))
			if rapid.IntRange(0, 2).Draw(rt, "in service") > 0 {
				if err := e.Update(t.Context(), id); err != nil {
					rt.Fatal(err)
				}
			}
		}
		load(t, e)
		check("running", e)
		restarted := newEngine(t, store, dir, nil)
		load(t, restarted)
		check("restarted", restarted)
	})
}

// drawFilter draws a filter of what articles of the corpus have, and says what it
// lets pass.
func drawFilter(t *rapid.T, corpus []data.Article) (recommend.Filter, func(*data.Card) bool) {
	one := func(name string) data.Article { return corpus[rapid.IntRange(0, len(corpus)-1).Draw(t, name)] }
	section, tag, since := one("section").Section, one("tag").Tags[0], one("since").PublishedAt
	switch rapid.IntRange(0, 5).Draw(t, "filter") {
	case 0:
		return recommend.Filter{Sections: []string{section, "none"}}, func(c *data.Card) bool { return c.Section == section }
	case 1:
		return recommend.Filter{NotSections: []string{section, "none"}}, func(c *data.Card) bool { return c.Section != section }
	case 2:
		return recommend.Filter{Tags: []string{"none", tag}}, func(c *data.Card) bool { return string(c.Tags) == tag }
	case 3:
		return recommend.Filter{NotTags: []string{tag}}, func(c *data.Card) bool { return string(c.Tags) != tag }
	case 4:
		return recommend.Filter{Since: since}, func(c *data.Card) bool { return !c.PublishedAt.Before(since) }
	}
	return recommend.Filter{Sections: []string{section}, Tags: []string{tag}, Since: since},
		func(c *data.Card) bool {
			return c.Section == section && string(c.Tags) == tag && !c.PublishedAt.Before(since)
		}
}

// A text that did not change keeps the vector of the snapshot.
func TestUnchangedIsNotProvisional(t *testing.T) {
	store := datatest.NewStore(time.Now)
	corpus := datatest.Corpus(datatest.CorpusOptions{})
	if _, err := store.PutArticles(t.Context(), corpus); err != nil {
		t.Fatal(err)
	}
	contents, _ := fitted(t, store, 10)
	dir, _ := openDir(t)
	publish(t, dir, contents)
	e := newEngine(t, store, dir, nil)
	load(t, e)
	for i := range corpus {
		corpus[i].Image.Alt = "Another"
	}
	before := printed(related(t, e, recommend.Query{ID: corpus[0].ID}))
	if _, err := store.PutArticles(t.Context(), corpus); err != nil {
		t.Fatal(err)
	}
	load(t, e)
	list := related(t, e, recommend.Query{ID: corpus[0].ID})
	if !slices.Equal(printed(list), before) || list.Provisional || list.Links[0].Card.Image.Alt != "Another" {
		t.Errorf("got %+v", list)
	}
	if s := e.Status(); s.Provisional != 0 || s.Waiting != 0 {
		t.Errorf("%d are provisional and %d wait", s.Provisional, s.Waiting)
	}
}

// A slowStore takes its time for every article.
type slowStore struct{ *datatest.Store }

func (s slowStore) Article(ctx context.Context, id data.ArticleID) (data.Article, error) {
	time.Sleep(20 * time.Millisecond)
	return s.Store.Article(ctx, id)
}

// A server does not wait for all that is to be folded in; in the end it has it all.
func TestStart(t *testing.T) {
	store := datatest.NewStore(time.Now)
	corpus := datatest.Corpus(datatest.CorpusOptions{Texts: 40})
	if _, err := store.PutArticles(t.Context(), corpus[:30]); err != nil {
		t.Fatal(err)
	}
	contents, _ := fitted(t, store, 10)
	dir, _ := openDir(t)
	e := newEngine(t, slowStore{store}, dir, nil)
	if err := e.Start(t.Context()); !errors.Is(err, data.ErrNoSnapshot) {
		t.Errorf("without a snapshot: got error %v, want %v", err, data.ErrNoSnapshot)
	}
	publish(t, dir, contents)
	many := make([]data.Article, 40*runtime.GOMAXPROCS(0))
	for i := range many {
		many[i] = corpus[30+i%10]
		many[i].ID, many[i].URL, many[i].TranslationOf = data.ArticleID(fmt.Sprint("new-", i)), "", ""
	}
	if _, err := store.PutArticles(t.Context(), many); err != nil {
		t.Fatal(err)
	}
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s := e.Status(); s.Snapshot == "" || s.Provisional == 0 || s.Waiting == 0 || s.Provisional+s.Waiting != len(many) {
		t.Errorf("with %q in service, %d are provisional and %d wait, of %d", s.Snapshot, s.Provisional, s.Waiting, len(many))
	}
	load(t, e)
	if s := e.Status(); s.Provisional != len(many) || s.Waiting != 0 {
		t.Errorf("in the end %d are provisional and %d wait, of %d", s.Provisional, s.Waiting, len(many))
	}
}

func TestMostProvisional(t *testing.T) {
	store := datatest.NewStore(time.Now)
	corpus := datatest.Corpus(datatest.CorpusOptions{Texts: 48})
	put := func(articles ...data.Article) {
		t.Helper()
		if _, err := store.PutArticles(t.Context(), articles); err != nil {
			t.Fatal(err)
		}
	}
	put(corpus[:32]...)
	contents, _ := fitted(t, store, 10)
	dir, _ := openDir(t)
	publish(t, dir, contents)
	e := newEngine(t, store, dir, func(o *recommend.Options) { o.MostProvisional = 4 })
	load(t, e)
	put(corpus[32:42]...)
	load(t, e)
	if s := e.Status(); s.Provisional != 4 || s.Waiting != 6 {
		t.Errorf("%d are provisional and %d wait, want 4 and 6", s.Provisional, s.Waiting)
	}
	put(corpus[45])
	if err := e.Update(t.Context(), corpus[45].ID); err != nil {
		t.Fatal(err)
	}
	if list := related(t, e, recommend.Query{ID: corpus[45].ID}); !list.Provisional || len(list.Links) == 0 {
		t.Errorf("a named article got %+v", list)
	}
	if s := e.Status(); s.Provisional != 5 || s.Waiting != 6 {
		t.Errorf("%d are provisional and %d wait, want 5 and 6", s.Provisional, s.Waiting)
	}
	contents, _ = fitted(t, store, 10)
	publish(t, dir, contents)
	load(t, e)
	if s := e.Status(); s.Provisional != 0 || s.Waiting != 0 || related(t, e, recommend.Query{ID: corpus[45].ID}).Provisional {
		t.Errorf("after a refresh %d are provisional and %d wait", s.Provisional, s.Waiting)
	}
}

// A site that begins small and is filled by pushes: no list grows with what was
// folded in, or that would cost the cube of it.
func TestManyGuests(t *testing.T) {
	const k = 10
	store := datatest.NewStore(time.Now)
	corpus := datatest.Corpus(datatest.CorpusOptions{})
	if _, err := store.PutArticles(t.Context(), corpus[:k/2]); err != nil {
		t.Fatal(err)
	}
	contents, _ := fitted(t, store, k)
	dir, _ := openDir(t)
	publish(t, dir, contents)
	e := newEngine(t, store, dir, nil)
	load(t, e)
	var many []data.Article
	for i := range 200 {
		a := corpus[i%k]
		a.ID, a.URL, a.TranslationOf, a.PublishedAt = data.ArticleID(fmt.Sprint("new-", i)), "", "", time.Time{}
		many = append(many, a)
	}
	if _, err := store.PutArticles(t.Context(), many); err != nil {
		t.Fatal(err)
	}
	load(t, e)
	for _, id := range []data.ArticleID{corpus[0].ID, many[0].ID} {
		list := related(t, e, recommend.Query{ID: id, Limit: len(many)})
		guests := 0
		for _, l := range list.Links {
			if l.Provisional {
				guests++
			}
		}
		if guests != k {
			t.Errorf("%s has %d guests, want %d", id, guests, k)
		}
	}
}

// Lists are asked for while articles come and go: whoever changed one sees it in
// the next answer.
func TestUpdateUnderLoad(t *testing.T) {
	store := datatest.NewStore(time.Now)
	corpus := datatest.Corpus(datatest.CorpusOptions{Texts: 64})
	for i := range corpus {
		corpus[i].PublishedAt = time.Time{}
	}
	if _, err := store.PutArticles(t.Context(), corpus[:40]); err != nil {
		t.Fatal(err)
	}
	contents, _ := fitted(t, store, 20)
	dir, _ := openDir(t)
	publish(t, dir, contents)
	e := newEngine(t, store, dir, nil)
	load(t, e)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var readers, writers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				list, err := e.Related(ctx, recommend.Query{ID: corpus[i%40].ID, Limit: 20})
				if err != nil {
					t.Error(err)
					return
				}
				for _, l := range list.Links {
					if l.Card.State != data.Published || l.Card.ID == list.Article.ID {
						t.Errorf("%s links to %s, which is %s", list.Article.ID, l.Card.ID, l.Card.State)
					}
				}
				e.Status()
			}
		})
	}
	for w := range 4 {
		writers.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(w), 1))
			for range 40 {
				a := corpus[40+w*6+rng.IntN(6)] // no two writers share an article
				a.State = []data.State{data.Published, data.Unpublished}[rng.IntN(2)]
				if _, err := store.PutArticles(ctx, []data.Article{a}); err != nil {
					t.Error(err)
					return
				}
				if err := e.Update(ctx, a.ID); err != nil {
					t.Error(err)
					return
				}
				list, err := e.Related(ctx, recommend.Query{ID: a.ID})
				if err != nil || (a.State == data.Published) != (len(list.Links) > 0) || (a.State == data.Published) != list.Provisional {
					t.Errorf("%s is %s and has %d links, provisional %v: %v", a.ID, a.State, len(list.Links), list.Provisional, err)
				}
				for _, l := range list.Links[:min(1, len(list.Links))] {
					back, err := e.Related(ctx, recommend.Query{ID: l.Card.ID, Limit: 30})
					if err != nil || !strings.Contains(ids(back)+" ", string(a.ID)+" ") && !l.Provisional && l.Rank >= back.Links[len(back.Links)-1].Rank {
						t.Errorf("%s is not in the list of %s: %v", a.ID, l.Card.ID, err)
					}
				}
			}
		})
	}
	writers.Wait()
	cancel()
	readers.Wait()
}
