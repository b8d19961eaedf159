package eventlog

import (
	"encoding/binary"
	"hash/maphash"
	"slices"

	"github.com/alsolike/alsolike/data/clicklog"
)

// A memory knows which lists are recorded, and what of theirs.
type memory struct {
	lists, deeds recent
	seed         maphash.Seed
}

func newMemory(least int) memory {
	return memory{lists: newRecent(least), deeds: newRecent(least), seed: maphash.MakeSeed()}
}

// A deed is the hash by which an event is remembered; its zero value stands for one
// that is not.
type deed struct {
	to   *recent
	hash uint64
}

// check says whether e may be recorded, and by what to remember that it was.
func (m *memory) check(e clicklog.Event) (deed, error) {
	var h maphash.Hash
	h.SetSeed(m.seed)
	var list uint64
	switch e := e.(type) {
	case *clicklog.Impression:
		list = maphash.String(m.seed, e.ID)
		if m.lists.has(list) {
			return deed{}, ErrRepeated
		}
		return deed{&m.lists, list}, nil
	case *clicklog.Click:
		list = maphash.String(m.seed, e.Impression)
		write(&h, "clk", e.Impression, string(e.Item))
	case *clicklog.View:
		list = maphash.String(m.seed, e.Impression)
		write(&h, "view", e.Impression)
		for _, p := range slices.Compact(slices.Sorted(slices.Values(e.Positions))) {
			write(&h, string(binary.AppendVarint(nil, int64(p))))
		}
	case *clicklog.Reading:
		if e.Impression == "" {
			return deed{}, nil
		}
		list = maphash.String(m.seed, e.Impression)
		write(&h, "read", e.Impression, string(e.Item))
	default:
		return deed{}, nil
	}
	switch hash := h.Sum64(); {
	case !m.lists.has(list):
		return deed{}, ErrNoImpression
	case m.deeds.has(hash):
		return deed{}, ErrRepeated
	default:
		return deed{&m.deeds, hash}, nil
	}
}

// write writes texts so that no others have the same hash but by chance.
func write(h *maphash.Hash, texts ...string) {
	for _, s := range texts {
		var length [binary.MaxVarintLen64]byte
		h.Write(length[:binary.PutUvarint(length[:], uint64(len(s)))])
		h.WriteString(s)
	}
}

func (m *memory) keep(d deed) {
	if d.to != nil {
		d.to.add(d.hash)
	}
}

// A recent remembers numbers: the last least of them, and at most twice as many.
type recent struct {
	least       int
	now, before map[uint64]struct{}
}

func newRecent(least int) recent {
	return recent{least: least, now: map[uint64]struct{}{}, before: map[uint64]struct{}{}}
}

func (r *recent) has(n uint64) bool {
	_, now := r.now[n]
	_, before := r.before[n]
	return now || before
}

func (r *recent) add(n uint64) {
	if len(r.now) >= r.least {
		r.now, r.before = r.before, r.now
		clear(r.now)
	}
	r.now[n] = struct{}{}
}
