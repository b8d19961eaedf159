package rank

import (
	"fmt"
	"runtime"
	"time"
)

// Options are the settings of Rank. The zero value works.
type Options struct {
	K       int      // links per row, at most MaxK; 0: 20
	Weights *Weights // nil: DefaultWeights

	// Variety is how much a link loses that is near to one before it in the list,
	// in [0, 1]: its score is multiplied by 1 − Variety·(the greatest cosine with
	// one of those). 0: DefaultVariety; below 0: none.
	Variety float64

	// Of every Window consecutive links of a list at most so many are of one author who
	// is not Prolific, and of one section. 0: two of an author, any number of a section;
	// below 0: any.
	PerAuthor, PerSection int

	// MaxLinksIn is how many lists one article may be among the first ten of.
	// 0: 20, or 6·min(K, 10) if that is more; below 0: any number.
	MaxLinksIn int

	// Rescue is the share of the score of the tenth link that an article needs to
	// take its place if no list has it among its first ten. 0: 0.5; below 0: none is
	// rescued.
	Rescue float64

	HalfLife func(section string) time.Duration // of freshness; nil or 0: articles of the section do not age
	Workers  int                                // goroutines; 0: GOMAXPROCS. Results do not depend on it
}

// MaxK is the most links per row.
const MaxK = poolSize

// Window is how many consecutive links the caps on authors and sections look at.
const Window = 5

// FirstPlaces is how many places of a list count as links in.
const FirstPlaces = 10

// DefaultVariety is the Variety of Options that leave it open; see the package comment.
const DefaultVariety = 0.1

func (o Options) withDefaults() Options {
	if o.K == 0 {
		o.K = 20
	}
	if o.Weights == nil {
		w := DefaultWeights()
		o.Weights = &w
	}
	if o.Variety == 0 {
		o.Variety = DefaultVariety
	}
	o.Variety = max(0, o.Variety)
	if o.PerAuthor == 0 {
		o.PerAuthor = 2
	}
	if o.MaxLinksIn == 0 {
		o.MaxLinksIn = max(20, 6*min(o.K, FirstPlaces))
	}
	if o.Rescue == 0 {
		o.Rescue = 0.5
	}
	if o.Workers == 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	return o
}

func (o Options) validate() error {
	switch {
	case o.K < 0 || o.K > poolSize:
		return fmt.Errorf("rank: %d links per article; they are 1 to %d, or 0 for the default", o.K, poolSize)
	case !(o.Variety <= 1):
		return fmt.Errorf("rank: variety is %v; it is at most 1", o.Variety)
	case !(o.Rescue <= 1):
		return fmt.Errorf("rank: rescue is %v; it is at most 1", o.Rescue)
	case o.Workers < 0:
		return fmt.Errorf("rank: workers are %d; they may not be negative", o.Workers)
	}
	return o.Weights.validate()
}
