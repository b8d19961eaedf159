package eval_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval"
	"github.com/alsolike/alsolike/eval/pack"
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
	check("NDJSON with scores", `{"seed":"a","items":[["b",2],["c",2.0]]}`+"\n"+`{"items":[["a",-1]],"seed":"b"}`)
	check("TREC run", "a Q0 c 1 0.5 x\nb Q0 a 1 7 x\n\na Q0 b 9 0.9 x\n")
	check("TREC run, tabs, ties as given", "a\tQ0\tb\t2\t0.5\tx\na\tQ0\tc\t1\t.5\tx\nb\tQ0\ta\t1\t1e-3\tx")
}

func TestReadScored(t *testing.T) {
	check := func(name, text string, want pack.Scored) {
		t.Helper()
		got, err := eval.ReadScored(strings.NewReader(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	type ids = []data.ArticleID
	check("TSV", "a\tb\t0.9\na\tc\t0.5\n", pack.Scored{"a": {Items: ids{"b", "c"}, Scores: []float64{0.9, 0.5}}})
	check("TSV, spaces in ids", "a b c\td e f\t0.9\n", pack.Scored{"a b c": {Items: ids{"d e f"}, Scores: []float64{0.9}}})
	check("TREC run", "a%20b Q0 50%25 1 -1 x\na%20b Q0 c 2 3 x\n", pack.Scored{"a b": {Items: ids{"c", "50%"}, Scores: []float64{3, -1}}})
	check("NDJSON", `{"seed":"a","items":["b"]}`, pack.Scored{"a": {Items: ids{"b"}}})
	check("NDJSON with scores", `{"seed":"a","items":[["b",0.25]]}`, pack.Scored{"a": {Items: ids{"b"}, Scores: []float64{0.25}}})
	check("no items", `{"seed":"a","items":[]}`, pack.Scored{"a": {Items: ids{}}})
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
	check("run", "a Q0 b 1 1 x\na b\n", "line 2: wants source, Q0")
	check("run, percent sign", "a Q0 50% 1 1 x\n", "line 1: target \"50%\" holds a %")
	check("run, score", "a Q0 b 1 inf x\n", "no finite number")
	check("run, twice", "a Q0 b 1 1 x\nb Q0 b 1 1 x\na Q0 b 2 0 x\n", "line 3: target \"b\" had its score under \"a\"")
	check("run, id", "a Q0 %00 1 1 x\n", "control character")
	check("half scored", `{"seed":"a","items":["b",["c",1]]}`, "and items without")
	check("rising scores", `{"seed":"a","items":[["b",1],["c",2]]}`, "score of item 2 is above")
	check("no pair", `{"seed":"a","items":[["b"]]}`, "[id, score]")
	check("no score", `{"seed":"a","items":[["b",null]]}`, "[id, score]")
	check("long line", "a\tb\t"+strings.Repeat("1", 5<<20), "line 1: is longer")
}

// What parses, prints and parses the same, in every form that can hold it.
func FuzzReadScored(f *testing.F) {
	f.Add("a\tb\t0.9\na\tc\t0.5\nb\ta\t1\n")
	f.Add(`{"seed":"a","items":["b","c"]}`)
	f.Add(`{"seed":"a","items":[["b",1],["c",0.5]]}`)
	f.Add("a%20b Q0 c 1 0.5 x\nd Q0 c 1 0.5 x\na%20b Q0 %25 1 0.7 x\n")
	f.Add("a\tb\t-Inf\n")
	f.Add("{\"seed\":\"\\ud800\",\"items\":[]}\n")
	f.Add(`{"seed":"","items":[["b",1],["c",0.5]]}`)
	f.Fuzz(func(t *testing.T, text string) {
		first, err := eval.ReadScored(strings.NewReader(text))
		if err != nil {
			return
		}
		var tsv, run, ndjson strings.Builder
		full := pack.Scored{} // what can be told by lines of one item, which have no seed ""
		for seed, list := range first {
			items := []any{}
			distinct := map[data.ArticleID]bool{}
			for i, item := range list.Items {
				distinct[item] = true
				if list.Scores == nil {
					items = append(items, item)
					continue
				}
				items = append(items, []any{item, list.Scores[i]})
				if seed != "" {
					fmt.Fprintf(&tsv, "%s\t%s\t%g\n", seed, item, list.Scores[i])
					full[seed] = list
				}
			}
			if list.Scores != nil && seed != "" && len(distinct) == len(items) {
				for i, item := range list.Items {
					fmt.Fprintf(&run, "%s Q0 %s %d %g x\n", url.PathEscape(string(seed)), url.PathEscape(string(item)), i+1, list.Scores[i])
				}
			}
			line, err := json.Marshal(map[string]any{"seed": seed, "items": items})
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&ndjson, "%s\n", line)
		}
		again := func(form, text string, want pack.Scored) {
			t.Helper()
			got, err := eval.ReadScored(strings.NewReader(text))
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); err != nil || diff != "" {
				t.Errorf("as %s: %v\n%s", form, err, diff)
			}
		}
		again("NDJSON", ndjson.String(), first)
		if tsv.Len() > 0 && !strings.HasPrefix(tsv.String(), "{") { // a TSV cannot start like JSON
			again("TSV", tsv.String(), full)
		}
		if tsv.Len() > 0 && strings.Count(run.String(), "\n") == strings.Count(tsv.String(), "\n") && !strings.HasPrefix(run.String(), "{") {
			again("TREC run", run.String(), full)
		}
	})
}
