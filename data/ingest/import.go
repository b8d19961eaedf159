package ingest

import (
	"context"

	"github.com/alsolike/alsolike/data"
)

// A Store is what Import needs of a store.
type Store interface {
	PutArticles(ctx context.Context, articles []data.Article) (data.Changes, error)
	Article(ctx context.Context, id data.ArticleID) (data.Article, error) // data.ErrNotFound if unknown
}

// Options change an import. The zero value is the default.
type Options struct {
	DryRun    bool               // only count; the store may be nil, an empty one
	MaxErrors int                // stop after so many refused records, before anything is stored; 0: no limit
	Progress  func(Progress)     // nil: none
	Report    func(*RecordError) // called once for every refused record; nil: none
}

// Progress tells how far an import is.
type Progress struct {
	Stage    Stage
	Bytes    int64 // of the sources read in this stage
	Total    int64 // bytes of all sources
	Articles int   // records read in this stage
	Stored   int   // articles that are durably in the store by now
}

// A Stage is one pass over the sources.
type Stage string

const (
	Checking Stage = "check" // finds refused records and duplicates
	Storing  Stage = "store"
)

// A Summary counts what an import did.
type Summary struct {
	Read       int // records, refused ones too
	Refused    int
	Duplicates int // records that a later one with the same id replaced
	data.Changes
	BadDates  int
	BadLangs  int
	Unknown   map[string]int // unknown field: records that hold it
	Languages map[data.Lang]int
}

func Import(ctx context.Context, sources []*Source, store Store, o Options) (Summary, error) {
	panic("soon")
}
