package main

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/data/sample"
)

// What the README shows of the command line is what the command line prints.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if err := os.WriteFile("articles.jsonl", []byte(jsonLines(sample.Articles())), 0o644); err != nil {
		t.Fatal(err)
	}
	commands := 0
	for _, block := range regexp.MustCompile("(?s)```console\n(.*?)```").FindAllStringSubmatch(string(readme), -1) {
		for _, part := range strings.Split("\n"+block[1], "\n$ ")[1:] {
			command, want, _ := strings.Cut(part, "\n")
			args := splitWords(t, command)
			if args[0] != "alsolike" {
				t.Fatalf("the README runs %q; only alsolike can be tried here", command)
			}
			var stdout, stderr bytes.Buffer
			if code := run(t.Context(), args[1:], &stdout, &stderr, nil); code != 0 {
				t.Errorf("%s: exit code %d\n%s", command, code, stderr.String())
			}
			if got, want := unvarying(stdout.String()), unvarying(want); got != want {
				t.Errorf("%s prints\n%s\nand the README says\n%s", command, got, want)
			}
			commands++
		}
	}
	if commands < 5 {
		t.Errorf("found %d commands in the README, want at least 5", commands)
	}
}

// splitWords splits a command line as a shell does, as far as the README goes.
func splitWords(t *testing.T, line string) []string {
	t.Helper()
	var words []string
	for _, m := range regexp.MustCompile(`'([^']*)'|"([^"]*)"|(\S+)`).FindAllStringSubmatch(line, -1) {
		words = append(words, m[1]+m[2]+m[3])
	}
	return words
}

// unvarying is output without what differs from run to run.
func unvarying(s string) string {
	for _, r := range []struct{ pattern, with string }{
		{`\d{8}T\d{6}Z-[0-9a-f]{6}`, "SNAPSHOT"},
		{`made in [0-9.msµ]+`, "made in TIME"},
		{`at most [0-9,]+ MB`, "at most MEMORY"},
	} {
		s = regexp.MustCompile(r.pattern).ReplaceAllString(s, r.with)
	}
	return strings.TrimSpace(s)
}
