package recommend_test

import (
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend"
)

// While time passes, articles are published, overrides begin and end, and the
// store changes: whatever changes a list changes the version or comes when that
// has run out.
func TestVersion(t *testing.T) {
	clock := now
	dir, _ := openDir(t)
	some := cards(9, "s")
	some[1].PublishedAt = now.Add(20 * time.Minute) // in the snapshot
	some[2].PublishedAt = now.Add(50 * time.Minute)
	publish(t, dir, ring(some, 8, 1))
	live := some[3]
	live.PublishedAt = now.Add(10*time.Minute + time.Second)
	store := &memory{
		revision: data.Revision{Articles: 2, Overrides: 1},
		changes:  []change{{2, live}},
		overrides: []data.Override{
			{ID: 1, Article: "a0", Target: "a8", Action: data.Pin, Position: 1, From: now.Add(5 * time.Minute), Until: now.Add(70 * time.Minute)},
			{ID: 2, Article: data.Everywhere, Target: "a7", Action: data.Hide, Until: now.Add(100 * time.Minute)},
		},
	}
	e := newEngine(t, store, dir, func(o *recommend.Options) {
		o.Now = func() time.Time { return clock }
		o.Placements = map[string]recommend.Placement{"new": {Since: "48h"}}
	})
	load(t, e)
	type state struct{ plain, placed string }
	lists := func() state {
		return state{
			ids(related(t, e, recommend.Query{ID: "a0", Limit: 8})),
			ids(related(t, e, recommend.Query{ID: "a0", Limit: 8, Placement: "new"})),
		}
	}
	before, was, steps, versions := lists(), clock, 0, 0
	version, until := e.Version()
	for ; clock.Before(now.Add(5 * time.Hour)); clock = clock.Add(time.Second) {
		if clock.Equal(now.Add(150 * time.Minute)) {
			store.overrides, store.revision.Overrides = nil, 2
		}
		if clock.Second()%10 == 0 {
			load(t, e) // as Watch does now and then
		}
		after := lists()
		if after != before {
			steps++
		}
		nextVersion, nextUntil := e.Version()
		if nextVersion == version && clock.Before(until) && after != before {
			t.Fatalf("%v after %v the version is still %d, but the lists are %+v, not %+v", clock.Sub(now), was.Sub(now), version, after, before)
		}
		if nextVersion != version {
			versions++
		}
		before, was, version, until = after, clock, nextVersion, nextUntil
	}
	if steps < 6 {
		t.Errorf("lists changed %d times, too seldom to tell", steps)
	}
	if versions < steps || versions > 20 {
		t.Errorf("there were %d versions for %d changes", versions, steps)
	}
}

// A list that is drawn at random is as it is for a slot of time.
func TestVersionOfDrawnLists(t *testing.T) {
	clock := now.Add(7 * time.Second)
	dir, _ := openDir(t)
	publish(t, dir, ring(cards(9, "s"), 8, 1))
	e := newEngine(t, &memory{revision: data.Revision{Articles: 1}}, dir, func(o *recommend.Options) {
		o.Now = func() time.Time { return clock }
		o.Explore = recommend.Explore{Share: .5, Pool: 8}
	})
	load(t, e)
	if _, until := e.Version(); !until.Equal(now.Add(30 * time.Second)) {
		t.Errorf("holds until %v, want the end of the slot, %v", until, now.Add(30*time.Second))
	}
}

// A list that is filled by what is popular at the moment says so.
func TestPassing(t *testing.T) {
	dir, _ := openDir(t)
	publish(t, dir, ring(cards(9, "s"), 3, 1))
	var popular []data.ArticleID
	e := newEngine(t, &memory{revision: data.Revision{Articles: 1}}, dir, func(o *recommend.Options) {
		o.Popular = func() []data.ArticleID { return popular }
	})
	load(t, e)
	for _, tc := range []struct {
		limit    int
		fallback recommend.Fallback
		want     bool
	}{
		{3, recommend.PopularFallback, false},
		{4, recommend.PopularFallback, true}, // though nothing is
		{4, recommend.LatestFallback, false},
		{4, recommend.NoFallback, false},
	} {
		if got := related(t, e, recommend.Query{ID: "a0", Limit: tc.limit, Fallback: tc.fallback}).Passing; got != tc.want {
			t.Errorf("limit %d, fallback %s: got %v", tc.limit, tc.fallback, got)
		}
	}
	popular = []data.ArticleID{"a8"}
	if list := related(t, e, recommend.Query{ID: "a0", Limit: 4, Fallback: recommend.PopularFallback}); !list.Passing || ids(list) != "a1 a2 a3 a8" {
		t.Errorf("got %+v", list)
	}
}
