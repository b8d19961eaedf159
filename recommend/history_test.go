package recommend_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
	"github.com/alsolike/alsolike/data/overridecsv"
	"github.com/alsolike/alsolike/recommend"
)

// Overrides that go to another site in a file give the same lists there, and with every
// change reverted, from the newest on, lists are what they were.
func TestListsFollowOverrides(t *testing.T) {
	dir, _ := openDir(t)
	some := cards(6, "s")
	for i := range some { // as drawAction has them
		some[i].ID = data.ArticleID(rune('a' + i))
		some[i].Group = some[i].ID
	}
	publish(t, dir, ring(some, 5, 1))
	ctx, changed := t.Context(), 0
	rapid.Check(t, func(r *rapid.T) {
		clock := now
		site := func() (*datatest.Store, *recommend.Engine) {
			store := datatest.NewStore(func() time.Time { return clock })
			var articles []data.Article
			for _, c := range some {
				articles = append(articles, data.Article{ID: c.ID, Title: c.Title, URL: c.URL, Section: c.Section, Lang: c.Lang, PublishedAt: c.PublishedAt})
			}
			if _, err := store.PutArticles(ctx, articles); err != nil {
				r.Fatal(err)
			}
			e := newEngine(t, store, dir, func(o *recommend.Options) { o.Placements = placements })
			load(t, e)
			return store, e
		}
		lists := func(e *recommend.Engine) string {
			if err := e.Update(ctx); err != nil {
				r.Fatal(err)
			}
			var b strings.Builder
			for _, c := range some {
				for _, placement := range []string{"", "side"} {
					b.WriteString(string(c.ID) + placement + ": " + ids(related(t, e, recommend.Query{ID: c.ID, Placement: placement})) + "\n")
				}
			}
			return b.String()
		}
		one, here := site()
		first := lists(here)
		known := []data.ArticleID{"a", "a", "b", "c", "d", "e", "f"}
		for range rapid.IntRange(1, 3).Draw(r, "times") {
			clock = clock.Add(time.Minute)
			all := make([]data.Override, rapid.IntRange(0, 4).Draw(r, "overrides"))
			for i := range all {
				all[i] = data.Override{Article: rapid.SampledFrom(append(known, "*")).Draw(r, "article"), Target: rapid.SampledFrom(known).Draw(r, "target")}
				drawAction(r, &all[i], data.Pin, data.Pin, data.Hide, data.Boost, data.Bury, data.Off)
				if rapid.Bool().Draw(r, "ends") {
					all[i].Until = now.AddDate(0, 0, rapid.IntRange(-1, 1).Draw(r, "day"))
				}
			}
			if _, _, err := one.AddOverrides(ctx, all); err != nil {
				r.Fatal(err)
			}
			if err := one.RemoveOverride(ctx, rapid.Int64Range(0, 5).Draw(r, "gone")); err != nil && !strings.Contains(err.Error(), "not found") {
				r.Fatal(err)
			}
		}
		want := lists(here)
		if want != first {
			changed++
		}

		other, there := site()
		all, err := one.Overrides(ctx)
		if err != nil {
			r.Fatal(err)
		}
		var file strings.Builder
		if err := overridecsv.Write(&file, all); err != nil {
			r.Fatal(err)
		}
		report, err := overridecsv.Import(ctx, other, strings.NewReader(file.String()), overridecsv.Options{File: "f"}, data.AnyRevision)
		if err != nil || report.Added != len(all) {
			r.Fatalf("%+v, %v", report, err)
		}
		if got := lists(there); got != want {
			r.Fatalf("after\n%s\nthe lists are\n%s\nwant\n%s", file.String(), got, want)
		}

		var changes []int64
		for e, err := range one.History(ctx, data.HistoryFilter{}) {
			if err != nil {
				r.Fatal(err)
			}
			changes = append(changes, e.ID)
		}
		for _, id := range changes {
			if _, err := one.Revert(ctx, id); err != nil {
				r.Fatal(err)
			}
		}
		if got := lists(here); got != first {
			r.Fatalf("with all reverted the lists are\n%s\nwant\n%s", got, first)
		}
	})
	if changed == 0 {
		t.Error("no override has changed a list")
	}
}
