package data_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
)

func TestHistoryEntryValidate(t *testing.T) {
	check := func(name string, change func(*data.HistoryEntry), field, part string) {
		t.Helper()
		e := data.HistoryEntry{Kind: data.KindRule, Subject: "3", Action: data.ActionAdd, Time: now, After: []byte(`{}`)}
		change(&e)
		checkInvalid(t, name, e.Validate(), field, part)
	}
	check("good", func(*data.HistoryEntry) {}, "", "")
	check("kind", func(e *data.HistoryEntry) { e.Kind = "rules" }, "kind", `is "rules"; it may be override, rule, snapshot, user or key`)
	check("subject", func(e *data.HistoryEntry) { e.Subject = "" }, "subject", "is missing")
	check("action", func(e *data.HistoryEntry) { e.Action = "" }, "action", "is missing")
	check("author", func(e *data.HistoryEntry) { e.Author = strings.Repeat("x", 201) }, "author", "is longer than 200 bytes")
	check("summary", func(e *data.HistoryEntry) { e.Summary = "\xff" }, "summary", "is not valid UTF-8")
	check("before", func(e *data.HistoryEntry) { e.Before = []byte("{") }, "before", "is not valid JSON")
	check("after", func(e *data.HistoryEntry) { e.After = []byte("") }, "after", "is not valid JSON")
}

func TestParseKind(t *testing.T) {
	for s, want := range map[string]data.Kind{"": "", " Rule ": data.KindRule, "override": data.KindOverride} {
		if got, err := data.ParseKind(s); got != want || err != nil {
			t.Errorf("%q: got %q, %v", s, got, err)
		}
	}
	_, err := data.ParseKind("pin")
	checkInvalid(t, "pin", err, "kind", `is "pin"; it may be`)
}

func TestConflictError(t *testing.T) {
	check := func(err data.ConflictError, want string) {
		t.Helper()
		if got := err.Error(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	at := time.Date(2026, 11, 29, 16, 4, 5, 0, time.UTC)
	check(data.ConflictError{Subject: "override 3"}, "override 3 has been changed meanwhile")
	check(data.ConflictError{Subject: "override 3", Later: &data.HistoryEntry{ID: 7, Time: at, Author: "mei"}}, "override 3 has been changed again since, on 2026-11-29 16:04 UTC by mei (change 7)")
	check(data.ConflictError{Subject: "rule 1", Later: &data.HistoryEntry{ID: 8, Time: at}}, "rule 1 has been changed again since, on 2026-11-29 16:04 UTC (change 8)")
}

func TestAuthor(t *testing.T) {
	if got := data.AuthorOf(context.Background()); got != "" {
		t.Errorf("got %q of nobody", got)
	}
	if got := data.AuthorOf(data.WithAuthor(context.Background(), "mei")); got != "mei" {
		t.Errorf("got %q", got)
	}
}

func TestOverrideSentence(t *testing.T) {
	check := func(o data.Override, want string) {
		t.Helper()
		if got := o.Sentence(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if back, err := data.ParseOverrideJSON(o.AppendJSON(nil)); err != nil || back != o {
			t.Errorf("as JSON and back: %+v, %v; want %+v", back, err, o)
		}
	}
	at := time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC)
	check(data.Override{ID: 1, Article: "a", Target: "b", Action: data.Pin, Position: 2, Until: at}, "b is pinned to position 2 under a until 2026-12-31T00:00:00Z")
	check(data.Override{Article: "*", Target: "b", Action: data.Hide, Lang: "zh", Note: "<why>", Created: at}, "b is hidden everywhere in zh")
	check(data.Override{Article: "a", Target: "b", Action: data.Boost, Strength: 2, Placement: "side\n bar"}, "b is boosted by 2.0 under a in placement side bar")
	check(data.Override{Article: "a", Target: "b", Action: data.Bury, From: at, Paused: true}, "b is buried by 0.0 under a from 2026-12-31T00:00:00Z")
	check(data.Override{Article: "a", Action: data.Off, Author: "mei"}, "a shows no links")
}
