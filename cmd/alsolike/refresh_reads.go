package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/clicklog"
	"github.com/alsolike/alsolike/data/eventlog"
	"github.com/alsolike/alsolike/eval"
	"github.com/alsolike/alsolike/recommend/reads"
)

// readsBack is how far back the site's own events count at most.
const readsBack = 90 * 24 * time.Hour

// A readsLog is a log of reads that is not the site's own.
type readsLog struct {
	path    string
	mapping clicklog.Mapping
}

// newReadsLog is the log that --reads and --map name; nil if they name none.
func newReadsLog(path, columns string) (*readsLog, error) {
	if path == "" {
		if columns != "" {
			return nil, usagef("--map says how to read a log of reads; name it: --reads LOG")
		}
		return nil, nil
	}
	mapping, err := readsMapping(columns, nil)
	return &readsLog{path, mapping}, err
}

// readSignals is refresh.Options.Reads: what is in the site's event log and in log, if
// any. tell is told in words what could not be read.
func (e *env) readSignals(conf *config, log *readsLog, tell func(string)) func(context.Context, int, func(data.ArticleID) (int32, bool)) (*reads.Signals, error) {
	return func(ctx context.Context, n int, row func(data.ArticleID) (int32, bool)) (*reads.Signals, error) {
		joined := 0
		find := func(id data.ArticleID) (int32, bool) {
			at, ok := row(id)
			if plain, isNumber := eval.PlainNumber(string(id)); !ok && isNumber {
				at, ok = row(data.ArticleID(plain))
			}
			if ok {
				joined++
			}
			return at, ok
		}
		c := reads.NewCollector(n, find, reads.Options{AsOf: e.now()})
		if log != nil {
			all, err := clicklog.ReadReads(ctx, log.path, log.mapping)
			if err != nil {
				return nil, err
			}
			if bad := len(all.Bad); bad > 0 {
				tell(fmt.Sprintf("%s of %s could not be used; the first: %v", plural(bad, "row"), log.path, all.Bad[0]))
			}
			c.Log(all)
			if len(all.Reads) > 0 && joined == 0 {
				return nil, fmt.Errorf("no read of %s is of an article of this site: its first is of %q; map item to the column with the article's id", log.path, all.Reads[0].Item)
			}
		}
		some, err := e.observeEvents(ctx, conf, c, tell)
		if err != nil || log == nil && !some {
			return nil, err
		}
		return c.Signals(), nil
	}
}

// observeEvents gives c the events of the site's log, and reports whether there are any.
func (e *env) observeEvents(ctx context.Context, conf *config, c *reads.Collector, tell func(string)) (some bool, err error) {
	back := readsBack
	if kept := conf.Events.Retention; kept > 0 {
		back = min(back, kept)
	}
	since := e.now().Add(-back)
	paths, err := eventlog.Files(e.path(eventFolder), since, time.Time{})
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	faults := 0
	for event, fault := range clicklog.ReadEvents(ctx, paths, clicklog.EventOptions{Format: clicklog.Own}) {
		if fault != nil {
			faults++
			continue
		}
		if clicklog.TimeOf(event).Before(since) {
			continue
		}
		some = true
		c.Observe(event)
	}
	if faults > 0 {
		tell(fmt.Sprintf("%s of the event log could not be read; alsolike export events says which", plural(faults, "line")))
	}
	return some, ctx.Err()
}

// readsOf is "46,000 reads of 5,148 readers, 1,200 page views and 80 clicks".
func readsOf(c *reads.Counts) string {
	if c == nil {
		return "none; links are ranked by texts and what is known of articles"
	}
	s := fmt.Sprintf("%s of %s, %s of readers who are not told apart, %s; %s of articles read together",
		plural(c.Reads, "read"), plural(c.Readers, "reader"), plural(c.Views, "page view"), plural(c.Clicks, "click"), plural(c.Pairs, "pair"))
	if c.Elsewhere > 0 {
		s += fmt.Sprintf("; %s of other pages", plural(c.Elsewhere, "read"))
	}
	if c.Robots > 0 {
		s += fmt.Sprintf("; %s left out as robots", plural(c.Robots, "reader"))
	}
	return s
}
