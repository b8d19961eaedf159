package datatest

import (
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Dataset opens a file of real articles or reads, unpacked if its name ends in ".gz".
// It stands in shared/datasets beside the checkout, "name/file"; without it, and with
// -short, the test is skipped.
func Dataset(tb testing.TB, name string) io.Reader {
	tb.Helper()
	if testing.Short() {
		tb.Skip("-short: real articles take their time")
	}
	root, err := checkout()
	if err != nil {
		tb.Fatal(err)
	}
	f, err := os.Open(filepath.Join(root, "../shared/datasets", name))
	if errors.Is(err, os.ErrNotExist) {
		tb.Skipf("the data set is not here: %v", err)
	}
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { f.Close() })
	if !strings.HasSuffix(name, ".gz") {
		return f
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	return z
}

// checkout is the folder of the module that the working directory is in.
func checkout() (string, error) {
	at, err := os.Getwd()
	for err == nil {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			return at, nil
		}
		up := filepath.Dir(at)
		if up == at {
			return "", errors.New("datatest: no folder above the working directory has a go.mod")
		}
		at = up
	}
	return "", err
}
