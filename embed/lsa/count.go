package lsa

import (
	"context"
	"fmt"
	"iter"
	"maps"
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

// A corpus is what the workers counted in the texts of one language.
type corpus struct {
	lang     string
	counters []*counter
}

// count counts the terms of n texts, and returns those of each language that holds
// one, in the order of the languages' names. It returns ErrEmptyCorpus if none does.
func count(ctx context.Context, texts iter.Seq2[embed.Text, error], opts Options) (corpora []corpus, n int, err error) {
	counted := make([]map[string]*counter, opts.Workers) // by language
	batches := make(chan batch)
	var wg sync.WaitGroup
	for i := range counted {
		counters := make(map[string]*counter)
		counted[i] = counters
		wg.Go(func() {
			scratch := bag{rules: opts.Rules}
			for b := range batches {
				for i, text := range b.texts {
					lang := embed.Language(text.Lang)
					c := counters[lang]
					if c == nil {
						c = &counter{ids: make(map[string]uint32)}
						counters[lang] = c
					}
					c.add(&scratch, b.first+i, text)
				}
			}
		})
	}
	n, err = send(ctx, texts, batches, opts.Progress)
	close(batches)
	wg.Wait()
	if err != nil {
		return nil, 0, err
	}
	opts.Progress("count", int64(n), int64(n))

	byLang := make(map[string][]*counter)
	for _, counters := range counted {
		for lang, c := range counters {
			c.ids = nil // no longer needed, and large
			byLang[lang] = append(byLang[lang], c)
		}
	}
	for _, lang := range slices.Sorted(maps.Keys(byLang)) {
		if slices.ContainsFunc(byLang[lang], func(c *counter) bool { return len(c.terms) > 0 }) {
			corpora = append(corpora, corpus{lang, byLang[lang]})
		}
	}
	if len(corpora) == 0 {
		return nil, 0, ErrEmptyCorpus
	}
	return corpora, n, nil
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

// A counter counts the terms of those texts of one language that come to one worker,
// and numbers the terms as they come.
type counter struct {
	ids   map[string]uint32
	terms []string // by id
	freq  []int    // texts that hold the term, by id

	docs  []countedDoc
	index []uint32 // ids, document after document
	value []float32
}

type countedDoc struct{ doc, lo, hi int } // entries index[lo:hi] of the counter

func (c *counter) add(scratch *bag, doc int, text embed.Text) {
	lo := len(c.index)
	c.index, c.value = scratch.count(text, c.id, c.index, c.value)
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

// A bag counts one text after another.
type bag struct {
	rules  token.Rules
	tokens []uint64 // scratch: id of a term and field of each token, packed as id<<32 | field
}

// count appends to index the ids of the terms in text, ascending, and to value their
// counts: each occurrence counts as the weight of its field. Tokens for which id
// says no are left out. Counts are sums in a fixed order and do not depend on how
// the ids are given out.
func (b *bag) count(text embed.Text, id func(term string) (uint32, bool), index []uint32, value []float32) ([]uint32, []float32) {
	tokens := b.tokens[:0]
	tokeniser := token.For(text.Lang, b.rules)
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
	b.tokens = tokens
	return index, value
}
