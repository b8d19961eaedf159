package lsa

import (
	"hash/maphash"
	"sync"
	"unsafe"
)

// A termTable numbers the terms of one language as they come from several goroutines.
// It holds each term once, at about 16 bytes and its text. Terms are parted by their
// hashes so that goroutines seldom wait for one another.
type termTable struct {
	seed   maphash.Seed
	shards [termShards]termShard
}

const (
	shardBits  = 5
	termShards = 1 << shardBits
)

// A termShard numbers the terms of its share from 0: number n of shard i is the id
// n<<shardBits | i.
type termShard struct {
	mu    sync.Mutex
	slots []termSlot // a power of two, by open addressing; at most three quarters are used
	end   []uint32   // term n is text[end[n-1]:end[n]]
	text  []byte
}

// A termSlot is free if after is 0.
type termSlot struct {
	hash  uint32
	after uint32 // the term's number + 1
}

func newTermTable() *termTable { return &termTable{seed: maphash.MakeSeed()} }

// id is the id of term, given out if it is new. It is never noRow.
func (t *termTable) id(term string) (id uint32, ok bool) {
	h := maphash.String(t.seed, term)
	i := h >> (64 - shardBits)
	return t.shards[i].number(term, uint32(h))<<shardBits | uint32(i), true
}

// term is the term of that id. It aliases t, to which none may be added meanwhile.
func (t *termTable) term(id uint32) string {
	return t.shards[id&(termShards-1)].term(id >> shardBits)
}

// bound is an upper bound of the ids.
func (t *termTable) bound() int {
	most := 0
	for i := range t.shards {
		most = max(most, len(t.shards[i].end))
	}
	return most << shardBits
}

func (s *termShard) number(term string, h uint32) uint32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if 4*len(s.end) >= 3*len(s.slots) {
		s.grow()
	}
	mask := len(s.slots) - 1
	i := int(h) & mask
	for ; s.slots[i].after > 0; i = (i + 1) & mask {
		if slot := s.slots[i]; slot.hash == h && s.term(slot.after-1) == term {
			return slot.after - 1
		}
	}
	s.text = append(s.text, term...)
	s.end = append(s.end, uint32(len(s.text)))
	s.slots[i] = termSlot{h, uint32(len(s.end))}
	return uint32(len(s.end) - 1)
}

func (s *termShard) term(n uint32) string {
	start := uint32(0)
	if n > 0 {
		start = s.end[n-1]
	}
	b := s.text[start:s.end[n]]
	return unsafe.String(unsafe.SliceData(b), len(b))
}

func (s *termShard) grow() {
	old := s.slots
	s.slots = make([]termSlot, max(16, 2*len(old)))
	mask := len(s.slots) - 1
	for _, slot := range old {
		if slot.after == 0 {
			continue
		}
		i := int(slot.hash) & mask
		for s.slots[i].after > 0 {
			i = (i + 1) & mask
		}
		s.slots[i] = slot
	}
}
