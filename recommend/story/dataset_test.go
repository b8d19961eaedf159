package story

import (
	"cmp"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
)

// The sets of real texts stand beside the repository and are no part of it.
const datasets = "../../../shared/datasets"

type text struct{ title, body string }

// A corpus is articles to find near-duplicates among.
type corpus struct {
	cards []data.Card
	texts []text
}

func (c *corpus) add(a data.Article) {
	c.cards = append(c.cards, a.Card())
	c.texts = append(c.texts, text{data.PlainText(a.Title), data.PlainText(a.Body)})
}

func (c *corpus) sketches() []Sketch {
	sketches := make([]Sketch, len(c.cards))
	for i := range sketches {
		sketches[i] = NewSketch(string(c.cards[i].Lang), c.texts[i].title, c.texts[i].body)
	}
	return sketches
}

func (c *corpus) text(row int) (title, body string, err error) {
	return c.texts[row].title, c.texts[row].body, nil
}

// lines reads the articles of a set in JSON lines.
func lines(tb testing.TB, name string) *corpus {
	c := &corpus{}
	for decoder := json.NewDecoder(datatest.Dataset(tb, name)); ; {
		var a struct {
			ID, Title, Body string
			PublishedAt     string `json:"published_at"`
		}
		if err := decoder.Decode(&a); err == io.EOF {
			return c
		} else if err != nil {
			tb.Fatal(err)
		}
		published, _ := time.Parse(time.RFC3339, a.PublishedAt)
		c.add(data.Article{ID: data.ArticleID(a.ID), Title: a.Title, Body: a.Body, Lang: "en", PublishedAt: published})
	}
}

func reuters(tb testing.TB) *corpus { return lines(tb, "reuters21578/articles.jsonl.gz") }

func senate(tb testing.TB) *corpus { return lines(tb, "senate_press_2004_2005/articles.jsonl.gz") }

// drcd is paragraphs in Traditional Chinese.
func drcd(tb testing.TB) *corpus {
	var set struct {
		Data []struct {
			Paragraphs []struct{ ID, Context string }
		}
	}
	if err := json.NewDecoder(datatest.Dataset(tb, "drcd_zh_hant/DRCD_dev.json")).Decode(&set); err != nil {
		tb.Fatal(err)
	}
	c := &corpus{}
	for _, d := range set.Data {
		for _, p := range d.Paragraphs {
			c.add(data.Article{ID: data.ArticleID(p.ID), Body: p.Context, Lang: "zh-Hant"})
		}
	}
	return c
}

var (
	frontMatter = regexp.MustCompile(`(?s)\A---\r?\n(.*?)\n---\r?\n`)
	titleLine   = regexp.MustCompile(`(?m)^title:\s*["']?(.*?)["']?\s*$`)
)

// ruby is the posts of ruby_lang_news, as their files are but for the front matter; the
// name of a file, which translations share, is the group.
func ruby(tb testing.TB) *corpus {
	datatest.Dataset(tb, "ruby_lang_news/en/news/_posts/2013-12-25-ruby-2-1-0-is-released.md")
	files, err := filepath.Glob(filepath.Join(datasets, "ruby_lang_news/*/news/_posts/*.md"))
	if err != nil {
		tb.Fatal(err)
	}
	slices.SortFunc(files, func(a, b string) int { return cmp.Compare(a, b) })
	c := &corpus{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		name := filepath.Base(file)
		folder := filepath.Base(filepath.Dir(filepath.Dir(filepath.Dir(file))))
		lang, err := data.ParseLang(folder)
		if err != nil {
			tb.Fatal(err)
		}
		a := data.Article{ID: data.ArticleID(folder + "/" + name), TranslationOf: data.ArticleID(name), Lang: lang, Body: string(text)}
		if front := frontMatter.FindStringSubmatch(a.Body); front != nil {
			a.Body = a.Body[len(front[0]):]
			if title := titleLine.FindStringSubmatch(front[1]); title != nil {
				a.Title = title[1]
			}
		}
		a.PublishedAt, _ = time.Parse(time.DateOnly, name[:min(len(name), len(time.DateOnly))])
		c.add(a)
	}
	return c
}
