package recommend_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/rank"
)

// TestRankedLists holds lists of a snapshot with ranked lists, whatever these are, to
// the rules that are looked at when a list is asked for.
func TestRankedLists(t *testing.T) {
	dir, _ := openDir(t)
	rapid.Check(t, func(rt *rapid.T) {
		all := cards(10, "city")
		stories := make([]uint32, len(all))
		for i := range all {
			all[i].Authors = data.TagList(rapid.SampledFrom([]string{"", "Ada", "Ben", "Ada\nBen", "Cem"}).Draw(rt, "authors"))
			all[i].Type = rapid.SampledFrom([]string{"", "quiz"}).Draw(rt, "type")
			all[i].PublishedAt = now.AddDate(0, 0, -rapid.IntRange(0, 40).Draw(rt, "days"))
			all[i].Evergreen = rapid.Bool().Draw(rt, "evergreen")
			stories[i] = uint32(rapid.IntRange(0, i).Draw(rt, "story"))
		}
		c := ring(all, 9, 1)
		c.Stories = stories
		c.Links = rank.Lists{K: 9, Len: make([]int32, 10), Data: make([]rank.Link, 90)}
		for i := range all {
			for j, other := range rapid.Permutation([]int32{0, 1, 2, 3, 4, 5, 6, 7, 8}).Draw(rt, "ranked")[:rapid.IntRange(0, 9).Draw(rt, "length")] {
				if int(other) >= i { // all rows but its own
					other++
				}
				c.Links.Data[9*i+j] = rank.Link{Row: other, Score: float32(9-j) / 4, Cosine: rapid.Float32Range(-1, 1).Draw(rt, "cosine")}
				c.Links.Len[i]++
			}
		}
		id, err := dir.Write(t.Context(), c)
		if err == nil {
			err = dir.Publish(id)
		}
		if err != nil {
			rt.Fatal(err)
		}
		policy := recommend.Policy{
			MaxAge: time.Duration(rapid.SampledFrom([]int{0, 20}).Draw(rt, "age")) * 24 * time.Hour, OnlyOlder: rapid.Bool().Draw(rt, "older"),
			Deny: []recommend.Denial{{From: recommend.Kind{Sections: []string{"city"}}, To: recommend.Kind{Types: []string{"quiz"}}}},
		}
		if rapid.Bool().Draw(rt, "allowed") {
			policy.Deny = nil
		}
		pin := data.Override{ID: 1, Article: "a0", Target: "a9", Action: data.Pin, Position: 2}
		e := newEngine(t, &memory{overrides: []data.Override{pin}}, dir, func(o *recommend.Options) { o.Policy, o.PerAuthor = policy, 2 })
		load(t, e)
		source := rapid.IntRange(0, 9).Draw(rt, "source")
		q := recommend.Query{ID: all[source].ID, Limit: 9, Explain: true, Fallback: rapid.SampledFrom([]recommend.Fallback{"none", "latest"}).Draw(rt, "fallback")}
		list := related(t, e, q)

		row := map[data.ArticleID]int{}
		for i := range all {
			row[all[i].ID] = i
		}
		bad := func(target int) string {
			to, from := &all[target], &all[source]
			switch {
			case target == source, stories[target] == stories[source]:
				return "near"
			case policy.MaxAge > 0 && !to.Evergreen && to.PublishedAt.Before(now.Add(-policy.MaxAge)):
				return "old"
			case policy.OnlyOlder && to.PublishedAt.After(from.PublishedAt):
				return "newer"
			case policy.Deny != nil && to.Type == "quiz":
				return "denied"
			}
			return ""
		}
		// What the ranked list gives, one after the other.
		var want, waiting []int
		told := map[uint32]bool{}
		crowded := func(target int) bool {
			window := want[max(0, len(want)-rank.Window+1):]
			for author := range all[target].Authors.All() {
				wrote, same := 0, 0
				for i := range all {
					if all[i].Authors.Has(author) {
						wrote++
					}
				}
				for _, other := range window {
					if all[other].Authors.Has(author) {
						same++
					}
				}
				if same >= 2 && 4*wrote <= len(all) {
					return true
				}
			}
			return false
		}
		for _, l := range c.Links.Row(source) {
			target := int(l.Row)
			if bad(target) != "" || source == 0 && target == 9 || told[stories[target]] {
				continue
			}
			told[stories[target]] = true
			for {
				next := slices.IndexFunc(waiting, func(w int) bool { return !crowded(w) })
				if next < 0 {
					break
				}
				want, waiting = append(want, waiting[next]), slices.Delete(waiting, next, next+1)
			}
			if crowded(target) {
				waiting = append(waiting, target)
			} else {
				want = append(want, target)
			}
		}
		var got []int
		for _, l := range list.Links {
			switch target := row[l.Card.ID]; l.Source {
			case recommend.Algorithm:
				got = append(got, target)
				i := slices.IndexFunc(c.Links.Row(source), func(r rank.Link) bool { return int(r.Row) == target })
				if r := c.Links.Row(source)[i]; l.Rank != r.Score || l.Cosine != r.Cosine {
					rt.Errorf("%s has rank %v and cosine %v, want %v", l.Card.ID, l.Rank, l.Cosine, r)
				}
			case recommend.Editor:
			default:
				if reason := bad(target); reason != "" {
					rt.Errorf("%s fills the list of %s, and is %s", l.Card.ID, q.ID, reason)
				}
			}
			if l.Reason == nil || l.Reason.Text == "" {
				rt.Errorf("%s has no reason", l.Card.ID)
			}
		}
		if !slices.Equal(got, want) {
			rt.Fatalf("%s links to rows %v, want %v of %v", q.ID, got, want, c.Links.Row(source))
		}
		for _, r := range list.Rejected {
			if r.Text == "" || r.Code == "" {
				rt.Errorf("%s is rejected without a reason: %+v", r.Card.ID, r)
			}
		}
	})
}

// TestRankedThenFound looks for more where a filter leaves the ranked list short.
func TestRankedThenFound(t *testing.T) {
	all := cards(10, "city")
	for i := range all {
		all[i].Section = []string{"city", "sport"}[i%2]
	}
	c := ring(all, 9, 1)
	for i := range all { // a0 is nearest to a2, then to a4 …
		copy(c.Vectors.Row(i), []float32{float32(10-i) / 10, 0})
	}
	c.Links = rank.Lists{K: 2, Len: make([]int32, 10), Data: make([]rank.Link, 20)}
	c.Links.Len[0] = 2
	c.Links.Data[0], c.Links.Data[1] = rank.Link{Row: 1, Score: 2, Cosine: .5}, rank.Link{Row: 8, Score: .1, Cosine: .2}
	dir, _ := openDir(t)
	publish(t, dir, c)
	e := newEngine(t, &memory{}, dir, nil)
	load(t, e)
	list := related(t, e, recommend.Query{ID: "a0", Limit: 3, Filter: recommend.Filter{Sections: []string{"city"}}})
	if got := ids(list); got != "a8 a2 a4" {
		t.Errorf("got %s, want the ranked a8 and then the nearest others", got)
	}
	if !slices.IsSortedFunc(list.Links, func(a, b recommend.Link) int { return cmp.Compare(b.Rank, a.Rank) }) {
		t.Errorf("ranking scores do not fall: %+v", list.Links)
	}
}

// TestNextPart calls a link to the next part of a series what it is.
func TestNextPart(t *testing.T) {
	all := cards(4, "city")
	for i := range all {
		all[i].Series, all[i].Part = "Harbour", i+1
	}
	all[3].Series = "Parks"
	dir, _ := openDir(t)
	publish(t, dir, ring(all, 3, 1))
	e := newEngine(t, &memory{}, dir, nil)
	load(t, e)
	for id, want := range map[data.ArticleID]string{"a0": "series algorithm algorithm", "a1": "series algorithm algorithm", "a2": "algorithm algorithm algorithm"} {
		list := related(t, e, recommend.Query{ID: id, Explain: true})
		var got []string
		for _, l := range list.Links {
			got = append(got, string(l.Source))
			if next := l.Source == recommend.Series; next != (l.Reason.Text == "Next part of the series “Harbour”") {
				t.Errorf("%s links to %s for %q", id, l.Card.ID, l.Reason.Text)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s links to %s by %v, want %s", id, ids(list), got, want)
		}
	}
}

func TestInbound(t *testing.T) {
	all := cards(10, "city") // a0 is the newest
	all[4].State = data.Unpublished
	all[6].NoLinks = true
	all[7].PublishedAt = now // newer than a0
	c := ring(all, 9, 1)
	c.Links = rank.Lists{K: 9, Len: make([]int32, 10), Data: make([]rank.Link, 90)}
	for i := 1; i < 10; i++ { // a1 links to a0 alone, a2 to a0 third and so on
		for j := range i {
			c.Links.Data[9*i+j] = rank.Link{Row: int32((i + j + 1) % 10), Score: 1 - float32(j)/20, Cosine: .5}
		}
		at := slices.IndexFunc(c.Links.Data[9*i:9*i+i], func(l rank.Link) bool { return l.Row == 0 })
		if at < 0 {
			c.Links.Data[9*i+i-1].Row = 0
		}
		c.Links.Len[i] = int32(i)
	}
	dir, _ := openDir(t)
	publish(t, dir, c)
	e := newEngine(t, &memory{}, dir, nil)
	load(t, e)
	target, from, err := e.Inbound(t.Context(), recommend.Query{ID: "a0", Limit: 20})
	if err != nil || target.ID != "a0" {
		t.Fatalf("%v, %v", target, err)
	}
	var got []string
	for _, f := range from {
		list := related(t, e, recommend.Query{ID: f.Card.ID})
		position := slices.IndexFunc(list.Links, func(l recommend.Link) bool { return l.Card.ID == "a0" }) + 1
		if f.Position != position {
			t.Errorf("%s has a0 at %d, told is %d", f.Card.ID, position, f.Position)
		}
		got = append(got, fmt.Sprintf("%s %.2f", f.Card.ID, f.Rank))
	}
	want := "a1 1.00, a9 1.00, a2 0.95, a8 0.95, a3 0.90, a5 0.80"
	if got := strings.Join(got, ", "); got != want {
		t.Errorf("links back come from %s, want %s", got, want)
	}
	if _, _, err := e.Inbound(t.Context(), recommend.Query{ID: "nobody"}); err == nil {
		t.Error("an article that is not known has links in")
	}
}
