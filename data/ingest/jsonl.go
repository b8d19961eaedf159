package ingest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/alsolike/alsolike/data"
)

// parseJSON reads one line of JSON lines into r, or says why it cannot.
// line is valid UTF-8.
func (r *Record) parseJSON(line []byte, o *SourceOptions) (reason string) {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(line, &object); err != nil {
		return jsonReason(line, err)
	}
	if object == nil {
		return "the line is null; an object {…} is expected"
	}
	if isNull(object["published_at"]) {
		if published, ok := object["published"]; ok {
			object["published_at"] = published
		}
	}
	delete(object, "published")
	for _, name := range slices.Sorted(maps.Keys(object)) { // so that of two faults it is always the same that is named
		if isNull(object[name]) {
			continue
		}
		if reason := r.setJSON(name, object[name], o.Languages); reason != "" {
			return reason
		}
	}
	slices.Sort(r.Unknown)
	return r.finish(o)
}

// jsonReason says in plain words what is wrong with a line.
func jsonReason(line []byte, err error) string {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind):
		return fmt.Sprintf("the line is %s; an object {…} is expected", kindOf(bytes.TrimSpace(line)))
	case err.Error() == "unexpected end of JSON input" && bytes.HasPrefix(bytes.TrimSpace(line), []byte("[")):
		return "broken JSON: the line begins a list; write one object {…} a line, without brackets and commas around them"
	case err.Error() == "unexpected end of JSON input":
		return "broken JSON: the line ends before its object does"
	case errors.As(err, &syntax):
		return fmt.Sprintf("broken JSON at byte %d: %v", syntax.Offset, err)
	}
	return fmt.Sprintf("broken JSON: %v", err)
}

// setJSON stores one field that is not null, or says why it cannot.
func (r *Record) setJSON(name string, raw json.RawMessage, l *Languages) (reason string) {
	a := &r.Article
	if text := textField(a, name); text != nil && !strings.HasPrefix(name, "image.") {
		return decode(name, raw, text, "text")
	}
	switch name {
	case "id":
		return decodeID(name, raw, &a.ID)
	case "translation_of":
		return decodeID(name, raw, &a.TranslationOf)
	case "lang":
		var lang string
		if reason := decode(name, raw, &lang, "text"); reason != "" {
			return reason
		}
		r.setLang(lang, l)
	case "published_at":
		r.decodeDate(&a.PublishedAt, raw)
	case "updated_at":
		r.decodeDate(&a.UpdatedAt, raw)
	case "tags":
		return decodeList(name, raw, &a.Tags)
	case "authors":
		return decodeList(name, raw, &a.Authors)
	case "image":
		return r.decodeImage(raw)
	case "part":
		return decode(name, raw, &a.Part, "a whole number")
	case "state":
		return decode(name, raw, &a.State, "text")
	case "evergreen":
		return decode(name, raw, &a.Evergreen, "true or false")
	case "link_to":
		return decodeNot(name, raw, &a.NoLinkTo)
	case "link_from":
		return decodeNot(name, raw, &a.NoLinks)
	default:
		r.Unknown = append(r.Unknown, name)
	}
	return ""
}

func decode(name string, raw json.RawMessage, to any, expected string) (reason string) {
	if json.Unmarshal(raw, to) != nil {
		return fmt.Sprintf("%s is %s; %s is expected", name, kindOf(raw), expected)
	}
	return ""
}

func decodeNot(name string, raw json.RawMessage, to *bool) (reason string) {
	var allowed bool
	reason = decode(name, raw, &allowed, "true or false")
	*to = !allowed
	return reason
}

// decodeID takes text or the digits of a whole number.
func decodeID(name string, raw json.RawMessage, to *data.ArticleID) (reason string) {
	switch kindOf(raw) {
	case "a number":
		if bytes.ContainsAny(raw, ".eE") {
			return fmt.Sprintf("%s is the number %s; text or a whole number is expected", name, raw)
		}
		*to = data.ArticleID(raw)
		return ""
	case "text":
		if reason := decode(name, raw, to, "text"); reason != "" {
			return reason
		}
		replaced := strings.ContainsRune(string(*to), utf8.RuneError)
		if replaced && !bytes.ContainsRune(raw, utf8.RuneError) && !bytes.Contains(bytes.ToLower(raw), []byte(`\ufffd`)) {
			return fmt.Sprintf("%s is %s, which holds half a surrogate pair and no character", name, raw)
		}
		return ""
	}
	return fmt.Sprintf("%s is %s; text or a whole number is expected", name, kindOf(raw))
}

func (r *Record) decodeDate(t *time.Time, raw json.RawMessage) {
	var date string
	if json.Unmarshal(raw, &date) != nil {
		r.BadDate = true
		return
	}
	r.setDate(t, date)
}

// decodeList drops empty texts: they say nothing.
func decodeList(name string, raw json.RawMessage, to *[]string) (reason string) {
	if reason := decode(name, raw, to, "a list of texts"); reason != "" {
		return reason
	}
	*to = slices.DeleteFunc(*to, func(s string) bool { return s == "" })
	if len(*to) == 0 {
		*to = nil
	}
	return ""
}

func (r *Record) decodeImage(raw json.RawMessage) (reason string) {
	var image map[string]json.RawMessage
	if reason := decode("image", raw, &image, "an object of src and alt"); reason != "" {
		return reason
	}
	for _, name := range slices.Sorted(maps.Keys(image)) {
		raw := image[name]
		text := textField(&r.Article, "image."+name)
		switch {
		case isNull(raw):
		case text == nil:
			r.Unknown = append(r.Unknown, "image."+name)
		default:
			if reason := decode("image."+name, raw, text, "text"); reason != "" {
				return reason
			}
		}
	}
	return ""
}

func isNull(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

// kindOf names the kind of a JSON value.
func kindOf(raw json.RawMessage) string {
	switch raw[0] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "text"
	case 't', 'f':
		return "true or false"
	case 'n':
		return "null"
	}
	return "a number"
}

// jsonArticle is an article as a line of JSON, its fields in writing order.
type jsonArticle struct {
	ID            string     `json:"id"`
	Title         string     `json:"title,omitempty"`
	Body          string     `json:"body,omitempty"`
	Summary       string     `json:"summary,omitempty"`
	URL           string     `json:"url,omitempty"`
	Lang          string     `json:"lang,omitempty"`
	PublishedAt   string     `json:"published_at,omitempty"`
	UpdatedAt     string     `json:"updated_at,omitempty"`
	Section       string     `json:"section,omitempty"`
	Tags          []string   `json:"tags,omitempty"`
	Authors       []string   `json:"authors,omitempty"`
	Image         *jsonImage `json:"image,omitempty"`
	Type          string     `json:"type,omitempty"`
	Series        string     `json:"series,omitempty"`
	Part          int        `json:"part,omitempty"`
	TranslationOf string     `json:"translation_of,omitempty"`
	CanonicalURL  string     `json:"canonical_url,omitempty"`
	State         string     `json:"state,omitempty"`
	Evergreen     bool       `json:"evergreen,omitempty"`
	LinkTo        *bool      `json:"link_to,omitempty"`
	LinkFrom      *bool      `json:"link_from,omitempty"`
}

type jsonImage struct {
	Src string `json:"src,omitempty"`
	Alt string `json:"alt,omitempty"`
}

// AppendJSONL appends a as one line of JSON lines, line end included. What it
// writes of a stored article is imported as the same article, by the same
// settings: a language that the text told is left out, to be told again.
func AppendJSONL(dst []byte, a data.Article) []byte {
	j := jsonArticle{
		ID: string(a.ID), Title: a.Title, Body: a.Body, Summary: a.Summary, URL: a.URL, Lang: string(a.Lang),
		PublishedAt: formatDate(a.PublishedAt), UpdatedAt: formatDate(a.UpdatedAt), Section: a.Section,
		Tags: a.Tags, Authors: a.Authors, Type: a.Type, Series: a.Series, Part: a.Part,
		TranslationOf: string(a.TranslationOf), CanonicalURL: a.CanonicalURL, State: string(a.State), Evergreen: a.Evergreen,
	}
	if a.Lang == data.Undetermined || a.LangConfidence > 0 {
		j.Lang = ""
	}
	if a.Image != (data.Image{}) {
		j.Image = &jsonImage{a.Image.Src, a.Image.Alt}
	}
	no := false
	if a.NoLinkTo {
		j.LinkTo = &no
	}
	if a.NoLinks {
		j.LinkFrom = &no
	}
	b := bytes.NewBuffer(dst)
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(j); err != nil {
		panic("ingest: " + strconv.Quote(string(a.ID)) + " cannot be written as JSON") // it is made of text, numbers and bools
	}
	return b.Bytes()
}

func formatDate(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
