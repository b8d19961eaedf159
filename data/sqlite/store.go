package sqlite

import (
	"context"
	"iter"
	"time"

	"github.com/alsolike/alsolike/data"
)

// Options change how a store is opened. The zero value is the default.
type Options struct {
	ReadOnly bool             // never write, not even to bring an older store up to date
	Now      func() time.Time // nil: time.Now
}

// A Store is one SQLite file.
type Store struct{}

func Open(ctx context.Context, path string, o Options) (*Store, error) { panic("soon") }

func (s *Store) Close() error   { panic("soon") }
func (s *Store) ReadOnly() bool { panic("soon") }

// PutArticles stores articles in one transaction.
func (s *Store) PutArticles(ctx context.Context, articles []data.Article) (data.Changes, error) {
	panic("soon")
}

func (s *Store) Article(ctx context.Context, id data.ArticleID) (data.Article, error) { panic("soon") }

func (s *Store) ArticleByURL(ctx context.Context, url string) (data.Article, error) { panic("soon") }

// Articles yields every article in id order; ReadArticles does so together with the revision.
func (s *Store) Articles(ctx context.Context) iter.Seq2[data.Article, error] { panic("soon") }

// ReadArticles calls f with one unchanging view of the store: its revision and
// its articles in id order, which f may go through more than once.
func (s *Store) ReadArticles(ctx context.Context, f func(rev data.Revision, articles iter.Seq2[data.Article, error]) error) error {
	panic("soon")
}

// CardsSince yields the cards of the articles that changed after revision rev.
func (s *Store) CardsSince(ctx context.Context, rev int64) iter.Seq2[data.Card, error] { panic("soon") }

func (s *Store) Revision(ctx context.Context) (data.Revision, error) { panic("soon") }

func (s *Store) CountArticles(ctx context.Context) (map[data.State]int, error) { panic("soon") }

func (s *Store) AddOverride(ctx context.Context, o data.Override) (data.Override, error) {
	panic("soon")
}
func (s *Store) Overrides(ctx context.Context) ([]data.Override, error)  { panic("soon") }
func (s *Store) RemoveOverride(ctx context.Context, id int64) error      { panic("soon") }
func (s *Store) Secret(ctx context.Context, name string) ([]byte, error) { panic("soon") }
