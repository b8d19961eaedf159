package extract_test

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/ingest/extract"
)

// benchmarkFolder holds real news pages and the text that people marked in
// them. It is no part of the repository.
func benchmarkFolder(t testing.TB) string {
	t.Helper()
	if testing.Short() {
		t.Skip("real pages take long")
	}
	folder := filepath.Join("..", "..", "..", "..", "shared", "datasets", "article_extraction_benchmark")
	if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		t.Skipf("there is no %s", folder)
	}
	return folder
}

// gold is a page of the benchmark.
type gold struct {
	ArticleBody, URL string
	page             []byte
}

func readGold(t testing.TB) map[string]gold {
	t.Helper()
	folder := benchmarkFolder(t)
	text, err := os.ReadFile(filepath.Join(folder, "ground-truth.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]gold
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	for id, g := range all {
		f, err := os.Open(filepath.Join(folder, "html", id+".html.gz"))
		if err != nil {
			t.Fatal(err)
		}
		zip, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		if g.page, err = io.ReadAll(zip); err != nil {
			t.Fatal(err)
		}
		f.Close()
		all[id] = g
	}
	return all
}

// The pages of the article extraction benchmark: the means that doc.go gives.
func TestBodyAgainstGold(t *testing.T) {
	pages := readGold(t)
	if len(pages) != 181 {
		t.Fatalf("the benchmark has %d pages, want 181", len(pages))
	}
	var words, runs score
	for id, g := range pages {
		p, err := extract.HTML(g.page, g.URL)
		if err != nil {
			t.Errorf("%s: %v", id, err)
		}
		got, want := tokens(data.PlainText(p.Body)), tokens(g.ArticleBody)
		words.add(got, want)
		runs.add(fours(got), fours(want))
	}
	t.Logf("words: %s", words.per(len(pages)))
	t.Logf("runs of four: %s", runs.per(len(pages)))
	if words.f1/181 < 0.97 || runs.f1/181 < 0.965 { // measured: .976, .972; the goal is .95
		t.Error("the bodies are worse than they were")
	}
}

// What the pages say of themselves is found on most of them.
func TestMetadataOfRealPages(t *testing.T) {
	pages := readGold(t)
	found := map[string]int{}
	for id, g := range pages {
		p, _ := extract.HTML(g.page, g.URL)
		for name, has := range map[string]bool{
			"title": p.Title != "", "canonical URL": p.CanonicalURL != "", "language": p.Lang != "", "image": p.Image.Src != "",
			"published": !p.PublishedAt.IsZero(), "authors": len(p.Authors) > 0, "summary": p.Summary != "", "tags": len(p.Tags) > 0,
		} {
			if has {
				found[name]++
			}
		}
		if p.PublishedAt.Year() > 2019 && p.PublishedAt.Year() != 1 { // the pages were saved in November 2019
			t.Errorf("%s: published %v", id, p.PublishedAt)
		}
	}
	t.Log(found)
	for name, least := range map[string]int{"title": 181, "canonical URL": 160, "language": 155, "image": 150, "published": 130, "authors": 100, "summary": 150} {
		if found[name] < least {
			t.Errorf("%s: on %d pages of 181, want %d", name, found[name], least)
		}
	}
}

func BenchmarkHTML(b *testing.B) {
	pages := readGold(b)
	read := 0
	for b.Loop() {
		for _, g := range pages {
			if _, err := extract.HTML(g.page, g.URL); err != nil {
				b.Fatal(err)
			}
			read++
		}
	}
	b.ReportMetric(float64(read)/b.Elapsed().Seconds(), "pages/s")
}

// score sums precision, recall and their harmonic mean over pages.
type score struct{ precision, recall, f1 float64 }

func (s *score) add(got, want []string) {
	left := map[string]int{}
	for _, w := range want {
		left[w]++
	}
	hits := 0.0
	for _, w := range got {
		if left[w] > 0 {
			left[w]--
			hits++
		}
	}
	if hits == 0 {
		return
	}
	p, r := hits/float64(len(got)), hits/float64(len(want))
	s.precision += p
	s.recall += r
	s.f1 += 2 * p * r / (p + r)
}

func (s score) per(pages int) string {
	n := float64(pages)
	return fmt.Sprintf("F1 %.4f, precision %.4f, recall %.4f", s.f1/n, s.precision/n, s.recall/n)
}

func tokens(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
}

func fours(words []string) []string {
	if len(words) < 4 {
		return []string{strings.Join(words, " ")}
	}
	var runs []string
	for i := range len(words) - 3 {
		runs = append(runs, strings.Join(words[i:i+4], " "))
	}
	return runs
}
