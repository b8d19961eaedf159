package ingest_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
	"github.com/alsolike/alsolike/data/ingest"
)

// folder writes files by their paths and returns the folder that holds them.
func folder(t testing.TB, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// readFolder reads the articles of a folder, by id; what is skipped or refused
// has its reason as the title.
func readFolder(t testing.TB, files map[string]string, o ingest.SourceOptions) map[string]data.Article {
	t.Helper()
	got := map[string]data.Article{}
	root := folder(t, files)
	for r := range openSource(t, root, o).Records(context.Background()) {
		switch {
		case r.Err != nil:
			name, err := filepath.Rel(root, r.Err.File)
			if err != nil {
				t.Fatal(err)
			}
			got[name] = data.Article{Title: r.Err.Reason}
		case r.Skipped != "":
			got["skipped "+r.Skipped] = data.Article{}
		default:
			got[string(r.Article.ID)] = r.Article
		}
	}
	return got
}

const yamlPage = `---
layout: post
title: 3.10
date: 2026-05-04 9:30:00 +0200
last_modified_at: 2026-05-05
categories: [housing, city]
tags: rent north
author: {name: "Jane Doe"}
description: Short
image: {src: /a.jpg, alt: A house}
lang: no
colour: red
nothing:
---
{% include head.html %}
# Heading

Rents *rose* {{ page.title }}.
{: .note}

{% raw %}a{% endraw %} {% comment %}hidden{% endcomment %}
`

const tomlPage = `+++
title = "T"
date = 2026-05-04T10:00:00Z
draft = false
tags = ["a", "b"]
series = ["S"]
authors = ["A", "B"]
weight = 3
[cover]
image = "c.jpg"
alt = "C"
+++
{{< figure src="x.png" >}} text {{% note %}}inner{{% /note %}} <b>raw</b>`

const jsonPage = `{
  "title": "J", "publishDate": "2100-01-01", "part": 2, "tags": ["x"], "evergreen": true, "link_to": false, "none": null
}

text`

func TestMarkdownPage(t *testing.T) {
	check := func(name, page string, want data.Article) {
		t.Helper()
		r := one(t, name, page, ingest.SourceOptions{})
		if r.Err != nil {
			t.Errorf("%s: %v", name, r.Err)
			return
		}
		want.State = data.Published
		if want.Lang == "" {
			want.Lang = data.Undetermined
		}
		if diff := cmp.Diff(want, r.Article); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
	check("yaml.md", yamlPage, data.Article{
		ID: "yaml", Title: "3.10", Lang: "no", PublishedAt: date(2026, 5, 4, 7).Add(30 * time.Minute), UpdatedAt: date(2026, 5, 5, 0),
		Section: "housing", Tags: []string{"rent", "north", "city"}, Authors: []string{"Jane Doe"}, Summary: "Short",
		Image: data.Image{Src: "/a.jpg", Alt: "A house"}, Body: "<h1>Heading</h1>\n<p>Rents <em>rose</em> .</p>\n<p>a</p>",
	})
	check("toml.md", tomlPage, data.Article{
		ID: "toml", Title: "T", PublishedAt: date(2026, 5, 4, 10), Tags: []string{"a", "b"}, Series: "S", Authors: []string{"A", "B"},
		Image: data.Image{Src: "c.jpg", Alt: "C"}, Body: "<p>text inner <b>raw</b></p>",
	})
	check("json.md", jsonPage, data.Article{
		ID: "json", Title: "J", PublishedAt: date(2100, 1, 1, 0), Part: 2, Tags: []string{"x"}, Evergreen: true, NoLinkTo: true, Body: "<p>text</p>",
	})
	check("2026-05-04-rents-rise.markdown", "\ufefftext\r\n\r\nmore", data.Article{
		ID: "2026-05-04-rents-rise", Title: "rents rise", PublishedAt: date(2026, 5, 4, 0), Body: "<p>text</p>\n<p>more</p>",
	})
	check("heading.md", "\n# Rents rise #\n\ntext { [a] }", data.Article{ID: "heading", Title: "Rents rise", Body: "<p>text { [a] }</p>"})

	r := one(t, "a.md", yamlPage, ingest.SourceOptions{})
	if !slices.Equal(r.Unknown, []string{"colour"}) {
		t.Errorf("got unknown fields %q", r.Unknown)
	}
	for page, reason := range map[string]string{
		"---\ntitle: [\n---\nx": "the front matter cannot be read: yaml", "+++\na\n+++\nx": "the front matter cannot be read", "a\xffb": "not valid UTF-8",
		"---\ntitle: a\npart: x\n---\n": `part is "x"`, "---\ntitle: —\n---\n": "holds no text", "---\ntitle: a\nstate: odd\n---\n": "state is",
		"---\ntitle: {{ a }}\n---\nx": "the front matter cannot be read",
	} {
		if r := one(t, "a.md", page, ingest.SourceOptions{}); r.Err == nil || !strings.Contains(r.Err.Error(), reason) {
			t.Errorf("%q: got %+v, %v; want %q", page, r.Article, r.Err, reason)
		}
	}
}

func TestMarkdownSite(t *testing.T) {
	now := func() time.Time { return date(2026, 5, 4, 0) }
	page := func(matter string) string { return "---\ntitle: t\n" + matter + "\n---\ntext" }
	got := readFolder(t, map[string]string{
		"_posts/2026-05-01-a.md":         page(""),
		"_posts/2026-06-01-later.md":     page(""),
		"_drafts/b.md":                   page(""),
		"c.md":                           page("draft: true"),
		"d.md":                           page("published: false"),
		"content/posts/_index.md":        page(""),
		"content/posts/leaf/index.md":    page("expiryDate: 2026-05-03"),
		"content/posts/leaf/index.fr.md": page(""),
		"content/posts/node.js.md":       page(""),
		"themes/x/README.md":             page(""),
		"_includes/x.md":                 page(""),
		"resources/themes/x.md":          page(""),
		".git/x.md":                      page(""),
		"node_modules/x/README.md":       page(""),
		"bad.md":                         "\xff",
		"robots.txt":                     "x",
	}, ingest.SourceOptions{Now: now})
	var names []string
	for name := range got {
		names = append(names, name)
	}
	slices.Sort(names)
	want := []string{
		"_posts/2026-05-01-a", "_posts/2026-06-01-later", "bad.md", "content/posts/leaf/index", "content/posts/leaf/index.fr", "content/posts/node.js",
		"resources/themes/x", "skipped draft", "skipped list page",
	}
	if !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
	leaf, french := got["content/posts/leaf/index"], got["content/posts/leaf/index.fr"]
	if leaf.State != data.Unpublished || leaf.Section != "posts" || french.Lang != "fr" || french.TranslationOf != leaf.ID {
		t.Errorf("got %+v and its translation %+v", leaf, french)
	}
	a := got["_posts/2026-06-01-later"]
	if card := a.Card(); card.Visible(now()) || !card.Visible(date(2026, 6, 1, 1)) {
		t.Error("a post of the future must be seen when its day has come, and not before")
	}
}

func TestMarkdownLanguages(t *testing.T) {
	check := func(name string, o ingest.SourceOptions, want map[string]string, paths ...string) {
		t.Helper()
		files := map[string]string{}
		for _, path := range paths {
			files[path] = "text"
		}
		got := map[string]string{}
		for id, a := range readFolder(t, files, o) {
			got[id] = fmt.Sprintf("%s of %s in %s", a.Lang, a.TranslationOf, a.Section)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
	check("folders", ingest.SourceOptions{}, map[string]string{
		"en/news/a": "en of  in news", "zh_cn/news/a": "zh-Hans of en/news/a in news", "zh_tw/news/a": "zh-Hant of en/news/a in news", "de/b": "de of  in ",
	}, "en/news/a.md", "zh_cn/news/a.md", "zh_tw/news/a.md", "de/b.md")
	check("the site's language first", ingest.SourceOptions{Lang: "de"}, map[string]string{
		"content/en/a": "en of content/de/a in ", "content/de/a": "de of  in ",
	}, "content/en/a.md", "content/de/a.md")
	check("departments", ingest.SourceOptions{}, map[string]string{
		"it/a": "und of  in it", "hr/a": "und of  in hr", "news/a": "und of  in news", "law/a": "und of  in law", "art/a": "und of  in art",
	}, "it/a.md", "hr/a.md", "news/a.md", "law/a.md", "art/a.md")
	check("one beside the default", ingest.SourceOptions{}, map[string]string{
		"_posts/a": "und of  in ", "fr/_posts/a": "fr of _posts/a in ",
	}, "_posts/a.md", "fr/_posts/a.md")
	check("suffixes", ingest.SourceOptions{}, map[string]string{
		"a.en": "en of  in ", "a.pt-br": "pt-BR of a.en in ", "b.io": "und of  in ",
	}, "a.en.md", "a.pt-br.md", "b.io.md")
}

func TestPermalink(t *testing.T) {
	check := func(pattern, page, want string) {
		t.Helper()
		files := map[string]string{"en/news/2026-05-04-rents-rise.md": page, "de/b.md": "text"}
		a := readFolder(t, files, ingest.SourceOptions{Permalink: pattern})["en/news/2026-05-04-rents-rise"]
		if a.URL != want {
			t.Errorf("%q: got %q, want %q", pattern, a.URL, want)
		}
	}
	const page = "---\ntitle: Rents & rooms\n---\ntext"
	check("", page, "")
	check("https://a.example/:lang/:year/:month/:i_day/:title/", page, "https://a.example/en/2026/05/4/rents-rise/")
	check("https://a.example:8080/:section/:slug.html", "---\nslug: r\n---\ntext", "https://a.example:8080/news/r.html")
	check("https://a.example/pretty", page, "https://a.example/news/2026/05/04/rents-rise/")
	check("date", page, "/news/2026/05/04/rents-rise.html")
	check("/:path", page, "/en/news/2026-05-04-rents-rise")
	check("/:short_year/:y_day/:sections/:name", page, "/26/124/news/rents-rise")
	check("https://a.example/:title", "---\nurl: /own/\n---\ntext", "https://a.example/own/")
	check("https://a.example/:title", "---\npermalink: https://b.example/x\n---\ntext", "https://b.example/x")
	check("/:title", "---\nslug: a b/ü\n---\ntext", "/a%20b/%C3%BC")

	undated := readFolder(t, map[string]string{"Rents & rooms.md": "# Räume: 2\n\ntext"}, ingest.SourceOptions{Permalink: "/:title"})
	if a := undated["Rents & rooms"]; a.URL != "/r%C3%A4ume-2" {
		t.Errorf("by title: got %q", a.URL)
	}
	if a := readFolder(t, map[string]string{"a.md": "text"}, ingest.SourceOptions{Permalink: "/:year/:title"})["a"]; a.URL != "" {
		t.Errorf("without a date: got %q, want none", a.URL)
	}
	for pattern, reason := range map[string]string{"/:yaer/:title": `did you mean "year"`, "https://a.example/": "the same URL"} {
		if _, err := ingest.Open(folder(t, map[string]string{"a.md": ""}), ingest.SourceOptions{Permalink: pattern}); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%q: got %v, want %q", pattern, err, reason)
		}
	}
}

// A file that disappears between the two readings of an import is named, and
// the others are stored.
func TestFolderChangesMeanwhile(t *testing.T) {
	root := folder(t, map[string]string{"a.md": "text", "b.md": "text", "c.md": "text"})
	source := openSource(t, root, ingest.SourceOptions{})
	gone := false
	store := datatest.NewStore(time.Now)
	sum, err := ingest.Import(context.Background(), []*ingest.Source{source}, store, ingest.Options{Progress: func(p ingest.Progress) {
		if !gone && p.Articles == 3 {
			gone = true
			if err := os.Remove(filepath.Join(root, "b.md")); err != nil {
				t.Fatal(err)
			}
		}
	}})
	if err == nil || !strings.Contains(err.Error(), "1 articles could not be read a second time") || sum.Added != 2 {
		t.Errorf("got %+v, %v", sum, err)
	}
}

// No page panics; what comes of one is sound, and without templates' tags that close.
func FuzzMarkdown(f *testing.F) {
	f.Add(yamlPage)
	f.Add(tomlPage)
	f.Add(jsonPage)
	f.Add("---json\n{\"a\":[{\"b\":1}]}\n---\n~~~\n{%\n")
	f.Fuzz(func(t *testing.T, page string) {
		for r := range ingest.ParseContent("a.md", []byte(page), ingest.SourceOptions{Format: ingest.Markdown, Permalink: "/:year/:title"}) {
			if r.Err == nil && r.Skipped == "" {
				checkRoundTrip(t, r.Article)
			}
		}
	})
}

// The news of Ruby in 17 languages.
func TestImportRubyNews(t *testing.T) {
	path := dataset(t, "ruby_lang_news")
	store := openStore(t, filepath.Join(t.TempDir(), "alsolike.db"))
	source := openSource(t, path, ingest.SourceOptions{Permalink: "https://www.ruby-lang.org/:lang/:section/:year/:month/:day/:title/"})
	if source.Format() != ingest.Markdown {
		t.Fatalf("the format is told to be %s", source.Format())
	}
	got, err := ingest.Import(context.Background(), []*ingest.Source{source}, store, ingest.Options{})
	if err != nil || got.Added != 4723 || got.Read != 4723 || got.BadDates > 0 || got.BadLangs > 0 {
		t.Errorf("got %+v, %v; want 4723 articles", got, err)
	}
	if len(got.Languages.All) != 17 || got.Languages.All["zh-Hans"] == 0 || got.Languages.All["zh-Hant"] == 0 {
		t.Errorf("got languages %v, want 17", got.Languages)
	}
	groups := map[data.ArticleID]map[data.Lang]bool{}
	dated := 0
	for a, err := range store.Articles(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		if groups[a.Group()] == nil {
			groups[a.Group()] = map[data.Lang]bool{}
		}
		groups[a.Group()][a.Lang] = true
		if !a.PublishedAt.IsZero() {
			dated++
		}
		if !strings.HasPrefix(a.URL, "https://www.ruby-lang.org/"+strings.ToLower(string(a.ID[:2]))) || a.Section != "news" {
			t.Errorf("%s: got URL %q, section %q", a.ID, a.URL, a.Section)
		}
		if text := data.PlainText(a.Body); strings.Contains(text, "{%") || strings.Contains(text, "{{") && !strings.Contains(text, "}}}") {
			t.Errorf("%s: a template is left in %.200q", a.ID, text[strings.Index(text, "{"):])
		}
	}
	if dated != 4723 {
		t.Errorf("got %d with a date, want all", dated)
	}
	all := 0
	for _, langs := range groups {
		if langs["en"] && langs["zh-Hans"] && langs["zh-Hant"] {
			all++
		}
	}
	if all != 215 {
		t.Errorf("got %d posts in en, zh-Hans and zh-Hant, want 215", all)
	}
}
