package ingest

import (
	"context"
	"errors"
	"fmt"

	"github.com/alsolike/alsolike/data"
)

// A Store is what Import needs of a store.
type Store interface {
	// PutArticles stores articles durably, all of them or, on an error, none.
	PutArticles(ctx context.Context, articles []data.Article) (data.Changes, error)
	// Article is the article of that id, or data.ErrNotFound.
	Article(ctx context.Context, id data.ArticleID) (data.Article, error)
}

// Options change an import. The zero value is the default.
type Options struct {
	DryRun    bool               // count what would be, and store nothing; the store may then be nil, an empty one
	MaxErrors int                // stop at so many refused records, before anything is stored; 0: no limit
	Progress  func(Progress)     // called often, and after every batch; nil: never
	Report    func(*RecordError) // called once for every refused record, in order; nil: never
}

// Progress tells how far an import is.
type Progress struct {
	Stage    Stage
	Bytes    int64 // of the sources read in this stage
	Total    int64 // bytes of all sources
	Articles int   // records read in this stage
	Stored   int   // articles that are durably in the store by now, unchanged ones too
}

// A Stage is one pass over the sources.
type Stage string

// The stages, in their order.
const (
	Checking Stage = "check" // refuses records and finds duplicates
	Storing  Stage = "store"
)

// A Summary counts what an import did. Read is the sum of Refused, Duplicates,
// Added, Updated and Unchanged, unless the import stopped early.
type Summary struct {
	Read         int // records, refused ones too
	Refused      int
	Files        int // of Refused: whole files, such as empty ones
	Duplicates   int // records that a later one with the same id replaced
	data.Changes     // of the store
	BadDates     int // records that lost a date
	BadLangs     int // records that lost their language

	Unknown   map[string]int    // field that is kept out -> records that hold it
	Languages map[data.Lang]int // of the articles that were stored
}

// A batch is stored in one transaction: few enough articles to show progress
// and to let other writers in, enough to make the disk's sync cheap.
const (
	batchArticles = 500
	batchBytes    = 4 << 20
)

// reportEvery is how many records pass between two calls of Progress.
const reportEvery = 64

// Import stores the articles of sources, as this package's Decisions say. What
// an error leaves behind is whole: the articles of every batch that Progress
// has told of are stored, and the Summary counts them.
//
// It returns an error if ctx ends (after the batch that is being stored), if
// o.MaxErrors records were refused, or if the store does not take a batch.
// Refused records are no error; see Summary.Refused.
func Import(ctx context.Context, sources []*Source, store Store, o Options) (Summary, error) {
	im := &importer{
		sources: sources, store: store, opts: o, last: map[data.ArticleID]place{},
		summary: Summary{Unknown: map[string]int{}, Languages: map[data.Lang]int{}},
	}
	err := im.check(ctx)
	if err == nil {
		err = im.put(ctx)
	}
	if err != nil {
		err = fmt.Errorf("ingest: import: %w", err)
	}
	return im.summary, err
}

type importer struct {
	sources []*Source
	store   Store
	opts    Options
	summary Summary
	last    map[data.ArticleID]place // of the last good record of every id

	progress  Progress
	batch     []data.Article
	batchSize int // bytes of text
}

// A place is where a record stands.
type place struct{ source, line int32 }

// check reads all sources once, counting, reporting and filling im.last.
func (im *importer) check(ctx context.Context) error {
	return im.eachRecord(ctx, Checking, func(at place, r *Record) error {
		im.summary.Read++
		if r.Err != nil {
			return im.refuse(r.Err)
		}
		for _, field := range r.Unknown {
			im.summary.Unknown[field]++
		}
		if r.BadDate {
			im.summary.BadDates++
		}
		if r.BadLang {
			im.summary.BadLangs++
		}
		if _, seen := im.last[r.Article.ID]; seen {
			im.summary.Duplicates++
		}
		im.last[r.Article.ID] = at
		return nil
	})
}

func (im *importer) refuse(bad *RecordError) error {
	im.summary.Refused++
	if bad.Line == 0 {
		im.summary.Files++
	}
	if im.opts.Report != nil {
		im.opts.Report(bad)
	}
	if im.opts.MaxErrors > 0 && im.summary.Refused >= im.opts.MaxErrors {
		return fmt.Errorf("stopped at refused record %d (--max-errors %d); nothing was stored", im.summary.Refused, im.opts.MaxErrors)
	}
	return nil
}

// put reads all sources a second time and stores the records in im.last.
func (im *importer) put(ctx context.Context) error {
	err := im.eachRecord(ctx, Storing, func(at place, r *Record) error {
		if r.Err != nil || im.last[r.Article.ID] != at {
			return nil
		}
		im.batch = append(im.batch, r.Article)
		im.batchSize += len(r.Article.Title) + len(r.Article.Body) + len(r.Article.Summary)
		if len(im.batch) < batchArticles && im.batchSize < batchBytes {
			return nil
		}
		return im.flush(ctx)
	})
	if err == nil {
		err = im.flush(ctx)
	}
	if err != nil {
		return err
	}
	if missing := len(im.last) - im.stored(); missing != 0 {
		return fmt.Errorf("%d articles could not be read a second time, since their files changed meanwhile; import them again", missing)
	}
	return nil
}

// stored counts the articles that are in the store by now or, in a dry run,
// would be.
func (im *importer) stored() int {
	return im.summary.Added + im.summary.Updated + im.summary.Unchanged
}

// flush stores the batch. A transaction that has begun is let finish even if
// ctx ends, so that stopping never throws work away.
func (im *importer) flush(ctx context.Context) error {
	if len(im.batch) == 0 {
		return nil
	}
	save := im.compare
	if !im.opts.DryRun {
		save = im.store.PutArticles
	}
	changes, err := save(context.WithoutCancel(ctx), im.batch)
	switch {
	case err != nil && im.progress.Stored == 0:
		return fmt.Errorf("nothing was stored: %w", err)
	case err != nil:
		return fmt.Errorf("the first %d articles are stored, the others are not: %w", im.progress.Stored, err)
	}
	im.summary.Changes.Add(changes)
	for i := range im.batch {
		im.summary.Languages[im.batch[i].Lang]++
	}
	if !im.opts.DryRun {
		im.progress.Stored = im.stored()
	}
	clear(im.batch)
	im.batch, im.batchSize = im.batch[:0], 0
	im.tell()
	return ctx.Err()
}

// compare counts what storing articles would change.
func (im *importer) compare(ctx context.Context, articles []data.Article) (data.Changes, error) {
	if im.store == nil {
		return data.Changes{Added: len(articles)}, nil
	}
	var changes data.Changes
	for i := range articles {
		stored, err := im.store.Article(ctx, articles[i].ID)
		switch {
		case errors.Is(err, data.ErrNotFound):
			changes.Added++
		case err != nil:
			return data.Changes{}, err
		case stored.Hash() == articles[i].Hash():
			changes.Unchanged++
		default:
			changes.Updated++
		}
	}
	return changes, nil
}

// eachRecord calls f with every record of all sources and reports progress.
func (im *importer) eachRecord(ctx context.Context, stage Stage, f func(place, *Record) error) error {
	im.progress = Progress{Stage: stage, Stored: im.progress.Stored}
	for _, s := range im.sources {
		im.progress.Total += s.Size()
	}
	var before int64 // bytes of the sources already read
	for i, s := range im.sources {
		for r := range s.Records(ctx) {
			im.progress.Bytes = before + r.Bytes
			if r.Line > 0 { // else it is the file that is refused
				im.progress.Articles++
			}
			if err := f(place{int32(i), int32(r.Line)}, &r); err != nil {
				return err
			}
			if im.progress.Articles%reportEvery == 0 {
				im.tell()
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		before += s.Size()
		im.progress.Bytes = before
	}
	im.tell()
	return nil
}

func (im *importer) tell() {
	if im.opts.Progress != nil {
		im.opts.Progress(im.progress)
	}
}
