package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/clicklog"
	"github.com/alsolike/alsolike/data/sample"
	"github.com/alsolike/alsolike/recommend"
)

func TestExploreSettings(t *testing.T) {
	s := newShell(t)
	check := func(name, yaml string, want recommend.Explore, environ ...string) {
		t.Helper()
		e := &env{configFile: s.file("alsolike.yaml", yaml), environ: environ}
		conf, err := e.loadConfig()
		if err != nil {
			t.Fatal(err)
		}
		if conf.Explore != want {
			t.Errorf("%s: %+v, want %+v", name, conf.Explore, want)
		}
	}
	check("nothing said", "lsa.rank: 3\n", recommend.Explore{})
	check("a share", "explore.share: 0.05\n", recommend.Explore{Share: 0.05})
	check("percent", "explore: {share: 5%, pool: 20, keep: 1, temperature: 0.15}\n", recommend.Explore{Share: 0.05, Pool: 20, Keep: 1, Temperature: 0.15})
	check("off", "explore.share: off\n", recommend.Explore{})
	check("environment over file", "explore.share: 5%\n", recommend.Explore{Share: 0.1}, "ALSOLIKE_EXPLORE_SHARE=10 %")
	help := regexp.MustCompile("(?s)```yaml\n(explore:.*?)```").FindStringSubmatch(topicText("evaluation"))
	check("as the help says", help[1], recommend.Explore{Share: 0.05})
}

func TestExploreSettingsThatMakeNoSense(t *testing.T) {
	s := newShell(t)
	s.ok("import", s.sampleFile())
	check := func(yaml string, parts ...string) {
		t.Helper()
		s.fails(2, parts, "status", "--config", s.file("alsolike.yaml", yaml))
	}
	for _, share := range []string{"5", "-5%", "105%", "few", "NaN"} {
		check("explore:\n  share: "+share+"\n", ":2: explore.share is", share, "share such as 0.05 or 5%")
	}
	check("explore.pool: 1\n", ":1: explore.pool", "2 to 50")
	check("explore.pool: 51\n", "explore.pool", "2 to 50")
	check("explore.keep: -1\n", "explore.keep", "whole number")
	check("explore.temperature: 0\n", "explore.temperature", "above 0")
	check("explore.temperature: .inf\n", "explore.temperature", "above 0")
	check("explore:\n  keep: 11\n", "explore.keep is 11", "drawn from 12 links", "at most 10")
	check("explore:\n  pool: 4\n  keep: 3\n", "explore.keep is 3", "drawn from 4 links", "at most 2")
	check("explore:\n  shares: 5%\n", "unknown key explore.shares", "explore.share?")
}

// TestServeDraws takes drawn lists to a page and back: what the page reports of them is
// taken as it was answered, refused otherwise, and fit for an evaluation.
func TestServeDraws(t *testing.T) {
	s := withSample(t)
	s.environ = []string{"ALSOLIKE_EXPLORE_SHARE=100%", "ALSOLIKE_EXPLORE_POOL=9", "ALSOLIKE_EXPLORE_KEEP=1"}
	s.ok("override", "add", "--article", "en/harbour-cranes", "--target", "en/book-boat", "--action", "pin", "--position", "2")
	r := s.startServe()
	for i, id := range []string{"en/harbour-cranes", "en/cod-quota", "zh-Hans/cod-quota", "zh-Hant/harbour-cranes"} {
		_, body := r.get("/v1/related?id=" + id)
		var list any // as a page has it
		var told struct {
			Draw struct {
				Pool   []string
				Logits []float64
				Keep   int
			}
			Items []struct {
				ID, Source string
				P          float64
			}
		}
		for _, into := range []any{&list, &told} {
			if err := json.Unmarshal([]byte(body), into); err != nil {
				t.Fatal(err)
			}
		}
		if d := told.Draw; len(d.Pool) != 9 || len(d.Logits) != 9 || d.Keep != 1 || told.Items[0].ID != d.Pool[0] || told.Items[0].P != 1 || told.Items[3].P >= 1 {
			t.Errorf("%s: the answer tells of its draw: %+v", id, told)
		}
		if i == 0 && (told.Items[1].ID != "en/book-boat" || told.Items[1].P != 1 || slices.Contains(told.Draw.Pool, "en/book-boat")) {
			t.Errorf("%s: the second link is not the pinned one: %+v", id, told)
		}
		report := func() string {
			event, err := json.Marshal(map[string]any{"t": "imp", "view": fmt.Sprint("view-number-", i), "list": list})
			if err != nil {
				t.Fatal(err)
			}
			return string(event)
		}
		item := list.(map[string]any)["items"].([]any)[3].(map[string]any)
		p := item["p"].(float64)
		item["p"] = p / 2
		if got := r.report(report()); len(got.Refused) != 1 || got.Refused[0].Reason != "signature" {
			t.Errorf("%s: half the chance: %+v", id, got)
		}
		item["p"] = p
		if got := r.report(report()); got.Accepted != 1 {
			t.Errorf("%s: %+v", id, got)
		}
	}
	r.end()
	if got := s.ok("eval", "check"); !strings.Contains(got, "Lists      4 valid of 4") || !strings.Contains(got, "Variants   X;") {
		t.Errorf("the check finds\n%s", got)
	}
	if got := s.ok("related", "en/cod-quota", "--json"); strings.Contains(got, `"draw"`) {
		t.Errorf("related draws:\n%s", got)
	}
}

// TestDrawnListsCanBeEvaluated has an engine of the sample site draw a third of its
// lists for readers who click at random, and the log evaluated: what the engine does
// must be what the evaluation takes it to do, list by list.
func TestDrawnListsCanBeEvaluated(t *testing.T) {
	oneByOne(t)
	s := withSample(t)
	evaluate := func(explore ...recommend.Explore) string {
		t.Helper()
		log := exploredLog(s, explore...)
		if got := s.ok("eval", "check", log); !strings.Contains(got, "Nothing is wrong with it.") || !strings.Contains(got, "Variants   A, X;") {
			t.Errorf("the check of %+v finds\n%s", explore, got)
		}
		folder := t.TempDir()
		s.ok("eval", "pack", log, "--seed", "1", "--out", filepath.Join(folder, "log.evp"))
		s.ok("eval", "run", "--config", s.file("eval.yaml", fmt.Sprintf("version: 1\npack: %[1]s/log.evp\nk: 5\n"+
			"candidates: [{name: same, snapshot: published}]\ncompare: [recent]\nreports: {json: %[1]s/eval.json}\n", folder)))
		report, err := os.ReadFile(filepath.Join(folder, "eval.json"))
		if err != nil {
			t.Fatal(err)
		}
		return string(report)
	}
	const another = "showed something else than its snapshot says"
	if report := evaluate(recommend.Explore{Share: 1. / 3}); strings.Contains(report, another) || !strings.Contains(report, `"level": "L3"`) {
		t.Error("the lists are not what the evaluation takes them to be")
	}
	warmer := recommend.Explore{Share: 1. / 3, Temperature: 0.5}
	if report := evaluate(recommend.Explore{Share: 1. / 3}, warmer); !strings.Contains(report, another) {
		t.Error("the evaluation does not see that the lists of one snapshot were drawn in two ways")
	}
}

// exploredLog is the file of a log of lists that engines of the site made, each for
// some days, one minute after another.
func exploredLog(s *shell, explore ...recommend.Explore) string {
	t := s.t
	t.Helper()
	var articles []data.ArticleID
	var clock time.Time
	for _, a := range sample.Articles() {
		articles = append(articles, a.ID)
		if a.PublishedAt.After(clock) {
			clock = a.PublishedAt
		}
	}
	e := &env{dataDir: s.data, now: func() time.Time { return clock }, stderr: io.Discard}
	store, err := e.openSite(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	var log []byte
	write := func(e clicklog.Event) {
		if log, err = clicklog.AppendEvent(log, e); err != nil {
			t.Fatal(err)
		}
	}
	rng, n := rand.New(rand.NewPCG(1, 2)), 0
	for _, x := range explore {
		engine, err := e.newEngine(t.Context(), store, &config{Explore: x}, nil, slog.New(slog.DiscardHandler))
		if err == nil {
			err = engine.Load(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
		for range 5_000 / len(explore) {
			n++
			clock = clock.Add(time.Minute)
			list, err := engine.Related(t.Context(), recommend.Query{ID: articles[rng.IntN(len(articles))]})
			if err != nil {
				t.Fatal(err)
			}
			im := &clicklog.Impression{
				ID: fmt.Sprint("i", n), Time: clock, Source: list.Article.ID, Snapshot: list.Snapshot, User: fmt.Sprint("u", n%500),
				Variant: "A", Policy: clicklog.Policy{Kind: "fixed"},
			}
			d := list.Draw
			if d != nil {
				im.Variant, im.Policy = "X", clicklog.Policy{Kind: "plackett-luce", Pool: d.Pool, Logits: d.Logits, Keep: d.Keep}
			}
			for i, link := range list.Links {
				shown := clicklog.Shown{Item: link.Card.ID, Position: link.Position, P: 1, Slot: string(link.Source)}
				if d != nil {
					shown.P = d.P[i]
				}
				im.Items = append(im.Items, shown)
			}
			write(im)
			for i, shown := range im.Items {
				if rng.Float64() < .3/float64(i+1) {
					write(&clicklog.Click{Impression: im.ID, Item: shown.Item, Position: shown.Position, Time: clock.Add(time.Second)})
				}
			}
		}
	}
	return s.file("events.ndjson", string(log))
}
