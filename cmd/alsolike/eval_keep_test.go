package main

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A run that is kept is on the editors' page, with its report as it was printed, also
// where its gates fail.
func TestEvalRunKeep(t *testing.T) {
	s, log, ranking := evalSite(t)
	run := func(code int, flags ...string) result {
		t.Helper()
		config := s.file("eval.yaml", "version: 1\nk: 2\ncompare: [random]\nreads: "+log+"\nmap: {reader: who, item: what}\n"+
			"candidates: [{name: ours, ranking: "+ranking+"}]\ngates: [{metric: coverage@2, max: 10%}]\nbaseline: random\n")
		r := s.run(append([]string{"eval", "run", "--config", config, "--json"}, flags...)...)
		if r.code != code {
			t.Fatalf("%v: exit code %d, want %d\n%s", flags, r.code, code, r.stderr)
		}
		return r
	}
	folder := filepath.Join(s.data, "evaluations")
	run(exitFailure)
	if _, err := os.Stat(folder); !os.IsNotExist(err) {
		t.Errorf("nothing was to be kept: %v", err)
	}
	run(exitUsage, "--name", "x")
	run(exitUsage, "--keep", "--name", strings.Repeat("x", 300))
	run(exitUsage, "--keep", "--data", filepath.Join(t.TempDir(), "nowhere"))
	kept := run(exitFailure, "--keep", "--name", "the first")
	id := regexp.MustCompile(`(?m)^kept as .*/evaluations/(\d{8}T\d{6}Z-[0-9a-f]{6}),`).FindStringSubmatch(kept.stderr)
	if id == nil || !strings.HasSuffix(strings.TrimSpace(kept.stderr), "(worse)") {
		t.Fatalf("it says\n%s", kept.stderr)
	}
	text, err := os.ReadFile(filepath.Join(folder, id[1], "report.json"))
	if err != nil || string(text) != kept.stdout {
		t.Errorf("the report that is kept is another one than was printed: %v", err)
	}
	const password = "drei Kraniche"
	s.ok("user", "add", "mei", "--role", "viewer", "--password-file", s.file("password.txt", password))
	r := s.startServe()
	waitFor(t, "the server answers", func() bool { status, _ := r.get("/healthz"); return status == http.StatusOK })
	_, cookie := r.signIn("mei", password)
	ask := func(path string) string {
		t.Helper()
		status, body := r.getAs("Cookie", cookie, path)
		if status != http.StatusOK {
			t.Errorf("%s: %d", path, status)
		}
		return body
	}
	for path, wants := range map[string][]string{
		"/editor/evaluation":                      {"the first", ">Fail<", "ours beside random", "at most 10 %"},
		"/editor/evaluation/" + id[1] + "/report": {"<h1 class=\"effect-fail\">", "coverage@2"},
		"/v1/editor/evaluations/" + id[1]:         {`"verdict": "fail"`},
	} {
		body := ask(path)
		for _, want := range wants {
			if !strings.Contains(body, want) {
				t.Errorf("%s has no %q", path, want)
			}
		}
	}
	if err := os.RemoveAll(filepath.Join(folder, id[1])); err != nil {
		t.Fatal(err)
	}
	if body := ask("/editor/evaluation"); !strings.Contains(body, "No evaluation is kept yet") {
		t.Error("a run whose folder is gone is still on the page")
	}
}
