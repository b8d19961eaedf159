package extract

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"codeberg.org/readeck/go-readability/v2"
	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"

	"github.com/alsolike/alsolike/data"
)

// ErrNoText is returned for a page in which no article can be found.
var ErrNoText = errors.New("the page holds no article text")

// A Page is what an HTML page says of its article. The zero value of a field
// means that it says nothing.
type Page struct {
	Title        string
	Body         string // as data.Article has it: its plain text is one line a paragraph
	Summary      string
	CanonicalURL string // absolute if the page's address is known
	Lang         data.Lang
	LangCode     string // what the page calls its language first, as it spells it
	PublishedAt  time.Time
	UpdatedAt    time.Time
	Section      string
	Tags         []string
	Authors      []string
	Image        data.Image
	Type         string      // in lower case: article, newsarticle, blogposting …
	Alternates   []Alternate // the same text in other languages, and often in this one
	NoIndex      bool        // the page asks robots not to list it

	BadDate bool // a date was none
	BadLang bool // a language was none
}

// An Alternate is a version of a page in a language (link rel=alternate).
type Alternate struct {
	Lang data.Lang // data.Undetermined for x-default
	URL  string
}

// maxElements bounds what is read of a page; an article of 10 MB has fewer.
const maxElements = 300_000

// HTML reads a page. address is where it was found, against which its links are
// resolved; it may be empty.
//
// It returns ErrNoText if there is no article, and still what the metadata say.
func HTML(page []byte, address string) (Page, error) {
	doc, err := html.Parse(bytes.NewReader(toUTF8(page)))
	if err != nil {
		return Page{}, fmt.Errorf("extract: %w", err)
	}
	base, err := url.Parse(address)
	if err != nil {
		base = &url.URL{}
	}
	p, jsonBody := readMetadata(doc, base)
	body, title, err := articleText(doc, base, p.Title)
	if err != nil {
		return p, fmt.Errorf("extract: %w", err)
	}
	if p.Title == "" {
		p.Title = title
	}
	if body == "" {
		body = cleanLines(data.PlainText(jsonBody))
	}
	if body == "" {
		return p, fmt.Errorf("extract: %w", ErrNoText)
	}
	p.Body = asBody(body)
	return p, nil
}

// articleText is the text of the article in doc, which it changes, and a title.
func articleText(doc *html.Node, base *url.URL, known string) (body, title string, err error) {
	defer func() {
		if trouble := recover(); trouble != nil {
			err = fmt.Errorf("the page's structure is too broken to read (%v)", trouble)
		}
	}()
	parser := readability.NewParser()
	parser.KeepClasses = true
	parser.DisableJSONLD = true
	parser.MaxElemsToParse = maxElements
	parser.Logger = slog.New(slog.DiscardHandler)
	article, err := parser.ParseAndMutate(doc, base)
	switch {
	case err != nil:
		return "", "", err
	case known != "":
		title = known
	default:
		title = oneLine(article.Title())
	}
	if article.Node == nil {
		return "", title, nil
	}
	if !dropFurniture(article.Node, title) {
		return "", title, nil
	}
	var b strings.Builder
	if err := html.Render(&b, article.Node); err != nil {
		return "", title, err
	}
	return cleanLines(data.PlainText(b.String())), title, nil
}

// cleanLines is text with single spaces and without blank lines and labels such
// as "Back to top".
func cleanLines(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if line = oneLine(line); line != "" && !labels[trimLabel(line)] {
			b.WriteString(line)
			b.WriteByte('\n')
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// asBody is an article's body of that text: text itself unless data.PlainText
// took it for HTML.
func asBody(text string) string {
	if data.PlainText(text) != text {
		return html.EscapeString(text)
	}
	return text
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// toUTF8 decodes a page by its byte order mark, else as UTF-8 if it is that, else
// by its meta element.
func toUTF8(page []byte) []byte {
	if utf8.Valid(page) {
		return bytes.TrimPrefix(page, []byte("\ufeff"))
	}
	encoding, _, _ := charset.DetermineEncoding(page, "")
	decoded, err := encoding.NewDecoder().Bytes(page)
	if err != nil {
		decoded = page
	}
	return bytes.ToValidUTF8(bytes.TrimPrefix(decoded, []byte("\ufeff")), []byte("\ufffd"))
}
