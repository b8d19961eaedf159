package lsa

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"

	"github.com/alsolike/alsolike/embed"
)

// batchTexts is the number of texts handed to a worker at once.
const batchTexts = 16

type batch struct {
	first int // place of texts[0] in the corpus
	texts []embed.Text
}

// A corpus is what the workers counted in the texts of one language.
type corpus struct {
	lang    string
	terms   *termTable
	workers []*tallies
}

// count counts the terms of n texts, and returns those of each language that holds
// one, in the order of the languages' names. It returns ErrEmptyCorpus if none does.
func count(ctx context.Context, texts iter.Seq2[embed.Text, error], opts Options) (corpora []corpus, n int, err error) {
	var tables languageTables
	counted := make([]map[string]*counter, opts.Workers) // by language
	batches := make(chan batch)
	var wg sync.WaitGroup
	for i := range counted {
		counters := make(map[string]*counter)
		counted[i] = counters
		wg.Go(func() {
			for b := range batches {
				for i, text := range b.texts {
					lang := embed.Language(text.Lang)
					c := counters[lang]
					if c == nil {
						c = &counter{bag: bag{rules: opts.Rules}, terms: tables.of(lang)}
						counters[lang] = c
					}
					c.add(b.first+i, text)
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

	for _, lang := range slices.Sorted(maps.Keys(tables.table)) {
		c := corpus{lang: lang, terms: tables.table[lang]}
		for _, counters := range counted {
			if counter := counters[lang]; counter != nil {
				c.workers = append(c.workers, &counter.tallies)
				counter.bag = bag{} // no longer needed
			}
		}
		if c.terms.bound() > 0 {
			corpora = append(corpora, c)
		}
	}
	if len(corpora) == 0 {
		return nil, 0, ErrEmptyCorpus
	}
	return corpora, n, nil
}

// languageTables is the terms of each language.
type languageTables struct {
	mu    sync.Mutex
	table map[string]*termTable
}

func (l *languageTables) of(lang string) *termTable {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.table[lang]
	if t == nil {
		if l.table == nil {
			l.table = make(map[string]*termTable)
		}
		t = newTermTable()
		l.table[lang] = t
	}
	return t
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

// A counter counts those texts of one language that come to one worker.
type counter struct {
	bag   bag
	terms *termTable
	tallies
}

func (c *counter) add(doc int, text embed.Text) {
	c.bag.tally(text, c.terms.id)
	c.tallies.add(doc, c.bag.terms, c.bag.value)
}
