package overridecsv_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
	"github.com/alsolike/alsolike/data/overridecsv"
)

// newStore is an empty store with the articles that drawn overrides name.
func newStore(t rapid.TB) *datatest.Store {
	s := datatest.NewStore(func() time.Time { return time.Date(2026, 11, 29, 16, 0, 0, 0, time.UTC) })
	var articles []data.Article
	for _, id := range []data.ArticleID{"a", "=b", "-c", "@d", "'e", "'=f", "g,h", `"i"`, " j", "文", "k/l"} {
		articles = append(articles, data.Article{ID: id, Title: "t", Lang: "en"})
	}
	if _, err := s.PutArticles(context.Background(), articles); err != nil {
		t.Fatal(err)
	}
	return s
}

func export(t rapid.TB, s *datatest.Store) string {
	all, err := s.Overrides(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := overridecsv.Write(&b, all); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// What one site exports another imports and exports as the same bytes; imported where it
// comes from it changes nothing.
func TestImportWhatWasExported(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		one, other := newStore(t), newStore(t)
		if _, _, err := one.AddOverrides(context.Background(), rapid.SliceOfN(drawn, 0, 6).Draw(t, "overrides")); err != nil {
			t.Fatal(err)
		}
		file := export(t, one)
		report, err := overridecsv.Import(context.Background(), other, strings.NewReader(file), overridecsv.Options{File: "f"}, 0)
		if err != nil || report.Added != len(report.Rows) || report.Unchanged+report.Refused != 0 {
			t.Fatalf("%+v, %v", report, err)
		}
		if got := export(t, other); got != file {
			t.Fatalf("got\n%s\nwant\n%s", got, file)
		}
		report, err = overridecsv.Import(context.Background(), one, strings.NewReader(file), overridecsv.Options{File: "f"}, data.AnyRevision)
		if err != nil || report.Unchanged != len(report.Rows) || report.Added+report.Refused != 0 {
			t.Fatalf("once more: %+v, %v", report, err)
		}
	})
}

func TestImportReport(t *testing.T) {
	s := newStore(t)
	const file = "article,target,action,strength\na,文,hide,\na,文,hid,\na,nobody,hide,\na,\"k/l\",boost,2\na,文,hide,\n"
	report, err := overridecsv.Import(context.Background(), s, strings.NewReader(file), overridecsv.Options{File: "f"}, data.AnyRevision)
	if err != nil {
		t.Fatal(err)
	}
	outcomes := []overridecsv.Outcome{overridecsv.Added, overridecsv.Refused, overridecsv.Refused, overridecsv.Added, overridecsv.Added}
	for i, row := range report.Rows {
		if row.Line != i+2 || row.Outcome != outcomes[i] || (row.Err != nil) != (row.Outcome == overridecsv.Refused) || (row.Override.ID != 0) != (row.Outcome == overridecsv.Added) {
			t.Errorf("got %+v, want line %d %s", row, i+2, outcomes[i])
		}
	}
	if len(report.Rows) != 5 || report.Added != 3 || report.Refused != 2 {
		t.Fatalf("got %+v", report)
	}
	if bad := report.Rows[1].Err.Error(); !strings.Contains(bad, "did you mean hide?") || strings.Contains(bad, "f:3") {
		t.Errorf("got %s", bad)
	}
	if missing := report.Rows[2].Err; !errors.Is(missing, data.ErrNotFound) || !strings.Contains(missing.Error(), `"nobody"`) {
		t.Errorf("got %v", missing)
	}
	_, err = overridecsv.Import(context.Background(), s, strings.NewReader("article,target,action\na,文,off\na,,off\n"), overridecsv.Options{File: "f"}, 0)
	if _, ok := errors.AsType[*data.ConflictError](err); !ok {
		t.Errorf("a list that has changed: %v", err)
	}
	if all, err := s.Overrides(context.Background()); err != nil || len(all) != 3 || !slices.ContainsFunc(all, func(o data.Override) bool { return o.Strength == 2 }) {
		t.Errorf("got %+v, %v", all, err)
	}
}

// Looked at first, a file is reported as it then is imported, and nothing is stored.
func TestCheck(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newStore(t)
		if _, _, err := s.AddOverrides(context.Background(), rapid.SliceOfN(drawn, 0, 3).Draw(t, "present")); err != nil {
			t.Fatal(err)
		}
		before := export(t, s)
		file := before + "a,nobody,hide,,,,,,,,,\na,文,hid,,,,,,,,,\na,文,hide,,,,,,,,,\n"
		look, err := overridecsv.Check(context.Background(), s, strings.NewReader(file), overridecsv.Options{File: "f"})
		if err != nil || export(t, s) != before {
			t.Fatalf("%v\n%s", err, export(t, s))
		}
		report, err := overridecsv.Import(context.Background(), s, strings.NewReader(file), overridecsv.Options{File: "f"}, data.AnyRevision)
		if err != nil || look.Added != report.Added || look.Unchanged != report.Unchanged || look.Refused != report.Refused || report.Refused != 2 {
			t.Fatalf("looked at it is %+v, imported %+v, %v", look, report, err)
		}
		for i, row := range report.Rows {
			if l := look.Rows[i]; l.Line != row.Line || l.Outcome != row.Outcome || (l.Err == nil) != (row.Err == nil) || l.Err != nil && l.Err.Error() != row.Err.Error() {
				t.Errorf("looked at it is %+v, imported %+v", l, row)
			}
		}
	})
}

// What says no zone is in that of the newsroom; what export writes says one.
func TestZone(t *testing.T) {
	taipei, err := time.LoadLocation("Asia/Taipei")
	if err != nil {
		t.Fatal(err)
	}
	const file = "article,target,action,from,until\na,文,hide,2026-12-01,2026-12-01 18:30\na,文,hide,2026-12-01T00:00:00Z,2026-12-01T18:30:00+01:00\n"
	var got []string
	for row, err := range overridecsv.Read(strings.NewReader(file), overridecsv.Options{File: "f", Zone: taipei}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, row.From.Format(time.RFC3339), row.Until.Format(time.RFC3339))
	}
	want := []string{"2026-11-30T16:00:00Z", "2026-12-01T10:30:00Z", "2026-12-01T00:00:00Z", "2026-12-01T17:30:00Z"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	s := newStore(t)
	if _, err := overridecsv.Import(context.Background(), s, strings.NewReader(file), overridecsv.Options{File: "f", Zone: taipei}, data.AnyRevision); err != nil {
		t.Fatal(err)
	}
	exported := export(t, s)
	report, err := overridecsv.Import(context.Background(), s, strings.NewReader(exported), overridecsv.Options{File: "f", Zone: taipei}, data.AnyRevision)
	if err != nil || report.Unchanged != 2 || export(t, s) != exported {
		t.Errorf("%+v, %v\n%s", report, err, exported)
	}
}
