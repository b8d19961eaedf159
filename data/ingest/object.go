package ingest

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/alsolike/alsolike/data"
)

// ParseArticle reads one article as a line of JSON lines holds it, or says why it
// cannot; l tells its language. With id, the text need not name one but must not name another. Of
// the record, Article, Unknown, BadDate and BadLang are set.
func ParseArticle(text []byte, id data.ArticleID, l *Languages) (Record, error) {
	if !utf8.Valid(text) {
		return Record{}, errors.New("the text is not valid UTF-8")
	}
	r := Record{Article: data.Article{ID: id}}
	if reason := r.parseJSON(text, &SourceOptions{Languages: l}); reason != "" {
		return Record{}, errors.New(reason)
	}
	if id != "" && r.Article.ID != id {
		return Record{}, fmt.Errorf("id is %s, but the address names %s", data.Quote(string(r.Article.ID)), data.Quote(string(id)))
	}
	l.settle(&r)
	return r, nil
}
