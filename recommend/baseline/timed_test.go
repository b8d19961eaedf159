package baseline_test

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/recommend/baseline"
)

func TestRecentByHand(t *testing.T) {
	published := []int64{10, 30, 20, 30, 0}
	known := []bool{true, true, true, true, false}
	all := baseline.NewRecent(published, known)
	bySection := baseline.NewRecentOfSection(published, known, []int{0, 1, 0, 0, -1})
	check := func(name string, got []int, want ...int) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	check("newest first, equals by row", all.RankAt(4, 9, 99), 1, 3, 2, 0)
	check("without itself", all.RankAt(1, 2, 99), 3, 2)
	check("in that moment", all.RankAt(0, 9, 29), 2)
	check("just published", all.RankAt(0, 1, 30), 1)
	check("before everything", all.RankAt(0, 9, 9))
	check("of its section", bySection.RankAt(0, 9, 99), 3, 2)
	check("alone in its section", bySection.RankAt(1, 9, 99))
	check("of no section", bySection.RankAt(4, 9, 99))
}

func TestTrendingByHand(t *testing.T) {
	// hour 5: rows 0, 1, 1; hour 7: row 0; hour 8: rows 2, 2, 2
	p := baseline.NewTrending(4, []int32{0, 2, 1, 0, 2, 1, 2}, []int32{5, 8, 5, 7, 8, 5, 8}, 3)
	check := func(name string, got []int, want ...int) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	check("nothing yet", p.RankAt(3, 9, 5))
	check("the hour before", p.RankAt(3, 9, 6), 1, 0)
	check("two hours", p.RankAt(3, 9, 8), 0, 1)               // two each
	check("without what is too old", p.RankAt(3, 9, 9), 2, 0) // 6 to 8
	check("without itself", p.RankAt(2, 9, 9), 0)
	check("one", p.RankAt(3, 1, 8), 0)
	check("long after", p.RankAt(3, 9, 99))
	check("long before", p.RankAt(3, 9, -99))
	check("no views at all", baseline.NewTrending(2, nil, nil, 24).RankAt(0, 9, 3))
}

// Lists are what counting the views of the window gives, in any order of asking.
func TestTrendingProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 8).Draw(t, "n")
		rows := rapid.SliceOfN(rapid.Int32Range(0, int32(n-1)), 0, 40).Draw(t, "rows")
		hours := rapid.SliceOfN(rapid.Int32Range(100, 140), len(rows), len(rows)).Draw(t, "hours")
		window := rapid.IntRange(1, 30).Draw(t, "window")
		trending := baseline.NewTrending(n, rows, hours, window)
		for range 3 {
			hour, row := rapid.IntRange(90, 180).Draw(t, "hour"), rapid.IntRange(0, n-1).Draw(t, "row")
			counts := make([]int, n)
			for i, r := range rows {
				if int(hours[i]) < hour && int(hours[i]) >= hour-window {
					counts[r]++
				}
			}
			var want []int
			for r, c := range counts {
				if c > 0 && r != row {
					want = append(want, r)
				}
			}
			slices.SortStableFunc(want, func(a, b int) int { return cmp.Compare(counts[b], counts[a]) })
			if got := trending.RankAt(row, n, hour); !slices.Equal(got, want) {
				t.Fatalf("row %d in hour %d: got %v, want %v of counts %v", row, hour, got, want, counts)
			}
		}
	})
}

// Rankings that are asked by several goroutines answer as to one.
func TestRankersTogether(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	const n = 50
	var sessions [][]int32
	var rows, hours []int32
	for range 200 {
		session := []int32{rng.Int32N(n), rng.Int32N(n), rng.Int32N(n)}
		sessions = append(sessions, session)
		rows, hours = append(rows, session[0]), append(hours, 100+rng.Int32N(40))
	}
	type ranks func(row, at int) []int
	rankers := func() []ranks {
		together := baseline.NewTogether(n, sessions, slices.Repeat([]float64{1}, len(sessions)), 1)
		trending := baseline.NewTrending(n, rows, hours, 24)
		return []ranks{
			func(row, _ int) []int { return together.Rank(row, 9) },
			func(row, at int) []int { return trending.RankAt(row, 9, at) },
		}
	}
	alone, shared := rankers(), rankers()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for at := 95; at < 170; at += 5 {
				for row := range n {
					for i := range shared {
						if got := shared[i](row, at); len(got) > 9 {
							t.Errorf("ranker %d: got %d rows", i, len(got))
						}
					}
				}
			}
		})
	}
	wg.Wait()
	for at := 90; at < 170; at++ {
		for row := range n {
			for i := range alone {
				if got, want := shared[i](row, at), alone[i](row, at); !slices.Equal(got, want) {
					t.Fatalf("ranker %d, row %d, at %d: got %v, want %v", i, row, at, got, want)
				}
			}
		}
	}
}
