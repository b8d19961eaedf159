package ingest

import (
	"regexp"
	"strings"
)

// templateReach is how far apart the two ends of a template's tag may stand.
const templateReach = 4 << 10

// template parts of Jekyll (Liquid) and Hugo (shortcodes), by their two ends.
var templates = []struct{ open, close string }{
	{"{{<", ">}}"},
	{"{{%", "%}}"},
	{"{{", "}}"},
	{"{%", "%}"},
}

var (
	// liquidComment is a block of Liquid that is never shown.
	liquidComment = regexp.MustCompile(`(?s)\{%-?\s*comment\s*-?%\}.*?\{%-?\s*endcomment\s*-?%\}`)
	// kramdownAttributes are kramdown's lists of attributes, such as {: .note}.
	kramdownAttributes = regexp.MustCompile(`(?m)^[*-] TOC\n\{:toc\}$|\{:(?:toc|[ \t]*[.#][^}\n]*|[ \t]+[A-Za-z][^}\n]*)\}`)
)

// removeTemplates removes the tags of Liquid and Hugo's shortcodes from s and
// leaves what stands between them.
func removeTemplates(s string) string {
	if !strings.Contains(s, "{") {
		return s
	}
	if strings.Contains(s, "endcomment") {
		s = liquidComment.ReplaceAllString(s, "")
	}
	var b strings.Builder
	b.Grow(len(s))
	for {
		i := strings.IndexByte(s, '{')
		if i < 0 {
			b.WriteString(s)
			break
		}
		b.WriteString(s[:i])
		s = s[i:]
		n := templateLength(s)
		if n == 0 { // an ordinary bracket
			b.WriteByte('{')
			n = 1
		}
		s = s[n:]
	}
	s = b.String()
	if strings.Contains(s, "{:") {
		s = kramdownAttributes.ReplaceAllString(s, "")
	}
	return s
}

// templateLength is how long the tag is that s starts with; 0: it is none.
func templateLength(s string) int {
	for _, t := range templates {
		if !strings.HasPrefix(s, t.open) {
			continue
		}
		if end := strings.Index(s[:min(len(s), templateReach)], t.close); end >= len(t.open) {
			return end + len(t.close)
		}
	}
	return 0
}
