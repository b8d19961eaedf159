package rank

import (
	"fmt"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/reads"
)

// Reads is what readers' reads say of links between the rows of a Corpus. It must be
// safe for use by several goroutines and answer alike each time.
type Reads interface {
	// CoRead is the rows that are read near row, best first, each once.
	CoRead(row int32) []reads.Link

	// Features is what they say of a link from row to other, each in [0, 1], smoothed
	// or shrunk so that it is near 0 where reads are few: how probable it is that
	// readers of the one read the other next or nearby, the cosine of their co-reads,
	// and how probable the other is of itself, as far as next is not known.
	Features(row, other int32) reads.Features
}

// A Corpus is what links are made of: n articles, a row each, in the order of ids.
type Corpus struct {
	Cards   []data.Card   // n
	Vectors embed.Dense   // n rows of length 1 or zero
	Terms   *embed.Sparse // terms × n: column i is the weighted terms of row i, of length 1 or zero; nil: none. Terms are numbered by language
	Titles  *embed.Sparse // terms × n: the same of titles alone; nil: none
	Groups  []uint32      // n: translation groups; nil: every row its own
	Stories []uint32      // n: clusters of near-duplicates, by the rows that stand for them; nil: every row its own
	Own     knn.Lists     // n: neighbours in the own language, one of a translation group
	Reads   Reads         // nil: none

	// Noise is the cosine, by the Base of a language, that a link needs where an article
	// or its candidate has fewer than FewTerms terms; see snapshot.Scale. nil: any.
	Noise map[data.Lang]float32

	AsOf time.Time // of which ages are
}

// validate returns an error that names what does not fit together.
func (c *Corpus) validate() error {
	n := len(c.Cards)
	for _, part := range []struct {
		name string
		rows int
		none bool
	}{
		{"vectors", c.Vectors.Rows, false},
		{"terms", columns(c.Terms), c.Terms == nil},
		{"titles", columns(c.Titles), c.Titles == nil},
		{"groups", len(c.Groups), c.Groups == nil},
		{"stories", len(c.Stories), c.Stories == nil},
		{"neighbours", len(c.Own.Len), false},
	} {
		if !part.none && part.rows != n {
			return fmt.Errorf("rank: %d cards, and %s of %d rows", n, part.name, part.rows)
		}
	}
	for _, x := range c.Vectors.Data {
		if x-x != 0 {
			return fmt.Errorf("rank: a vector holds %v, which is no number to compare", x)
		}
	}
	return nil
}

func columns(s *embed.Sparse) int {
	if s == nil {
		return 0
	}
	return s.Cols
}

func column(s *embed.Sparse, row int) (c Column) {
	if s != nil {
		c.Index, c.Value = s.Col(row)
	}
	return c
}
