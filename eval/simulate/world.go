package simulate

import (
	"cmp"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"math"
	"slices"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval/pack"
)

// A World is a publisher with its articles, lists and readers.
type World struct {
	Articles  []pack.Article  // ascending by id
	Snapshots []pack.Snapshot // over Articles

	opts     Options
	from, to int64   // seconds since 1970
	moments  []int64 // distinct times of publication or taking down, in seconds
	readers  readerCounts
	taste    taste
	seeds    [][]float64 // by day: sums of the weights of articles up to each, as pages that are opened
	logits   [][]float64 // by snapshot, beside Item: score/Temperature
	override map[int32][]override
	log      []pack.Override
}

// An override is what editors did under one article.
type override struct {
	item        int32
	position    int // 0: blocked
	from, until int32
}

// New makes a world of these articles and of the lists of at least one snapshot;
// the first is production's. Articles stand in ascending order of their ids, and
// the snapshots are over them.
//
// It is an *data.InvalidError if an option is impossible.
func New(articles []pack.Article, snapshots []pack.Snapshot, opts Options) (*World, error) {
	opts = opts.withDefaults(len(snapshots))
	if err := opts.validate(len(snapshots)); err != nil {
		return nil, err
	}
	if len(articles) == 0 || len(snapshots) == 0 {
		return nil, errors.New("simulate: there are no articles, or no lists of links; import articles and refresh first")
	}
	w := &World{Articles: slices.Clone(articles), Snapshots: snapshots, opts: opts, override: map[int32][]override{}}
	if !slices.IsSortedFunc(articles, func(a, b pack.Article) int { return cmp.Compare(a.ID, b.ID) }) {
		panic("simulate: articles are not in the order of their ids")
	}
	w.setMoments()
	if err := w.setDays(); err != nil {
		return nil, err
	}
	w.setSeeds()
	w.setLogits()
	w.readers = newReaderCounts(opts.Impressions)
	w.taste = newTaste(opts.Seed, articles, snapshots)
	if err := w.edit(); err != nil {
		return nil, err
	}
	if err := w.scale(); err != nil {
		return nil, err
	}
	return w, nil
}

const day = 24 * 60 * 60

// setMoments finds the moments, and in which of them each article exists.
func (w *World) setMoments() {
	for _, a := range w.Articles {
		for _, t := range []time.Time{a.Published, a.Unpublished} {
			if !t.IsZero() {
				w.moments = append(w.moments, seconds(t))
			}
		}
	}
	slices.Sort(w.moments)
	w.moments = slices.Compact(w.moments)
	for i := range w.Articles {
		a := &w.Articles[i]
		a.Born, a.Died = 0, pack.Never
		if !a.Published.IsZero() {
			a.Born = w.moment(seconds(a.Published))
		}
		if !a.Unpublished.IsZero() {
			a.Died = w.moment(seconds(a.Unpublished))
		}
	}
}

// setDays finds the days that the log is of. In each of their moments some
// article must have a list.
func (w *World) setDays() error {
	last := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC).Unix()
	if n := len(w.moments); n > 0 {
		last = w.moments[n-1]
	}
	w.from = last/day*day - int64(w.opts.Days/2)*day
	if w.opts.From.IsZero() {
		for w.from < last && !w.anyServed(w.from) {
			w.from += day
		}
	} else {
		w.from = w.opts.From.Unix() / day * day
	}
	w.to = w.from + int64(w.opts.Days)*day
	moments := append([]int64{w.from}, w.moments...)
	for _, at := range moments {
		if w.from <= at && at < w.to && !w.anyServed(at) {
			return &data.InvalidError{Field: "from", Reason: fmt.Sprintf("is %s, and on %s no article exists that has links", date(w.from), date(at))}
		}
	}
	return nil
}

func date(at int64) string { return time.Unix(at, 0).UTC().Format(time.DateOnly) }

// anyServed reports whether some article has a list at that second.
func (w *World) anyServed(at int64) bool {
	now := when{moment: w.moment(at)}
	for a := range w.Articles {
		if w.served(int32(a), now) {
			return true
		}
	}
	return false
}

// seconds is the first whole second at which t is over.
func seconds(t time.Time) int64 {
	if t.Nanosecond() > 0 {
		return t.Unix() + 1
	}
	return t.Unix()
}

// moment is how many moments are over at that second.
func (w *World) moment(at int64) int32 {
	i, found := slices.BinarySearch(w.moments, at)
	if found {
		i++
	}
	return int32(i)
}

// setSeeds says how often each article is opened on each day: some are liked
// more than others (Zipf), and all when they are new.
func (w *World) setSeeds() {
	order := make([]int, len(w.Articles))
	draw := make([]uint64, len(w.Articles))
	for i, a := range w.Articles {
		order[i], draw[i] = i, hash(w.opts.Seed, seedPopularity, hashText(a.ID))
	}
	rank := make([]float64, len(order))
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(draw[a], draw[b]), a-b) })
	for r, i := range order {
		rank[i] = math.Pow(float64(r+1), -.8)
	}
	for d := range w.opts.Days {
		noon := w.from + int64(d)*day + day/2
		sums := make([]float64, len(w.Articles))
		var sum float64
		for i, a := range w.Articles {
			age := 30.0 // days
			if !a.Published.IsZero() {
				age = max(0, float64(noon-seconds(a.Published))/day)
			}
			sum += rank[i] * (.1 + math.Exp(-age/4))
			sums[i] = sum
		}
		w.seeds = append(w.seeds, sums)
	}
}

// setLogits makes the logits of draws from the scores of the lists.
func (w *World) setLogits() {
	temperature := w.opts.Temperature
	if temperature == 0 {
		temperature = w.spread() / 2
	}
	for i := range w.Snapshots {
		logits := make([]float64, len(w.Snapshots[i].Score))
		for j, score := range w.Snapshots[i].Score {
			logits[j] = score / temperature
		}
		w.logits = append(w.logits, logits)
	}
}

// spread is the mean difference of score between the first and the last item of
// a pool, in the snapshots that lists are drawn from; 2 if there is none.
func (w *World) spread() float64 {
	var sum float64
	n := 0
	for _, v := range w.opts.Variants {
		if !v.Drawn {
			continue
		}
		for a := range w.Articles {
			if _, scores := w.Snapshots[v.Snapshot].List(int32(a)); len(scores) > 1 {
				sum += scores[0] - scores[min(len(scores), w.opts.Pool)-1]
				n++
			}
		}
	}
	if !(sum > 0) {
		return 2
	}
	return sum / float64(n)
}

// Salts of hashes.
const (
	seedPopularity = 1 + iota
	seedPair
	seedItem
	seedEdit
	seedLog
)

// hash is a 64-bit hash of a few numbers (the finaliser of splitmix64 over each).
func hash(of ...uint64) uint64 {
	var h uint64
	for _, x := range of {
		h += x + 0x9e3779b97f4a7c15
		h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
		h = (h ^ h>>27) * 0x94d049bb133111eb
		h ^= h >> 31
	}
	return h
}

func hashText(s string) uint64 {
	h := fnv.New64a()
	io.WriteString(h, s)
	return h.Sum64()
}

// unit is h as a number from 0 up to, but not including, 1.
func unit(h uint64) float64 { return float64(h>>11) / (1 << 53) }
