package refresh_test

import (
	"bytes"
	"cmp"
	"runtime"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
	"github.com/alsolike/alsolike/embed/crosslang"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/refresh"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// partlyTranslated is a site of 64 texts: the first 40 are in all three of en,
// zh-Hans and zh-Hant, the others, 8 each, in en alone, in zh-Hans alone, and in
// en and zh-Hant.
func partlyTranslated() []data.Article {
	corpus := datatest.Corpus(datatest.CorpusOptions{Texts: 64, Langs: []data.Lang{"en", "zh-Hans", "zh-Hant"}})
	return slices.DeleteFunc(corpus, func(a data.Article) bool {
		switch text := int(a.ID[2]-'0')*10 + int(a.ID[3]-'0'); text / 8 {
		case 5:
			return a.Lang != "en"
		case 6:
			return a.Lang != "zh-Hans"
		case 7:
			return a.Lang == "zh-Hans"
		}
		return false
	})
}

func storeOf(t *testing.T, articles []data.Article) *datatest.Store {
	t.Helper()
	store := datatest.NewStore(clock)
	if _, err := store.PutArticles(t.Context(), articles); err != nil {
		t.Fatal(err)
	}
	return store
}

// expected is the candidates of a row in the plainest words: all rows that may
// be candidates by cosine, of every group the first, k of them.
func expected(s *snapshot.Snapshot, row, k int, vector func(int) []float32, may func(from, to data.Card) bool) []knn.Neighbour {
	from := s.Card(row)
	var list []knn.Neighbour
	for other := range s.Len() {
		cosine := knn.Cosine(vector(row), vector(other))
		if to := s.Card(other); cosine > 0 && to.State == data.Published && !to.NoLinkTo && from.MayLink(&to) && may(from, to) {
			list = append(list, knn.Neighbour{Row: int32(other), Cosine: cosine})
		}
	}
	slices.SortFunc(list, func(a, b knn.Neighbour) int {
		x, y := s.Card(int(a.Row)), s.Card(int(b.Row))
		return cmp.Or(cmp.Compare(b.Cosine, a.Cosine), y.PublishedAt.Compare(x.PublishedAt), cmp.Compare(x.ID, y.ID))
	})
	shown := map[data.ArticleID]bool{}
	list = slices.DeleteFunc(list, func(n knn.Neighbour) bool {
		group := s.Card(int(n.Row)).Group
		defer func() { shown[group] = true }()
		return shown[group]
	})
	return list[:min(k, len(list))]
}

// Candidates in the own language are one article of a group; those in other
// languages are of groups that the own language has no article of.
func TestCandidatesByLanguage(t *testing.T) {
	articles := partlyTranslated()
	for i := range articles { // a few that are not for everyone
		switch i % 11 {
		case 3:
			articles[i].State = data.Hidden
		case 5:
			articles[i].State = data.Unpublished
		case 7:
			articles[i].NoLinkTo = true
		}
	}
	const k = 12
	s, _ := refreshed(t, storeOf(t, articles), refresh.Options{K: k})
	if !s.HasCross() {
		t.Fatalf("there is no cross-language space: %s", s.Manifest().Translations.NoCross)
	}
	inLanguage := map[data.ArticleID]map[data.Lang]bool{}
	for row := range s.Len() {
		if c := s.Card(row); c.State != data.Unpublished {
			if inLanguage[c.Group] == nil {
				inLanguage[c.Group] = map[data.Lang]bool{}
			}
			inLanguage[c.Group][c.Lang.Base()] = true
		}
	}
	cross := 0
	for row := range s.Len() {
		id := s.ArticleID(row)
		want := expected(s, row, k, s.Vector, func(from, to data.Card) bool { return from.SameLanguage(&to) })
		if diff := gocmp.Diff(want, s.Candidates(row)); diff != "" && len(want)+len(s.Candidates(row)) > 0 {
			t.Errorf("%s: candidates (-want +got)\n%s", id, diff)
		}
		want = expected(s, row, k/2, s.CrossVector, func(from, to data.Card) bool {
			return !from.SameLanguage(&to) && !inLanguage[to.Group][from.Lang.Base()]
		})
		if diff := gocmp.Diff(want, s.CrossCandidates(row)); diff != "" && len(want)+len(s.CrossCandidates(row)) > 0 {
			t.Errorf("%s: candidates in other languages (-want +got)\n%s", id, diff)
		}
		cross += len(want)
	}
	if cross < s.Len() {
		t.Errorf("%d candidates in other languages for %d articles, want more", cross, s.Len())
	}
	for _, lang := range []data.Lang{"en", "zh"} {
		if scale := s.Manifest().CrossScales[lang]; len(scale.Quantiles) != 101 || scale.Score(1, 1) < 90 || scale.Score(0, 0) != 0 {
			t.Errorf("scale of links out of %s: got %+v", lang, scale)
		}
	}
}

// Links to other languages are of the article's subject.
func TestCrossCandidatesAreOfTheSubject(t *testing.T) {
	articles := partlyTranslated()
	s, _ := refreshed(t, storeOf(t, articles), refresh.Options{})
	right, all := 0, 0
	for row := range s.Len() {
		if list := s.CrossCandidates(row); len(list) > 0 {
			all++
			if s.Card(int(list[0].Row)).Section == s.Card(row).Section {
				right++
			}
		}
	}
	if all < len(articles)/2 || right < all*9/10 {
		t.Errorf("%d of %d first candidates in other languages are of the article's subject, want 90 %%", right, all)
	}
}

// The model of all languages in the snapshot is the one that made its vectors.
func TestCrossModelFoldsIn(t *testing.T) {
	articles := partlyTranslated()
	articles[5].State = data.Unpublished
	s, _ := refreshed(t, storeOf(t, articles), refresh.Options{})
	model, err := crosslang.Read(bytes.Clone(s.CrossModelBytes()))
	runtime.KeepAlive(s)
	if err != nil {
		t.Fatal(err)
	}
	for row := range articles {
		want := model.FoldIn(recommend.Text(&articles[row]))
		if articles[row].State == data.Unpublished {
			clear(want)
		}
		if diff := gocmp.Diff(want, s.CrossVector(row)); diff != "" {
			t.Fatalf("%s (-model's vector +snapshot's)\n%s", articles[row].ID, diff)
		}
	}
	if m := s.Manifest(); m.Cross.Rank != model.Rank() || m.Cross.Terms != model.Terms() || m.Cross.Groups != model.Groups() ||
		m.Cross.ModelID != model.ID() || m.Cross.Neighbours != 32 || m.Translations.NoCross != "" {
		t.Errorf("the manifest says %+v", m.Cross)
	}
}

func TestTranslationCounts(t *testing.T) {
	articles := partlyTranslated()
	// The pair of text 57 is broken up by one that is not on the site.
	i := slices.IndexFunc(articles, func(a data.Article) bool { return a.ID == "0057-zh-Hant" })
	articles[i].State = data.Unpublished
	s, _ := refreshed(t, storeOf(t, articles), refresh.Options{})
	got := s.Manifest().Translations
	want := snapshot.Translations{
		Groups: 47, Articles: 134, // 40 texts in three languages and 7 in two
		Languages: map[data.Lang]int{"en": 47, "zh-Hans": 40, "zh-Hant": 47},
		Alone:     map[data.Lang]int{"en": 9, "zh-Hans": 8},
		Likely:    got.Likely, LikelyTotal: got.LikelyTotal,
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("translations (-want +got)\n%s", diff)
	}
}

// Of a chain of translations only those that name the same original are a group,
// and the manifest names the others.
func TestChainedTranslations(t *testing.T) {
	check := func(name string, originals map[data.ArticleID]data.ArticleID, want ...data.ArticleID) {
		t.Helper()
		var articles []data.Article
		for _, id := range []data.ArticleID{"a", "b", "c"} {
			articles = append(articles, data.Article{ID: id, Title: "Rents are rising", Lang: "en", TranslationOf: originals[id]})
		}
		s, _ := refreshed(t, storeOf(t, articles), refresh.Options{})
		if got := s.Manifest().Translations; !slices.Equal(got.Chained, want) || got.ChainedTotal != len(want) {
			t.Errorf("%s: %d chained articles %q, want %q", name, got.ChainedTotal, got.Chained, want)
		}
	}
	check("none", nil)
	check("one group", map[data.ArticleID]data.ArticleID{"a": "c", "b": "c", "c": "c"})
	check("an original that is missing", map[data.ArticleID]data.ArticleID{"a": "x", "b": "x"})
	check("a chain", map[data.ArticleID]data.ArticleID{"c": "b", "b": "a"}, "c")
	check("each other", map[data.ArticleID]data.ArticleID{"b": "a", "a": "b"}, "a", "b")
	check("two of a translation", map[data.ArticleID]data.ArticleID{"a": "b", "c": "b", "b": "x"}, "a", "c")
}

// Without enough translations languages are not compared, and the manifest says why.
func TestWithoutACrossLanguageSpace(t *testing.T) {
	check := func(name, want string, articles []data.Article) {
		t.Helper()
		s, _ := refreshed(t, storeOf(t, articles), refresh.Options{})
		m := s.Manifest()
		if s.HasCross() || m.Cross != nil || len(m.CrossScales) != 0 || !strings.Contains(m.Translations.NoCross, want) {
			t.Errorf("%s: cross-language space %v, because %q; want none because of %q", name, s.HasCross(), m.Translations.NoCross, want)
		}
	}
	all := partlyTranslated()
	english := slices.DeleteFunc(slices.Clone(all), func(a data.Article) bool { return a.Lang != "en" })
	check("one language", "one language", english)
	chinese := slices.DeleteFunc(slices.Clone(all), func(a data.Article) bool { return a.Lang == "en" })
	check("two scripts of one language", "one language", chinese)

	alone := slices.Clone(all)
	for i := range alone {
		alone[i].TranslationOf = ""
	}
	check("no translations", "no article is named as the translation", alone)
	few := slices.Clone(all)
	for i := range few {
		if few[i].ID >= "0003" {
			few[i].TranslationOf = ""
		}
	}
	check("three translations", "3 articles are named as translated", few)
}

// named is a site of 64 texts in English and Chinese, each of them about another
// person in another town, by which its translation can be told from other texts
// on the subject. The articles of text 21 do not say that they translate one
// another.
func named() []data.Article {
	persons := strings.Fields("Aldous Bertil Cyprian Dagny Edwin Freya Gudrun Hector")
	towns := strings.Fields("Brno Cadiz Delft Elche Faro Gent Hvar Izmir")
	articles := datatest.Corpus(datatest.CorpusOptions{Texts: 64, Sentences: 1, Langs: []data.Lang{"en", "zh-Hans"}})
	for i := range articles {
		text := i / 2
		articles[i].Body += strings.Repeat(" "+persons[text/8]+" "+towns[(text+text/8)%8]+".", 4)
		if text == 21 {
			articles[i].TranslationOf = ""
		}
	}
	return articles
}

// variant is a copy of the article of that id in another region's language.
func variant(articles []data.Article, of, id data.ArticleID, lang data.Lang) data.Article {
	i := slices.IndexFunc(articles, func(a data.Article) bool { return a.ID == of })
	a := articles[i]
	a.ID, a.Lang, a.Body = id, lang, a.Body+" The lorries were late."
	return a
}

// A translation that does not say so is found: another language's in the space
// of all, another region's among the neighbours in its own.
func TestLikelyTranslations(t *testing.T) {
	check := func(name string, articles []data.Article, want ...string) {
		t.Helper()
		s, _ := refreshed(t, storeOf(t, articles), refresh.Options{})
		translations := s.Manifest().Translations
		var got []string
		for i, l := range translations.Likely {
			got = append(got, string(l.A+" "+l.B))
			if i > 0 && l.Cosine > translations.Likely[i-1].Cosine {
				t.Errorf("%s: the likeliest do not come first: %v", name, translations.Likely)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, want) || translations.LikelyTotal != len(got) {
			t.Errorf("%s: %d likely translations %q, want %q", name, translations.LikelyTotal, got, want)
		}
	}
	articles := named()
	check("another language", articles, "0021 0021-zh-Hans")
	check("another region", append(named(), variant(articles, "0030", "gb", "en-GB")), "0021 0021-zh-Hans", "0030 gb")
	check("the same language and region", append(named(), variant(articles, "0030", "copy", "en")), "0021 0021-zh-Hans")
	check("one that says so", append(named(), func() data.Article {
		gb := variant(articles, "0030", "gb", "en-GB")
		gb.TranslationOf = "0030"
		return gb
	}()), "0021 0021-zh-Hans")
	// Two of the three pairs among them link all three.
	check("both", append(named(), variant(articles, "0021", "gb", "en-GB")), "0021 0021-zh-Hans", "0021 gb")
}
