package ingest

import (
	"context"
	"errors"
	"slices"

	"github.com/alsolike/alsolike/data"
)

// listBatch is how many ids are noted in one transaction.
const listBatch = 10_000

// list notes what every source has listed.
func (im *importer) list(ctx context.Context) error {
	if im.opts.DryRun {
		return nil
	}
	for i := range im.seen {
		for ids := range slices.Chunk(im.seen[i].listed, listBatch) {
			if err := im.store.AddListed(ctx, im.sources[i].Key(), ids); err != nil {
				return err
			}
		}
	}
	return nil
}

// mirror unpublishes what the sources listed in earlier imports and no longer
// have. A source that was not read whole, or that lists nothing at all, says
// nothing about what it has: such a one is reported instead.
func (im *importer) mirror(ctx context.Context) error {
	if !im.opts.Mirror || im.store == nil {
		return nil
	}
	for i, s := range im.sources {
		seen := &im.seen[i]
		var doubt string
		switch {
		case seen.same:
			continue
		case seen.refused > 0:
			doubt = "not all of it could be read"
		case len(seen.listed) == 0:
			doubt = "it lists no article"
		}
		if doubt != "" {
			if im.opts.Report != nil {
				im.opts.Report(&RecordError{File: s.Name(), Reason: "not mirrored, since " + doubt + "; what it listed before stays as it is"})
			}
			im.summary.NotMirrored++
			continue
		}
		if err := im.mirrorSource(ctx, s.Key(), seen.listed); err != nil {
			return err
		}
	}
	return nil
}

func (im *importer) mirrorSource(ctx context.Context, source string, listed []data.ArticleID) error {
	before, err := im.store.Listed(ctx, source)
	if err != nil {
		return err
	}
	slices.Sort(listed)
	gone := slices.DeleteFunc(before, func(id data.ArticleID) bool {
		_, found := slices.BinarySearch(listed, id)
		return found
	})
	if im.opts.DryRun {
		return im.countPublished(ctx, gone)
	}
	for ids := range slices.Chunk(gone, batchArticles) {
		n, err := im.store.Unlist(ctx, source, ids)
		im.summary.Unpublished += n
		if err != nil {
			return err
		}
	}
	return nil
}

// countPublished counts what a mirroring import would unpublish at most:
// another source may list some of it.
func (im *importer) countPublished(ctx context.Context, ids []data.ArticleID) error {
	for _, id := range ids {
		switch a, err := im.store.Article(ctx, id); {
		case errors.Is(err, data.ErrNotFound):
		case err != nil:
			return err
		case a.State != data.Unpublished:
			im.summary.Unpublished++
		}
	}
	return nil
}
