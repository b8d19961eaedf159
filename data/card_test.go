package data_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/alsolike/alsolike/data"
)

var now = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

func TestCard(t *testing.T) {
	a := data.Article{
		ID: "a2", Title: "Rents", Body: "long", URL: "https://a.example/2", Section: "Housing", Tags: []string{"rent", "控租"}, Lang: "en",
		Image: data.Image{Src: "/a.svg", Alt: "A house"}, PublishedAt: now, TranslationOf: "a1", NoLinkTo: true, NoLinks: true,
		Authors: []string{"Ada Brook", "Lin Mei"}, Type: "report", Series: "Rents in Europe", Part: 2, Evergreen: true, CanonicalURL: "https://b.example/7",
	}
	want := data.Card{
		ID: "a2", Title: "Rents", URL: "https://a.example/2", Section: "Housing", Tags: "rent\n控租", Lang: "en",
		Image: data.Image{Src: "/a.svg", Alt: "A house"}, PublishedAt: now, Group: "a1", State: data.Published, NoLinkTo: true, NoLinks: true,
		Authors: "Ada Brook\nLin Mei", Type: "report", Series: "Rents in Europe", Part: 2, Evergreen: true, Canonical: "https://b.example/7",
	}
	if diff := cmp.Diff(want, a.Card()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	a.State = data.Hidden
	if got := a.Card().State; got != data.Hidden {
		t.Errorf("got state %q, want hidden", got)
	}
	a.Part = -1
	if got := a.Card().Part; got != 0 {
		t.Errorf("got part %d, want 0", got)
	}
}

func TestCardCanonical(t *testing.T) {
	for _, test := range []struct{ url, canonical, want string }{
		{"", "", ""},
		{"https://a.example/2", "", ""},
		{"https://a.example/2", " ", ""},
		{"https://a.example/2", "https://a.example/2", ""},
		{"https://a.example/2?utm_source=x", "http://A.example/2/#top", ""},
		{"https://a.example/2", "https://a.example/1/", "https://a.example/1/"},
		{"", "https://a.example/1", "https://a.example/1"},
	} {
		a := data.Article{URL: test.url, CanonicalURL: test.canonical}
		if got := a.Card().Canonical; got != test.want {
			t.Errorf("of %q at %q: got %q, want %q", test.canonical, test.url, got, test.want)
		}
	}
}

func TestTagListHas(t *testing.T) {
	for _, test := range []struct {
		tags []string
		tag  string
		want bool
	}{
		{nil, "", false},
		{[]string{""}, "", false},
		{nil, "rent", false},
		{[]string{"rent"}, "rent", true},
		{[]string{"rent"}, "Rent", false},
		{[]string{"rent control", "housing"}, "rent", false},
		{[]string{"rent control", "housing"}, "housing", true},
		{[]string{"rent control", "housing"}, "rent control\nhousing", false},
		{[]string{"two\nlines"}, "lines", true},
	} {
		if got := data.NewTagList(test.tags).Has(test.tag); got != test.want {
			t.Errorf("%q has %q: got %v, want %v", test.tags, test.tag, got, test.want)
		}
	}
}

func TestVisible(t *testing.T) {
	check := func(name string, c data.Card, want bool) {
		t.Helper()
		if got := c.Visible(now); got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	check("published", data.Card{State: data.Published}, true)
	check("published now", data.Card{State: data.Published, PublishedAt: now}, true)
	check("published later", data.Card{State: data.Published, PublishedAt: now.Add(time.Nanosecond)}, false)
	check("unpublished", data.Card{State: data.Unpublished}, false)
	check("hidden", data.Card{State: data.Hidden}, false)
	check("no state", data.Card{}, false)
	check("not to be linked", data.Card{State: data.Published, NoLinkTo: true}, false)
	check("without links of its own", data.Card{State: data.Published, NoLinks: true}, true)
}

func TestMayLink(t *testing.T) {
	card := func(id, group data.ArticleID, lang data.Lang) data.Card {
		return data.Card{ID: id, Group: group, Lang: lang}
	}
	check := func(name string, from, to data.Card, may, same bool) {
		t.Helper()
		for range 2 {
			if got := from.MayLink(&to); got != may {
				t.Errorf("%s: %s may link to %s: %v, want %v", name, from.ID, to.ID, got, may)
			}
			if got := from.SameLanguage(&to); got != same {
				t.Errorf("%s: %s is in the language of %s: %v, want %v", name, from.ID, to.ID, got, same)
			}
			from, to = to, from
		}
	}
	check("another", card("a", "a", "en"), card("b", "b", "en"), true, true)
	check("itself", card("a", "a", "en"), card("a", "a", "en"), false, true)
	check("translation", card("a", "a", "en"), card("b", "a", "fr"), false, false)
	check("translation into the other script", card("a", "a", "zh-Hans"), card("b", "a", "zh-Hant"), false, true)
	check("other language", card("a", "a", "en"), card("b", "b", "fr"), true, false)
	check("other region", card("a", "a", "en-GB"), card("b", "b", "en-US"), true, true)
	check("other script", card("a", "a", "zh-Hans"), card("b", "b", "zh-Hant"), true, true)
	check("language unknown", card("a", "a", ""), card("b", "b", "und"), true, true)
	check("one language unknown", card("a", "a", "und"), card("b", "b", "en"), true, false)
}
