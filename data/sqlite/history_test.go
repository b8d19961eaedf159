package sqlite_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/sqlite"
)

// history is what f asks for, the newest first.
func history(t testing.TB, s *sqlite.Store, f data.HistoryFilter) (all []data.HistoryEntry) {
	t.Helper()
	for e, err := range s.History(context.Background(), f) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

// Whatever has been changed, to revert it newest first gives what was there at first.
func TestRevertingEverythingGivesTheFirstState(t *testing.T) {
	ctx := data.WithAuthor(context.Background(), "mei")
	s := newStore(t)
	for _, id := range []data.ArticleID{"1", "09", "9", "a/b", "ü", "文", "z z", "𝄞"} {
		put(t, s, article(id, "text"))
	}
	if err := s.Exec(ctx, `PRAGMA synchronous = OFF`); err != nil { // thousands of changes
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		present := func() []data.Override {
			all, err := s.Overrides(ctx)
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		newest := func() (id int64) {
			for e, err := range s.History(ctx, data.HistoryFilter{Limit: 1}) {
				if err != nil {
					t.Fatal(err)
				}
				id = e.ID
			}
			return id
		}
		first, begin := present(), newest()
		anyOfThem := func(t *rapid.T) int64 {
			all := present()
			if len(all) == 0 {
				return 0
			}
			return rapid.SampledFrom(all).Draw(t, "which").ID
		}
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				if _, _, err := s.AddOverrides(ctx, rapid.SliceOfN(anyOverride, 0, 3).Draw(t, "overrides")); err != nil {
					t.Fatal(err)
				}
			},
			"change": func(t *rapid.T) {
				fresh := anyOverride.Draw(t, "override")
				_, _ = s.ChangeOverride(ctx, anyOfThem(t), func(old data.Override) (*data.Override, error) {
					fresh.ID, fresh.Created = old.ID, old.Created
					return &fresh, nil
				}) // it may well make no sense
			},
			"pause":  func(t *rapid.T) { _ = s.PauseOverride(ctx, anyOfThem(t), rapid.Bool().Draw(t, "paused")) },
			"remove": func(t *rapid.T) { _ = s.RemoveOverride(ctx, anyOfThem(t)) },
			"revert": func(t *rapid.T) { _, _ = s.Revert(ctx, begin+rapid.Int64Range(1, 12).Draw(t, "change")) },
		})
		for id := newest(); id > begin; id-- {
			made, err := s.Revert(ctx, id)
			if err != nil {
				t.Fatalf("revert %d: %v", id, err)
			}
			if made.Reverts != id || made.Author != "mei" {
				t.Fatalf("revert %d: got %+v", id, made)
			}
		}
		if diff := cmp.Diff(first, present()); diff != "" {
			t.Fatalf("not what was there at first (-first +now):\n%s", diff)
		}
	})
}

func TestRevertConflict(t *testing.T) {
	ctx := data.WithAuthor(context.Background(), "jo")
	s := newStore(t)
	put(t, s, article("a", "text"), article("b", "text"))
	o, err := s.AddOverride(ctx, data.Override{Article: "a", Target: "b", Action: data.Pin, Position: 1, Author: "mei"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.PauseOverride(data.WithAuthor(ctx, "ann"), o.ID, true); err != nil {
		t.Fatal(err)
	}
	_, err = s.Revert(ctx, 1)
	checkError(t, err, "override 1 has been changed again since, on 2026-05-04 12:00 UTC by ann (change 2)")
	if conflict, ok := errors.AsType[*data.ConflictError](err); !ok || conflict.Later.ID != 2 {
		t.Errorf("got %#v", err)
	}
	if _, err := s.Revert(ctx, 7); !errors.Is(err, data.ErrNotFound) {
		t.Errorf("an unknown change: %v", err)
	}
	all := history(t, s, data.HistoryFilter{})
	if len(all) != 2 || !all[0].Last || all[1].Last || all[0].Action != data.ActionPause || all[1].Author != "jo" {
		t.Errorf("got %+v", all)
	}
	if _, err := s.Revert(ctx, 2); err != nil {
		t.Fatal(err)
	}
	if all := history(t, s, data.HistoryFilter{}); !all[2].Last || all[1].Last || !all[0].Last || all[0].Reverts != 2 {
		t.Errorf("got %+v", all)
	}
	if _, err := s.Revert(ctx, 1); err != nil {
		t.Fatal(err)
	}
	if left, err := s.Overrides(ctx); err != nil || len(left) != 0 {
		t.Errorf("got %+v, %v", left, err)
	}
}

func TestHistoryOnlyGrows(t *testing.T) {
	ctx := context.Background()
	s := newStore(t)
	entry := data.HistoryEntry{
		Kind: data.KindSnapshot, Subject: "published", Action: "publish", Author: "mei", Summary: "snapshot B is in service", Before: json.RawMessage(`"A"`), After: json.RawMessage(`"B"`),
	}
	entry.Time = noon.Add(-time.Hour)
	other := entry
	other.Time, other.Summary = noon, "snapshot C is in service"
	for range 2 { // for who is not sure
		if err := s.Record(data.WithAuthor(ctx, "jo"), entry, other); err != nil {
			t.Fatal(err)
		}
	}
	if got := history(t, s, data.HistoryFilter{}); len(got) != 2 || got[0].Summary != other.Summary || got[1].Author != "mei" || !got[1].Time.Equal(entry.Time) {
		t.Fatalf("got %+v", got)
	}
	for _, statement := range []string{`DELETE FROM history`, `UPDATE history SET author = 'jo'`} {
		if err := s.Exec(ctx, statement); err == nil || !strings.Contains(err.Error(), "cannot be") {
			t.Errorf("%s: %v", statement, err)
		}
	}
	entry.Time, entry.Action = noon.Add(time.Hour), data.ActionPublishItself
	if err := s.Record(ctx, entry); err != nil {
		t.Fatal(err)
	}
	if all, people := history(t, s, data.HistoryFilter{}), history(t, s, data.HistoryFilter{People: true}); len(all) != 3 || len(people) != 2 {
		t.Errorf("%d entries, %d of them of people", len(all), len(people))
	}
	_, err := s.Revert(ctx, 1)
	checkError(t, err, "change is of a snapshot, which cannot be reverted here")
	entry.Kind = "snap"
	err = s.Record(ctx, entry)
	checkError(t, err, `kind is "snap"; it may be override, rule, snapshot, user or key`)
	entry.Kind, entry.After, entry.Time = data.KindSnapshot, json.RawMessage(`{`), noon.Add(2*time.Hour)
	err = s.Record(ctx, entry)
	checkError(t, err, "after is not valid JSON")
}

// A list of overrides that has changed meanwhile takes no more from whoever relies on it.
func TestAddOverridesAt(t *testing.T) {
	ctx := context.Background()
	s := newStore(t)
	put(t, s, article("a", "text"), article("b", "text"))
	pin := []data.Override{{Article: "a", Target: "b", Action: data.Pin, Position: 1}}
	for at, want := range []bool{true, true, false} {
		_, _, err := s.AddOverridesAt(ctx, int64(min(at, 1)), pin)
		conflict, ok := errors.AsType[*data.ConflictError](err)
		if (err == nil) != want || !want && (!ok || conflict.Later != nil) {
			t.Errorf("%d: got %v", at, err)
		}
	}
	if all, err := s.Overrides(ctx); err != nil || len(all) != 2 || len(history(t, s, data.HistoryFilter{})) != 2 {
		t.Errorf("got %+v, %v", all, err)
	}
	if slices.ContainsFunc(history(t, s, data.HistoryFilter{}), func(e data.HistoryEntry) bool { return e.Author != "" }) {
		t.Error("somebody is the author")
	}
}
