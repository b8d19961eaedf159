package lsa

import (
	"math"
	"slices"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/token"
)

// A bag counts one text after another, all of one language and numbered alike: what it
// has learnt of words holds for those after.
type bag struct {
	rules   token.Rules
	indexer *token.Indexer // nil: no text has come
	tokens  []uint32       // scratch: ids of the terms in a field

	// Of the present text: its terms in the order in which they came.
	terms []uint32
	value []float32 // counts, weighted by field
	times []uint32  // occurrences in the present field
	place []uint32  // 1 + place in terms, by open addressing; 0: free. A power of two
}

// leastPlaces is the size of the table of places for short texts.
const leastPlaces = 512

// tally counts the terms of text: each occurrence counts as the weight of its field.
// Tokens for which id says no are left out. Counts are sums in a fixed order and do not
// depend on how the ids are given out.
func (b *bag) tally(text embed.Text, id func(term string) (uint32, bool)) {
	if b.indexer == nil {
		b.indexer = token.For(text.Lang, b.rules).Indexer(id)
		b.place = make([]uint32, leastPlaces)
	}
	b.terms, b.value, b.times, b.place = b.terms[:0], b.value[:0], b.times[:0], b.place[:leastPlaces]
	clear(b.place)
	for _, field := range text.Fields {
		weight := field.Weight
		if weight == 0 {
			weight = 1
		}
		if !isPositive(weight) {
			continue
		}
		b.tokens = b.indexer.Append(b.tokens[:0], field.Text)
		for _, term := range b.tokens {
			b.times[b.find(term)]++
		}
		for i, n := range b.times {
			if n > 0 {
				b.value[i] = min(b.value[i]+float32(float32(n)*weight), math.MaxFloat32)
				b.times[i] = 0
			}
		}
	}
}

// find is the place of term among those of the text, to which it is added if need be.
func (b *bag) find(term uint32) int {
	i := b.slot(term)
	if p := b.place[i]; p > 0 {
		return int(p - 1)
	}
	b.terms, b.value, b.times = append(b.terms, term), append(b.value, 0), append(b.times, 0)
	b.place[i] = uint32(len(b.terms))
	if 2*len(b.terms) > len(b.place) {
		b.grow()
	}
	return len(b.terms) - 1
}

// slot is the slot of term in the table of places, or the free one where it belongs.
func (b *bag) slot(term uint32) int {
	mask := len(b.place) - 1
	i := int(uint64(term)*0x9e3779b97f4a7c15>>32) & mask
	for b.place[i] > 0 && b.terms[b.place[i]-1] != term {
		i = (i + 1) & mask
	}
	return i
}

func (b *bag) grow() {
	n := 2 * len(b.place)
	b.place = slices.Grow(b.place[:0], n)[:n]
	clear(b.place)
	for i, term := range b.terms {
		b.place[b.slot(term)] = uint32(i + 1)
	}
}

// count appends to index the ids of the terms in text, ascending, and to value their
// counts, as tally has them.
func (b *bag) count(text embed.Text, id func(term string) (uint32, bool), index []uint32, value []float32) ([]uint32, []float32) {
	b.tally(text, id)
	lo := len(index)
	index = append(index, b.terms...)
	slices.Sort(index[lo:])
	for _, term := range index[lo:] {
		value = append(value, b.value[b.find(term)])
	}
	return index, value
}
