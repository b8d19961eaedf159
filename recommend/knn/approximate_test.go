package knn_test

import (
	"context"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/recommend/knn"
)

// With every cell probed each pair is compared once, whichever side looks at the
// other, and the lists are those of All.
func TestApproximateWithAllProbesIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 400).Draw(t, "n")
		v := unit(n, rapid.SampledFrom([]int{1, 3, 8, 65}).Draw(t, "dim"), rapid.Uint64().Draw(t, "seed"))
		o := filters(t, n)
		cells := rapid.SampledFrom([]int{1, 2, 5, 30}).Draw(t, "cells")
		lists, err := knn.Approximate(context.Background(), v, o, knn.Approximation{
			Cells: cells, Probes: cells, Seed: rapid.Uint64().Draw(t, "cell seed"),
		})
		if err != nil {
			t.Fatal(err)
		}
		want := naive(v, o)
		for i, got := range rows(lists) {
			if !slices.Equal(got, want[i]) {
				t.Fatalf("row %d: got %v, want %v", i, got, want[i])
			}
		}
	})
}

// The lists hold the share of the nearest rows that is aimed at, have the cosines of
// All, and do not depend on the number of workers.
func TestApproximate(t *testing.T) {
	const n = 6000
	v := unit(n, 24, 1)
	groups, classes := make([]uint32, n), make([]uint32, n)
	for i := range n {
		groups[i], classes[i] = uint32(i%5/4), uint32(i/2) // 4800 rows and 1200
	}
	for name, o := range map[string]knn.Options{
		"plain":   {K: 20},
		"groups":  {K: 30, Group: groups, Class: classes},
		"matches": {K: 10, Group: groups, Match: func(group uint32, to int) bool { return groups[to] != group || to%3 == 0 }},
	} {
		t.Run(name, func(t *testing.T) {
			const aim = 0.9
			a := knn.Approximation{Recall: aim, Seed: 3}
			o.Workers = 1
			lists, err := knn.Approximate(t.Context(), v, o, a)
			if err != nil {
				t.Fatal(err)
			}
			o.Workers = 3
			again, err := knn.Approximate(t.Context(), v, o, a)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(lists.Len, again.Len) || !slices.Equal(lists.Data, again.Data) {
				t.Error("three workers differ from one")
			}
			recall, err := knn.Recall(t.Context(), v, o, lists, n, 0)
			if err != nil {
				t.Fatal(err)
			}
			if recall < aim-0.02 || recall == 1 {
				t.Errorf("got a recall of %v, aimed at %v", recall, aim)
			}
			for i, list := range rows(lists) {
				for _, neighbour := range list {
					if want := knn.Cosine(v.Row(i), v.Row(int(neighbour.Row))); neighbour.Cosine != want {
						t.Fatalf("row %d and %d: got cosine %v, want %v", i, neighbour.Row, neighbour.Cosine, want)
					}
				}
			}
		})
	}
}

// Lists that lack some of the nearest rows have that much less recall.
func TestRecall(t *testing.T) {
	v := unit(300, 8, 1)
	o := knn.Options{K: 8}
	lists, err := knn.All(t.Context(), v, o)
	if err != nil {
		t.Fatal(err)
	}
	check := func(want float64, sample int) {
		t.Helper()
		got, err := knn.Recall(t.Context(), v, o, lists, sample, 1)
		if err != nil || got != want {
			t.Errorf("a sample of %d: got %v, %v, want %v", sample, got, err, want)
		}
	}
	check(1, 0)
	check(1, 1000)
	for i := range lists.Len {
		if lists.Len[i] > 0 {
			lists.Len[i] = 6 // of 8
		}
	}
	check(0.75, 0)
	check(0.75, 1000)
	clear(lists.Len)
	check(0, 30)

	o.Eligible = make([]bool, 300)
	check(1, 30) // nothing to find
}
