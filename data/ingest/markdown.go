package ingest

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
)

// markdown renders bodies. HTML in them stays, since readers see it too;
// nothing here shows it to anyone.
var markdown = goldmark.New(
	goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.TaskList, extension.DefinitionList,
		extension.NewFootnote(extension.WithFootnoteBacklinkHTML(""))),
	goldmark.WithRendererOptions(html.WithUnsafe()),
)

// notPages are folders of site generators that hold no pages of the site.
var notPages = set("_includes", "_layouts", "_site", "_sass", "_data", "_plugins")

// isPage reports whether a file of a static site's source is a page. A section
// may be called "themes"; the folder of Hugo's themes stands at the root.
func isPage(name string) bool {
	folders := strings.Split(path.Dir(name), "/")
	return isMarkdown(name) && folders[0] != "themes" && folders[0] != "archetypes" &&
		!slices.ContainsFunc(folders, func(folder string) bool { return notPages[folder] })
}

func openMarkdown(s *Source) error {
	pattern, err := parsePermalink(s.opts.Permalink)
	if err != nil {
		return err
	}
	m := &markdownReader{opts: &s.opts, permalink: pattern}
	prepare := func(docs []document) { m.tree = newTree(docs, &s.opts) }
	return s.openDocuments(isPage, prepare, m.parse)
}

// A markdownReader reads the pages of one source.
type markdownReader struct {
	opts      *SourceOptions
	permalink permalink
	tree      *tree
}

var datedName = regexp.MustCompile(`^(\d{4}-\d{1,2}-\d{1,2})-(.+)$`)

func (m *markdownReader) parse(r *Record, d *document) (reason string) {
	page, reason := plain(d.content)
	if reason != "" {
		return reason
	}
	name := path.Base(trimExtension(d.path))
	folders := strings.Split(path.Dir(d.path), "/")
	switch {
	case slices.Contains(folders, "_drafts"):
		r.Skipped = "draft"
		return ""
	case name == "_index" || strings.HasPrefix(name, "_index."):
		r.Skipped = "list page"
		return ""
	}
	matter, text, reason := parseFrontMatter(page)
	if reason != "" {
		return reason
	}
	if reason := r.setFrontMatter(matter, m.opts); reason != "" || r.Skipped != "" {
		return reason
	}
	a := &r.Article
	at := m.tree.positions[d.path]
	a.ID = d.id()
	if a.Lang == "" {
		a.Lang, r.claim = at.lang, m.opts.Languages.claimOf(at.folder)
	}
	if a.TranslationOf == "" {
		a.TranslationOf = at.original
	}
	name = strings.TrimSuffix(name, at.suffix)
	dated := datedName.FindStringSubmatch(name)
	if dated != nil {
		name = dated[2]
		if a.PublishedAt.IsZero() {
			r.setPageDate(&a.PublishedAt, dated[1])
		}
	}
	if name == "index" && len(folders) > 0 && folders[len(folders)-1] != "." {
		name = folders[len(folders)-1]
	}
	text = removeTemplates(text)
	if a.Title == "" {
		a.Title, text = cutHeading(text)
	}
	if a.Title == "" {
		a.Title = strings.TrimSpace(strings.NewReplacer("-", " ", "_", " ").Replace(name))
	}
	if a.Section == "" && m.opts.Section == "" {
		a.Section = at.section
	}
	slug := matter.first("slug")
	if slug == "" && dated != nil {
		slug = name
	}
	a.URL = m.permalink.url(a, pageName{path: a.ID, name: name, slug: slug, lang: at.folder, given: a.URL})
	var body bytes.Buffer
	if err := markdown.Convert([]byte(text), &body); err != nil {
		return "the Markdown cannot be read: " + err.Error()
	}
	a.Body = strings.TrimSpace(body.String())
	return r.finish(m.opts)
}

// cutHeading takes the title off a text that starts with its heading.
func cutHeading(text string) (title, rest string) {
	first, rest, _ := strings.Cut(strings.TrimLeft(text, "\n \t"), "\n")
	if heading, ok := strings.CutPrefix(first, "# "); ok {
		return strings.TrimSpace(strings.TrimRight(heading, "# ")), rest
	}
	return "", text
}
