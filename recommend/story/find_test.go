package story

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/data"
)

var now = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// article is a card of an article published so many days ago.
func article(id data.ArticleID, days int, change ...func(c *data.Card)) data.Card {
	c := data.Card{
		ID: id, Group: id, Lang: "en", URL: "https://news.example/" + string(id), State: data.Published,
		PublishedAt: now.AddDate(0, 0, -days),
	}
	for _, f := range change {
		f(&c)
	}
	return c
}

// find finds the clusters among cards with those bodies, by row.
func find(tb testing.TB, cards []data.Card, bodies []string, o Options) *Clusters {
	tb.Helper()
	sketches := make([]Sketch, len(cards))
	for i := range sketches {
		sketches[i] = NewSketch(string(cards[i].Lang), "", bodies[i])
	}
	found, err := Find(tb.Context(), sketches, cards, o)
	if err != nil {
		tb.Fatal(err)
	}
	return found
}

func TestFind(t *testing.T) {
	text := words(0, 100)
	same := func(n int) (bodies []string) {
		for range n {
			bodies = append(bodies, text)
		}
		return bodies
	}
	check := func(name string, o Options, cards []data.Card, bodies []string, want ...uint32) {
		t.Helper()
		found := find(t, cards, bodies, o)
		if diff := cmp.Diff(want, found.Stories); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	check("no article", Options{}, nil, nil, []uint32{}...)
	check("one", Options{}, []data.Card{article("a", 1)}, same(1), 0)
	check("two alike", Options{}, []data.Card{article("a", 2), article("b", 1)}, same(2), 1, 1)
	check("two others", Options{}, []data.Card{article("a", 2), article("b", 1)}, []string{text, words(100, 100)}, 0, 1)
	check("a corrected word", Options{}, []data.Card{article("a", 2), article("b", 1)}, []string{text, words(0, 99) + "oops"}, 1, 1)
	check("of one time the smallest id", Options{}, []data.Card{article("c", 1), article("a", 1), article("b", 1)}, same(3), 1, 1, 1)
	check("texts without a word", Options{}, []data.Card{article("a", 2), article("b", 1)}, []string{"", " …"}, 0, 1)

	check("a hidden one", Options{}, []data.Card{
		article("a", 2), article("b", 1, func(c *data.Card) { c.State = data.Hidden }), article("c", 3),
	}, same(3), 0, 0, 0)
	check("one not to be linked", Options{}, []data.Card{
		article("a", 2), article("b", 1, func(c *data.Card) { c.NoLinkTo = true }),
	}, same(2), 0, 0)
	check("all hidden", Options{}, []data.Card{
		article("a", 2, func(c *data.Card) { c.State = data.Hidden }), article("b", 1, func(c *data.Card) { c.State = data.Hidden }),
	}, same(2), 1, 1)
	ahead := []data.Card{article("a", 1), article("b", -1)}
	check("one that is not out", Options{AsOf: now}, ahead, same(2), 0, 0)
	check("one that is out", Options{AsOf: now.AddDate(0, 0, 1)}, ahead, same(2), 1, 1)
	check("no time", Options{}, ahead, same(2), 1, 1)

	names := func(id string) func(c *data.Card) {
		return func(c *data.Card) { c.Canonical = "http://news.example/" + id + "/?utm_source=x" }
	}
	check("the canonical one", Options{}, []data.Card{article("a", 3), article("b", 1, names("a")), article("c", 2)}, same(3), 0, 0, 0)
	check("a canonical one that is hidden", Options{}, []data.Card{
		article("a", 3, func(c *data.Card) { c.State = data.Hidden }), article("b", 1, names("a")), article("c", 2),
	}, same(3), 1, 1, 1)
	check("a canonical one that is another text", Options{}, []data.Card{
		article("a", 3), article("b", 2), article("c", 1, names("a")), article("d", 0),
	}, []string{words(500, 100), words(500, 100), text, text}, 1, 1, 3, 3)
	check("a chain of canonical ones", Options{}, []data.Card{
		article("a", 3), article("b", 2, names("a")), article("c", 1, names("b")),
	}, same(3), 0, 0, 0)
	check("a circle of canonical ones", Options{}, []data.Card{article("a", 3, names("b")), article("b", 2, names("a"))}, same(2), 1, 1)

	check("two with the canonical URL", Options{}, []data.Card{
		article("b", 3, func(c *data.Card) { c.URL = "/x" }), article("a", 3, func(c *data.Card) { c.URL = "/x/" }),
		article("c", 2, func(c *data.Card) { c.Canonical = "/x" }),
	}, same(3), 1, 1, 1)

	lang := func(l data.Lang) func(c *data.Card) { return func(c *data.Card) { c.Lang = l } }
	check("other languages", Options{}, []data.Card{article("a", 1), article("b", 2, lang("de")), article("c", 3, lang("en-GB"))}, same(3), 0, 1, 0)
	group := func(g data.ArticleID) func(c *data.Card) { return func(c *data.Card) { c.Group = g } }
	check("translations", Options{}, []data.Card{article("a", 1), article("b", 2, group("a")), article("c", 3)}, same(3), 0, 1, 0)

	apart := func(ids ...data.ArticleID) (o Options) {
		for i := 0; i < len(ids); i += 2 {
			o.Apart = append(o.Apart, [2]data.ArticleID{ids[i], ids[i+1]})
		}
		return o
	}
	three := []data.Card{article("a", 1), article("b", 2), article("c", 3)}
	check("two apart", apart("b", "a"), three, same(3), 0, 1, 0)
	check("two apart within a cluster", apart("b", "c"), three, same(3), 0, 0, 2)
	check("all apart", apart("a", "b", "b", "c", "c", "a"), three, same(3), 0, 1, 2)
	check("apart from itself and from what is not there", apart("a", "a", "a", "x", "y", "x"), three, same(3), 0, 0, 0)

	// b is like a and like c, which have .74 in common: c stands for itself.
	chain := []string{words(0, 100), words(8, 100), words(16, 100)}
	check("a chain", Options{}, three, chain, 0, 0, 2)
	check("a chain whose middle is the newest", Options{}, []data.Card{article("a", 2), article("b", 1), article("c", 3)}, chain, 1, 1, 1)
	check("the one most alike", Options{}, []data.Card{article("a", 1), article("c", 2), article("b", 3)},
		[]string{words(0, 100), words(16, 100), words(9, 100)}, 0, 1, 1)
}

func TestVersions(t *testing.T) {
	// 146 of the 191 shingles of long are in short, all that it has.
	short, long := words(0, 150), words(0, 150)+words(1000, 45)
	undated := func(c *data.Card) { c.PublishedAt = time.Time{} }
	check := func(name string, o Options, cards []data.Card, bodies []string, want ...uint32) {
		t.Helper()
		found := find(t, cards, bodies, o)
		if diff := cmp.Diff(want, found.Versions); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		for row, leader := range found.Stories {
			if int(leader) != row {
				t.Errorf("%s: row %d is taken for a near-duplicate of row %d", name, row, leader)
			}
		}
	}
	two := []data.Card{article("a", 2), article("b", 1)}
	check("a longer one", Options{}, two, []string{short, long}, 1, 1)
	check("a shorter one", Options{}, two, []string{long, short}, 1, 1)
	check("one of three days later", Options{}, []data.Card{article("a", 3), article("b", 0)}, []string{short, long}, 1, 1)
	check("one of four days later", Options{}, []data.Card{article("a", 4), article("b", 0)}, []string{short, long}, 0, 1)
	check("one without date", Options{}, []data.Card{article("a", 0, undated), article("b", 0)}, []string{short, long}, 0, 1)
	check("two without date", Options{}, []data.Card{article("a", 0, undated), article("b", 0, undated)}, []string{short, long}, 0, 1)
	check("with two words changed", Options{}, two, []string{short, strings.Replace(long, " w50 w51 ", " v50 v51 ", 1)}, 1, 1)
	check("with two words changed at either end", Options{}, two,
		[]string{short, strings.Replace(strings.Replace(long, " w50 w51 ", " v50 v51 ", 1), " w70 w71 ", " v70 v71 ", 1)}, 0, 1)
	check("one too short", Options{}, two, []string{words(0, 50), words(0, 50) + words(1000, 15)}, 0, 1)
	check("others", Options{}, two, []string{words(0, 150), words(200, 195)}, 0, 1)
	check("other languages", Options{}, []data.Card{article("a", 2, func(c *data.Card) { c.Lang = "de" }), article("b", 1)}, []string{short, long}, 0, 1)
	check("two apart", Options{Apart: [][2]data.ArticleID{{"a", "b"}}}, two, []string{short, long}, 0, 1)

	// Of three writings each holds the one before.
	three := []data.Card{article("a", 3), article("b", 2), article("c", 1)}
	check("three writings", Options{}, three, []string{short, long, long + words(2000, 60)}, 2, 2, 2)
	// b is a version of c, which stands for it, and a one of b but not of c.
	check("a chain", Options{}, three, []string{words(0, 150), words(0, 150) + words(1000, 45), words(30, 120) + words(1000, 10)}, 0, 2, 2)

	// What is a near-duplicate of a version is of its story.
	found := find(t, []data.Card{article("a", 2), article("b", 1), article("c", 2)}, []string{short, long, short + "corrected"}, Options{})
	found.Compared = 0
	want := &Clusters{Stories: []uint32{0, 1, 0}, Versions: []uint32{1, 1, 1}, Count: 1, Articles: 2, Largest: 2, Joined: 1}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("a near-duplicate of a version (-want +got):\n%s", diff)
	}
}

func TestFindCounts(t *testing.T) {
	bodies := []string{words(0, 50), words(0, 50), words(0, 50), words(100, 50), words(100, 50), words(200, 50), ""}
	var cards []data.Card
	for i := range bodies {
		cards = append(cards, article(data.ArticleID(fmt.Sprint(i)), i))
	}
	got := find(t, cards, bodies, Options{})
	got.Compared = 0
	want := &Clusters{
		Stories: []uint32{0, 0, 0, 3, 3, 5, 6}, Versions: []uint32{0, 0, 0, 3, 3, 5, 6}, Count: 2, Articles: 5, Largest: 3,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestFindReads takes texts that are so long that sketches only estimate, and so near to a
// threshold that estimates are often on the wrong side.
func TestFindReads(t *testing.T) {
	broken := errors.New("broken")
	for _, test := range []struct {
		name          string
		days          int // between the two
		body          func(first int) string
		near, version bool
	}{
		{"resemblance .792", 9, func(first int) string { return words(first, 2655) + words(1e7+first, 345) }, false, false},
		{"resemblance .806", 9, func(first int) string { return words(first, 2680) + words(1e7+first, 320) }, true, false},
		{"containment .94", 1, func(first int) string { return words(first, 1880) + words(1e7+first, 120) }, false, false},
		{"containment .96", 1, func(first int) string { return words(first, 1920) + words(1e7+first, 80) }, false, true},
	} {
		estimatedWrong := 0
		for seed := range 30 {
			bodies := []string{words(seed*10_000, 3000), test.body(seed * 10_000)}
			cards := []data.Card{article("a", 0), article("b", test.days)}
			text := func(row int) (title, body string, err error) { return "", bodies[row], nil }
			got := find(t, cards, bodies, Options{Text: text})
			if got.Compared == 0 {
				continue // no band in common
			}
			if near, version := got.Stories[1] == 0, got.Stories[1] == 1 && got.Versions[1] == 0; near != test.near || version != test.version || got.Read != 1 {
				t.Errorf("%s, seed %d: near-duplicates %v, versions %v, %d pairs read", test.name, seed, near, version, got.Read)
			}
			if guess := find(t, cards, bodies, Options{}); guess.Versions[1] != got.Versions[1] {
				estimatedWrong++
			}
			sketches := []Sketch{NewSketch("en", "", bodies[0]), NewSketch("en", "", bodies[1])}
			_, err := Find(t.Context(), sketches, cards, Options{Text: func(int) (string, string, error) { return "", "", broken }})
			if !errors.Is(err, broken) {
				t.Errorf("%s, seed %d: error %v, want that of Text", test.name, seed, err)
			}
		}
		if estimatedWrong == 0 {
			t.Errorf("%s: estimates were never wrong, so that nothing is tested", test.name)
		}
	}
}

func TestTitlesAlone(t *testing.T) {
	cards := []data.Card{article("a", 1), article("b", 2), article("c", 3)}
	sketches := []Sketch{NewSketch("en", "Rents rise", ""), NewSketch("en", "RENTS RISE!", ""), NewSketch("en", "Rents fall", "")}
	found, err := Find(t.Context(), sketches, cards, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]uint32{0, 0, 2}, found.Stories); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestFindStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Find(ctx, make([]Sketch, 1), []data.Card{article("a", 1)}, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}

// TestFindIsLinear takes corpora all of whose articles fall into the same buckets.
func TestFindIsLinear(t *testing.T) {
	const n = 3000
	for _, corpus := range []struct {
		name  string
		body  func(i int) string
		most  int // pairs compared for each article
		count int // clusters; -1: any
	}{
		{"all the same", func(int) string { return words(0, 200) }, 1, 1},
		{"but for a word", func(i int) string { return words(0, 200) + fmt.Sprint(i) }, 1, 1},
		{"two thirds the same", func(i int) string { return words(0, 200) + words(1000*(i+1), 50) }, bands * mostOfBand, -1},
	} {
		var cards []data.Card
		var bodies []string
		for i := range n {
			cards = append(cards, article(data.ArticleID(fmt.Sprintf("%05d", i)), i))
			bodies = append(bodies, corpus.body(i))
		}
		got := find(t, cards, bodies, Options{})
		if got.Compared > corpus.most*n || corpus.count >= 0 && got.Count != corpus.count {
			t.Errorf("%s: %d pairs were compared, want at most %d; %d clusters", corpus.name, got.Compared, corpus.most*n, got.Count)
		}
	}
}

// drawCorpus draws articles some of which are alike.
func drawCorpus(t *rapid.T) (cards []data.Card, bodies []string, o Options) {
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	n := rapid.IntRange(0, 40).Draw(t, "articles")
	origins := 1 + rng.IntN(6)
	length := 1 + rng.IntN(300)
	for i := range n {
		id := data.ArticleID(fmt.Sprintf("%02d", i))
		c := article(id, rng.IntN(5))
		c.Lang = []data.Lang{"en", "en", "en-GB", "de"}[rng.IntN(4)]
		if rng.IntN(5) == 0 {
			c.State = []data.State{data.Hidden, data.Unpublished}[rng.IntN(2)]
		}
		if i > 0 && rng.IntN(5) == 0 {
			other := cards[rng.IntN(i)]
			switch rng.IntN(3) {
			case 0:
				c.Group = other.Group
			case 1:
				c.Canonical = other.URL
			case 2:
				o.Apart = append(o.Apart, [2]data.ArticleID{id, other.ID})
			}
		}
		body := words(1000*rng.IntN(origins), length)
		switch rng.IntN(4) {
		case 0:
			body += words(rng.IntN(1e6), rng.IntN(1+length/3))
		case 1:
			body = body[:rng.IntN(len(body))]
		}
		cards, bodies = append(cards, c), append(bodies, body)
	}
	o.AsOf = now.AddDate(0, 0, -rng.IntN(3))
	return cards, bodies, o
}

func TestClustersKeepTheRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cards, bodies, o := drawCorpus(t)
		sketches := make([]Sketch, len(cards))
		for i := range sketches {
			sketches[i] = NewSketch(string(cards[i].Lang), "", bodies[i])
		}
		found, err := Find(context.Background(), sketches, cards, o)
		if err != nil {
			t.Fatal(err)
		}
		together := func(a, b data.ArticleID) bool {
			row := func(id data.ArticleID) uint32 {
				return found.Stories[slices.IndexFunc(cards, func(c data.Card) bool { return c.ID == id })]
			}
			return row(a) == row(b)
		}
		for _, pair := range o.Apart {
			if together(pair[0], pair[1]) {
				t.Errorf("%q are in one cluster", pair)
			}
		}
		for row, leader := range found.Stories {
			a, b := &cards[row], &cards[leader]
			if found.Stories[leader] != leader {
				t.Errorf("%s stands for %s and not for itself", b.ID, a.ID)
			}
			head := found.Versions[row]
			if found.Versions[head] != head || found.Stories[head] != head || found.Versions[leader] != head {
				t.Errorf("%s stands for the versions of %s, which %s stands for", cards[head].ID, a.ID, b.ID)
			}
			if o := overlapOf(&sketches[leader], &sketches[head]); leader != head && o.containment() < leastContainment {
				t.Errorf("%s and %s are no versions", b.ID, cards[head].ID)
			}
			if row == int(leader) {
				continue
			}
			if !Near(&sketches[row], &sketches[leader]) || !a.SameLanguage(b) || a.Group == b.Group {
				t.Errorf("%s and %s are in one cluster", a.ID, b.ID)
			}
			if a.Visible(o.AsOf) && !b.Visible(o.AsOf) {
				t.Errorf("%s, which may not be linked, stands for %s", b.ID, a.ID)
			}
			isNamed := slices.ContainsFunc(cards, func(c data.Card) bool { return c.Canonical == b.URL })
			if a.Visible(o.AsOf) && !isNamed && (a.PublishedAt.After(b.PublishedAt) || a.PublishedAt.Equal(b.PublishedAt) && a.ID < b.ID) {
				t.Errorf("%s, which is older and not canonical, stands for %s", b.ID, a.ID)
			}
		}
		for i, a := range found.Stories {
			for j, b := range found.Stories[:i] {
				free := cards[i].MayLink(&cards[j]) && cards[i].SameLanguage(&cards[j]) && len(o.Apart) == 0
				if free && a == uint32(i) && b == uint32(j) && !sketches[i].Empty() && sketches[i] == sketches[j] {
					t.Errorf("%s and %s have one text, and each stands for itself", cards[i].ID, cards[j].ID)
				}
			}
		}
	})
}

func TestOrderOfRowsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cards, bodies, o := drawCorpus(t)
		clusters := func(order []int) map[data.ArticleID]data.ArticleID {
			var c []data.Card
			var s []Sketch
			for _, row := range order {
				c, s = append(c, cards[row]), append(s, NewSketch(string(cards[row].Lang), "", bodies[row]))
			}
			found, err := Find(context.Background(), s, c, o)
			if err != nil {
				t.Fatal(err)
			}
			leaders := map[data.ArticleID]data.ArticleID{}
			for row, leader := range found.Stories {
				leaders[c[row].ID] = c[leader].ID
			}
			return leaders
		}
		order := make([]int, len(cards))
		for i := range order {
			order[i] = i
		}
		want := clusters(order)
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "shuffle"), 2))
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		if diff := cmp.Diff(want, clusters(order)); diff != "" {
			t.Errorf("another order, other clusters (-want +got):\n%s", diff)
		}
	})
}
