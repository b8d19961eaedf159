package zipf

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestArticlesAreValidAndRepeatable(t *testing.T) {
	articles := slices.Collect(Articles(Options{Seed: 1, Articles: 300}))
	if len(articles) != 300 {
		t.Fatalf("got %d articles, want 300", len(articles))
	}
	for i, a := range articles {
		if err := a.Validate(); err != nil {
			t.Errorf("article %d: %v", i, err)
		}
		if i > 0 && !(articles[i-1].ID < a.ID && articles[i-1].PublishedAt.Before(a.PublishedAt)) {
			t.Errorf("article %d comes before the one before", i)
		}
		if n := len(strings.Fields(a.Body)); n < 200 || n > 400 {
			t.Errorf("article %d has %d words, want 200 to 400", i, n)
		}
	}
	first := slices.Collect(Articles(Options{Seed: 1, Articles: 100}))
	if diff := cmp.Diff(articles[:100], first); diff != "" {
		t.Errorf("100 articles are not the first of 300 (-300 +100):\n%s", diff)
	}
	if other := slices.Collect(Articles(Options{Seed: 2, Articles: 1})); other[0].Body == first[0].Body {
		t.Error("another seed gives the same text")
	}
}

func TestArticlesEndEarly(t *testing.T) {
	n := 0
	for range Articles(Options{Articles: 1 << 40}) {
		if n++; n == 3 {
			break
		}
	}
	if n != 3 {
		t.Errorf("made %d articles, want 3", n)
	}
}

// Heaps' law: the vocabulary grows with a power of the text, between .5 and .7 in
// natural languages.
func TestVocabularyGrows(t *testing.T) {
	seen := map[string]bool{}
	words, atWords := 0, []int{}
	atSeen := []int{}
	for a := range Articles(Options{Articles: 8000}) {
		for _, w := range strings.Fields(strings.ToLower(strings.ReplaceAll(a.Body, ".", ""))) {
			seen[w] = true
			words++
		}
		if a.ID == "00000999" || a.ID == "00007999" {
			atWords, atSeen = append(atWords, words), append(atSeen, len(seen))
		}
	}
	beta := math.Log(float64(atSeen[1])/float64(atSeen[0])) / math.Log(float64(atWords[1])/float64(atWords[0]))
	if beta < .4 || beta > .7 {
		t.Errorf("%d words at %d of text, %d at %d: exponent %.2f, want .4 to .7", atSeen[0], atWords[0], atSeen[1], atWords[1], beta)
	}
	t.Logf("exponent %.2f, %d words", beta, len(seen))
}

// Articles of one subject must share more words than others do.
func TestSubjectsTell(t *testing.T) {
	words := map[string]map[string]int{}
	for a := range Articles(Options{Articles: 2000}) {
		if words[a.Section] == nil {
			words[a.Section] = map[string]int{}
		}
		for _, w := range strings.Fields(a.Body)[50:] {
			words[a.Section][w]++
		}
	}
	cosine := func(x, y map[string]int) float64 {
		var xy, xx, yy float64
		for w, n := range x {
			if len(w) > 4 { // no function word
				xx += float64(n * n)
				xy += float64(n * y[w])
			}
		}
		for w, n := range y {
			if len(w) > 4 {
				yy += float64(n * n)
			}
		}
		return xy / math.Sqrt(xx*yy)
	}
	if other := cosine(words["subject-1"], words["subject-2"]); other > .6 {
		t.Errorf("two subjects have a cosine of %.2f", other)
	}
}

func TestWordsAreDistinct(t *testing.T) {
	seen := map[string]uint64{}
	for rank := uint64(1); rank < 200_000; rank++ {
		w := string(word(nil, rank))
		if before, ok := seen[w]; ok {
			t.Fatalf("ranks %d and %d are both %q", before, rank, w)
		}
		seen[w] = rank
	}
	if w := string(word(nil, lastRank)); len(w) > 20 {
		t.Errorf("the last word is %q", w)
	}
}

func TestLawDrawsByRank(t *testing.T) {
	l := newLaw(bend, true)
	rng := rand.New(rand.NewPCG(1, 1))
	const n = 200_000
	var first, tail float64
	for range n {
		switch r := l.draw(rng); {
		case r < 1 || r > lastRank:
			t.Fatalf("drew rank %d", r)
		case r == 1:
			first++
		case r > bend:
			tail++
		}
	}
	for _, c := range []struct {
		what      string
		got, want float64
	}{
		{"rank 1", first / n, 1 / l.total},
		{"the second law", tail / n, 1 / (exponent - 1) / l.total},
	} {
		if math.Abs(c.got-c.want) > 5*math.Sqrt(c.want/n) {
			t.Errorf("%s: drawn with frequency %.4f, want %.4f", c.what, c.got, c.want)
		}
	}
}

func BenchmarkArticles(b *testing.B) {
	n := 0
	var bytes int64
	for b.Loop() {
		for a := range Articles(Options{Articles: 1000}) {
			n++
			bytes += int64(len(a.Body))
		}
	}
	b.SetBytes(bytes / int64(b.N))
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "articles/s")
}
