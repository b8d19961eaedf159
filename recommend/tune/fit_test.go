package tune_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/recommend/rank"
	"github.com/alsolike/alsolike/recommend/tune"
)

// drawLists has readers follow links by the chance rate·exp(attraction), if they look at
// them. Links stand in the order of their cosines, but for a third of the lists, and are
// alike or not in section whatever their cosine.
func drawLists(n int, attraction func(v *rank.Values) float64, gain func(slot int) float64) (lists []tune.List) {
	random := rand.New(rand.NewPCG(7, 7))
	for i := range n {
		l := tune.List{Cluster: uint64(i / 3)}
		for slot := range theta {
			var v rank.Values
			v[rank.Cosine] = float32(.8 - .1*float64(slot))
			v[rank.Section] = float32(random.IntN(2))
			l.Items = append(l.Items, tune.Item{Values: v})
		}
		if i%3 == 0 {
			random.Shuffle(len(l.Items), func(a, b int) { l.Items[a], l.Items[b] = l.Items[b], l.Items[a] })
		}
		followed := false
		for slot := range l.Items {
			if random.Float64() < theta[slot]*.1*math.Exp(attraction(&l.Items[slot].Values)) {
				l.Items[slot].Gain, followed = gain(slot), true
			}
		}
		if followed {
			lists = append(lists, l)
		}
	}
	return lists
}

func corrected(slot int) float64 { return 1 / theta[slot] }
func naive(int) float64          { return 1 }

// What readers like is found, in the ratio in which they like it.
func TestFit(t *testing.T) {
	lists := drawLists(60_000, func(v *rank.Values) float64 { return 1.5*float64(v[rank.Cosine]) + .6*float64(v[rank.Section]) - 1 }, corrected)
	w := tune.Fit(lists, rank.DefaultWeights())
	if got := float64(w[rank.Section]); math.Abs(got-.6/1.5) > .1 {
		t.Errorf("a section weighs %.3f, want about .4", got)
	}
	for k, shipped := range rank.DefaultWeights() {
		if rank.Kind(k) != rank.Section && w[k] != shipped {
			t.Errorf("%v weighs %v, want %v: links do not differ in it, or it is the cosine", rank.Kind(k), w[k], shipped)
		}
	}
}

// Readers to whom the cosine says nothing follow those first in their lists, which have
// the highest cosines, because they are first. A fit that takes clicks as they are
// believes in the cosine; one that corrects for the attention of positions does not.
func TestPositionBias(t *testing.T) {
	taste := func(v *rank.Values) float64 { return .5 * float64(v[rank.Section]) }
	order := func(gain func(int) float64) float64 {
		w := tune.Fit(drawLists(60_000, taste, gain), rank.DefaultWeights())
		return float64(w[rank.Section])
	}
	// That of the cosine must not become 0: beside it that of a section is great.
	got, biased := order(corrected), order(naive)
	if got < 1 {
		t.Errorf("corrected for positions a section weighs %.3f beside a cosine of 1, want at least 1", got)
	}
	if biased > .4 {
		t.Errorf("uncorrected a section weighs %.3f beside a cosine of 1, want less than .4: the lists show no bias", biased)
	}
	t.Logf("a section weighs %.3f beside a cosine of 1, and %.3f without a correction for positions", got, biased)
}

// Whatever was followed, weights are finite, keep their signs, and move by no more than
// they may.
func TestFitBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var lists []tune.List
		for range rapid.IntRange(0, 8).Draw(t, "lists") {
			l := tune.List{}
			for range rapid.IntRange(1, 5).Draw(t, "items") {
				item := tune.Item{Gain: rapid.SampledFrom([]float64{0, 0, 1, 10}).Draw(t, "gain")}
				for k := range item.Values {
					item.Values[k] = rapid.SampledFrom([]float32{0, 0, .001, .5, 1}).Draw(t, "value")
				}
				l.Items = append(l.Items, item)
			}
			lists = append(lists, l)
		}
		w, again := tune.Fit(lists, rank.DefaultWeights()), tune.Fit(lists, rank.DefaultWeights())
		if w != again {
			t.Fatalf("%v the first time, %v the second", w, again)
		}
		if w[rank.Cosine] != 1 {
			t.Fatalf("the cosine weighs %v, want 1", w[rank.Cosine])
		}
		for k, shipped := range rank.DefaultWeights() {
			if !(w[k]*shipped >= 0) || shipped == 0 && w[k] != 0 || math.Abs(float64(w[k])) > 20*max(1, math.Abs(float64(shipped)))*1.0001 {
				t.Fatalf("%v weighs %v and ships as %v", rank.Kind(k), w[k], shipped)
			}
		}
	})
}

func TestCompare(t *testing.T) {
	link := func(cosine, section float32, gain float64) tune.Item {
		i := tune.Item{Gain: gain}
		i.Values[rank.Cosine], i.Values[rank.Section] = cosine, section
		return i
	}
	var lists []tune.List
	for reader := range uint64(40) {
		lists = append(lists, tune.List{Cluster: reader, Items: []tune.Item{
			link(.5, 1, 2), // second of three by the cosine alone, first with the section
			link(.6, 0, 0),
			link(.5, 0, 0), // equal to the first by the cosine
		}}, tune.List{Cluster: reader, Items: []tune.Item{link(.9, 0, 1), link(.1, 0, 0)}}) // right by both
	}
	var before, after rank.Weights
	before[rank.Cosine] = 1
	after[rank.Cosine], after[rank.Section] = 1, 1
	c := tune.Compare(lists, before, after, 1)
	want := tune.Comparison{Before: (2*.25 + 1) / 3, After: 1, Difference: 1 - 1.5/3, Interval: [2]float64{.5, .5}, Clicks: 80, Clusters: 40}
	near := func(a, b float64) bool { return math.Abs(a-b) < 1e-12 }
	if !near(c.Before, want.Before) || !near(c.After, want.After) || !near(c.Difference, want.Difference) ||
		!near(c.Interval[0], .5) || !near(c.Interval[1], .5) || c.Clicks != 80 || c.Clusters != 40 || !c.Better() {
		t.Errorf("got %+v, want %+v", c, want)
	}
	if c := tune.Compare(lists, before, before, 1); c.Difference != 0 || c.Better() {
		t.Errorf("a ranking is better than itself: %+v", c)
	}
	if c := tune.Compare(nil, before, after, 1); c.Better() {
		t.Errorf("better on no list: %+v", c)
	}
}
