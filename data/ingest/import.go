package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/alsolike/alsolike/data"
)

// A Store is what Import needs of a store.
type Store interface {
	// PutArticles stores articles durably, all of them or, on an error, none.
	PutArticles(ctx context.Context, articles []data.Article) (data.Changes, error)
	// Article is the article of that id, or data.ErrNotFound.
	Article(ctx context.Context, id data.ArticleID) (data.Article, error)
	// AddListed notes that the source of that key lists the articles of ids.
	AddListed(ctx context.Context, source string, ids []data.ArticleID) error
	// Listed is what AddListed has noted of the source, in order.
	Listed(ctx context.Context, source string) ([]data.ArticleID, error)
	// Unlist forgets that the source lists the articles of ids. Those that no
	// other source lists become unpublished; it counts them.
	Unlist(ctx context.Context, source string, ids []data.ArticleID) (unpublished int, err error)
	// ChangeArticles stores what f makes of those articles of ids that there
	// are; nobody changes them in between. It counts those that differ.
	ChangeArticles(ctx context.Context, ids []data.ArticleID, f func(*data.Article)) (changed int, err error)
	LanguageCounter
}

// Options change an import. The zero value is the default.
type Options struct {
	DryRun    bool               // count what would be, and store nothing; the store may then be nil, an empty one
	Mirror    bool               // what a source listed in earlier imports and no longer has becomes unpublished
	MaxErrors int                // stop at so many refused records; 0: no limit
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
// Skipped, Added, Updated and Unchanged, unless the import stopped early.
type Summary struct {
	Read         int // records, refused ones too
	Refused      int
	Files        int // of Refused: whole files, such as empty ones
	Duplicates   int // records that a later one with the same id replaced
	data.Changes     // of the store
	BadDates     int // records that lost a date
	BadLangs     int // records that lost their language
	Unpublished  int // articles that no source has any more; see Options.Mirror
	NotMirrored  int // sources that could not be mirrored, each reported

	Skipped   map[string]int  // why records are no articles to import, such as "draft" -> so many; nil: none
	Unknown   map[string]int  // field that is kept out -> records that hold it
	Languages data.LangCounts // of the articles that were stored
	Overruled int             // those detected that were said to be in another language, which their script rules out
}

// A batch is stored in one transaction: few enough articles to show progress
// and to let other writers in, enough to make the disk's sync cheap. What comes
// page by page from a site is not held back for long: a process that is killed
// would have to ask the site again.
const (
	batchArticles = 500
	batchBytes    = 4 << 20
	batchTime     = 10 * time.Second
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
		sources: sources, store: store, opts: o, last: map[data.ArticleID]place{}, seen: make([]seen, len(sources)),
		summary: Summary{Unknown: map[string]int{}, Languages: data.NewLangCounts()},
		unknown: map[data.ArticleID]unknown{}, replaced: data.NewLangCounts(),
	}
	if slices.ContainsFunc(sources, (*Source).Once) {
		im.taken = map[data.ArticleID]int{}
	}
	err := im.check(ctx)
	if err == nil {
		err = im.put(ctx)
	}
	if err == nil {
		err = im.mirror(ctx)
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
	last    map[data.ArticleID]place // of the last good record of every id in the sources that are read twice
	planned int                      // records of last that were met again
	seen    []seen                   // by source

	// taken tells the place in batch of every article that was taken for the
	// store, or stored for one that is there already. It is nil where no
	// source is read only once, since last then says all.
	taken map[data.ArticleID]int

	unknown  map[data.ArticleID]unknown // those in no known language; see assume
	replaced data.LangCounts            // in a dry run: of the stored articles that would be replaced

	progress   Progress
	batch      []data.Article
	batchSize  int                           // bytes of text
	batchBegun time.Time                     // when the first of batch came
	keep       []func(context.Context) error // to be called when batch is stored
}

// stored stands in importer.taken for an article that has left the batch.
const stored = -1

// A place is where a record stands: the how-manieth it is of its source.
type place struct{ source, record int32 }

// seen is what one source has told in this import.
type seen struct {
	listed  []data.ArticleID
	refused int
	same    bool // all is as it was in the last import
}

// check reads the sources that can be read again, counting, reporting and
// filling im.last.
func (im *importer) check(ctx context.Context) error {
	again := func(s *Source) bool { return !s.Once() }
	return im.eachRecord(ctx, Checking, again, func(at place, r *Record) error {
		if isArticle, err := im.count(at, r); err != nil || !isArticle {
			return err
		}
		if _, seen := im.last[r.Article.ID]; seen {
			im.summary.Duplicates++
		}
		im.last[r.Article.ID] = at
		return nil
	})
}

// count counts a record that is met for the first time, and tells whether it
// holds an article to store.
func (im *importer) count(at place, r *Record) (isArticle bool, err error) {
	from := &im.seen[at.source]
	if r.Unchanged && r.Article.ID == "" {
		from.same = true
		return false, nil
	}
	im.summary.Read++
	switch {
	case r.Err != nil:
		from.refused++
		return false, im.refuse(r.Err)
	case r.Skipped != "":
		if im.summary.Skipped == nil {
			im.summary.Skipped = map[string]int{}
		}
		im.summary.Skipped[r.Skipped]++
		return false, nil
	}
	from.listed = append(from.listed, r.Article.ID)
	if r.Unchanged {
		im.summary.Unchanged++
		return false, nil
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
	return true, nil
}

func (im *importer) refuse(bad *RecordError) error {
	im.summary.Refused++
	if bad.Line == 0 {
		im.summary.Files++
	}
	if im.opts.Report != nil {
		im.opts.Report(bad)
	}
	if im.opts.MaxErrors == 0 || im.summary.Refused < im.opts.MaxErrors {
		return nil
	}
	left := "nothing was stored"
	if im.progress.Stored > 0 {
		left = fmt.Sprintf("%d articles are stored", im.progress.Stored)
	}
	return fmt.Errorf("stopped at refused record %d (--max-errors %d); %s", im.summary.Refused, im.opts.MaxErrors, left)
}

// put reads all sources, most of them for the second time, and stores the
// records in im.last and those of sources that are read only once.
func (im *importer) put(ctx context.Context) error {
	all := func(*Source) bool { return true }
	err := im.eachRecord(ctx, Storing, all, func(at place, r *Record) error {
		if r.Keep != nil && !im.opts.DryRun {
			im.keep = append(im.keep, r.Keep)
		}
		if im.sources[at.source].Once() {
			if isArticle, err := im.count(at, r); err != nil || !isArticle {
				return err
			}
		} else {
			if r.Err != nil || r.Skipped != "" || r.Unchanged || im.last[r.Article.ID] != at {
				return nil
			}
			im.planned++
		}
		if im.sources[at.source].opts.Languages.settle(r) {
			im.summary.Overruled++
		}
		return im.take(ctx, &r.Article, im.sources[at.source].opts.Languages)
	})
	if err == nil {
		err = im.flush(ctx)
	}
	if err == nil {
		err = im.assume(ctx)
	}
	if err != nil && ctx.Err() != nil { // what a source has given once may never come again
		ctx := context.WithoutCancel(ctx)
		if im.flush(ctx) == nil {
			im.assume(ctx)
		}
		im.list(ctx)
	}
	if err != nil {
		return err
	}
	if missing := len(im.last) - im.planned; missing != 0 {
		return fmt.Errorf("%d articles could not be read a second time, since their files changed meanwhile; import them again", missing)
	}
	return im.list(ctx)
}

// take puts a into the batch, in the place of one with its id.
func (im *importer) take(ctx context.Context, a *data.Article, l *Languages) error {
	if im.taken != nil {
		if i, ok := im.taken[a.ID]; ok {
			im.summary.Duplicates++
			switch {
			case i != stored:
				im.note(a, l)
				im.batch[i] = *a
			case !im.opts.DryRun: // the article itself is counted already
				return im.replace(context.WithoutCancel(ctx), a, l)
			}
			return nil
		}
		im.taken[a.ID] = len(im.batch)
	}
	if len(im.batch) == 0 {
		im.batchBegun = time.Now()
	}
	im.note(a, l)
	im.batch = append(im.batch, *a)
	im.batchSize += len(a.Title) + len(a.Body) + len(a.Summary)
	if len(im.batch) < batchArticles && im.batchSize < batchBytes && time.Since(im.batchBegun) < batchTime {
		return nil
	}
	return im.flush(ctx)
}

// replace stores a in the place of an article that this import has stored.
func (im *importer) replace(ctx context.Context, a *data.Article, l *Languages) error {
	old, err := im.store.Article(ctx, a.ID)
	if err != nil {
		return err
	}
	im.countLanguage(&old, -1)
	same := im.unknown[a.ID].same
	im.note(a, l)
	fresh := []data.Article{*a}
	if err := im.hold(ctx, fresh); err != nil {
		return err
	}
	changes, err := im.store.PutArticles(ctx, fresh)
	if u, ok := im.unknown[a.ID]; ok {
		u.same = same && changes.Unchanged == 1
		im.unknown[a.ID] = u
	}
	im.countLanguage(a, 1)
	return err
}

// inStore counts the articles that are in the store by now or, in a dry run,
// would be.
func (im *importer) inStore() int {
	return im.summary.Added + im.summary.Updated + im.summary.Unchanged
}

// flush stores the batch. A transaction that has begun is let finish even if
// ctx ends, so that stopping never throws work away.
func (im *importer) flush(ctx context.Context) error {
	if len(im.batch) > 0 {
		if err := im.putBatch(ctx); err != nil {
			return err
		}
	}
	for _, keep := range im.keep {
		if err := keep(context.WithoutCancel(ctx)); err != nil {
			return err
		}
	}
	im.keep = im.keep[:0]
	return ctx.Err()
}

func (im *importer) putBatch(ctx context.Context) error {
	save := im.compare
	if !im.opts.DryRun {
		save = im.store.PutArticles
	}
	var changes data.Changes
	err := im.hold(context.WithoutCancel(ctx), im.batch)
	if err == nil {
		changes, err = save(context.WithoutCancel(ctx), im.batch)
	}
	switch {
	case err != nil && im.progress.Stored == 0:
		return fmt.Errorf("nothing was stored: %w", err)
	case err != nil:
		return fmt.Errorf("the first %d articles are stored, the others are not: %w", im.progress.Stored, err)
	}
	im.summary.Changes.Add(changes)
	for i := range im.batch {
		im.countLanguage(&im.batch[i], 1)
		if im.taken != nil {
			im.taken[im.batch[i].ID] = stored
		}
	}
	if !im.opts.DryRun {
		im.progress.Stored = im.inStore()
	}
	clear(im.batch)
	im.batch, im.batchSize = im.batch[:0], 0
	im.tell()
	return nil
}

// compare counts what storing articles would change.
func (im *importer) compare(ctx context.Context, articles []data.Article) (data.Changes, error) {
	if im.store == nil {
		return data.Changes{Added: len(articles)}, nil
	}
	var changes data.Changes
	for i := range articles {
		old, err := im.store.Article(ctx, articles[i].ID)
		switch {
		case errors.Is(err, data.ErrNotFound):
			changes.Added++
		case err != nil:
			return data.Changes{}, err
		case old.Hash() == articles[i].Hash():
			changes.Unchanged++
		default:
			changes.Updated++
		}
		if err == nil {
			im.replaced.Add(old.Lang, old.LangConfidence, 1)
		}
	}
	return changes, nil
}

// eachRecord calls f with every record of the sources that are wanted and
// reports progress.
func (im *importer) eachRecord(ctx context.Context, stage Stage, wanted func(*Source) bool, f func(place, *Record) error) error {
	if !slices.ContainsFunc(im.sources, wanted) {
		return ctx.Err()
	}
	im.progress = Progress{Stage: stage, Stored: im.progress.Stored}
	for _, s := range im.sources {
		if wanted(s) {
			im.progress.Total += s.Size()
		}
	}
	im.tell()        // that the stage begins: of a site, the first page may be long in coming
	var before int64 // bytes of the sources already read
	for i, s := range im.sources {
		if !wanted(s) {
			continue
		}
		size, number := s.Size(), int32(0)
		for r := range s.Records(ctx) {
			if r.Total > 0 {
				im.progress.Total += r.Total - size
				size = r.Total
			}
			im.progress.Bytes = before + r.Bytes
			if r.Err == nil || r.Line > 0 { // else it is the file that is refused
				im.progress.Articles++
			}
			number++
			if err := f(place{int32(i), number}, &r); err != nil {
				return err
			}
			if im.progress.Articles%reportEvery == 0 {
				im.tell()
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		before += size
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
