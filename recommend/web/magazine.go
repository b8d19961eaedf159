package web

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
	"golang.org/x/text/language"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/web/html"
)

// A Magazine is the site that the demo shows: articles whose URL is a path such
// as "/en/harbour-cranes", its first segment being the article's language, one
// of html.Editions. Other articles are left out. Pictures holds the files
// behind "/pictures/NAME.svg" at its root. Placement is that of the links under
// an article, as in recommend.Query.
type Magazine struct {
	Articles  []data.Article
	Pictures  fs.FS
	Placement string

	// Evaluation makes the page that says how good the links are: one file of HTML
	// with its styles inside. It is asked for at every request. nil: there is none.
	Evaluation func(context.Context) ([]byte, error)
}

// relatedOnPage is how many links stand under an article.
const relatedOnPage = 4

// A magazine serves a Magazine.
type magazine struct {
	rec        Recommender
	log        *slog.Logger
	pictures   fs.FS
	placement  string
	evaluation func(context.Context) ([]byte, error) // nil: there is none
	editions   []*edition                            // in the order of the language bar; at least one
	matcher    language.Matcher
}

// An edition is the magazine in one language.
type edition struct {
	*html.Edition
	articles []*data.Article // newest first
	sections []section       // in the order of their newest articles
	byURL    map[string]*data.Article
	byGroup  map[data.ArticleID]*data.Article
}

type section struct {
	name, url string
	articles  []*data.Article // newest first
}

func newMagazine(m Magazine, rec Recommender, log *slog.Logger) *magazine {
	mag := &magazine{rec: rec, log: log, pictures: m.Pictures, placement: m.Placement, evaluation: m.Evaluation}
	var tags []language.Tag
	for _, words := range html.Editions {
		mag.editions = append(mag.editions, newEdition(words, m.Articles))
		tags = append(tags, language.MustParse(words.Lang))
	}
	mag.matcher = language.NewMatcher(tags)
	return mag
}

func newEdition(words *html.Edition, articles []data.Article) *edition {
	e := &edition{Edition: words, byURL: map[string]*data.Article{}, byGroup: map[data.ArticleID]*data.Article{}}
	for i := range articles {
		a := &articles[i]
		if string(a.Lang) == words.Lang && strings.HasPrefix(a.URL, e.root()) {
			e.articles = append(e.articles, a)
			e.byURL[a.URL] = a
			e.byGroup[a.Group()] = a
		}
	}
	slices.SortFunc(e.articles, func(a, b *data.Article) int {
		return cmp.Or(b.PublishedAt.Compare(a.PublishedAt), cmp.Compare(a.ID, b.ID))
	})
	for _, a := range e.articles {
		if a.Section == "" {
			continue
		}
		i := slices.IndexFunc(e.sections, func(s section) bool { return s.name == a.Section })
		if i < 0 {
			i = len(e.sections)
			e.sections = append(e.sections, section{name: a.Section, url: e.sectionURL(a.Section)})
		}
		e.sections[i].articles = append(e.sections[i].articles, a)
	}
	return e
}

func (e *edition) root() string { return "/" + e.Lang + "/" }

func (e *edition) sectionURL(name string) string { return e.root() + "section/" + url.PathEscape(name) }

func (m *magazine) register(e *echo.Echo) {
	read := []string{http.MethodGet, http.MethodHead}
	e.Match(read, "/", m.handleRoot)
	for _, ed := range m.editions {
		e.Match(read, strings.TrimSuffix(ed.root(), "/"), redirectTo(ed.root()))
		e.Match(read, ed.root(), m.in(ed, m.handleFront))
		e.Match(read, ed.root()+"section/*", m.in(ed, m.handleSection))
		e.Match(read, ed.root()+"*", m.in(ed, m.handleArticle))
	}
	if m.evaluation != nil {
		e.Match(read, evaluationPath, m.handleEvaluation)
	}
	e.Match(read, "/pictures/*", m.handlePicture)
}

// owns reports whether whoever asks for path is looking at the magazine, so
// that trouble is told as a page and not as JSON.
func (m *magazine) owns(path string) bool {
	return !strings.HasPrefix(path, "/v1/") && path != "/healthz" && path != "/readyz"
}

func (m *magazine) in(ed *edition, handle func(echo.Context, *edition) error) echo.HandlerFunc {
	return func(c echo.Context) error { return handle(c, ed) }
}

func redirectTo(to string) echo.HandlerFunc {
	return func(c echo.Context) error { return c.Redirect(http.StatusMovedPermanently, to) }
}

// handleRoot serves GET /: the front page in the language that the browser prefers.
func (m *magazine) handleRoot(c echo.Context) error {
	c.Response().Header().Set("Vary", "Accept-Language")
	return c.Redirect(http.StatusFound, m.preferred(c.Request()).root())
}

func (m *magazine) preferred(r *http.Request) *edition {
	// What cannot be read of the header prefers nothing.
	tags, _, _ := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	_, i, _ := m.matcher.Match(tags...)
	return m.editions[i]
}

// handleFront serves GET /{lang}/.
func (m *magazine) handleFront(c echo.Context, ed *edition) error {
	return m.page(c, http.StatusOK, m.frontView(ed))
}

// handleSection serves GET /{lang}/section/{name}.
func (m *magazine) handleSection(c echo.Context, ed *edition) error {
	name := strings.TrimPrefix(c.Request().URL.Path, ed.root()+"section/")
	i := slices.IndexFunc(ed.sections, func(s section) bool { return s.name == name })
	if i < 0 {
		return echo.ErrNotFound
	}
	return m.page(c, http.StatusOK, m.sectionView(ed, &ed.sections[i]))
}

// handleArticle serves GET /{lang}/{slug}.
func (m *magazine) handleArticle(c echo.Context, ed *edition) error {
	a, ok := ed.byURL[c.Request().URL.Path]
	if !ok {
		return echo.ErrNotFound
	}
	list, err := m.rec.Related(c.Request().Context(), recommend.Query{ID: a.ID, Limit: relatedOnPage, Placement: m.placement})
	if err != nil {
		list = recommend.List{}
		if !errors.Is(err, data.ErrNoSnapshot) && !errors.Is(err, data.ErrNotFound) {
			m.log.Error("page without links", "path", c.Request().URL.Path, "request_id", requestIDOf(c), "error", err)
		}
	}
	return m.page(c, http.StatusOK, m.articleView(ed, a, list.Links))
}

const evaluationPath = "/evaluation"

// handleEvaluation serves GET /evaluation.
func (m *magazine) handleEvaluation(c echo.Context) error {
	page, err := m.evaluation(c.Request().Context())
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Security-Policy",
		"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	return c.HTMLBlob(http.StatusOK, page)
}

// handlePicture serves GET /pictures/{name}.svg.
func (m *magazine) handlePicture(c echo.Context) error {
	name := strings.TrimPrefix(c.Request().URL.Path, "/pictures/")
	if m.pictures == nil || !strings.HasSuffix(name, ".svg") {
		return echo.ErrNotFound
	}
	body, err := fs.ReadFile(m.pictures, name)
	if err != nil {
		return echo.ErrNotFound
	}
	c.Response().Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	c.Response().Header().Set("Cache-Control", "public, max-age=3600")
	return c.Blob(http.StatusOK, "image/svg+xml", body)
}

// problemPage says p to a reader, in the language of the page he asked for or
// else in one that he prefers.
func (m *magazine) problemPage(c echo.Context, p problem) error {
	ed := m.preferred(c.Request())
	for _, of := range m.editions {
		if strings.HasPrefix(c.Request().URL.Path, of.root()) {
			ed = of
		}
	}
	return m.page(c, p.Status, m.problemView(ed, p))
}

// A view is a page with everything that it shows.
type view interface{ Render(w io.Writer) error }

func (m *magazine) page(c echo.Context, status int, v view) error {
	var b bytes.Buffer
	if err := v.Render(&b); err != nil {
		return err
	}
	c.Response().Header().Set("Content-Security-Policy",
		"default-src 'none'; img-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	return c.HTMLBlob(status, b.Bytes())
}
