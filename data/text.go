package data

import (
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// PlainText is the text of an article's title or body: s itself when it holds
// no HTML, else the text between the tags, with a line break wherever an
// element ends a line and without scripts and styles.
func PlainText(s string) string {
	if !looksLikeHTML(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	skip := 0 // depth inside elements whose content is no text
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		kind := z.Next()
		switch kind {
		case html.ErrorToken: // the end: a tokenizer over a string has no other error
			return strings.TrimSpace(b.String())
		case html.TextToken:
			if skip == 0 {
				b.Write(z.Text())
			}
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			raw := string(z.Raw())
			name, _ := z.TagName()
			element := atom.Lookup(name)
			switch {
			case !isMarkup(string(name)):
				if skip == 0 {
					b.WriteString(raw)
				}
			case !isSkipped(element):
				breakLine(&b, element)
			case kind != html.EndTagToken: // these elements are never self-closing: browsers ignore the slash
				skip++
			case skip > 0:
				skip--
			}
		}
	}
}

// looksLikeHTML reports whether s holds a tag that HTML knows or a character
// reference, so that "a < b" and the ticker "<SRD>" stay plain text.
func looksLikeHTML(s string) bool {
	last := strings.LastIndexByte(s, '>')
	for i := range len(s) {
		switch s[i] {
		case '<':
			if i < last && isMarkup(tagName(s[i+1:])) {
				return true
			}
		case '&':
			if end := strings.IndexByte(s[i:min(len(s), i+12)], ';'); end > 1 && (s[i+1] == '#' || isLetter(s[i+1])) {
				return true
			}
		}
	}
	return false
}

// tagName is the element name that s, the text after a "<", starts with.
func tagName(s string) string {
	s = strings.TrimPrefix(s, "/")
	if strings.HasPrefix(s, "!--") {
		return "!--"
	}
	const longest = 64 // more than any element's name has
	end := strings.IndexFunc(s[:min(len(s), longest)], func(r rune) bool {
		return r == '>' || r == '/' || unicode.IsSpace(r)
	})
	if end < 0 {
		return ""
	}
	return strings.ToLower(s[:end])
}

// isMarkup reports whether an element of that name is HTML: one that the
// standard knows, a custom element, or a comment.
func isMarkup(name string) bool {
	return name == "!--" || name == "!doctype" || atom.Lookup([]byte(name)) != 0 ||
		strings.Contains(name, "-") && isLetter(name[0])
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isSkipped(a atom.Atom) bool {
	switch a {
	case atom.Script, atom.Style, atom.Template, atom.Noscript:
		return true
	}
	return false
}

func breakLine(b *strings.Builder, a atom.Atom) {
	switch a {
	case atom.P, atom.Br, atom.Div, atom.Li, atom.Ul, atom.Ol, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6,
		atom.Tr, atom.Td, atom.Th, atom.Blockquote, atom.Pre, atom.Section, atom.Article, atom.Figure, atom.Figcaption, atom.Hr:
		b.WriteByte('\n')
	}
}
