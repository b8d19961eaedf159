package overridecsv

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/record"
)

// A Store holds overrides.
type Store interface {
	// Overrides lists all of them.
	Overrides(ctx context.Context) ([]data.Override, error)
	// AddOverridesAt stores those that can be, and says of each of the others why not,
	// as long as the revision of overrides is that one, or it is data.AnyRevision.
	AddOverridesAt(ctx context.Context, revision int64, all []data.Override) (stored []data.Override, refused []error, err error)
	// CheckOverrides says which of them AddOverridesAt would refuse, and why.
	CheckOverrides(ctx context.Context, all []data.Override) (refused []error, err error)
}

// An Outcome is what has become of a row that was imported.
type Outcome string

// The outcomes.
const (
	Added     Outcome = "added"
	Unchanged Outcome = "unchanged" // it is there already, the same in every column
	Refused   Outcome = "refused"
)

// An Imported row is a row of a file, and what has become of it.
type Imported struct {
	Line     int // its first, from 1
	Outcome  Outcome
	Override data.Override // as it is stored, if it was added; of a Check as the row has it
	Err      error         // why it was refused, without file and line; else nil
}

// A Report tells what has become of a file, row by row in its order.
type Report struct {
	Rows                      []Imported
	Added, Unchanged, Refused int
}

// Import stores what is new of r in one transaction: a row that makes no sense, or names
// an unknown article, is refused and the others are stored. An error is r's or the
// store's, and nothing is stored then.
func Import(ctx context.Context, store Store, r io.Reader, opts Options, revision int64) (Report, error) {
	return read(ctx, store, r, opts, func(add []data.Override) ([]data.Override, []error, error) {
		return store.AddOverridesAt(ctx, revision, add)
	})
}

// Check is what Import would report, and stores nothing.
func Check(ctx context.Context, store Store, r io.Reader, opts Options) (Report, error) {
	return read(ctx, store, r, opts, func(add []data.Override) ([]data.Override, []error, error) {
		refused, err := store.CheckOverrides(ctx, add)
		return add, refused, err
	})
}

// read reads r, hands what is new of it to take, and reports what has become of all.
func read(ctx context.Context, store Store, r io.Reader, opts Options, take func([]data.Override) (taken []data.Override, refused []error, err error)) (Report, error) {
	present, err := store.Overrides(ctx)
	if err != nil {
		return Report{}, err
	}
	known := map[string]int{} // how often
	for _, o := range present {
		known[line(o)]++
	}
	var (
		report Report
		add    []data.Override
		at     []int // in report.Rows
	)
	for row, err := range Read(r, opts) {
		switch bad, ok := errors.AsType[*record.Error](err); {
		case ok:
			report.Rows = append(report.Rows, Imported{Line: bad.Line, Outcome: Refused, Err: cmp.Or(bad.Err, errors.New(bad.Reason))})
		case err != nil:
			return Report{}, fmt.Errorf("%s: %w", opts.File, err)
		case known[line(row.Override)] > 0:
			known[line(row.Override)]--
			report.Rows = append(report.Rows, Imported{Line: row.Line, Outcome: Unchanged})
		default:
			at = append(at, len(report.Rows))
			add = append(add, row.Override)
			report.Rows = append(report.Rows, Imported{Line: row.Line, Outcome: Added})
		}
	}
	taken, refused, err := take(add)
	if err != nil {
		return Report{}, err
	}
	for i, why := range refused {
		row := &report.Rows[at[i]]
		row.Override = taken[i]
		if why != nil {
			row.Outcome, row.Err = Refused, why
		}
	}
	for _, row := range report.Rows {
		switch row.Outcome {
		case Added:
			report.Added++
		case Unchanged:
			report.Unchanged++
		case Refused:
			report.Refused++
		}
	}
	return report, nil
}

// line is o as a file has it.
func line(o data.Override) string {
	var text strings.Builder
	if err := Write(&text, []data.Override{o}); err != nil {
		panic(err) // a Builder takes everything
	}
	return text.String()
}
