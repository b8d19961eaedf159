package rank_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/vec"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/rank"
	"github.com/alsolike/alsolike/recommend/reads"
)

var asOf = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// drawn is a corpus in one or two languages: articles on a few subjects, with copies
// of others, empty texts, few authors and sections, series, translations, and some that
// may not be linked.
func drawn(t *rapid.T) *rank.Corpus {
	n := rapid.OneOf(rapid.IntRange(0, 3), rapid.IntRange(4, 150)).Draw(t, "articles")
	kind := rapid.SampledFrom([]string{"mixed", "all the same", "one author", "no texts", "one subject"}).Draw(t, "kind")
	languages := rapid.IntRange(1, 2).Draw(t, "languages")
	random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	const terms, dim = 40, 6
	c := &rank.Corpus{
		Cards: make([]data.Card, n), Vectors: embed.NewDense(n, dim),
		Terms: &embed.Sparse{Rows: terms, Cols: n, Ptr: []int{0}}, Titles: &embed.Sparse{Rows: terms, Cols: n, Ptr: []int{0}},
		Groups: make([]uint32, n), Stories: make([]uint32, n), AsOf: asOf,
	}
	for i := range n {
		card := &c.Cards[i]
		*card = data.Card{
			ID: data.ArticleID(fmt.Sprintf("%03d", i)), URL: fmt.Sprintf("https://example.org/%d", i), Lang: data.Lang([]string{"en", "zh-Hans"}[random.IntN(languages)]),
			State: data.Published, Section: []string{"", "City", "Sport"}[random.IntN(3)],
			PublishedAt: asOf.AddDate(0, 0, 2-random.IntN(20)), NoLinkTo: random.IntN(20) == 0, NoLinks: random.IntN(20) == 0,
			Tags: data.NewTagList([]string{"tag", []string{"", "ice", "sea"}[random.IntN(3)]}),
		}
		switch {
		case kind == "one author":
			card.Authors = "Ann"
		case random.IntN(4) > 0:
			card.Authors = data.NewTagList([]string{fmt.Sprint("Author ", random.IntN(6)), []string{"", "Ann"}[random.IntN(2)]})
		}
		if random.IntN(5) == 0 {
			card.Series, card.Part = fmt.Sprint("Series ", random.IntN(3)), random.IntN(5)
		}
		if random.IntN(15) == 0 {
			card.State = []data.State{data.Hidden, data.Unpublished}[random.IntN(2)]
		}
		c.Groups[i], c.Stories[i] = uint32(i), uint32(i)
		if other := random.IntN(i + 1); other < i && random.IntN(6) == 0 {
			c.Groups[i] = c.Groups[other]
		}
		from := -1
		switch {
		case kind == "all the same" && i > 0:
			from = 0
		case i > 0 && random.IntN(5) == 0:
			from = random.IntN(i)
		}
		if from >= 0 {
			copy(c.Vectors.Row(i), c.Vectors.Row(from))
			c.Stories[i] = c.Stories[from]
			appendCopy(c.Terms, from)
			appendCopy(c.Titles, from)
			continue
		}
		empty := kind == "no texts" || random.IntN(10) == 0
		subject := random.IntN(4)
		if kind == "one subject" {
			subject = 0
		}
		appendColumn(c.Terms, random, subject, empty)
		appendColumn(c.Titles, random, subject, empty || random.IntN(3) == 0)
		if !empty {
			row := c.Vectors.Row(i)
			for d := range row {
				row[d] = float32(.5 * random.NormFloat64())
			}
			row[subject]++
			vec.Normalise(row)
		}
	}
	group := make([]uint32, n)
	for i := range n {
		group[i] = uint32(len(c.Cards[i].Lang))
	}
	own, err := knn.All(context.Background(), c.Vectors, knn.Options{
		K: 20, Group: group, Class: c.Groups,
		Allowed: func(from, to int) bool { return c.Groups[from] != c.Groups[to] },
	})
	if err != nil {
		t.Fatal(err)
	}
	c.Own = own
	return c
}

// appendColumn adds a text on a subject, which has terms of its own.
func appendColumn(s *embed.Sparse, random *rand.Rand, subject int, empty bool) {
	if !empty {
		lo := len(s.Value)
		for term := range s.Rows {
			if term%4 == subject && random.IntN(3) == 0 || random.IntN(10) == 0 {
				s.Index = append(s.Index, uint32(term))
				s.Value = append(s.Value, random.Float32())
			}
		}
		vec.Normalise(s.Value[lo:])
	}
	s.Ptr = append(s.Ptr, len(s.Index))
}

func appendCopy(s *embed.Sparse, from int) {
	index, value := s.Col(from)
	s.Index, s.Value = append(s.Index, index...), append(s.Value, value...)
	s.Ptr = append(s.Ptr, len(s.Index))
}

// drawnReads is reads of chance.
type drawnReads [][]int32

func (r drawnReads) CoRead(row int32) (links []reads.Link) {
	for _, other := range r[row] {
		links = append(links, reads.Link{Row: other})
	}
	return links
}

func (r drawnReads) Features(row, other int32) reads.Features {
	f := reads.Features{Popular: float32(other%7) / 1000}
	if at := slices.Index(r[row], other); at >= 0 {
		f.Next, f.CoRead = .1/float32(at+1), .2/float32(at+2)
	}
	return f
}

func drawReads(t *rapid.T, c *rank.Corpus) drawnReads {
	random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "reads"), 1))
	n := len(c.Cards)
	r := make(drawnReads, n)
	for i := range n {
		for _, row := range random.Perm(n)[:random.IntN(min(n, 10)+1)] {
			r[i] = append(r[i], int32(row))
		}
	}
	return r
}

func drawOptions(t *rapid.T) rank.Options {
	return rank.Options{
		K:          rapid.SampledFrom([]int{0, 1, 5, 10, 13, 40}).Draw(t, "K"),
		Variety:    rapid.SampledFrom([]float64{-1, 0, .5, 1}).Draw(t, "variety"),
		PerAuthor:  rapid.SampledFrom([]int{-1, 0, 1, 3}).Draw(t, "per author"),
		PerSection: rapid.SampledFrom([]int{-1, 0, 1, 3}).Draw(t, "per section"),
		MaxLinksIn: rapid.SampledFrom([]int{-1, 0, 1, 4}).Draw(t, "links in"),
		Rescue:     rapid.SampledFrom([]float64{-1, 0, .1, 1}).Draw(t, "rescue"),
		HalfLife:   func(section string) time.Duration { return time.Duration(len(section)) * 24 * time.Hour },
	}
}

func TestRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawn(t)
		if rapid.Bool().Draw(t, "with reads") {
			c.Reads = drawReads(t, c)
		}
		o := drawOptions(t)
		lists, health, err := rank.Rank(context.Background(), c, o)
		if err != nil {
			t.Fatal(err)
		}
		checkRules(t, c, o, lists)
		checkHealth(t, c, lists, health)

		if o.Rescue >= 0 {
			o := o
			o.Rescue = -1
			before, without, err := rank.Rank(context.Background(), c, o)
			if err != nil {
				t.Fatal(err)
			}
			if health.Orphans+health.Rescued != without.Orphans {
				t.Fatalf("%d orphans without rescue; %d were rescued, and there are %d", without.Orphans, health.Rescued, health.Orphans)
			}
			checkKept(t, before, lists)
		}
		for _, workers := range []int{1, 3} {
			o.Workers = workers
			again, sameHealth, err := rank.Rank(context.Background(), c, o)
			if err != nil {
				t.Fatal(err)
			}
			if !cmp.Equal(again, lists) || sameHealth != health {
				t.Errorf("%d workers: other lists or health", workers)
			}
		}
	})
}

// checkRules tries every list against the rules, in the plainest words.
func checkRules(t *rapid.T, c *rank.Corpus, o rank.Options, lists rank.Lists) {
	n := len(c.Cards)
	most := o.K
	if most == 0 {
		most = 20
	}
	if lists.K != most || len(lists.Len) != n || len(lists.Data) != n*most {
		t.Fatalf("lists of %d for %d rows and %d links, want %d for %d rows", lists.K, len(lists.Len), len(lists.Data), most, n)
	}
	linked := map[[2]uint32]int32{} // the row of a story that is linked, by language
	in := make([]int, n)
	written := rank.NewAuthors()
	for i := range n {
		written.Add(&c.Cards[i])
	}
	for i := range n {
		list := lists.Row(i)
		for at, link := range list {
			j := int(link.Row)
			from, to := &c.Cards[i], &c.Cards[j]
			switch {
			case i == j, c.Groups[i] == c.Groups[j], c.Stories[i] == c.Stories[j]:
				t.Fatalf("row %d links to itself, a translation or a near-duplicate: %d", i, j)
			case from.NoLinks, to.NoLinkTo, to.State != data.Published, !from.SameLanguage(to):
				t.Fatalf("row %d may not link to %d", i, j)
			case !(link.Score > 0 && link.Score < 1e6):
				t.Fatalf("row %d: score %v", i, link.Score)
			case link.Cosine != knn.Cosine(c.Vectors.Row(i), c.Vectors.Row(j)):
				t.Fatalf("row %d: cosine with %d is %v", i, j, link.Cosine)
			}
			story := [2]uint32{c.Stories[j], uint32(len(to.Lang))}
			if other, ok := linked[story]; ok && other != link.Row {
				t.Fatalf("both %d and %d of one story are linked", j, other)
			}
			linked[story] = link.Row
			if at < 10 {
				in[j]++
			}
			for before, other := range list[:at] {
				switch later := before + 1; {
				case other.Score < link.Score:
					t.Fatalf("row %d: score %v after %v", i, link.Score, other.Score)
				case other.Score == link.Score && later == at && (to.PublishedAt.After(c.Cards[other.Row].PublishedAt) ||
					to.PublishedAt.Equal(c.Cards[other.Row].PublishedAt) && link.Row < other.Row):
					t.Fatalf("row %d: %d and %d of equal score are not in order", i, other.Row, link.Row)
				case c.Groups[other.Row] == c.Groups[j], c.Stories[other.Row] == c.Stories[j]:
					t.Fatalf("row %d links to %d and %d", i, other.Row, j)
				}
			}
		}
		for lo := range list {
			authors, sections := map[string]int{}, map[string]int{}
			for _, link := range list[lo:min(lo+5, len(list))] {
				for author := range c.Cards[link.Row].Authors.All() {
					if !written.Prolific(c.Cards[link.Row].Lang, author) {
						authors[author]++
					}
				}
				if section := c.Cards[link.Row].Section; section != "" {
					sections[section]++
				}
			}
			checkMost(t, authors, o.PerAuthor, 2)
			checkMost(t, sections, o.PerSection, 5)
		}
	}
	if o.MaxLinksIn >= 0 {
		limit := o.MaxLinksIn
		if limit == 0 {
			limit = max(20, 6*min(most, 10))
		}
		if got := slices.Max(append(in, 0)); got > limit {
			t.Fatalf("%d links into one article, at most %d are allowed", got, limit)
		}
	}
}

// checkKept tries that what is linked from a first place before is so after.
func checkKept(t *rapid.T, before, after rank.Lists) {
	in := func(lists rank.Lists) map[int32]bool {
		linked := map[int32]bool{}
		for i := range lists.Len {
			list := lists.Row(i)
			for _, link := range list[:min(10, len(list))] {
				linked[link.Row] = true
			}
		}
		return linked
	}
	later := in(after)
	for row := range in(before) {
		if !later[row] {
			t.Fatalf("row %d was made an orphan", row)
		}
	}
}

func checkMost(t *rapid.T, counts map[string]int, most, byDefault int) {
	if most < 0 {
		return
	}
	if most == 0 {
		most = byDefault
	}
	for name, n := range counts {
		if n > most {
			t.Fatalf("%d of %s in five links, at most %d are allowed", n, name, most)
		}
	}
}

func checkHealth(t *rapid.T, c *rank.Corpus, lists rank.Lists, got rank.Health) {
	in, nonEmpty, links := map[int32]int{}, 0, 0
	for i := range c.Cards {
		list := lists.Row(i)
		if len(list) > 0 {
			nonEmpty++
		}
		for _, link := range list[:min(10, len(list))] {
			in[link.Row]++
			links++
		}
	}
	most := 0
	for _, n := range in {
		most = max(most, n)
	}
	switch {
	case got.Lists != nonEmpty, got.Links != links, got.MostIn != most:
		t.Fatalf("health %+v of %d lists with %d links, %d into one article", got, nonEmpty, links, most)
	case got.Articles-got.Orphans != len(in):
		t.Fatalf("health %+v, %d articles are linked", got, len(in))
	case !(got.Gini >= 0 && got.Gini < 1), !(got.Leakage >= 0 && got.Leakage <= 1), !(got.OrphanShare >= 0 && got.OrphanShare <= 1):
		t.Fatalf("shares out of range: %+v", got)
	}
}

// A list begins with the link of the highest Pair.
func TestPairIsScore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawn(t)
		if rapid.Bool().Draw(t, "with reads") {
			c.Reads = drawReads(t, c)
		}
		o := rank.Options{Variety: -1, MaxLinksIn: -1, PerAuthor: -1, Rescue: -1, HalfLife: func(string) time.Duration { return time.Hour }}
		lists, _, err := rank.Rank(context.Background(), c, o)
		if err != nil {
			t.Fatal(err)
		}
		scorer, err := rank.NewScorer(c, o)
		if err != nil {
			t.Fatal(err)
		}
		for i := range c.Cards {
			// A candidate of a group that is in the list already is left out, which may
			// lift scores before it; nothing else does here.
			for _, link := range lists.Row(i) {
				a, b := scorer.Article(i), scorer.Article(int(link.Row))
				got := scorer.Pair(a, b)
				if diff := link.Score - got; diff < 0 || diff > 1e-4 {
					t.Fatalf("row %d to %d: Pair is %v, the link's score %v", i, link.Row, got, link.Score)
				}
				sum := float32(0)
				for _, f := range scorer.Features(a, b) {
					sum += f.Contribution
				}
				if sum != got {
					t.Fatalf("row %d to %d: contributions add up to %v, Pair is %v", i, link.Row, sum, got)
				}
			}
		}
	})
}

// A site of one author gets lists as long as without a cap, and in the same order.
func TestOneAuthor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawn(t)
		for i := range c.Cards {
			c.Cards[i].Authors = "Ann"
		}
		got, _, err := rank.Rank(context.Background(), c, rank.Options{})
		if err != nil {
			t.Fatal(err)
		}
		want, _, err := rank.Rank(context.Background(), c, rank.Options{PerAuthor: -1})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-without a cap +with the default)\n%s", diff)
		}
	})
}

// Of a story the article that stands for it is linked, if readers may be sent there.
func TestStands(t *testing.T) {
	check := func(name string, want int32, change func(cards []data.Card)) {
		t.Helper()
		c := &rank.Corpus{Cards: make([]data.Card, 4), Vectors: embed.NewDense(4, 1), Stories: []uint32{0, 2, 2, 2}, AsOf: asOf}
		for i := range c.Cards {
			c.Cards[i] = data.Card{ID: data.ArticleID(fmt.Sprint(i)), Lang: "en", State: data.Published, PublishedAt: asOf.AddDate(0, 0, -i)}
			c.Vectors.Row(i)[0] = 1
		}
		change(c.Cards)
		c.Own = knn.Lists{K: 3, Len: []int32{3, 0, 0, 0}, Data: make([]knn.Neighbour, 12)}
		copy(c.Own.Data, []knn.Neighbour{{Row: 1, Cosine: 1}, {Row: 2, Cosine: 1}, {Row: 3, Cosine: 1}})
		lists, _, err := rank.Rank(context.Background(), c, rank.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := lists.Row(0); len(got) != 1 || got[0].Row != want {
			t.Errorf("%s: got %v, want one link to row %d", name, got, want)
		}
	}
	check("of three", 2, func([]data.Card) {})
	check("that is hidden", 1, func(cards []data.Card) { cards[2].State = data.Hidden })
	check("that is not yet out", 1, func(cards []data.Card) { cards[2].PublishedAt = asOf.AddDate(0, 0, 1) })
}
