package sqlite_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
	"github.com/alsolike/alsolike/data/sqlite"
)

// ruleStore is what sqlite.Store and its twin in memory have in common of rules.
type ruleStore interface {
	PutArticles(context.Context, []data.Article) (data.Changes, error)
	Revision(context.Context) (data.Revision, error)
	AddRule(context.Context, data.Rule) (data.Rule, error)
	AddRulesIf(context.Context, []data.Rule, func([]data.Rule) error) ([]data.Rule, []error, error)
	Rules(context.Context) ([]data.Rule, error)
	PauseRule(context.Context, int64, bool) error
	MoveRule(context.Context, int64, int) error
	RemoveRule(context.Context, int64) error
}

var drawnRule = rapid.Custom(func(t *rapid.T) data.Rule {
	names := rapid.SampledFrom([][]string{nil, nil, {"a"}, {"住房", `"`, "x\x00"}})
	r := data.Rule{
		Under:  data.Condition{Selection: data.Selection{Sections: names.Draw(t, "sections")}, Langs: rapid.SampledFrom([][]data.Lang{nil, {"zh"}, {"EN"}}).Draw(t, "langs"), PublishedFrom: anyTime.Draw(t, "published")},
		Action: rapid.SampledFrom([]data.Action{"", data.Pin, data.Bury, data.Off, "hyde"}).Draw(t, "action"),
		Target: rapid.OneOf(anyID, rapid.Just(data.ArticleID(""))).Draw(t, "target"),
		Only:   rapid.SampledFrom([]data.SectionLimit{data.AnySection, data.SameSection, "same"}).Draw(t, "only"), MaxPerAuthor: rapid.IntRange(-1, 2).Draw(t, "per author"),
		From: anyTime.Draw(t, "from"), Until: anyTime.Draw(t, "until"), Note: anyText.Draw(t, "note"), Paused: rapid.Bool().Draw(t, "paused"),
	}
	switch r.Action {
	case data.Pin:
		r.Position = rapid.IntRange(0, 2).Draw(t, "position")
	case data.Off:
		r.Target, r.Only, r.MaxPerAuthor = "", data.AnySection, 0
	case "":
		r.Target = ""
	}
	if rapid.Bool().Draw(t, "no end") {
		r.Until = time.Time{}
	}
	return r
})

// Random operations on rules give the same answers as the store in memory, also after the
// file has been opened anew.
func TestRulesAreLikeTheirTwin(t *testing.T) {
	ctx := context.Background()
	now := noon
	clock := func() time.Time { return now }
	path := filepath.Join(t.TempDir(), "alsolike.db")
	real, err := sqlite.Open(ctx, path, sqlite.Options{Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { real.Close() }()
	twin := datatest.NewStore(clock)
	for _, s := range []ruleStore{real, twin} {
		if _, err := s.PutArticles(ctx, []data.Article{{ID: "1", Title: "one"}, {ID: "文", Title: "two"}}); err != nil {
			t.Fatal(err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		both := func(f func(ruleStore) (any, error)) {
			got, gotErr := f(real)
			want, wantErr := f(twin)
			if diff := cmp.Diff(want, got); diff != "" || kind(gotErr) != kind(wantErr) {
				t.Fatalf("got %v, want %v (-want +got):\n%s", gotErr, wantErr, diff)
			}
		}
		present := func() []data.Rule {
			all, err := twin.Rules(ctx)
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		for _, r := range present() { // which the run before has left
			both(func(s ruleStore) (any, error) { return nil, s.RemoveRule(ctx, r.ID) })
		}
		id := rapid.Custom(func(t *rapid.T) int64 {
			all := present()
			if i := rapid.IntRange(0, len(all)).Draw(t, "rule"); i < len(all) {
				return all[i].ID
			}
			return 0
		})
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				r := drawnRule.Draw(t, "rule")
				now = now.Add(time.Second)
				both(func(s ruleStore) (any, error) { return s.AddRule(ctx, r) })
			},
			"add several": func(t *rapid.T) {
				all := rapid.SliceOfN(drawnRule, 0, 4).Draw(t, "rules")
				seen, late := present(), rapid.Bool().Draw(t, "late")
				both(func(s ruleStore) (any, error) {
					stored, refused, err := s.AddRulesIf(ctx, all, func(now []data.Rule) error {
						if diff := cmp.Diff(seen, now); diff != "" {
							t.Fatalf("looks at (-want +got):\n%s", diff)
						}
						if late {
							return &data.ConflictError{Subject: "the rules"}
						}
						return nil
					})
					if late {
						stored, refused = nil, nil
					}
					why := []string{}
					for _, err := range refused {
						why = append(why, kind(err))
					}
					return map[string]any{"stored": stored, "refused": why}, err
				})
			},
			"pause": func(t *rapid.T) {
				id, paused := id.Draw(t, "id"), rapid.Bool().Draw(t, "paused")
				both(func(s ruleStore) (any, error) { return nil, s.PauseRule(ctx, id, paused) })
			},
			"move": func(t *rapid.T) {
				id, order := id.Draw(t, "id"), rapid.IntRange(0, 6).Draw(t, "order")
				both(func(s ruleStore) (any, error) { return nil, s.MoveRule(ctx, id, order) })
			},
			"remove": func(t *rapid.T) {
				id := id.Draw(t, "id")
				both(func(s ruleStore) (any, error) { return nil, s.RemoveRule(ctx, id) })
			},
			"reopen": func(t *rapid.T) {
				real.Close()
				if real, err = sqlite.Open(ctx, path, sqlite.Options{Now: clock}); err != nil {
					t.Fatal(err)
				}
			},
			"": func(*rapid.T) {
				both(func(s ruleStore) (any, error) { return s.Rules(ctx) })
				both(func(s ruleStore) (any, error) { return s.Revision(ctx) })
			},
		})
	})
}

// Whatever was done to rules can be undone from the newest change to the oldest, and a
// change that something else follows cannot.
func TestRuleHistory(t *testing.T) {
	ctx := data.WithAuthor(context.Background(), "mei")
	store, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "alsolike.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	rules := func(t rapid.TB) []data.Rule {
		all, err := store.Rules(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	newest := func(t rapid.TB) (entry data.HistoryEntry) {
		for e, err := range store.History(ctx, data.HistoryFilter{Kind: data.KindRule, Limit: 1}) {
			if err != nil {
				t.Fatal(err)
			}
			entry = e
		}
		return entry
	}
	rapid.Check(t, func(t *rapid.T) {
		type step struct {
			before []data.Rule
			change data.HistoryEntry
		}
		var steps []step
		for range rapid.IntRange(1, 6).Draw(t, "steps") {
			before, last := rules(t), newest(t)
			id := int64(0)
			if n := len(before); n > 0 {
				id = before[rapid.IntRange(0, n-1).Draw(t, "rule")].ID
			}
			var err error
			switch rapid.SampledFrom([]string{"add", "pause", "move", "remove", "change"}).Draw(t, "what") {
			case "add":
				_, err = store.AddRule(ctx, data.Rule{MaxPerAuthor: rapid.IntRange(1, 9).Draw(t, "per author")})
			case "pause":
				err = store.PauseRule(ctx, id, rapid.Bool().Draw(t, "paused"))
			case "move":
				err = store.MoveRule(ctx, id, rapid.IntRange(1, 4).Draw(t, "order"))
			case "remove":
				err = store.RemoveRule(ctx, id)
			case "change":
				_, err = store.ChangeRule(ctx, id, func(r data.Rule) (*data.Rule, error) {
					r.MaxPerSection = rapid.IntRange(0, 2).Draw(t, "per section")
					return &r, nil
				})
			}
			if err != nil && (id != 0 || !errors.Is(err, data.ErrNotFound)) {
				t.Fatal(err)
			}
			if change := newest(t); change.ID != last.ID {
				if change.Author != "mei" || change.Summary == "" || !change.Last {
					t.Fatalf("recorded %+v", change)
				}
				steps = append(steps, step{before, change})
			} else if diff := cmp.Diff(before, rules(t)); diff != "" {
				t.Fatalf("a change is not recorded:\n%s", diff)
			}
		}
		for i, s := range slices.Backward(steps) {
			made, err := store.Revert(ctx, s.change.ID)
			if err != nil {
				t.Fatalf("step %d, %s: %v", i, s.change.Action, err)
			}
			if diff := cmp.Diff(s.before, rules(t)); diff != "" || made.Reverts != s.change.ID {
				t.Fatalf("step %d, %s, reverted (-want +got):\n%s", i, s.change.Action, diff)
			}
		}
	})
	for _, r := range rules(t) {
		if err := store.RemoveRule(ctx, r.ID); err != nil {
			t.Fatal(err)
		}
	}
	r, err := store.AddRule(ctx, data.Rule{MaxPerAuthor: 1})
	added := newest(t)
	if err == nil {
		err = store.PauseRule(ctx, r.ID, true)
	}
	if err != nil {
		t.Fatal(err)
	}
	_, err = store.Revert(ctx, added.ID)
	if conflict, ok := errors.AsType[*data.ConflictError](err); !ok || conflict.Later.Action != data.ActionPause {
		t.Errorf("a change with another behind it: got error %v", err)
	}
}
