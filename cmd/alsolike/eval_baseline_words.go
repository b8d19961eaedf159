package main

import (
	"context"
	"errors"
	"os"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/eval/pack"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/baseline"
)

const noTexts = "it needs the texts of the articles, and there is no site here that holds them (--data names its folder)"

// rankByWords is the ranking bm25 or tfidf of articles by the texts that the site
// has of them; or why there is none.
func (e *env) rankByWords(ctx context.Context, articles []pack.Article, name string) (rank func(row, k int) []int, reason string, err error) {
	if e.needDataDir() != nil {
		return nil, noTexts, nil
	}
	store, err := e.openStore(ctx, true)
	if errors.Is(err, os.ErrNotExist) {
		return nil, noTexts, nil
	}
	if err != nil {
		return nil, "", err
	}
	defer store.Close()
	rows := make(map[data.ArticleID]int, len(articles))
	for i := range articles {
		rows[data.ArticleID(articles[i].ID)] = i
	}
	var rowOf []int
	columnOf := map[int]int{}
	texts := func(yield func(embed.Text, error) bool) {
		for a, err := range store.Articles(ctx) {
			if err != nil {
				yield(embed.Text{}, err)
				return
			}
			row, known := rows[a.ID]
			if !known {
				continue
			}
			columnOf[row] = len(rowOf)
			rowOf = append(rowOf, row)
			if !yield(recommend.Text(&a), nil) {
				return
			}
		}
	}
	matrix := lsa.TFIDF
	if name == "bm25" {
		matrix = lsa.Counts
	}
	m, err := matrix(ctx, texts, lsa.Options{})
	switch {
	case len(rowOf) == 0 && (err == nil || errors.Is(err, lsa.ErrEmptyCorpus)):
		return nil, "the site here holds none of the articles", nil
	case errors.Is(err, lsa.ErrEmptyCorpus): // no article holds a word
		return func(int, int) []int { return nil }, "", nil
	case err != nil:
		return nil, "", err
	}
	var byColumn func(row, k int) []int
	if name == "bm25" {
		byColumn = baseline.NewBM25(m).Rank
	} else {
		byColumn = baseline.NewTFIDF(m).Rank
	}
	return func(row, k int) []int {
		column, known := columnOf[row]
		if !known {
			return nil
		}
		list := byColumn(column, k)
		for i, other := range list {
			list[i] = rowOf[other]
		}
		return list
	}, "", nil
}
