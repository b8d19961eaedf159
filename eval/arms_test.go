package eval

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/alsolike/alsolike/eval/pack"
	"github.com/alsolike/alsolike/eval/simulate"
)

// servings are impressions of one item, all under article 0: variant, snapshot,
// hour, and how many.
func servings(list ...[4]int) *pack.Pack {
	p := &pack.Pack{
		Articles:    []pack.Article{{ID: "a", Died: pack.Never}, {ID: "b", Died: pack.Never}},
		Variants:    []string{"A", "B"},
		Impressions: pack.Impressions{Start: []int32{0}},
	}
	im := &p.Impressions
	for _, s := range list {
		for range s[3] {
			im.Source, im.Hour, im.Moment = append(im.Source, 0), append(im.Hour, int32(s[2])), append(im.Moment, 0)
			im.Variant, im.Snapshot, im.Policy = append(im.Variant, uint8(s[0])), append(im.Snapshot, int16(s[1])), append(im.Policy, -1)
			im.Reader, im.Session, im.Widget = append(im.Reader, 0), append(im.Session, 0), append(im.Widget, 0)
			im.Item, im.P, im.Flags = append(im.Item, 1), append(im.P, math.NaN()), append(im.Flags, 0)
			im.Start = append(im.Start, int32(len(im.Item)))
		}
	}
	return p
}

func TestSpans(t *testing.T) {
	for _, c := range []struct {
		name    string
		log     *pack.Pack
		planned map[string]float64
		want    string // hours: snapshot=share …
	}{
		{"one refresh, at the same hour for both variants", servings(
			[4]int{0, 0, 1, 60}, [4]int{0, 0, 9, 60}, [4]int{0, 1, 10, 60}, [4]int{0, 1, 20, 60},
			[4]int{1, 0, 3, 30}, [4]int{1, 1, 15, 30},
		), nil, "0-9: 0=0.8 0=0.2; 10-23: 1=0.8 1=0.2"},
		{"in the middle of an hour", servings(
			[4]int{0, 0, 1, 10}, [4]int{0, 0, 5, 30}, [4]int{0, 1, 5, 10}, [4]int{0, 1, 9, 10},
		), nil, "0-4: 0=1; 5-5: 0=0.75 1=0.25; 6-23: 1=1"},
		{"a variant that comes later", servings(
			[4]int{0, 0, 0, 10}, [4]int{0, 0, 30, 5}, [4]int{1, 1, 40, 5},
		), nil, "0-23: 0=1; 24-47: 0=0.5 1=0.5"},
		{"planned shares", servings(
			[4]int{0, 0, 0, 10}, [4]int{1, 1, 1, 5},
		), map[string]float64{"A": 0.9, "B": 0.1}, "0-23: 0=0.9 1=0.1"},
		{"a plan that leaves one out does not count", servings(
			[4]int{0, 0, 0, 15}, [4]int{1, 1, 1, 5},
		), map[string]float64{"A": 0.9}, "0-23: 0=0.75 1=0.25"},
	} {
		e := newExperiment(newClickIndex(c.log, ClusterReader), c.planned)
		got := ""
		for _, s := range e.spans {
			if len(s.arms) == 0 {
				continue
			}
			if got != "" {
				got += "; "
			}
			got += fmt.Sprintf("%d-%d:", s.from, s.to)
			for i, a := range s.arms {
				got += fmt.Sprintf(" %d=%.4g", e.arms[a].snapshot, s.share[i])
			}
		}
		if got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
	}
}

// A pack that has lost the hours of some lists does not let a snapshot begin before
// its time.
func TestLikelyHours(t *testing.T) {
	p := servings(
		[4]int{0, 0, 25, 2}, [4]int{0, 0, 38, 2}, [4]int{0, 1, 39, 2}, [4]int{0, 1, 60, 2},
		[4]int{0, 1, 24, 1}, // really later that day
		[4]int{0, 0, 24, 1},
		[4]int{1, 0, 24, 1}, // of a variant of which nothing else is known, in the last moment of the day
	)
	im := &p.Impressions
	im.Moment[0], im.Moment[len(im.Moment)-1] = 0, 7
	for _, i := range []int{4, 5} {
		im.Moment[i] = 7
	}
	if got := likelyHours(p); &got[0] != &im.Hour[0] {
		t.Errorf("hours change though none are lost: %v", got)
	}
	p.Checks = map[string]int{pack.Pooled: 3}
	if got, want := likelyHours(p)[8:], []int32{39, 25, 39}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	e := newExperiment(newClickIndex(p, ClusterReader), nil)
	for _, a := range e.arms {
		if a.variant == 0 && a.snapshot == 1 && a.from != 39 {
			t.Errorf("the second snapshot begins at hour %d, want 39", a.from)
		}
	}
}

// Where editors pin and block, what every variant would have shown is still made
// again as it was, and the estimates hold the truth.
func TestOverridesInMixture(t *testing.T) {
	articles, snapshots := simulate.Site(60, 2)
	w, err := simulate.New(articles, snapshots, simulate.Options{Seed: 2, Impressions: 8000, Explore: 0.2, Overrides: 40, Pool: testPool})
	if err != nil {
		t.Fatal(err)
	}
	p := w.Pack(1)
	v := newClickEval(p, ClickOptions{}.withDefaults())
	if v.reason+v.note != "" {
		t.Fatal(v.reason + v.note)
	}
	if v.x.pins == 0 {
		t.Fatal("nothing is pinned")
	}
	policies := testPolicies(w)
	if err := v.setBaseline(t.Context(), entryOf(w.Articles, policies[0])); err != nil {
		t.Fatal(err)
	}
	for _, s := range policies {
		r, err := v.rank(t.Context(), entryOf(w.Articles, s), false)
		if err != nil {
			t.Fatal(err)
		}
		want := w.Clicks(s) - w.Clicks(policies[0])
		if d := v.settle(v.compare(v.main, r.main, v.base.main, v.rewards[0].value, v.n).delta); d.Low > want || want > d.High {
			t.Errorf("%s: got %+v, want an interval that holds %v", s.Name, d, want)
		}
	}
}
