package crosslang

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"

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
	Rank    int         // dimensions learnt, beside those of shared terms; 0: a third of the groups, from 32 to 128
	Seed    uint64      // of the random start of the decompositions; 0: 1
	Rules   token.Rules // of cutting texts into terms
	Workers int         // goroutines; 0: GOMAXPROCS. Results do not depend on it

	// Progress, if not nil, is told now and then how far a stage ("count",
	// "decompose", "project") has come. The total is 0 while it is not known. Calls
	// do not overlap.
	Progress func(stage string, done, total int64)
}

func (o Options) withDefaults() Options {
	if o.Seed == 0 {
		o.Seed = 1
	}
	if o.Workers == 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Progress == nil {
		o.Progress = func(string, int64, int64) {}
	}
	return o
}

func (o Options) validate() error {
	switch {
	case o.Rank < 0:
		return fmt.Errorf("crosslang: rank is %d; it must be positive, or 0 for the default", o.Rank)
	case o.Workers < 0:
		return fmt.Errorf("crosslang: workers are %d; they must be positive, or 0 for the default", o.Workers)
	}
	return nil
}

// Fit learns a space from the groups of docs that have texts in two languages or more,
// and returns it with one vector per text, in the order of docs, grouped or not. A
// vector has length 1, or is zero where nothing is known of the text: where it shares no
// term with a text of another language, nor one with a text of its own language that
// has a translation. Cosines of any two vectors can be compared.
//
// The two scripts of Chinese are one language, as are all regions of a language: a
// group may have several texts in one, and these count as one version, their mean.
//
// Equal docs and options give equal bytes, whatever opts.Workers is. Docs are read
// twice and must be the same both times; they are not kept. With k for the rank, time is
// that of cutting all texts into terms twice and O(nnz·k + terms·k²), memory
// O(nnz + terms·k + versions·k + texts·k), where nnz is the number of distinct terms
// summed over the texts in groups, and versions that of languages summed over groups.
//
// It returns ErrTooFew if there are fewer than MinGroups such groups, the context's
// error if that ends, and the error that docs yields.
func Fit(ctx context.Context, docs iter.Seq2[Doc, error], opts Options) (*Model, embed.Dense, error) {
	opts = opts.withDefaults()
	if err := opts.validate(); err != nil {
		return nil, embed.Dense{}, err
	}
	c, err := count(ctx, docs, opts)
	if err != nil {
		return nil, embed.Dense{}, err
	}
	texts := c.texts
	model, err := learn(ctx, c, opts)
	if err != nil {
		return nil, embed.Dense{}, err
	}
	vectors, err := project(ctx, docs, texts, model, opts)
	if err != nil {
		return nil, embed.Dense{}, err
	}
	return model, vectors, nil
}

// project folds all texts in.
func project(ctx context.Context, docs iter.Seq2[Doc, error], texts int, model *Model, opts Options) (embed.Dense, error) {
	vectors := embed.NewDense(texts, model.Rank())
	progress := func(done int64) { opts.Progress("project", done, int64(texts)) }
	n, err := inBatches(ctx, docs, opts.Workers, progress, func(bag *bag, first int, batch []Doc) {
		for i, doc := range batch {
			if first+i < texts {
				model.fold(bag, doc.Text, vectors.Row(first+i))
			}
		}
	})
	switch {
	case err != nil:
		return embed.Dense{}, err
	case n != texts:
		return embed.Dense{}, fmt.Errorf("crosslang: texts were %d when first read, and %d when read again; they must not change meanwhile", texts, n)
	}
	progress(int64(n))
	return vectors, nil
}
