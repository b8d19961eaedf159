package story

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// A reader decides by the texts where sketches leave a doubt.
type reader struct {
	text func(row int) (title, body string, err error)
	shingler
	sets map[uint32][]uint64 // by row: the shingles of those read, ascending
}

// mostSets bounds the texts that are kept as shingles.
const mostSets = 4096

// A version is an article that another holds nearly all of, with as much again or more
// about it: a live report and the final one, a wire story and its next writing. Both have
// dates, not far from one another.
const (
	leastContainment = .95
	leastVersion     = 50 // shingles of the shorter text
	versionsWithin   = 3 * 24 * time.Hour
)

// doubt is how far from a threshold an estimate leaves a doubt: four times its standard
// deviation at most.
const doubt = .125

// relate finds how alike two rows are and whether one is a version of the other.
func (f *finder) relate(a, b uint32) (like float64, version bool, err error) {
	f.Compared++
	x, y := &f.sketches[a], &f.sketches[b]
	o := overlapOf(x, y)
	mayBeVersion := min(x.len(), y.len()) >= leastVersion && f.inTime(a, b)
	if f.text != nil && (x.more() || y.more()) &&
		(math.Abs(o.resemblance()-Threshold) < doubt || mayBeVersion && o.containment() > leastContainment-doubt) {
		if o, err = f.read(a, b); err != nil {
			return 0, false, err
		}
	}
	return o.resemblance(), mayBeVersion && o.containment() >= leastContainment, nil
}

func (f *finder) inTime(a, b uint32) bool {
	x, y := f.cards[a].PublishedAt, f.cards[b].PublishedAt
	return !x.IsZero() && !y.IsZero() && x.Sub(y).Abs() <= versionsWithin
}

// read is the overlap of two rows by their texts.
func (f *finder) read(a, b uint32) (overlap, error) {
	f.Read++
	x, err := f.shinglesOf(a)
	if err != nil {
		return overlap{}, err
	}
	y, err := f.shinglesOf(b)
	if err != nil {
		return overlap{}, err
	}
	return compare(x, y, false, false), nil
}

// shinglesOf reads the text of row.
func (f *finder) shinglesOf(row uint32) ([]uint64, error) {
	if set, ok := f.sets[row]; ok {
		return set, nil
	}
	title, body, err := f.text(int(row))
	if err != nil {
		return nil, fmt.Errorf("story: read article %q: %w", f.cards[row].ID, err)
	}
	var set []uint64
	f.shingles(string(f.cards[row].Lang), title, body, func(hash uint64) { set = append(set, hash) })
	slices.Sort(set)
	set = compact(set)
	if len(f.sets) == mostSets {
		clear(f.sets)
	}
	f.sets[row] = set
	return set, nil
}
