package rank

import (
	"fmt"
	"math"
)

// A Kind is one of the features of a link.
type Kind int

// The features. All but Hubness and Age speak for a link.
const (
	Cosine     Kind = iota // cosine of the two LSA vectors, in [-1, 1]
	Lexical                // cosine of the two weighted term vectors, in [0, 1]
	Title                  // cosine of the titles' weighted terms times that of the LSA vectors, in [0, 1]
	Section                // 1: same section
	Tags                   // Jaccard index of the tags, in [0, 1]
	Author                 // 1: an author in common
	Series                 // 1: same series
	NextPart               // 1: the next part of the same series
	NextRead               // how probable the one is read near the other, in [0, 1]; see Reads
	CoRead                 // cosine of the two articles' co-reads, shrunk, in [0, 1]
	Popularity             // how probable the linked article is read at all, in [0, 1]
	Age                    // 1 − 2^(−age/half-life) of the linked article, in [0, 1)
	Hubness                // mean cosine of the linked article's ten nearest neighbours, in [0, 1]
	kinds
)

var kindNames = [kinds]string{
	"cosine", "lexical", "title", "section", "tags", "author", "series", "next_part", "next_read", "co_read", "popularity", "age", "hubness",
}

// String is the name of the feature in reports and weights.
func (k Kind) String() string {
	if k < 0 || k >= kinds {
		return fmt.Sprintf("Kind(%d)", int(k))
	}
	return kindNames[k]
}

// Kinds is all features, in order.
func Kinds() []Kind {
	all := make([]Kind, kinds)
	for k := range all {
		all[k] = Kind(k)
	}
	return all
}

// Weights says by Kind what one unit of a feature adds to the score.
type Weights [kinds]float32

// DefaultWeights is the weights that ship; see the package comment.
func DefaultWeights() Weights {
	return Weights{
		Cosine: 1, Lexical: 0, Title: 1.3, Section: .05, Tags: .2, Author: .05, Series: .5, NextPart: 3,
		NextRead: 50, CoRead: 20, Popularity: 12.5, Age: -.5, Hubness: -.1,
	}
}

// mostWeight keeps scores finite, and their last digits meaningful.
const mostWeight = 1000

func (w *Weights) validate() error {
	for k, v := range w {
		if !(v >= -mostWeight && v <= mostWeight) {
			return fmt.Errorf("rank: the weight of %s is %v; it must be between -%d and %[3]d", Kind(k), v, mostWeight)
		}
	}
	return nil
}

// A Values is the features of one link, by Kind.
type Values [kinds]float32

// score is the weighted sum, the same on every machine.
func (w *Weights) score(v *Values) (sum float32) {
	for k, x := range v {
		sum += float32(w[k] * x)
	}
	return sum
}

// A Feature is one feature of a link with what it contributes to the score.
type Feature struct {
	Kind         Kind
	Value        float32
	Contribution float32 // Value times its weight
}

// A Column is the weighted terms of a text: Index ascending, of length 1 or without
// terms.
type Column struct {
	Index []uint32
	Value []float32
}

// dot is the scalar product of two columns, summed in the order of terms.
func dot(a, b Column) (sum float32) {
	i, j := 0, 0
	for i < len(a.Index) && j < len(b.Index) {
		switch x, y := a.Index[i], b.Index[j]; {
		case x < y:
			i++
		case y < x:
			j++
		default:
			sum += float32(a.Value[i] * b.Value[j])
			i++
			j++
		}
	}
	return min(sum, 1)
}

// A spread is a column laid out over all terms, so that products with many others
// take one pass over each of these.
type spread []float32

func (s spread) set(c Column) {
	for e, i := range c.Index {
		s[i] = c.Value[e]
	}
}

func (s spread) unset(c Column) {
	for _, i := range c.Index {
		s[i] = 0
	}
}

// dot is dot of the column that was set and c, to the bit: terms that only one of the
// two holds add zero.
func (s spread) dot(c Column) (sum float32) {
	value := c.Value[:len(c.Index)]
	for e, i := range c.Index {
		sum += float32(s[i] * value[e])
	}
	return min(sum, 1)
}

// overlap is the Jaccard index of two ascending lists; 0 if both are empty.
func overlap(a, b []uint64) float32 {
	both := common(a, b)
	if both == 0 {
		return 0
	}
	return float32(both) / float32(len(a)+len(b)-both)
}

func common(a, b []uint64) (n int) {
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case b[j] < a[i]:
			j++
		default:
			n++
			i++
			j++
		}
	}
	return n
}

// ageing is 1 − 2^(−age/half-life), both in days.
func ageing(days, halfLife float64) float32 {
	if halfLife <= 0 || days <= 0 {
		return 0
	}
	return float32(1 - math.Exp2(-days/halfLife))
}
