package peers_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/recommend/refresh/peers"
)

// python is the interpreter that has Debian's packages.
func python(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"/usr/bin/python3", "python3"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("there is no python3 here")
	return ""
}

func extracted(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	if err := peers.Extract(folder); err != nil {
		t.Fatal(err)
	}
	return folder
}

var all = []string{peers.ScikitLearn, peers.Gensim, peers.FAISS, peers.HNSW, peers.PyNNDescent, peers.Product, "lsa_like_vectors.py"}

// Each script explains itself on any Python, whatever is installed.
func TestScriptsHelp(t *testing.T) {
	bin, folder := python(t), extracted(t)
	for _, script := range all {
		out, err := exec.CommandContext(t.Context(), bin, "-B", filepath.Join(folder, script), "--help").CombinedOutput()
		if err != nil || !strings.Contains(string(out), "--threads") {
			t.Errorf("%s --help: %v\n%s", script, err, out)
		}
	}
}

// Without its package a script says which one to install, in one sentence.
func TestAbsentPackage(t *testing.T) {
	bin, folder := python(t), extracted(t)
	if err := os.WriteFile(filepath.Join(folder, "numpy.py"), []byte("raise ImportError('not here')\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := peers.Run(t.Context(), bin, folder, peers.Product)
	if err == nil || !strings.Contains(err.Error(), "apt-get install python3-numpy") || strings.Contains(err.Error(), "Traceback") {
		t.Errorf("got %v, want a sentence that names the package", err)
	}
}

func TestRunFailures(t *testing.T) {
	folder := t.TempDir()
	if _, err := peers.Run(t.Context(), filepath.Join(folder, "no-python"), folder, peers.Product); err == nil {
		t.Error("ran by a Python that does not exist")
	}
	bin := python(t)
	if err := os.WriteFile(filepath.Join(folder, "chatty.py"), []byte("print('hello')\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := peers.Run(t.Context(), bin, folder, "chatty.py"); err == nil || !strings.Contains(err.Error(), "hello") {
		t.Errorf("got %v, want an error that quotes what was printed", err)
	}
}

// The peers that are installed find what there is to find.
func TestFigures(t *testing.T) {
	bin, folder := python(t), extracted(t)
	articles := filepath.Join(folder, "articles.jsonl")
	var lines []byte
	for i := range 60 {
		subject := []string{"harbour ships cranes dockers freight", "wheat harvest orchard drought soil", "teachers pupils exams classroom tuition"}[i%3]
		line, err := json.Marshal(map[string]string{"title": "On " + subject, "body": strings.Repeat(subject+" ", 1+i%4)})
		if err != nil {
			t.Fatal(err)
		}
		lines = append(append(lines, line...), '\n')
	}
	if err := os.WriteFile(articles, lines, 0o644); err != nil {
		t.Fatal(err)
	}
	run := func(t *testing.T, script string, args ...string) map[string]peers.Figure {
		t.Helper()
		figures, err := peers.Run(t.Context(), bin, folder, script, args...)
		if err != nil && strings.Contains(err.Error(), "apt-get install") {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		stages := map[string]peers.Figure{}
		for _, f := range figures {
			stages[f.Stage] = f
		}
		return stages
	}
	t.Run("scikit-learn", func(t *testing.T) {
		got := run(t, peers.ScikitLearn, articles, "--rank", "3", "--neighbours", "5")
		if c := got["energy"].Captured; c < .95 || c > 1.0001 {
			t.Errorf("three subjects in three dimensions capture %v, want nearly all", c)
		}
		if f := got["neighbours"]; f.Articles != 60 || f.PeakBytes == 0 {
			t.Errorf("neighbours: %+v", f)
		}
	})
	vectors := filepath.Join(folder, "vectors.npy")
	for script, stage := range map[string]string{peers.FAISS: "neighbours", peers.HNSW: "query", peers.PyNNDescent: "build"} {
		t.Run(script, func(t *testing.T) {
			if script == peers.PyNNDescent && testing.Short() {
				t.Skip("-short: it compiles itself first")
			}
			run(t, "lsa_like_vectors.py", vectors, "--rows", "2000", "--dim", "32", "--latent", "8", "--clusters", "10")
			got := run(t, script, vectors, "--neighbours", "10")
			if f := got[stage]; f.Articles != 2000 || script != peers.FAISS && f.Recall < .9 {
				t.Errorf("got %+v", got)
			}
		})
	}
}
