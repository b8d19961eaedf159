package data_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/alsolike/alsolike/data"
)

func TestPlainText(t *testing.T) {
	check := func(name, in, want string) {
		t.Helper()
		if got := data.PlainText(in); got != want {
			t.Errorf("%s: PlainText(%q) = %q, want %q", name, in, got, want)
		}
	}
	check("plain", "Rents rose.", "Rents rose.")
	check("less than", "a < b and c > d", "a < b and c > d")
	check("ticker is no tag", "Standard Oil <SRD> forms a unit", "Standard Oil <SRD> forms a unit")
	check("ticker inside HTML", "<p>Standard Oil <SRD></p>", "Standard Oil <SRD>")
	check("paragraphs", "<p>One.</p><p>Two.</p>", "One.\n\nTwo.")
	check("inline tags join", "un<b>believ</b>able", "unbelievable")
	check("character reference", "Q&amp;A", "Q&A")
	check("ampersand", "Q&A; B", "Q&A; B")
	check("script with a slash", `<p>a</p><script src="b.js"/>var b = 1;</script><p>c</p>`, "a\n\nc")
	check("script", "<p>a</p><script>var b = 1 < 2;</script><p>c</p>", "a\n\nc")
	check("style", "<style>p{}</style>x<br>y", "x\ny")
	check("comment", "a<!-- b -->c", "ac")
	check("custom element", "<news-body>a</news-body>", "a")
	check("cut off", "<p>a <b", "a")
}

func FuzzPlainText(f *testing.F) {
	f.Add("<p>One &lt; two</p>")
	f.Add("<<<a>&#")
	f.Add(strings.Repeat("<a ", 100))
	f.Fuzz(func(t *testing.T, s string) {
		got := data.PlainText(s)
		if utf8.ValidString(s) && !utf8.ValidString(got) {
			t.Errorf("PlainText(%q) = %q is not valid UTF-8", s, got)
		}
		if len(got) > 3*len(s)+3 {
			t.Errorf("PlainText grew %d bytes to %d", len(s), len(got))
		}
	})
}
