package main

import (
	"context"
	"fmt"
	"runtime"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/recommend/rank"
	"github.com/alsolike/alsolike/recommend/snapshot"
	"github.com/alsolike/alsolike/recommend/tune"
)

// tuneCorpus is the articles of a snapshot. What it holds of s is mapped: keep s alive.
func tuneCorpus(ctx context.Context, s *snapshot.Snapshot) (*tune.Corpus, error) {
	n := s.Len()
	c := &tune.Corpus{Corpus: rank.Corpus{
		Cards: make([]data.Card, n), Vectors: s.Vectors(), Terms: s.TermMatrix(), Groups: make([]uint32, n),
		Stories: s.Stories(), Own: s.Lists(), AsOf: s.Manifest().AsOf,
	}}
	rows := make(map[data.ArticleID]int32, n)
	for row := range n {
		c.Cards[row], c.Groups[row] = s.Card(row), uint32(s.Group(row))
		rows[c.Cards[row].ID] = int32(row)
	}
	c.Row = func(id data.ArticleID) (int32, bool) {
		row, ok := rows[id]
		return row, ok
	}
	if len(s.ModelBytes()) == 0 {
		return c, nil
	}
	model, err := lsa.ReadVerifiedModel(s.ModelBytes())
	if err != nil {
		return nil, fmt.Errorf("snapshot %s: %w", s.ID(), err)
	}
	c.Titles, err = model.WeighAll(ctx, n, func(row int) embed.Text {
		card := &c.Cards[row]
		return embed.Text{Lang: string(card.Lang), Fields: []embed.Field{{Text: data.PlainText(card.Title), Weight: 1}}}
	}, runtime.GOMAXPROCS(0))
	return c, err
}
