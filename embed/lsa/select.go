package lsa

import (
	"cmp"
	"math"
	"slices"

	"github.com/alsolike/alsolike/embed"
)

// noRow marks a term that is not in the vocabulary.
const noRow = math.MaxUint32

// selectTerms makes the vocabulary of the terms within the bounds, and says for each
// counter which row each of its ids has become.
func selectTerms(counters []*counter, texts int, opts Options) (vocabulary, [][]uint32) {
	type found struct {
		term    string
		counter int
		id      uint32
	}
	var all []found
	rows := make([][]uint32, len(counters))
	for c, counter := range counters {
		rows[c] = make([]uint32, len(counter.terms))
		for id, term := range counter.terms {
			all = append(all, found{term, c, uint32(id)})
		}
		counter.ids = nil // no longer needed, and large
	}
	slices.SortFunc(all, func(a, b found) int { return cmp.Compare(a.term, b.term) })

	pick := func(least, most int) vocabulary {
		v := vocabulary{offset: []uint32{0}}
		for start := 0; start < len(all); {
			end, freq := start, 0
			for ; end < len(all) && all[end].term == all[start].term; end++ {
				freq += counters[all[end].counter].freq[all[end].id]
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

// assemble joins what the counters counted, in the order of the texts.
func assemble(counters []*counter, rows [][]uint32, terms, texts int) *embed.Sparse {
	type place struct{ counter, lo, hi int }
	places := make([]place, texts)
	nnz := 0
	for c, counter := range counters {
		for _, d := range counter.docs {
			places[d.doc] = place{c, d.lo, d.hi}
		}
		for _, id := range counter.index {
			if rows[c][id] != noRow {
				nnz++
			}
		}
	}
	s := &embed.Sparse{
		Rows: terms, Cols: texts,
		Ptr: make([]int, 1, texts+1), Index: make([]uint32, 0, nnz), Value: make([]float32, 0, nnz),
	}
	var column []uint64 // row<<32 | bits of the value
	for _, p := range places {
		column = column[:0]
		c := counters[p.counter]
		for e := p.lo; e < p.hi; e++ {
			if row := rows[p.counter][c.index[e]]; row != noRow {
				column = append(column, uint64(row)<<32|uint64(math.Float32bits(c.value[e])))
			}
		}
		slices.Sort(column)
		for _, entry := range column {
			s.Index = append(s.Index, uint32(entry>>32))
			s.Value = append(s.Value, math.Float32frombits(uint32(entry)))
		}
		s.Ptr = append(s.Ptr, len(s.Index))
	}
	return s
}
