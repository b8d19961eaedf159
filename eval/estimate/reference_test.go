package estimate_test

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const reference = "../../../shared/reference/eval"

// readReference parses a JSON file of the reference values, or skips the test.
func readReference(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(reference, name))
	if err != nil {
		t.Skip("no reference values:", err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(name, err)
	}
}

// readTable gives the columns of a CSV file, by name, or skips the test.
func readTable(t *testing.T, name string) map[string][]string {
	t.Helper()
	f := openReference(t, name)
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(name, err)
	}
	table := map[string][]string{}
	for c, column := range rows[0] {
		for _, row := range rows[1:] {
			table[column] = append(table[column], row[c])
		}
	}
	return table
}

// openReference opens a file, gzipped or not, or skips the test.
func openReference(t *testing.T, name string) io.Reader {
	t.Helper()
	f, err := os.Open(filepath.Join(reference, name))
	if err != nil {
		t.Skip("no reference values:", err)
	}
	t.Cleanup(func() { f.Close() })
	if !strings.HasSuffix(name, ".gz") {
		return bufio.NewReader(f)
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(name, err)
	}
	return z
}

func numbers(t *testing.T, column []string) []float64 {
	t.Helper()
	x := make([]float64, len(column))
	for i, s := range column {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		x[i] = v
	}
	return x
}

func indices(t *testing.T, column []string) []int {
	t.Helper()
	x := make([]int, len(column))
	for i, v := range numbers(t, column) {
		x[i] = int(v)
	}
	return x
}

// codes numbers the different strings of a column from 0.
func codes(column []string) []int32 {
	seen := map[string]int32{}
	x := make([]int32, len(column))
	for i, s := range column {
		c, ok := seen[s]
		if !ok {
			c = int32(len(seen))
			seen[s] = c
		}
		x[i] = c
	}
	return x
}

// check compares with a relative tolerance.
func check(t *testing.T, what string, got, want, relative float64) {
	t.Helper()
	if diff := got - want; !(diff <= relative*abs(want) && -diff <= relative*abs(want)) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func abs(x float64) float64 { return max(x, -x) }
