package bench

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data/datatest"
	"github.com/alsolike/alsolike/data/zipf"
	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/recommend/refresh"
	"github.com/alsolike/alsolike/recommend/refresh/peers"
)

// fakePython prints, for each script, what a peer might.
const fakePython = `#!/bin/sh
case "$2 $*" in
*sgemm_peak.py*) echo '{"peer":"numpy 1","stage":"sgemm","seconds":0.5,"gflops":200,"blas":"OpenBLAS X"}' ;;
*sklearn_lsa.py*--matrix*)
	echo '{"peer":"scikit-learn 1","stage":"svd","seconds":20,"cpu_seconds":30,"peak_bytes":5}'
	echo '{"peer":"scikit-learn 1","stage":"energy","captured":0.25}' ;;
*sklearn_lsa.py*"--rank 8 --neighbours 5 --threads 2")
	echo '{"peer":"scikit-learn 1","stage":"read","seconds":1,"cpu_seconds":1,"peak_bytes":1}'
	echo '{"peer":"scikit-learn 1","stage":"tfidf","seconds":2,"cpu_seconds":2,"peak_bytes":400}'
	echo '{"peer":"scikit-learn 1","stage":"svd","seconds":10,"cpu_seconds":10,"peak_bytes":3}'
	echo '{"peer":"scikit-learn 1","stage":"neighbours","seconds":27,"cpu_seconds":37,"peak_bytes":4}'
	echo '{"peer":"scikit-learn 1","stage":"neighbours_by_distance","seconds":11,"cpu_seconds":20,"peak_bytes":2}' ;;
*hnswlib_knn.py*)
	echo '{"peer":"hnswlib","stage":"build","seconds":30,"cpu_seconds":60,"peak_bytes":5}'
	echo '{"peer":"hnswlib","stage":"query","seconds":6,"cpu_seconds":12,"peak_bytes":6,"recall":0.99}' ;;
*pynndescent_knn.py*)
	echo '{"peer":"PyNNDescent","stage":"build","seconds":5,"recall":0.9}'
	echo '{"peer":"PyNNDescent","stage":"build","seconds":9,"recall":0.99}' ;;
*faiss_flat.py*) ;;
*) echo 'gensim_lsi.py: cannot import gensim; apt-get install python3-gensim' >&2; exit 1 ;;
esac
`

func TestCompare(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no sh to stand for a Python")
	}
	python := filepath.Join(t.TempDir(), "python")
	if err := os.WriteFile(python, []byte(fakePython), 0o755); err != nil {
		t.Fatal(err)
	}
	r := &Result{
		Rank: 8, Neighbours: 5, Workers: 2, Captured: .26,
		Stages: []Stage{{Name: "boilerplate", Seconds: .5}, {Name: "count", Seconds: .5}, {Name: "decompose", Seconds: 2, CPUSeconds: 3}, {Name: "neighbours", Seconds: 3, CPUSeconds: 6, GFLOPs: 150}},
		Total:  Stage{Seconds: 8, PeakBytes: 100},
	}
	var ran []string
	var failures []error
	got, err := Compare(t.Context(), Peers{Python: python, Scripts: "scripts", Articles: "a.jsonl", Exported: "out"}, r,
		func(script string) { ran = append(ran, script) }, func(err error) { failures = append(failures, err) })
	if err != nil {
		t.Fatal(err)
	}
	if len(failures) != 1 || !strings.Contains(failures[0].Error(), "python3-gensim") {
		t.Errorf("failures %v, want that of gensim", failures)
	}
	if len(ran) != 7 || ran[0] != peers.Product {
		t.Errorf("ran %v", ran)
	}
	byWork := map[string]Comparison{}
	for _, c := range got {
		byWork[c.Peer+" "+c.Work] = c
	}
	if len(byWork) != 10 {
		t.Errorf("got %d comparisons, want 10: %+v", len(byWork), got)
	}
	for name, want := range map[string]float64{
		"scikit-learn 1 all of it": 5, "scikit-learn 1 all of it, by distance": 3, "scikit-learn 1 the same by distance": 11. / 3, "scikit-learn 1 analysis": 3, "scikit-learn 1 SVD of its own matrix": 5, "scikit-learn 1 SVD of the same matrix": 10,
		"scikit-learn 1 exact neighbours": 9, "hnswlib approximate neighbours": 12, "PyNNDescent approximate neighbours": 3,
	} {
		if c, ok := byWork[name]; !ok || c.Faster != want {
			t.Errorf("%s: %.1f times as fast, want %v", name, c.Faster, want)
		}
	}
	all, same := byWork["scikit-learn 1 all of it"], byWork["scikit-learn 1 SVD of the same matrix"]
	if all.ShareOfMemory != .25 || same.Captured != .25 || same.OurCaptured != .26 || same.FasterCPU != 10 {
		t.Errorf("got %+v and %+v", all, same)
	}
	if c := byWork["numpy 1 a matrix product"]; c.ShareOfProduct != .75 || c.BLAS != "OpenBLAS X" {
		t.Errorf("got %+v", c)
	}
}

func TestMedianFigures(t *testing.T) {
	run := func(seconds ...float64) (figures []peers.Figure) {
		for _, s := range seconds {
			figures = append(figures, peers.Figure{Seconds: s, CPUSeconds: 2 * s, Recall: s})
		}
		return figures
	}
	got := medianFigures([][]peers.Figure{run(3, 10), run(1, 30), run(9), run(2, 20)})
	want := []peers.Figure{{Seconds: 2, CPUSeconds: 4, Recall: 3}, {Seconds: 20, CPUSeconds: 40, Recall: 10}}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// FAISS, where it is installed, finds the neighbours that are in the snapshot.
func TestNeighboursAreThoseOfFAISS(t *testing.T) {
	python, err := exec.LookPath("/usr/bin/python3")
	if err != nil {
		t.Skip(err)
	}
	store := datatest.NewStore(time.Now)
	if _, err := store.PutArticles(t.Context(), slices.Collect(zipf.Articles(zipf.Options{Articles: 1500}))); err != nil {
		t.Fatal(err)
	}
	export, scripts := t.TempDir(), t.TempDir()
	if _, err := Run(t.Context(), store, Options{Refresh: refresh.Options{K: 10, LSA: lsa.Options{Rank: 48}, Method: refresh.Exact}, Export: export}); err != nil {
		t.Fatal(err)
	}
	if err := peers.Extract(scripts); err != nil {
		t.Fatal(err)
	}
	figures, err := peers.Run(t.Context(), python, scripts, peers.FAISS, filepath.Join(export, "vectors.npy"),
		"--neighbours", "10", "--compare", filepath.Join(export, "neighbours.npy"))
	if err != nil && strings.Contains(err.Error(), "apt-get install") {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if last := figures[len(figures)-1]; last.Same != 1 {
		t.Errorf("%.6f of FAISS's neighbours are in our lists, want all: %+v", last.Same, figures)
	}
}
