package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/alsolike/alsolike/data/clicklog"
	"github.com/alsolike/alsolike/data/eventlog"
	"github.com/alsolike/alsolike/recommend/popular"
)

// eventFolder is the event log within the data folder.
const eventFolder = "events"

// eventSettings are the settings of what readers' pages report.
type eventSettings struct {
	Off       bool
	Retention time.Duration // 0: the default of eventlog; below: for ever
	ReaderIDs bool

	PerAddress float64 // requests a second; 0: the default of web, below: any number
}

var eventKeys = []configKey{
	{"events.enabled", "serve takes what readers' pages report and keeps it in the event log (default true)", func(c *config, v string) error {
		enabled, err := parseBool(v)
		c.Events.Off = !enabled
		return err
	}},
	{"events.retention", "how long a day of the event log is kept, such as 60d, or off: for ever (default 60d)", func(c *config, v string) (err error) {
		if isOff(v) {
			c.Events.Retention = -1
			return nil
		}
		c.Events.Retention, err = parseDays(v)
		return err
	}},
	{"events.reader_id", "daily: tell readers apart by a pseudonym that changes each day; off: not at all (default off)", func(c *config, v string) error {
		if c.Events.ReaderIDs = v == "daily"; !c.Events.ReaderIDs && !isOff(v) {
			return errors.New("must be off or daily")
		}
		return nil
	}},
	{"events.per_address", "reports a second of one address, ten seconds' worth of them at once, or off (default 20)", func(c *config, v string) (err error) {
		if c.Events.PerAddress, err = parseRate(v); c.Events.PerAddress == 0 {
			c.Events.PerAddress = -1
		}
		return err
	}},
}

// parseDays reads a number of days: 60d.
func parseDays(v string) (time.Duration, error) {
	const most = 100 * 365
	number, isDays := strings.CutSuffix(v, "d")
	n, err := strconv.Atoi(number)
	if err != nil || !isDays || n < 1 || n > most {
		return 0, errors.New("must be off or a number of days, such as 60d")
	}
	return time.Duration(n) * 24 * time.Hour, nil
}

// openEventLog opens the event log of the site, which this process alone writes.
// What is read counts in reads.
func (e *env) openEventLog(conf *config, reads *popular.Counter, log *slog.Logger) (*eventlog.Log, error) {
	return eventlog.Open(e.path(eventFolder), eventlog.Options{
		Retention: conf.Events.Retention, Now: e.now, Log: log, Observe: reads.Observe,
	})
}

func newExportEventsCommand(e *env) *cobra.Command {
	var since, until, format string
	cmd := &cobra.Command{
		Use:   "events",
		Short: "Write the event log: lists shown, and what became of them",
		Long: `Write the events that serve has taken, as JSON lines in the order in which they came.
They are all of the lists that were shown, what was seen and followed of them, and page
views; alsolike help evaluation says what their fields mean. A line that cannot be read
is told with its place, and the exit code is 1.`,
		Example: `  alsolike export events > events.ndjson
  alsolike export events --since 2026-11-01 --until 2026-12-01 | gzip > november.ndjson.gz`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if format != "jsonl" {
				return usagef("--format is %q; it may be jsonl", format)
			}
			from, err := parseTime("since", since)
			if err != nil {
				return err
			}
			to, err := parseTime("until", until)
			if err != nil {
				return err
			}
			return e.exportEvents(cmd.Context(), from, to)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&since, "since", "", "only events from then on: a `date` (UTC) or RFC 3339 time")
	flags.StringVar(&until, "until", "", "only events before then: a `date` (UTC) or RFC 3339 time")
	flags.StringVar(&format, "format", "jsonl", "`jsonl`")
	return cmd
}

// exportEvents writes the events of the log from since to until.
func (e *env) exportEvents(ctx context.Context, since, until time.Time) error {
	if err := e.needDataDir(); err != nil {
		return err
	}
	paths, err := eventlog.Files(e.path(eventFolder), since, until)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there are no events in %s yet; alsolike serve takes them", e.dataDir)
	}
	if err != nil {
		return err
	}
	w := clicklog.NewWriter(e.stdout)
	faults := 0
	for event, fault := range clicklog.ReadEvents(ctx, paths, clicklog.EventOptions{Format: clicklog.Own}) {
		if fault != nil {
			faults++
			fmt.Fprintln(e.stderr, fault)
			continue
		}
		at := clicklog.TimeOf(event)
		if at.Before(since) || !until.IsZero() && !at.Before(until) {
			continue
		}
		if err := w.Write(event); err != nil {
			return err
		}
	}
	if err := errors.Join(ctx.Err(), w.Flush()); err != nil {
		return err
	}
	if faults > 0 {
		return fmt.Errorf("%s of the event log could not be read", plural(faults, "line"))
	}
	return nil
}
