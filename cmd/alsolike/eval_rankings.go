package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/eval"
	"github.com/alsolike/alsolike/recommend/baseline"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// candidates opens the rankings to measure and notes in inputs what they are.
func (e *env) candidates(wanted []evalCandidate, inputs map[string]string) ([]eval.Entry, error) {
	var entries []eval.Entry
	for _, c := range wanted {
		if c.Ranking != "" {
			lists, err := readRanking(c.Ranking)
			if err != nil {
				return nil, err
			}
			if inputs[c.Name], err = hashFile(c.Ranking); err != nil {
				return nil, err
			}
			entries = append(entries, eval.Entry{Name: c.Name, Ranker: lists})
			continue
		}
		s, err := e.openSnapshot(c.Snapshot)
		if err != nil {
			return nil, err
		}
		inputs[c.Name] = "snapshot " + s.ID()
		entries = append(entries, eval.Entry{Name: c.Name, Ranker: snapshotRanker{s}})
	}
	return entries, nil
}

func readRanking(path string) (eval.Lists, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, usagef("cannot read the ranking %s: %v", path, pathReason(err))
	}
	defer f.Close()
	lists, err := eval.ReadLists(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return lists, nil
}

// openSnapshot opens the snapshot of that id, or the published one.
func (e *env) openSnapshot(id string) (*snapshot.Snapshot, error) {
	dir, err := e.snapshots()
	if err != nil {
		return nil, &exitError{exitDataUnusable, err}
	}
	if id == published {
		if id, err = snapshotID(dir, nil); err != nil {
			return nil, err
		}
	}
	s, err := dir.Open(id)
	if errors.Is(err, data.ErrNotFound) {
		return nil, usagef("there is no snapshot %s; alsolike snapshot list shows those there are", id)
	}
	return s, err
}

// A snapshotRanker ranks as a snapshot does, whatever editors wish.
type snapshotRanker struct{ s *snapshot.Snapshot }

func (r snapshotRanker) Rank(_ context.Context, seed data.ArticleID, k int) ([]data.ArticleID, error) {
	row, ok := r.s.Row(seed)
	if !ok {
		return nil, nil // an article imported later
	}
	var list []data.ArticleID
	for _, n := range r.s.Candidates(row) {
		if len(list) == k {
			break
		}
		list = append(list, r.s.ArticleID(int(n.Row)))
	}
	return list, nil
}

// baselines are the rankings to compare with, over the articles of truth, of
// which words has the columns.
func (r *evalRun) baselines(truth *eval.Truth, words *embed.Sparse) []eval.Entry {
	var entries []eval.Entry
	for _, name := range r.config.Compare {
		entry := eval.Entry{Name: name}
		var rank func(row, k int) []int
		switch name {
		case "random":
			entry.Note = fmt.Sprintf("drawn with seed %d", r.config.Seed)
			rank = baseline.NewRandom(len(truth.Articles), r.config.Seed).Rank
		case "popular":
			entry.Note = "what is read next most often in this same log, and so optimistic"
			rank = baseline.NewPopular(truth.ReadNext()).Rank
		case "tfidf":
			entry.Note = "cosine of weighted words"
			rank = func(int, int) []int { return nil } // where no article holds a word
			if words != nil {
				rank = baseline.NewTFIDF(words).Rank
			}
		}
		entry.Ranker = newRowRanker(truth.Articles, rank)
		entries = append(entries, entry)
	}
	return entries
}

// A rowRanker ranks articles by their rows.
type rowRanker struct {
	ids  []data.ArticleID
	row  map[data.ArticleID]int
	rank func(row, k int) []int
}

func newRowRanker(ids []data.ArticleID, rank func(row, k int) []int) rowRanker {
	r := rowRanker{ids, make(map[data.ArticleID]int, len(ids)), rank}
	for row, id := range ids {
		r.row[id] = row
	}
	return r
}

func (r rowRanker) Rank(_ context.Context, seed data.ArticleID, k int) ([]data.ArticleID, error) {
	var list []data.ArticleID
	for _, row := range r.rank(r.row[seed], k) {
		list = append(list, r.ids[row])
	}
	return list, nil
}
