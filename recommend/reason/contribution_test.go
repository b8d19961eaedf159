package reason_test

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/embed/vec"
	"github.com/alsolike/alsolike/recommend/reason"
)

// generated is articles whose words fall off in frequency, half of them of one of a few
// subjects.
func generated(random *rand.Rand, articles, words int) (made []data.Article) {
	common := rand.NewZipf(random, 1.2, 3, 400)
	for i := range articles {
		var body strings.Builder
		for w := range words {
			word := "w" + strconv.FormatUint(common.Uint64(), 36)
			if w%2 == 0 {
				word = "s" + strconv.Itoa(i%5) + word
			}
			body.WriteString(word + " ")
		}
		made = append(made, data.Article{Lang: "en", Title: "s" + strconv.Itoa(i%5), Body: body.String()})
	}
	return made
}

// The shares sum to the cosine of the vectors, and the lexical ones to that of the terms.
func TestContributionsSum(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 1))
		articles := generated(random, rapid.IntRange(2, 40).Draw(r, "articles"), rapid.IntRange(1, 60).Draw(r, "words"))
		c := fit(t, articles, lsa.Options{Rank: rapid.IntRange(1, 20).Draw(r, "rank"), Workers: 1})
		i, j := random.IntN(len(articles)), random.IntN(len(articles))
		a, b := c.side(i), c.side(j)
		list, err := reason.Contributions(c.space, a, b)
		if err != nil {
			r.Fatal(err)
		}
		var cosine, lexical float64
		held := map[bool]int{}
		for k, one := range list {
			cosine, lexical = cosine+float64(one.Share), lexical+float64(one.Lexical)
			if k > 0 && list[k-1].Share < one.Share {
				r.Fatalf("share %d is %v, the one before %v", k, one.Share, list[k-1].Share)
			}
			if !one.Shared() && one.Lexical != 0 {
				r.Fatalf("%q is in one article and has the lexical share %v", one.Term, one.Lexical)
			}
			if one.InA {
				held[true]++
			}
			if one.InB {
				held[false]++
			}
		}
		if held[true] != len(a.Index) || held[false] != len(b.Index) {
			r.Fatalf("%v terms of the articles, want %d and %d", held, len(a.Index), len(b.Index))
		}
		if want := float64(vec.Dot(c.vectors.Row(i), c.vectors.Row(j))); math.Abs(cosine-want) > 1e-5 {
			r.Fatalf("the shares sum to %v, the cosine is %v", cosine, want)
		}
		want := 0.0
		for row := range c.terms.Rows {
			want += c.terms.At(row, i) * c.terms.At(row, j)
		}
		if math.Abs(lexical-want) > 1e-5 {
			r.Fatalf("the lexical shares sum to %v, the cosine is %v", lexical, want)
		}
	})
}

// What contributes does not depend on which article is first, nor on the scale of weights.
func TestContributionsAreSymmetric(t *testing.T) {
	c := fit(t, english, lsa.Options{Rank: 4})
	a, b := c.side(0), c.side(1)
	doubled := a
	doubled.Value = nil
	for _, v := range a.Value {
		doubled.Value = append(doubled.Value, 2*v)
	}
	ab, err := reason.Contributions(c.space, a, b)
	if err != nil {
		t.Fatal(err)
	}
	ba, err := reason.Contributions(c.space, b, doubled)
	if err != nil {
		t.Fatal(err)
	}
	of := map[string]reason.Contribution{}
	for _, one := range ba {
		of[one.Term] = one
	}
	if len(ab) != len(ba) {
		t.Fatalf("%d and %d contributions", len(ab), len(ba))
	}
	for _, one := range ab {
		other := of[one.Term]
		if one.InA != other.InB || one.InB != other.InA || math.Abs(float64(one.Share-other.Share)) > 1e-6 || math.Abs(float64(one.Lexical-other.Lexical)) > 1e-6 {
			t.Errorf("%+v, the other way round %+v", one, other)
		}
	}
}

func TestContributionsOfNothing(t *testing.T) {
	c := fit(t, english, lsa.Options{Rank: 4})
	list, err := reason.Contributions(c.space, c.side(0), reason.Side{})
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range list {
		if one.Share != 0 || one.Lexical != 0 {
			t.Errorf("with an article without terms: %+v, want no share", one)
		}
	}
	for name, side := range map[string]reason.Side{
		"too large":       {Index: []uint32{uint32(c.space.Terms())}, Value: []float32{1}},
		"descending":      {Index: []uint32{2, 1}, Value: []float32{1, 1}},
		"without weights": {Index: []uint32{1}},
	} {
		if _, err := reason.Contributions(c.space, c.side(0), side); err == nil || !strings.Contains(err.Error(), "reason: ") {
			t.Errorf("terms that are %s: error %v", name, err)
		}
	}
}
