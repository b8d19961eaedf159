package datatest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"

	"github.com/alsolike/alsolike/data"
)

// record writes into the history that the override before became after.
func (s *Store) record(ctx context.Context, before, after *data.Override) data.HistoryEntry {
	e := data.HistoryEntry{
		ID: int64(len(s.history)) + 1, Time: s.now().Round(0).UTC(), Author: data.AuthorOf(ctx), Kind: data.KindOverride, Action: actionOf(before, after), Last: true, Batch: s.batch,
	}
	about := after
	if after == nil {
		about = before
	}
	e.Subject, e.Article, e.Target, e.Summary = strconv.FormatInt(about.ID, 10), about.Article, about.Target, about.Sentence()
	if before != nil {
		e.Before = before.AppendJSON(nil)
	}
	if after != nil {
		e.After = after.AppendJSON(nil)
	}
	switch {
	case before == nil:
		e.Author = cmp.Or(e.Author, after.Author)
	case after != nil && before.Sentence() != after.Sentence():
		e.Summary += "; before, " + before.Sentence()
	}
	s.history = append(s.history, e)
	return e
}

func actionOf(before, after *data.Override) string {
	switch {
	case before == nil:
		return data.ActionAdd
	case after == nil:
		return data.ActionRemove
	}
	other := *after
	other.Paused = before.Paused
	switch {
	case other != *before:
		return data.ActionChange
	case after.Paused:
		return data.ActionPause
	}
	return data.ActionResume
}

// ChangeOverride stores what f makes of the override of that ID, or removes it.
func (s *Store) ChangeOverride(ctx context.Context, id int64, f func(old data.Override) (*data.Override, error)) (data.HistoryEntry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.find(id)
	if i < 0 {
		return data.HistoryEntry{}, fmt.Errorf("datatest: change override %d: %w", id, data.ErrNotFound)
	}
	old := s.overrides[i]
	fresh, err := f(old)
	if err != nil {
		return data.HistoryEntry{}, err
	}
	if fresh != nil {
		fresh.From, fresh.Until = fresh.From.Round(0).UTC(), fresh.Until.Round(0).UTC()
		if err := s.refusal(fresh); err != nil {
			return data.HistoryEntry{}, err
		}
		if *fresh == old {
			return data.HistoryEntry{}, nil
		}
	}
	s.set(id, fresh)
	return s.record(ctx, &old, fresh), nil
}

// find is where the override of that ID stands, or -1.
func (s *Store) find(id int64) int {
	return slices.IndexFunc(s.overrides, func(o data.Override) bool { return o.ID == id })
}

// set makes o the override of that ID; nil is none.
func (s *Store) set(id int64, o *data.Override) {
	s.overrides = slices.DeleteFunc(s.overrides, func(old data.Override) bool { return old.ID == id })
	if o != nil {
		s.overrides = append(s.overrides, *o)
		slices.SortFunc(s.overrides, func(a, b data.Override) int { return cmp.Compare(a.ID, b.ID) })
	}
	s.revision.Overrides++
}

// PauseOverride pauses the override of that ID, or makes it hold again, or returns
// data.ErrNotFound.
func (s *Store) PauseOverride(ctx context.Context, id int64, paused bool) error {
	_, err := s.ChangeOverride(ctx, id, func(o data.Override) (*data.Override, error) {
		o.Paused = paused
		return &o, nil
	})
	return err
}

// RemoveOverride removes the override of that ID, or returns data.ErrNotFound.
func (s *Store) RemoveOverride(ctx context.Context, id int64) error {
	_, err := s.ChangeOverride(ctx, id, func(data.Override) (*data.Override, error) { return nil, nil })
	return err
}

// Override is the override of that ID, or data.ErrNotFound.
func (s *Store) Override(_ context.Context, id int64) (data.Override, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.find(id); i >= 0 {
		return s.overrides[i], nil
	}
	return data.Override{}, fmt.Errorf("datatest: load override %d: %w", id, data.ErrNotFound)
}

// History yields the entries that f asks for, the newest first.
func (s *Store) History(_ context.Context, f data.HistoryFilter) iter.Seq2[data.HistoryEntry, error] {
	return func(yield func(data.HistoryEntry, error) bool) {
		s.mu.Lock()
		all := slices.Clone(s.history)
		s.mu.Unlock()
		last, size := map[string][]byte{}, map[int64]int{}
		for _, e := range all {
			last[e.Subject] = e.After
			size[e.Batch]++
		}
		n := 0
		for _, e := range slices.Backward(all) {
			e.Last = bytes.Equal(e.After, last[e.Subject])
			if f.Heads && e.Batch != 0 {
				e.BatchSize = size[e.Batch]
			}
			switch {
			case f.Author != "" && f.Author != e.Author, f.Kind != "" && f.Kind != e.Kind, slices.Contains(f.Without, e.Kind), f.Subject != "" && f.Subject != e.Subject,
				f.Batch > 0 && f.Batch != e.Batch, f.Heads && e.Batch != 0 && e.Batch != e.ID,
				f.Article != "" && f.Article != e.Article && f.Article != e.Target,
				!f.Since.IsZero() && e.Time.Before(f.Since), !f.Until.IsZero() && !e.Time.Before(f.Until), f.Before > 0 && e.ID >= f.Before:
				continue
			}
			if n++; f.Limit > 0 && n > f.Limit || !yield(e, nil) {
				return
			}
		}
	}
}

// Revert makes the subject of the entry of that ID what it was before.
func (s *Store) Revert(ctx context.Context, id int64) (data.HistoryEntry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.revert(ctx, id)
}

// RevertBatch reverts what was changed at once with the entry of that ID.
func (s *Store) RevertBatch(ctx context.Context, id int64) (r data.Reverted, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id < 1 || id > int64(len(s.history)) {
		return r, fmt.Errorf("datatest: revert the batch of change %d: %w", id, data.ErrNotFound)
	}
	ids := []int64{id}
	if batch := s.history[id-1].Batch; batch != 0 {
		ids = nil
		for _, e := range slices.Backward(s.history) {
			if e.Batch == batch {
				ids = append(ids, e.ID)
			}
		}
	}
	defer s.inBatch(len(ids))()
	for _, id := range ids {
		made, err := s.revert(ctx, id)
		if later, ok := errors.AsType[*data.ConflictError](err); ok {
			r.Left = append(r.Left, later)
			continue
		}
		if err != nil {
			return data.Reverted{}, err
		}
		r.Made = append(r.Made, made)
	}
	return r, nil
}

// inBatch gives the entries of several changes one number, until what it returns is called.
func (s *Store) inBatch(changes int) (end func()) {
	if changes > 1 {
		s.batch = int64(len(s.history)) + 1
	}
	return func() { s.batch = 0 }
}

func (s *Store) revert(ctx context.Context, id int64) (data.HistoryEntry, error) {
	if id < 1 || id > int64(len(s.history)) {
		return data.HistoryEntry{}, fmt.Errorf("datatest: revert change %d: %w", id, data.ErrNotFound)
	}
	e := s.history[id-1]
	var now, old, fresh *data.Override
	number, err := strconv.ParseInt(e.Subject, 10, 64)
	if err != nil {
		return data.HistoryEntry{}, err
	}
	if i := s.find(number); i >= 0 {
		now = new(s.overrides[i])
	}
	if old, err = parse(e.After); err != nil {
		return data.HistoryEntry{}, err
	}
	if fresh, err = parse(e.Before); err != nil {
		return data.HistoryEntry{}, err
	}
	if (now == nil) != (old == nil) || now != nil && *now != *old {
		return data.HistoryEntry{}, &data.ConflictError{Subject: "override " + e.Subject}
	}
	s.set(number, fresh)
	made := s.record(ctx, old, fresh)
	made.Author, made.Reverts = data.AuthorOf(ctx), id
	s.history[len(s.history)-1] = made
	return made, nil
}

func parse(state []byte) (*data.Override, error) {
	if state == nil {
		return nil, nil
	}
	o, err := data.ParseOverrideJSON(state)
	return &o, err
}
