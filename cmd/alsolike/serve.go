package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"os"
	"runtime"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/sqlite"
	"github.com/alsolike/alsolike/recommend/clicks"
	"github.com/alsolike/alsolike/recommend/inventory"
	"github.com/alsolike/alsolike/recommend/popular"
	"github.com/alsolike/alsolike/recommend/refresh"
	"github.com/alsolike/alsolike/recommend/snapshot"
	"github.com/alsolike/alsolike/recommend/web"
	"github.com/alsolike/alsolike/recommend/web/editor"
)

// serveLock is the name within the data folder.
const serveLock = "serve.lock"

func newServeCommand(e *env) *cobra.Command {
	var addr string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Answer GET /v1/related",
		Long: `Serve answers the site's requests for links out of the published snapshot. New
snapshots, overrides and changed articles of other processes are in service within
a second, and no request ever waits for them.

  GET /v1/related?id=a1&limit=5   the links under an article; see alsolike help site, and GET /docs for all that there is
  POST /v1/related/batch          several lists at once
  PUT, DELETE /v1/articles/{id}   from a CMS with a key, in answers at once; see alsolike key
  POST /v1/articles               many of them, as JSON lines
  POST /v1/events                 what readers' pages report; kept in the folder events of the data folder
  GET /v1/status                  what is in service
  GET /healthz, /readyz           for load balancers
  GET /metrics                    for Prometheus
  /editor                         the editors' pages, for those who have an account; see alsolike help editors

With refresh.every in alsolike.yaml (or ALSOLIKE_REFRESH_EVERY) it also makes a new
snapshot that often: once after its start in any case, since the settings may have
changed, then whenever an article has. Each goes on from the one in service, as alsolike
refresh does, and is in service at once or waits for review (alsolike help review); with refresh.full_every the model is fitted anew at least that often.
What alsolike.yaml lists under sources it imports again and again; see alsolike help
articles. Proxies, limits, the pages that may ask, watching it, and all settings:
alsolike help operation.`,
		Example: `  alsolike serve
  alsolike serve --addr 127.0.0.1:9000
  ALSOLIKE_REFRESH_EVERY=15m alsolike serve
  ALSOLIKE_CORS_ORIGINS=https://www.example.org ALSOLIKE_LOG_ACCESS=all alsolike serve`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			conf, err := e.loadConfig()
			if err != nil {
				return err
			}
			if len(conf.Sources) > 0 { // then articles come by themselves
				err = e.makeDataDir()
			} else {
				err = e.needDataDir()
			}
			if err != nil {
				return err
			}
			ln, err := listen(addr)
			if err != nil {
				return err
			}
			return e.serve(cmd.Context(), ln, conf, nil)
		},
	}
	cmd.Flags().StringVar(&addr, "addr", ":8080", "the `address` to listen on")
	return cmd
}

func listen(addr string) (net.Listener, error) {
	if _, _, err := net.SplitHostPort(addr); err != nil {
		return nil, usagef("--addr is %q; write HOST:PORT, such as 127.0.0.1:8080, or :8080 for every address of this machine", addr)
	}
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		if op, ok := errors.AsType[*net.OpError](err); ok {
			err = op.Err
		}
		if call, ok := errors.AsType[*os.SyscallError](err); ok {
			err = call.Err
		}
		return nil, fmt.Errorf("cannot listen on %s: %w; name another address with --addr", addr, err)
	}
	return ln, nil
}

// serve answers the requests of ln until ctx ends, alone on the data folder.
// With nothing to serve it starts all the same, says so, and waits for it.
// The magazine, if any, is served beside the API. It closes ln.
func (e *env) serve(ctx context.Context, ln net.Listener, conf *config, magazine *web.Magazine) (err error) {
	defer ln.Close()
	log, err := e.logger(slog.LevelDebug)
	if err != nil {
		return err
	}
	unlock, err := e.lock(serveLock, "a server")
	if err != nil {
		return err
	}
	defer unlock()
	store, err := e.openStore(ctx, false)
	if err != nil {
		return err
	}
	defer store.Close()
	reads := popular.New(popular.Options{Now: e.now})
	engine, err := e.newEngine(ctx, store, conf, reads.Top, log)
	if err != nil {
		return err
	}
	if err := engine.Start(ctx); err != nil {
		log.Error("no links to serve yet", "error", err)
	}

	languages, err := conf.languages()
	if err != nil {
		return err
	}
	var events *web.Events
	var counter editor.Clicks
	if !conf.Events.Off {
		eventLog, err := e.openEventLog(conf, reads, log)
		if err != nil {
			return err
		}
		defer func() { // when no request runs any more
			if closeErr := eventLog.Close(); err == nil {
				err = closeErr
			}
		}()
		counter = clicks.New(ctx, e.path(eventFolder), clicks.Options{Now: e.now, Log: log})
		events = &web.Events{Log: eventLog, Verifier: engine, ReaderIDs: conf.Events.ReaderIDs, PerAddress: conf.Events.PerAddress}
	}
	sources := func(ctx context.Context) ([]web.SourceStatus, error) { return sourceStatus(ctx, store, conf) }
	articles := &web.Articles{Store: store, Keys: store, Engine: engine, Languages: languages}
	snapshots, err := e.snapshots()
	if err != nil {
		return err
	}
	server := web.New(web.Config{
		Recommender: engine, Articles: articles, Magazine: magazine, Sources: sources, Headings: conf.Headings, Log: log,
		Origins: conf.Service.Origins, Proxies: conf.Service.Proxies, Limits: conf.Service.Limits,
		Access: conf.Service.Access, MaxAge: conf.Service.MaxAge, Cache: conf.Service.Cache, Events: events,
		Editor: &editor.Config{
			Accounts: store, Keys: store, Overrides: store, Rules: store, History: store, Settings: conf.settings(), Location: conf.Zone,
			Update: func(ctx context.Context) error { return engine.Update(ctx) },
			Links: &editor.Links{
				Engine: engine, Inventory: inventory.New(engine, inventory.Options{}), Placements: slices.Sorted(maps.Keys(conf.Placements)), Clicks: counter,
			},
			Changes: &editor.Changes{
				Snapshots: snapshots, Policy: e.reviewPolicy(conf),
				Lock:  func() (func(), error) { return e.lock(refreshLock, "a refresh") },
				Views: func(ctx context.Context) (map[data.ArticleID]float64, error) { return e.views(ctx, conf) },
			},
			Evaluations: e.evaluations(),
		},
	})
	status := engine.Status()
	log.Info("serving", "addr", ln.Addr().String(), "snapshot", status.Snapshot, "articles", status.Articles)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return ignoreStop(ctx, engine.Watch(ctx)) })
	g.Go(func() error { return server.Run(ctx, ln) })
	g.Go(func() error { return ignoreStop(ctx, e.reconsider(ctx, conf, store, log)) })
	if conf.RefreshEvery > 0 {
		g.Go(func() error {
			b := &background{e: e, conf: conf, store: store, log: log}
			return b.run(ctx, engine.Ready)
		})
	}
	if len(conf.Sources) > 0 {
		g.Go(func() error { return ignoreStop(ctx, e.watchSources(ctx, conf, store, log)) })
	}
	err = g.Wait()
	log.Info("stopped")
	return err
}

// ignoreStop is err unless it only says that ctx has ended.
func ignoreStop(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// A background makes snapshots while a server runs.
type background struct {
	e     *env
	conf  *config
	store *sqlite.Store
	log   *slog.Logger
	done  int64             // revision of the articles in the last snapshot made here; 0: none yet
	last  snapshot.Manifest // of it
}

// untilFirst is how often a refresh is tried while nothing is in service: the
// first articles of a watched source should not wait for refresh.every.
const untilFirst = 10 * time.Second

// run refreshes every conf.RefreshEvery until ctx ends, and while nothing is
// ready at once and more often. A refresh that fails is logged; what is in
// service stays.
func (b *background) run(ctx context.Context, ready func() bool) error {
	for first := true; ; first = false {
		if !first || !ready() {
			switch err := b.refresh(ctx); {
			case ctx.Err() != nil:
				return nil
			case errors.Is(err, data.ErrBusy):
				b.log.Info("refresh left out: another one is running")
			case errors.Is(err, refresh.ErrNoArticles):
				b.log.Info("refresh left out: there are no articles yet")
			case err != nil:
				b.log.Error("refresh failed; the snapshot in service stays", "error", err)
			}
		}
		wait := b.conf.RefreshEvery
		if !ready() {
			wait = min(wait, untilFirst)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}

// refresh makes a snapshot if any article has changed since the last one, or if
// it is time to fit the model anew to those that have.
func (b *background) refresh(ctx context.Context) error {
	rev, err := b.store.Revision(ctx)
	if err != nil {
		return err
	}
	full := b.fullIsDue()
	if rev.Articles == b.done && !full {
		return nil
	}
	unlock, err := b.e.lock(refreshLock, "a refresh")
	if err != nil {
		return err
	}
	defer unlock()
	dir, err := snapshot.OpenDir(b.e.path(snapshotFolder))
	if err != nil {
		return err
	}
	opts := b.e.refreshOptions(b.conf)
	if opts.Ranking.Weights, err = b.e.rankingWeights(); err != nil {
		return err
	}
	opts.Reads = b.e.readSignals(b.conf, nil, func(problem string) { b.log.Warn(problem) })
	opts.Leave = true
	opts.Full, opts.Workers = full, max(1, runtime.GOMAXPROCS(0)-1) // one is for readers
	m, err := refresh.Run(ctx, b.store, dir, opts)
	if err != nil {
		return err
	}
	b.done, b.last = m.StoreRevision, m
	b.log.Info("refreshed", "snapshot", m.ID, "articles", m.Counts.Articles, "kind", m.Refresh.Kind, "took", roundDuration(duration(m)).String())
	why, err := b.e.settle(ctx, b.conf, b.store, dir, m.ID, false, func(problem string) { b.log.Warn(problem) })
	if err != nil {
		return err
	}
	if why != "" {
		b.log.Info("awaits review", "snapshot", m.ID, "reason", why)
	}
	if m.Drift.Due != "" {
		b.log.Info("a full refresh is due, and the next one will be full", "reason", m.Drift.Due)
	}
	return nil
}

// fullIsDue reports whether the model of the last snapshot made here is older than
// conf.FullEvery, and articles have come since it was fitted.
func (b *background) fullIsDue() bool {
	return b.conf.FullEvery > 0 && b.last.Drift.Folded > 0 && b.e.now().Sub(b.last.Fit.At) >= b.conf.FullEvery
}
