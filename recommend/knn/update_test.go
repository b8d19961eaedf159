package knn_test

import (
	"context"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/recommend/knn"
)

// An article is a row that has a name, by which it is known in the next corpus too.
type article struct {
	id                 int
	vector             []float32
	group, class, rank uint32
	eligible           bool
}

// A site is a corpus that changes.
type site struct {
	articles []article
	next     int // id
	vectors  embed.Dense
	groups   uint32 // 0: no groups are told
	match    bool
	classes  uint32 // 0: no classes
	k        int
}

func (s *site) article(t *rapid.T) article {
	s.next++
	a := article{
		id: s.next, vector: s.vectors.Row(rapid.IntRange(0, s.vectors.Rows-1).Draw(t, "vector")), eligible: rapid.IntRange(0, 4).Draw(t, "eligible") > 0,
		rank: rapid.Uint32Range(0, 3).Draw(t, "rank"),
	}
	if s.groups > 0 {
		a.group = rapid.Uint32Range(0, s.groups-1).Draw(t, "group")
	}
	if s.classes > 0 {
		a.class = rapid.Uint32Range(0, s.classes-1).Draw(t, "class")
	}
	return a
}

func (s *site) options() (embed.Dense, knn.Options) {
	v := embed.Dense{Rows: len(s.articles), Dim: s.vectors.Dim}
	o := knn.Options{K: s.k, Rank: []uint32{}, Eligible: []bool{}}
	if s.groups > 0 {
		o.Group = []uint32{}
	}
	for _, a := range s.articles {
		v.Data = append(v.Data, a.vector...)
		o.Rank, o.Eligible = append(o.Rank, a.rank), append(o.Eligible, a.eligible)
		if s.groups > 0 {
			o.Group = append(o.Group, a.group)
		}
		if s.classes > 0 {
			o.Class = append(o.Class, a.class)
		}
	}
	articles := s.articles
	o.Allowed = func(from, to int) bool { return (articles[from].id+articles[to].id)%7 != 0 }
	if s.match {
		o.Match = func(group uint32, to int) bool {
			return articles[to].group != group && (int(group)+articles[to].id)%5 != 0
		}
	}
	return v, o
}

// change adds, takes away and changes articles. It returns the old lists in the
// numbers of the new rows, and the rows that have changed.
func (s *site) change(t *rapid.T, old knn.Lists) (knn.Lists, []int32) {
	most := rapid.SampledFrom([]int{1, 3, 3, 10}).Draw(t, "most")
	touched := map[uint32]bool{} // classes that articles have left
	row := make([]int32, len(s.articles))
	var articles []article
	var changed []int32
	add := func() {
		changed = append(changed, int32(len(articles)))
		articles = append(articles, s.article(t))
	}
	events := map[int]string{}
	for range rapid.IntRange(0, most).Draw(t, "events") {
		events[rapid.IntRange(0, len(s.articles)).Draw(t, "at")] = rapid.SampledFrom([]string{"add", "remove", "change"}).Draw(t, "event")
	}
	for i, a := range s.articles {
		row[i] = int32(len(articles))
		switch events[i] {
		case "remove":
			touched[a.class] = true
			row[i] = knn.Gone
			continue
		case "change":
			touched[a.class] = true
			id := a.id
			a = s.article(t)
			a.id = id
			changed = append(changed, row[i])
		case "add":
			add()
			row[i]++
		}
		articles = append(articles, a)
	}
	if events[len(s.articles)] != "" {
		add()
	}
	lists := knn.Lists{K: s.k, Len: make([]int32, len(articles)), Data: make([]knn.Neighbour, len(articles)*s.k)}
	for i, to := range row {
		if to == knn.Gone {
			continue
		}
		lists.Len[to] = old.Len[i]
		for j, n := range old.Row(i) {
			lists.Data[int(to)*s.k+j] = knn.Neighbour{Row: row[n.Row], Cosine: n.Cosine}
		}
	}
	s.articles = articles
	if s.classes > 0 {
		for i, a := range articles {
			if touched[a.class] {
				changed = append(changed, int32(i))
			}
		}
	}
	slices.Sort(changed)
	return lists, slices.Compact(changed)
}

// After each of many changes Update gives what All gives.
func TestUpdate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := site{
			vectors: unit(150, rapid.SampledFrom([]int{1, 3, 8}).Draw(t, "dim"), rapid.Uint64().Draw(t, "seed")),
			groups:  rapid.SampledFrom([]uint32{0, 0, 1, 2}).Draw(t, "groups"), classes: rapid.SampledFrom([]uint32{0, 30, 300}).Draw(t, "classes"),
			k: rapid.IntRange(1, 9).Draw(t, "k"),
		}
		s.match = s.groups > 1 && rapid.Bool().Draw(t, "match")
		for range rapid.IntRange(0, 90).Draw(t, "articles") {
			s.articles = append(s.articles, s.article(t))
		}
		v, o := s.options()
		lists, err := knn.All(context.Background(), v, o)
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			old, changed := s.change(t, lists)
			v, o = s.options()
			if lists, err = knn.Update(context.Background(), v, o, old, changed); err != nil {
				t.Fatal(err)
			}
			want, err := knn.All(context.Background(), v, o)
			if err != nil {
				t.Fatal(err)
			}
			for i := range v.Rows {
				if got := lists.Row(i); !slices.Equal(got, want.Row(i)) {
					t.Fatalf("row %d after a change of %v: got %v, want %v", i, changed, got, want.Row(i))
				}
			}
		}
	})
}
