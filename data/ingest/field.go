package ingest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/record"
)

// fields are the names of an article's fields in files. Those of image are
// columns of CSV; in JSON, image is an object.
var fields = []string{
	"id", "title", "body", "summary", "url", "lang", "published_at", "published", "updated_at", "section", "tags", "authors",
	"image", "image.src", "image.alt", "type", "series", "part", "translation_of", "canonical_url", "state", "evergreen",
	"link_to", "link_from",
}

// columnFields are the fields that a CSV column may hold.
var columnFields = slices.DeleteFunc(slices.Clone(fields), func(f string) bool { return f == "image" })

// setDate stores the date s in t, or counts it as none.
func (r *Record) setDate(t *time.Time, s string) {
	if strings.TrimSpace(s) == "" {
		return
	}
	date, ok := record.ParseTime(s)
	if !ok {
		r.BadDate = true
	}
	*t = date
}

// setLang stores the language s of this article; a blank one names none.
func (r *Record) setLang(s string, l *Languages) {
	if strings.TrimSpace(s) == "" {
		return
	}
	lang, err := l.Parse(s)
	if err != nil {
		r.BadLang = true
	}
	r.Article.Lang, r.claim = lang, l.claimOf(s)
}

// textField is where a field of text goes, or nil if field is of another kind.
func textField(a *data.Article, field string) *string {
	switch field {
	case "title":
		return &a.Title
	case "body":
		return &a.Body
	case "summary":
		return &a.Summary
	case "url":
		return &a.URL
	case "section":
		return &a.Section
	case "image.src":
		return &a.Image.Src
	case "image.alt":
		return &a.Image.Alt
	case "type":
		return &a.Type
	case "series":
		return &a.Series
	case "canonical_url":
		return &a.CanonicalURL
	}
	return nil
}

// setCell stores a cell of CSV that is not empty, or says why it cannot.
func (r *Record) setCell(field, cell string, l *Languages) (reason string) {
	a := &r.Article
	if text := textField(a, field); text != nil {
		*text = cell
		return ""
	}
	var err error
	switch field {
	case "id":
		a.ID = data.ArticleID(strings.Clone(cell)) // Import keeps ids, and a cell is part of its row's text
	case "translation_of":
		a.TranslationOf = data.ArticleID(cell)
	case "lang":
		r.setLang(cell, l)
	case "published_at":
		r.setDate(&a.PublishedAt, cell)
	case "published": // the other name of published_at, which goes first
		if a.PublishedAt.IsZero() {
			r.setDate(&a.PublishedAt, cell)
		}
	case "updated_at":
		r.setDate(&a.UpdatedAt, cell)
	case "tags":
		a.Tags = splitList(cell, ",")
	case "authors":
		a.Authors = splitList(cell, "")
	case "state":
		a.State = data.State(cell)
	case "part":
		a.Part, err = strconv.Atoi(strings.TrimSpace(cell))
	case "evergreen":
		a.Evergreen, err = parseBool(cell)
	case "link_to":
		a.NoLinkTo, err = parseBool(cell)
		a.NoLinkTo = !a.NoLinkTo
	case "link_from":
		a.NoLinks, err = parseBool(cell)
		a.NoLinks = !a.NoLinks
	}
	switch {
	case err != nil && field == "part":
		return fmt.Sprintf("part is %s; a whole number is expected", data.Quote(cell))
	case err != nil:
		return fmt.Sprintf("%s is %s; true or false is expected", field, data.Quote(cell))
	}
	return ""
}

func parseBool(cell string) (bool, error) {
	switch strings.ToLower(strings.TrimSpace(cell)) {
	case "yes", "y":
		return true, nil
	case "no", "n":
		return false, nil
	}
	return strconv.ParseBool(strings.ToLower(strings.TrimSpace(cell)))
}

// splitList parts a cell at ";" and "|" or, if it has neither, at otherwise.
func splitList(cell, otherwise string) []string {
	separators := ";|"
	if !strings.ContainsAny(cell, separators) {
		separators = otherwise
	}
	var list []string
	for _, part := range strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune(separators, r) }) {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

// finish fills in what r does not say and checks the whole.
func (r *Record) finish(o *SourceOptions) (reason string) {
	a := &r.Article
	if a.State == "" {
		a.State = data.Published
	}
	if a.Lang == "" {
		a.Lang = data.Undetermined
		if o.Lang != "" {
			a.Lang = o.Lang
		}
	}
	if a.Section == "" {
		a.Section = o.Section
	}
	if err := a.Validate(); err != nil {
		return err.Error()
	}
	return ""
}
