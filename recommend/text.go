package recommend

import (
	"strings"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
)

// How often a term counts by where it stands, measured on the development sets.
const (
	titleWeight   = 3
	summaryWeight = 2
	tagWeight     = 2
	bodyWeight    = 1
)

// Text is what the model reads of an article: the same at a refresh and when
// an article is folded in between two of them.
func Text(a *data.Article) embed.Text {
	return embed.Text{Lang: string(a.Lang), Fields: []embed.Field{
		{Text: data.PlainText(a.Title), Weight: titleWeight},
		{Text: data.PlainText(a.Summary), Weight: summaryWeight},
		{Text: strings.Join(a.Tags, "\n"), Weight: tagWeight},
		{Text: data.PlainText(a.Body), Weight: bodyWeight},
	}}
}
