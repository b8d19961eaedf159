package main

import (
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval"
	"github.com/alsolike/alsolike/eval/pack"
)

// baselinePack is a log over the four articles of evalSite, of which the last week
// is measured:
//
//	200 h before its end   under a, c is clicked
//	190 h                  under c, a is clicked
//	3 h, 0 h, 0 h          under b, a, c and a are clicked
func baselinePack() (p *pack.Pack, last int32) {
	last = 493_000
	hoursAgo := func(h int32) time.Time { return time.Unix(int64(last-h)*3600, 0).UTC() }
	p = &pack.Pack{
		Articles: []pack.Article{
			{ID: "a", Section: "port", Published: hoursAgo(900), Died: pack.Never},
			{ID: "b", Section: "port", Published: hoursAgo(500), Died: pack.Never},
			{ID: "c", Section: "ball", Published: hoursAgo(600), Died: pack.Never},
			{ID: "d", Section: "ball", Published: hoursAgo(50), Died: pack.Never},
		},
		Overrides: []pack.Override{{Op: "pin", Source: 1, Item: 2, Position: 1, Hour: last - 10, Until: last - 2}},
	}
	im := &p.Impressions
	im.Start = []int32{0}
	for i, list := range []struct{ hour, source, clicked int32 }{{last - 200, 0, 2}, {last - 190, 2, 0}, {last - 3, 1, 0}, {last, 1, 2}, {last, 1, 0}} {
		im.Source, im.Hour, im.Session = append(im.Source, list.source), append(im.Hour, list.hour), append(im.Session, int32(i))
		im.Item, im.Flags = append(im.Item, list.clicked), append(im.Flags, pack.Clicked)
		im.Start = append(im.Start, int32(len(im.Item)))
	}
	return p, last
}

func TestPackBaselines(t *testing.T) {
	s, _, _ := evalSite(t)
	e := &env{dataDir: s.data, stdout: io.Discard, stderr: io.Discard, now: time.Now}
	p, last := baselinePack()
	production := eval.Entry{Name: "production", Ranker: eval.Lists{"b": {"a", "d", "c"}}}
	entries, leftOut, err := e.packBaselines(t.Context(), p, production, packBaselineNames, baselineOptions{K: 3, Seed: 5})
	if err != nil || len(leftOut) != 0 || len(entries) != len(packBaselineNames) {
		t.Fatalf("got %d of %d baselines, left out %q, %v", len(entries), len(packBaselineNames), leftOut, err)
	}
	byName := map[string]eval.Entry{}
	for i, entry := range entries {
		byName[entry.Name] = entry
		if entry.Name != packBaselineNames[i] || entry.Note == "" {
			t.Errorf("entry %d is %q with the note %q", i, entry.Name, entry.Note)
		}
	}
	check := func(name string, seed data.ArticleID, want string) {
		t.Helper()
		ids, err := byName[name].Ranker.Rank(t.Context(), seed, 9)
		if err != nil {
			t.Fatal(err)
		}
		if got := joinIDs(ids); got != want {
			t.Errorf("%s of %s: got %q, want %q", name, seed, got, want)
		}
	}
	check("popular-24h", "a", "b")
	check("popular", "b", "a c d") // a and c once each before the last week
	check("recent", "a", "d b c")
	check("same-section", "a", "b")
	check("bm25", "a", "b")
	check("bm25", "d", "c")
	check("tfidf", "c", "d")
	check("co-click", "a", "c")
	check("co-click", "b", "")
	check("ceiling", "b", "a c")
	check("editors", "b", "a d c") // the pin has ended
	check("ceiling", "nowhere", "")
	if got := byName["ceiling"].Note; !strings.Contains(got, "not attainable") {
		t.Errorf("ceiling's note: %q", got)
	}
	for _, name := range []string{"random", "shuffled-production"} {
		ids, err := byName[name].Ranker.Rank(t.Context(), "b", 9)
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(ids)
		if got := joinIDs(ids); got != "a c d" {
			t.Errorf("%s of b: got %q, want a, c and d in some order", name, got)
		}
	}

	at := func(name string, seed data.ArticleID, hour int32, want string) {
		t.Helper()
		ids, err := byName[name].Ranker.(eval.TimedRanker).RankAt(t.Context(), seed, time.Unix(int64(hour)*3600, 0), 9)
		if err != nil {
			t.Fatal(err)
		}
		if got := joinIDs(ids); got != want {
			t.Errorf("%s of %s, %d hours before the end: got %q, want %q", name, seed, last-hour, got, want)
		}
	}
	at("popular-24h", "b", last-189, "a c")
	at("popular-24h", "a", last-3, "")
	at("recent", "a", last-100, "b c")
	at("same-section", "c", last-100, "")
	at("editors", "b", last-5, "c a d")
	at("editors", "a", last-5, "")
}

func joinIDs(ids []data.ArticleID) string {
	var words []string
	for _, id := range ids {
		words = append(words, string(id))
	}
	return strings.Join(words, " ")
}

// What cannot be made is left out with a sentence, and nothing else is.
func TestPackBaselinesLeftOut(t *testing.T) {
	e := &env{dataDir: "nowhere", stdout: io.Discard, stderr: io.Discard, now: time.Now}
	p := &pack.Pack{Articles: []pack.Article{{ID: ""}, {ID: "a"}, {ID: "b"}, {ID: "c"}}}
	entries, leftOut, err := e.packBaselines(t.Context(), p, eval.Entry{}, packBaselineNames, baselineOptions{K: 3})
	if err != nil || len(entries) != 1 || entries[0].Name != "random" {
		t.Fatalf("got %v, %v; want random alone", entries, err)
	}
	for i, name := range packBaselineNames[1:] {
		if !strings.HasPrefix(leftOut[i], name+" is left out: ") {
			t.Errorf("got %q for %s", leftOut[i], name)
		}
	}
	ids, err := entries[0].Ranker.Rank(t.Context(), "a", 9)
	if err != nil {
		t.Fatal(err)
	}
	if slices.Sort(ids); joinIDs(ids) != "b c" {
		t.Errorf("random of a: got %q, want b and c, and not the article without an id", joinIDs(ids))
	}
}

func TestReadBaselines(t *testing.T) {
	e := &env{dataDir: "nowhere", stdout: io.Discard, stderr: io.Discard, now: time.Now}
	articles := []pack.Article{{ID: "a"}, {ID: "b"}, {ID: "c"}}
	var log []eval.Read
	for day := 1; day <= 9; day++ {
		items := []string{"a", "b"}
		if day > 7 {
			items = []string{"a", "c"}
		}
		for i, item := range items {
			log = append(log, eval.Read{Reader: string(rune('k' + day)), Item: item, Time: time.Date(2026, 3, day, 12, i, 0, 0, time.UTC)})
		}
	}
	lists := func(opts eval.TruthOptions) map[string]string {
		truth, err := eval.NewTruthOf(articles, eval.Log{Reads: slices.Values(log)}, opts)
		if err != nil {
			t.Fatal(err)
		}
		entries, _, err := e.readBaselines(t.Context(), truth, []string{"popular", "co-click", "popular-24h", "ceiling"}, baselineOptions{K: 3})
		if err != nil {
			t.Fatal(err)
		}
		byName := map[string]string{}
		for _, entry := range entries {
			ids, err := entry.Ranker.Rank(t.Context(), "a", 1)
			if err != nil {
				t.Fatal(err)
			}
			byName[entry.Name] = joinIDs(ids)
		}
		return byName
	}
	split := lists(eval.TruthOptions{Days: 2})
	for name, want := range map[string]string{"popular": "b", "co-click": "b", "popular-24h": "c", "ceiling": "c"} {
		if got := split[name]; got != want {
			t.Errorf("%s of a, learnt before the last two days: got %q, want %q", name, got, want)
		}
	}
	whole := lists(eval.TruthOptions{})
	if _, made := whole["co-click"]; made {
		t.Error("co-click is made where nothing is kept apart to learn from")
	}
	if whole["popular"] != "b" {
		t.Errorf("popular in the whole log: got %q, want b", whole["popular"])
	}
}
