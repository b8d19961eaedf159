package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/record"
	"github.com/alsolike/alsolike/eval"
	"github.com/alsolike/alsolike/eval/pack"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// catalogue is the articles that an event log is about, by id: those of the JSON
// lines at path, or of the store of the site where path is "". Their moments are
// not set.
func (e *env) catalogue(ctx context.Context, path string) ([]pack.Article, error) {
	if path == "" {
		return e.storedCatalogue(ctx)
	}
	f, err := record.Open(path)
	if err != nil {
		return nil, usagef("cannot read the articles %s: %v", path, pathReason(err))
	}
	defer f.Close()
	byID := map[string]pack.Article{}
	dim := 0
	for line := range f.Lines(data.MaxArticleBytes) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		reason := ""
		if line.Err != nil {
			reason = line.Err.Reason
		} else {
			var a *pack.Article
			if a, reason = parseCatalogue(line.Text, &dim); a != nil && reason == "" {
				byID[a.ID] = *a // the later line wins, as in an import
			}
		}
		if reason != "" {
			return nil, &exitError{exitDataUnusable, fmt.Errorf("%s:%d: %s", path, line.Number, reason)}
		}
	}
	if len(byID) == 0 {
		return nil, &exitError{exitDataUnusable, fmt.Errorf("%s holds no articles; it wants lines of {\"id\": …, \"published\": …}", path)}
	}
	articles := make([]pack.Article, 0, len(byID))
	for _, a := range byID {
		articles = append(articles, a)
	}
	sortArticles(articles)
	return articles, nil
}

func sortArticles(articles []pack.Article) {
	slices.SortFunc(articles, func(a, b pack.Article) int { return strings.Compare(a.ID, b.ID) })
}

// A catalogueLine is an article as a catalogue, an import or an event log has it.
type catalogueLine struct {
	T             string          `json:"t"`
	ID            json.RawMessage `json:"id"`
	Title         string          `json:"title"`
	URL           string          `json:"url"`
	Section       string          `json:"section"`
	Tags          []string        `json:"tags"`
	Author        string          `json:"author"`
	Authors       []string        `json:"authors"`
	Lang          string          `json:"lang"`
	Group         string          `json:"group"`
	TranslationOf string          `json:"translation_of"`
	Published     json.RawMessage `json:"published"`
	PublishedAt   json.RawMessage `json:"published_at"`
	Unpublished   json.RawMessage `json:"unpublished"`
	UnpublishedAt json.RawMessage `json:"unpublished_at"`
	Vector        []float64       `json:"vector"`
}

// parseCatalogue reads one line; nil for another event than an article. dim is
// the length that all vectors must have, 0 until there is one.
func parseCatalogue(text []byte, dim *int) (a *pack.Article, reason string) {
	var line catalogueLine
	if err := json.Unmarshal(text, &line); err != nil {
		return nil, "is no article: " + err.Error()
	}
	if line.T != "" && line.T != "art" {
		return nil, ""
	}
	a = &pack.Article{
		ID: string(bytes.Trim(line.ID, `"`)), Title: line.Title, URL: line.URL, Section: line.Section, Lang: line.Lang,
		Author: cmp.Or(line.Author, strings.Join(line.Authors, ", ")), Tags: line.Tags, Died: pack.Never,
	}
	if bytes.HasPrefix(line.ID, []byte(`"`)) {
		if err := json.Unmarshal(line.ID, &a.ID); err != nil {
			return nil, err.Error()
		}
	}
	if err := data.ValidateID(data.ArticleID(a.ID)); err != nil {
		return nil, err.Error()
	}
	a.Group = cmp.Or(line.Group, line.TranslationOf, a.ID)
	for _, date := range []struct {
		to   *time.Time
		from []json.RawMessage
		name string
	}{
		{&a.Published, []json.RawMessage{line.Published, line.PublishedAt}, "published"},
		{&a.Unpublished, []json.RawMessage{line.Unpublished, line.UnpublishedAt}, "unpublished"},
	} {
		for _, raw := range date.from {
			if len(raw) == 0 || string(raw) == "null" {
				continue
			}
			text := strings.Trim(string(raw), `"`)
			t, ok := record.ParseTime(text)
			if !ok {
				return nil, fmt.Sprintf("%s is %s; a date such as 2026-03-02T06:00:00Z is expected", date.name, raw)
			}
			*date.to = t.UTC()
		}
	}
	if len(line.Vector) > 0 {
		if *dim == 0 {
			*dim = len(line.Vector)
		}
		if len(line.Vector) != *dim {
			return nil, fmt.Sprintf("its vector has %d numbers, and those above have %d", len(line.Vector), *dim)
		}
		a.Vector = pack.Quantise(line.Vector)
	}
	return a, ""
}

// storedCatalogue is the articles of the site's store.
func (e *env) storedCatalogue(ctx context.Context) ([]pack.Article, error) {
	if err := e.needDataDir(); err != nil {
		return nil, &exitError{exitDataUnusable, fmt.Errorf("%w; or name the articles with --articles", err)}
	}
	store, err := e.openStore(ctx, true)
	if errors.Is(err, os.ErrNotExist) {
		return nil, &exitError{exitDataUnusable, err}
	}
	if err != nil {
		return nil, err
	}
	defer store.Close()
	var articles []pack.Article
	for a, err := range store.Articles(ctx) {
		if err != nil {
			return nil, err
		}
		articles = append(articles, pack.Article{
			ID: string(a.ID), Title: a.Title, URL: a.URL, Section: a.Section, Author: strings.Join(a.Authors, ", "),
			Lang: string(a.Lang), Group: string(a.Group()), Tags: a.Tags, Published: a.PublishedAt, Died: pack.Never,
		})
	}
	sortArticles(articles)
	return articles, nil
}

// openSnapshotFolder opens the snapshot in the folder at path, wherever it lies.
func openSnapshotFolder(path string) (*snapshot.Snapshot, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	dir, err := snapshot.OpenDir(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	s, err := dir.OpenLists(filepath.Base(path))
	if errors.Is(err, data.ErrNotFound) {
		return nil, usagef("%s is no folder of a snapshot; its name looks like 20261123T200000Z-7f3a9c", path)
	}
	return s, err
}

// readScored reads the ranking at path with its scores.
func readScored(path string) (pack.Scored, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, usagef("cannot read the ranking %s: %v", path, pathReason(err))
	}
	defer f.Close()
	scored, err := eval.ReadScored(f)
	var unusable *eval.DataError
	if errors.As(err, &unusable) {
		return nil, &exitError{exitDataUnusable, fmt.Errorf("%s: %w", path, err)}
	}
	return scored, err
}
