package pack

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"math/bits"
	mathrand "math/rand/v2"
	"slices"
)

// A hidden is a pack as it is written: with its rows in another order, its
// readers and sessions under other numbers, and the rows of small cells pooled.
type hidden struct {
	*Pack
	rows     []int32         // row i of the file is impression rows[i]
	reads    []int32         // the same of Reads
	reader   map[int32]int32 // new numbers by old ones
	session  map[int32]int32
	policy   []int32  // new numbers by old ones; -1: no impression has it
	policies []Policy // by new numbers
	pooled   []bool   // by impression
}

// hide decides what the file will not tell.
func (p *Pack) hide(opts WriteOptions) *hidden {
	var key [32]byte
	if opts.Seed != "" {
		key = sha256.Sum256([]byte("alsolike pack\x00" + opts.Seed))
	} else {
		rand.Read(key[:]) // never fails
	}
	random := mathrand.NewChaCha8(key)
	im := &p.Impressions
	h := &hidden{
		Pack:    p,
		rows:    permutation(random, im.Len()),
		reader:  renumber(random, im.Reader, p.Reads.Reader),
		session: renumber(random, im.Session, p.Reads.Session),
		pooled:  smallCells(im, opts.MinCell),
		reads:   make([]int32, len(p.Reads.Item)),
		policy:  make([]int32, len(p.Policies)),
	}
	for i := range h.reads {
		h.reads[i] = int32(i)
	}
	slices.SortStableFunc(h.reads, func(a, b int32) int {
		return cmp.Compare(h.reader[p.Reads.Reader[a]], h.reader[p.Reads.Reader[b]])
	})
	// Policies are numbered by the first row that has them: the order of the log
	// would tell which rows are the oldest.
	for i := range h.policy {
		h.policy[i] = -1
	}
	for _, row := range h.rows {
		if old := im.Policy[row]; old >= 0 && h.policy[old] < 0 {
			h.policy[old] = int32(len(h.policies))
			h.policies = append(h.policies, p.Policies[old])
		}
	}
	return h
}

// permutation is 0 to n-1 in random order, by Fisher and Yates.
func permutation(random *mathrand.ChaCha8, n int) []int32 {
	order := make([]int32, n)
	for i := range order {
		j, _ := bits.Mul64(random.Uint64(), uint64(i+1)) // of 0 to i, even but for i/2^64
		order[i] = order[j]
		order[j] = int32(i)
	}
	return order
}

// renumber gives the numbers that occur in the columns new ones, from 0 on, at
// random.
func renumber(random *mathrand.ChaCha8, columns ...[]int32) map[int32]int32 {
	number := map[int32]int32{}
	for _, column := range columns {
		for _, old := range column {
			if _, ok := number[old]; !ok {
				number[old] = int32(len(number))
			}
		}
	}
	order := permutation(random, len(number))
	for old, first := range number {
		number[old] = order[first]
	}
	return number
}

const day = 24 // hours

// firstHour is the first hour of the day of hour.
func firstHour(hour int32) int32 { return hour - (hour%day+day)%day }

// smallCells tells which impressions stand under an article that had fewer than
// least impressions on that day.
func smallCells(im *Impressions, least int) []bool {
	if least == 0 {
		least = DefaultMinCell
	}
	cell := func(i int) uint64 {
		return uint64(uint32(im.Source[i]))<<32 | uint64(uint32(firstHour(im.Hour[i])))
	}
	count := map[uint64]int{}
	for i := range im.Len() {
		count[cell(i)]++
	}
	small := make([]bool, im.Len())
	for i := range small {
		small[i] = count[cell(i)] < least
	}
	return small
}
