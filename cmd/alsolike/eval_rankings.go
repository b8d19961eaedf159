package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval"
	"github.com/alsolike/alsolike/eval/report"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// candidates opens the rankings to measure and notes in out what they are.
func (e *env) candidates(wanted []evalCandidate, out *eval.Outcome) ([]eval.Entry, error) {
	var entries []eval.Entry
	note := func(name, hash string) {
		out.Inputs = append(out.Inputs, eval.Input{Role: report.RoleCandidate, Name: name, Hash: hash})
		out.Rankings = append(out.Rankings, eval.RankingInfo{Name: name, Role: "candidate"})
	}
	for _, c := range wanted {
		if c.Ranking != "" {
			lists, err := readRanking(c.Ranking)
			if err != nil {
				return nil, err
			}
			hash, err := hashFile(c.Ranking)
			if err != nil {
				return nil, err
			}
			note(c.Name, hash)
			entries = append(entries, eval.Entry{Name: c.Name, Ranker: lists})
			continue
		}
		s, err := e.openCandidate(c.Snapshot)
		if err != nil {
			return nil, err
		}
		note(c.Name, "snapshot "+s.ID())
		entries = append(entries, eval.Entry{Name: c.Name, Ranker: snapshotRanker{newSnapshotLists(s)}})
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
	s, err := dir.OpenLists(id)
	if errors.Is(err, data.ErrNotFound) {
		return nil, usagef("there is no snapshot %s; alsolike snapshot list shows those there are", id)
	}
	return s, err
}

// openCandidate opens the snapshot of that id, the published one, or the one in
// the folder of that name.
func (e *env) openCandidate(what string) (*snapshot.Snapshot, error) {
	if info, err := os.Stat(what); err == nil && info.IsDir() {
		return openSnapshotFolder(what)
	}
	if strings.ContainsRune(what, os.PathSeparator) {
		return nil, usagef("there is no snapshot and no ranking at %s", what)
	}
	return e.openSnapshot(what)
}

// A snapshotRanker ranks as a snapshot does, whatever editors wish.
type snapshotRanker struct{ lists *snapshotLists }

func (r snapshotRanker) Rank(_ context.Context, seed data.ArticleID, k int) ([]data.ArticleID, error) {
	row, ok := r.lists.s.Row(seed)
	if !ok {
		return nil, nil // an article imported later
	}
	var list []data.ArticleID
	for _, n := range r.lists.of(row, k) {
		list = append(list, r.lists.ids[n.Row])
	}
	return list, nil
}
