package eval_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval"
)

func TestReadLists(t *testing.T) {
	want := lists("a: b c", "b: a")
	check := func(name, text string) {
		t.Helper()
		got, err := eval.ReadLists(strings.NewReader(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	check("TSV", "a\tb\t0.9\na\tc\t0.9\nb\ta\t1e-3\n")
	check("TSV, Windows, no last line break", "a\tb\t0.9\r\n\r\na\tc\t0.5\r\nb\ta\t1")
	check("NDJSON", `{"seed":"a","items":["b","c"]}`+"\n\n"+`{"items":["a"],"seed":"b"}`)
}

func TestReadListsRefuses(t *testing.T) {
	check := func(name, text, want string) {
		t.Helper()
		_, err := eval.ReadLists(strings.NewReader(text))
		var unusable *eval.DataError
		if !errors.As(err, &unusable) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want a DataError with %q", name, err, want)
		}
	}
	check("empty", "\n\n", "is empty")
	check("columns", "a\tb\t1\na b 1\n", "line 2: wants source")
	check("score", "a\tb\thigh\n", `line 1: score "high"`)
	check("not finite", "a\tb\tNaN\n", "no finite number")
	check("rising", "a\tb\t0.1\na\tc\t0.2\n", "line 2: score 0.2 is above")
	check("source twice", "a\tb\t1\nb\ta\t1\na\tc\t1\n", "line 3: source \"a\" had its list")
	check("no id", "\tb\t1\n", "line 1: source id is missing")
	check("broken JSON", "{\"seed\":\n", "line 1: is no list")
	check("unknown field", `{"seed":"a","links":[]}`, "unknown field")
	check("no items", `{"seed":"a"}`, "wants")
	check("two objects", `{"seed":"a","items":[]}{"seed":"b","items":[]}`, "wants")
	check("seed twice", `{"seed":"a","items":[]}`+"\n"+`{"seed":"a","items":[]}`, "line 2: seed")
	check("long line", "a\tb\t"+strings.Repeat("1", 5<<20), "line 1: is longer")
}

// What parses, prints and parses the same.
func FuzzReadLists(f *testing.F) {
	f.Add("a\tb\t0.9\na\tc\t0.5\nb\ta\t1\n")
	f.Add(`{"seed":"a","items":["b","c"]}`)
	f.Add("a\tb\t-Inf\n")
	f.Add("{\"seed\":\"\\ud800\",\"items\":[]}\n")
	f.Fuzz(func(t *testing.T, text string) {
		first, err := eval.ReadLists(strings.NewReader(text))
		if err != nil {
			return
		}
		var tsv, ndjson strings.Builder
		for seed, items := range first {
			for i, item := range items {
				fmt.Fprintf(&tsv, "%s\t%s\t%d\n", seed, item, -i)
			}
			line, err := json.Marshal(map[string]any{"seed": seed, "items": append([]data.ArticleID{}, items...)})
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&ndjson, "%s\n", line)
		}
		again, err := eval.ReadLists(strings.NewReader(ndjson.String()))
		if diff := cmp.Diff(first, again, cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Errorf("as NDJSON: %v\n%s", err, diff)
		}
		if tsv.Len() == 0 || strings.HasPrefix(tsv.String(), "{") { // a TSV cannot hold empty lists, nor start like JSON
			return
		}
		again, err = eval.ReadLists(strings.NewReader(tsv.String()))
		full := eval.Lists{}
		for seed, items := range first {
			if len(items) > 0 {
				full[seed] = items
			}
		}
		if diff := cmp.Diff(full, again); err != nil || diff != "" {
			t.Errorf("as TSV: %v\n%s", err, diff)
		}
	})
}
