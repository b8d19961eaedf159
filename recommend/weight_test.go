package recommend_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// weighing is an engine over a ring of n cards, each with the 64 after it as
// candidates, the j-th of a cosine of 1-j/65, and these overrides.
func weighing(t testing.TB, n int, change func(*recommend.Options), all ...data.Override) *recommend.Engine {
	t.Helper()
	list := cards(n, "city")
	for i := range list {
		id := data.ArticleID(fmt.Sprintf("a%03d", i))
		list[i].ID, list[i].Group, list[i].URL = id, id, "https://example.org/"+string(id)
	}
	for i := range all {
		all[i].ID = int64(i + 1)
	}
	dir, _ := openDir(t)
	publish(t, dir, ring(list, 64, 1))
	e := newEngine(t, &memory{overrides: all}, dir, change)
	load(t, e)
	return e
}

func TestWeights(t *testing.T) {
	boost := func(article, target data.ArticleID, strength float64) data.Override {
		return data.Override{Article: article, Target: target, Action: data.Boost, Strength: strength}
	}
	bury := func(article, target data.ArticleID, strength float64) data.Override {
		o := boost(article, target, strength)
		o.Action = data.Bury
		return o
	}
	pin := data.Override{Article: "a000", Target: "a002", Action: data.Pin, Position: 2}
	off := data.Override{Article: "a000", Action: data.Off}
	scoped, paused := off, off
	scoped.Placement, paused.Paused = "side", true
	q := recommend.Query{ID: "a000", Limit: 4}
	check := func(name string, q recommend.Query, want string, all ...data.Override) {
		t.Helper()
		e := weighing(t, 100, func(o *recommend.Options) { o.Placements = placements }, all...)
		if got := strings.TrimSpace(ids(related(t, e, q))); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	check("none", q, "a001 a002 a003 a004")
	check("the last of the ranked list", q, "a001 a002 a003 a004", boost("a000", "a064", 10)) // 10/65
	check("far down", q, "a050 a001 a002 a003", boost("a000", "a050", 10))                    // 160/65
	check("everywhere", q, "a050 a001 a002 a003", boost("*", "a050", 10))
	check("of another article", q, "a001 a002 a003 a004", boost("a001", "a050", 10))
	check("no candidate", q, "a001 a002 a003 a004", boost("a000", "a080", 10))
	check("buried", q, "a001 a003 a004 a005", bury("*", "a002", 0))
	check("a little", recommend.Query{ID: "a000", Limit: 9}, "a001 a003 a004 a005 a006 a007 a008 a002 a009", bury("a000", "a002", 0.9)) // 57.6/65
	check("own counts before everywhere", q, "a050 a001 a002 a003", boost("a000", "a050", 10), bury("*", "a050", 0))
	check("the newest counts", q, "a001 a002 a003 a004", boost("a000", "a050", 10), bury("a000", "a050", 0.5))
	check("a pin is stronger", q, "a001 a002 a003 a004", pin, bury("a000", "a002", 0))
	check("so is a hide", q, "a001 a002 a003 a004", boost("a000", "a050", 10), data.Override{Article: "*", Target: "a050", Action: data.Hide})
	check("off", q, "", off, pin)
	check("off and filled", recommend.Query{ID: "a000", Fallback: recommend.LatestFallback}, "", off)
	check("off and raw", recommend.Query{ID: "a000", Limit: 2, Raw: true}, "a001 a002", off)
	check("off elsewhere", recommend.Query{ID: "a001", Limit: 2}, "a002 a003", off)
	check("off in a placement", recommend.Query{ID: "a000", Limit: 2, Placement: "side"}, "", scoped)
	check("off in another", recommend.Query{ID: "a000", Limit: 2, Placement: "top"}, "a001 a002", scoped)
	check("off and paused", recommend.Query{ID: "a000", Limit: 2}, "a001 a002", paused)
	check("beyond a threshold", recommend.Query{ID: "a000", Limit: 2, Threshold: new(50)}, "a001 a002", boost("a000", "a050", 10))

	e := weighing(t, 100, nil, bury("*", "a001", 0))
	if list := related(t, e, recommend.Query{ID: "a000", Limit: 99}); len(list.Links) != 64 || list.Links[63].Card.ID != "a001" || list.Links[63].Score != 99 {
		t.Errorf("buried with 0 it is not the last of %d with the score of before: %+v", len(list.Links), list.Links[len(list.Links)-1])
	}
	e = weighing(t, 100, nil, boost("*", "a050", 4), bury("*", "a002", 0.5))
	list := related(t, e, recommend.Query{ID: "a000", Limit: 60, Explain: true})
	for _, link := range list.Links {
		want, weight := "Similar content", float32(1)
		switch link.Card.ID {
		case "a050":
			want, weight = "Boosted by an editor; similar content", 4
		case "a002":
			want, weight = "Moved down by an editor; similar content", 0.5
		}
		if link.Reason.Text != want || link.Base != link.Cosine || link.Rank != weight*link.Cosine {
			t.Errorf("%s, of cosine %v, base %v and rank %v, is there for %q, want %q", link.Card.ID, link.Cosine, link.Base, link.Rank, link.Reason.Text, want)
		}
	}
	if !slices.IsSortedFunc(list.Links, func(a, b recommend.Link) int {
		if a.Rank >= b.Rank {
			return -1
		}
		return 1
	}) {
		t.Error("the links do not stand by their ranking scores")
	}
}

// Where a filter leaves the ranked list short, a boost is looked for farther down than
// the list is long, and what fills up keeps its order.
func TestWeighedAndFiltered(t *testing.T) {
	all := cards(200, "city")
	for i := range all {
		id := data.ArticleID(fmt.Sprintf("a%03d", i))
		all[i].ID, all[i].Group, all[i].URL = id, id, "https://example.org/"+string(id)
		if i >= 100 {
			all[i].Section = "sport"
		}
	}
	dir, _ := openDir(t)
	publish(t, dir, ring(all, 64, 1)) // the vectors of a000, a002, … are alike
	e := newEngine(t, &memory{overrides: []data.Override{
		{ID: 1, Article: "*", Target: "a140", Action: data.Boost, Strength: 3}, {ID: 2, Article: "a000", Target: "a100", Action: data.Bury},
	}}, dir, nil)
	load(t, e)
	q := recommend.Query{ID: "a000", Limit: 3, Filter: recommend.Filter{Sections: []string{"sport"}}}
	if got := strings.TrimSpace(ids(related(t, e, q))); got != "a140 a102 a104" {
		t.Errorf("got %s, want a140 a102 a104", got)
	}
	q = recommend.Query{ID: "a000", Limit: 3, Exclude: []data.ArticleID{"a001"}, Threshold: new(100), Fallback: recommend.LatestFallback}
	if got := strings.TrimSpace(ids(related(t, e, q))); got != "a002 a003 a004" {
		t.Errorf("filled up: got %s, want a002 a003 a004", got)
	}
}

// Links in other languages stand by their scores times the strength.
func TestWeighedAcrossLanguages(t *testing.T) {
	all := cards(6, "city")
	for i := range all[1:] {
		all[i+1].Lang = "fr"
	}
	c := ring(all, 5, 1)
	c.Cross = &snapshot.Cross{Model: noModel{}, Vectors: c.Vectors, Candidates: c.Candidates}
	c.Candidates = knn.Lists{K: 5, Len: make([]int32, 6), Data: make([]knn.Neighbour, 30)}
	c.Manifest.Cross, c.Manifest.CrossScales = new(snapshot.CrossSpace), linear()
	dir, _ := openDir(t)
	publish(t, dir, c)
	e := newEngine(t, &memory{overrides: []data.Override{
		{ID: 1, Article: "*", Target: "a4", Action: data.Boost, Strength: 10}, {ID: 2, Article: "a0", Target: "a1", Action: data.Bury},
	}}, dir, nil)
	load(t, e)
	list := related(t, e, recommend.Query{ID: "a0", Languages: "any"})
	if got := strings.TrimSpace(ids(list)); got != "a4 a2 a3 a5 a1" {
		t.Errorf("got %s, want a4 a2 a3 a5 a1", got)
	}
	if l := list.Links[0]; l.Rank != 10*l.Base || l.Base != l.Cosine {
		t.Errorf("the boosted one is %+v", l)
	}
}

// A list is drawn at random from what boosts and buries make of the ranked list.
func TestDrawnAndWeighed(t *testing.T) {
	e := weighing(t, 100, func(o *recommend.Options) {
		o.Explore = recommend.Explore{Share: 1, Pool: 4, Temperature: 0.5}
	}, data.Override{Article: "*", Target: "a033", Action: data.Boost, Strength: 4}, data.Override{Article: "*", Target: "a002", Action: data.Bury})
	list := related(t, e, recommend.Query{ID: "a000", Limit: 3})
	if d := list.Draw; d == nil || !slices.Equal(d.Pool, []data.ArticleID{"a033", "a001", "a003", "a004"}) ||
		fmt.Sprintf("%.2f", d.Logits) != "[0.00 -2.06 -2.12 -2.15]" { // of 4×33/65, 1, 63/65 and 62/65, over 0.5
		t.Errorf("drawn from %+v", d)
	}
	if !e.Verify(claimOf(list, "")) {
		t.Error("the list is not known again")
	}
}

// BenchmarkWeighed is lists of 5 of 64 candidates with and without a boost.
func BenchmarkWeighed(b *testing.B) {
	for name, all := range map[string][]data.Override{
		"none":       nil,
		"everywhere": {{Article: "*", Target: "a050", Action: data.Boost, Strength: 2}},
	} {
		e := weighing(b, 1000, nil, all...)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if _, err := e.Related(b.Context(), recommend.Query{ID: data.ArticleID(fmt.Sprintf("a%03d", i%1000))}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
