package evaluation_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/evaluation"
)

var noon = time.Date(2026, 11, 23, 12, 0, 30, 5e8, time.UTC)

// report is a report as eval run writes it.
func report(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile("../../eval/report/testdata/rich.golden.json")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

const page = "<!doctype html><title>Evaluation</title>"

func keep(t *testing.T, dir *evaluation.Dir, at time.Time, name, report string) string {
	t.Helper()
	id, err := dir.Keep(at, name, []byte(report), []byte(page))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// What is kept is there as it was written, the newest first.
func TestKeep(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "evaluations")
	dir := evaluation.Open(folder)
	if runs, more, err := dir.Runs("", 10); err != nil || more || len(runs) > 0 {
		t.Errorf("before anything is kept: %v, %v, %v", runs, more, err)
	}
	text := report(t)
	first := keep(t, dir, noon, " rank \n 36 ", string(text))
	second := keep(t, dir, noon.Add(time.Hour), "", `{"verdict":"none"}`)
	if again := keep(t, dir, noon.Add(100*time.Millisecond), "rank 36", string(text)); again != first {
		t.Errorf("the same again is %s, and was %s", again, first)
	}
	if !strings.HasPrefix(first, "20261123T120030Z-") {
		t.Errorf("the id is %s", first)
	}
	if ids, err := dir.IDs(); err != nil || !slices.Equal(ids, []string{second, first}) {
		t.Errorf("ids %v, %v", ids, err)
	}
	run, err := dir.Run(first)
	if err != nil || run.Err != nil {
		t.Fatal(err, run.Err)
	}
	if run.Name != "rank 36" || !run.Time.Equal(noon.Truncate(time.Second)) || !run.Page {
		t.Errorf("got %+v", run)
	}
	r := run.Report
	if r.Verdict != evaluation.Fail || r.Baseline != "production" || r.Simulated == "" || len(r.Gates) != 16 {
		t.Errorf("got %s beside %s, %q, %d gates", r.Verdict, r.Baseline, r.Simulated, len(r.Gates))
	}
	if g := r.Gates[0]; g.Metric != "clicks" || g.Level != "L3" || g.Verdict != "better" || g.Effect != evaluation.Pass || !slices.Equal(g.Decided, []string{"+3.13 %", "+0.744 %", "+5.52 %"}) || len(g.Doubts) != 1 {
		t.Errorf("got %+v", g)
	}
	if r.Snapshot("pr") != "20260316T020000Z-7f3a9c" || r.Snapshot("bold") != "" || r.Snapshot("no such") != "" {
		t.Errorf("got the candidates %v", r.Inputs.Candidates)
	}
	if got, err := dir.JSON(first); err != nil || string(got) != string(text) {
		t.Errorf("the report is not what was kept: %v", err)
	}
	if got, err := dir.HTML(first); err != nil || string(got) != page {
		t.Errorf("the page is %q, %v", got, err)
	}
	if _, err := dir.Keep(noon, strings.Repeat("字", evaluation.LongestName+1), text, nil); err == nil {
		t.Error("a name of any length is kept")
	}
	left, err := os.ReadDir(folder)
	if err != nil || len(left) != 2 {
		t.Errorf("the folder holds %v, %v", left, err)
	}
}

// Of a report of which no more than its beginning is read, the same is known as of the whole.
func TestBeginning(t *testing.T) {
	dir := evaluation.Open(t.TempDir())
	text := string(report(t))
	want, err := evaluation.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var keys map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &keys); err != nil {
		t.Fatal(err)
	}
	sorted, err := json.MarshalIndent(keys, "", "  ") // the verdict comes last
	if err != nil {
		t.Fatal(err)
	}
	for i, written := range []string{
		text,
		strings.TrimSuffix(text, "\n"), // which could be cut off
		string(sorted) + "\n",
	} {
		run, err := dir.Run(keep(t, dir, noon.Add(time.Duration(i)*time.Hour), "", written))
		if err != nil {
			t.Fatal(err)
		}
		if run.Err != nil || !reflect.DeepEqual(run.Report, want) {
			t.Errorf("%d: %v, and it is not the same", i, run.Err)
		}
	}
}

// Wherever a report is cut off, that is told.
func TestCutOff(t *testing.T) {
	folder := t.TempDir()
	dir := evaluation.Open(folder)
	text := report(t)
	id := keep(t, dir, noon, "", string(text))
	path := filepath.Join(folder, id, "report.json")
	for n := len(text) - 2; n >= 0; n -= 1 + n/300 { // without its last byte it is whole yet
		if err := os.WriteFile(path, text[:n], 0o644); err != nil {
			t.Fatal(err)
		}
		if run, err := dir.Run(id); err != nil || run.Err == nil {
			t.Fatalf("of %d bytes the first %d are taken for the report: %v", len(text), n, err)
		}
	}
}

// Runs are read a few at a time, and each once.
func TestRuns(t *testing.T) {
	dir := evaluation.Open(t.TempDir())
	var want, got []string
	for i := range 7 {
		want = append(want, keep(t, dir, noon.Add(-time.Duration(i)*time.Minute), "", `{"verdict":"pass"}`))
	}
	for before, more := "", true; more; before = got[len(got)-1] {
		var runs []evaluation.Run
		var err error
		if runs, more, err = dir.Runs(before, 3); err != nil || len(runs) == 0 {
			t.Fatal(runs, err)
		}
		for _, run := range runs {
			got = append(got, run.ID)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// A run of which something cannot be read is there, with the reason, beside the others.
func TestBroken(t *testing.T) {
	folder := t.TempDir()
	dir := evaluation.Open(folder)
	good := keep(t, dir, noon, "good", `{"verdict":"pass"}`)
	outside := filepath.Join(t.TempDir(), "outside.json")
	if err := os.WriteFile(outside, []byte(`{"verdict":"pass","summary":"secret"}`), 0o644); err != nil {
		t.Fatal(err)
	}
	whole := report(t)
	n := 0
	for want, spoil := range map[string]func(run string) error{
		"report.json is missing": func(run string) error { return os.Remove(filepath.Join(run, "report.json")) },
		"report.json is no report: unexpected end": func(run string) error {
			return os.WriteFile(filepath.Join(run, "report.json"), whole[:len(whole)/2], 0o644)
		},
		"report.json is no report: json: cannot": func(run string) error { return os.WriteFile(filepath.Join(run, "report.json"), []byte("[]"), 0o644) },
		"it has no verdict":                      func(run string) error { return os.WriteFile(filepath.Join(run, "report.json"), []byte("{}"), 0o644) },
		"has 70 MB; up to 64 MB are read":        func(run string) error { return os.Truncate(filepath.Join(run, "report.json"), 70<<20) },
		"report.json is no file": func(run string) error {
			return errors.Join(os.Remove(filepath.Join(run, "report.json")), os.Mkdir(filepath.Join(run, "report.json"), 0o755))
		},
		"report.json cannot be read: path escapes": func(run string) error {
			return errors.Join(os.Remove(filepath.Join(run, "report.json")), os.Symlink(outside, filepath.Join(run, "report.json")))
		},
		"is a file, and no folder": func(run string) error { return errors.Join(os.RemoveAll(run), os.WriteFile(run, nil, 0o644)) },
	} {
		n++
		id := keep(t, dir, noon.Add(time.Duration(n)*time.Minute), "spoilt", `{"verdict":"pass"}`)
		if err := spoil(filepath.Join(folder, id)); err != nil {
			t.Fatal(err)
		}
		run, err := dir.Run(id)
		if err != nil || run.Err == nil || !strings.Contains(run.Err.Error(), want) || strings.Contains(run.Err.Error(), folder) || run.Report.Verdict != "" {
			t.Errorf("%s: got %+v, %v", want, run.Err, err)
		}
		if _, err := dir.JSON(id); err == nil || errors.Is(err, data.ErrNotFound) {
			t.Errorf("%s: the report is read: %v", want, err)
		}
	}
	for name, text := range map[string]string{"run.json": `{"name":`, "report.html": ""} {
		id := keep(t, dir, noon.Add(-time.Minute), "x"+name, `{"verdict":"pass"}`)
		path := filepath.Join(folder, id, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if run, err := dir.Run(id); err != nil || run.Err != nil || run.Report.Verdict != evaluation.Pass {
			t.Errorf("%s: got %+v, %v", name, run, err)
		}
	}
	for _, other := range []string{"README", ".new-123", "before-the-fix", "20261399T120030Z-abcdef"} {
		if err := os.Mkdir(filepath.Join(folder, other), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	runs, more, err := dir.Runs("", 100)
	if err != nil || more || len(runs) != n+3 {
		t.Fatalf("%d runs, %v, %v; want %d", len(runs), more, err, n+3)
	}
	if i := slices.IndexFunc(runs, func(r evaluation.Run) bool { return r.ID == good }); i != n || runs[i].Name != "good" || runs[i].Err != nil {
		t.Errorf("the good one is at %d", i)
	}
}

// What a crash has left is never a run, and goes a day later.
func TestCrash(t *testing.T) {
	folder := t.TempDir()
	dir := evaluation.Open(folder)
	left := filepath.Join(folder, ".new-123")
	if err := os.Mkdir(left, 0o755); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	keep(t, dir, now.Add(time.Hour), "", `{"verdict":"pass"}`)
	if _, err := os.Stat(left); err != nil {
		t.Errorf("after an hour somebody may be writing it: %v", err)
	}
	keep(t, dir, now.Add(48*time.Hour), "", `{"verdict":"pass"}`)
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("after two days: %v", err)
	}
	if ids, err := dir.IDs(); err != nil || len(ids) != 2 {
		t.Errorf("ids %v, %v", ids, err)
	}
}

// No id leads out of the folder.
func FuzzID(f *testing.F) {
	parent := f.TempDir()
	folder := filepath.Join(parent, "evaluations")
	dir := evaluation.Open(folder)
	id, err := dir.Keep(noon, "", []byte(`{"verdict":"pass"}`), []byte("page"))
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range []string{"report.json", "report.html", "run.json"} {
		if err := os.WriteFile(filepath.Join(parent, name), []byte(`{"verdict":"pass","name":"secret"}`), 0o644); err != nil {
			f.Fatal(err)
		}
	}
	for _, id := range []string{id, "", ".", "..", "../", "../evaluations/" + id, id + "/..", id + "/", "./" + id, "..\\", id + "\x00", "%2e%2e", "/etc", id + "/../.."} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, asked string) {
		run, err := dir.Run(asked)
		_, errJSON := dir.JSON(asked)
		_, errHTML := dir.HTML(asked)
		if asked == id {
			if err != nil || errJSON != nil || errHTML != nil || run.ID != id {
				t.Errorf("the run is not found: %v, %v, %v", err, errJSON, errHTML)
			}
			return
		}
		for _, err := range []error{err, errJSON, errHTML} {
			if !errors.Is(err, data.ErrNotFound) {
				t.Errorf("%q: got %v", asked, err)
			}
		}
	})
}
