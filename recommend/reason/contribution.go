package reason

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/embed/vec"
)

// A Side is one of the two articles of a link: what the model has of it, and its texts.
type Side struct {
	Index []uint32  // rows, in the space of the language, of the terms that it holds; strictly ascending
	Value []float32 // their weights

	Article *data.Article // as the reader sees it; nil: the texts are not at hand
}

// A Contribution is what one term gives to the cosine of two articles.
type Contribution struct {
	Term     string // as the model has it: a stem, or a few characters
	Spelt    string // as Explain found it in the first article; empty where that was not looked for
	InA, InB bool   // which of the articles hold it

	Share   float32 // of the cosine of the articles' vectors; it may be negative
	Lexical float32 // of the cosine of their terms, before these were brought into the space
}

// Shared reports whether both articles hold the term. A term of one of them alone has
// a share because LSA brought it near to terms of the other: a concept.
func (c *Contribution) Shared() bool { return c.InA && c.InB }

// Contributions is what each term of a and b gives to their cosine, greatest share
// first, of equals the smaller term. Let x be the weighted terms of an article, U the
// space (terms × k), p = Uᵀx and v = p/|p|. As
//
//	cos(a, b) = v_a·v_b = Σ_t x_a(t)·(U_t·v_b)/|p_a| = Σ_t x_b(t)·(U_t·v_a)/|p_b|
//
// each sum gives each of its terms a part of the cosine; the share of a term is half of
// either. So the shares sum to the cosine, up to float32's rounding, and the lexical
// ones to x_a·x_b/(|x_a||x_b|). All shares are zero where the space has nothing of one of
// the articles, whose vector is then zero.
//
// It takes time of the number of terms times k, and returns an error if a term is not
// of the space or the terms do not ascend.
func Contributions(space *lsa.Space, a, b Side) ([]Contribution, error) {
	for _, s := range []Side{a, b} {
		if err := s.check(space); err != nil {
			return nil, err
		}
	}
	pa, pb := a.project(space), b.project(space)
	lexical := 0.0 // 1/(|x_a||x_b|)
	if lengths := float64(vec.Norm(a.Value)) * float64(vec.Norm(b.Value)); lengths > 0 {
		lexical = 1 / lengths
	}

	list := make([]Contribution, 0, len(a.Index)+len(b.Index))
	u := space.U()
	for i, j := 0, 0; i < len(a.Index) || j < len(b.Index); {
		row, inA, inB := next(a.Index[i:], b.Index[j:])
		c := Contribution{Term: space.Term(int(row)), InA: inA, InB: inB}
		var share, common float64
		if inA {
			share += float64(a.Value[i]) * pa.inverse * float64(vec.Dot(u.Row(int(row)), pb.vector))
		}
		if inB {
			share += float64(b.Value[j]) * pb.inverse * float64(vec.Dot(u.Row(int(row)), pa.vector))
		}
		if c.Shared() {
			common = float64(a.Value[i]) * float64(b.Value[j]) * lexical
		}
		c.Share, c.Lexical = float32(share/2), float32(common)
		list = append(list, c)
		if inA {
			i++
		}
		if inB {
			j++
		}
	}
	slices.SortFunc(list, func(c, d Contribution) int {
		if c.Share != d.Share {
			return cmp.Compare(d.Share, c.Share)
		}
		return cmp.Compare(c.Term, d.Term)
	})
	return list, nil
}

// next is the smaller of the first of two lists, not both of them empty, and which of
// them begin with it.
func next(a, b []uint32) (row uint32, inA, inB bool) {
	switch {
	case len(a) == 0:
		return b[0], false, true
	case len(b) == 0:
		return a[0], true, false
	}
	return min(a[0], b[0]), a[0] <= b[0], b[0] <= a[0]
}

func (s *Side) check(space *lsa.Space) error {
	if len(s.Index) != len(s.Value) {
		return fmt.Errorf("reason: an article has %d terms and %d weights", len(s.Index), len(s.Value))
	}
	for i, row := range s.Index {
		if int(row) >= space.Terms() || i > 0 && row <= s.Index[i-1] {
			return fmt.Errorf("reason: term %d of an article is %d; terms ascend and are below %d, the number of them in the space", i, row, space.Terms())
		}
	}
	return nil
}

// A projection is what a space has of an article.
type projection struct {
	vector  []float32 // of length 1, or zero
	inverse float64   // of its length before, or 0
}

// leastShare is that of package lsa: the share of a text's length below which its
// projection is float32's rounding.
const leastShare = 1e-4

func (s *Side) project(space *lsa.Space) projection {
	p := projection{vector: make([]float32, space.Rank())}
	vec.Combine(p.vector, space.U().Data, s.Index, s.Value)
	length := vec.Normalise(p.vector)
	if length < leastShare*vec.Norm(s.Value) || length == 0 {
		clear(p.vector)
		return p
	}
	p.inverse = 1 / float64(length)
	return p
}
