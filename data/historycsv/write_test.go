package historycsv_test

import (
	"encoding/csv"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/historycsv"
)

func entries(all ...data.HistoryEntry) iter.Seq2[data.HistoryEntry, error] {
	return func(yield func(data.HistoryEntry, error) bool) {
		for _, e := range all {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func TestWrite(t *testing.T) {
	var b strings.Builder
	err := historycsv.Write(&b, entries(data.HistoryEntry{
		ID: 2, Time: time.Date(2026, 11, 29, 16, 0, 0, 0, time.UTC), Author: "=mei()", Kind: data.KindOverride, Subject: "1", Article: "a", Target: "-b",
		Action: data.ActionRemove, Summary: "-b is hidden under a", Reverts: 1, Batch: 7, Before: []byte(`{"id":1}`),
	}))
	want := "id,time,author,kind,subject,article,target,action,what,reverts,batch,before,after\n" +
		`2,2026-11-29T16:00:00Z,'=mei(),override,1,a,'-b,remove,'-b is hidden under a,1,7,"{""id"":1}",` + "\n"
	if err != nil || b.String() != want {
		t.Errorf("got %v\n%s\nwant\n%s", err, b.String(), want)
	}
	broken := errors.New("broken")
	if err := historycsv.Write(&b, func(yield func(data.HistoryEntry, error) bool) { yield(data.HistoryEntry{}, broken) }); err != broken {
		t.Errorf("got %v", err)
	}
}

// Whatever somebody has written, no cell is a formula, and every row has its cells.
func TestNoCellIsAFormula(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.StringMatching(`['=+@\t\r\n"-]{0,3}[a-z,]*`), rapid.String())
		e := data.HistoryEntry{
			ID: 1, Author: text.Draw(t, "author"), Kind: data.KindUser, Subject: text.Draw(t, "subject"), Article: data.ArticleID(text.Draw(t, "article")),
			Target: data.ArticleID(text.Draw(t, "target")), Action: text.Draw(t, "action"), Summary: text.Draw(t, "summary"),
		}
		var b strings.Builder
		if err := historycsv.Write(&b, entries(e, e)); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
		if err != nil || len(rows) != 3 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		for _, row := range rows {
			if len(row) != len(historycsv.Columns()) || slices.ContainsFunc(row, func(cell string) bool { return cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r\n") }) {
				t.Fatalf("the row %q", row)
			}
		}
	})
}
