package main

import (
	"cmp"
	"fmt"

	"github.com/spf13/cobra"
)

func newSnapshotPruneCommand(e *env) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "prune",
		Short: "Drop what old snapshots no longer need",
		Long: `Prune drops the models and vectors of old snapshots, as every refresh does. Whole stay
the snapshot in service and the one before, those that are held, and the newest others
(snapshots.keep, 10 unless set). Of older ones that readers have had, the lists stay as
long as the event log (events.retention), for an evaluation; what no reader has had
goes.`,
		Example: `  alsolike snapshot prune
  ALSOLIKE_SNAPSHOTS_KEEP=2 alsolike snapshot prune`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			conf, err := e.loadConfig()
			if err != nil {
				return err
			}
			dir, err := e.snapshots()
			if err != nil {
				return err
			}
			if conf.Keep < 0 {
				fmt.Fprintln(e.stderr, "Nothing is pruned: snapshots.keep is all.")
				return nil
			}
			unlock, err := e.lock(refreshLock, "a refresh")
			if err != nil {
				return err
			}
			defer unlock()
			done, err := dir.Prune(cmd.Context(), cmp.Or(conf.Keep, defaultKeep), listsKept(conf))
			if err != nil {
				return e.withCure(err)
			}
			if asJSON {
				return e.writeJSON(map[string][]string{"pruned": orEmpty(done.Pruned), "removed": orEmpty(done.Removed)})
			}
			_, err = fmt.Fprintf(e.stdout, "Of %s the lists are left, %s removed.\n", plural(len(done.Pruned), "snapshot"), wereRemoved(len(done.Removed)))
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the ids as JSON")
	return cmd
}

func wereRemoved(n int) string {
	if n == 1 {
		return "1 is"
	}
	return count(n) + " are"
}

// orEmpty is ids, which JSON writes as a list even when there are none.
func orEmpty(ids []string) []string { return append([]string{}, ids...) }
