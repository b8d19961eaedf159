package web

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/spelling"
)

// parseQuery is the parameters of a raw query, whose names checkNames has
// checked. Where no name can be told, the error is about the query.
func parseQuery(raw string, known, repeatable []string) (url.Values, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, &data.InvalidError{Field: "query", Reason: "cannot be read: " + clip(err.Error())}
	}
	return values, checkNames(values, known, repeatable)
}

// checkNames returns a *data.InvalidError about a name that is not among known, or
// that is given more than once without being among repeatable; of several, about
// the first in byte order.
func checkNames(values url.Values, known, repeatable []string) error {
	wrong, found := "", false
	for name, given := range values {
		fits := slices.Contains(known, name) && (len(given) == 1 || slices.Contains(repeatable, name))
		if !fits && (!found || name < wrong) {
			wrong, found = name, true
		}
	}
	switch {
	case !found:
		return nil
	case wrong == "":
		return &data.InvalidError{Field: "query", Reason: "holds a value without a name"}
	case slices.Contains(known, wrong):
		return &data.InvalidError{Field: wrong, Reason: fmt.Sprintf("is given %d times; once is allowed", len(values[wrong]))}
	}
	return &data.InvalidError{Field: clip(wrong), Reason: unknown(wrong, known)}
}

func unknown(name string, known []string) string {
	if len(known) == 0 {
		return "is not known here; there are no parameters"
	}
	if near := spelling.Nearest(clip(name), known); near != "" {
		return fmt.Sprintf("is not known; did you mean %s?", near)
	}
	return "is not known; there are " + strings.Join(known, ", ")
}

// parseCount is value as a whole number from least to most.
func parseCount(name, value string, least, most int) (int, error) {
	n, err := strconv.Atoi(value)
	if err != nil || n < least || n > most {
		return 0, &data.InvalidError{Field: name, Reason: fmt.Sprintf("is %q; it must be a whole number from %d to %d", clip(value), least, most)}
	}
	return n, nil
}

// parseText is value as the name of something of the site's, such as a section.
func parseText(name, value string) (string, error) { return parseLine(name, value, 512) }

// parseID is value as the id of an article.
func parseID(name, value string) (data.ArticleID, error) {
	id := data.ArticleID(value)
	if err := data.ValidateID(id); err != nil {
		return "", &data.InvalidError{Field: name, Reason: err.(*data.InvalidError).Reason}
	}
	return id, nil
}

// parseAddress is value as the address of an article, as the site wrote it.
func parseAddress(name, value string) (string, error) {
	return parseLine(name, value, 2048) // more than browsers and search engines agree on
}

// parseLine is value if it is a line of at most so many bytes.
func parseLine(name, value string, most int) (string, error) {
	switch {
	case value == "":
		return "", &data.InvalidError{Field: name, Reason: "is missing"}
	case len(value) > most:
		return "", &data.InvalidError{Field: name, Reason: fmt.Sprintf("is %d bytes long; at most %d are allowed", len(value), most)}
	case !utf8.ValidString(value):
		return "", &data.InvalidError{Field: name, Reason: "is not valid UTF-8"}
	case strings.ContainsFunc(value, unicode.IsControl):
		return "", &data.InvalidError{Field: name, Reason: "holds a control character"}
	}
	return value, nil
}

// clip is s as far as it can be repeated to its sender: valid UTF-8, and short.
func clip(s string) string {
	const most = 60
	r := []rune(s[:min(len(s), utf8.UTFMax*(most+1))])
	if len(r) > most {
		return string(r[:most]) + "…"
	}
	return string(r)
}
