package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/alsolike/alsolike/data/eventlog"
	"github.com/alsolike/alsolike/data/sqlite"
	"github.com/alsolike/alsolike/recommend/review"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// defaultKeep is how many snapshots stay whole beside those that are needed.
const defaultKeep = 10

// reviewKeys are the settings of which snapshots go into service by themselves, and
// of how many are kept.
var reviewKeys = []configKey{
	{"review.publish", "always: what refresh makes is in service at once; never: when somebody publishes it; auto: at once if few links change (default always)", func(c *config, v string) error {
		c.Review.Publish = review.Rule(v)
		if !slices.Contains([]review.Rule{review.Always, review.Never, review.Auto}, c.Review.Publish) {
			return errors.New("must be always, never or auto")
		}
		return nil
	}},
	{"review.max_changed", "of review.publish auto: the share of the links that may change (default 10%)", func(c *config, v string) (err error) {
		c.Review.MaxChanged, err = parseShare(v)
		if err == nil && c.Review.MaxChanged == 0 {
			c.Review.MaxChanged = -1
		}
		return err
	}},
	{"review.gate", "of review.publish auto: and the JSON report of an evaluation, a file in the data folder, must say that the snapshot passes (default none)", func(c *config, v string) error {
		c.Review.Gate = v
		return nil
	}},
	{"snapshots.keep", "snapshots kept whole, beside the one in service and the one before; of older ones that readers have had the lists are kept as long as events; or all (default 10)", func(c *config, v string) (err error) {
		if v == "all" {
			c.Keep = -1
			return nil
		}
		if c.Keep, err = parseInt(v, 1, 1_000_000); err != nil {
			return fmt.Errorf("%w, or all", err)
		}
		return nil
	}},
}

// reviewPolicy is the configured one, with the path of its gate.
func (e *env) reviewPolicy(conf *config) review.Policy {
	p := conf.Review
	if p.Gate != "" && !filepath.IsAbs(p.Gate) {
		p.Gate = e.path(p.Gate)
	}
	return p
}

// settle puts a snapshot that was just made into service or leaves it for review, and
// why says in words what for; asked: because somebody wants to look at it. Then it
// prunes old ones, and tells what is in the way of that.
func (e *env) settle(ctx context.Context, conf *config, store *sqlite.Store, dir *snapshot.Dir, id string, asked bool, tell func(string)) (why string, err error) {
	if asked {
		why = "it was asked for (refresh --review)"
		err = dir.By("", why).LeaveAsked(id)
	} else {
		why, err = e.reviewPolicy(conf).Settle(dir, id)
	}
	if err != nil {
		return "", err
	}
	if err := review.Record(ctx, store, dir); err != nil {
		tell("what was decided about snapshots is not in the history yet: " + e.withCure(err).Error())
	}
	if conf.Keep >= 0 {
		if _, err := dir.Prune(ctx, cmp.Or(conf.Keep, defaultKeep), listsKept(conf)); err != nil {
			tell("old snapshots were not pruned: " + e.withCure(err).Error())
		}
	}
	return why, nil
}

// listsKept is how long the lists of old snapshots are kept: as long as the events that
// tell of them; 0: for ever.
func listsKept(conf *config) time.Duration {
	return max(0, cmp.Or(conf.Events.Retention, eventlog.DefaultRetention))
}

// reconsidered is how often a server looks whether something has changed for what waits.
const reconsidered = time.Second

// reconsider puts what waits for review into service when the policy lets it, as after
// an evaluation or when an editor lets go of it, until ctx ends. It also writes into the
// history what somebody decided and could not write there, as after a crash.
func (e *env) reconsider(ctx context.Context, conf *config, store *sqlite.Store, log *slog.Logger) error {
	dir, err := snapshot.OpenDir(e.path(snapshotFolder))
	if err != nil {
		return err
	}
	policy := e.reviewPolicy(conf)
	before, recorded, problem := "", "", ""
	for {
		decided := stamp(e.path(snapshotFolder, snapshot.PointerFile))
		if now := decided + stamp(policy.Gate); now != before && policy.Publish != review.Never {
			id, err := policy.Reconsider(dir)
			switch {
			case err != nil:
				log.Error("what waits for review cannot be looked at", "error", err)
			case id != "":
				log.Info("published", "snapshot", id, "reason", "review.publish lets it")
			}
			before = now
		}
		if decided != recorded {
			err := review.Record(ctx, store, dir)
			switch {
			case err == nil:
				recorded, problem = decided, ""
			case ctx.Err() == nil && err.Error() != problem: // it is tried again
				problem = err.Error()
				log.Error("what was decided about snapshots is not in the history yet", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(reconsidered):
		}
	}
}

// stamp tells one content of the file at path from another, without reading it.
func stamp(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return "none "
	}
	return fmt.Sprint(info.ModTime().UnixNano(), info.Size(), " ")
}
