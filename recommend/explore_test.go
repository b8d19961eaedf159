package recommend_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/clicklog"
	"github.com/alsolike/alsolike/eval/check"
	"github.com/alsolike/alsolike/eval/estimate"
	"github.com/alsolike/alsolike/recommend"
)

// A lottery is an engine that draws lists, with a clock of its own.
type lottery struct {
	*recommend.Engine
	now time.Time
}

func name(i int) data.ArticleID { return data.ArticleID(fmt.Sprintf("a%02d", i)) }

// thirty are cards whose ids ascend as they stand.
func thirty() []data.Card {
	list := cards(30, "Sport")
	for i := range list {
		list[i].ID, list[i].Group, list[i].URL = name(i), name(i), "https://example.org/"+string(name(i))
	}
	return list
}

// newLottery is over a ring of 30 cards whose candidates are the 20 after each,
// and some pins, hides and an article that was unpublished.
func newLottery(t testing.TB, x recommend.Explore) *lottery {
	t.Helper()
	list := thirty()
	gone := list[7]
	gone.State = data.Unpublished
	store := &memory{
		revision: data.Revision{Articles: 2, Overrides: 1},
		changes:  []change{{2, gone}},
		overrides: []data.Override{
			{ID: 1, Article: "a01", Target: "a09", Action: data.Pin, Position: 2, Created: now},
			{ID: 2, Article: "a01", Target: "a02", Action: data.Hide, Created: now},
		},
	}
	dir, _ := openDir(t)
	publish(t, dir, ring(list, 20, 1))
	l := &lottery{now: now}
	l.Engine = newEngine(t, store, dir, func(o *recommend.Options) {
		o.Explore, o.Now = x, func() time.Time { return l.now }
		o.Placements = map[string]recommend.Placement{"aside": {}}
	})
	if err := l.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	return l
}

func (l *lottery) related(t testing.TB, q recommend.Query) recommend.List {
	t.Helper()
	list, err := l.Related(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func linked(list recommend.List) []data.ArticleID {
	var ids []data.ArticleID
	for _, link := range list.Links {
		ids = append(ids, link.Card.ID)
	}
	return ids
}

// next moves the clock to the next slot of time.
func (l *lottery) next() { l.now = l.now.Add(30 * time.Second) }

// TestDrawn holds what is drawn to what the package says: the pool is the best
// links that may be shown, what is kept and pinned stays, and no other list is as
// the same pool and the same list.
func TestDrawn(t *testing.T) {
	l := newLottery(t, recommend.Explore{Share: 1, Pool: 8, Keep: 1})
	ids := map[string]string{}
	for range 200 {
		list := l.related(t, recommend.Query{ID: "a01", Exclude: []data.ArticleID{"a04"}})
		d := list.Draw
		if d == nil {
			t.Fatal("the list is not drawn, of a share of 1")
		}
		// a02 is hidden, a04 excluded, a07 gone and a09 pinned.
		if want := []data.ArticleID{"a03", "a05", "a06", "a08", "a10", "a11", "a12", "a13"}; !slices.Equal(d.Pool, want) || d.Keep != 1 {
			t.Fatalf("drawn from %q, of which %d are kept; want %q and 1", d.Pool, d.Keep, want)
		}
		links := linked(list)
		if len(links) != 5 || links[0] != "a03" || links[1] != "a09" || list.Links[1].Source != recommend.Editor {
			t.Fatalf("drew %q; want a03 first, which is kept, and a09 second, which is pinned", links)
		}
		left := map[data.ArticleID]float64{}
		for i, id := range d.Pool[1:] {
			left[id] = d.Logits[i+1]
		}
		for i, id := range links {
			want := 1.0
			if i > 1 {
				logit, ok := left[id]
				if !ok {
					t.Fatalf("drew %q, of which %q is not from the pool, or twice", links, id)
				}
				sum := 0.0
				for _, other := range left {
					sum += math.Exp(other)
				}
				want = math.Exp(logit) / sum
				delete(left, id)
			}
			if got := d.P[i]; math.Abs(got-want) > 1e-12 {
				t.Errorf("link %d of %q has the chance %v, want %v", i+1, links, got, want)
			}
		}
		text := fmt.Sprint(links)
		if before, known := ids[list.RecommendationID]; known && before != text {
			t.Errorf("%s and %s have one id", before, text)
		}
		ids[list.RecommendationID] = text
		l.next()
	}
	if n := len(slices.Compact(slices.Sorted(maps.Values(ids)))); n != len(ids) || n < 50 {
		t.Errorf("200 draws made %d lists with %d ids", n, len(ids))
	}
}

// TestDrawnAgainstPlain draws lists in whatever a store and a snapshot may hold, and
// compares them with those that another engine does not draw.
func TestDrawnAgainstPlain(t *testing.T) {
	dir, path := openDir(t)
	rapid.Check(t, func(rt *rapid.T) {
		w := drawWorld(rt)
		id := publish(t, dir, w.contents)
		x := recommend.Explore{Share: 1, Pool: rapid.IntRange(2, 4).Draw(rt, "pool")}
		x.Keep = rapid.IntRange(0, x.Pool-2).Draw(rt, "keep")
		plain := newEngine(t, &w.store, dir, nil)
		lottery := newEngine(t, &w.store, dir, func(o *recommend.Options) { o.Explore = x })
		load(t, plain)
		load(t, lottery)
		for _, article := range slices.Sorted(maps.Keys(w.present)) {
			q := recommend.Query{
				ID: article, Limit: rapid.IntRange(1, x.Pool).Draw(rt, "limit"),
				Exclude:   rapid.SliceOfN(rapid.SampledFrom([]data.ArticleID{"a", "b", "c"}), 0, 2).Draw(rt, "exclude"),
				Languages: rapid.SampledFrom([]recommend.Languages{"", "any", "en"}).Draw(rt, "languages"),
			}
			related := func(e *recommend.Engine, q recommend.Query) recommend.List {
				list, err := e.Related(t.Context(), q)
				if err != nil {
					rt.Fatal(err)
				}
				return list
			}
			got, want := related(lottery, q), related(plain, q)
			q.Limit = 50
			var pool, drawn []data.ArticleID
			for _, link := range related(plain, q).Links {
				if link.Source == recommend.Algorithm && len(pool) < x.Pool {
					pool = append(pool, link.Card.ID)
				}
			}
			if len(got.Links) != len(want.Links) {
				rt.Fatalf("%+v: %d links, want %d", q, len(got.Links), len(want.Links))
			}
			for i, link := range got.Links {
				switch {
				case link.Source != want.Links[i].Source:
					rt.Fatalf("%+v: link %d is of %s, want of %s", q, i+1, link.Source, want.Links[i].Source)
				case link.Source == recommend.Algorithm && len(drawn) >= x.Keep:
					drawn = append(drawn, link.Card.ID)
				case link != want.Links[i]:
					rt.Fatalf("%+v: link %d is %v, want %v", q, i+1, link, want.Links[i])
				case link.Source == recommend.Algorithm:
					drawn = append(drawn, link.Card.ID)
				}
			}
			if got.Draw == nil {
				if len(drawn) > 0 {
					rt.Fatalf("%+v: links %q of no draw", q, drawn)
				}
				continue
			}
			slices.Sort(drawn)
			if d := got.Draw; !slices.Equal(d.Pool, pool) || len(d.P) != len(got.Links) || len(slices.Compact(drawn)) != len(drawn) ||
				slices.ContainsFunc(drawn, func(id data.ArticleID) bool { return !slices.Contains(pool, id) }) {
				rt.Fatalf("%+v: drew %q by %+v, want from %q", q, drawn, d, pool)
			}
		}
		if err := os.RemoveAll(filepath.Join(path, id)); err != nil {
			rt.Fatal(err)
		}
	})
}

// TestDrawStands asks for one list again and again: by two engines, and all through
// a slot of time. It must be the same, in every byte.
func TestDrawStands(t *testing.T) {
	explore := recommend.Explore{Share: 0.5}
	one, other := newLottery(t, explore), newLottery(t, explore)
	text := func(l *lottery, q recommend.Query) string {
		list := l.related(t, q)
		list.Snapshot, list.RecommendationID = "", "" // which are of each engine's own
		b, err := json.Marshal(list)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	drawn, changed, apart := 0, 0, 0
	last := ""
	for range 100 {
		q := recommend.Query{ID: "a03"}
		first := text(one, q)
		id := one.related(t, q).RecommendationID
		other.now = one.now.Add(29*time.Second + 999*time.Millisecond)
		if got := text(other, q); got != first {
			t.Fatalf("within a slot of time\n%s\nand\n%s", first, got)
		}
		if got := one.related(t, recommend.Query{URL: "https://example.org/a03"}).RecommendationID; got != id {
			t.Fatalf("the same list has the ids %s and %s", id, got)
		}
		if one.related(t, q).Draw != nil {
			drawn++
		}
		if first != last {
			changed++
		}
		if (one.related(t, q).Draw == nil) != (one.related(t, recommend.Query{ID: "a03", Placement: "aside"}).Draw == nil) {
			apart++
		}
		last = first
		one.next()
	}
	if drawn < 35 || drawn > 65 || changed < 60 || apart < 35 || apart > 65 {
		t.Errorf("of 100 slots of time %d are drawn, %d bring a new list, %d differ for another placement", drawn, changed, apart)
	}
}

// TestDrawExplained asks why the links of a drawn list are there.
func TestDrawExplained(t *testing.T) {
	list := newLottery(t, recommend.Explore{Share: 1, Keep: 1}).related(t, recommend.Query{ID: "a01", Limit: 3, Explain: true})
	for i, want := range []string{"Similar content", "Pinned by an editor", "Drawn at random from the best 12; similar content"} {
		if got := list.Links[i].Reason.Text; got != want {
			t.Errorf("link %d: %q, want %q", i+1, got, want)
		}
	}
}

// TestDrawFiltered draws lists through a filter that few candidates pass: what lacks
// in the pool comes from all articles, and what lacks in the list from the fallback.
func TestDrawFiltered(t *testing.T) {
	l := newLottery(t, recommend.Explore{Share: 1, Pool: 6})
	for range 20 {
		list := l.related(t, recommend.Query{ID: "a20", Filter: recommend.Filter{Since: now.AddDate(0, 0, -8)}, Limit: 5})
		if d := list.Draw; d == nil || len(d.Pool) != 6 || slices.ContainsFunc(d.Pool, func(id data.ArticleID) bool { return id > "a06" }) {
			t.Fatalf("drew from %+v, want 6 of the newest 7", d)
		}
		list = l.related(t, recommend.Query{ID: "a20", Exclude: thirtyBut("a21", "a22", "a15", "a16"), Limit: 5, Fallback: recommend.SectionFallback})
		links := linked(list)
		if slices.Sort(links[:2]); !slices.Equal(links, []data.ArticleID{"a21", "a22", "a15", "a16"}) || !slices.Equal(list.Draw.P[1:], []float64{1, 1, 1}) {
			t.Fatalf("drew and filled %q with chances %v; want a21 and a22 in some order, then a15 and a16", links, list.Draw.P)
		}
		l.next()
	}
}

// TestDrawShare counts drawn lists over many articles and slots of time.
func TestDrawShare(t *testing.T) {
	l := newLottery(t, recommend.Explore{Share: 0.05})
	drawn, n := 0, 0
	for range 1000 {
		for i := range 10 {
			if l.related(t, recommend.Query{ID: name(i)}).Draw != nil {
				drawn++
			}
			n++
		}
		l.next()
	}
	if sd := math.Sqrt(float64(n) * .05 * .95); math.Abs(float64(drawn)-.05*float64(n)) > 4*sd {
		t.Errorf("%d of %d lists are drawn, of a share of 0.05", drawn, n)
	}
}

func TestNotDrawn(t *testing.T) {
	l := newLottery(t, recommend.Explore{Share: 1})
	for name, q := range map[string]recommend.Query{
		"raw": {ID: "a03", Raw: true}, "longer than the pool": {ID: "a03", Limit: 13}, "of an article that is gone": {ID: "a07"},
		"pins alone": {ID: "a01", Limit: 1, Exclude: thirtyBut("a09")},
	} {
		if got := l.related(t, q).Draw; got != nil {
			t.Errorf("%s: drawn: %+v", name, got)
		}
	}
	if got := l.related(t, recommend.Query{ID: "a03", Limit: 12}).Draw; got == nil || len(got.Pool) != 12 {
		t.Errorf("a list as long as the pool: %+v, want one drawn from 12", got)
	}
	if got := newLottery(t, recommend.Explore{}).related(t, recommend.Query{ID: "a03"}).Draw; got != nil {
		t.Errorf("drawn without being asked for: %+v", got)
	}
}

// thirtyBut is the articles of a lottery but for some.
func thirtyBut(but ...data.ArticleID) []data.ArticleID {
	var ids []data.ArticleID
	for i := range 30 {
		if !slices.Contains(but, name(i)) {
			ids = append(ids, name(i))
		}
	}
	return ids
}

// TestDrawMarginals counts where links stand in many drawn lists, against the
// chances that the evaluation reckons with.
func TestDrawMarginals(t *testing.T) {
	l := newLottery(t, recommend.Explore{Share: 1, Pool: 7, Temperature: 0.15})
	const n, slots = 20_000, 5
	counts := make([]float64, 7*slots)
	var d *recommend.Draw
	for range n {
		list := l.related(t, recommend.Query{ID: "a10"})
		d = list.Draw
		for k, id := range linked(list) {
			counts[k*7+slices.Index(d.Pool, id)]++
		}
		l.next()
	}
	for i, p := range estimate.PlackettLuceMarginals(d.Logits, slots) {
		if got, sd := counts[i]/n, math.Sqrt(p*(1-p)/n); math.Abs(got-p) > 4.5*sd {
			t.Errorf("link %d at slot %d in %.4f of the lists, want %.4f ± %.4f", i%7+1, i/7+1, got, p, sd)
		}
	}
}

// TestDrawTemperature holds the default to its definition: the candidates of the
// ring fall by 1/21 from one to the next.
func TestDrawTemperature(t *testing.T) {
	for _, x := range []recommend.Explore{{Share: 1}, {Share: 1, Temperature: 11. / 21 / 2}} {
		d := newLottery(t, x).related(t, recommend.Query{ID: "a10"}).Draw
		for i, got := range d.Logits {
			if want := -2 * float64(i) / 11; math.Abs(got-want) > 1e-4 {
				t.Errorf("%+v: logit %d is %v, want %v", x, i+1, got, want)
			}
		}
	}
	hot := newLottery(t, recommend.Explore{Share: 1, Temperature: 10_000}).related(t, recommend.Query{ID: "a10"})
	if slices.ContainsFunc(hot.Draw.Logits[:9], func(l float64) bool { return math.Float64bits(l) != 0 }) {
		t.Errorf("at the warmest the logits are %v, want 0 and no -0", hot.Draw.Logits)
	}
	cold := newLottery(t, recommend.Explore{Share: 1, Temperature: 1e-12}).related(t, recommend.Query{ID: "a10"})
	if want := []data.ArticleID{"a11", "a12", "a13", "a14", "a15"}; linked(cold)[0] != want[0] || slices.ContainsFunc(cold.Draw.P, func(p float64) bool { return !(p > 0) }) {
		t.Errorf("at the coldest drew %q with chances %v", linked(cold), cold.Draw.P)
	}
}

// TestDrawIsSigned changes every part of a draw in turn: what a page reports of it
// must be what was answered.
func TestDrawIsSigned(t *testing.T) {
	l := newLottery(t, recommend.Explore{Share: 1})
	list := l.related(t, recommend.Query{ID: "a10"})
	claim := func(change func(*recommend.Claim, *recommend.Draw)) recommend.Claim {
		d := *list.Draw
		d.Pool, d.Logits, d.P = slices.Clone(d.Pool), slices.Clone(d.Logits), slices.Clone(d.P)
		c := recommend.Claim{RecommendationID: list.RecommendationID, Snapshot: list.Snapshot, Article: list.Article.ID, Draw: &d}
		for _, link := range list.Links {
			c.Items = append(c.Items, recommend.ClaimedItem{ID: link.Card.ID, Position: link.Position, Source: link.Source})
		}
		change(&c, &d)
		return c
	}
	if !l.Verify(claim(func(*recommend.Claim, *recommend.Draw) {})) {
		t.Error("the list as it was answered is refused")
	}
	for name, change := range map[string]func(*recommend.Claim, *recommend.Draw){
		"another chance": func(_ *recommend.Claim, d *recommend.Draw) { d.P[3] *= 2 },
		"another logit":  func(_ *recommend.Claim, d *recommend.Draw) { d.Logits[1] = 0 },
		"another pool":   func(_ *recommend.Claim, d *recommend.Draw) { d.Pool[11] = "a09" },
		"more kept":      func(_ *recommend.Claim, d *recommend.Draw) { d.Keep = 2 },
		"not drawn":      func(c *recommend.Claim, _ *recommend.Draw) { c.Draw = nil },
	} {
		if l.Verify(claim(change)) {
			t.Errorf("%s is taken for the list that was answered", name)
		}
	}
}

func TestExploreOptions(t *testing.T) {
	dir, _ := openDir(t)
	for _, x := range []recommend.Explore{
		{Share: -0.1},
		{Share: 1.1},
		{Share: math.NaN()},
		{Pool: 1},
		{Pool: -1},
		{Keep: -1},
		{Pool: 5, Keep: 4},
		{Temperature: -1},
		{Temperature: math.NaN()},
		{Temperature: math.Inf(1)},
	} {
		if _, err := recommend.New(&memory{}, dir, recommend.Options{Secret: []byte("s"), Explore: x}); err == nil {
			t.Errorf("%+v is accepted", x)
		}
	}
}

// TestDrawnListsPassTheCheck logs lists as they are answered, drawn and not, with
// pins, hides and short pools among them, and has the log checked as `eval check`
// does: by the chances it tells, against the policies it tells.
func TestDrawnListsPassTheCheck(t *testing.T) {
	l := newLottery(t, recommend.Explore{Share: 0.5, Keep: 1})
	var log []clicklog.Event
	for _, c := range thirty() {
		log = append(log, &clicklog.Article{ID: c.ID, Published: c.PublishedAt})
	}
	catalogue := len(log)
	kinds := map[string]int{}
	var drawn *clicklog.Impression
	for i := range 400 {
		q := recommend.Query{ID: name(i % 20), Limit: 3 + i%5}
		if i%7 == 0 {
			q.Exclude = thirtyBut(name(i%20+2), name(i%20+4), name(i%20+6)) // leaves fewer than a pool, and than most lists
		}
		list := l.related(t, q)
		if len(list.Links) > 0 {
			im := impression(fmt.Sprint("i", i), list, l.now)
			kinds[im.Policy.Kind]++
			log = append(log, im)
			if list.Draw != nil {
				drawn = im
			}
		}
		l.next()
	}
	result := checked(t, log)
	if len(result.Findings) > 0 {
		t.Errorf("findings: %+v", result.Findings)
	}
	if n := result.Pack.Impressions.Len(); n != len(log)-catalogue || kinds["plackett-luce"] < 150 || kinds["fixed"] < 150 {
		t.Errorf("%d of %d lists are valid; logged %v", n, len(log)-catalogue, kinds)
	}

	// The check must see what is wrong, else it says nothing.
	drawn.Items[len(drawn.Items)-1].P *= 0.999
	if got := checked(t, log).Counts["propensity_differs_from_policy"]; got != 1 {
		t.Errorf("%d lists are said to differ from their policies, want 1", got)
	}
}

// impression is list as the event log tells it.
func impression(id string, list recommend.List, at time.Time) *clicklog.Impression {
	im := &clicklog.Impression{
		ID: id, Time: at, Source: list.Article.ID, Snapshot: list.Snapshot,
		Variant: "A", Policy: clicklog.Policy{Kind: "fixed"},
	}
	d := cmp.Or(list.Draw, &recommend.Draw{})
	if list.Draw != nil {
		im.Variant = "X"
		im.Policy = clicklog.Policy{Kind: "plackett-luce", Pool: d.Pool, Logits: d.Logits, Keep: d.Keep}
	}
	for i, link := range list.Links {
		shown := clicklog.Shown{Item: link.Card.ID, Position: link.Position, P: 1, Slot: "alg"}
		if list.Draw != nil {
			shown.P = d.P[i]
		}
		if link.Source == recommend.Editor {
			shown.Slot = "pin"
		}
		im.Items = append(im.Items, shown)
	}
	return im
}

func checked(t testing.TB, log []clicklog.Event) *check.Result {
	t.Helper()
	var events iter.Seq2[clicklog.Event, *clicklog.Fault] = func(yield func(clicklog.Event, *clicklog.Fault) bool) {
		for _, e := range log {
			if !yield(e, nil) {
				return
			}
		}
	}
	result, err := check.Run(context.Background(), events, check.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// BenchmarkDrawn is what it costs to draw lists, or to decide that they are not drawn.
func BenchmarkDrawn(b *testing.B) {
	for _, share := range []float64{0, 0.0001, 1} {
		b.Run(fmt.Sprintf("share=%v", share), func(b *testing.B) {
			l := newLottery(b, recommend.Explore{Share: share})
			for b.Loop() {
				l.related(b, recommend.Query{ID: "a10"})
				l.next()
			}
		})
	}
}
