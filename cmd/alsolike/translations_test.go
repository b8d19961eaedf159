package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// A publisher's site in 17 languages, of which 215 posts are in English and in
// both scripts of Chinese: nothing links to its own translation, and readers of
// either script are led to the same posts.
func TestTranslatedSite(t *testing.T) {
	posts := dataset(t, "ruby_lang_news")
	s := newShell(t)
	s.ok("import", "--format", "markdown", posts)
	var m snapshot.Manifest
	s.decode(&m, "refresh", "--json")
	if m.Counts.Articles != 4723 || len(m.Counts.Languages) != 17 {
		t.Errorf("%d articles in %d languages, want 4,723 in 17", m.Counts.Articles, len(m.Counts.Languages))
	}
	if m.Translations.Groups < 500 || m.Cross == nil {
		t.Errorf("%d groups and cross-language space %v (%s), want more than 500 and one", m.Translations.Groups, m.Cross, m.Translations.NoCross)
	}
	shown := s.ok("snapshot", "show")
	for _, want := range []string{"translations", "across languages", "noise out of zh"} {
		if !strings.Contains(shown, want) {
			t.Errorf("snapshot show does not tell of %q:\n%s", want, shown)
		}
	}

	dir, err := snapshot.OpenDir(s.data + "/" + snapshotFolder)
	if err != nil {
		t.Fatal(err)
	}
	site, _, err := dir.OpenPublished()
	if err != nil {
		t.Fatal(err)
	}
	cross := 0
	for row := range site.Len() {
		from := site.Card(row)
		own, other := site.Candidates(row), site.CrossCandidates(row)
		if len(own) > 64 || len(other) > 32 {
			t.Fatalf("%s has %d candidates and %d in other languages", from.ID, len(own), len(other))
		}
		cross += len(other)
		shown := map[int]bool{site.Group(row): true}
		for i, n := range slices.Concat(own, other) {
			to := site.Card(int(n.Row))
			if i == len(own) {
				shown = map[int]bool{site.Group(row): true}
			}
			if group := site.Group(int(n.Row)); shown[group] {
				t.Fatalf("%s has two candidates of the group %s, or one of its own", from.ID, to.Group)
			} else {
				shown[group] = true
			}
			if inOwn := i < len(own); from.SameLanguage(&to) != inOwn || !inOwn && inLanguage(site, int(n.Row), from.Lang.Base()) {
				t.Fatalf("%s has the candidate %s", from.ID, to.ID)
			}
		}
	}
	if cross == 0 {
		t.Error("no article has a candidate in another language")
	}

	overlap, trilingual := 0, 0
	for row := range site.Len() {
		if site.Card(row).Lang != "zh-Hans" || !inLanguage(site, row, "en") {
			continue
		}
		for _, other := range site.Members(row) {
			if site.Card(int(other)).Lang == "zh-Hant" {
				trilingual++
				overlap += common(firstGroups(site, row, 5), firstGroups(site, int(other), 5))
			}
		}
	}
	if trilingual != 215 {
		t.Errorf("%d posts are in English and both scripts of Chinese, want 215", trilingual)
	}
	share := float64(overlap) / float64(5*trilingual)
	if share < leastOverlap {
		t.Errorf("overlap@5 of the two scripts %.3f, want at least %.2f", share, leastOverlap)
	}
	t.Logf("overlap@5 %.3f, %d candidates across languages, %d likely pairs, timings %v ms, %d MB", share, cross, m.Translations.LikelyTotal, m.Timings, m.PeakMemory>>20)
}

// leastOverlap is a little below what was measured.
const leastOverlap = 0.6

// inLanguage reports whether the group of row has a member in that language.
func inLanguage(s *snapshot.Snapshot, row int, lang data.Lang) bool {
	return slices.ContainsFunc(s.Members(row), func(member int32) bool { return s.Card(int(member)).Lang.Base() == lang })
}

// firstGroups is the groups of the first k candidates of row.
func firstGroups(s *snapshot.Snapshot, row, k int) (groups []int) {
	list := s.Candidates(row)
	for _, n := range list[:min(k, len(list))] {
		groups = append(groups, s.Group(int(n.Row)))
	}
	return groups
}

// common counts what a and b share.
func common(a, b []int) (n int) {
	for _, x := range a {
		if slices.Contains(b, x) {
			n++
		}
	}
	return n
}

func TestTranslationReport(t *testing.T) {
	m := snapshot.Manifest{
		Counts: snapshot.Counts{Languages: map[data.Lang]int{"en": 3, "zh-Hans": 2}},
		Translations: snapshot.Translations{
			Groups: 1, Articles: 2, Languages: map[data.Lang]int{"en": 1, "zh-Hans": 1},
			Alone: map[data.Lang]int{"en": 2, "zh-Hans": 1}, NoCross: "there are few",
			Likely: []snapshot.Likely{{A: "en/b", B: "zh/a", Cosine: 0.97}}, LikelyTotal: 1,
			Chained: []data.ArticleID{"a", "b", "c", "d", "e", "f"}, ChainedTotal: 1_200,
		},
	}
	want := `Translations: 1 group of 2 articles (en 1, zh-Hans 1), 3 articles without a translation (en 2, zh-Hans 1).
Articles of different languages are not compared: there are few.
1,200 articles name a translation as their original (translation_of), and so are in no group with it; all versions must name the same one: a, b, c, d, e, ….
1 pair of articles looks like translations and does not say so (translation_of); the likeliest:
  en/b ↔ zh/a (.97)
`
	if got := translationReport(m); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	m.Counts.Languages = map[data.Lang]int{"en": 5}
	if got := translationReport(m); got != "" {
		t.Errorf("of a site in one language: got %q, want nothing", got)
	}
}
