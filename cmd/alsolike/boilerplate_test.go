package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/recommend/snapshot"
)

// What stands under every article is found, told of, and brings no two articles
// together.
func TestBoilerplateIsLeftOut(t *testing.T) {
	const box = "Subscribe to our letter about gardens, kitchens and bathrooms: once a week, free of charge, written by our own editors."
	subjects := []string{
		"tenants landlord rent housing flat lease eviction", "tram station railway track platform driver timetable",
		"lake fish boat fisherman harbour net shore", "orchestra violin concert conductor stage music hall",
	}
	var lines strings.Builder
	for i := range 24 {
		words := strings.Fields(subjects[i%len(subjects)])
		var body []string
		for j := range 30 {
			body = append(body, words[(i/4+j*j)%len(words)], fmt.Sprintf("of%dx%d", i, j))
		}
		article := map[string]string{"id": fmt.Sprint("a", i), "title": words[i%7] + " " + words[(i+3)%7], "lang": "en", "body": "<p>" + strings.Join(body, " ") + "</p>"}
		if i < 12 {
			article["body"] += "<aside><p>" + box + "</p></aside><p>Back to top</p>"
		}
		b, err := json.Marshal(article)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&lines, "%s\n", b)
	}
	s := newShell(t)
	path := filepath.Join(t.TempDir(), "articles.jsonl")
	if err := os.WriteFile(path, []byte(lines.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	s.ok("import", path)
	s.ok("refresh")

	var m snapshot.Manifest
	s.decode(&m, "snapshot", "show", "--json")
	if got := m.Boilerplate; got.Articles != 12 || got.Blocks < 2 || got.Bytes < int64(12*len(box)) || len(got.Examples) != 2 ||
		!strings.HasPrefix(box, got.Examples[1].Text) && !strings.HasPrefix(box, got.Examples[0].Text) {
		t.Errorf("the manifest says %+v", got)
	}
	if out := s.ok("snapshot", "show"); !strings.Contains(out, "left out of 12 articles") || !strings.Contains(out, "Back to top") {
		t.Errorf("snapshot show does not tell of the boilerplate:\n%s", out)
	}
	if out := s.ok("status"); !strings.Contains(out, "left out of 12 articles") {
		t.Errorf("status does not tell of the boilerplate:\n%s", out)
	}
	for line := range strings.Lines(s.ok("export", "related", "--limit", "5")) {
		var from, to int
		if _, err := fmt.Sscanf(line, "a%d\ta%d", &from, &to); err != nil {
			t.Fatal(err)
		}
		if from%4 != to%4 {
			t.Errorf("articles %d and %d are linked, which share boilerplate only", from, to)
		}
	}
}
