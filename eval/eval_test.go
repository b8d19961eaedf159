package eval_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval"
)

// reads parses "anna: a b c" into a log, reader by reader.
func reads(lines ...string) []eval.Read {
	var log []eval.Read
	for _, line := range lines {
		reader, items, _ := strings.Cut(line, ":")
		for _, item := range strings.Fields(items) {
			log = append(log, eval.Read{Reader: reader, Item: item})
		}
	}
	return log
}

func newTruth(t *testing.T, articles []data.ArticleID, log []eval.Read) *eval.Truth {
	t.Helper()
	truth, err := eval.NewTruth(articles, eval.Log{Reads: slices.Values(log)})
	if err != nil {
		t.Fatal(err)
	}
	return truth
}

// lists parses "a: b c" into a ranking.
func lists(lines ...string) eval.Lists {
	l := eval.Lists{}
	for _, line := range lines {
		seed, items, _ := strings.Cut(line, ":")
		for _, item := range strings.Fields(items) {
			l[data.ArticleID(seed)] = append(l[data.ArticleID(seed)], data.ArticleID(item))
		}
	}
	return l
}

func TestJoin(t *testing.T) {
	articles := []data.ArticleID{"7", "8.0", "09", "12345678901234567891", "x", "5", "5.0"}
	check := func(item string, joined, asNumber int) {
		t.Helper()
		truth, err := eval.NewTruth(articles, eval.Log{Reads: slices.Values(reads("anna: x 7", "bert: "+item))})
		if err != nil {
			t.Fatal(err)
		}
		if got := truth.Join.Joined - 2; got != joined {
			t.Errorf("%q: joined %d, want %d", item, got, joined)
		}
		if got := truth.Join.AsNumber; got != asNumber {
			t.Errorf("%q: joined as number %d, want %d", item, got, asNumber)
		}
	}
	check("x", 1, 0)
	check("X", 0, 0)
	check("7", 1, 0)
	check("7.0", 1, 1)
	check("7.000", 1, 1)
	check("7.", 0, 0)
	check("7.5", 0, 0)
	check("07", 0, 0)
	check("8", 1, 1) // the article's id is the decimal
	check("8.00", 1, 1)
	check("9.0", 0, 0) // 09 is not 9
	check("09.0", 1, 1)
	check("12345678901234567891.0", 1, 1) // beyond a float's digits
	check("12345678901234567890.0", 0, 0)
	check("5", 1, 0)
	check("5.00", 0, 0) // could be either of two articles
	check("-7.0", 0, 0)
	check("7e0", 0, 0)
}

func TestTruth(t *testing.T) {
	truth, err := eval.NewTruth([]data.ArticleID{"c", "a", "b"}, eval.Log{
		Reads: slices.Values(slices.Concat(
			reads("anna: a a gone b a b"), // a b, b a; the second a b counts no more
			reads("bert: c gone"),         // one article only
			reads(": a gone"),             // nobody
		)),
		WithoutReader: 3, Unreadable: 2,
	})
	if err != nil {
		t.Fatal(err)
	}
	want := eval.Join{Reads: 15, Unreadable: 2, WithoutReader: 5, WithoutArticle: 2, Joined: 6}
	if truth.Join != want {
		t.Errorf("join: got %+v, want %+v", truth.Join, want)
	}
	if got := truth.Join.Rate(); got != 0.4 {
		t.Errorf("join rate: got %v, want 6 of 15", got)
	}
	if truth.Readers != 2 || truth.ReadersWithPairs() != 1 || truth.Pairs() != 2 {
		t.Errorf("got %d readers, %d with pairs, %d pairs; want 2, 1, 2", truth.Readers, truth.ReadersWithPairs(), truth.Pairs())
	}
	if got := truth.ReadNext(); !slices.Equal(got, []int{1, 1, 0}) {
		t.Errorf("read next: got %v, want one each of a and b", got)
	}
}

func TestTruthByTime(t *testing.T) {
	at := func(hour int) time.Time { return time.Date(2026, 3, 1, hour, 0, 0, 0, time.UTC) }
	log := []eval.Read{{"anna", "b", at(2)}, {"anna", "c", at(3)}, {"anna", "a", at(1)}}
	articles := []data.ArticleID{"a", "b", "c"}
	truth := newTruth(t, articles, log)
	if !truth.ByTime || !slices.Equal(truth.ReadNext(), []int{0, 1, 1}) {
		t.Errorf("by time: got %v, %v; want a, b, c in order", truth.ByTime, truth.ReadNext())
	}
	log[1].Time = time.Time{} // one is missing: the log's order counts
	truth = newTruth(t, articles, log)
	if truth.ByTime || !slices.Equal(truth.ReadNext(), []int{1, 0, 1}) {
		t.Errorf("by log: got %v, %v; want b, c, a in order", truth.ByTime, truth.ReadNext())
	}
}

func TestUnusable(t *testing.T) {
	check := func(name string, articles []data.ArticleID, log []eval.Read, want string) {
		t.Helper()
		_, err := eval.NewTruth(articles, eval.Log{Reads: slices.Values(log)})
		var unusable *eval.DataError
		if !errors.As(err, &unusable) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want a DataError with %q", name, err, want)
		}
	}
	ab := []data.ArticleID{"a", "b"}
	check("no articles", nil, reads("anna: a b"), "import the site's articles first")
	check("no reads", ab, nil, "holds no reads")
	check("nothing joins", ab, reads("anna: x y"), `look like "x", "y", the articles' ids like "a", "b"`)
	check("by URL", ab, reads("anna: https://example.org/a"), "names pages by URL")
	check("articles by URL", []data.ArticleID{"https://example.org/a"}, reads("anna: a"), "ids are URLs")
	check("by case", ab, reads("anna: A B"), "differ only in case")
	check("empty column", ab, []eval.Read{{Reader: "anna"}}, "is empty")
	check("one article each", ab, reads("anna: a", "bert: b"), "no reader read two different articles")
	check("nobody", ab, reads(": a b"), "none of the 2 reads names a reader; map reader")
}

// By hand: anna goes a→b and b→c, bert a→c, carl c→d.
//
//	list of a: b c     a→b at rank 1, a→c at rank 2
//	list of b: d       b→c is no hit
//	list of c: a b d   c→d at rank 3
//
//	          anna          bert      carl      mean
//	hr@2      (1+0)/2       1         0         .5
//	mrr@2     (1+0)/2       1/2       0         1/3
//	ndcg@2    (1+0)/2       1/log2 3  0         (.5 + .6309)/3
//	hr@3      (1+0)/2       1         1         5/6
//	mrr@3     (1+0)/2       1/2       1/3       4/9
//	ndcg@3    (1+0)/2       1/log2 3  1/2       (1 + .6309)/3
func TestRunByHand(t *testing.T) {
	truth := newTruth(t, []data.ArticleID{"a", "b", "c", "d"}, reads("anna: a b c", "bert: a c", "carl: c d"))
	candidate := lists("a: b a c", "b: nowhere d", "c: a b a d")
	constant := lists("a: d", "b: d", "c: d")
	result, err := eval.Run(t.Context(), truth,
		[]eval.Entry{{Name: "ours", Ranker: candidate}},
		[]eval.Entry{{Name: "constant", Note: "always d", Ranker: constant}},
		eval.Options{K: []int{2, 3}})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"hr@2", "mrr@2", "ndcg@2", "hr@3", "mrr@3", "ndcg@3"}; !slices.Equal(result.Metrics, want) {
		t.Fatalf("metrics: got %v, want %v", result.Metrics, want)
	}
	ours, other := result.Candidates[0], result.Baselines[0]
	log3 := math.Log2(3)
	for i, want := range []float64{0.5, 1.0 / 3, (0.5 + 1/log3) / 3, 5.0 / 6, 4.0 / 9, (1 + 1/log3) / 3} {
		if got := ours.Values[i].Value; math.Abs(got-want) > 1e-12 {
			t.Errorf("%s: got %v, want %v", result.Metrics[i], got, want)
		}
	}
	if got := other.Values[0].Value; math.Abs(got-1.0/3) > 1e-12 { // carl's only
		t.Errorf("constant's hr@2: got %v, want 1/3", got)
	}
	// Of hr@2 the readers' differences are .5, 1 and −1: mean 1/6, s = √(13/12),
	// t(2) = 4.302652729911275.
	d := result.Differences[0].Values[0]
	half := 4.302652729911275 * math.Sqrt(13.0/12) / math.Sqrt(3)
	if math.Abs(d.Value-1.0/6) > 1e-12 || math.Abs(d.Low-(1.0/6-half)) > 1e-9 || math.Abs(d.High-(1.0/6+half)) > 1e-9 {
		t.Errorf("difference of hr@2: got %+v, want 1/6 ± %v", d, half)
	}
	if ours.MostLinked != "b" || ours.MostLinksIn != 2 { // b, c and d twice or once; b comes first
		t.Errorf("most links in: got %q with %d, want b with 2", ours.MostLinked, ours.MostLinksIn)
	}
	if ours.WithoutList != 1 || other.MostLinksIn != 3 {
		t.Errorf("got %d without list and %d links in, want 1 and 3", ours.WithoutList, other.MostLinksIn)
	}
	if want := (eval.Dropped{Unknown: 1, Itself: 1, Repeated: 1}); ours.Dropped != want {
		t.Errorf("dropped: got %+v, want %+v", ours.Dropped, want)
	}
}

func TestRunRefusesK(t *testing.T) {
	truth := newTruth(t, []data.ArticleID{"a", "b"}, reads("anna: a b"))
	for _, k := range [][]int{{0}, {-1}, {5, 5}, {1001}} {
		_, err := eval.Run(t.Context(), truth, nil, nil, eval.Options{K: k})
		var invalid *data.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != "k" {
			t.Errorf("k %v: got %v, want an InvalidError about k", k, err)
		}
	}
}

type failing struct{ err error }

func (f failing) Rank(context.Context, data.ArticleID, int) ([]data.ArticleID, error) {
	return nil, f.err
}

func TestRunStops(t *testing.T) {
	truth := newTruth(t, []data.ArticleID{"a", "b"}, reads("anna: a b"))
	broken := errors.New("broken")
	if _, err := eval.Run(t.Context(), truth, []eval.Entry{{Name: "ours", Ranker: failing{broken}}}, nil, eval.Options{}); !errors.Is(err, broken) {
		t.Errorf("got %v, want the ranker's error", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := eval.Run(ctx, truth, []eval.Entry{{Name: "ours", Ranker: lists()}}, nil, eval.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

// Measures stay in 0 to 1 with hr ≥ ndcg ≥ mrr, and the order in which readers
// stand in the log changes nothing.
func TestRunProperties(t *testing.T) {
	articles := []data.ArticleID{"a", "b", "c", "d", "e"}
	items := rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "gone"})
	rapid.Check(t, func(t *rapid.T) {
		log := []eval.Read{{Reader: "z", Item: "a"}, {Reader: "z", Item: "b"}}
		for range rapid.IntRange(0, 40).Draw(t, "reads") {
			log = append(log, eval.Read{Reader: rapid.SampledFrom([]string{"", "u", "v", "w"}).Draw(t, "reader"), Item: items.Draw(t, "item")})
		}
		candidate := eval.Lists{}
		for _, id := range articles {
			for _, item := range rapid.SliceOfN(items, 0, 7).Draw(t, "list") {
				candidate[id] = append(candidate[id], data.ArticleID(item))
			}
		}
		run := func(log []eval.Read) *eval.Result {
			truth, err := eval.NewTruth(articles, eval.Log{Reads: slices.Values(log)})
			if err != nil {
				t.Fatal(err)
			}
			result, err := eval.Run(context.Background(), truth, []eval.Entry{{Name: "ours", Ranker: candidate}},
				[]eval.Entry{{Name: "same", Ranker: candidate}}, eval.Options{K: []int{1, 3}})
			if err != nil {
				t.Fatal(err)
			}
			return result
		}
		result := run(log)
		for i := 0; i < len(result.Metrics); i += 3 {
			hr, mrr, ndcg := result.Candidates[0].Values[i].Value, result.Candidates[0].Values[i+1].Value, result.Candidates[0].Values[i+2].Value
			if !(1 >= hr && hr >= ndcg && ndcg >= mrr && mrr >= 0) {
				t.Fatalf("hr %v, ndcg %v, mrr %v", hr, ndcg, mrr)
			}
			if d := result.Differences[0].Values[i]; d.Value != 0 {
				t.Fatalf("a ranking differs from itself by %v", d.Value)
			}
		}

		// Another merge of the same readers' reads.
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "merge"), 0))
		queues := map[string][]eval.Read{}
		var turns []string
		for _, r := range log {
			queues[r.Reader] = append(queues[r.Reader], r)
			turns = append(turns, r.Reader)
		}
		rng.Shuffle(len(turns), func(i, j int) { turns[i], turns[j] = turns[j], turns[i] })
		merged := make([]eval.Read, 0, len(log))
		for _, reader := range turns {
			merged = append(merged, queues[reader][0])
			queues[reader] = queues[reader][1:]
		}
		other := run(merged)
		if diff := cmp.Diff(result.Candidates[0].Values, other.Candidates[0].Values); diff != "" {
			t.Fatalf("another order of readers changes the values:\n%s", diff)
		}
		if result.Truth.Join != other.Truth.Join {
			t.Fatalf("another order of readers changes the join: %+v, %+v", result.Truth.Join, other.Truth.Join)
		}
	})
}
