package pack_test

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval/pack"
)

func TestAttach(t *testing.T) {
	p := &pack.Pack{
		Articles:  []pack.Article{{ID: "a"}, {ID: "b"}, {ID: "c"}},
		Snapshots: []pack.Snapshot{{Name: "one"}, {Name: "two"}},
	}
	err := pack.Attach(p, "two", pack.Scored{
		"a":    {Items: []data.ArticleID{"c", "gone", "b"}, Scores: []float64{0.9, 0.8, 0.7}},
		"c":    {Items: []data.ArticleID{"a"}},
		"gone": {Items: []data.ArticleID{"a"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := pack.Snapshot{Name: "two", Start: []int32{0, 2, 2, 3}, Item: []int32{2, 1, 0}, Score: []float64{0.9, 0.7, math.NaN()}}
	if diff := cmp.Diff(want, p.Snapshots[1], cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := p.Checks[pack.UnknownItems]; got != 1 {
		t.Errorf("got %d unknown items, want 1", got)
	}
	if items, scores := p.Snapshots[1].List(0); len(items) != 2 || len(scores) != 2 {
		t.Errorf("got the list %v with %v", items, scores)
	}
}

func TestAttachRefuses(t *testing.T) {
	p := &pack.Pack{Articles: []pack.Article{{ID: "a"}}, Snapshots: []pack.Snapshot{{Name: "one"}, {Name: "two"}}}
	check := func(name string, lists pack.Scored, want string) {
		t.Helper()
		if err := pack.Attach(p, name, lists); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	check("three", pack.Scored{"a": {Items: []data.ArticleID{"a"}}}, `no snapshot "three"; it names one, two`)
	check("one", pack.Scored{"x": {Items: []data.ArticleID{"a"}}}, "none of its links")
	check("one", pack.Scored{"a": {Items: []data.ArticleID{"a"}, Scores: []float64{1, 2}}}, "1 items and 2 scores")
}

func TestRow(t *testing.T) {
	p := &pack.Pack{Articles: []pack.Article{{ID: "a"}, {ID: "c"}}}
	for id, want := range map[string]int32{"a": 0, "c": 1, "": -1, "b": -1, "d": -1} {
		row, ok := p.Row(id)
		if !ok {
			row = -1
		}
		if row != want {
			t.Errorf("%q: got row %d, want %d", id, row, want)
		}
	}
}

func TestQuantise(t *testing.T) {
	check := func(v []float64, want ...int8) {
		t.Helper()
		if got := pack.Quantise(v); !cmp.Equal(got, want) {
			t.Errorf("%v: got %v, want %v", v, got, want)
		}
	}
	check([]float64{2, -1, 0}, 127, -64, 0)
	check([]float64{-1e-30, 0}, -127, 0)
	check([]float64{0, 0})
	check(nil)
	check([]float64{math.NaN(), 1})
	check([]float64{math.Inf(1), 1})
}
