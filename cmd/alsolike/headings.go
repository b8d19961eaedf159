package main

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"

	"github.com/alsolike/alsolike/recommend/web/widget"
)

// headingKey is the setting of the words over a list; see readHeadings.
const headingKey = "heading"

const headingExample = "such as\nheading:\n  en: More like this\n  de: Mehr davon"

// isHeading reports whether a key is headingKey, or heading.LANG.
func isHeading(name string) bool {
	return name == headingKey || strings.HasPrefix(name, headingKey+".")
}

// readHeadings sets what the node says of the key name: heading as a whole, or
// heading.LANG. at says where it comes from.
func (c *config) readHeadings(path, at, name string, node ast.Node) error {
	if code, found := strings.CutPrefix(name, headingKey+"."); found {
		return c.setHeading(at, code, node)
	}
	values := mappingValues(node)
	if values == nil {
		return usagef("%s: %s holds languages and words, %s", at, name, headingExample)
	}
	for _, v := range values {
		at := fmt.Sprintf("%s:%d", path, v.Key.GetToken().Position.Line)
		if err := c.setHeading(at, v.Key.GetToken().Value, v.Value); err != nil {
			return err
		}
	}
	return nil
}

func (c *config) setHeading(at, code string, node ast.Node) error {
	const most = 100 // characters; a list needs a line
	lang, err := parseLanguage(code)
	if err != nil {
		return usagef("%s: %s.%s is for no language; write its tag, such as en or zh-Hant", at, headingKey, code)
	}
	text, ok := scalar(node)
	text = strings.TrimSpace(text)
	if !ok || text == "" || utf8.RuneCountInString(text) > most || strings.ContainsFunc(text, unicode.IsControl) {
		return usagef("%s: %s.%s must be the words over a list, at most %d characters on one line", at, headingKey, code, most)
	}
	if c.Headings == nil {
		c.Headings = widget.Headings{}
	}
	c.Headings[lang] = text
	if _, set := c.Headings["zh-Hant"]; strings.EqualFold(code, "zh") && !set { // Chinese, in whatever characters
		c.Headings["zh-Hant"] = text
	}
	return nil
}
