package refresh

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime/debug"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed/crosslang"
	"github.com/alsolike/alsolike/recommend/snapshot"
	"github.com/alsolike/alsolike/recommend/story"
)

// A MemoryError is returned when a refresh needs more memory than it may hold.
type MemoryError struct {
	Limit, Needed int64 // bytes; Needed is estimated
	Articles      int
}

func (e *MemoryError) Error() string {
	return fmt.Sprintf("refresh: %d articles need about %d MB of memory even when the model is learnt from few of them, and the limit is %d MB; "+
		"raise the limit, or lower lsa.rank or neighbours.k", e.Articles, megabytes(e.Needed), megabytes(e.Limit))
}

// megabytes is bytes in millions, rounded up.
func megabytes(bytes int64) int64 { return (bytes + 999_999) / 1_000_000 }

// A demand is what the memory of a refresh depends on.
type demand struct {
	data.TextSize
	rank, k int
}

// Bytes, as measured with a heap that is collected often; see the package comment.
const (
	baseBytes     = 55e6 // the program, the store's cache, and what does not grow
	keptTextBytes = 64e6 // of texts that boilerplate is looked for in
	cardBytes     = 300
	pageBytes     = cardBytes + story.SketchBytes
	termShare     = 0.6  // of the texts' bytes, their weighted terms
	rankedBytes   = 1500 // of an article, while it is ranked: what is known of it, and its candidates
	leastSample   = 2000 // articles of which a model can be learnt
)

// needs is the memory, in bytes, that a refresh holds at most where the model is
// learnt from so many articles.
func (d demand) needs(sample int) int64 {
	n, rank := float64(d.Articles), float64(d.rank)
	learnt := min(n, float64(sample))
	text := float64(d.Bytes) * learnt / max(n, 1)
	terms := 350 * math.Sqrt(learnt) // of the vocabulary, which grows like this: 160 to 220 of real articles, 480 made up
	held := baseBytes + pageBytes*n
	model, vectors := 4*terms*rank, 4*n*rank

	lookForBoilerplate := baseBytes + 0.8*min(float64(d.Bytes), keptTextBytes)
	decompose := held + 1.1*text + 4*1.75*(2*rank+32)*min(terms, learnt) + model
	project := held + 1.1*text + model + 4*learnt*rank + vectors
	weighted := termShare * float64(d.Bytes)
	search := held + model + vectors + vectors/4 + 8*n*float64(d.k) + weighted
	ranking := held + model + vectors + 28*n*float64(d.k) + rankedBytes*n + 1.7*weighted
	if d.Translations >= crosslang.MinGroups {
		share := min(1, 1.5*float64(d.Translations)/n)
		search += 8*share*float64(d.Bytes) + 4*384*n + 4*n*float64(d.k)
	}
	return int64(1.1 * max(lookForBoilerplate, decompose, project, search, ranking))
}

// needsToGoOn is the memory, in bytes, that a refresh holds at most which goes on from
// that snapshot: its files, which are mapped, and what is made of them.
func needsToGoOn(m *snapshot.Manifest) int64 {
	n := float64(m.Counts.Articles)
	need := baseBytes + pageBytes*n + n*float64(5*m.Rank+36*m.Neighbours+rankedBytes) + 1.7*float64(m.Files["terms.bin"].Size)
	for _, file := range m.Files {
		need += float64(file.Size)
	}
	if m.Cross != nil {
		need += n * float64(5*m.Cross.Rank+16*m.Cross.Neighbours)
	}
	return int64(1.05 * need)
}

// sample is the number of articles that the model can be learnt from within so many
// bytes; 0 if even few are too many.
func (d demand) sample(limit int64) int {
	sample := d.Articles
	for d.needs(sample) > limit {
		if sample <= leastSample {
			return 0
		}
		sample = max(leastSample, sample*9/10)
	}
	return sample
}

// keepWithin lowers the sample that the model is learnt from until the refresh of
// store fits within the limit of memory, and has the limit kept until release is
// called. It returns a *MemoryError if not even a small sample does.
func (o *Options) keepWithin(ctx context.Context, store Store) (release func(), err error) {
	if o.MemoryLimit <= 0 {
		return func() {}, nil
	}
	sized, ok := store.(SizedStore)
	if !ok {
		return nil, errors.New("refresh: a limit of memory is asked for, and the store cannot tell how large its articles are")
	}
	size, err := sized.TextSize(ctx)
	if err != nil {
		return nil, fmt.Errorf("refresh: %w", err)
	}
	d := demand{size, o.LSA.Rank, o.K}
	if d.rank == 0 {
		d.rank = max(1, min(256, size.Articles/8))
	}
	if o.sampleOfAll = d.sample(o.MemoryLimit); o.sampleOfAll == 0 && size.Articles > 0 {
		return nil, &MemoryError{Limit: o.MemoryLimit, Needed: d.needs(leastSample), Articles: size.Articles}
	}
	// What the heap does not hold: the program, and the store's own memory.
	beside := 52e6 + o.MemoryLimit/25
	before := debug.SetMemoryLimit(max(1, o.MemoryLimit-beside))
	return func() { debug.SetMemoryLimit(before) }, nil
}
