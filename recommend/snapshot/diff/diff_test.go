package diff_test

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/rank"
	"github.com/alsolike/alsolike/recommend/snapshot"
	"github.com/alsolike/alsolike/recommend/snapshot/diff"
)

// A site is articles by their ids, and the list of each.
type site map[data.ArticleID][]data.ArticleID

// sections of an article go by the first letter of its id.
func card(id data.ArticleID) data.Card {
	return data.Card{
		ID: id, Title: "On " + string(id), Section: strings.ToUpper(string(id[:1])), Lang: "en", Group: id, State: data.Published,
		PublishedAt: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC),
	}
}

type model struct{}

func (model) WriteTo(io.Writer) (int64, error) { return 0, nil }

// open writes a snapshot of s and opens it.
func open(t testing.TB, dir *snapshot.Dir, s site) *snapshot.Snapshot {
	t.Helper()
	most := 1
	var cards []data.Card
	rows := map[data.ArticleID]int32{}
	for id, list := range s {
		cards, most = append(cards, card(id)), max(most, len(list))
	}
	slices.SortFunc(cards, func(a, b data.Card) int { return strings.Compare(string(a.ID), string(b.ID)) })
	for row := range cards {
		rows[cards[row].ID] = int32(row)
	}
	n := len(cards)
	links := rank.Lists{K: most, Len: make([]int32, n), Data: make([]rank.Link, n*most)}
	for row := range cards {
		for i, to := range s[cards[row].ID] {
			links.Data[row*most+i] = rank.Link{Row: rows[to], Score: 1 / float32(i+1), Cosine: .5}
			links.Len[row]++
		}
	}
	id, err := dir.Write(t.Context(), snapshot.Contents{
		Cards: cards, Vectors: embed.NewDense(n, 1), Candidates: knn.Lists{K: 1, Len: make([]int32, n), Data: make([]knn.Neighbour, n)},
		Model: model{}, Links: links,
	})
	if err != nil {
		t.Fatal(err)
	}
	opened, err := dir.Open(id)
	if err != nil {
		t.Fatal(err)
	}
	return opened
}

func newDir(t testing.TB) *snapshot.Dir {
	t.Helper()
	dir, err := snapshot.OpenDir(filepath.Join(t.TempDir(), "snapshots"))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestCompare(t *testing.T) {
	dir := newDir(t)
	before := open(t, dir, site{"a1": {"a2", "b1"}, "a2": {"a1", "b1"}, "b1": {"a1", "gone"}, "gone": {"a1"}, "same": {"b1", "a1"}})
	after := open(t, dir, site{"a1": {"b1", "a2"}, "a2": {"new", "b1"}, "b1": {"a2"}, "new": {"b1"}, "same": {"b1", "a2"}})
	d := diff.Compare(before, after, diff.Options{})
	article := func(id data.ArticleID) diff.Article {
		c := card(id)
		return diff.Article{ID: c.ID, Title: c.Title, Lang: c.Lang, Section: c.Section}
	}
	list := func(ids ...data.ArticleID) (all []diff.Article) {
		for _, id := range ids {
			all = append(all, article(id))
		}
		return all
	}
	// a1 in another order; a2 1 of 2 kept; b1 0 of 2 before and 1 after; same 1 of 2.
	all := diff.Links{Lists: 4, Changed: 3, Reordered: 1, Before: 8, After: 7, Kept: 4, Added: 3, Removed: 4}
	want := diff.Diff{
		From: before.ID(), To: after.ID(), Places: 10, Articles: diff.Articles{Both: 4, Added: 1, Gone: 1},
		Links: all, Share: 1 - 8./15, Languages: []diff.Part{{Name: "en", Links: all}},
		Sections: []diff.Part{
			{Name: "A", Links: diff.Links{Lists: 2, Changed: 1, Reordered: 1, Before: 4, After: 4, Kept: 3, Added: 1, Removed: 1}},
			{Name: "B", Links: diff.Links{Lists: 1, Changed: 1, Before: 2, After: 1, Added: 1, Removed: 2}},
			{Name: "S", Links: diff.Links{Lists: 1, Changed: 1, Before: 2, After: 2, Kept: 1, Added: 1, Removed: 1}},
		},
		NewOrphans: 1, Orphaned: list("a1"),
		MostLinked: []diff.Target{{Article: article("b1"), Before: 3, After: 4}, {Article: article("a2"), Before: 1, After: 3}, {Article: article("new"), After: 1}},
		Lists: []diff.List{
			{Article: article("b1"), Before: list("a1", "gone"), After: list("a2")},
			{Article: article("a2"), Before: list("a1", "b1"), After: list("new", "b1"), Kept: 1},
			{Article: article("same"), Before: list("b1", "a1"), After: list("b1", "a2"), Kept: 1},
			{Article: article("a1"), Before: list("a2", "b1"), After: list("b1", "a2"), Kept: 2},
		},
	}
	equal := func(got, want diff.Diff) {
		t.Helper()
		if math.Abs(got.Share-want.Share) < 1e-12 {
			got.Share = want.Share
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
	equal(d, want)

	// The lists of what is read most come first.
	read := diff.Compare(before, after, diff.Options{Most: 2, Views: func(id data.ArticleID) float64 {
		return map[data.ArticleID]float64{"a1": 3, "same": 2}[id]
	}})
	if len(read.Lists) != 2 || read.Lists[0].ID != "a1" || read.Lists[0].Views != 3 || read.Lists[1].ID != "same" {
		t.Errorf("by views: %+v", read.Lists)
	}
	// Every one of them can be asked for, with where it belongs.
	whole := diff.New(before, after, diff.Options{Most: 1})
	everyone := diff.Compare(before, after, diff.Options{Most: -1}).Lists
	if len(whole.Lists) != 1 || len(whole.Changes) != len(everyone) {
		t.Fatalf("%d lists and %d changes, want 1 and %d", len(whole.Lists), len(whole.Changes), len(everyone))
	}
	for i, c := range whole.Changes {
		if diff := cmp.Diff(everyone[i], whole.List(c)); diff != "" {
			t.Errorf("change %d (-want +got)\n%s", i, diff)
		}
		if card := whole.Card(c); whole.Sections[c.Section].Name != card.Section || whole.Languages[c.Lang].Name != string(card.Lang) || card.ID != everyone[i].ID {
			t.Errorf("change %d is of %+v", i, card)
		}
	}
	if row, ok := whole.Row("new"); !ok || whole.Article(row) != article("new") {
		t.Error("an article is not found by its id")
	}
	if one := diff.Compare(before, after, diff.Options{Places: 1}); one.Links.Before != 4 || one.Links.Kept != 1 || one.Places != 1 {
		t.Errorf("the first links: %+v", one.Links)
	}
}

// Any two snapshots differ as a count by hand says. Each is synced to the disk, so
// there are fewer of them than rapid.Check would draw.
func TestCompareCounts(t *testing.T) {
	draw := rapid.Custom(func(t *rapid.T) site {
		ids := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) data.ArticleID {
			return data.ArticleID(fmt.Sprintf("%c%d", rapid.RuneFrom([]rune("ab")).Draw(t, "section"), rapid.IntRange(0, 9).Draw(t, "number")))
		}), 4, 16, rapid.ID).Draw(t, "ids")
		s := site{}
		for _, id := range ids {
			s[id] = rapid.SliceOfNDistinct(rapid.SampledFrom(ids), 0, min(4, len(ids)), rapid.ID).Draw(t, "list")
		}
		return s
	})
	dir := newDir(t)
	for seed := range 20 {
		was, is, places := draw.Example(2*seed), draw.Example(2*seed+1), 1+seed%4
		before, after := open(t, dir, was), open(t, dir, is)
		d := diff.Compare(before, after, diff.Options{Places: places, Most: -1})
		var want diff.Links
		in := func(s site) map[data.ArticleID]int {
			n := map[data.ArticleID]int{}
			for _, list := range s {
				for _, id := range list[:min(places, len(list))] {
					n[id]++
				}
			}
			return n
		}
		changed := map[data.ArticleID]bool{}
		for id, now := range is {
			old, ok := was[id]
			if !ok {
				continue
			}
			now, old = now[:min(places, len(now))], old[:min(places, len(old))]
			kept := 0
			for _, to := range now {
				if slices.Contains(old, to) {
					kept++
				}
			}
			want.Lists++
			want.Before, want.After, want.Kept = want.Before+len(old), want.After+len(now), want.Kept+kept
			want.Added, want.Removed = want.Added+len(now)-kept, want.Removed+len(old)-kept
			switch {
			case kept < len(now) || kept < len(old):
				want.Changed++
				changed[id] = true
			case !slices.Equal(now, old):
				want.Reordered++
				changed[id] = true
			}
		}
		if d.Links != want {
			t.Fatalf("seed %d: got %+v, want %+v", seed, d.Links, want)
		}
		var parts diff.Links
		for _, p := range d.Sections {
			parts.Lists, parts.Changed, parts.Kept = parts.Lists+p.Lists, parts.Changed+p.Changed, parts.Kept+p.Kept
		}
		if parts.Lists != want.Lists || parts.Changed != want.Changed || parts.Kept != want.Kept {
			t.Fatalf("seed %d: the sections sum up to %+v, want %+v", seed, parts, want)
		}
		if len(d.Lists) != len(changed) {
			t.Fatalf("seed %d: %d lists changed, want %d", seed, len(d.Lists), len(changed))
		}
		for _, list := range d.Lists {
			if !changed[list.ID] {
				t.Fatalf("seed %d: the list of %s did not change", seed, list.ID)
			}
		}
		orphans, oldIn, newIn := 0, in(was), in(is)
		for id := range is {
			if oldIn[id] > 0 && newIn[id] == 0 {
				orphans++
			}
		}
		if d.NewOrphans != orphans || len(d.Orphaned) != orphans {
			t.Fatalf("seed %d: %d new orphans, want %d", seed, d.NewOrphans, orphans)
		}
		for _, target := range d.MostLinked {
			if target.Before != oldIn[target.ID] || target.After != newIn[target.ID] {
				t.Fatalf("seed %d: %+v, want %d and %d", seed, target, oldIn[target.ID], newIn[target.ID])
			}
		}
		back := diff.Compare(after, before, diff.Options{Places: places})
		if math.Abs(back.Share-d.Share) > 1e-12 || d.Share < 0 || d.Share > 1 {
			t.Fatalf("seed %d: %v of the links change one way, and %v the other", seed, d.Share, back.Share)
		}
		if same := diff.Compare(after, after, diff.Options{}); same.Share != 0 || same.Links.Changed+same.Links.Reordered+same.NewOrphans+len(same.Lists) != 0 {
			t.Fatalf("seed %d: a snapshot differs from itself: %+v", seed, same)
		}
	}
}

// BenchmarkCompare compares two snapshots of 100,000 articles with ten links each, of
// which a tenth differ.
func BenchmarkCompare(b *testing.B) {
	const n = 100_000
	rng := rand.New(rand.NewPCG(1, 2))
	made := func(links []int) *snapshot.Snapshot {
		s := site{}
		for i := range n {
			list := make([]data.ArticleID, 10)
			for j := range list {
				list[j] = data.ArticleID(fmt.Sprintf("%c%06d", 'a'+links[10*i+j]%20, links[10*i+j]))
			}
			s[data.ArticleID(fmt.Sprintf("%c%06d", 'a'+i%20, i))] = list
		}
		return open(b, newDir(b), s)
	}
	links := make([]int, 10*n)
	for i := range links {
		links[i] = rng.IntN(n)
	}
	before := made(links)
	for i := range links {
		if rng.IntN(10) == 0 {
			links[i] = rng.IntN(n)
		}
	}
	after := made(links)
	for b.Loop() {
		diff.Compare(before, after, diff.Options{})
	}
}
