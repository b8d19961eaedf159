package eval

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval/pack"
)

// Editors ranks what editors of the pack's site had pinned under an article in an
// hour, each at the position that they gave it, and below as production does.
func Editors(p *pack.Pack, production Ranker) TimedRanker {
	e := &editors{p: p, pins: newStanding(p, "pin", "unpin"), production: production, row: map[data.ArticleID]int32{}}
	for i := range p.Articles {
		e.row[data.ArticleID(p.Articles[i].ID)] = int32(i)
	}
	positions := map[int32]int{}
	for _, o := range p.Overrides {
		if o.Op == "pin" {
			if _, known := positions[o.Item]; !known {
				e.items = append(e.items, o.Item)
			}
			positions[o.Item] = o.Position
		}
	}
	for _, hours := range [][]int32{p.Impressions.Hour, p.Reads.Hour} {
		if len(hours) > 0 {
			e.last = max(e.last, slices.Max(hours)+1)
		}
	}
	slices.SortFunc(e.items, func(a, b int32) int { return cmp.Or(cmp.Compare(positions[a], positions[b]), cmp.Compare(a, b)) })
	e.positions = positions
	return e
}

type editors struct {
	p          *pack.Pack
	pins       *standing
	items      []int32 // ever pinned, by position and then by id
	positions  map[int32]int
	production Ranker
	row        map[data.ArticleID]int32
	last       int32 // hour at which the log ends
}

// Rank is the list at the end of the log.
func (e *editors) Rank(ctx context.Context, seed data.ArticleID, k int) ([]data.ArticleID, error) {
	list, err := e.production.Rank(ctx, seed, k)
	if err != nil {
		return nil, err
	}
	return e.pinned(seed, list, e.last), nil
}

func (e *editors) RankAt(ctx context.Context, seed data.ArticleID, at time.Time, k int) ([]data.ArticleID, error) {
	rank := e.production.Rank
	if timed, ok := e.production.(TimedRanker); ok {
		rank = func(ctx context.Context, seed data.ArticleID, k int) ([]data.ArticleID, error) {
			return timed.RankAt(ctx, seed, at, k)
		}
	}
	list, err := rank(ctx, seed, k)
	if err != nil {
		return nil, err
	}
	return e.pinned(seed, list, int32(floorDiv(at.Unix(), 3600))), nil
}

// pinned is list with what was pinned in that hour put in its place.
func (e *editors) pinned(seed data.ArticleID, list []data.ArticleID, hour int32) []data.ArticleID {
	source, known := e.row[seed]
	if !known {
		return list
	}
	list = slices.Clone(list)
	for _, item := range e.items {
		if item == source || !e.pins.holds(source, item, hour) {
			continue
		}
		id := data.ArticleID(e.p.Articles[item].ID)
		list = slices.DeleteFunc(list, func(other data.ArticleID) bool { return other == id })
		list = slices.Insert(list, min(max(e.positions[item]-1, 0), len(list)), id)
	}
	return list
}
