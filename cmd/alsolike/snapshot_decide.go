package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend/review"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// A decider is who decides about a snapshot, and why.
type decider struct{ author, note string }

func (d *decider) flags(e *env, cmd *cobra.Command) {
	e.authorFlag(cmd, &d.author)
	cmd.Flags().StringVar(&d.note, "note", "", "why: a `text` for others")
}

// decide has by decide about a snapshot, and writes that into the history: which one is
// in service before and after, or else in which state the snapshot is.
func (e *env) decide(ctx context.Context, dir *snapshot.Dir, by decider, what func(*snapshot.Dir) (review.Decision, error)) error {
	ctx = e.by(ctx, by.author)
	before, err := review.TakeStock(dir)
	if err != nil {
		return err
	}
	d, err := what(dir.By(data.AuthorOf(ctx), by.note))
	if err != nil {
		return err
	}
	store, err := e.openStore(ctx, false)
	if err == nil {
		defer store.Close()
		err = before.Record(ctx, store, dir, d, oneLine(by.note))
	}
	if err != nil {
		return fmt.Errorf("%s, but that is not in the history: %w", d.Summary, e.withCure(err))
	}
	return nil
}
