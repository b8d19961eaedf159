package inventory_test

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
	"github.com/alsolike/alsolike/data/sample"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/inventory"
	"github.com/alsolike/alsolike/recommend/reason"
	"github.com/alsolike/alsolike/recommend/refresh"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var now = time.Date(2026, 11, 23, 20, 0, 0, 0, time.UTC)

// calm counts all at once, however busy the machine is.
var calm = inventory.Options{Now: clock, Aside: time.Hour}

func clock() time.Time { return now }

// A site is a store and an engine that has a snapshot of it in service.
type site struct {
	store  *datatest.Store
	dir    *snapshot.Dir
	engine *recommend.Engine
}

func newSite(t testing.TB, articles []data.Article) *site {
	t.Helper()
	s := &site{store: datatest.NewStore(clock)}
	if _, err := s.store.PutArticles(t.Context(), articles); err != nil {
		t.Fatal(err)
	}
	var err error
	if s.dir, err = snapshot.OpenDir(filepath.Join(t.TempDir(), "snapshots")); err != nil {
		t.Fatal(err)
	}
	s.refresh(t)
	s.engine, err = recommend.New(s.store, s.dir, recommend.Options{Secret: []byte("s"), Now: clock, Log: slog.New(slog.DiscardHandler)})
	if err == nil {
		err = s.engine.Load(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *site) refresh(t testing.TB) {
	t.Helper()
	if _, err := refresh.Run(t.Context(), s.store, s.dir, refresh.Options{Now: clock}); err != nil {
		t.Fatal(err)
	}
}

func (s *site) put(t testing.TB, articles ...data.Article) {
	t.Helper()
	if _, err := s.store.PutArticles(t.Context(), articles); err != nil {
		t.Fatal(err)
	}
	if err := s.engine.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (s *site) override(t testing.TB, o data.Override) {
	t.Helper()
	if _, err := s.store.AddOverride(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if err := s.engine.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func find(t testing.TB, v *inventory.Inventory, q inventory.Query) inventory.Page {
	t.Helper()
	page, err := v.Find(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func ids(p inventory.Page) string {
	var all []string
	for i := range p.Articles {
		all = append(all, string(p.Articles[i].Card.ID))
	}
	return strings.Join(all, " ")
}

func TestSearch(t *testing.T) {
	article := func(id, title, url string, lang data.Lang, daysAgo int) data.Article {
		return data.Article{ID: data.ArticleID(id), Title: title, Body: title, URL: url, Lang: lang, PublishedAt: now.AddDate(0, 0, -daysAgo)}
	}
	s := newSite(t, []data.Article{
		article("a1", "Harbour cranes stand still", "https://example.org/cranes", "en", 5),
		article("a2", "The cranes of Zürich", "https://example.org/zuerich", "en", 4),
		article("a3", "Microcranes", "https://example.org/a3", "en", 3),
		article("a4", "Stand still, harbour", "https://example.org/a4?page=2", "en", 2),
		article("cranes", "Birds", "https://example.org/birds", "en", 9),
		article("z1", "港口的吊車停了", "/z1", "zh-Hant", 1),
		article("z2", "吊车与港口", "/z2", "zh-Hans", 6),
		{ID: "e1", Title: "<b>Café</b> & more", Body: "Café", Lang: "fr", PublishedAt: now},
	})
	v := inventory.New(s.engine, calm)
	check := func(text, want string) {
		t.Helper()
		page := find(t, v, inventory.Query{Text: text})
		if got := ids(page); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
		if page.Total != len(page.Articles) || page.Known != 8 {
			t.Errorf("%q: %d in all of %d, and %d on the page", text, page.Total, page.Known, len(page.Articles))
		}
	}
	check("", "e1 z1 a4 a3 a2 a1 z2 cranes")
	check("CRANES", "cranes a2 a1 a3") // the id first, words before parts of them, of equals the newest
	check("stand", "a4 a1")            // what begins so first
	check("still harb", "a4 a1")
	check("zurich", "a2")
	check("ZÜRICH", "a2")
	check("cafe", "e1")
	check("<b>", "")
	check("吊车", "z2 z1")
	check("吊車", "z2 z1")
	check("港口 停", "z1")
	check("https://example.org/cranes?utm_source=mail", "a1")
	check("http://example.org/a4/?page=2", "a4")
	check("example.org/birds", "cranes")
	check("/z2", "z2")
	check("nothing of the kind", "")

	page := find(t, v, inventory.Query{First: 2, Limit: 3})
	if got := ids(page); got != "a4 a3 a2" || page.Total != 8 {
		t.Errorf("the second page: got %s of %d", got, page.Total)
	}
	if got := ids(find(t, v, inventory.Query{Text: "cranes", First: 1, Limit: 2})); got != "a2 a1" {
		t.Errorf("the second page of a search: got %s", got)
	}
	if got := ids(find(t, v, inventory.Query{First: 20})); got != "" {
		t.Errorf("past the end: got %s", got)
	}
}

// The sample site, with one article of everything that an editor may ask for.
// What Texts finds is what Find does.
func TestTexts(t *testing.T) {
	var texts inventory.Texts
	for _, c := range []data.Card{{ID: "a/1", Title: "The <i>Cranes</i> of Ängelholm", URL: "/cranes"}, {ID: "a/2", Title: "港口的吊車", URL: "/x"}, {ID: "cranes", Title: "Ships"}} {
		texts.Add(&c)
	}
	for typed, want := range map[string]string{"": "012", "crane": "0 2", "ANGEL the": "0", "吊车": "1", "/x": "1", "none": ""} {
		fit, got := texts.Fit(typed), ""
		for i := range 3 {
			if how, ok := fit(i); ok && how < inventory.Fits {
				got += fmt.Sprint(i)
			}
		}
		if want := strings.ReplaceAll(want, " ", ""); got != want {
			t.Errorf("%q: got %s, want %s", typed, got, want)
		}
	}
	fit := texts.Fit("cranes")
	exact, _ := fit(2)
	word, _ := fit(0)
	if exact >= word {
		t.Errorf("an id fits %d, a word of a title %d", exact, word)
	}
}

func sampleSite(t testing.TB) *site {
	articles := slices.DeleteFunc(sample.Articles(), func(a data.Article) bool { // one of them in three languages
		return a.Lang == "zh-Hans" && a.ID != "zh-Hans/harbour-cranes" || a.Lang == "zh-Hant" && a.ID != "zh-Hant/harbour-cranes"
	})
	copied := articles[slices.IndexFunc(articles, func(a data.Article) bool { return a.ID == "en/harbour-cranes" })]
	copied.ID, copied.URL, copied.PublishedAt = "en/copied", "/en/copied", copied.PublishedAt.AddDate(0, 0, -1)
	articles = append(
		articles, copied,
		data.Article{ID: "draft", Title: "A draft", Body: "The mayor wants to build a bridge over the river.", Lang: "en", State: data.Unpublished},
		data.Article{ID: "hidden", Title: "Imprint", Body: "Who makes this magazine, and where to write letters to the editor.", Lang: "en", State: data.Hidden},
		data.Article{ID: "later", Title: "Tomorrow", Body: "Rain and storm from the north, says the weather forecast for the week.", Lang: "en", PublishedAt: now.AddDate(0, 0, 1)},
		data.Article{ID: "silent", Title: "Obituary", Body: "She taught music at the school for forty years and sang in the choir.", Lang: "en", NoLinks: true},
		data.Article{ID: "odd", Title: "Zqx", Body: "Zqx vwk", Lang: "en"},
		data.Article{ID: "fr1", Title: "Le port", Body: "Les grues du port sont arrêtées, dit le capitaine.", Lang: "fr"},
		data.Article{ID: "fr2", Title: "Le port", Body: "Les grues du port sont arrêtées, dit le capitaine.", Lang: "fr", TranslationOf: "fr1"},
		data.Article{ID: "part1", Title: "Part one", Body: "Bakers bake bread for the market, and the mill turns again.", Lang: "en", Series: "The town", Part: 1},
	)
	return newSite(t, articles)
}

// Links in and out are those of the lists that readers get.
func TestCounts(t *testing.T) {
	s := sampleSite(t)
	s.override(t, data.Override{Article: "en/harbour-cranes", Target: "odd", Action: data.Pin, Position: 2})
	v := inventory.New(s.engine, calm)
	in, out := map[data.ArticleID]int{}, map[data.ArticleID]int{}
	all := find(t, v, inventory.Query{Limit: 1000})
	for i := range all.Articles {
		id := all.Articles[i].Card.ID
		list, err := s.engine.Related(t.Context(), recommend.Query{ID: id})
		if err != nil {
			t.Fatal(err)
		}
		out[id] = len(list.Links)
		for _, l := range list.Links {
			in[l.Card.ID]++
		}
	}
	if in["odd"] == 0 || out["en/harbour-cranes"] == 0 {
		t.Error("the pin is not in the list")
	}
	check := func(show inventory.Show, holds func(data.ArticleID) bool) {
		t.Helper()
		page := find(t, v, inventory.Query{Show: show, Limit: 1000})
		if page.Behind || !page.Counted.Equal(now) {
			t.Errorf("%s: counted at %v, behind: %v", show, page.Counted, page.Behind)
		}
		found := map[data.ArticleID]bool{}
		for _, a := range page.Articles {
			found[a.Card.ID] = true
			if a.In != in[a.Card.ID] || a.Out != out[a.Card.ID] || !a.Counted {
				t.Errorf("%s: %s has %d links in and %d out, want %d and %d", show, a.Card.ID, a.In, a.Out, in[a.Card.ID], out[a.Card.ID])
			}
		}
		for _, a := range all.Articles {
			if id := a.Card.ID; found[id] != holds(id) {
				t.Errorf("%q: %s is there: %v", show, id, found[id])
			}
		}
	}
	check(inventory.All, func(data.ArticleID) bool { return true })
	cards := map[data.ArticleID]data.Card{}
	for i := range all.Articles {
		cards[all.Articles[i].Card.ID] = all.Articles[i].Card
	}
	check(inventory.NoLinks, func(id data.ArticleID) bool { return out[id] == 0 && id != "draft" })
	check(inventory.NotLinked, func(id data.ArticleID) bool { card := cards[id]; return in[id] == 0 && card.Visible(now) })
	check(inventory.MostLinked, func(id data.ArticleID) bool { return in[id] > 0 })
	if got := ids(find(t, v, inventory.Query{Show: inventory.MostClicked})); got != "" {
		t.Errorf("most clicked where nobody counts: %s", got)
	}
	byClicks := inventory.Query{Show: inventory.MostClicked, Clicks: func(id data.ArticleID) int {
		return map[data.ArticleID]int{"odd": 3, "en/harbour-cranes": 7, "en/cod-quota": 1, "gone": 9}[id]
	}}
	if page := find(t, v, byClicks); ids(page) != "en/harbour-cranes odd en/cod-quota" || page.Total != 3 {
		t.Errorf("most clicked: %s of %d", ids(page), page.Total)
	}
	byClicks.Text, byClicks.First, byClicks.Limit = "o", 1, 1
	if page := find(t, v, byClicks); len(page.Articles) != 1 || page.Total < 2 {
		t.Errorf("the second of them: %s of %d", ids(page), page.Total)
	}
	most := find(t, v, inventory.Query{Show: inventory.MostLinked, Limit: 1000}).Articles
	if !slices.IsSortedFunc(most, func(a, b inventory.Article) int { return b.In - a.In }) {
		t.Error("the most linked articles do not come first")
	}
}

func TestShows(t *testing.T) {
	s := sampleSite(t)
	s.override(t, data.Override{Article: "en/harbour-cranes", Target: "odd", Action: data.Hide})
	fresh := data.Article{ID: "fresh", Title: "Just in", Body: "Cranes of the harbour stand still", Lang: "en", PublishedAt: now}
	s.put(t, fresh)
	v := inventory.New(s.engine, calm)
	check := func(show inventory.Show, want string) {
		t.Helper()
		if got := ids(find(t, v, inventory.Query{Show: show})); got != want {
			t.Errorf("%s: got %s, want %s", show, got, want)
		}
	}
	check(inventory.Provisional, "fresh")
	check(inventory.Duplicates, "en/harbour-cranes en/copied")
	// An override is about all versions of a text.
	check(inventory.Overridden, "en/harbour-cranes zh-Hans/harbour-cranes zh-Hant/harbour-cranes odd")
	if got := ids(find(t, v, inventory.Query{Show: inventory.OfSeries, Text: "part one"})); got != "part1" {
		t.Errorf("series: got %s", got)
	}
	fresh.Title, fresh.Series = "Just out", "The town"
	s.put(t, fresh)
	if got := ids(find(t, v, inventory.Query{Show: inventory.OfSeries, Text: "just"})); got != "fresh" {
		t.Errorf("series, changed since: got %s", got)
	}
	if got := ids(find(t, v, inventory.Query{Text: "just in"})); got != "" {
		t.Errorf("by the old title: got %s", got)
	}

	if _, err := inventory.ParseShow("series"); err != nil {
		t.Error(err)
	}
	if _, err := inventory.ParseShow("serie"); err == nil || !strings.Contains(err.Error(), "did you mean series?") {
		t.Errorf("an unknown choice: %v", err)
	}
}

func TestStanding(t *testing.T) {
	s := sampleSite(t)
	s.override(t, data.Override{Article: data.Everywhere, Target: "part1", Action: data.Hide})
	s.override(t, data.Override{Article: "part1", Action: data.Off})
	v := inventory.New(s.engine, calm)
	check := func(id, notLinked, noLinks string) {
		t.Helper()
		a, err := v.Article(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		say := func(all []reason.Rejection) string {
			var texts []string
			for _, r := range all {
				texts = append(texts, r.Text("en"))
			}
			return strings.Join(texts, "; ")
		}
		if got := say(a.NotLinked); got != notLinked {
			t.Errorf("%s is not linked: got %q, want %q", id, got, notLinked)
		}
		if got := say(a.NoLinks); got != noLinks {
			t.Errorf("%s shows no links: got %q, want %q", id, got, noLinks)
		}
	}
	check("en/harbour-cranes", "", "")
	check("draft", "off the site", "off the site")
	check("hidden", "not to be linked", "")
	check("later", "not published yet", "")
	check("silent", "", "set to show no links")
	check("odd", "too little text to compare", "too little text to compare")
	check("fr1", "", "no other article is like it")
	check("en/copied", "same story as “Five electric cranes, 60 fewer jobs at the container terminal”", "")
	check("part1", "hidden by an editor", "links switched off by an editor")
	if a, err := v.Article(t.Context(), "en/copied"); err != nil || a.StoryTitle == "" {
		t.Errorf("the copy is of the story %q, %v", a.StoryTitle, err)
	}
	if _, err := v.Article(t.Context(), "none"); !errors.Is(err, data.ErrNotFound) {
		t.Errorf("an unknown article: %v", err)
	}
}

func TestWithoutSnapshot(t *testing.T) {
	dir, err := snapshot.OpenDir(filepath.Join(t.TempDir(), "snapshots"))
	if err != nil {
		t.Fatal(err)
	}
	engine, err := recommend.New(datatest.NewStore(clock), dir, recommend.Options{Secret: []byte("s"), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := inventory.New(engine, calm).Find(t.Context(), inventory.Query{}); !errors.Is(err, data.ErrNoSnapshot) {
		t.Errorf("got %v", err)
	}
}

// Counting that takes long is done aside, and the counts before are told meanwhile.
func TestCountedAside(t *testing.T) {
	s := sampleSite(t)
	v := inventory.New(s.engine, inventory.Options{Now: clock, Aside: -1})
	if page := find(t, v, inventory.Query{}); !page.Counted.IsZero() || page.Total == 0 {
		t.Errorf("at once: %d articles, counted at %v", page.Total, page.Counted)
	}
	v.Wait()
	if page := find(t, v, inventory.Query{}); page.Counted.IsZero() || page.Behind {
		t.Errorf("then: counted at %v, behind: %v", page.Counted, page.Behind)
	}
	s.override(t, data.Override{Article: "en/harbour-cranes", Target: "odd", Action: data.Pin, Position: 1})
	if page := find(t, v, inventory.Query{}); page.Counted.IsZero() || !page.Behind {
		t.Errorf("after a change: counted at %v, behind: %v", page.Counted, page.Behind)
	}
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		a, err := v.Article(t.Context(), "odd")
		if err != nil || time.Now().After(deadline) {
			t.Fatalf("after that: %d links in, %v", a.In, err)
		}
		if a.In == 1 {
			break
		}
	}
	v.Wait()
}

// What an inventory that was asked before answers is what a new one does, whatever
// happened in between.
func TestSameAsNew(t *testing.T) {
	articles := datatest.Corpus(datatest.CorpusOptions{Texts: 12, Langs: []data.Lang{"en"}})
	known := []data.ArticleID{articles[0].ID, articles[1].ID}
	s := newSite(t, articles)
	v := inventory.New(s.engine, calm)
	rapid.Check(t, func(rt *rapid.T) {
		for range rapid.IntRange(1, 3).Draw(rt, "changes") {
			n := rapid.IntRange(0, 5).Draw(rt, "article")
			a := data.Article{
				ID: data.ArticleID(fmt.Sprint("n", n)), Title: rapid.SampledFrom([]string{"Cranes", "Bread", "吊車", "Ünder"}).Draw(rt, "title"),
				Body: "The cranes of the harbour", Lang: "en", PublishedAt: now.AddDate(0, 0, -rapid.IntRange(0, 40).Draw(rt, "days")),
				State:  rapid.SampledFrom([]data.State{data.Published, data.Unpublished}).Draw(rt, "state"),
				Series: rapid.SampledFrom([]string{"", "x"}).Draw(rt, "series"),
			}
			if rapid.Bool().Draw(rt, "known") {
				a.ID = rapid.SampledFrom(known).Draw(rt, "id")
			}
			s.put(t, a)
		}
		q := inventory.Query{
			Text:  rapid.SampledFrom([]string{"", "cranes", "n", "吊车", "under", "part"}).Draw(rt, "text"),
			Show:  rapid.SampledFrom(inventory.Shows()).Draw(rt, "show"),
			First: rapid.IntRange(0, 3).Draw(rt, "first"), Limit: rapid.IntRange(1, 20).Draw(rt, "limit"),
		}
		got, want := find(t, v, q), find(t, inventory.New(s.engine, calm), q)
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			rt.Errorf("%+v: -new +asked before\n%s", q, diff)
		}
	})
}
