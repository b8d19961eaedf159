package eval_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval"
	"github.com/alsolike/alsolike/eval/pack"
)

func run(t *testing.T, truth *eval.Truth, candidate, base eval.Ranker, opts eval.Options) *eval.Result {
	t.Helper()
	result, err := eval.Run(t.Context(), truth, []eval.Entry{{Name: "ours", Ranker: candidate}}, []eval.Entry{{Name: "base", Ranker: base}}, opts)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// find is the one measure of a ranking, metric, slice and average.
func find(t *testing.T, measures []eval.Measure, ranking, metric, slice, average string) eval.Measure {
	t.Helper()
	var found []eval.Measure
	for _, m := range measures {
		if m.Ranking == ranking && m.Metric == metric && m.Slice == slice && m.Average == average {
			found = append(found, m)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%s %s %q %q: found %d measures, want one", ranking, metric, slice, average, len(found))
	}
	return found[0]
}

// The log and lists of TestRunByHand. Of hr@3 every pair but anna's b→c is a hit:
//
//	reader   (1/2 + 1 + 1)/3
//	seed     a: 1, b: 0, c: 1
//	traffic  3 of 4
//	n^1      reads: a 2, b 1, c 3, d 1; (1 + 1/3 + 1)/(1 + 1/3 + 1/3 + 1)
func TestMeasuresByHand(t *testing.T) {
	truth := newTruth(t, []data.ArticleID{"a", "b", "c", "d"}, reads("anna: a b c", "bert: a c", "carl: c d"))
	result := run(t, truth, lists("a: b c", "b: d", "c: a b d"), lists("a: d", "b: d", "c: d"), eval.Options{
		K: []int{3}, SliceBy: "half", SliceOf: func(id data.ArticleID) string { return map[bool]string{true: "ab", false: "cd"}[id < "c"] },
	})
	measures := result.Measures()
	root := 1 / math.Sqrt(3)
	check := func(metric, slice, average string, value, base float64) {
		t.Helper()
		m := find(t, measures, "ours", metric, slice, average)
		if math.Abs(m.Value.Value-value) > 1e-12 || math.Abs(m.Baseline.Value-base) > 1e-12 || math.Abs(m.Delta.Value-(value-base)) > 1e-12 {
			t.Errorf("%s %q %q: got %v, baseline %v, difference %v; want %v and %v", metric, slice, average, m.Value.Value, m.Baseline.Value, m.Delta.Value, value, base)
		}
		if m.Level != eval.LevelReads || m.Ungated == "" {
			t.Errorf("%s: level %q, ungated %q; want L1, closed to gates without times", metric, m.Level, m.Ungated)
		}
	}
	check("hr@3", "", "reader", 5.0/6, 1.0/3)
	check("hr@3", "", "seed", 2.0/3, 1.0/3)
	check("hr@3", "", "traffic", 0.75, 0.25)
	check("mrr@3", "", "traffic", (1+0.5+1.0/3)/4, 0.25)
	check("hr@3/n^0.5", "", "", (2+root)/(2+2*root), 1/(2+2*root))
	check("hr@3/n^1", "", "", (2+1.0/3)/(2+2.0/3), 1/(2+2.0/3))
	check("hr@3", "half=ab", "reader", 0.75, 0)
	check("hr@3", "half=cd", "reader", 1, 1)
	// c, read three times, is the top 1 % of four articles; b and d are the rest.
	check("hr@3", "target=top 1 %", "reader", 0.5, 0)
	check("hr@3", "target=rest", "reader", 1, 0.5)
	if got := find(t, measures, "base", "hr@3", "", "reader").Delta; got.Value != 0 || got.Low != 0 || got.High != 0 {
		t.Errorf("the baseline differs from itself by %+v", got)
	}
	if d := find(t, measures, "ours", "hr@3", "", "reader").Doubts; len(d) != 0 {
		t.Errorf("doubts: got %q, want none", d)
	}
	if want := []eval.Slice{{"top 1 %", 1, 2, 2}, {"1 to 10 %", 0, 0, 0}, {"rest", 3, 2, 2}}; !slices.Equal(result.Bands, want) {
		t.Errorf("bands: got %+v, want %+v", result.Bands, want)
	}
}

func TestPopularityEffect(t *testing.T) {
	truth := newTruth(t, []data.ArticleID{"a", "b", "c", "d"}, reads("anna: a c", "bert: a c", "carl: b c d", "dora: c b"))
	doubts := func(candidate eval.Lists) []string {
		return find(t, run(t, truth, candidate, lists("d: a"), eval.Options{}).Measures(), "ours", "hr@10", "", "reader").Doubts
	}
	if got := doubts(lists("a: c", "b: c")); len(got) != 1 || !strings.HasPrefix(got[0], "popularity effect: it gains on base only") {
		t.Errorf("hits on the most read article alone: got %q, want a popularity effect", got)
	}
	if got := doubts(lists("a: c", "c: d")); len(got) != 0 {
		t.Errorf("hits elsewhere too: got %q, want no doubt", got)
	}
}

func at(day, hour int) time.Time { return time.Date(2026, 3, day, hour, 30, 0, 0, time.UTC) }

// A list is measured by what existed when its reader looked at it.
func TestAsOfReads(t *testing.T) {
	articles := []pack.Article{
		{ID: "old", Published: at(1, 0)},
		{ID: "gone", Published: at(1, 0), Unpublished: at(2, 0)},
		{ID: "new", Published: at(3, 0)},
		{ID: "seed", Published: at(1, 0)},
	}
	log := []eval.Read{
		{Reader: "anna", Item: "seed", Time: at(1, 5)},
		{Reader: "anna", Item: "old", Time: at(1, 6)}, // new does not exist yet: gone, then old
		{Reader: "bert", Item: "seed", Time: at(4, 5)},
		{Reader: "bert", Item: "old", Time: at(4, 6)}, // gone is gone: new, then old
		{Reader: "carl", Item: "seed", Time: at(3, 0)},
		{Reader: "carl", Item: "new", Time: at(3, 1)}, // just published
	}
	truth, err := eval.NewTruthOf(articles, eval.Log{Reads: slices.Values(log)}, eval.TruthOptions{})
	if err != nil {
		t.Fatal(err)
	}
	result := run(t, truth, lists("seed: gone new old"), lists("seed: old"), eval.Options{K: []int{2}})
	// anna and bert find old at rank 2, carl new at rank 1.
	if got := find(t, result.Measures(), "ours", "mrr@2", "", "reader"); math.Abs(got.Value.Value-2.0/3) > 1e-12 || got.Ungated != "" {
		t.Errorf("mrr@2: got %v, ungated %q; want 2/3, open to gates", got.Value.Value, got.Ungated)
	}
	got := result.Candidates[0].AsOf
	if want := (eval.AsOfDropped{Places: 6, NotYetPublished: 1, TakenDown: 2}); got != want {
		t.Errorf("dropped: got %+v, want %+v", got, want)
	}
	if doubts := find(t, result.Measures(), "ours", "mrr@2", "", "reader").Doubts; len(doubts) != 1 || !strings.HasPrefix(doubts[0], "16.7 % of its first links were not published yet") {
		t.Errorf("doubts: got %q, want that it leaks", doubts)
	}
}

// What is measured and what may be learned never overlap.
func TestSplitByTime(t *testing.T) {
	articles := []pack.Article{{ID: "a"}, {ID: "b"}, {ID: "c"}}
	var log []eval.Read
	for d := 1; d <= 10; d++ {
		for h, item := range []string{"a", "b", "c"} {
			log = append(log, eval.Read{Reader: string(rune('k' + d)), Item: item, Time: at(d, h)})
		}
	}
	truth, err := eval.NewTruthOf(articles, eval.Log{Reads: slices.Values(log)}, eval.TruthOptions{Days: 3})
	if err != nil {
		t.Fatal(err)
	}
	// The log ends on the 10th at 3:00: days 8, 9 and 10.
	if truth.Split != eval.SplitByTime || truth.Pairs() != 6 || !slices.Equal(truth.Views(), []int{7, 7, 7}) || len(truth.Before) != 7 {
		t.Errorf("got split %q, %d pairs, views %v, %d sessions before", truth.Split, truth.Pairs(), truth.Views(), len(truth.Before))
	}
	if got := truth.From.Format(time.RFC3339); got != "2026-03-07T03:00:00Z" {
		t.Errorf("measured from %s", got)
	}
	truth, err = eval.NewTruthOf(articles, eval.Log{Reads: slices.Values(log)}, eval.TruthOptions{From: at(10, 1)})
	if err != nil {
		t.Fatal(err)
	}
	if truth.Pairs() != 1 || len(truth.Before) != 10 { // b→c of the last day; its a is before
		t.Errorf("from the 10th at 1:00: got %d pairs, %d sessions before; want 1 and 10", truth.Pairs(), len(truth.Before))
	}
	if _, err = eval.NewTruthOf(articles, eval.Log{Reads: slices.Values(log)}, eval.TruthOptions{From: at(11, 0)}); err == nil || !strings.Contains(err.Error(), "runs from 2026-03-01 to 2026-03-10") {
		t.Errorf("nothing to measure: got %v", err)
	}
	if _, err = eval.NewTruthOf(articles, eval.Log{Reads: slices.Values(log)}, eval.TruthOptions{SplitReaders: true}); err == nil || !strings.Contains(err.Error(), "split them by time") {
		t.Errorf("readers split though there are times: got %v", err)
	}
	if _, err = eval.NewTruthOf(articles, eval.Log{Reads: slices.Values(reads("anna: a b"))}, eval.TruthOptions{Days: 3}); err == nil || !strings.Contains(err.Error(), "split: readers") {
		t.Errorf("split by time without times: got %v", err)
	}
}

func TestSplitByReader(t *testing.T) {
	articles := []pack.Article{{ID: "a"}, {ID: "b"}}
	var log []eval.Read
	for i := range 2000 {
		log = append(log, reads("reader"+string(rune('a'+i%26))+strings.Repeat("x", i/26)+": a b")...)
	}
	truth, err := eval.NewTruthOf(articles, eval.Log{Reads: slices.Values(log)}, eval.TruthOptions{SplitReaders: true})
	if err != nil {
		t.Fatal(err)
	}
	measured := truth.ReadersWithPairs()
	if measured+len(truth.Before) != 2000 || measured < 540 || measured > 660 {
		t.Errorf("%d readers measured, %d learned from; want 3 and 7 of ten of 2000", measured, len(truth.Before))
	}
	if !slices.Equal(truth.Views(), []int{len(truth.Before), len(truth.Before)}) {
		t.Errorf("views: got %v, want those of the %d others", truth.Views(), len(truth.Before))
	}
	if truth.Ungated() == "" {
		t.Error("open to gates without a split by time")
	}
}

// readsPack is a pack of the reads of two sessions of reader 0 and one of reader 1.
func readsPack() *pack.Pack {
	const noon = 490_000 // an hour
	p := &pack.Pack{
		Articles: []pack.Article{{ID: "a", Died: pack.Never}, {ID: "b", Died: pack.Never}, {ID: "c", Died: pack.Never}},
		Reads: pack.Reads{
			Reader:  []int32{0, 0, 0, 0, 1, 1, 1},
			Session: []int32{0, 0, 1, 1, 2, 2, 2},
			Item:    []int32{0, 1, 2, 0, 1, 2, 0},
			Hour:    []int32{noon, noon + 1, noon + 2, noon + 5, noon, noon, noon},
			Moment:  make([]int32, 7),
			From:    []int32{-1, -1, -1, -1, 2, -1, -1},
		},
	}
	p.Impressions = pack.Impressions{Source: []int32{0}, Hour: []int32{noon}, Start: []int32{0, 1}, Item: []int32{1}}
	return p
}

func TestPackTruth(t *testing.T) {
	truth, err := eval.PackTruth(readsPack(), eval.TruthOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for from, to := range truth.NextRead() {
		got = append(got, string(truth.Articles[from]+truth.Articles[to]))
	}
	// b→c of reader 0 lies between sessions, c→a three hours apart; reader 1 came
	// to b from c.
	if want := []string{"ab", "cb", "bc", "ca"}; !slices.Equal(got, want) {
		t.Errorf("pairs: got %v, want %v", got, want)
	}
	measures := run(t, truth, lists("a: b"), lists("b: c"), eval.Options{Average: eval.AverageTraffic}).Measures()
	if got := find(t, measures, "ours", "hr@10", "target=linked", "traffic"); got.Value.Value != 1 || got.Baseline.Value != 0 {
		t.Errorf("of linked pairs (a→b): got %v, baseline %v; want 1 and 0", got.Value.Value, got.Baseline.Value)
	}
	if got := find(t, measures, "ours", "hr@10", "target=not linked", "traffic"); got.Value.Value != 0 || math.Abs(got.Baseline.Value-1.0/3) > 1e-12 {
		t.Errorf("of pairs not linked: got %v, baseline %v; want 0 and 1/3", got.Value.Value, got.Baseline.Value)
	}
	if _, err := eval.PackTruth(&pack.Pack{}, eval.TruthOptions{}); err == nil || !strings.Contains(err.Error(), "no page views") {
		t.Errorf("a pack without reads: got %v", err)
	}
}

func TestBlockedReads(t *testing.T) {
	p := readsPack()
	p.Overrides = []pack.Override{{Op: "block", Source: -1, Item: 1, Until: pack.Never}}
	hits := func() float64 {
		truth, err := eval.PackTruth(p, eval.TruthOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return find(t, run(t, truth, lists("a: b"), lists(), eval.Options{}).Measures(), "ours", "hr@10", "", "traffic").Value.Value
	}
	if got := hits(); got != 0 {
		t.Errorf("blocked everywhere: got %v, want no hit", got)
	}
	p.Overrides = append(p.Overrides, pack.Override{Op: "unblock", Source: -1, Item: 1, Hour: 1})
	if got := hits(); got != 0.25 {
		t.Errorf("unblocked: got %v, want one hit of four", got)
	}
}

// timed shows what it is told only from an hour on.
type timed struct {
	eval.Lists
	from  time.Time
	asked []time.Time
}

func (r *timed) RankAt(ctx context.Context, seed data.ArticleID, at time.Time, k int) ([]data.ArticleID, error) {
	r.asked = append(r.asked, at)
	if at.Before(r.from) {
		return nil, nil
	}
	return r.Rank(ctx, seed, k)
}

func TestTimedRanker(t *testing.T) {
	log := []eval.Read{
		{Reader: "anna", Item: "a", Time: at(5, 3)},
		{Reader: "anna", Item: "b", Time: at(5, 4)},
		{Reader: "bert", Item: "a", Time: at(2, 3)},
		{Reader: "bert", Item: "b", Time: at(2, 4)},
	}
	truth := newTruth(t, []data.ArticleID{"a", "b"}, log)
	ranker := &timed{Lists: lists("a: b"), from: at(3, 0)}
	got := find(t, run(t, truth, ranker, lists(), eval.Options{}).Measures(), "ours", "hr@10", "", "reader")
	if got.Value.Value != 0.5 {
		t.Errorf("got %v, want a hit of anna alone", got.Value.Value)
	}
	hour := func(day int) time.Time { return time.Date(2026, 3, day, 3, 0, 0, 0, time.UTC) }
	if want := []time.Time{hour(2), hour(5)}; !slices.Equal(ranker.asked, want) {
		t.Errorf("asked at %v, want the starts of hours, ascending: %v", ranker.asked, want)
	}
}

// Shares and their intervals stay possible however few readers a slice has, and
// equal lists differ by exactly 0 in every slice.
func TestMeasuresProperties(t *testing.T) {
	articles := []data.ArticleID{"a", "b", "c", "d"}
	items := rapid.SampledFrom([]string{"a", "b", "c", "d"})
	rapid.Check(t, func(t *rapid.T) {
		log := []eval.Read{{Reader: "z", Item: "a"}, {Reader: "z", Item: "b"}}
		for range rapid.IntRange(0, 30).Draw(t, "reads") {
			log = append(log, eval.Read{Reader: rapid.SampledFrom([]string{"u", "v", "w"}).Draw(t, "reader"), Item: items.Draw(t, "item")})
		}
		draw := func(label string) eval.Lists {
			l := eval.Lists{}
			for _, id := range articles {
				for _, item := range rapid.SliceOfN(items, 0, 5).Draw(t, label) {
					l[id] = append(l[id], data.ArticleID(item))
				}
			}
			return l
		}
		truth, err := eval.NewTruth(articles, eval.Log{Reads: slices.Values(log)})
		if err != nil {
			t.Fatal(err)
		}
		one, two := draw("one"), draw("two")
		result, err := eval.Run(context.Background(), truth, []eval.Entry{{Name: "one", Ranker: one}, {Name: "again", Ranker: one}}, []eval.Entry{{Name: "two", Ranker: two}},
			eval.Options{K: []int{1, 3}, SliceOf: func(id data.ArticleID) string { return string(id) }, Average: rapid.SampledFrom(eval.Averages).Draw(t, "average"), Baseline: "again"})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range result.Measures() {
			for _, share := range []struct{ value, low, high float64 }{{m.Value.Value, m.Value.Low, m.Value.High}, {m.Baseline.Value, m.Baseline.Low, m.Baseline.High}} {
				if share.value < 0 || share.value > 1+1e-12 || !math.IsInf(share.low, -1) && (share.low < 0 || share.high > 1) {
					t.Fatalf("%+v is outside of 0 to 1", m)
				}
			}
			if m.Ranking != "two" && m.Delta.Value != 0 {
				t.Fatalf("equal lists differ: %+v", m)
			}
			if m.Delta.Value < -1 || m.Delta.Value > 1 {
				t.Fatalf("a difference of shares of %v", m.Delta.Value)
			}
		}
	})
}
