package ingest

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/alsolike/alsolike/data"
)

// A permalink is the pattern of a site's URLs, as Jekyll and Hugo write it.
type permalink struct {
	pattern string
	base    string // scheme and host of the pattern, if it has them
}

// permalinkStyles are the patterns that Jekyll has names for.
var permalinkStyles = map[string]string{
	"date":    "/:categories/:year/:month/:day/:title.html",
	"pretty":  "/:categories/:year/:month/:day/:title/",
	"ordinal": "/:categories/:year/:y_day/:title.html",
	"none":    "/:categories/:title.html",
}

// permalinkFields are what a pattern may name, longer ones before those that
// they start with.
var permalinkFields = []string{
	"short_year", "year", "i_month", "month", "i_day", "y_day", "day", "hour", "minute", "second",
	"title", "slugorcontentbasename", "slugorfilename", "slug", "contentbasename", "filename", "name",
	"categories", "sections", "section", "lang", "path", "id",
}

var (
	permalinkField = regexp.MustCompile(`:(` + strings.Join(permalinkFields, "|") + `)`)
	anyField       = regexp.MustCompile(`:[a-z_]+`)
	baseURL        = regexp.MustCompile(`^(?i:https?://[^/:]+(:\d+)?)`)
	manySlashes    = regexp.MustCompile(`//+`)
)

// parsePermalink checks a pattern; an empty one gives no URLs.
func parsePermalink(pattern string) (permalink, error) {
	p := permalink{base: baseURL.FindString(pattern)}
	p.pattern = pattern[len(p.base):]
	if style, ok := permalinkStyles[strings.TrimPrefix(p.pattern, "/")]; ok {
		p.pattern = style
	}
	for _, field := range anyField.FindAllString(p.pattern, -1) {
		if permalinkField.FindStringIndex(field) == nil || permalinkField.FindStringIndex(field)[0] != 0 {
			return permalink{}, fmt.Errorf("--permalink %s: there is no field %s%s", pattern, field, didYouMean(field[1:], permalinkFields))
		}
	}
	if p.pattern != "" && !strings.Contains(p.pattern, ":") {
		return permalink{}, fmt.Errorf("--permalink %s: without a field such as :title, every page would have the same URL", pattern)
	}
	return p, nil
}

// A pageName is what permalinks need of a page besides its article.
type pageName struct {
	path  data.ArticleID // without extension
	name  string         // of the file, without date and language
	slug  string         // that the page claims; "": none
	lang  string         // as the site spells it in folders
	given string         // the URL, path or pattern that the page itself gives
}

// url is the URL of a page; "" if it is not known.
func (p permalink) url(a *data.Article, n pageName) string {
	pattern := p.pattern
	if n.given != "" {
		if baseURL.MatchString(n.given) {
			return n.given
		}
		pattern = "/" + strings.TrimPrefix(n.given, "/")
	}
	if pattern == "" {
		return ""
	}
	known := true
	path := permalinkField.ReplaceAllStringFunc(pattern, func(field string) string {
		value, ok := permalinkValue(a, n, field[1:])
		known = known && ok
		parts := strings.Split(value, "/")
		for i := range parts {
			parts[i] = url.PathEscape(parts[i])
		}
		return strings.Join(parts, "/")
	})
	if !known {
		return ""
	}
	return p.base + manySlashes.ReplaceAllString(path, "/")
}

func permalinkValue(a *data.Article, n pageName, field string) (value string, ok bool) {
	layouts := map[string]string{
		"short_year": "06", "year": "2006", "i_month": "1", "month": "01", "i_day": "2", "y_day": "002", "day": "02",
		"hour": "15", "minute": "04", "second": "05",
	}
	if layout := layouts[field]; layout != "" {
		return a.PublishedAt.Format(layout), !a.PublishedAt.IsZero()
	}
	switch field {
	case "title", "slug":
		if n.slug != "" {
			return n.slug, true
		}
		return slugOf(a.Title), true
	case "slugorfilename", "slugorcontentbasename":
		if n.slug != "" {
			return n.slug, true
		}
		return n.name, true
	case "name", "filename", "contentbasename":
		return n.name, true
	case "categories", "section":
		return slugOf(a.Section), true
	case "sections":
		folders := strings.Split(string(n.path), "/")
		folders = slices.DeleteFunc(folders[:len(folders)-1], func(f string) bool { return f == "content" || f == n.lang })
		return strings.Join(folders, "/"), true
	case "lang":
		if n.lang != "" {
			return n.lang, true
		}
		return strings.ToLower(string(a.Lang)), a.Lang != "" && a.Lang != data.Undetermined
	}
	return string(n.path), true // path, id
}

// slugOf is a title as part of a URL.
func slugOf(title string) string {
	words := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) })
	return strings.Join(words, "-")
}
