package pack

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
)

// DefaultMinCell is how many impressions a day an article needs to have all that
// is known of them in a pack.
const DefaultMinCell = 5

// MaxDwell is the most seconds of reading that a pack tells.
const MaxDwell = 600

// WriteOptions say how a pack is written.
type WriteOptions struct {
	// Seed decides the order of the rows and the numbers of readers and sessions,
	// so that equal packs give equal files. Empty, which is the default, draws a
	// seed and throws it away. Whoever knows the seed and has the log can tell
	// which row is which reader's; keep a seed of real readers as safe as the log,
	// or do not have one.
	Seed string

	// MinCell is the least number of impressions that an article must have had on
	// a day for their hours, devices, referrers and languages to be written; 0 is
	// DefaultMinCell, 1 writes all of them. See the package comment.
	MinCell int

	// Workers is how many columns are made at a time; 0: one a processor. It has no
	// part in what is written.
	Workers int
}

// Write writes p without anything that tells who a reader is, as the package
// comment says. p stays as it is. It is an error if p is not valid.
func Write(w io.Writer, p *Pack, opts WriteOptions) error {
	if err := p.Validate(); err != nil {
		return err
	}
	if n := max(p.Impressions.Len(), len(p.Impressions.Item), len(p.Reads.Item)); n > math.MaxInt32 {
		return fmt.Errorf("pack: %d rows are too many for one pack; pack fewer days", n)
	}
	columns := p.hide(opts).columns()
	blocks := make([]packed, len(columns))
	err := inParallel(len(columns), opts.Workers, func(i int) (err error) {
		blocks[i], err = compress(columns[i].name, columns[i].bytes())
		return err
	})
	if err != nil {
		return fmt.Errorf("pack: %w", err)
	}
	return writeBlocks(w, blocks)
}

// A column is a block to be written.
type column struct {
	name  string
	bytes func() []byte
}

// columns are all blocks of a file, in their order.
func (h *hidden) columns() []column {
	im, r := &h.Impressions, &h.Reads
	return []column{
		{"head", h.head},
		{"articles", h.articleTable},
		{"vectors", h.vectorTable},
		{"snapshot_length", func() []byte { return packInts(h.snapshotLengths(), 8) }},
		{"snapshot_item", func() []byte { return packInts(concat(h.Snapshots, func(s *Snapshot) []int32 { return s.Item }), 8) }},
		{"snapshot_score", func() []byte { return packFloats(concat(h.Snapshots, func(s *Snapshot) []float64 { return s.Score })) }},
		{"policies", h.policyTable},
		{"overrides", h.overrideTable},

		{"source", func() []byte { return packInts(take(h.rows, im.Source), 8) }},
		{"hour", func() []byte { return packInts(h.hours(), 0) }},
		{"moment", func() []byte { return packInts(take(h.rows, im.Moment), 0) }},
		{"variant", func() []byte { return packInts(take(h.rows, im.Variant), 0) }},
		{"snapshot", func() []byte { return packInts(take(h.rows, im.Snapshot), 0) }},
		{"policy", func() []byte { return packInts(h.newPolicies(), 0) }},
		{"reader", func() []byte { return packInts(renumbered(h.rows, im.Reader, h.reader), 0) }},
		{"session", func() []byte { return packInts(renumbered(h.rows, im.Session, h.session), 0) }},
		{"widget", func() []byte { return packInts(take(h.rows, im.Widget), 0) }},
		{"device", func() []byte { return packInts(h.unlessPooled(im.Device), 0) }},
		{"referrer", func() []byte { return packInts(h.unlessPooled(im.Referrer), 0) }},
		{"lang", func() []byte { return packInts(h.unlessPooled(im.Lang), 0) }},
		{"seen", func() []byte { return packInts(h.seen(), 0) }},
		{"length", func() []byte { return packInts(h.lengths(), 0) }},

		{"item", func() []byte { return packInts(takeRuns(h.rows, im.Start, im.Item), 8) }},
		{"p_kind", func() []byte { return packInts(kindsOfP(takeRuns(h.rows, im.Start, im.P)), 0) }},
		{"p", func() []byte { return packFloats(otherP(takeRuns(h.rows, im.Start, im.P))) }},
		{"flags", func() []byte { return packInts(takeRuns(h.rows, im.Start, im.Flags), 0) }},
		{"dwell", h.dwell},

		{"read_reader", func() []byte { return packInts(renumbered(h.reads, r.Reader, h.reader), 0) }},
		{"read_session", func() []byte { return packInts(renumbered(h.reads, r.Session, h.session), 0) }},
		{"read_item", func() []byte { return packInts(take(h.reads, r.Item), 8) }},
		{"read_hour", func() []byte { return packInts(take(h.reads, r.Hour), 0) }},
		{"read_moment", func() []byte { return packInts(take(h.reads, r.Moment), 0) }},
		{"read_from", func() []byte { return packInts(take(h.reads, r.From), 0) }},
	}
}

// head holds what the other blocks cannot be read without, and all names.
func (h *hidden) head() []byte {
	var w writer
	w.string(h.Simulated)
	w.bool(h.Unordered)
	w.count(h.Impressions.Len())
	w.count(len(h.Impressions.Item))
	w.count(len(h.Reads.Item))
	names := make([]string, len(h.Snapshots))
	for i := range h.Snapshots {
		names[i] = h.Snapshots[i].Name
	}
	for _, list := range [][]string{names, h.Variants, h.Widgets, h.Devices, h.Referrers, h.Languages} {
		w.strings(list)
	}
	checks := maps.Clone(h.Checks)
	if checks == nil {
		checks = map[string]int{}
	}
	pooled := 0
	for _, p := range h.pooled {
		if p {
			pooled++
		}
	}
	if pooled > 0 {
		checks[Pooled] = pooled
	}
	w.count(len(checks))
	for _, name := range slices.Sorted(maps.Keys(checks)) {
		w.string(name)
		w.varint(int64(checks[name]))
	}
	return w.b
}

// Pooled is the name in Pack.Checks of the number of impressions that lost hour,
// device, referrer and language because their article had few that day.
const Pooled = "pooled_impressions"

func (h *hidden) articleTable() []byte {
	var w writer
	w.count(len(h.Articles))
	for i := range h.Articles {
		a := &h.Articles[i]
		for _, s := range []string{a.ID, a.Title, a.URL, a.Section, a.Author, a.Lang, a.Group} {
			w.string(s)
		}
		w.strings(a.Tags)
		w.time(a.Published)
		w.time(a.Unpublished)
		w.varint(int64(a.Born))
		w.varint(int64(a.Died))
	}
	return w.b
}

func (h *hidden) vectorTable() []byte {
	var w writer
	for i := range h.Articles {
		w.count(len(h.Articles[i].Vector))
		for _, v := range h.Articles[i].Vector {
			w.byte(byte(v))
		}
	}
	return w.b
}

// snapshotLengths is the length of every list of every snapshot.
func (h *hidden) snapshotLengths() []int32 {
	return concat(h.Snapshots, func(s *Snapshot) []int32 {
		if len(s.Start) == 0 {
			return make([]int32, len(h.Articles))
		}
		return lengthsOf(s.Start)
	})
}

func (h *hidden) policyTable() []byte {
	var w writer
	w.count(len(h.policies))
	for i := range h.policies {
		p := &h.policies[i]
		w.string(p.Kind)
		w.count(p.Keep)
		w.count(len(p.Pool))
		for _, item := range p.Pool {
			w.count(int(item))
		}
		w.count(len(p.Logits))
		for _, logit := range p.Logits {
			w.float(logit)
		}
	}
	return w.b
}

func (h *hidden) overrideTable() []byte {
	var w writer
	w.count(len(h.Overrides))
	for _, o := range h.Overrides {
		w.string(o.Op)
		w.string(o.Section)
		for _, v := range []int{int(o.Source), int(o.Item), o.Position, int(o.Moment), int(o.Hour), int(o.Until)} {
			w.varint(int64(v))
		}
	}
	return w.b
}

// hours are those of the impressions; of pooled ones the first of the day.
func (h *hidden) hours() []int32 {
	hours := take(h.rows, h.Impressions.Hour)
	for i, row := range h.rows {
		if h.pooled[row] {
			hours[i] = firstHour(hours[i])
		}
	}
	return hours
}

// unlessPooled is a column of codes, with the unknown one for pooled impressions.
func (h *hidden) unlessPooled(column []uint8) []uint8 {
	codes := take(h.rows, column)
	for i, row := range h.rows {
		if h.pooled[row] {
			codes[i] = 0
		}
	}
	return codes
}

func (h *hidden) newPolicies() []int32 {
	codes := take(h.rows, h.Impressions.Policy)
	for i, old := range codes {
		if old >= 0 {
			codes[i] = h.policy[old]
		}
	}
	return codes
}

func (h *hidden) seen() []uint8 {
	seen := make([]uint8, len(h.rows))
	for i, row := range h.rows {
		if h.Impressions.Seen[row] {
			seen[i] = 1
		}
	}
	return seen
}

func (h *hidden) lengths() []int32 {
	lengths := make([]int32, len(h.rows))
	for i, row := range h.rows {
		from, to := h.Impressions.Items(int(row))
		lengths[i] = to - from
	}
	return lengths
}

// dwell is that of the items clicked; nothing at all where the log tells none.
func (h *hidden) dwell() []byte {
	im := &h.Impressions
	if im.Dwell == nil {
		return nil
	}
	var seconds []uint16
	for _, row := range h.rows {
		from, to := im.Items(int(row))
		for at := from; at < to; at++ {
			if im.Flags[at]&Clicked != 0 {
				seconds = append(seconds, im.Dwell[at])
			}
		}
	}
	return packInts(seconds, 0)
}

// What is stored of a probability.
const (
	isOne uint8 = iota
	isUnknown
	isOther // it is the next of block p
)

func kindsOfP(p []float64) []uint8 {
	kinds := make([]uint8, len(p))
	for i, v := range p {
		switch {
		case math.IsNaN(v):
			kinds[i] = isUnknown
		case v != 1:
			kinds[i] = isOther
		}
	}
	return kinds
}

func otherP(p []float64) []float64 {
	return slices.DeleteFunc(p, func(v float64) bool { return v == 1 || math.IsNaN(v) })
}

// take is column in the order of rows.
func take[T any](rows []int32, column []T) []T {
	taken := make([]T, len(rows))
	for i, row := range rows {
		taken[i] = column[row]
	}
	return taken
}

// takeRuns is column, of which row i has start[i] to start[i+1], in the order of rows.
func takeRuns[T any](rows, start []int32, column []T) []T {
	taken := make([]T, 0, len(column))
	for _, row := range rows {
		taken = append(taken, column[start[row]:start[row+1]]...)
	}
	return taken
}

func renumbered(rows, column []int32, number map[int32]int32) []int32 {
	taken := take(rows, column)
	for i, old := range taken {
		taken[i] = number[old]
	}
	return taken
}

func lengthsOf(start []int32) []int32 {
	lengths := make([]int32, len(start)-1)
	for i := range lengths {
		lengths[i] = start[i+1] - start[i]
	}
	return lengths
}

func concat[T any](snapshots []Snapshot, of func(*Snapshot) []T) []T {
	var all []T
	for i := range snapshots {
		all = append(all, of(&snapshots[i])...)
	}
	return all
}
