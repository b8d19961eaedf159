package refresh

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed/boilerplate"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// pages yields the articles on the site as pages to look for boilerplate in, and
// notes in counts how many there are of each language. They are read ahead.
func pages(articles iter.Seq2[data.Article, error], counts map[data.Lang]int, progress func(stage string, done, total int64)) iter.Seq2[boilerplate.Page, error] {
	return func(yield func(boilerplate.Page, error) bool) {
		type article struct {
			page   boilerplate.Page
			onSite bool
			lang   data.Lang
		}
		clear(counts) // they may be gone through twice
		var n int64
		for a, err := range inOrder(articles, 1, func(a *data.Article) article {
			card := a.Card()
			return article{recommend.Page(a), onSite(card), card.Lang.Base()}
		}) {
			if err != nil {
				yield(boilerplate.Page{}, err)
				return
			}
			if n++; n%64 == 0 {
				progress("boilerplate", n, 0)
			}
			if !a.onSite {
				continue
			}
			counts[a.lang]++
			if !yield(a.page, nil) {
				return
			}
		}
		progress("boilerplate", n, 0)
	}
}

// The bounds of what is kept of what was left out.
const (
	mostPieces    = 10_000 // different ones that are counted; further ones are not
	mostExamples  = 10
	exampleLength = 160 // characters
)

// leftOut counts what was left out of the articles. The zero value has counted
// nothing.
type leftOut struct {
	articles int
	bytes    int64
	pieces   map[string]*piece // by example, in lower case
}

// A piece is one that was left out.
type piece struct {
	example  string // as it stood where it was left out first
	articles int
	last     int // the last of these articles, as a count of articles
}

// add counts the pieces left out of one article.
func (l *leftOut) add(pieces []string) {
	if len(pieces) == 0 {
		return
	}
	if l.pieces == nil {
		l.pieces = map[string]*piece{}
	}
	l.articles++
	for _, text := range pieces {
		l.bytes += int64(len(text))
		example := shorten(strings.TrimSpace(text))
		key := strings.ToLower(example)
		p := l.pieces[key]
		if p == nil && len(l.pieces) < mostPieces {
			p = &piece{example: strings.Clone(example)} // or the whole article would stay
			l.pieces[key] = p
		}
		if p != nil && p.last != l.articles {
			p.articles, p.last = p.articles+1, l.articles
		}
	}
}

func shorten(s string) string {
	n := 0
	for i := range s {
		if n == exampleLength {
			return s[:i] + "…"
		}
		n++
	}
	return s
}

// report is what the manifest says of it.
func (l *leftOut) report(blocks *boilerplate.Blocks) snapshot.Boilerplate {
	examples := []snapshot.Example{}
	for _, p := range l.pieces {
		examples = append(examples, snapshot.Example{Text: p.example, Articles: p.articles})
	}
	slices.SortFunc(examples, func(a, b snapshot.Example) int {
		return cmp.Or(cmp.Compare(b.Articles, a.Articles), cmp.Compare(a.Text, b.Text))
	})
	return snapshot.Boilerplate{
		Blocks: blocks.Len(), Articles: l.articles, Bytes: l.bytes, Examples: examples[:min(len(examples), mostExamples)],
	}
}
