package recommend_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend"
)

// A list says why what was looked at is not in it, and why the rest is.
func TestExplain(t *testing.T) {
	dir, _ := openDir(t)
	all := cards(10, "city")
	all[1].State = data.Unpublished
	all[2].State = data.Hidden
	all[3].PublishedAt = now.AddDate(0, 0, 1)
	all[4].Section = "sport"
	all[5].Lang = "fr"
	all[7].Group = "a0"
	publish(t, dir, ring(all, 9, 1)) // a0 has a1 with a cosine of 1, …, a9 with one of 0.2
	store := &memory{overrides: []data.Override{
		{ID: 1, Article: "a0", Target: "a6", Action: data.Hide}, {ID: 2, Article: "*", Target: "a9", Action: data.Pin, Position: 1},
	}}
	e := newEngine(t, store, dir, nil)
	load(t, e)
	q := recommend.Query{ID: "a0", Limit: 2, Filter: recommend.Filter{Sections: []string{"city"}}, Explain: true}
	list := related(t, e, q)
	if got := strings.TrimSpace(ids(list)); got != "a9 a8" {
		t.Fatalf("got the links %s, want a9 a8", got)
	}
	want := map[string]int{"unpublished": 1, "no_link_to": 1, "scheduled": 1, "filter": 1, "language": 1, "hidden": 1, "translation": 1}
	if !maps.Equal(list.Withheld, want) {
		t.Errorf("withheld are %v, want %v", list.Withheld, want)
	}
	if got := list.Links[0].Reason.Text; got != "Pinned by an editor" {
		t.Errorf("the pin is there for %q", got)
	}
	if got := list.Links[1].Reason.Text; got != "Similar content" {
		t.Errorf("the link is there for %q", got)
	}

	q.Tell = "zh-Hant"
	told := related(t, e, q)
	if link, rejected := told.Links[0].Reason.Text, told.Rejected[0].Text; link != "由編輯置頂" || rejected != "已下架" || told.RecommendationID != list.RecommendationID {
		t.Errorf("in another language: the pin is there for %q, the first candidate is not for %q", link, rejected)
	}
	q.Tell = ""

	q.Limit, q.Filter, q.Threshold, q.Exclude, q.Languages = 5, recommend.Filter{}, new(29), []data.ArticleID{"a4"}, "any"
	list = related(t, e, q)
	if got := strings.TrimSpace(ids(list)); got != "a9 a8 a5" {
		t.Fatalf("got the links %s, want a9 a8 a5", got)
	}
	want = map[string]int{"unpublished": 1, "no_link_to": 1, "scheduled": 1, "excluded": 1, "hidden": 1, "translation": 1, "threshold": 1}
	if !maps.Equal(list.Withheld, want) {
		t.Errorf("withheld are %v, want %v", list.Withheld, want)
	}
	if got := list.Links[2].Reason.Text; got != "Similar content in another language" {
		t.Errorf("the foreign link is there for %q", got)
	}

	q.Explain = false
	if list := related(t, e, q); list.Withheld != nil || list.Links[0].Reason != nil {
		t.Errorf("unasked for, the list explains itself: %+v", list)
	}
	q.Explain, q.Threshold, q.Languages = true, new(100), "own"
	for fallback, reason := range map[recommend.Fallback]string{
		recommend.SectionFallback: "Newest in section city", recommend.LatestFallback: "Newest",
	} {
		q.Fallback = fallback
		list := related(t, e, q)
		if got := strings.TrimSpace(ids(list)); got != "a9 a8" || list.Links[1].Reason.Text != reason || list.Links[1].Source != recommend.Source("fallback:"+fallback) {
			t.Errorf("%s: got the links %s: %+v", fallback, got, list.Links)
		}
	}
}

// Where nobody counts what is read, nothing is read most.
func TestNothingPopular(t *testing.T) {
	dir, _ := openDir(t)
	publish(t, dir, ring(cards(4, "city"), 2, 1))
	e := newEngine(t, &memory{}, dir, nil)
	load(t, e)
	if got := strings.TrimSpace(ids(related(t, e, recommend.Query{ID: "a0", Fallback: recommend.PopularFallback}))); got != "a1 a2" {
		t.Errorf("got the links %s, want a1 a2", got)
	}
	if list := related(t, e, recommend.Query{ID: "z", Fallback: recommend.PopularFallback}); len(list.Links) > 0 || list.Article.ID != "" {
		t.Errorf("got the list %+v", list)
	}
}

// The page that a reader came from is not linked back, nor are its translations.
func TestFrom(t *testing.T) {
	dir, _ := openDir(t)
	all := cards(6, "city")
	all[3].Group = "a2"
	publish(t, dir, ring(all, 5, 1))
	e := newEngine(t, &memory{}, dir, nil)
	load(t, e)
	for _, test := range []struct {
		q    recommend.Query
		want string
	}{
		{recommend.Query{ID: "a0"}, "a1 a2 a4 a5"},
		{recommend.Query{ID: "a0", From: "a1"}, "a2 a4 a5"},
		{recommend.Query{ID: "a0", From: "a3"}, "a1 a4 a5"},
		{recommend.Query{ID: "a0", From: "nobody"}, "a1 a2 a4 a5"},
		{recommend.Query{ID: "a0", FromURL: "http://EXAMPLE.org/a3/?utm_source=x"}, "a1 a4 a5"},
		{recommend.Query{ID: "a0", FromURL: "https://other.example/"}, "a1 a2 a4 a5"},
	} {
		if got := strings.TrimSpace(ids(related(t, e, test.q))); got != test.want {
			t.Errorf("%+v: got %s, want %s", test.q, got, test.want)
		}
	}
	elsewhere := recommend.Query{ID: "a0", FromURL: "https://other.example/"}
	if got, want := related(t, e, elsewhere).RecommendationID, related(t, e, recommend.Query{ID: "a0"}).RecommendationID; got != want {
		t.Errorf("from a page of another site the list is %s, else %s", got, want)
	}
}

// The lists of one page show no group twice, pins included, if they are asked so.
func TestRelatedBatch(t *testing.T) {
	dir, _ := openDir(t)
	all := cards(8, "city")
	all[4].Group = "a2"
	publish(t, dir, ring(all, 7, 1))
	store := &memory{overrides: []data.Override{{ID: 1, Article: "*", Target: "a7", Action: data.Pin, Position: 1}}}
	e := newEngine(t, store, dir, nil)
	if got := e.RelatedBatch(t.Context(), []recommend.Query{{ID: "a0"}}, true); len(got) != 1 || !errors.Is(got[0].Err, data.ErrNoSnapshot) {
		t.Errorf("before there is a snapshot: got %+v", got)
	}
	load(t, e)
	queries := []recommend.Query{{ID: "a0", Limit: 3}, {ID: "z"}, {ID: "a1", Limit: 3}, {ID: "a2", Limit: -1}, {ID: "a0", Limit: 9}}
	for dedupe, want := range map[bool][]string{true: {"a7 a1 a2", "", "a3 a5 a6", "", ""}, false: {"a7 a1 a2", "", "a7 a2 a3", "", "a7 a1 a2 a3 a5 a6"}} {
		answers := e.RelatedBatch(t.Context(), queries, dedupe)
		for i, a := range answers {
			if got := strings.TrimSpace(ids(a.List)); got != want[i] {
				t.Errorf("dedupe %v: list %d is %s, want %s", dedupe, i, got, want[i])
			}
			if a.Err == nil && !e.Verify(claimOf(a.List, "")) {
				t.Errorf("dedupe %v: list %d is not known again", dedupe, i)
			}
		}
		if invalid, ok := errors.AsType[*data.InvalidError](answers[3].Err); !errors.Is(answers[1].Err, data.ErrNotFound) || !ok || invalid.Field != "limit" {
			t.Errorf("dedupe %v: got the errors %v and %v", dedupe, answers[1].Err, answers[3].Err)
		}
	}
}

// What a query does not say its placement says, and filters hold both.
func TestPlacementSettings(t *testing.T) {
	dir, _ := openDir(t)
	all := cards(9, "city")
	all[1].Section, all[2].Section, all[8].Section = "sport", "sport", "sport"
	all[2].Tags = "football"
	publish(t, dir, ring(all, 8, 1))
	e := newEngine(t, &memory{}, dir, func(o *recommend.Options) {
		o.Placements = map[string]recommend.Placement{
			"side": {Count: 2, Filter: recommend.Filter{NotSections: []string{"sport"}}},
			"new":  {Since: "4d"},
			"foot": {Filter: recommend.Filter{Tags: []string{"football"}}, Fallback: recommend.LatestFallback, Count: 3},
			"best": {Threshold: new(70)},
		}
	})
	load(t, e)
	for _, test := range []struct {
		q    recommend.Query
		want string
	}{
		{recommend.Query{ID: "a0", Placement: "side"}, "a3 a4"},
		{recommend.Query{ID: "a0", Placement: "side", Limit: 3}, "a3 a4 a5"},
		{recommend.Query{ID: "a0", Placement: "side", Filter: recommend.Filter{Sections: []string{"sport"}}}, ""},
		{recommend.Query{ID: "a4", Placement: "new", Limit: 9}, "a0 a2"}, // of all; a1 and a3 have nothing in common with it
		{recommend.Query{ID: "a4", Placement: "new", Limit: 9, Filter: recommend.Filter{Since: now.AddDate(0, 0, -2)}}, "a0"},
		{recommend.Query{ID: "a0", Placement: "foot"}, "a2"},
		{recommend.Query{ID: "a0", Placement: "best"}, "a1 a2 a3"},
		{recommend.Query{ID: "a0", Placement: "best", Threshold: new(80)}, "a1 a2"},
	} {
		if got := strings.TrimSpace(ids(related(t, e, test.q))); got != test.want {
			t.Errorf("%+v: got %s, want %s", test.q, got, test.want)
		}
	}
	for field, p := range map[string]recommend.Placement{
		"count": {Count: -1}, "lang": {Languages: "english"}, "fallback": {Fallback: "newest"}, "since": {Since: "soon"}, "threshold": {Threshold: new(101)},
	} {
		opts := recommend.Options{Secret: []byte("s"), Placements: map[string]recommend.Placement{"top": p}}
		_, err := recommend.New(&memory{}, dir, opts)
		if invalid, ok := errors.AsType[*data.InvalidError](err); !ok || invalid.Field != field || !strings.Contains(err.Error(), `"top"`) {
			t.Errorf("%s: got error %v", field, err)
		}
	}
	for field, q := range map[string]recommend.Query{
		"threshold": {ID: "a0", Threshold: new(-1)}, "fallback": {ID: "a0", Fallback: "newest"},
	} {
		_, err := e.Related(t.Context(), q)
		if invalid, ok := errors.AsType[*data.InvalidError](err); !ok || invalid.Field != field {
			t.Errorf("%s: got error %v", field, err)
		}
	}
}

func TestParseSince(t *testing.T) {
	at := time.Date(2026, 11, 23, 20, 59, 30, 0, time.FixedZone("", 3600))
	day := func(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC) }
	for s, want := range map[string]time.Time{
		"12h": time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC), "1d": day(2026, 11, 22), "4w": day(2026, 10, 26), "2026-02-28": day(2026, 2, 28),
		"2026-12-31T18:00:00+02:00": time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC),
	} {
		since, err := recommend.ParseSince(s)
		if err != nil || !since.From(at).Equal(want) {
			t.Errorf("%s: got %v, %v, want %v", s, since.From(at), err, want)
		}
		if a, b := since.From(at), since.From(at.Add(20*time.Second)); !a.Equal(b) {
			t.Errorf("%s is %v, and %v a moment later", s, a, b)
		}
	}
	for _, s := range []string{"", "h", "0d", "-1d", "1", "10000h", "1y", "1.5d", "90dd", "yesterday", "2026-02-30", "0000-01-01"} {
		if since, err := recommend.ParseSince(s); err == nil {
			t.Errorf("%q is taken for %v", s, since.From(at))
		}
	}
	if got := recommend.Since("").From(at); !got.IsZero() {
		t.Errorf("no words are %v", got)
	}
}

func TestParseFallback(t *testing.T) {
	for _, s := range []string{"none", "section", "latest", "popular"} {
		if got, err := recommend.ParseFallback(s); string(got) != s || err != nil {
			t.Errorf("%s: got %s, %v", s, got, err)
		}
	}
	for s, word := range map[string]string{"": "one of none, section", "lastest": "did you mean latest?", "newest": "must be one of"} {
		_, err := recommend.ParseFallback(s)
		if invalid, ok := errors.AsType[*data.InvalidError](err); !ok || invalid.Field != "fallback" || !strings.Contains(err.Error(), word) {
			t.Errorf("%q: got error %v", s, err)
		}
	}
}

// A list drawn at random is drawn from what passes the filter, from as many links as
// any other, and is known again.
func TestDrawnAndFiltered(t *testing.T) {
	dir, _ := openDir(t)
	all := cards(10, "city")
	for i := range all {
		if i%2 == 0 {
			all[i].Section = "sport"
		}
	}
	c := ring(all, 3, 1)
	for i := range all { // all have something in common
		copy(c.Vectors.Row(i), []float32{0.6, 0.8})
	}
	publish(t, dir, c)
	e := newEngine(t, &memory{}, dir, func(o *recommend.Options) { o.Explore = recommend.Explore{Share: 1, Pool: 4} })
	load(t, e)
	q := recommend.Query{ID: "a0", Limit: 2, Filter: recommend.Filter{Sections: []string{"sport"}}}
	list := related(t, e, q)
	if list.Draw == nil || len(list.Links) != 2 {
		t.Fatalf("got %d links, drawn as %+v", len(list.Links), list.Draw)
	}
	if got, want := list.Draw.Pool, []data.ArticleID{"a2", "a4", "a6", "a8"}; !slices.Equal(got, want) {
		t.Errorf("drawn from %v, want %v", got, want)
	}
	if !e.Verify(claimOf(list, "")) {
		t.Error("the list is not known again")
	}
	if again := related(t, e, q); again.RecommendationID != list.RecommendationID {
		t.Error("asked again, another list is drawn")
	}
}
