// Package peers runs other programs that do what a refresh does, scripts for the
// Python of Debian or Ubuntu, and reads what each stage took. README.md says what
// each does.
package peers

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

//go:embed *.py
var scripts embed.FS

// The scripts.
const (
	ScikitLearn = "sklearn_lsa.py"
	Gensim      = "gensim_lsi.py"
	FAISS       = "faiss_flat.py"
	HNSW        = "hnswlib_knn.py"
	PyNNDescent = "pynndescent_knn.py"
	Product     = "sgemm_peak.py"
)

// A Figure is what one stage of a peer took. Zero means that the stage has no such
// figure.
type Figure struct {
	Peer       string  `json:"peer"` // with its version
	Stage      string  `json:"stage"`
	Seconds    float64 `json:"seconds"`
	CPUSeconds float64 `json:"cpu_seconds"` // of all threads
	PeakBytes  int64   `json:"peak_bytes"`
	Articles   int     `json:"articles,omitempty"`
	Terms      int     `json:"terms,omitempty"`
	NonZeros   int64   `json:"nonzeros,omitempty"`
	Recall     float64 `json:"recall,omitempty"`   // of approximate neighbours, by a sample
	Same       float64 `json:"same,omitempty"`     // share of its neighbours that are in the lists compared with, or tie with those
	Captured   float64 `json:"captured,omitempty"` // share of the matrix's sum of squares that is in the space found
	GFLOPs     float64 `json:"gflops,omitempty"`   // 10⁹ operations a second
	BLAS       string  `json:"blas,omitempty"`     // which kernel did the arithmetic
}

// Extract writes the scripts into folder.
func Extract(folder string) error {
	err := fs.WalkDir(scripts, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := scripts.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(folder, name), content, 0o755)
	})
	if err != nil {
		return fmt.Errorf("peers: write the scripts: %w", err)
	}
	return nil
}

// Run runs a script that Extract wrote into folder, by that Python, and returns the
// figures it prints. Its error is the last line that the script says, which names the
// package that is missing.
func Run(ctx context.Context, python, folder, script string, args ...string) ([]Figure, error) {
	cmd := exec.CommandContext(ctx, python, append([]string{"-B", filepath.Join(folder, script)}, args...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		said := strings.TrimSpace(stderr.String())
		said = strings.TrimPrefix(said[strings.LastIndexByte(said, '\n')+1:], script+": ")
		return nil, fmt.Errorf("peers: %s: %w", script, cmp.Or(errorOf(said), err))
	}
	var figures []Figure
	for lines := bufio.NewScanner(&stdout); lines.Scan(); {
		var f Figure
		if err := json.Unmarshal(lines.Bytes(), &f); err != nil {
			return nil, fmt.Errorf("peers: %s printed %q: %w", script, lines.Text(), err)
		}
		figures = append(figures, f)
	}
	return figures, nil
}

func errorOf(text string) error {
	if text == "" {
		return nil
	}
	return errors.New(text)
}
