package vec_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The assembly in this folder is what its generator writes.
func TestAssemblyIsGenerated(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the generator")
	}
	run := func(name string, arguments ...string) ([]byte, error) {
		command := exec.Command(name, arguments...)
		command.Dir = filepath.Join("internal", "gen")
		return command.CombinedOutput()
	}
	if out, err := run("go", "mod", "download"); err != nil {
		t.Skipf("the generator's modules cannot be had: %v\n%s", err, out)
	}
	dir := t.TempDir()
	for _, kernel := range []string{"avx2", "avx512"} {
		assembly, stubs := kernel+"_amd64.s", kernel+"_amd64.go"
		out, err := run("go", "run", ".", "-kernel", kernel, "-pkg", "vec",
			"-out", filepath.Join(dir, assembly), "-stubs", filepath.Join(dir, stubs))
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		for _, name := range []string{assembly, stubs} {
			if !bytes.Equal(withoutHeader(t, name), withoutHeader(t, filepath.Join(dir, name))) {
				t.Errorf("%s is not what its generator writes: run go generate ./embed/vec", name)
			}
		}
	}
}

// withoutHeader is a file without its first line, which tells where it was written to.
func withoutHeader(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := bytes.Cut(text, []byte("\n"))
	return rest
}
