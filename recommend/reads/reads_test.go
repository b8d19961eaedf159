package reads_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/clicklog"
	"github.com/alsolike/alsolike/recommend/reads"
)

// letters is the row of an article of the corpus "a", "b", …
func letters(n int) func(data.ArticleID) (int32, bool) {
	return func(id data.ArticleID) (int32, bool) {
		if len(id) != 1 || id[0] < 'a' || int(id[0]-'a') >= n {
			return 0, false
		}
		return int32(id[0] - 'a'), true
	}
}

func collect(n int, opts reads.Options) *reads.Collector {
	return reads.NewCollector(n, letters(n), opts)
}

// take has a reader read the articles, each a letter.
func take(c *reads.Collector, reader, articles string) {
	for _, a := range articles {
		c.Read(reader, data.ArticleID(a), time.Time{})
	}
}

func near(t *testing.T, what string, got float32, want float64) {
	t.Helper()
	if math.Abs(float64(got)-want) > 1e-5 {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// Two readers of two articles each, and one of four:
//
//	anna a b    A(a,b) = 1
//	bert b a    A(a,b) = 1
//	carl c d c a b, d and a apart by one read:
//	     A(c,d) = A(a,c) = A(a,b) = 1/√3, A(a,d) = A(b,c) = .7/√3, A(b,d) = .49/√3
func TestByHand(t *testing.T) {
	c := collect(5, reads.Options{})
	take(c, "anna", "ab")
	take(c, "bert", "baax") // x is no article
	take(c, "carl", "cdcab")
	s := c.Signals()
	root := math.Sqrt(3)
	ab, ac, ad, bc, bd := 2+1/root, 1/root, .7/root, .7/root, .49/root
	a, b := ab+ac+ad, ab+bc+bd
	f := s.Features(0, 1)
	near(t, "Next of a, b", f.Next, ab/(a+40))
	near(t, "CoRead of a, b", f.CoRead, ab/(math.Sqrt(a*b)+30))
	all := 4/math.Sqrt2 + 4/2.0
	near(t, "Popular of a, b", f.Popular, 40/(a+40)*(2/math.Sqrt2+.5)/(all+1000))
	near(t, "all of a, b", reads.DefaultWeights.Of(f), 25*ab/(a+40)+10*ab/(math.Sqrt(a*b)+30)+6.25*float64(f.Popular))
	near(t, "Next of b, d", s.Features(1, 3).Next, bd/(b+40))
	near(t, "popularity of a", s.Popularity(0), (2/math.Sqrt2+.5)/(2/math.Sqrt2+.5+40))
	if got := s.Features(0, 0); got != (reads.Features{}) {
		t.Errorf("an article and itself: got %+v, want nothing", got)
	}
	if got := s.Features(0, 4); got != (reads.Features{}) {
		t.Errorf("an article nobody reads: got %+v, want nothing", got)
	}
	var order []int32
	for _, link := range s.CoRead(0) {
		order = append(order, link.Row)
		g := s.Features(0, link.Row)
		near(t, fmt.Sprint("score of ", link.Row), link.Score, 25*float64(g.Next)+10*float64(g.CoRead))
	}
	if want := []int32{1, 2, 3}; !slices.Equal(order, want) {
		t.Errorf("read near a: got %v, want %v", order, want)
	}
	if got := s.CoRead(4); len(got) != 0 {
		t.Errorf("read near e, which nobody reads: got %v", got)
	}
	if got, want := s.MostRead(), []int32{0, 1, 2, 3}; !slices.Equal(got, want) {
		t.Errorf("most read: got %v, want %v", got, want)
	}
	want := reads.Counts{Reads: 10, Readers: 3, Pairs: 6, Elsewhere: 1}
	if got := s.Counts(); got != want {
		t.Errorf("counts: got %+v, want %+v", got, want)
	}
}

func TestEmpty(t *testing.T) {
	for _, n := range []int{0, 1, 3} {
		s := collect(n, reads.Options{}).Signals()
		for i := range int32(n) {
			if f := s.Features(i, 0); f != (reads.Features{}) || s.Popularity(i) != 0 || len(s.CoRead(i)) != 0 {
				t.Errorf("%d rows, nothing read: got %+v, %v", n, f, s.Popularity(i))
			}
		}
		if len(s.MostRead()) != 0 || s.Counts() != (reads.Counts{}) {
			t.Errorf("%d rows, nothing read: got %v, %+v", n, s.MostRead(), s.Counts())
		}
	}
}

func day(d int) time.Time { return time.Date(2026, 3, d, 12, 0, 0, 0, time.UTC) }

func TestEvents(t *testing.T) {
	c := collect(4, reads.Options{Since: day(2), AsOf: day(9), Theta: []float64{1, .5, .1}})
	for _, e := range []clicklog.Event{
		&clicklog.PageView{Time: day(1), Page: "b", From: "a"},                  // too early
		&clicklog.PageView{Time: day(2), Page: "b", From: "a"},                  // follows
		&clicklog.PageView{Time: day(3), Page: "b", From: "search"},             // is read
		&clicklog.PageView{Time: day(3), Page: "z", From: "a"},                  // elsewhere
		&clicklog.PageView{Time: day(3), Page: "a", From: "a"},                  // is read again
		&clicklog.PageView{Time: day(3), Page: "c", Session: "s", From: "a"},    // of a reader
		&clicklog.PageView{Time: day(3), Page: "d", Session: "s", From: "c"},    // of a reader
		&clicklog.PageView{Time: day(9), Page: "d", From: "a"},                  // too late
		&clicklog.Impression{ID: "1", Time: day(4), Source: "a"},                //
		&clicklog.Click{Impression: "1", Item: "b", Position: 2, Time: day(4)},  // counts 2
		&clicklog.Click{Impression: "1", Item: "c", Position: 30, Time: day(4)}, // counts 2, not 10
		&clicklog.Click{Impression: "1", Item: "d", Time: day(4)},               // counts 1
		&clicklog.Click{Impression: "1", Item: "d", Time: day(9)},               // too late
		&clicklog.Click{Impression: "2", Item: "d", Time: day(4)},               // of no list
		&clicklog.View{Impression: "1"},
	} {
		c.Observe(e)
	}
	s := c.Signals()
	a := 3.0 + 2 + 1
	near(t, "Next of a, b", s.Features(0, 1).Next, 3/(a+40))
	near(t, "Next of a, c", s.Features(0, 2).Next, 2/(a+40))
	near(t, "Next of a, d", s.Features(0, 3).Next, 1/(a+40))
	near(t, "Next of c, d", s.Features(2, 3).Next, 1/(3.0+40))
	near(t, "popularity of b", s.Popularity(1), 3/(3+40.0))
	want := reads.Counts{Reads: 2, Readers: 1, Views: 3, Follows: 1, Clicks: 3, Pairs: 4, Elsewhere: 1, Untimely: 3}
	if got := s.Counts(); got != want {
		t.Errorf("counts: got %+v, want %+v", got, want)
	}
}

// Without a curve a click counts as DCG discounts its position.
func TestClickWithoutCurve(t *testing.T) {
	c := collect(2, reads.Options{})
	c.Observe(&clicklog.Impression{ID: "1", Source: "a"})
	c.Observe(&clicklog.Click{Impression: "1", Item: "b", Position: 3})
	near(t, "Next of a, b", c.Signals().Features(0, 1).Next, 2/(2+40.0))
}

func TestRobots(t *testing.T) {
	c := collect(5, reads.Options{MaxArticles: 3})
	take(c, "anna", "abcabc")
	take(c, "robot", "abcd")
	s := c.Signals()
	if got := s.Counts(); got.Readers != 1 || got.Robots != 1 || got.Reads != 10 {
		t.Errorf("counts: got %+v, want a reader and a robot", got)
	}
	if s.Popularity(3) != 0 || len(s.CoRead(3)) != 0 {
		t.Error("what only the robot read counts")
	}
}

func TestRoom(t *testing.T) {
	c := collect(4, reads.Options{MaxReads: 2})
	take(c, "anna", "abcd")
	for _, page := range []data.ArticleID{"b", "c", "d"} {
		c.Observe(&clicklog.PageView{Page: page, From: "a"})
	}
	s := c.Signals()
	if got := s.Counts(); got.Forgotten != 3 || got.Pairs != 3 { // c d; a c, a d
		t.Errorf("counts: got %+v, want 3 forgotten and 3 pairs", got)
	}
	if s.Features(0, 1).Next != 0 {
		t.Error("the oldest is not forgotten")
	}
}

// The links kept are the weightiest.
func TestLinks(t *testing.T) {
	c := collect(6, reads.Options{Links: 2})
	for k, other := range "bcdef" {
		for i := range []int{3, 1, 5, 2, 4}[k] {
			take(c, fmt.Sprint(other, i), "a"+string(other))
		}
	}
	s := c.Signals()
	var got []int32
	for _, link := range s.CoRead(0) {
		got = append(got, link.Row)
	}
	if want := []int32{3, 5}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	near(t, "Next of the best", s.Features(0, 3).Next, 5/(15+40.0)) // those that are not kept count in A(a)
	if got, want := s.MostRead(), []int32{0, 3}; !slices.Equal(got, want) {
		t.Errorf("most read: got %v, want %v", got, want)
	}
}

func TestOptionsOutOfRange(t *testing.T) {
	for _, opts := range []reads.Options{{MaxClick: .5}, {MaxReads: -1}, {MaxArticles: -1}, {Links: -1}, {Theta: []float64{1, 0}}, {Theta: []float64{math.NaN()}}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%+v: no panic", opts)
				}
			}()
			collect(1, opts)
		}()
	}
}

const rows = 8

// drawReaders draws what readers read, each a text of letters.
func drawReaders(t *rapid.T) []string {
	return rapid.SliceOfN(rapid.StringOfN(rapid.RuneFrom([]rune("abcdefgh")), 1, 30, -1), 0, 12).Draw(t, "readers")
}

func of(readers []string, name func(i int) string) *reads.Signals {
	c := collect(rows, reads.Options{})
	for i, articles := range readers {
		take(c, name(i), articles)
	}
	return c.Signals()
}

func numbered(i int) string { return fmt.Sprint("reader ", i) }

// Signals do not depend on the order of readers, on whether their reads are mixed, or
// on their names.
func TestAnyOrderOfReaders(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		readers := drawReaders(t)
		want := of(readers, numbered)

		mixed := collect(rows, reads.Options{})
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		name := rng.Perm(len(readers))
		left := slices.Clone(readers)
		for {
			var some []int
			for i, articles := range left {
				if articles != "" {
					some = append(some, i)
				}
			}
			if len(some) == 0 {
				break
			}
			i := some[rng.IntN(len(some))]
			take(mixed, numbered(name[i]), left[i][:1])
			left[i] = left[i][1:]
		}
		if got := mixed.Signals(); !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v, want %+v", got, want)
		}
	})
}

// Features are in [0, 1), lists descend, and of equals the smaller row comes first.
func TestRanges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := of(drawReaders(t), numbered)
		for i := range int32(rows) {
			for j := range int32(rows) {
				f := s.Features(i, j)
				for _, v := range []float32{f.Next, f.CoRead, f.Popular, s.Popularity(j)} {
					if !(v >= 0 && v < 1) {
						t.Fatalf("features of %d, %d: %+v, popularity %v", i, j, f, s.Popularity(j))
					}
				}
			}
			links := s.CoRead(i)
			for k, link := range links {
				if link.Row == i || !(link.Score > 0) || k > 0 && (link.Score > links[k-1].Score || link.Score == links[k-1].Score && link.Row < links[k-1].Row) {
					t.Fatalf("links of %d: %+v", i, links)
				}
			}
		}
	})
}

// One more reader adds at most 1 to a score, what equal texts have, and takes at most
// two fifths of it away.
func TestOneReader(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		readers := drawReaders(t)
		more := rapid.StringOfN(rapid.RuneFrom([]rune("abcdefgh")), 1, 300, -1).Draw(t, "one more")
		before, after := of(readers, numbered), of(append(slices.Clone(readers), more), numbered)
		for i := range int32(rows) {
			for j := range int32(rows) {
				was, is := reads.DefaultWeights.Of(before.Features(i, j)), reads.DefaultWeights.Of(after.Features(i, j))
				if is > was+1 || is < .6*was {
					t.Fatalf("a reader of %q moved the link from %d to %d from %v to %v", more, i, j, was, is)
				}
			}
		}
	})
}

func ExampleCollector() {
	rows := map[data.ArticleID]int32{"rent": 0, "housing": 1, "football": 2}
	c := reads.NewCollector(len(rows), func(id data.ArticleID) (int32, bool) { row, ok := rows[id]; return row, ok }, reads.Options{})
	for reader := range 20 {
		c.Read(fmt.Sprint(reader), "rent", time.Time{})
		c.Read(fmt.Sprint(reader), "housing", time.Time{})
	}
	c.Read("one", "rent", time.Time{})
	c.Read("one", "football", time.Time{})
	s := c.Signals()
	for _, link := range s.CoRead(rows["rent"]) {
		fmt.Printf("%d %.2f\n", link.Row, link.Score)
	}
	fmt.Println(s.Counts().Readers, "readers")
	// Output:
	// 1 12.16
	// 2 0.70
	// 21 readers
}
