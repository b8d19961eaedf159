package lsa

import (
	"cmp"
	"context"
	"encoding/binary"
	"math"
	"math/bits"
	"slices"

	"github.com/alsolike/alsolike/embed"
)

// noRow marks a term that is not in the vocabulary.
const noRow = math.MaxUint32

// A counted is the texts of one language as a matrix.
type counted struct {
	lang   string
	terms  vocabulary
	global []float32     // weight of each term, once the matrix is weighted
	matrix *embed.Sparse // terms × texts
	texts  []int         // place of each column among the texts of all languages, ascending
}

// assemble makes the vocabulary of c and the matrix of its counts, and uses c up.
func (c corpus) assemble(opts Options) counted {
	columns := c.columns()
	terms, rows := c.selectTerms(columns, opts)
	*c.terms = termTable{} // its memory is free for the matrix
	made := counted{lang: c.lang, terms: terms, matrix: c.join(columns, rows, terms.len(), opts.Workers)}
	for _, column := range columns {
		made.texts = append(made.texts, column.doc)
	}
	return made
}

// A column is the place of a text's counts, among those of a worker.
type column struct {
	tallied
	worker int
}

func (c corpus) each(column column, f func(term uint32, count float32)) {
	c.workers[column.worker].each(column.tallied, f)
}

// columns is the texts of c in their order.
func (c corpus) columns() []column {
	var columns []column
	for i, t := range c.workers {
		for _, doc := range t.docs {
			columns = append(columns, column{doc, i})
		}
		t.docs = nil // they are in columns
	}
	slices.SortFunc(columns, func(a, b column) int { return cmp.Compare(a.doc, b.doc) })
	return columns
}

// mostCounts bounds the goroutines that count frequencies, each of which has a number
// for every term.
const mostCounts = 4

// frequencies is the number of texts that hold each term, by id.
func (c corpus) frequencies(columns []column, workers int) []uint32 {
	parts := make([][]uint32, min(workers, mostCounts))
	eachChunk(len(parts), workers, 1, func(part, _ int) {
		freq := make([]uint32, c.terms.bound())
		for _, column := range columns[part*len(columns)/len(parts) : (part+1)*len(columns)/len(parts)] {
			c.each(column, func(term uint32, _ float32) { freq[term]++ })
		}
		parts[part] = freq
	})
	for _, part := range parts[1:] {
		for term, n := range part {
			parts[0][term] += n
		}
	}
	return parts[0]
}

// selectTerms makes the vocabulary of the terms within the bounds, and says which row
// each id has become.
func (c corpus) selectTerms(columns []column, opts Options) (vocabulary, []uint32) {
	freq := c.frequencies(columns, opts.Workers)
	most := max(int(opts.MaxDocFreq*float64(len(columns))), opts.MinDocFreq)
	ids := within(freq, opts.MinDocFreq, most)
	if len(ids) == 0 {
		ids = within(freq, 1, len(columns))
	}
	c.sortTerms(ids)

	v := vocabulary{offset: make([]uint32, 1, len(ids)+1)}
	rows := freq // no longer needed
	for id := range rows {
		rows[id] = noRow
	}
	for row, id := range ids {
		v.text = append(v.text, c.terms.term(id)...)
		v.offset = append(v.offset, uint32(len(v.text)))
		rows[id] = uint32(row)
	}
	return v, rows
}

// within is the ids of terms in at least least and at most most texts.
func within(freq []uint32, least, most int) []uint32 {
	var ids []uint32
	for id, f := range freq {
		if least <= int(f) && int(f) <= most {
			ids = append(ids, uint32(id))
		}
	}
	return ids
}

// sortTerms puts ids in the order of their terms' bytes.
func (c corpus) sortTerms(ids []uint32) {
	type keyed struct {
		start uint64 // the first eight bytes, ended by zeros if there are fewer
		id    uint32
	}
	sorted := make([]keyed, len(ids))
	for i, id := range ids {
		var start [8]byte
		copy(start[:], c.terms.term(id))
		sorted[i] = keyed{binary.BigEndian.Uint64(start[:]), id}
	}
	slices.SortFunc(sorted, func(a, b keyed) int {
		if a.start != b.start {
			return cmp.Compare(a.start, b.start)
		}
		return cmp.Compare(c.terms.term(a.id), c.terms.term(b.id))
	})
	for i, s := range sorted {
		ids[i] = s.id
	}
}

// join makes one matrix of what the workers counted, column by column.
func (c corpus) join(columns []column, rows []uint32, terms, workers int) *embed.Sparse {
	s := &embed.Sparse{Rows: terms, Cols: len(columns), Ptr: make([]int, len(columns)+1)}
	eachChunk(len(columns), workers, chunkRows, func(lo, hi int) {
		for j := lo; j < hi; j++ {
			c.each(columns[j], func(term uint32, _ float32) {
				if rows[term] != noRow {
					s.Ptr[j+1]++
				}
			})
		}
	})
	for j := range columns {
		s.Ptr[j+1] += s.Ptr[j]
	}
	s.Index, s.Value = make([]uint32, s.Ptr[len(columns)]), make([]float32, s.Ptr[len(columns)])
	eachChunk(len(columns), workers, chunkRows, func(lo, hi int) {
		var entries, scratch []uint64 // row<<32 | bits of the value
		for j := lo; j < hi; j++ {
			entries = entries[:0]
			c.each(columns[j], func(term uint32, count float32) {
				if row := rows[term]; row != noRow {
					entries = append(entries, uint64(row)<<32|uint64(math.Float32bits(count)))
				}
			})
			entries, scratch = sortRows(entries, scratch, terms)
			index, value := s.Col(j)
			for e, entry := range entries {
				index[e], value[e] = uint32(entry>>32), math.Float32frombits(uint32(entry))
			}
		}
	})
	return s
}

// sortRows sorts entries by row, of which there are as many as rows and no two are
// equal, in storage that it takes in turn with scratch; it returns both. A radix sort
// takes a fifth of the time of a general one for the hundred terms of most texts.
func sortRows(entries, scratch []uint64, rows int) (sorted, spare []uint64) {
	scratch = slices.Grow(scratch[:0], len(entries))[:len(entries)]
	for shift := 32; shift < 32+bits.Len(uint(rows)); shift += 8 {
		var place [256]uint32
		for _, e := range entries {
			place[uint8(e>>shift)]++
		}
		next := uint32(0)
		for digit, n := range place {
			place[digit] = next
			next += n
		}
		for _, e := range entries {
			digit := uint8(e >> shift)
			scratch[place[digit]] = e
			place[digit]++
		}
		entries, scratch = scratch, entries
	}
	return entries, scratch
}

// eachChunk calls f with the ranges [lo, hi) of size that make up n, several at once.
func eachChunk(n, workers, size int, f func(lo, hi int)) {
	_ = inChunks(context.Background(), workers, n, size, f) // which fails by its context alone
}
