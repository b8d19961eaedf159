package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/sqlite"
)

// A wishKind is a kind of what editors wish, for the commands that all kinds have.
type wishKind struct {
	name   string // such as "rule", with its article in one
	one    string
	remove func(*sqlite.Store, context.Context, int64) error
	pause  func(*sqlite.Store, context.Context, int64, bool) error
}

var (
	overrideKind = wishKind{"override", "an override", (*sqlite.Store).RemoveOverride, (*sqlite.Store).PauseOverride}
	ruleKind     = wishKind{"rule", "a rule", (*sqlite.Store).RemoveRule, (*sqlite.Store).PauseRule}
)

func newWishRemoveCommand(e *env, kind wishKind) *cobra.Command {
	var author string
	cmd := &cobra.Command{
		Use:     "remove ID",
		Short:   "Remove " + kind.one,
		Example: "  alsolike " + kind.name + " remove 3",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return e.changeWish(e.by(cmd.Context(), author), kind, args[0], kind.remove, "removed")
		},
	}
	e.authorFlag(cmd, &author)
	return cmd
}

// newWishPauseCommand makes pause or resume.
func newWishPauseCommand(e *env, kind wishKind, pause bool) *cobra.Command {
	use, short, done := "resume", "Make a paused "+kind.name+" hold again", "in force again, as far as its dates say so"
	if pause {
		use, short, done = "pause", "Keep "+kind.one+", but let it not hold for the time being", "paused"
	}
	var author string
	cmd := &cobra.Command{
		Use:     use + " ID",
		Short:   short,
		Example: "  alsolike " + kind.name + " " + use + " 3",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return e.changeWish(e.by(cmd.Context(), author), kind, args[0], func(s *sqlite.Store, ctx context.Context, id int64) error {
				return kind.pause(s, ctx, id, pause)
			}, done)
		},
	}
	e.authorFlag(cmd, &author)
	return cmd
}

// changeWish changes the override or rule with the number in arg, which then is done.
func (e *env) changeWish(ctx context.Context, kind wishKind, arg string, change func(*sqlite.Store, context.Context, int64) error, done string) error {
	id, err := strconv.ParseInt(arg, 10, 64)
	if err != nil {
		return usagef("%q is not the number of %s; alsolike %s list shows them", arg, kind.one, kind.name)
	}
	store, err := e.openSite(ctx, false)
	if err != nil {
		return err
	}
	defer store.Close()
	if err := change(store, ctx, id); errors.Is(err, data.ErrNotFound) {
		return fmt.Errorf("there is no %s %d; alsolike %[1]s list shows them all", kind.name, id)
	} else if err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.stdout, "%s %d is %s.\n", strings.ToUpper(kind.name[:1])+kind.name[1:], id, done)
	return err
}

// wishState says whether what begins at from holds.
func wishState(active, paused bool, from, now time.Time) string {
	switch {
	case active:
		return "active"
	case paused:
		return "paused"
	case now.Before(from):
		return "not yet"
	}
	return "over"
}
