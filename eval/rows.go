package eval

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval/pack"
)

// extraLinks is how many links beyond k a ranking is asked for, to take the places of
// those that could not have been shown: more for one that is asked only once for
// an article, and then for all times.
const (
	extraLinks = 100
	extraTimed = 20
)

// rows are the lists of a ranking in numbers of articles.
type rows interface {
	// at is the list under seed in that hour and the last hour for which it holds.
	// The list may be overwritten by the next.
	at(seed, hour int32) (list []int32, until int32, err error)

	// own is the same for the use of one goroutine.
	own() rows

	// hourly reports whether lists differ from hour to hour.
	hourly() bool
}

// staticRows hold the list of every seed, by article.
type staticRows [][]int32

func (s staticRows) at(seed, _ int32) ([]int32, int32, error) { return s[seed], math.MaxInt32, nil }
func (s staticRows) own() rows                                { return s }
func (s staticRows) hourly() bool                             { return false }

// timedRows ask a TimedRanker.
type timedRows struct {
	ctx    context.Context
	lister *lister
	k      int
	list   []int32
}

func (r *timedRows) own() rows    { return &timedRows{ctx: r.ctx, lister: r.lister, k: r.k} }
func (r *timedRows) hourly() bool { return true }

func (r *timedRows) at(seed, hour int32) ([]int32, int32, error) {
	list, err := r.lister.list(r.ctx, r.list[:0], seed, hourTime(hour), r.k)
	r.list = list
	if r.lister.places == nil {
		list = distinct(list, r.k)
	}
	return list[:min(len(list), r.k)], hour, err
}

// distinct is the known articles among the first k of list, each once. It overwrites
// list.
func distinct(list []int32, k int) []int32 {
	kept := list[:0]
	for _, row := range list[:min(len(list), k)] {
		if row != unknownPlace && !slices.Contains(kept, row) {
			kept = append(kept, row)
		}
	}
	return kept
}

// rowsOf asks the ranker of e for its lists.
func rowsOf(ctx context.Context, e Entry, x *clickIndex, rowOf map[data.ArticleID]int32, k, workers int) (rows, error) {
	if s, ok := e.Ranker.(*served); ok && s.p == x.p {
		return s, nil
	}
	l := newLister(e.Ranker, x.p.Articles, rowOf)
	if l.timed != nil {
		return &timedRows{ctx: ctx, lister: l, k: k + x.pins + extraTimed}, nil
	}
	k += x.pins + extraLinks
	_, isFile := e.Ranker.(Lists)
	s := make(staticRows, len(x.p.Articles))
	err := eachBlock(len(x.seeds), workers, func() func(int, int, int) error {
		return func(_, from, to int) error {
			for _, seed := range x.seeds[from:to] {
				if x.p.Articles[seed].ID == "" && !isFile {
					continue // the log does not say under which article the list stood; a file may have a list for that
				}
				list, err := l.list(ctx, nil, seed, time.Time{}, k)
				if err != nil {
					return err
				}
				s[seed] = distinct(list, k)
			}
			return ctx.Err()
		}
	})
	if err != nil {
		return nil, fmt.Errorf("eval: %s: %w", e.Name, err)
	}
	return s, nil
}

// served is the ranking that most readers saw: in every hour the list of the
// snapshot that was live then.
type served struct {
	p    *pack.Pack
	from []int32 // hours, ascending
	snap []int16 // live from then on
}

// Production is the ranking that most readers of the log saw, and the name of its
// variant: its lists as they stand in the snapshots of the variant with the
// largest share that shows them undrawn. A pack without such a variant gives a
// *DataError.
func Production(p *pack.Pack) (Entry, string, error) {
	x := &clickIndex{p: p, im: &p.Impressions, hour: likelyHours(p)}
	if x.im.Len() == 0 {
		return Entry{}, "", dataErrorf("the log holds no impressions, so nothing says what readers saw")
	}
	e := &experiment{}
	e.findArms(x)
	e.findLive()
	byLine := map[int]int{}
	best := -1
	for _, a := range e.arms {
		if a.drawn || !hasLists(p, a.snapshot) {
			continue
		}
		byLine[a.line()] += a.n
		if best < 0 || byLine[a.line()] > byLine[best] {
			best = a.line()
		}
	}
	if best < 0 {
		return Entry{}, "", dataErrorf("the pack holds no lists of a snapshot that readers saw as they stand; attach the snapshots that the log names")
	}
	s := &served{p: p}
	for _, a := range e.arms {
		if a.line() == best && hasLists(p, a.snapshot) {
			s.from, s.snap = append(s.from, a.from), append(s.snap, a.snapshot)
		}
	}
	name := p.Variants[best>>1]
	note := "what most readers saw"
	if name != "" {
		note = "what most readers saw: variant " + name
	}
	return Entry{Name: servedName, Note: note, Ranker: s}, name, nil
}

func (s *served) own() rows    { return s }
func (s *served) hourly() bool { return false }

func (s *served) at(seed, hour int32) ([]int32, int32, error) {
	i := len(s.from) - 1
	for i > 0 && s.from[i] > hour {
		i--
	}
	until := int32(math.MaxInt32)
	if i+1 < len(s.from) {
		until = max(hour, s.from[i+1]-1)
	}
	list, _ := s.p.Snapshots[s.snap[i]].List(seed)
	return list, until, nil
}

// Rank returns the list of the snapshot that was live last.
func (s *served) Rank(ctx context.Context, seed data.ArticleID, k int) ([]data.ArticleID, error) {
	return s.rank(seed, math.MaxInt32, k)
}

// RankAt returns the list of the snapshot that was live in that hour.
func (s *served) RankAt(ctx context.Context, seed data.ArticleID, at time.Time, k int) ([]data.ArticleID, error) {
	return s.rank(seed, int32(at.Unix()/3600), k)
}

// Catalogue is the articles of the pack.
func (s *served) Catalogue() []pack.Article { return s.p.Articles }

// Places is Rank and RankAt in places of articles.
func (s *served) Places(dst []int32, seed int32, at time.Time, k int) []int32 {
	hour := int32(math.MaxInt32)
	if !at.IsZero() {
		hour = int32(at.Unix() / 3600)
	}
	list, _, _ := s.at(seed, hour)
	return append(dst, list[:min(k, len(list))]...)
}

func (s *served) rank(seed data.ArticleID, hour int32, k int) ([]data.ArticleID, error) {
	row, ok := slices.BinarySearchFunc(s.p.Articles, string(seed), func(a pack.Article, id string) int {
		switch {
		case a.ID < id:
			return -1
		case a.ID > id:
			return 1
		}
		return 0
	})
	if !ok {
		return nil, nil
	}
	list, _, err := s.at(int32(row), hour)
	ids := make([]data.ArticleID, 0, min(k, len(list)))
	for _, item := range list[:min(k, len(list))] {
		ids = append(ids, data.ArticleID(s.p.Articles[item].ID))
	}
	return ids, err
}
