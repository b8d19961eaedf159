package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/alsolike/alsolike/data/ingest"
	"github.com/alsolike/alsolike/data/sqlite"
	"github.com/alsolike/alsolike/data/watch"
)

// loggedRefusals is how many refused records of one import are logged; the
// others are only counted.
const loggedRefusals = 10

// watchSources imports the configured sources whenever they are due, until ctx
// ends.
func (e *env) watchSources(ctx context.Context, conf *config, store *sqlite.Store, log *slog.Logger) error {
	languages, err := conf.languages()
	if err != nil {
		return err
	}
	remotes := map[bool]*remote{} // by AllowPrivate: shared, so that all sources of one host wait for one another
	var sources []watch.Source
	for _, s := range conf.Sources {
		s.Options.Languages = languages
		r := remotes[s.AllowPrivate]
		if r == nil {
			r = e.newRemote(conf, s.AllowPrivate, log)
			r.store = store
			remotes[s.AllowPrivate] = r
		}
		sources = append(sources, watch.Source{Name: s.Name, Every: s.Every, Import: func(ctx context.Context) (watch.Result, error) {
			result, err := importWatched(ctx, s, r, store, log)
			if err != nil {
				err = errors.New(s.hide(err.Error()))
			}
			return result, err
		}})
	}
	return watch.Run(ctx, sources, store, watch.Options{Now: e.now, Log: log})
}

// importWatched imports one source.
func importWatched(ctx context.Context, s watchedSource, r *remote, store *sqlite.Store, log *slog.Logger) (watch.Result, error) {
	source, err := ingest.Open(s.Path, r.options(s.Options))
	if err != nil {
		return watch.Result{}, err
	}
	reported, first := 0, ""
	sum, err := ingest.Import(ctx, []*ingest.Source{source}, store, ingest.Options{Mirror: s.Mirror, Report: func(bad *ingest.RecordError) {
		reason := s.hide(bad.Error())
		if reported++; reported == 1 {
			first = reason
		}
		if reported <= loggedRefusals {
			log.Warn("not imported", "source", s.Name, "reason", reason)
		}
	}})
	result := watch.Result{Changes: sum.Changes, Unpublished: sum.Unpublished, Refused: sum.Refused, Problem: first}
	if sum.Refused > 1 {
		result.Problem = fmt.Sprintf("%s were refused, the first: %s", plural(sum.Refused, "record"), first)
	}
	return result, err
}
