package recommend_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

func TestParseLanguages(t *testing.T) {
	for s, want := range map[string]recommend.Languages{
		"own": "own", " ANY ": "any", "en": "en", "EN, zh_tw": "en,zh-Hant", "zh": "zh", "ZH,en-us": "zh,en-US",
		"own,en": "own,en", "en,own,en,EN": "en,own", "und": "und", "zh-Hans,zh": "zh-Hans,zh", "pt_BR": "pt-BR",
	} {
		if got, err := recommend.ParseLanguages(s); got != want || err != nil {
			t.Errorf("%q: got %q, %v, want %q", s, got, err, want)
		}
	}
	for s, word := range map[string]string{
		"": "missing", ",": "missing", "en,": "missing", "en,any": "alone", "any,own": "alone",
		"english": "such as en", "anny": "did you mean any?", "en;fr": "commas",
		strings.Join(strings.Split("abcdefghijklmnopqrstu", ""), ",qa"): "no language",
	} {
		got, err := recommend.ParseLanguages(s)
		var invalid *data.InvalidError
		if got != "" || !errors.As(err, &invalid) || invalid.Field != "lang" || !strings.Contains(invalid.Reason, word) {
			t.Errorf("%q: got %q, %v, want a word on %q", s, got, err, word)
		}
	}
}

// What parses, prints and parses the same.
func FuzzParseLanguages(f *testing.F) {
	for _, s := range []string{"own", "any", "en,zh-Hant", "zh_TW, own", "i-klingon", "x-private", "cmn,yue", "sgn-BE-FR"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		l, err := recommend.ParseLanguages(s)
		if err != nil {
			return
		}
		if again, err := recommend.ParseLanguages(string(l)); err != nil || again != l {
			t.Errorf("%q is %q, which is %q, %v", s, l, again, err)
		}
	})
}

// translated is a ring of articles of which each stands in English (en0, …) and
// in both scripts of Chinese (zh0, …, zt0, …), as far as the languages say.
func translated(n int, langs ...data.Lang) []data.Card {
	var all []data.Card
	for _, lang := range langs {
		for _, c := range cards(n, "city") {
			prefix := map[data.Lang]string{"en": "en", "zh-Hans": "zh", "zh-Hant": "zt"}[lang]
			c.Group, c.Lang = "g"+c.ID[1:], lang
			c.ID = data.ArticleID(prefix) + c.ID[1:]
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b data.Card) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return all
}

// A group is in a list once, in the reader's script, and never under itself,
// whatever becomes of its versions.
func TestVersions(t *testing.T) {
	dir, _ := openDir(t)
	site := ring(translated(4, "en", "zh-Hans", "zh-Hant"), 11, 1)
	publish(t, dir, site)
	store := &memory{revision: data.Revision{Articles: 1, Overrides: 1}}
	e := newEngine(t, store, dir, nil)
	check := func(name string, q recommend.Query, want string) {
		t.Helper()
		load(t, e)
		list := related(t, e, q)
		if got := ids(list); strings.TrimSpace(got) != want {
			t.Errorf("%s: %s has %s, want %s", name, q.ID, got, want)
		}
		for _, l := range list.Links {
			if other := !list.Article.SameLanguage(&l.Card); other != (l.Source == recommend.OtherLanguage) && l.Source != recommend.Editor {
				t.Errorf("%s: %s is by %s", name, l.Card.ID, l.Source)
			}
		}
	}
	change := func(id data.ArticleID, edit func(*data.Card)) {
		i := slices.IndexFunc(site.Cards, func(c data.Card) bool { return c.ID == id })
		card := data.Card{ID: id, Lang: "zh-Hans", State: data.Published}
		if i >= 0 {
			card = site.Cards[i]
		}
		edit(&card)
		store.revision.Articles++
		store.changes = append(store.changes, change{store.revision.Articles, card})
	}
	hans, hant := recommend.Query{ID: "zh0"}, recommend.Query{ID: "zt0"}
	check("as published", hans, "zh1 zh2 zh3")
	check("as published", hant, "zt1 zt2 zt3")
	check("as published", recommend.Query{ID: "en0"}, "en1 en2 en3")

	change("zh1", func(c *data.Card) { c.State = data.Unpublished })
	check("one script unpublished", hans, "zt1 zh2 zh3")
	change("zt1", func(c *data.Card) { c.NoLinkTo = true })
	check("and the other not to be linked", hans, "zh2 zh3")
	check("and English asked for", recommend.Query{ID: "zh0", Languages: "own,en"}, "zh2 zh3 en1")
	change("zh1b", func(c *data.Card) { c.Group = "g1" })
	check("a new version", hans, "zh1b zh2 zh3")
	check("a new version, in the other script", hant, "zh1b zt2 zt3")

	change("zh2", func(c *data.Card) { c.Group = "g0" })
	check("a translation that only the live card knows", hans, "zh1b zh3 zt2")
	check("English alone", recommend.Query{ID: "zh0", Languages: "en"}, "en1 en3 en2")
	check("another script first", recommend.Query{ID: "zh0", Languages: "zh-Hant"}, "zh1b zt3 zt2")

	check("one excluded", recommend.Query{ID: "zh0", Exclude: []data.ArticleID{"en3"}}, "zh1b zt2")
	override := func(article, target data.ArticleID, action data.Action, position int) {
		store.revision.Overrides++
		store.overrides = append(store.overrides, data.Override{
			ID: store.revision.Overrides, Article: article, Target: target, Action: action, Position: position,
		})
	}
	override("en0", "en3", data.Pin, 1)
	check("a pin under a translation", hans, "zh3 zh1b zt2")
	override("*", "zt3", data.Hide, 0)
	check("a hidden version", hans, "zh1b zt2")
	change("fr", func(c *data.Card) { c.Lang, c.Group = "fr", "fr" })
	override("zt0", "fr", data.Pin, 1)
	check("a pin of another language, under the article that it names", hant, "fr zh1b zt2")
	check("and under its translation", hans, "zh1b zt2")
	check("where its language is asked for", recommend.Query{ID: "zh0", Languages: "own,fr"}, "fr zh1b zt2")
	change("fr", func(c *data.Card) { c.Lang, c.Group = "fr", "g1" })
	check("once it has a version in the language", hans, "zh1b zt2")
	change("zt3", func(c *data.Card) { c.Group = "zt3" })
	check("once the hidden version is none", hans, "zh1b zh3 zt2")
}

func TestPlacement(t *testing.T) {
	dir, _ := openDir(t)
	publish(t, dir, ring(translated(3, "en", "zh-Hans"), 5, 1))
	e := newEngine(t, &memory{}, dir, func(o *recommend.Options) {
		o.Placements = map[string]recommend.Placement{"sidebar": {Languages: "zh"}, "plain": {}}
	})
	load(t, e)
	for _, test := range []struct {
		q    recommend.Query
		want string
	}{
		{recommend.Query{ID: "en0"}, "en1 en2"},
		{recommend.Query{ID: "en0", Placement: "plain"}, "en1 en2"},
		{recommend.Query{ID: "en0", Placement: "sidebar"}, "zh1 zh2"},
		{recommend.Query{ID: "en0", Placement: "sidebar", Languages: "own"}, "en1 en2"},
	} {
		if got := strings.TrimSpace(ids(related(t, e, test.q))); got != test.want {
			t.Errorf("%+v: got %s, want %s", test.q, got, test.want)
		}
	}
	for name, word := range map[string]string{"sidebr": "did you mean sidebar?", "newsletter": "there are plain, sidebar"} {
		var invalid *data.InvalidError
		if _, err := e.Related(t.Context(), recommend.Query{ID: "en0", Placement: name}); !errors.As(err, &invalid) ||
			invalid.Field != "placement" || !strings.Contains(invalid.Reason, word) {
			t.Errorf("%s: got error %v, want a word on %q", name, err, word)
		}
	}
	if _, err := recommend.New(&memory{}, new(snapshot.Dir), recommend.Options{
		Secret: []byte("secret"), Placements: map[string]recommend.Placement{"top": {Languages: "english"}},
	}); err == nil || !strings.Contains(err.Error(), `"top"`) {
		t.Errorf("a placement of no language: got error %v", err)
	}
}
