package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/ingest"
	"github.com/alsolike/alsolike/data/sample"
)

// asProgram in the environment makes the test binary behave as alsolike, for
// tests that need a process of its own.
const asProgram = "TEST_AS_ALSOLIKE"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	if file := os.Getenv(bareEcho); file != "" {
		fmt.Fprintln(os.Stderr, serveBare(file, os.Args[1]))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// program is alsolike as a process of its own.
func program(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append(cleanEnviron(), asProgram+"=1")
	return cmd
}

func cleanEnviron() []string {
	var environ []string
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "ALSOLIKE_") {
			environ = append(environ, kv)
		}
	}
	return environ
}

// A result is what a command line left behind.
type result struct {
	code           int
	stdout, stderr string
}

// A shell runs command lines on one data folder.
type shell struct {
	t       *testing.T
	data    string
	environ []string
}

func newShell(t *testing.T) *shell {
	return &shell{t: t, data: filepath.Join(t.TempDir(), "site")}
}

// run runs alsolike with the shell's data folder, within this process.
func (s *shell) run(args ...string) result {
	s.t.Helper()
	var stdout, stderr bytes.Buffer
	code := run(s.t.Context(), append([]string{"--data", s.data}, args...), &stdout, &stderr, s.environ)
	return result{code, stdout.String(), stderr.String()}
}

// ok runs alsolike and demands success. It returns standard output.
func (s *shell) ok(args ...string) string {
	s.t.Helper()
	r := s.run(args...)
	if r.code != 0 {
		s.t.Fatalf("alsolike %s: exit code %d\n%s%s", strings.Join(args, " "), r.code, r.stdout, r.stderr)
	}
	return r.stdout
}

// fails runs alsolike and demands the exit code and every part of the message
// on standard error.
func (s *shell) fails(code int, parts []string, args ...string) result {
	s.t.Helper()
	r := s.run(args...)
	if r.code != code {
		s.t.Errorf("alsolike %s: exit code %d, want %d\n%s", strings.Join(args, " "), r.code, code, r.stderr)
	}
	for _, part := range parts {
		if !strings.Contains(r.stderr, part) {
			s.t.Errorf("alsolike %s: the message does not say %q:\n%s", strings.Join(args, " "), part, r.stderr)
		}
	}
	return r
}

// decode runs alsolike and decodes the JSON that it prints.
func (s *shell) decode(into any, args ...string) {
	s.t.Helper()
	if err := json.Unmarshal([]byte(s.ok(args...)), into); err != nil {
		s.t.Fatalf("alsolike %s: %v", strings.Join(args, " "), err)
	}
}

// file writes a file and returns its path.
func (s *shell) file(name, content string) string {
	s.t.Helper()
	path := filepath.Join(s.t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		s.t.Fatal(err)
	}
	return path
}

// sampleFile is the sample site as JSON lines.
func (s *shell) sampleFile() string {
	s.t.Helper()
	return s.file("sample.jsonl", jsonLines(sample.Articles()))
}

func jsonLines(articles []data.Article) string {
	var lines []byte
	for _, a := range articles {
		lines = ingest.AppendJSONL(lines, a)
	}
	return string(lines)
}

// oneByOne skips a test with -short, which is how tests run with the race detector: its
// commands run one after the other, and packages have tests of their own of what a
// command does at once.
func oneByOne(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("runs commands one after the other")
	}
}

// withSample has the sample site imported and refreshed.
func withSample(t *testing.T) *shell {
	t.Helper()
	s := newShell(t)
	s.ok("import", s.sampleFile())
	s.ok("refresh")
	return s
}
