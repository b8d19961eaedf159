package main

import (
	"encoding/csv"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// inside has the temporary folders of the test made in one, and demands that none is
// left.
func inside(t *testing.T) {
	t.Helper()
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	t.Cleanup(func() {
		if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
	})
}

func TestBench(t *testing.T) {
	oneByOne(t)
	s := newShell(t)
	inside(t)
	out := s.ok("bench", "--articles", "300", "--rank", "16", "--neighbours", "5", "--runs", "2")
	for _, want := range []string{"300 articles (en 300)", "rank 16, 5 neighbours; medians of 2 runs", "Peak of this machine", "STAGE", "count", "decompose", "neighbours", "total"} {
		if !strings.Contains(out, want) {
			t.Errorf("bench does not print %q:\n%s", want, out)
		}
	}
	if _, err := os.Stat(s.data); !errors.Is(err, os.ErrNotExist) {
		t.Error("bench made a data folder")
	}

	if out := s.ok("bench", "--articles", "300", "--method", "approximate"); !strings.Contains(out, "neighbours are approximate") {
		t.Errorf("bench --method approximate prints\n%s", out)
	}

	var first, again benchReport
	s.decode(&first, "bench", "--articles", "300", "--seed", "7", "--json")
	s.decode(&again, "bench", "--articles", "300", "--seed", "7", "--json")
	a, b := first.Results[0], again.Results[0]
	if a.Articles != 300 || a.Words == 0 || a.Words != b.Words || a.Terms != b.Terms || a.NonZeros != b.NonZeros || a.Rank != 37 || a.Neighbours != 64 {
		t.Errorf("got %+v and %+v", a, b)
	}
}

func TestBenchFrom(t *testing.T) {
	oneByOne(t)
	s := newShell(t)
	inside(t)
	export := filepath.Join(t.TempDir(), "new", "export")
	var report benchReport
	s.decode(&report, "bench", "--from", s.sampleFile(), "--export", export, "--json")
	r := report.Results[0]
	if r.Articles != 334 || r.Languages["zh-Hant"] != 112 || r.Captured <= 0 || r.Captured > 1 || r.Method != "exact" {
		t.Errorf("got %+v", r)
	}
	for _, name := range []string{"articles.jsonl", "vectors.npy", "matrix.data.npy"} {
		if _, err := os.Stat(filepath.Join(export, name)); err != nil {
			t.Error(err)
		}
	}
	if n := strings.Count(s.ok("import", filepath.Join(export, "articles.jsonl")), "334 new"); n != 1 {
		t.Error("the articles exported are not those that were read")
	}
	s.fails(1, []string{"missing.jsonl"}, "bench", "--from", "missing.jsonl")
}

func TestBenchGrowth(t *testing.T) {
	oneByOne(t)
	s := newShell(t)
	inside(t)
	folder := t.TempDir()
	table, picture := filepath.Join(folder, "growth.csv"), filepath.Join(folder, "growth.svg")
	out := s.ok("bench", "--growth", "100,200,400", "--csv", table, "--svg", picture)
	if !strings.Contains(out, "400 articles") || !strings.Contains(out, "POWER") {
		t.Errorf("bench --growth prints\n%s", out)
	}
	f, err := os.Open(table)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil || len(lines) < 1+3*5 {
		t.Errorf("%d lines in the table, %v", len(lines), err)
	}
	svg, err := os.ReadFile(picture)
	if err != nil {
		t.Fatal(err)
	}
	for decoder := xml.NewDecoder(strings.NewReader(string(svg))); ; {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("the picture is no XML: %v", err)
		}
	}
	s.fails(1, []string{"cannot write", "missing"}, "bench", "--growth", "50", "--csv", filepath.Join(folder, "missing", "growth.csv"))
}

func TestBenchPeers(t *testing.T) {
	oneByOne(t)
	if runtime.GOOS == "windows" {
		t.Skip("there is no sh to stand for a Python")
	}
	s := newShell(t)
	inside(t)
	python := s.file("python", `#!/bin/sh
case "$2" in
*sgemm_peak.py) echo '{"peer":"numpy 1","stage":"sgemm","seconds":0.5,"gflops":200,"blas":"OpenBLAS X"}' ;;
*faiss_flat.py) test -s "$3" && echo '{"peer":"FAISS 1","stage":"neighbours","seconds":100,"cpu_seconds":200,"peak_bytes":1000000}' ;;
*) echo "$2: cannot import it; apt-get install python3-something" >&2; exit 1 ;;
esac
`)
	if err := os.Chmod(python, 0o755); err != nil {
		t.Fatal(err)
	}
	r := s.run("bench", "--articles", "100", "--peers", "--python", python)
	if r.code != 0 {
		t.Fatalf("exit code %d: %s", r.code, r.stderr)
	}
	for _, want := range []string{"FAISS 1", "exact neighbours", "100.00", "numpy 1", "200 GFLOP/s", "OpenBLAS X"} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("bench --peers does not print %q:\n%s", want, r.stdout)
		}
	}
	if !strings.Contains(r.stderr, "not measured: ") || !strings.Contains(r.stderr, "apt-get install python3-something") {
		t.Errorf("nothing is said of what is not installed:\n%s", r.stderr)
	}
	if r := s.run("bench", "--articles", "50", "--peers=sgemm,faiss", "--python", python); r.code != 0 || strings.Contains(r.stderr, "not measured") || strings.Count(r.stdout, "OpenBLAS X") != 1 {
		t.Errorf("two peers asked for: exit code %d\n%s\n%s", r.code, r.stdout, r.stderr)
	}
	s.fails(1, []string{"no-such-python", "--python"}, "bench", "--articles", "50", "--peers", "--python", "no-such-python")
}

func TestBenchUsage(t *testing.T) {
	s := newShell(t)
	for _, c := range []struct{ args, want string }{
		{"--articles 0", "at least 1"},
		{"--runs 0", "at least 1"},
		{"--rank -1", "at least 0"},
		{"--method fast", "exact"},
		{"--peers=fais", "did you mean faiss?"},
		{"--growth 100,100", "sizes that grow"},
		{"--growth 0", "sizes that grow"},
		{"--growth 100 --articles 5", "leave out"},
		{"--growth 100 --from x", "leave out"},
		{"--growth 100 --peers", "leave out --growth"},
		{"--articles 5 --from x", "leave out one"},
		{"--svg x.svg", "--growth"},
		{"extra", "one too many"},
	} {
		s.fails(2, []string{c.want}, append([]string{"bench"}, strings.Fields(c.args)...)...)
	}
}
