package editor

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data/account"
	"github.com/alsolike/alsolike/recommend/web/assets"
)

//go:embed *.html
var files embed.FS

// templates holds each page by its name: layout.html around NAME.html, and the parts
// of parts.html for all of them.
var templates = parseTemplates()

// functions are those of templates.
var functions = template.FuncMap{
	"asset": assets.Path,
	"pair":  func(f *frame, it any) pair { return pair{f, it} },
	"plus":  func(n int) int { return n + 1 },
	"minus": func(n int) int { return n - 1 },
	"kind":  func(field string) string { return field[strings.IndexByte(field, '_')+1:] },
}

// A pair is what a part of a page sees: the frame and what the part shows.
type pair struct {
	Frame *frame
	It    any
}

func parseTemplates() map[string]*template.Template {
	names, err := fs.Glob(files, "*.html")
	if err != nil {
		panic(err) // cannot be: the pattern is a constant
	}
	all := map[string]*template.Template{}
	for _, name := range names {
		if name != "layout.html" && name != "parts.html" {
			all[strings.TrimSuffix(name, ".html")] = template.Must(template.New("layout.html").
				Funcs(functions).ParseFS(files, "layout.html", "parts.html", name))
		}
	}
	return all
}

// A frame is what a template sees: what stands around a page, and in Page the view of
// the page itself. Its methods write in the language of the interface.
type frame struct {
	words
	Name    string // of the page
	Title   string
	Here    string // path and query of the page, for forms that come back to it
	Nav     []navLink
	User    *account.User // nil before somebody has signed in
	CSRF    string        // what forms carry in the field "csrf", see the part "csrf"
	Notice  notice        // of what was done just now
	Stale   time.Duration // age of a snapshot that is too old, else 0
	Choices []languageChoice
	Page    any
}

// Initial is the first letter of the reader's name.
func (f *frame) Initial() string {
	for _, r := range f.User.Name {
		return strings.ToUpper(string(r))
	}
	return ""
}

// A titled view names its page itself. The title of another is the text NAME.title.
type titled interface{ PageTitle() string }

// page answers with the page of that name, which shows view.
func (s *Server) page(c echo.Context, name string, view any) error {
	return s.pageStatus(c, http.StatusOK, name, view)
}

func (s *Server) pageStatus(c echo.Context, status int, name string, view any) error {
	t, ok := templates[name]
	if !ok {
		return fmt.Errorf("editor: there is no page %q", name)
	}
	f := frame{words: s.words(c), Name: name, Here: c.Request().URL.RequestURI(), Choices: s.languageChoices(c), Page: view}
	if c.Request().Method != http.MethodGet {
		f.Here = Prefix
	}
	f.Title = f.T(name + ".title")
	if titled, ok := view.(titled); ok {
		f.Title = titled.PageTitle()
	}
	if v := visitorOf(c); v != nil {
		f.Nav, f.User, f.CSRF = s.navigation(c), &v.user, csrfToken(v.token)
		f.Notice = s.notices.take(v.token)
		if age, stale := s.Config.Stale(); stale {
			f.Stale = age
		}
	}
	var b bytes.Buffer
	if err := t.Execute(&b, &f); err != nil {
		return fmt.Errorf("editor: render %s: %w", name, err)
	}
	return c.HTMLBlob(status, b.Bytes())
}

// A navLink is a page in the navigation.
type navLink struct {
	Name    string
	URL     string
	Current bool
}

// navigation is the order of the pages in the navigation, where there are such.
var navigation = []string{"today", "articles", "rules", "changes", "evaluation", "history", "settings"}

// navigation lists the pages that whoever sends the request of c may see.
func (s *Server) navigation(c echo.Context) []navLink {
	var links []navLink
	for _, name := range navigation {
		at := Prefix + "/" + name
		if need, ok := s.pages[name]; ok && Who(c).Role.May(need) {
			path := c.Request().URL.Path
			links = append(links, navLink{name, at, path == at || strings.HasPrefix(path, at+"/")})
		}
	}
	return links
}

// seeOther ends a form: the browser goes to path and says there what was done, in
// the words of key.
func (s *Server) seeOther(c echo.Context, path, key string, args ...any) error {
	return s.showOnce(c, path, "", key, args...)
}

// showOnce is seeOther with something that is shown this once, such as a new key.
func (s *Server) showOnce(c echo.Context, path, secret, key string, args ...any) error {
	s.notices.put(visitorOf(c).token, notice{s.text(c, key, args...), secret}, s.Now())
	return c.Redirect(http.StatusSeeOther, path)
}

// problemPage is the view of problem.html.
type problemPage struct {
	Heading   string
	Detail    string // may be empty
	RequestID string // for whoever reads the log; may be empty
}

// PageTitle is the heading.
func (p problemPage) PageTitle() string { return p.Heading }

// Problem answers with the page that says why there is no page: err, of which detail tells
// in English.
func (s *Server) Problem(c echo.Context, err error, status int, detail, requestID string) error {
	p := problemPage{RequestID: requestID}
	detail = s.words(c).why(err, status, detail)
	switch {
	case status == http.StatusNotFound:
		p.Heading = s.text(c, "problem.none")
	case status == http.StatusForbidden:
		p.Heading, p.Detail = s.text(c, "problem.forbidden"), detail
	case status >= http.StatusInternalServerError:
		p.Heading, p.Detail = s.text(c, "problem.broken"), s.text(c, "problem.later")
	default:
		p.Heading, p.Detail = s.text(c, "problem.request"), detail
	}
	return s.private(func(c echo.Context) error { return s.pageStatus(c, status, "problem", p) })(c)
}
