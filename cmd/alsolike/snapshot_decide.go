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

// decide has by decide about a snapshot, of which what returns the id, writes that into
// the history, and says it.
func (e *env) decide(ctx context.Context, dir *snapshot.Dir, by decider, action string, what func(*snapshot.Dir) (id string, err error)) error {
	ctx = e.by(ctx, by.author)
	id, err := what(dir.By(data.AuthorOf(ctx), by.note))
	if err != nil {
		return knownSnapshots(e.withCure(err))
	}
	said := "S" + review.Sentence(dir, action, id)[1:]
	store, err := e.openStore(ctx, false)
	if err == nil {
		defer store.Close()
		err = review.Record(ctx, store, dir)
	}
	if err != nil {
		return fmt.Errorf("%s, but that is not in the history yet, where the next decision or a server puts it: %w", said, e.withCure(err))
	}
	_, err = fmt.Fprintf(e.stdout, "%s.\n", said)
	return err
}
