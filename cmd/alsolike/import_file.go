package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
)

// importing is cmd as the command that takes in a file of what editors wish, each of
// which is a noun: overrides or rules. Of - it reads standard input. What into refuses it
// has named on standard error.
func (e *env) importing(noun string, into func(ctx context.Context, in io.Reader, file string, dryRun bool) (importedOverrides, error), cmd *cobra.Command) *cobra.Command {
	var (
		author         string
		dryRun, asJSON bool
	)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		var in io.Reader = os.Stdin
		if args[0] != "-" {
			file, err := os.Open(args[0])
			if err != nil {
				return err
			}
			defer file.Close()
			in = file
		}
		counts, err := into(e.by(cmd.Context(), author), in, args[0], dryRun)
		if err != nil {
			return err
		}
		switch {
		case asJSON:
			err = e.writeJSON(counts)
		case dryRun:
			_, err = fmt.Fprintf(e.stdout, "Would store %s; %s unchanged, %s refused. Nothing was stored.\n", plural(counts.Added, noun), count(counts.Unchanged), count(counts.Refused))
		default:
			_, err = fmt.Fprintf(e.stdout, "Stored %s; %s unchanged, %s refused.\n", plural(counts.Added, noun), count(counts.Unchanged), count(counts.Refused))
			if counts.Change != 0 {
				fmt.Fprintf(e.stderr, "To take all of it back: alsolike history revert --batch %d\n", counts.Change)
			}
		}
		if err == nil && counts.Refused > 0 {
			err = errSilent // each was named
		}
		return err
	}
	e.authorFlag(cmd, &author)
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "say what would become of every line, and store nothing")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the counts as JSON")
	return cmd
}
