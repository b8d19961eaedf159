package recommend

import (
	"strings"
	"unicode"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/boilerplate"
)

// Page is what boilerplate is looked for in: an article's summary and body, as
// a page of its language and of its section in that language.
func Page(a *data.Article) boilerplate.Page {
	return boilerplate.Page{Groups: groups(a), Texts: func() []string {
		return []string{data.PlainText(a.Summary), data.PlainText(a.Body)}
	}}
}

func groups(a *data.Article) boilerplate.Groups {
	lang := string(a.Lang.Base())
	if lang == "zh" {
		lang = string(a.Lang) // the scripts do not share their boilerplate
	}
	g := boilerplate.Groups{Edition: lang}
	if a.Section != "" {
		g.Section = lang + "/" + a.Section
	}
	return g
}

// CleanText is Text without the site's boilerplate in summary and body, and the
// pieces that were left out. An article of which no word would be left is read
// whole. Blocks may be nil.
func CleanText(a *data.Article, blocks *boilerplate.Blocks) (text embed.Text, leftOut []string) {
	text = Text(a)
	if blocks.Len() == 0 {
		return text, nil
	}
	clean := text
	clean.Fields = append([]embed.Field(nil), text.Fields...)
	in := groups(a)
	for _, f := range []int{summaryField, bodyField} {
		kept, pieces := blocks.Strip(in, text.Fields[f].Text)
		clean.Fields[f].Text = kept
		leftOut = append(leftOut, pieces...)
	}
	for _, f := range clean.Fields {
		if strings.ContainsFunc(f.Text, isWord) {
			return clean, leftOut
		}
	}
	return text, nil
}

// The places of fields in Text that are cleaned.
const (
	summaryField = 1
	bodyField    = 3
)

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }
