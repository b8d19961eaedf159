package recommend_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend"
)

// claimOf is what a page that got list says of it.
func claimOf(list recommend.List, placement string) recommend.Claim {
	c := recommend.Claim{
		RecommendationID: list.RecommendationID, Snapshot: list.Snapshot, Article: list.Article.ID, Placement: placement, Draw: list.Draw,
	}
	for _, l := range list.Links {
		c.Items = append(c.Items, recommend.ClaimedItem{ID: l.Card.ID, Position: l.Position, Source: l.Source})
	}
	return c
}

// What the engine answered with is known by its signature, and nothing else is:
// neither another list nor the same one told otherwise.
func TestVerify(t *testing.T) {
	dir, path := openDir(t)
	publish(t, dir, ring(cards(8, "s"), 6, 1))
	store := &memory{overrides: []data.Override{{ID: 1, Article: "a1", Target: "a7", Action: data.Pin, Position: 2}}}
	placements := func(o *recommend.Options) { o.Placements = map[string]recommend.Placement{"top": {}} }
	e := newEngine(t, store, dir, placements)
	load(t, e)
	list := related(t, e, recommend.Query{ID: "a1", Limit: 4, Placement: "top"})
	if len(list.Links) != 4 || list.Links[1].Source != recommend.Editor {
		t.Fatalf("the list is %s", ids(list))
	}
	other := related(t, e, recommend.Query{ID: "a1", Limit: 4, Placement: "top", Exclude: []data.ArticleID{"a6"}})
	for name, list := range map[string]recommend.List{"the list": list, "an empty one": related(t, e, recommend.Query{
		ID: "a1", Placement: "top", Exclude: []data.ArticleID{"a0", "a2", "a3", "a4", "a5", "a6", "a7"},
	})} {
		if !e.Verify(claimOf(list, "top")) {
			t.Errorf("%s is not known again", name)
		}
	}

	for name, forge := range map[string]func(*recommend.Claim){
		"no id":            func(c *recommend.Claim) { c.RecommendationID = "" },
		"the id cut short": func(c *recommend.Claim) { c.RecommendationID = c.RecommendationID[:28] },
		"its seal alone":   func(c *recommend.Claim) { c.RecommendationID = c.RecommendationID[11:] },
		"padding":          func(c *recommend.Claim) { c.RecommendationID += "====" },
		"a line break":     func(c *recommend.Claim) { c.RecommendationID = c.RecommendationID[:8] + "\n" + c.RecommendationID[8:] },
		"another digest":   func(c *recommend.Claim) { c.RecommendationID = "AAAA" + c.RecommendationID[4:] },
		"another seal":     func(c *recommend.Claim) { c.RecommendationID = c.RecommendationID[:28] + "AAAA" },
		"another list's id, which holds the same": func(c *recommend.Claim) {
			c.RecommendationID = other.RecommendationID[:8] + c.RecommendationID[8:]
		},
		"another snapshot": func(c *recommend.Claim) { c.Snapshot = "20261123T200000Z-000000" },
		"another article":  func(c *recommend.Claim) { c.Article = "a2" },
		"no placement":     func(c *recommend.Claim) { c.Placement = "" },
		"no items":         func(c *recommend.Claim) { c.Items = nil },
		"an item less":     func(c *recommend.Claim) { c.Items = c.Items[:3] },
		"an item more": func(c *recommend.Claim) {
			c.Items = append(c.Items, recommend.ClaimedItem{ID: "a5", Position: 5, Source: "algorithm"})
		},
		"another item":      func(c *recommend.Claim) { c.Items[3].ID = "a6" },
		"another order":     func(c *recommend.Claim) { slices.Reverse(c.Items) },
		"another position":  func(c *recommend.Claim) { c.Items[3].Position = 1 },
		"another source":    func(c *recommend.Claim) { c.Items[1].Source = recommend.Algorithm },
		"a draw":            func(c *recommend.Claim) { c.Draw = new(recommend.Draw) },
		"strings moved":     func(c *recommend.Claim) { c.Snapshot, c.Article = c.Snapshot+"a", "1" },
		"a source moved":    func(c *recommend.Claim) { c.Items[0].ID, c.Items[0].Source = "a2a", "lgorithm" },
		"an id of 1,000 kB": func(c *recommend.Claim) { c.RecommendationID = strings.Repeat("A", 1_000_000) },
	} {
		c := claimOf(list, "top")
		forge(&c)
		if e.Verify(c) {
			t.Errorf("%s: %+v is taken for a list of the engine", name, c)
		}
	}

	publish(t, dir, ring(cards(8, "s"), 6, 1))
	again := newEngine(t, store, dir, placements)
	if !again.Verify(claimOf(list, "top")) {
		t.Errorf("an engine over %s that has nothing in service does not know the list", path)
	}
	foreign := newEngine(t, store, dir, func(o *recommend.Options) { o.Secret = []byte("another secret") })
	load(t, foreign)
	if foreign.Verify(claimOf(list, "top")) {
		t.Error("an engine with another secret takes the list for its own")
	}
}

func BenchmarkVerify(b *testing.B) {
	dir, _ := openDir(b)
	publish(b, dir, ring(cards(8, "s"), 6, 1))
	e := newEngine(b, &memory{}, dir, nil)
	load(b, e)
	c := claimOf(related(b, e, recommend.Query{ID: "a1"}), "")
	b.ReportAllocs()
	for b.Loop() {
		if !e.Verify(c) {
			b.Fatal("not known again")
		}
	}
}
