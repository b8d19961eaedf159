package web

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/spelling"
)

// parseQuery is the parameters of a raw query. A name that is not among known,
// or that is given more than once without being among repeatable, is a
// *data.InvalidError; of several the first by name. Where no name can be told,
// the error is about the query.
func parseQuery(raw string, known, repeatable []string) (url.Values, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, &data.InvalidError{Field: "query", Reason: "cannot be read: " + clip(err.Error())}
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if name == "" {
			return nil, &data.InvalidError{Field: "query", Reason: "holds a value without a name"}
		}
		if !slices.Contains(known, name) {
			return nil, &data.InvalidError{Field: clip(name), Reason: unknown(name, known)}
		}
		if n := len(values[name]); n > 1 && !slices.Contains(repeatable, name) {
			return nil, &data.InvalidError{Field: name, Reason: fmt.Sprintf("is given %d times; once is allowed", n)}
		}
	}
	return values, nil
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
	const most = 2048 // bytes; more than browsers and search engines agree on
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
