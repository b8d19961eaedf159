package sample

import (
	"bytes"
	"cmp"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/alsolike/alsolike/data"
)

//go:embed articles/*.json pictures/*.svg
var files embed.FS

// An entry is one file of articles/. It stands in one language or more; the
// text of any other is nil.
type entry struct {
	Slug        string    `json:"slug"`
	Subject     string    `json:"subject"`
	PublishedAt time.Time `json:"published_at"`
	Author      string    `json:"author"`
	Picture     string    `json:"picture"` // name of a file in pictures/
	English     *text     `json:"en"`
	Simplified  *text     `json:"zh-Hans"`
	Traditional *text     `json:"zh-Hant"`
}

// A text is what an entry says in one language.
type text struct {
	Title      string   `json:"title"`
	Summary    string   `json:"summary"`
	Section    string   `json:"section"`
	Tags       []string `json:"tags"`
	PictureAlt string   `json:"picture_alt"`
	Body       string   `json:"body"` // paragraphs parted by a blank line
}

// Articles returns every article in each of its languages, sorted by id.
// Ids are "<lang>/<slug>", addresses "/<lang>/<slug>", pictures
// "/pictures/<name>.svg". Each call returns articles of its own.
func Articles() []data.Article {
	entries, err := load()
	if err != nil {
		panic(err) // the files are part of the program, and its tests read them
	}
	var all []data.Article
	for _, e := range entries {
		all = append(all, e.versions()...)
	}
	slices.SortFunc(all, func(a, b data.Article) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// Pictures returns the pictures of the site, SVG files at its root.
func Pictures() fs.FS {
	sub, err := fs.Sub(files, "pictures")
	if err != nil {
		panic(err) // only an invalid path gives an error
	}
	return sub
}

func load() ([]entry, error) {
	names, err := fs.Glob(files, "articles/*.json")
	if err != nil {
		return nil, fmt.Errorf("sample: list articles: %w", err)
	}
	entries := make([]entry, len(names))
	for i, name := range names {
		b, err := files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("sample: read %s: %w", name, err)
		}
		d := json.NewDecoder(bytes.NewReader(b))
		d.DisallowUnknownFields()
		if err := d.Decode(&entries[i]); err != nil {
			return nil, fmt.Errorf("sample: read %s: %w", name, err)
		}
	}
	return entries, nil
}

// versions returns the articles of e, the original first.
func (e *entry) versions() []data.Article {
	var all []data.Article
	for _, in := range []struct {
		lang data.Lang
		*text
	}{{"en", e.English}, {"zh-Hans", e.Simplified}, {"zh-Hant", e.Traditional}} {
		if in.text == nil {
			continue
		}
		a := data.Article{
			ID:          data.ArticleID(string(in.lang) + "/" + e.Slug),
			Title:       in.Title,
			Body:        in.Body,
			Summary:     in.Summary,
			URL:         "/" + string(in.lang) + "/" + e.Slug,
			Lang:        in.lang,
			PublishedAt: e.PublishedAt,
			Section:     in.Section,
			Tags:        in.Tags,
			Authors:     []string{e.Author},
			Image:       data.Image{Src: "/pictures/" + e.Picture, Alt: in.PictureAlt},
		}
		if len(all) > 0 {
			a.TranslationOf = all[0].ID
		}
		all = append(all, a)
	}
	return all
}
