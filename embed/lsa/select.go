package lsa

import (
	"cmp"
	"math"
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

// assemble makes the vocabulary of c and the matrix of its counts.
func (c corpus) assemble(opts Options) counted {
	columns := c.columns()
	terms, rows := c.selectTerms(len(columns), opts)
	made := counted{lang: c.lang, terms: terms, matrix: c.join(columns, rows, terms.len())}
	for _, column := range columns {
		made.texts = append(made.texts, column.doc)
	}
	return made
}

// A column is the place of a text's counts: entries index[lo:hi] of a counter.
type column struct {
	countedDoc
	counter int
}

// columns is the texts of c in their order.
func (c corpus) columns() []column {
	var columns []column
	for i, counter := range c.counters {
		for _, doc := range counter.docs {
			columns = append(columns, column{doc, i})
		}
	}
	slices.SortFunc(columns, func(a, b column) int { return cmp.Compare(a.doc, b.doc) })
	return columns
}

// selectTerms makes the vocabulary of the terms within the bounds, and says for each
// counter which row each of its ids has become.
func (c corpus) selectTerms(texts int, opts Options) (vocabulary, [][]uint32) {
	type found struct {
		term    string
		counter int
		id      uint32
	}
	var all []found
	rows := make([][]uint32, len(c.counters))
	for i, counter := range c.counters {
		rows[i] = make([]uint32, len(counter.terms))
		for id, term := range counter.terms {
			all = append(all, found{term, i, uint32(id)})
		}
	}
	slices.SortFunc(all, func(a, b found) int { return cmp.Compare(a.term, b.term) })

	pick := func(least, most int) vocabulary {
		v := vocabulary{offset: []uint32{0}}
		for start := 0; start < len(all); {
			end, freq := start, 0
			for ; end < len(all) && all[end].term == all[start].term; end++ {
				freq += c.counters[all[end].counter].freq[all[end].id]
			}
			row := uint32(noRow)
			if least <= freq && freq <= most {
				row = uint32(v.len())
				v.text = append(v.text, all[start].term...)
				v.offset = append(v.offset, uint32(len(v.text)))
			}
			for _, f := range all[start:end] {
				rows[f.counter][f.id] = row
			}
			start = end
		}
		return v
	}
	most := max(int(opts.MaxDocFreq*float64(texts)), opts.MinDocFreq)
	terms := pick(opts.MinDocFreq, most)
	if terms.len() == 0 {
		terms = pick(1, texts)
	}
	return terms, rows
}

// join makes one matrix of what the counters counted, column by column.
func (c corpus) join(columns []column, rows [][]uint32, terms int) *embed.Sparse {
	nnz := 0
	for i, counter := range c.counters {
		for _, id := range counter.index {
			if rows[i][id] != noRow {
				nnz++
			}
		}
	}
	s := &embed.Sparse{
		Rows: terms, Cols: len(columns),
		Ptr: make([]int, 1, len(columns)+1), Index: make([]uint32, 0, nnz), Value: make([]float32, 0, nnz),
	}
	var entries []uint64 // row<<32 | bits of the value
	for _, column := range columns {
		entries = entries[:0]
		counter := c.counters[column.counter]
		for e := column.lo; e < column.hi; e++ {
			if row := rows[column.counter][counter.index[e]]; row != noRow {
				entries = append(entries, uint64(row)<<32|uint64(math.Float32bits(counter.value[e])))
			}
		}
		slices.Sort(entries)
		for _, entry := range entries {
			s.Index = append(s.Index, uint32(entry>>32))
			s.Value = append(s.Value, math.Float32frombits(uint32(entry)))
		}
		s.Ptr = append(s.Ptr, len(s.Index))
	}
	return s
}
