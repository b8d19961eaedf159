package main

import (
	"cmp"
	"context"

	"github.com/spf13/cobra"

	"github.com/alsolike/alsolike/data"
)

// authorFlag gives cmd, which changes something, a flag for who does so.
func (e *env) authorFlag(cmd *cobra.Command, author *string) {
	cmd.Flags().StringVar(author, "author", "", "the `name` of who does this, for the history (default: the user of this machine)")
}

// by is ctx for changes that author makes, or else whoever runs the command.
func (e *env) by(ctx context.Context, author string) context.Context {
	return data.WithAuthor(ctx, cmp.Or(author, e.getenv("USER", e.getenv("LOGNAME", ""))))
}
