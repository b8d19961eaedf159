package main

import (
	"context"
	"log/slog"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/fetch"
	"github.com/alsolike/alsolike/data/ingest"
	"github.com/alsolike/alsolike/data/sqlite"
)

// A remote is how sources of the network are read. Its store may be set when
// sources are open already; as long as it is nil, nothing was fetched before.
type remote struct {
	store   *sqlite.Store
	fetcher *fetch.Fetcher
}

// newRemote makes a remote whose requests to one host wait for one another.
func (e *env) newRemote(conf *config, allowPrivate bool, log *slog.Logger) *remote {
	r := &remote{}
	r.fetcher = fetch.New(fetch.Options{
		UserAgent: conf.FetchAgent, Delay: conf.FetchDelay, AllowPrivate: allowPrivate, Now: e.now, Log: log, Cache: r,
	})
	return r
}

// options are o for sources that this remote reads.
func (r *remote) options(o ingest.SourceOptions) ingest.SourceOptions {
	o.Fetcher, o.Known = r.fetcher, r.known
	return o
}

// known is the stored article of that URL, or data.ErrNotFound.
func (r *remote) known(ctx context.Context, url string) (data.Article, error) {
	if r.store == nil {
		return data.Article{}, data.ErrNotFound
	}
	return r.store.ArticleByURL(ctx, url)
}

// Validators implements fetch.Cache.
func (r *remote) Validators(ctx context.Context, url string) (etag, lastModified string, err error) {
	if r.store == nil {
		return "", "", nil
	}
	return r.store.Validators(ctx, url)
}

// SetValidators implements fetch.Cache.
func (r *remote) SetValidators(ctx context.Context, url, etag, lastModified string) error {
	if r.store == nil {
		return nil
	}
	return r.store.SetValidators(ctx, url, etag, lastModified)
}
