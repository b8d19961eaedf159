package eval

import (
	"slices"
	"testing"

	"github.com/alsolike/alsolike/eval/pack"
)

func TestAsOf(t *testing.T) {
	articles := make([]pack.Article, 6)
	for i := range articles {
		articles[i].Died = pack.Never
	}
	articles[2].Born = 5
	articles[3].Died = 4
	blocked := func(item int32) bool { return item == 5 }
	list := []int32{0, 2, 3, 1, 1, 5, 4}
	for _, c := range []struct {
		name   string
		moment int32
		k      int
		want   []int32
		drop   AsOfDropped
	}{
		{"before anything is taken down", 3, 3, []int32{3, 1, 4}, AsOfDropped{Places: 3, Itself: 1, NotYetPublished: 1}},
		{"between", 4, 3, []int32{1, 4}, AsOfDropped{Places: 3, Itself: 1, NotYetPublished: 1, TakenDown: 1}},
		{"after", 5, 7, []int32{2, 1, 4}, AsOfDropped{Places: 7, Itself: 1, TakenDown: 1, Repeated: 1, Blocked: 1}},
		{"one place", 5, 1, []int32{2}, AsOfDropped{Places: 1, Itself: 1}},
	} {
		var drop AsOfDropped
		got := asOf(nil, list, 0, c.moment, articles, blocked, c.k, &drop)
		if !slices.Equal(got, c.want) || drop != c.drop {
			t.Errorf("%s: got %v, lost %+v; want %v, %+v", c.name, got, drop, c.want, c.drop)
		}
	}
	// It goes on after what dst holds, and repeats are those of the list alone.
	if got := asOf([]int32{1}, list, 0, 5, articles, nil, 2, nil); !slices.Equal(got, []int32{1, 2, 1}) {
		t.Errorf("got %v", got)
	}
}

func TestLeaks(t *testing.T) {
	for _, c := range []struct {
		late int
		want bool
	}{{2, false}, {3, true}} {
		if d := (AsOfDropped{Places: 100, NotYetPublished: c.late}); d.Leaks() != c.want {
			t.Errorf("%d of 100: got %v", c.late, d.Leaks())
		}
	}
}
