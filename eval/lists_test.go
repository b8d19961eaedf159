package eval_test

import (
	"context"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval"
	"github.com/alsolike/alsolike/eval/pack"
)

func measureLists(t *testing.T, p *pack.Pack, candidate, base eval.Ranker, opts eval.ListOptions) *eval.ListResult {
	t.Helper()
	result, err := eval.MeasureLists(t.Context(), p, []eval.Entry{{Name: "ours", Ranker: candidate}}, []eval.Entry{{Name: "base", Ranker: base}}, opts)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func readReference(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../shared/reference/eval", name))
	if err != nil {
		t.Skip("no reference values:", err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

// TestListsBeyondAccuracy measures the reference lists the way a run does, from a
// pack whose articles were shown as often as the reference says.
func TestListsBeyondAccuracy(t *testing.T) {
	var set struct {
		Items []struct {
			ID, Category string
			Age          float64 `json:"age_hours"`
		}
		Lists []struct {
			Seed                  data.ArticleID
			Traffic               int
			Candidate, Production []data.ArticleID
		}
		K     int
		Theta []float64
	}
	readReference(t, "beyond-accuracy/data.json", &set)
	var want map[string]any
	readReference(t, "beyond-accuracy/expected.json", &want)
	now := time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC)
	p := &pack.Pack{}
	for _, item := range set.Items {
		p.Articles = append(p.Articles, pack.Article{ID: item.ID, Section: item.Category, Published: now.Add(-time.Duration(item.Age * float64(time.Hour)))})
	}
	p.Impressions.Start = []int32{0}
	ours, theirs := eval.Lists{}, eval.Lists{}
	for _, l := range set.Lists {
		ours[l.Seed], theirs[l.Seed] = l.Candidate, l.Production
		seed, _ := slices.BinarySearchFunc(p.Articles, string(l.Seed), func(a pack.Article, id string) int { return strings.Compare(a.ID, id) })
		for range l.Traffic {
			p.Impressions.Source = append(p.Impressions.Source, int32(seed))
			p.Impressions.Hour = append(p.Impressions.Hour, int32(now.Unix()/3600-1))
			p.Impressions.Start = append(p.Impressions.Start, 0)
		}
	}
	even := measureLists(t, p, ours, theirs, eval.ListOptions{K: set.K}).Measures
	attention := measureLists(t, p, ours, theirs, eval.ListOptions{K: set.K, Theta: set.Theta})
	check := func(measures []eval.Measure, metric, average, name string, scale float64) {
		t.Helper()
		got := find(t, measures, "ours", metric, "", average)
		if w := want[name].(float64) * scale; math.Abs(got.Value.Value-w) > 1e-10 || got.Level != eval.LevelList {
			t.Errorf("%s (%s) = %v at level %q, want %v", metric, average, got.Value.Value, got.Level, w)
		}
	}
	check(even, "coverage@6", "", "coverage", 1)
	check(even, "gini@6", "seed", "gini_n", 1)
	check(even, "gini@6", "traffic", "gini_n_traffic_weighted", 1)
	check(attention.Measures, "gini@6", "traffic", "gini_n_exposure_weighted", 1)
	check(even, "entropy@6", "seed", "entropy_bits", 1)
	check(even, "head_share@6", "seed", "top_10pct_exposure_share", 1)
	check(even, "section_entropy", "seed", "category_entropy_bits_per_list", 1)
	check(even, "same_section", "seed", "same_category_share", 1)
	check(even, "freshness.median_age_h", "seed", "median_age_hours_over_slots", 1)
	check(even, "freshness.under_24h", "seed", "share_under_24h", 1)
	check(even, "stability.rbo", "seed", "rbo_ext_p0.9_mean", 1)
	check(even, "stability.jaccard@6", "seed", "jaccard_mean", 1)
	check(even, "stability.unchanged", "", "unchanged_lists", 1.0/30)
	check(even, "stability.top1_changed", "", "top1_changed", 1.0/30)
	if got := attention.Exposure[0]; got.Ranking != "ours" || len(got.Lorenz) != 101 || math.Abs(got.Gini-want["gini_n_exposure_weighted"].(float64)) > 1e-12 {
		t.Errorf("exposure: got %s, %d points, Gini %v", got.Ranking, len(got.Lorenz), got.Gini)
	}
}

// smallSite is four articles of two sections, with a log of two days.
//
//	s  sport, 2 days old    t  sport, 30 days    u  news, 400 days, taken down
//	v  news, published after the log's end       w  news, 10 hours, in German
func smallSite() (p *pack.Pack, end time.Time) {
	end = time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC)
	ago := func(hours int) time.Time { return end.Add(-time.Duration(hours) * time.Hour) }
	hour := int32(end.Unix()/3600 - 1)
	p = &pack.Pack{
		Articles: []pack.Article{
			{ID: "s", Title: "Cup", Section: "sport", Lang: "en", URL: "/s", Published: ago(48), Vector: []int8{127, 0}},
			{ID: "t", Title: "Final", Section: "sport", Lang: "en", URL: "/t", Published: ago(720), Vector: []int8{0, 127}},
			{ID: "u", Title: "Rents", Section: "news", Lang: "en", URL: "/u", Published: ago(9600), Unpublished: ago(5)},
			{ID: "v", Title: "Later", Section: "news", Lang: "en", URL: "/v", Published: ago(-24)},
			{ID: "w", Title: "Mieten", Section: "news", Lang: "de", URL: "/t", Published: ago(10), Vector: []int8{0, -127}},
		},
		Reads: pack.Reads{ // s→t and s→w in the last week, t→s twice before
			Reader:  []int32{0, 0, 1, 1, 2, 2, 3, 3},
			Session: []int32{0, 0, 1, 1, 2, 2, 3, 3},
			Item:    []int32{0, 1, 0, 4, 1, 0, 1, 0},
			Hour:    []int32{hour, hour, hour, hour, hour - 200, hour - 200, hour - 200, hour - 200},
			Moment:  make([]int32, 8),
			From:    []int32{-1, -1, -1, -1, -1, -1, -1, -1},
		},
	}
	return p, end
}

func TestListsByHand(t *testing.T) {
	p, end := smallSite()
	hour := int32(end.Unix() / 3600)
	p.Overrides = []pack.Override{
		{Op: "block", Source: -1, Section: "sport", Item: 4, Hour: hour - 300, Until: pack.Never},
		{Op: "pin", Source: 1, Item: 0, Hour: hour - 5, Until: pack.Never},
		{Op: "pin", Source: 1, Item: 4, Hour: hour - 300, Until: pack.Never}, // older: the ranking may know it
	}
	result := measureLists(t, p,
		lists("s: s w t u v t gone", "t: s", "w: t s"),
		lists("s: t", "t: s w"),
		eval.ListOptions{K: 6})
	check := func(metric, average string, value, base float64) {
		t.Helper()
		m := find(t, result.Measures, "ours", metric, "", average)
		if m.Refusal != "" {
			t.Errorf("%s is refused: %s", metric, m.Refusal)
		}
		if math.Abs(m.Value.Value-value) > 1e-12 || math.Abs(m.Baseline.Value-base) > 1e-12 || math.Abs(m.Delta.Value-(value-base)) > 1e-12 {
			t.Errorf("%s (%s): got %v, baseline %v; want %v and %v", metric, average, m.Value.Value, m.Baseline.Value, value, base)
		}
	}
	// Three articles exist: s, t, w. What can be shown under s is t (w is blocked),
	// under t s, under w t and s.
	check("hygiene.self_links", "", 1.0/3, 0)
	check("hygiene.unpublished", "", 1.0/3, 0)
	check("hygiene.not_yet_published", "", 1.0/3, 0)
	check("hygiene.repeated", "", 1.0/3, 0)
	check("hygiene.same_url", "", 2.0/3, 1.0/3)       // w and t under s and the other way round
	check("hygiene.wrong_language", "", 2.0/3, 1.0/3) // w under s and t, all under w
	check("hygiene.unknown", "", 0, 0)                // gone is the seventh
	check("hygiene.short_lists", "", 1, 2.0/3)
	check("hygiene.no_list", "", 0, 1.0/3)
	check("BlockedRate@6", "", 1.0/3, 1.0/3)
	check("PinRecall@6", "", 1, 1) // s under t
	check("coverage@6", "", 2.0/3, 2.0/3)
	check("stability.unchanged", "", 2.0/3, 1)
	check("stability.top1_changed", "", 1.0/3, 0)
	check("stability.rbo", "seed", 2.0/3, 1)
	check("stability.rbo", "traffic", 0.75, 1) // s was read twice, t and w once
	check("orphans@6", "", 1.0/3, 1.0/3)
	check("most_links_in@6", "", 2, 1)
	check("gini@6", "seed", 1.0/3, 1.0/3) // of s and t the same, of w nothing
	check("head_share@6", "seed", 0.5, 0.5)
	check("entropy@6", "traffic", entropy(2, 3), entropy(1, 2)) // t: under s twice, under w; s: under t, under w
	check("novelty@6", "seed", math.Log2(7.0/2), math.Log2(7.0/2))
	check("popularity_lift", "seed", 0.8-(0.8+0.3)/2, 0.8-(0.8+0.3)/2) // t, where t and w were read next
	check("calibration", "seed", 0, 0)
	check("calibration.pooled", "seed", 0, 0)
	check("section_entropy", "seed", 0, 0)
	check("same_section", "seed", 2.0/3, 1)
	check("freshness.median_age_h", "seed", 48, 48)
	check("freshness.under_24h", "seed", 0, 0)
	check("freshness.under_7d", "traffic", 2.0/5, 1.0/3)
	check("freshness.over_1y", "seed", 0, 0)

	for metric, want := range map[string]string{
		"serendipity@6": "compare with popular-24h or popular",
		"ild@6":         "no list of base, the baseline, holds anything",
	} {
		average := map[string]string{"ild@6": "seed"}[metric]
		if got := find(t, result.Measures, "ours", metric, "", average).Refusal; !strings.Contains(got, want) {
			t.Errorf("%s: refused with %q, want %q", metric, got, want)
		}
	}
	want := []eval.Change{{
		Source: eval.Link{ID: "w", Title: "Mieten"}, Traffic: 1, Ranking: "ours",
		Old: []eval.Link{}, New: []eval.Link{{ID: "t", Title: "Final", Only: true}, {ID: "s", Title: "Cup", Only: true}},
	}}
	if diff := cmp.Diff(want, result.Changed); diff != "" {
		t.Errorf("changed lists (-want +got):\n%s", diff)
	}
}

// The scripts and regions of a language are one language.
func TestWrongLanguage(t *testing.T) {
	p := &pack.Pack{Articles: []pack.Article{{ID: "a", Lang: "zh-Hans"}, {ID: "b", Lang: "zh-Hant"}, {ID: "c"}, {ID: "d", Lang: "ja"}}}
	for list, want := range map[string]float64{"a: b c": 0, "a: d": 0.25} {
		if got := find(t, measureLists(t, p, lists(list), lists(), eval.ListOptions{}).Measures, "ours", "hygiene.wrong_language", "", "").Value.Value; got != want {
			t.Errorf("%s: got %v, want %v", list, got, want)
		}
	}
}

// entropy is that of two counts, in bits.
func entropy(a, b float64) float64 {
	p := a / (a + b)
	return -p*math.Log2(p) - (1-p)*math.Log2(1-p)
}

// Of what readers went on to and lists hold, serendipity counts what the obvious
// rankings do not.
func TestSerendipity(t *testing.T) {
	p, _ := smallSite()
	result, err := eval.MeasureLists(t.Context(), p, []eval.Entry{{Name: "ours", Ranker: lists("s: t w")}},
		[]eval.Entry{{Name: "popular", Ranker: lists("s: t")}, {Name: "bm25", Ranker: lists("s: w")}, {Name: "tfidf", Ranker: lists("s: w")}}, eval.ListOptions{Baseline: "ours"})
	if err != nil {
		t.Fatal(err)
	}
	if got := find(t, result.Measures, "ours", "serendipity@10", "", "seed"); got.Value.Value != 0 || got.Doubts[0] != "what readers would find anyway is that of popular and bm25" {
		t.Errorf("both are obvious: got %+v", got)
	}
	result, err = eval.MeasureLists(t.Context(), p, []eval.Entry{{Name: "ours", Ranker: lists("s: t w")}}, []eval.Entry{{Name: "popular", Ranker: lists("s: t")}}, eval.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got := find(t, result.Measures, "ours", "serendipity@10", "", "seed"); got.Value.Value != 0.5 || got.Baseline.Value != 0 {
		t.Errorf("w is not obvious: got %v, baseline %v; want 0.5 and 0", got.Value.Value, got.Baseline.Value)
	}
}

// Without a log a pack is a catalogue: what needs readers is refused, the rest is
// measured in the moment of the last publication.
func TestListsWithoutLog(t *testing.T) {
	p, end := smallSite()
	p.Reads = pack.Reads{}
	result := measureLists(t, p, lists("s: t v"), lists("s: t"), eval.ListOptions{K: 2})
	for metric, want := range map[string]string{
		"novelty@2": "how often articles are read", "popularity_lift": "how often articles are read",
		"calibration": "to which sections", "serendipity@2": "read or clicked next", "PinRecall@2": "no pin",
	} {
		if got := find(t, result.Measures, "ours", metric, "", "").Refusal; !strings.Contains(got, want) {
			t.Errorf("%s: refused with %q, want %q", metric, got, want)
		}
	}
	if got := find(t, result.Measures, "ours", "hygiene.not_yet_published", "", "").Value.Value; got != 0 {
		t.Errorf("v is published by then, yet %v of the lists have a link that is not", got)
	}
	for _, m := range result.Measures {
		if m.Average == eval.AverageTraffic {
			t.Errorf("%s is weighted by traffic that nobody knows", m.Metric)
		}
	}
	if _, err := eval.MeasureLists(t.Context(), p, nil, nil, eval.ListOptions{At: end.AddDate(-3, 0, 0)}); err == nil || !strings.Contains(err.Error(), "no article exists on 2023-03-09") {
		t.Errorf("before everything: got %v", err)
	}
	if _, err := eval.MeasureLists(t.Context(), p, nil, nil, eval.ListOptions{K: -1}); err == nil {
		t.Error("k = -1 is taken")
	}
}

// Equal lists differ by exactly nothing, shares stay shares, and what a log that
// is only a copy of its readers says does not change.
func TestListsProperties(t *testing.T) {
	items := rapid.SampledFrom([]string{"s", "t", "u", "v", "w", "gone"})
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) eval.Lists {
			l := eval.Lists{}
			for _, id := range []data.ArticleID{"s", "t", "u", "v", "w"} {
				for _, item := range rapid.SliceOfN(items, 0, 7).Draw(t, label) {
					l[id] = append(l[id], data.ArticleID(item))
				}
			}
			return l
		}
		p, _ := smallSite()
		one, two := draw("one"), draw("two")
		result, err := eval.MeasureLists(context.Background(), p,
			[]eval.Entry{{Name: "one", Ranker: one}, {Name: "two", Ranker: two}}, []eval.Entry{{Name: "again", Ranker: one}},
			eval.ListOptions{K: rapid.IntRange(1, 6).Draw(t, "k")})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range result.Measures {
			if m.Refusal != "" {
				continue
			}
			if m.Ranking != "two" && (m.Delta.Value != 0 || m.Delta.SE != 0 && !math.IsInf(m.Delta.SE, 0)) {
				t.Fatalf("equal lists differ: %+v", m)
			}
			if math.IsNaN(m.Value.Value) || math.IsNaN(m.Delta.Value) {
				t.Fatalf("shown though it is no number: %+v", m)
			}
			most := 1.0
			if strings.HasPrefix(m.Metric, "most_links_in") {
				most = float64(m.Value.Clusters) // every list
			}
			if m.Exact && (m.Value.Value < 0 || m.Value.Value > most || m.Value.Low != m.Value.Value) {
				t.Fatalf("no exact number: %+v", m)
			}
		}
		for _, c := range result.Changed {
			if c.Ranking != "two" {
				t.Fatalf("an equal list changed: %+v", c)
			}
		}
	})
}

// Gini's interval holds what the lists of other articles of the same kind give.
func TestSpreadIntervals(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	const articles, sites = 60, 200
	p := &pack.Pack{}
	for i := range articles {
		p.Articles = append(p.Articles, pack.Article{ID: "a" + strconv.Itoa(100+i)})
	}
	site := func(seed uint64) eval.Measure {
		rng := rand.New(rand.NewPCG(seed, 1))
		l := eval.Lists{}
		for i := range p.Articles {
			for range 5 { // the later, the rarer
				l[data.ArticleID(p.Articles[i].ID)] = append(l[data.ArticleID(p.Articles[i].ID)], data.ArticleID(p.Articles[int(articles*math.Pow(rng.Float64(), 2))].ID))
			}
		}
		return find(t, measureLists(t, p, l, l, eval.ListOptions{K: 5}).Measures, "ours", "head_share@5", "", "seed")
	}
	var mean float64
	measures := make([]eval.Measure, sites)
	for i := range measures {
		measures[i] = site(uint64(i))
		mean += measures[i].Value.Value / sites
	}
	held := 0
	for _, m := range measures {
		if m.Value.Low <= mean && mean <= m.Value.High {
			held++
		}
	}
	if held < sites*85/100 {
		t.Errorf("the 95 %% interval holds the mean of all sites in %d of %d", held, sites)
	}
}
