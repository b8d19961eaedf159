package crosslang

import (
	"cmp"
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

// A bag counts one text after another.
type bag struct {
	counts map[string]float32
	terms  []string // of the text last counted, ascending
}

// count counts the terms of text: each occurrence counts as the weight of its field.
func (b *bag) count(text embed.Text, rules token.Rules) {
	if b.counts == nil {
		b.counts = make(map[string]float32)
	}
	clear(b.counts)
	tokeniser := token.For(text.Lang, rules)
	for _, field := range text.Fields {
		weight := field.Weight
		if weight == 0 {
			weight = 1
		}
		if !(weight > 0 && weight <= math.MaxFloat32) {
			continue
		}
		tokeniser.ForEachIn(field.Text, func(term string) {
			b.counts[term] = min(b.counts[term]+weight, math.MaxFloat32)
		})
	}
	b.terms = slices.AppendSeq(b.terms[:0], maps.Keys(b.counts))
	slices.Sort(b.terms)
}

// A corpus is what count found in all texts.
type corpus struct {
	texts     int
	languages map[string]*lexicon
	versions  []version // the texts in groups; after grouped, of groups that can be learnt from, in order of their groups
}

// A lexicon is the terms of one language, numbered as they come.
type lexicon struct {
	lang  string
	texts int
	ids   map[string]uint32
	terms []string // by id
	freq  []int    // texts that hold the term, by id
}

// A version is a text in a group.
type version struct {
	doc, group int
	lexicon    *lexicon
	ids        []uint32 // of its terms
	counts     []float32
}

// count reads docs for the first time.
func count(ctx context.Context, docs iter.Seq2[Doc, error], opts Options) (*corpus, error) {
	c := &corpus{languages: make(map[string]*lexicon)}
	progress := func(done int64) { opts.Progress("count", done, 0) }
	var mu sync.Mutex
	var err error
	c.texts, err = inBatches(ctx, docs, opts.Workers, progress, func(bag *bag, first int, batch []Doc) {
		for i, doc := range batch {
			bag.count(doc.Text, opts.Rules)
			mu.Lock()
			c.add(bag, first+i, doc)
			mu.Unlock()
		}
	})
	if err != nil {
		return nil, err
	}
	opts.Progress("count", int64(c.texts), int64(c.texts))
	c.grouped()
	return c, nil
}

// add adds what bag counted in a text. The order in which texts are added shows only in
// the ids of terms.
func (c *corpus) add(bag *bag, place int, doc Doc) {
	lang := embed.Language(doc.Text.Lang)
	l := c.languages[lang]
	if l == nil {
		l = &lexicon{lang: lang, ids: make(map[string]uint32)}
		c.languages[lang] = l
	}
	l.texts++
	var v version
	for _, term := range bag.terms {
		id, ok := l.ids[term]
		if !ok {
			id = uint32(len(l.terms))
			term = strings.Clone(term) // it may alias the whole text
			l.ids[term] = id
			l.terms = append(l.terms, term)
			l.freq = append(l.freq, 0)
		}
		l.freq[id]++
		if doc.Group >= 0 {
			v.ids = append(v.ids, id)
			v.counts = append(v.counts, bag.counts[term])
		}
	}
	if len(v.ids) > 0 {
		v.doc, v.group, v.lexicon = place, doc.Group, l
		c.versions = append(c.versions, v)
	}
}

// grouped puts the versions in order and drops those of groups in one language.
func (c *corpus) grouped() {
	slices.SortFunc(c.versions, func(a, b version) int {
		return cmp.Or(cmp.Compare(a.group, b.group), cmp.Compare(a.lexicon.lang, b.lexicon.lang), cmp.Compare(a.doc, b.doc))
	})
	var kept []version
	for group := range chunksBy(c.versions, func(v version) int { return v.group }) {
		if group[0].lexicon != group[len(group)-1].lexicon {
			kept = append(kept, group...)
		}
	}
	c.versions = kept
}

// chunksBy yields the runs of equal keys in s.
func chunksBy[T any, K comparable](s []T, key func(T) K) iter.Seq[[]T] {
	return func(yield func([]T) bool) {
		for start := 0; start < len(s); {
			end := start + 1
			for end < len(s) && key(s[end]) == key(s[start]) {
				end++
			}
			if !yield(s[start:end:end]) {
				return
			}
			start = end
		}
	}
}

// batchTexts is the number of texts handed to a worker at once.
const batchTexts = 16

// inBatches reads docs and calls f with them, several at once, each call with a bag that
// no other has; first is the place of a batch in docs. It returns the number of docs.
func inBatches(ctx context.Context, docs iter.Seq2[Doc, error], workers int, progress func(done int64), f func(bag *bag, first int, batch []Doc)) (n int, err error) {
	type batch struct {
		first int
		docs  []Doc
	}
	batches := make(chan batch)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer close(batches)
	for range workers {
		wg.Go(func() {
			var bag bag
			for b := range batches {
				f(&bag, b.first, b.docs)
			}
		})
	}
	var b batch
	for doc, err := range docs {
		if err != nil {
			return n, fmt.Errorf("crosslang: read text %d: %w", n+1, err)
		}
		b.docs = append(b.docs, doc)
		if n++; len(b.docs) < batchTexts {
			continue
		}
		select {
		case batches <- b:
		case <-ctx.Done():
			return n, ctx.Err()
		}
		b = batch{first: n}
		progress(int64(n))
	}
	if len(b.docs) > 0 {
		batches <- b
	}
	return n, ctx.Err()
}
