package eval

import (
	"context"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval/pack"
)

// A Ranker makes the list of links under an article. It must be safe for use by
// several goroutines.
type Ranker interface {
	// Rank returns the articles to link under seed, best first: the first k of
	// them, or more, or all there are when they are fewer. It may return none.
	Rank(ctx context.Context, seed data.ArticleID, k int) ([]data.ArticleID, error)
}

// A TimedRanker makes lists that differ from hour to hour, such as of the newest
// articles. Its Rank is the list at the end of the log.
type TimedRanker interface {
	Ranker

	// RankAt is Rank at the start of the hour at, from nothing that came later.
	RankAt(ctx context.Context, seed data.ArticleID, at time.Time, k int) ([]data.ArticleID, error)
}

// A PlaceRanker knows articles by their places in a catalogue. Where that is the very
// one of the pack, or of the Truth, that is measured with, nobody looks up ids.
type PlaceRanker interface {
	Ranker

	Catalogue() []pack.Article

	// Places appends to dst the places of what Rank returns, or RankAt unless at is
	// zero: of each article once.
	Places(dst []int32, seed int32, at time.Time, k int) []int32
}

// A lister asks a ranking for its lists in places of articles.
type lister struct {
	ranker   Ranker
	timed    TimedRanker // nil: lists are the same at all times
	places   PlaceRanker // nil: it knows other articles, or all by id
	articles []pack.Article
	row      map[data.ArticleID]int32
}

func newLister(r Ranker, articles []pack.Article, row map[data.ArticleID]int32) *lister {
	l := &lister{ranker: r, articles: articles, row: row}
	l.timed, _ = r.(TimedRanker)
	if p, ok := r.(PlaceRanker); ok {
		if c := p.Catalogue(); len(c) > 0 && len(c) == len(articles) && &c[0] == &articles[0] {
			l.places = p
		}
	}
	return l
}

// list appends to dst what the ranking returns for seed when it is asked for k links:
// its list at the time at, or unless it is a TimedRanker, or at is zero, that of Rank.
// An article that is not known is unknownPlace.
func (l *lister) list(ctx context.Context, dst []int32, seed int32, at time.Time, k int) ([]int32, error) {
	if l.places != nil {
		return l.places.Places(dst, seed, at, k), nil
	}
	id := data.ArticleID(l.articles[seed].ID)
	var ids []data.ArticleID
	var err error
	if l.timed != nil && !at.IsZero() {
		ids, err = l.timed.RankAt(ctx, id, at, k)
	} else {
		ids, err = l.ranker.Rank(ctx, id, k)
	}
	for _, id := range ids {
		row, known := l.row[id]
		if !known {
			row = unknownPlace
		}
		dst = append(dst, row)
	}
	return dst, err
}

// unknownPlace stands for an article that is not in the catalogue.
const unknownPlace = -1
