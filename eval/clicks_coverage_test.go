package eval

import (
	"context"
	"errors"
	"math"
	"runtime"
	"slices"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval/estimate"
	"github.com/alsolike/alsolike/eval/pack"
	"github.com/alsolike/alsolike/eval/simulate"
)

// snapshotOf is a snapshot of the lists that f makes of those of another.
func snapshotOf(name string, articles int, s *pack.Snapshot, f func(seed int32, items []int32) []int32) pack.Snapshot {
	out := pack.Snapshot{Name: name, Start: []int32{0}}
	for a := range int32(articles) {
		items, _ := s.List(a)
		list := f(a, slices.Clone(items))
		for i := range list {
			out.Score = append(out.Score, -float64(i))
		}
		out.Item = append(out.Item, list...)
		out.Start = append(out.Start, int32(len(out.Item)))
	}
	return out
}

// entryOf ranks by a snapshot.
func entryOf(articles []pack.Article, s pack.Snapshot) Entry {
	lists := Lists{}
	for a := range articles {
		items, _ := s.List(int32(a))
		var ids []data.ArticleID
		for _, item := range items {
			ids = append(ids, data.ArticleID(articles[item].ID))
		}
		lists[data.ArticleID(articles[a].ID)] = ids
	}
	return Entry{Name: s.Name, Ranker: lists}
}

// testPool is from how many links variant X draws in tests.
const testPool = 8

// testPolicies are rankings of a world beside production: the second variant, the
// best order of what X draws from, and an order made worse.
func testPolicies(w *simulate.World) []pack.Snapshot {
	n := len(w.Articles)
	return []pack.Snapshot{
		w.Snapshots[0],
		w.Snapshots[1],
		snapshotOf("best", n, &w.Snapshots[0], func(seed int32, items []int32) []int32 {
			top := items[:min(testPool, len(items))]
			slices.SortStableFunc(top, func(a, b int32) int {
				return int(math.Copysign(1, w.Attraction(seed, b)-w.Attraction(seed, a)))
			})
			return items
		}),
		snapshotOf("turned", n, &w.Snapshots[0], func(_ int32, items []int32) []int32 {
			slices.Reverse(items[:min(6, len(items))])
			return items
		}),
	}
}

// Of the intervals from simulated logs with heavy readers, about 95 in 100 must hold
// the truth, for every policy.
func TestClickCoverage(t *testing.T) {
	logs, low, high := 200, 0.90, 0.985
	if testing.Short() {
		logs, low, high = 8, 0.6, 1 // so few tell no more
	}
	articles, snapshots := simulate.Site(120, 1)
	w, err := simulate.New(articles, snapshots, simulate.Options{Seed: 1, Impressions: 5000, Explore: 0.15, Pool: testPool})
	if err != nil {
		t.Fatal(err)
	}
	policies := testPolicies(w)
	truth := make([]float64, len(policies))
	for i, s := range policies {
		truth[i] = w.Clicks(s)
	}
	held := make([][]covered, logs)
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for log := range logs {
		group.Go(func() (err error) {
			held[log], err = coverLog(w.Pack(uint64(log)), w.Articles, policies, truth)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	for i, s := range policies {
		var value, delta float64
		for _, h := range held {
			if h[i].value {
				value++
			}
			if h[i].delta {
				delta++
			}
		}
		value, delta = value/float64(logs), delta/float64(logs)
		t.Logf("%-8s truth %.4f: value %.3f, difference %.3f", s.Name, truth[i], value, delta)
		if value < low || value > high {
			t.Errorf("%s: %.3f of the intervals of the value hold the truth %v", s.Name, value, truth[i])
		}
		switch {
		case i == 0 && delta < 1:
			t.Errorf("%s: the difference to itself is not always 0", s.Name)
		case i > 0 && (delta < low || delta > high):
			t.Errorf("%s: %.3f of the intervals of the difference hold the truth %v", s.Name, delta, truth[i]-truth[0])
		}
	}
}

// covered says whether the intervals of a policy hold the truth.
type covered struct{ value, delta bool }

// coverLog says so of every policy, the first being production.
func coverLog(p *pack.Pack, articles []pack.Article, policies []pack.Snapshot, truth []float64) ([]covered, error) {
	v := newClickEval(p, ClickOptions{Workers: 1, replicates: 400}.withDefaults())
	if v.reason+v.note != "" {
		return nil, errors.New(v.reason + v.note)
	}
	if err := v.setBaseline(context.Background(), entryOf(articles, policies[0])); err != nil {
		return nil, err
	}
	var held []covered
	for i, s := range policies {
		r, err := v.rank(context.Background(), entryOf(articles, s), false)
		if err != nil {
			return nil, err
		}
		c := v.compare(v.main, r.main, v.base.main, v.rewards[0].value, v.n)
		holds := func(r estimate.Result, truth float64) bool { return r.Low <= truth && truth <= r.High }
		v.release(r)
		held = append(held, covered{holds(v.settle(c.value), truth[i]), holds(v.settle(c.delta), truth[i]-truth[0])})
	}
	return held, nil
}
