package simulate

import (
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval/pack"
)

func world(t testing.TB, opts Options) *World {
	t.Helper()
	articles, snapshots := Site(120, 3)
	w, err := New(articles, snapshots, opts)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// observed is the clicks on a list of a variant, with the standard error of the
// mean over readers.
func observed(p *pack.Pack, variant uint8) (mean, se float64) {
	im := &p.Impressions
	readers := int(slices.Max(im.Reader)) + 1
	clicks, lists := make([]float64, readers), make([]float64, readers)
	var c, n float64
	for i := range im.Len() {
		if im.Variant[i] != variant {
			continue
		}
		lists[im.Reader[i]]++
		n++
		for from, to := im.Items(i); from < to; from++ {
			if im.Flags[from]&pack.Clicked != 0 {
				clicks[im.Reader[i]]++
				c++
			}
		}
	}
	mean = c / n
	var ss float64
	for r := range clicks {
		ss += math.Pow(clicks[r]-mean*lists[r], 2)
	}
	return mean, math.Sqrt(ss) / n
}

// The truth is what the readers of a long log do.
func TestClicks(t *testing.T) {
	w := world(t, Options{Impressions: 300_000, Overrides: 6, NoPageViews: true, Variants: []Variant{
		{Name: "A", Share: .5}, {Name: "B", Share: .5, Snapshot: 1},
	}})
	p := w.Pack(1)
	if got := w.Clicks(w.Snapshots[0]); math.Abs(got-.12) > 1e-12 {
		t.Errorf("production gets %v clicks per list, want .12 as asked for", got)
	}
	for v := range uint8(2) {
		got, se := observed(p, v)
		want := w.Clicks(w.Snapshots[v])
		if z := (got - want) / se; math.Abs(z) > 3 || se > .012*want {
			t.Errorf("variant %d: observed %.5f ± %.5f, truth %.5f", v, got, se, want)
		}
	}
}

// Lists ordered by attraction are better than production, and random ones worse.
func TestClicksOfOtherLists(t *testing.T) {
	w := world(t, Options{})
	best := w.Snapshots[0]
	best.Item = slices.Clone(best.Item)
	worst := best
	worst.Item = slices.Clone(best.Item)
	for a := range int32(len(w.Articles)) {
		by := func(x, y int32) int {
			if w.Attraction(a, x) > w.Attraction(a, y) {
				return -1
			}
			return 1
		}
		from, to := best.Start[a], best.Start[a+1]
		slices.SortFunc(best.Item[from:to], by)
		slices.SortFunc(worst.Item[from:to], func(x, y int32) int { return by(y, x) })
	}
	b, p, r := w.Clicks(best), w.Clicks(w.Snapshots[0]), w.Clicks(worst)
	if !(b > 1.3*p && p > 1.3*r && r > 0) {
		t.Errorf("clicks of the best, production's and the worst order: %v, %v, %v", b, p, r)
	}
	if none := w.Clicks(pack.Snapshot{Start: make([]int32, len(w.Articles)+1)}); none != 0 {
		t.Errorf("empty lists get %v clicks", none)
	}
}

// Every list is one that the variant may show at that moment, and the chances
// are those of its policy.
func TestPack(t *testing.T) {
	w := world(t, Options{Impressions: 20_000, Overrides: 8, Explore: .3})
	p := w.Pack(1)
	im := &p.Impressions
	if err := p.Validate(); err != nil {
		t.Error(err)
	}
	if p.Simulated == "" {
		t.Error("the pack does not say that it is simulated")
	}
	pinned, drawn := 0, 0
	for i := range im.Len() {
		from, to := im.Items(i)
		items := im.Item[from:to]
		seed, v := im.Source[i], w.opts.Variants[im.Variant[i]]
		at := when{im.Moment[i], im.Hour[i]}
		if len(items) == 0 || len(items) > 5 || !w.Articles[seed].Exists(at.moment) {
			t.Fatalf("impression %d of article %d has %d items", i, seed, len(items))
		}
		policy := p.Policies[im.Policy[i]]
		if (policy.Kind == "plackett-luce") != v.Drawn {
			t.Fatalf("impression %d of variant %s has the policy %s", i, v.Name, policy.Kind)
		}
		left := slices.Clone(policy.Pool)
		logits := slices.Clone(policy.Logits)
		for j, item := range items {
			if item == seed || !w.Articles[item].Exists(at.moment) || slices.Contains(items[:j], item) {
				t.Fatalf("impression %d shows %v under %d", i, items, seed)
			}
			want := 1.0
			switch k := slices.Index(left, item); {
			case im.Flags[int(from)+j]&pack.Pinned != 0:
				pinned++
				if k >= 0 {
					t.Fatalf("impression %d: the pinned item is also in the pool", i)
				}
			case v.Drawn:
				drawn++
				var sum float64
				for _, l := range logits {
					sum += math.Exp(l)
				}
				want = math.Exp(logits[k]) / sum
				left, logits = slices.Delete(left, k, k+1), slices.Delete(logits, k, k+1)
			}
			if got := im.P[int(from)+j]; math.Abs(got-want) > 1e-12 {
				t.Fatalf("impression %d: chance of item %d is %v, want %v", i, j, got, want)
			}
		}
		if !v.Drawn && policy.Kind == "fixed" {
			for _, o := range p.Overrides {
				if o.Op == "block" && o.Source == seed && o.Hour <= at.hour && slices.Contains(items, o.Item) {
					t.Fatalf("impression %d shows %d, which is blocked", i, o.Item)
				}
			}
		}
	}
	if pinned < 50 || drawn < 20_000 {
		t.Errorf("%d pinned and %d drawn items; the test saw too little", pinned, drawn)
	}
	for r := 1; r < len(p.Reads.Item); r++ {
		if a, b := p.Reads.Reader[r-1], p.Reads.Reader[r]; b < a || a == b && p.Reads.Hour[r] < p.Reads.Hour[r-1] {
			t.Fatalf("page view %d stands before an earlier one of its reader", r-1)
		}
	}
}

// Sessions that would run past the end of the log end with it.
func TestPackShort(t *testing.T) {
	w := world(t, Options{Impressions: 20_000, Days: 1, ClickRate: .2})
	if err := w.Pack(1).Validate(); err != nil {
		t.Error(err)
	}
}

func TestPackSame(t *testing.T) {
	w := world(t, Options{Impressions: 3000, Overrides: 2})
	a, b, c := w.Pack(7), world(t, Options{Impressions: 3000, Overrides: 2}).Pack(7), w.Pack(8)
	if !reflect.DeepEqual(a, b) {
		t.Error("two logs of one seed differ")
	}
	if reflect.DeepEqual(a.Impressions, c.Impressions) {
		t.Error("logs of two seeds are the same")
	}
}

// Few readers have a large part of the lists, but none more than half a percent.
func TestReadersHeavy(t *testing.T) {
	p := world(t, Options{Impressions: 40_000}).Pack(1)
	lists := make([]int, slices.Max(p.Impressions.Reader)+1)
	for _, r := range p.Impressions.Reader {
		lists[r]++
	}
	slices.Sort(lists)
	top := 0
	for _, n := range lists[len(lists)*9/10:] {
		top += n
	}
	if most := lists[len(lists)-1]; top < 20_000 || most > 200 {
		t.Errorf("a tenth of %d readers see %d of 40,000 lists, the heaviest %d", len(lists), top, most)
	}
}

func TestNewRefuses(t *testing.T) {
	articles, snapshots := Site(20, 1)
	for _, tc := range []struct {
		name string
		opts Options
		want string
	}{
		{"shares", Options{Variants: []Variant{{Name: "A", Share: .5}}}, "variants have shares that sum to 0.5; they sum to 1"},
		{"snapshot", Options{Variants: []Variant{{Name: "A", Share: 1, Snapshot: 2}}}, "variant A shows snapshot 2 of 2"},
		{"order", Options{Variants: []Variant{{Name: "B", Share: .5}, {Name: "A", Share: .5}}}, "variant A comes after B; variants stand in the order of their names"},
		{"clicks", Options{ClickRate: 4}, "click rate is 4; on these lists at most 0.22 can be had"},
		{"pool", Options{Pool: 3}, "pool is 3; it holds at least as many items as there are slots, 5"},
		{"from", Options{From: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}, "from is 2020-01-01, and on 2020-01-01 no article exists that has links"},
		{"theta", Options{Theta: []float64{1, 1.5}}, "theta of slot 2 is 1.5; it is above 0 and at most 1"},
	} {
		_, err := New(articles, snapshots, tc.opts)
		if _, ok := err.(*data.InvalidError); !ok || err.Error() != tc.want {
			t.Errorf("%s: %v, want %q", tc.name, err, tc.want)
		}
	}
}

func BenchmarkPack(b *testing.B) {
	articles, snapshots := Site(2000, 1)
	w, err := New(articles, snapshots, Options{Impressions: 1_000_000, NoPageViews: true})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		w.Pack(1)
	}
}
