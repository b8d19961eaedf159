package editor

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
	"github.com/alsolike/alsolike/recommend/inventory"
	"github.com/alsolike/alsolike/recommend/reason"
)

func (s *Server) registerArticlesJSON() {
	s.handle(http.MethodGet, APIPrefix+"/articles", account.Viewer, s.handleArticlesJSON)
}

// articlesResponse is the answer of /v1/editor/articles.
type articlesResponse struct {
	Items   []articleResponse `json:"items"`
	Total   int               `json:"total"`            // of all that the query asks for
	Next    int               `json:"next,omitempty"`   // what ?from= asks the rest with; 0: there is none
	Counted time.Time         `json:"counted,omitzero"` // when links were counted; absent: they never were so far
	Clicks  *period           `json:"clicks,omitempty"` // of when clicks are; absent: nobody counts them
}

// articleResponse is how one article fares.
type articleResponse struct {
	ID          data.ArticleID     `json:"id"`
	Title       string             `json:"title"`
	URL         string             `json:"url,omitempty"`
	Lang        data.Lang          `json:"lang,omitempty"`
	Section     string             `json:"section,omitempty"`
	Series      string             `json:"series,omitempty"`
	PublishedAt time.Time          `json:"published_at,omitzero"`
	State       data.State         `json:"state"`
	Links       *int               `json:"links,omitempty"`       // of its own; absent: not counted
	LinkedFrom  *int               `json:"linked_from,omitempty"` // lists that have it
	Overrides   int                `json:"overrides"`
	Provisional bool               `json:"provisional,omitempty"`
	Waiting     bool               `json:"waiting,omitempty"`
	Story       data.ArticleID     `json:"story,omitempty"` // that is linked in its place
	NotLinked   []obstacleResponse `json:"not_linked,omitempty"`
	NoLinks     []obstacleResponse `json:"no_links,omitempty"`

	Clicks *articleClicksResponse `json:"clicks,omitempty"` // absent: not counted
}

// obstacleResponse is a reason why an article is not linked or shows no links.
type obstacleResponse struct {
	Code reason.Code `json:"code"`
	Text string      `json:"text"`
}

func newArticleResponse(a *inventory.Article, lang data.Lang) articleResponse {
	c := &a.Card
	r := articleResponse{
		ID: c.ID, Title: data.PlainText(c.Title), URL: c.URL, Lang: c.Lang, Section: c.Section, Series: c.Series, PublishedAt: c.PublishedAt,
		State: c.State, Overrides: a.Overrides, Provisional: a.Provisional, Waiting: a.Waiting,
	}
	if a.Counted {
		r.Links, r.LinkedFrom = &a.Out, &a.In
	}
	if a.Story != c.ID {
		r.Story = a.Story
	}
	say := func(all []reason.Rejection) (told []obstacleResponse) {
		for _, one := range all {
			told = append(told, obstacleResponse{one.Code, one.Text(lang)})
		}
		return told
	}
	r.NotLinked, r.NoLinks = say(a.NotLinked), say(a.Standing.NoLinks)
	return r
}

// handleArticlesJSON serves GET /v1/editor/articles: what the page Articles shows.
func (s *Server) handleArticlesJSON(c echo.Context) error {
	values, err := parseQuery(c.Request(), "q", "show", "from", "limit")
	if err != nil {
		return err
	}
	q := inventory.Query{Text: values.Get("q")}
	if q.Show, err = inventory.ParseShow(values.Get("show")); err != nil {
		return err
	}
	limit, err := parseNumber(values, "limit", inventory.DefaultLimit, 1, 1000)
	if err != nil {
		return err
	}
	from, err := parseNumber(values, "from", 0, 0, 1<<31)
	if err != nil {
		return err
	}
	q.First, q.Limit = int(from), int(limit)
	v := s.clicksView()
	if q, err = v.query(q); err != nil {
		return err
	}
	page, err := s.Links.Inventory.Find(c.Request().Context(), q)
	if err != nil {
		return err
	}
	answer := articlesResponse{Items: []articleResponse{}, Total: page.Total, Counted: page.Counted}
	lang := data.Lang(s.words(c).Lang())
	for i := range page.Articles {
		item := newArticleResponse(&page.Articles[i], lang)
		if v != nil && v.Counts != nil {
			item.Clicks = newArticleClicksResponse(v.Article(item.ID))
		}
		answer.Items = append(answer.Items, item)
	}
	if v != nil {
		answer.Clicks = v.period()
	}
	if next := q.First + len(page.Articles); next < page.Total && len(page.Articles) > 0 {
		answer.Next = next
	}
	return c.JSON(http.StatusOK, answer)
}
