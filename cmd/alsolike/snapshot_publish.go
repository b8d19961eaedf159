package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

func newSnapshotPublishCommand(e *env) *cobra.Command {
	var by decider
	var except []string
	cmd := &cobra.Command{
		Use:   "publish [ID]",
		Short: "Put a snapshot into service",
		Long: `Publish puts a snapshot into service: one that waits for review or is held, without an id
the newest of these; or an older one, which is to roll the present one back. A running
server follows within a second.

With --except the lists of these articles stay as they are until the next refresh.`,
		Example: `  alsolike snapshot publish 20261123T200000Z-7f3a9c
  alsolike snapshot publish 20261123T200000Z-7f3a9c --except news/cranes --except news/ships --author mei`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := e.snapshots()
			if err != nil {
				return err
			}
			id, err := e.newest(dir, args, snapshot.AwaitsReview, snapshot.Held)
			if err != nil {
				return err
			}
			return e.decide(cmd.Context(), dir, by, snapshot.Publishes, func(dir *snapshot.Dir) (string, error) {
				if len(except) > 0 {
					return e.publishExcept(cmd.Context(), dir, id, except)
				}
				return id, dir.Publish(id)
			})
		},
	}
	cmd.Flags().StringArrayVar(&except, "except", nil, "the `id` of an article whose list stays as it is; may be repeated")
	by.flags(e, cmd)
	return cmd
}

// publishExcept publishes the snapshot that is id, but for the lists of these articles,
// which are those that are in service.
func (e *env) publishExcept(ctx context.Context, dir *snapshot.Dir, id string, articles []string) (string, error) {
	unlock, err := e.lock(refreshLock, "a refresh")
	if err != nil {
		return "", err
	}
	defer unlock()
	ids := make([]data.ArticleID, len(articles))
	for i, article := range articles {
		ids[i] = data.ArticleID(article)
	}
	return dir.PublishExcept(ctx, id, ids)
}

func newSnapshotRollbackCommand(e *env) *cobra.Command {
	var by decider
	cmd := &cobra.Command{
		Use:   "rollback",
		Short: "Put the snapshot published before into service again",
		Long: `Rollback puts the snapshot that was published before the present one into service
again. Until somebody publishes a newer one, or releases the one that was rolled back
(alsolike snapshot release), what refresh makes waits for review.`,
		Example: `  alsolike snapshot rollback
  alsolike snapshot rollback --author mei --note "sport under every obituary"`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir, err := e.snapshots()
			if err != nil {
				return err
			}
			return e.decide(cmd.Context(), dir, by, snapshot.RollsBack, (*snapshot.Dir).Rollback)
		},
	}
	by.flags(e, cmd)
	return cmd
}

func newSnapshotHoldCommand(e *env) *cobra.Command {
	return newSnapshotMarkCommand(e, &cobra.Command{
		Use:   "hold [ID]",
		Short: "Keep a snapshot, and newer ones, out of service until somebody decides",
		Long: `Hold keeps a snapshot, and all that refresh makes after it, from going into service by
itself, whatever review.publish says: until it is released (alsolike snapshot release),
or it or a newer one is published. Without an id it is the newest that waits for review.`,
		Example: `  alsolike snapshot hold 20261123T200000Z-7f3a9c --author mei --note "asked the desk"`,
	}, (*snapshot.Dir).Hold, snapshot.Holds, snapshot.AwaitsReview)
}

func newSnapshotReleaseCommand(e *env) *cobra.Command {
	return newSnapshotMarkCommand(e, &cobra.Command{
		Use:   "release [ID]",
		Short: "Undo hold, or let refreshes go on after a rollback",
		Long: `Release undoes hold: what review.publish lets into service goes there again. Of a
snapshot that was rolled back it lets newer ones into service, and not itself. Without an
id it is the newest that is held or was rolled back.`,
		Example: `  alsolike snapshot release 20261123T200000Z-7f3a9c`,
	}, (*snapshot.Dir).Release, snapshot.Releases, snapshot.Held, snapshot.RolledBack)
}

// newSnapshotMarkCommand completes a command that marks one snapshot, without an id the
// newest in one of these states.
func newSnapshotMarkCommand(e *env, cmd *cobra.Command, mark func(*snapshot.Dir, string) error, action string, states ...snapshot.State) *cobra.Command {
	var by decider
	cmd.Args = cobra.MaximumNArgs(1)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		dir, err := e.snapshots()
		if err != nil {
			return err
		}
		id, err := e.newest(dir, args, states...)
		if err != nil {
			return err
		}
		return e.decide(cmd.Context(), dir, by, action, func(dir *snapshot.Dir) (string, error) { return id, mark(dir, id) })
	}
	by.flags(e, cmd)
	return cmd
}
