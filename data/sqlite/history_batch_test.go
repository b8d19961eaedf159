package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/alsolike/alsolike/data"
)

// A change is not of a batch where all that was to be made with it was refused.
func TestBatchOfOne(t *testing.T) {
	ctx := data.WithAuthor(context.Background(), "mei")
	s := newStore(t)
	put(t, s, article("a", "text"), article("b", "text"))
	hide := data.Override{Article: "a", Target: "b", Action: data.Hide}
	for _, all := range [][]data.Override{{{Article: "a", Target: "nobody", Action: data.Hide}, hide}, {hide, hide}} {
		if _, _, err := s.AddOverrides(ctx, all); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := s.AddRules(ctx, []data.Rule{{Action: data.Hide, Target: "nobody"}, {Action: data.Hide, Target: "b"}}); err != nil {
		t.Fatal(err)
	}
	var batches []int64
	for _, e := range history(t, s, data.HistoryFilter{}) {
		batches = append(batches, e.Batch)
	}
	if want := []int64{0, 2, 2, 0}; !slices.Equal(batches, want) {
		t.Errorf("the batches are %v, the newest first, want %v", batches, want)
	}
}

// What was added at once is taken back at once, but for what somebody has changed since;
// and to take that back in turn gives what was there.
func TestRevertBatch(t *testing.T) {
	ctx := data.WithAuthor(context.Background(), "mei")
	s := newStore(t)
	put(t, s, article("a", "text"), article("b", "text"), article("c", "text"))
	alone, err := s.AddOverride(ctx, data.Override{Article: "a", Target: "b", Action: data.Hide})
	if err != nil {
		t.Fatal(err)
	}
	added, refused, err := s.AddOverrides(ctx, []data.Override{
		{Article: "a", Target: "b", Action: data.Pin, Position: 1}, {Article: "a", Target: "nobody", Action: data.Hide}, {Article: "a", Target: "c", Action: data.Pin, Position: 2}, {Article: "b", Target: "c", Action: data.Hide},
	})
	if err != nil || refused[1] == nil {
		t.Fatal(refused, err)
	}
	for _, o := range added {
		if checked, err := s.CheckOverrides(ctx, []data.Override{o}); err != nil || (checked[0] == nil) != (o.ID != 0) {
			t.Errorf("%+v: checked it is %v, %v", o, checked, err)
		}
	}
	all := history(t, s, data.HistoryFilter{})
	if got := []int64{all[0].Batch, all[1].Batch, all[2].Batch, all[3].Batch}; !slices.Equal(got, []int64{2, 2, 2, 0}) {
		t.Fatalf("got batches %v", got)
	}
	if heads := history(t, s, data.HistoryFilter{Heads: true}); len(heads) != 2 || heads[0].ID != 2 || heads[0].BatchSize != 3 || heads[1].BatchSize != 0 {
		t.Errorf("got %+v", heads)
	}
	if of := history(t, s, data.HistoryFilter{Batch: 2}); len(of) != 3 {
		t.Errorf("got %+v", of)
	}
	if err := s.PauseOverride(data.WithAuthor(ctx, "tomas"), added[2].ID, true); err != nil {
		t.Fatal(err)
	}
	before, err := s.Overrides(ctx)
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.RevertBatch(ctx, 3) // one of them
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Made) != 2 || r.Made[0].Reverts != 4 || r.Made[1].Reverts != 2 || r.Made[0].Batch != r.Made[0].ID || r.Made[1].Batch != r.Made[0].ID || r.Made[0].Author != "mei" ||
		len(r.Left) != 1 || r.Left[0].Later == nil || r.Left[0].Later.Author != "tomas" || r.Left[0].Subject != fmt.Sprint("override ", added[2].ID) {
		t.Fatalf("got %+v", r)
	}
	left, err := s.Overrides(ctx)
	if err != nil || len(left) != 2 || left[0] != alone || left[1].ID != added[2].ID {
		t.Errorf("there are %+v, %v", left, err)
	}
	if again, err := s.RevertBatch(ctx, 2); err != nil || len(again.Made) != 0 || len(again.Left) != 3 {
		t.Errorf("once more: %+v, %v", again, err)
	}
	if r, err := s.RevertBatch(ctx, r.Made[1].ID); err != nil || len(r.Made) != 2 || len(r.Left) != 0 {
		t.Errorf("taken back in turn: %+v, %v", r, err)
	}
	if after, err := s.Overrides(ctx); err != nil || cmp.Diff(before, after) != "" {
		t.Errorf("%v %s", err, cmp.Diff(before, after))
	}
	if r, err := s.RevertBatch(ctx, 1); err != nil || len(r.Made) != 1 || r.Made[0].Batch != 0 {
		t.Errorf("one that stands alone: %+v, %v", r, err)
	}
	if _, err := s.RevertBatch(ctx, 99); !errors.Is(err, data.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if err := s.Record(ctx, data.HistoryEntry{Kind: data.KindSnapshot, Subject: "published", Action: "publish"}); err != nil {
		t.Fatal(err)
	}
	for e, err := range s.History(ctx, data.HistoryFilter{Kind: data.KindSnapshot}) {
		if err == nil {
			_, err = s.RevertBatch(ctx, e.ID)
		}
		checkError(t, err, "is of a snapshot, which cannot be reverted here")
	}
}

// Rules of a file come and go together, and come back to their places.
func TestRevertBatchOfRules(t *testing.T) {
	ctx := context.Background()
	s := newStore(t)
	rule := func(note string) data.Rule { return data.Rule{MaxPerAuthor: 1, Note: note} }
	if _, err := s.AddRule(ctx, rule("first")); err != nil {
		t.Fatal(err)
	}
	if refused, err := s.CheckRules(ctx, []data.Rule{rule("x"), {}, {Action: data.Hide, Target: "nobody"}}); err != nil || refused[0] != nil || refused[1] == nil || !errors.Is(refused[2], data.ErrNotFound) {
		t.Errorf("checked: %v, %v", refused, err)
	}
	if _, _, err := s.AddRules(ctx, []data.Rule{rule("x"), rule("y"), rule("z")}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.AddRule(ctx, rule("last")); err != nil {
		t.Fatal(err)
	}
	notes := func() (all []string) {
		rules, err := s.Rules(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rules {
			all = append(all, r.Note)
		}
		return all
	}
	r, err := s.RevertBatch(ctx, 2)
	if err != nil || len(r.Made) != 3 || len(r.Left) != 0 || !slices.Equal(notes(), []string{"first", "last"}) {
		t.Fatalf("got %+v, %v: %v", r, err, notes())
	}
	if _, err := s.RevertBatch(ctx, r.Made[0].ID); err != nil || !slices.Equal(notes(), []string{"first", "x", "y", "z", "last"}) {
		t.Errorf("got %v, %v", notes(), err)
	}
}

// Where the hour of an override strikes, the store counts it as the program does.
func TestOverridePageStates(t *testing.T) {
	ctx := context.Background()
	s := newStore(t)
	put(t, s, article("a", "text"), article("b", "text"))
	moments := []time.Time{{}, noon.Add(-time.Second), noon.Add(-time.Nanosecond), noon, noon.Add(time.Nanosecond), noon.Add(250 * time.Millisecond), noon.Add(500 * time.Millisecond), noon.Add(time.Second)}
	for _, from := range moments {
		for _, until := range moments {
			for _, paused := range []bool{false, true} {
				if !until.IsZero() && !from.Before(until) {
					continue
				}
				if _, err := s.AddOverride(ctx, data.Override{Article: "a", Target: "b", Action: data.Hide, From: from, Until: until, Paused: paused}); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	all, err := s.Overrides(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, state := range data.OverrideStates() {
		for _, now := range moments[1:] {
			f := data.OverrideFilter{State: state, Now: now}
			want := slices.DeleteFunc(slices.Clone(all), func(o data.Override) bool { return o.State(now) != state })
			got, total, err := s.OverridePage(ctx, f)
			if err != nil || total != len(want) || !slices.Equal(got, want) {
				t.Errorf("%s at %v: %d of %d, %v", state, now, len(got), total, err)
			}
		}
	}
}
