package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/record"
)

// longestRule is how long a line of a file of rules may be.
const longestRule = 1 << 20

func newRuleImportCommand(e *env) *cobra.Command {
	return e.importing("rule", e.importRules, &cobra.Command{
		Use:   "import FILE.jsonl",
		Short: "Add the rules of a file of JSON lines",
		Long: `Import adds the rules of a file, or of standard input if that is named -, behind those
there are, in the order of the file: one JSON object a line, as rule export writes them.

A line that cannot be taken is named with its file, number and reason, and the others are
stored. A rule that is there already, the same in every field, is left alone, so that a
file may be imported again. Import removes nothing.

--dry-run reports and stores nothing; what was stored is taken back as a whole with
alsolike history revert --batch.

Exit code 1 means that some line was refused.`,
		Example: `  alsolike rule import rules.jsonl --dry-run
  alsolike rule import rules.jsonl
  alsolike rule export | alsolike --data ../other rule import -`,
		Args: cobra.ExactArgs(1),
	})
}

// importRules stores what is new of a file of that name, and names on standard error what is refused,
// in the order of its lines; with dryRun it stores nothing.
func (e *env) importRules(ctx context.Context, in io.Reader, file string, dryRun bool) (n importedOverrides, err error) {
	store, err := e.openSite(ctx, dryRun)
	if err != nil {
		return n, err
	}
	defer store.Close()
	present, err := store.Rules(ctx)
	if err != nil {
		return n, err
	}
	known := map[string]int{} // how often
	for _, r := range present {
		known[ruleLine(r)]++
	}
	type line struct {
		record.Error
		at int // in add; -1: Error says why not
	}
	var (
		lines []line
		add   []data.Rule
		names []string // of placements
	)
	for read := range record.New(file, in).Lines(longestRule) {
		var r data.Rule
		refusal := record.Error{File: file, Line: read.Number}
		err := json.Unmarshal(read.Text, &r)
		if err == nil {
			err = r.Validate()
		}
		switch {
		case read.Err != nil:
			refusal = *read.Err
		case err != nil:
			refusal.Reason = ruleReason(err)
		case known[ruleLine(r)] > 0:
			known[ruleLine(r)]--
			n.Unchanged++
			continue
		default:
			lines, add, names = append(lines, line{refusal, len(add)}), append(add, r), append(names, r.Under.Placements...)
			continue
		}
		lines = append(lines, line{refusal, -1})
	}
	var (
		stored  []data.Rule
		refused []error
	)
	if dryRun {
		refused, err = store.CheckRules(ctx, add)
	} else {
		stored, refused, err = store.AddRules(ctx, add)
	}
	if err != nil {
		return n, err
	}
	for _, r := range stored {
		if r.ID == 0 {
			continue
		}
		if n.Change, err = firstChange(ctx, store, data.KindRule, r.ID); err != nil {
			return n, err
		}
		break
	}
	for _, l := range lines {
		if l.at >= 0 {
			switch why := refused[l.at]; {
			case why == nil:
				n.Added++
				continue
			case errors.Is(why, data.ErrNotFound):
				l.Reason = why.Error() + "; alsolike export articles shows those there are"
			default:
				l.Reason = why.Error()
			}
		}
		n.Refused++
		fmt.Fprintln(e.stderr, &l.Error)
	}
	return n, e.warnOfPlacementNames(names...)
}

// ruleReason is why a line is no rule.
func ruleReason(err error) string {
	if invalid, ok := errors.AsType[*data.InvalidError](err); ok {
		return invalid.Error()
	}
	return "is no JSON object, as rule export writes them"
}

// ruleLine is r as a file has it: without what the store gives it.
func ruleLine(r data.Rule) string {
	r = r.In(time.UTC)
	r.ID, r.Order, r.Created = 0, 0, time.Time{}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r); err != nil {
		panic(err) // a rule holds nothing that JSON could not
	}
	return b.String()
}

func newRuleExportCommand(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "export",
		Short: "Write all rules in their order, as JSON lines",
		Long: `Write all rules, whether they hold at present or not, in their order: one JSON object a
line, which rule import takes back. Exported, imported elsewhere and exported again, they
are the same file.`,
		Example: "  alsolike rule export > rules.jsonl",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			store, err := e.openSite(cmd.Context(), true)
			if err != nil {
				return err
			}
			defer store.Close()
			all, err := store.Rules(cmd.Context())
			if err != nil {
				return err
			}
			w := bufio.NewWriter(e.stdout)
			for _, r := range all {
				_, _ = w.WriteString(ruleLine(r)) // Flush tells
			}
			return w.Flush()
		},
	}
}
