package recommend

import (
	"context"
	"iter"
	"log/slog"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// A Store is what the engine asks of the articles and overrides.
type Store interface {
	// Revision counts the changes so far.
	Revision(ctx context.Context) (data.Revision, error)
	// CardsSince yields the card of every article changed after revision rev of the articles.
	CardsSince(ctx context.Context, rev int64) iter.Seq2[data.Card, error]
	// Overrides is every override, active or not.
	Overrides(ctx context.Context) ([]data.Override, error)
}

// A Query asks for the links of one article, named by ID or else by URL.
type Query struct {
	ID      data.ArticleID
	URL     string
	Limit   int              // most links; 0 means 5
	Exclude []data.ArticleID // never among the links
	Raw     bool             // without threshold and overrides
}

// Source says where a link comes from.
type Source string

// The sources of links.
const (
	Algorithm Source = "algorithm"
	Editor    Source = "editor"
)

// A Link is one item of a List.
type Link struct {
	Position int     // from 1
	Score    int     // 0–100, see snapshot.Scale; what people see
	Rank     float32 // the ranking score, unrounded: the cosine; 0 where it is not known
	Source   Source
	Card     data.Card
}

// A List is the links of one article.
type List struct {
	RecommendationID string // names the list: the same list has the same id
	Snapshot         string
	Article          data.Card
	Links            []Link
}

// Options of an Engine.
type Options struct {
	Secret    []byte           // signs recommendation ids; required
	Threshold int              // least score of an algorithm link, 0–100; default 0
	Now       func() time.Time // default time.Now
	Poll      time.Duration    // how often Watch looks; default 200 ms
	Log       *slog.Logger     // default slog.Default()
}

// Status is what an engine has in service.
type Status struct {
	Snapshot         string // "" when none is in service
	Created          time.Time
	Age              time.Duration
	Articles         int
	Languages        map[data.Lang]int
	StoreRevision    data.Revision
	Overrides        int
	Problem          string // what hinders the engine being up to date; "" when nothing does
}

// An Engine answers queries.
type Engine struct{}

// New makes an engine with nothing in service; Load puts it into service.
func New(store Store, snapshots *snapshot.Dir, opts Options) (*Engine, error) { panic("soon") }
// Load brings the engine up to date once.
func (e *Engine) Load(ctx context.Context) error { panic("soon") }
// Watch keeps the engine up to date until ctx ends.
func (e *Engine) Watch(ctx context.Context) error { panic("soon") }
// Ready reports whether a snapshot is in service.
func (e *Engine) Ready() bool { panic("soon") }
// Status reports what is in service.
func (e *Engine) Status() Status { panic("soon") }
// Related is the list of links of an article.
func (e *Engine) Related(ctx context.Context, q Query) (List, error) { panic("soon") }
