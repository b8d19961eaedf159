package lsa

import (
	"context"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/token"
)

// batchTexts is the number of texts handed to a worker at once.
const batchTexts = 16

type batch struct {
	first int // place of texts[0] in the corpus
	texts []embed.Text
}

// count makes the vocabulary of texts and the matrix of their weighted counts,
// terms × texts.
func count(ctx context.Context, texts iter.Seq2[embed.Text, error], opts Options) (vocabulary, *embed.Sparse, error) {
	counters := make([]*counter, opts.Workers)
	batches := make(chan batch)
	var wg sync.WaitGroup
	for i := range counters {
		c := &counter{ids: make(map[string]uint32)}
		counters[i] = c
		wg.Go(func() {
			for b := range batches {
				for i, text := range b.texts {
					c.add(b.first+i, text)
				}
			}
		})
	}
	n, err := send(ctx, texts, batches, opts.Progress)
	close(batches)
	wg.Wait()
	if err != nil {
		return vocabulary{}, nil, err
	}
	opts.Progress("count", int64(n), int64(n))

	terms, rows := selectTerms(counters, n, opts)
	if terms.len() == 0 {
		return vocabulary{}, nil, ErrEmptyCorpus
	}
	return terms, assemble(counters, rows, terms.len(), n), nil
}

// send passes texts on in batches and returns their number.
func send(ctx context.Context, texts iter.Seq2[embed.Text, error], to chan<- batch, progress func(string, int64, int64)) (n int, err error) {
	var b batch
	for text, err := range texts {
		if err != nil {
			return n, fmt.Errorf("lsa: read text %d: %w", n+1, err)
		}
		b.texts = append(b.texts, text)
		if n++; len(b.texts) < batchTexts {
			continue
		}
		select {
		case to <- b:
		case <-ctx.Done():
			return n, ctx.Err()
		}
		b = batch{first: n}
		progress("count", int64(n), 0)
	}
	if len(b.texts) > 0 {
		to <- b
	}
	return n, ctx.Err()
}

// A counter counts the terms of the texts that come to one worker, and numbers the
// terms as they come.
type counter struct {
	ids   map[string]uint32
	terms []string // by id
	freq  []int    // texts that hold the term, by id

	docs  []countedDoc
	index []uint32 // ids, document after document
	value []float32

	scratch bag
}

type countedDoc struct{ doc, lo, hi int } // entries index[lo:hi] of the counter

func (c *counter) add(doc int, text embed.Text) {
	lo := len(c.index)
	c.index, c.value = c.scratch.count(text, c.id, c.index, c.value)
	for _, id := range c.index[lo:] {
		c.freq[id]++
	}
	c.docs = append(c.docs, countedDoc{doc, lo, len(c.index)})
}

func (c *counter) id(term string) (uint32, bool) {
	id, ok := c.ids[term]
	if !ok {
		id = uint32(len(c.terms))
		term = strings.Clone(term) // it may alias the whole text
		c.ids[term] = id
		c.terms = append(c.terms, term)
		c.freq = append(c.freq, 0)
	}
	return id, true
}

// A bag is the scratch space of counting one text: id of a term and field of each
// token, packed as id<<32 | field.
type bag []uint64

// count appends to index the ids of the terms in text, ascending, and to value their
// counts: each occurrence counts as the weight of its field. Tokens for which id
// says no are left out. Counts are sums in a fixed order and do not depend on how
// the ids are given out.
func (b *bag) count(text embed.Text, id func(term string) (uint32, bool), index []uint32, value []float32) ([]uint32, []float32) {
	tokens := (*b)[:0]
	tokeniser := token.For(text.Lang, token.Rules{})
	weights := make([]float32, len(text.Fields))
	for f, field := range text.Fields {
		weights[f] = field.Weight
		if field.Weight == 0 {
			weights[f] = 1
		}
		if !isPositive(weights[f]) {
			continue
		}
		tokeniser.ForEachIn(field.Text, func(term string) {
			if i, ok := id(term); ok {
				tokens = append(tokens, uint64(i)<<32|uint64(f))
			}
		})
	}
	slices.Sort(tokens)
	lo := len(index)
	for start := 0; start < len(tokens); {
		end := start + 1
		for end < len(tokens) && tokens[end] == tokens[start] {
			end++
		}
		term, n := uint32(tokens[start]>>32), float32(end-start)*weights[uint32(tokens[start])]
		if len(index) == lo || index[len(index)-1] != term {
			index, value = append(index, term), append(value, 0)
		}
		value[len(value)-1] = min(value[len(value)-1]+n, math.MaxFloat32)
		start = end
	}
	*b = tokens
	return index, value
}
