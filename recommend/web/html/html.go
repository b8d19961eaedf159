// Package html holds the templates of the demo magazine and one view struct for
// each of its pages. A view takes everything that its page shows as fields;
// Render escapes by context and writes nothing unless the whole page stands.
package html

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"regexp"
	"time"

	"github.com/alsolike/alsolike/recommend/web/assets"
)

//go:embed *.html
var files embed.FS

var (
	frontTemplate   = parse("front.html")
	articleTemplate = parse("article.html")
	sectionTemplate = parse("section.html")
	problemTemplate = parse("problem.html")
)

func parse(page string) *template.Template {
	funcs := template.FuncMap{"asset": assets.Path, "phrases": phrases}
	return template.Must(template.New("layout.html").Funcs(funcs).ParseFS(files, "layout.html", "card.html", page))
}

// phrases parts a headline after every mark of Chinese punctuation, so that it
// can break there rather than in the middle of a word, which Chinese writing
// does not show. Other headlines stay whole.
func phrases(headline string) []string {
	return phrase.FindAllString(headline, -1)
}

var phrase = regexp.MustCompile(`[^，、：；。！？]+[，、：；。！？」』”）]*|[，、：；。！？]+`)

func render(w io.Writer, t *template.Template, view any) error {
	var b bytes.Buffer
	if err := t.Execute(&b, view); err != nil {
		return fmt.Errorf("html: render: %w", err)
	}
	_, err := b.WriteTo(w)
	return err
}

// A Page is what every page of the magazine has around its content.
type Page struct {
	Edition     *Edition // whose words and language the page uses
	Title       string   // of the window; empty: the magazine's name alone
	Description string   // for search engines; may be empty
	Languages   []Language
	Sections    []Link

	EvaluationURL string // of the page that says how good the links are; empty: there is none
}

// A Language is one entry of the language bar.
type Language struct {
	Lang    string // BCP 47
	Name    string // in the language itself
	URL     string // of the same page in it, or else of its front page
	Current bool
	Missing string // says in the language that it lacks the page; empty if it has it
}

// A Link is a labelled address.
type Link struct {
	Text    string
	URL     string
	Current bool // the page itself
}

// Details is how many parts of a picture the style sheet can show.
const Details = 3

// A Card shows an article that one can go to.
type Card struct {
	Lang      string // BCP 47, and
	Language  string // its name in itself; both empty for an article in the page's language
	Title     string
	URL       string
	Section   string
	Image     Image
	Published Date
	Teaser    string // a sentence or two; empty where only the headline is shown
	Detail    int    // of the picture: 0 shows all of it, 1 to Details a part each
}

// An Image is a picture with its text alternative.
type Image struct{ Src, Alt string }

// A Date is a day as machines and as readers of the page's language write it.
// The zero Date is not shown.
type Date struct{ Machine, Text string }

// NewDate is the day of t in the words of e; the zero Date if t is zero.
func NewDate(e *Edition, t time.Time) Date {
	if t.IsZero() {
		return Date{}
	}
	return Date{Machine: t.Format(time.DateOnly), Text: t.Format(e.DateLayout)}
}

// Front is the front page.
type Front struct {
	Page
	Lead    Card
	Latest  []Card
	Columns []Column
}

// A Column holds the remaining articles of one section.
type Column struct {
	Section Link
	Cards   []Card
}

// Render writes the page to w.
func (v Front) Render(w io.Writer) error { return render(w, frontTemplate, v) }

// Section is the page that lists one section.
type Section struct {
	Page
	Name  string
	Cards []Card
}

// Render writes the page to w.
func (v Section) Render(w io.Writer) error { return render(w, sectionTemplate, v) }

// Article is the page of one article, with the links under it.
type Article struct {
	Page
	Section    Link
	Headline   string
	Standfirst string
	Authors    string
	Published  Date
	Image      Image
	Paragraphs []string
	Tags       []string
	Related    []Card // best first; empty: no heading either
	RelatedURL string // of the same links as JSON
}

// Render writes the page to w.
func (v Article) Render(w io.Writer) error { return render(w, articleTemplate, v) }

// Problem is the page that says why there is no page.
type Problem struct {
	Page
	Headline  string
	Detail    string
	RequestID string // for whoever reads the log; may be empty
}

// Render writes the page to w.
func (v Problem) Render(w io.Writer) error { return render(w, problemTemplate, v) }
