package editor

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/inventory"
	"github.com/alsolike/alsolike/recommend/reason"
)

// Links is what the pages about articles look at and change. All of it is required but
// for the placements and clicks.
type Links struct {
	Engine     *recommend.Engine
	Inventory  *inventory.Inventory
	Placements []string // that lists may be asked for, sorted
	Clicks     Clicks   // nil: nobody counts them, and the pages tell of none
}

const (
	articlesPath = Prefix + "/articles"
	articlePath  = articlesPath + "/article"
)

func (s *Server) registerArticles() {
	s.handle(http.MethodGet, articlesPath, account.Viewer, s.handleArticles)
}

// articlesPage is the view of articles.html.
type articlesPage struct {
	inventory.Page
	Query   string
	Show    inventory.Show
	Choices []showChoice
	Clicks  *clicksView // nil: nobody counts them
	First   int         // of the articles, from 1
	Last    int
	Before  string // address of the page before, empty on the first
	After   string // of the one after
}

// A showChoice is one of the choices of articles.
type showChoice struct {
	inventory.Show
	URL     string
	Current bool
}

// Name is that of its text.
func (c showChoice) Name() string {
	if c.Show == inventory.All {
		return "all"
	}
	return string(c.Show)
}

// handleArticles serves GET /editor/articles: those that an editor looks for.
func (s *Server) handleArticles(c echo.Context) error {
	show, err := inventory.ParseShow(c.QueryParam("show"))
	if err != nil {
		return err
	}
	first, err := strconv.Atoi(c.QueryParam("from"))
	if err != nil || first < 0 {
		first = 0
	}
	v := articlesPage{Query: c.QueryParam("q"), Show: show, Clicks: s.clicksView()}
	q, err := v.Clicks.query(inventory.Query{Text: v.Query, Show: show, First: first})
	if err != nil {
		return err
	}
	v.Page, err = s.Links.Inventory.Find(c.Request().Context(), q)
	if errors.Is(err, data.ErrNoSnapshot) {
		return s.page(c, "nothing-yet", nil)
	}
	if err != nil {
		return err
	}
	for _, choice := range inventory.Shows() {
		if choice == inventory.MostClicked && v.Clicks == nil {
			continue
		}
		v.Choices = append(v.Choices, showChoice{choice, articlesURL(v.Query, choice, 0), choice == show})
	}
	v.First, v.Last = first+1, first+len(v.Articles)
	if first > 0 {
		v.Before = articlesURL(v.Query, show, max(0, first-inventory.DefaultLimit))
	}
	if v.Last < v.Total {
		v.After = articlesURL(v.Query, show, first+inventory.DefaultLimit)
	}
	return s.page(c, "articles", v)
}

func articlesURL(query string, show inventory.Show, first int) string {
	q := url.Values{}
	if query != "" {
		q.Set("q", query)
	}
	if show != inventory.All {
		q.Set("show", string(show))
	}
	if first > 0 {
		q.Set("from", strconv.Itoa(first))
	}
	if len(q) == 0 {
		return articlesPath
	}
	return articlesPath + "?" + q.Encode()
}

// articleURL is the address of the page about an article's links, at a place of the
// site's pages if that is not empty.
func articleURL(id data.ArticleID, placement string) string {
	q := url.Values{"id": {string(id)}}
	if placement != "" {
		q.Set("placement", placement)
	}
	return articlePath + "?" + q.Encode()
}

// The following write what pages about articles show.

// ArticleURL is the address of the page about an article's links.
func (w words) ArticleURL(id data.ArticleID) string { return articleURL(id, "") }

// Called is what an article is called: its title, without marks, or else its id.
func (w words) Called(c data.Card) string {
	if title := data.PlainText(c.Title); title != "" {
		return title
	}
	return string(c.ID)
}

// Reason says why something is no link.
func (w words) Reason(r reason.Rejection) string { return r.Text(data.Lang(w.Lang())) }
