package editor

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/clicks"
	"github.com/alsolike/alsolike/recommend/inventory"
)

// Clicks knows how often links were seen and followed: a clicks.Counter.
type Clicks interface {
	// Counts are the newest; nil while they are made for the first time. The error is why
	// they could not be made anew. It must not wait long.
	Counts() (*clicks.Counts, error)
}

func (s *Server) registerClicksJSON() {
	s.handle(http.MethodGet, APIPrefix+"/clicks", account.Viewer, s.handleClicksJSON)
}

// A clicksView is what a page knows about clicks. Without a log of events it is nil.
type clicksView struct {
	*clicks.Counts      // nil: not counted so far
	Failed         bool // the log cannot be read at present

	scale float64 // the share at the right end of the bars
}

func (s *Server) clicksView() *clicksView {
	if s.Links.Clicks == nil {
		return nil
	}
	counts, err := s.Links.Clicks.Counts()
	return &clicksView{Counts: counts, Failed: err != nil, scale: 1}
}

// query makes q of v, which may be nil.
func (v *clicksView) query(q inventory.Query) (inventory.Query, error) {
	switch {
	case q.Show != inventory.MostClicked:
	case v == nil:
		return q, &data.InvalidError{Field: "show", Reason: "is " + string(q.Show) + ", but clicks are not counted here (events.enabled is false)"}
	case v.Counts != nil:
		q.Clicks = v.Clicks
	}
	return q, nil
}

// scales are where bars may end.
var scales = []float64{.01, .02, .05, .1, .2, .5, 1}

// enough is how often a link must have been seen for its interval to be drawn in full:
// those of others are so wide that no two could be told apart.
const enough = 30

// setScale chooses the scale for the links of one list.
func (v *clicksView) setScale(from data.ArticleID, links []recommend.Link) {
	top := 0.
	for _, least := range []int{enough, 1} {
		for i := range links {
			if r := v.Link(from, links[i].Card.ID); r.Seen >= least {
				_, high := r.Interval()
				top = max(top, high)
			}
		}
		if top > 0 {
			break
		}
	}
	i, _ := slices.BinarySearch(scales, top)
	v.scale = scales[min(i, len(scales)-1)]
}

// Scale is the right end of the bars, in percent.
func (v *clicksView) Scale() string { return strconv.FormatFloat(100*v.scale, 'f', -1, 64) }

// A rateView is how often something was seen and followed.
type rateView struct {
	clicks.Rate
	scale float64
}

// Known reports whether it was seen at all.
func (r rateView) Known() bool { return r.Seen > 0 }

// Percent is the share.
func (r rateView) Percent() string { return percent(r.Share()) }

// Low and High are the ends of the interval.
func (r rateView) Low() string {
	low, _ := r.Interval()
	return percent(low)
}

func (r rateView) High() string {
	_, high := r.Interval()
	return percent(high)
}

func percent(share float64) string { return fmt.Sprintf("%.1f", 100*share) }

// barWidth is that of a bar, in pixels, without the 3 on either side that a dot at its end
// needs.
const barWidth = 58

func (r rateView) at(share float64) string {
	return fmt.Sprintf("%.1f", 3+barWidth*min(share/r.scale, 1))
}

// X, X1 and X2 are where the share and the ends of its interval stand in the bar.
func (r rateView) X() string { return r.at(r.Share()) }

func (r rateView) X1() string {
	low, _ := r.Interval()
	return r.at(low)
}

func (r rateView) X2() string {
	_, high := r.Interval()
	return r.at(high)
}

// LinkRate is that of a link under an article.
func (v *clicksView) LinkRate(from, to data.ArticleID) rateView {
	return rateView{v.Link(from, to), v.scale}
}

// ListRate is that of all lists of an article.
func (v *clicksView) ListRate(of data.ArticleID) rateView {
	return rateView{v.Article(of).List, 1}
}

// rateResponse is how often something was seen and followed. Shares have six digits,
// which every machine agrees on.
type rateResponse struct {
	Seen   int      `json:"seen"`
	Clicks int      `json:"clicks"`
	Rate   *float64 `json:"rate,omitempty"` // clicks of a time that it was seen; absent: it never was
	Low    *float64 `json:"low,omitempty"`
	High   *float64 `json:"high,omitempty"`
}

func newRateResponse(r clicks.Rate) rateResponse {
	answer := rateResponse{Seen: r.Seen, Clicks: r.Clicks}
	if r.Seen > 0 {
		low, high := r.Interval()
		round := func(share float64) *float64 {
			share = math.Round(share*1e6) / 1e6
			return &share
		}
		answer.Rate, answer.Low, answer.High = round(r.Share()), round(low), round(high)
	}
	return answer
}

// articleClicksResponse is the clicks of an article.
type articleClicksResponse struct {
	List rateResponse `json:"list"` // lists of it seen, and those of which a link was followed
	Out  int          `json:"out"`  // clicks on its links
	In   rateResponse `json:"in"`   // as a link under others
}

func newArticleClicksResponse(a clicks.Article) *articleClicksResponse {
	return &articleClicksResponse{newRateResponse(a.List), a.Out, newRateResponse(a.In)}
}

// A period says of when clicks are.
type period struct {
	Since   time.Time `json:"since,omitzero"`
	Counted time.Time `json:"counted,omitzero"` // absent: they were not so far
}

func (v *clicksView) period() *period {
	if v.Counts == nil {
		return &period{}
	}
	return &period{v.Since, v.AsOf}
}

// clicksResponse is the answer of /v1/editor/clicks.
type clicksResponse struct {
	*period
	Article data.ArticleID         `json:"article"`
	Clicks  *articleClicksResponse `json:"clicks,omitempty"`
	Links   []linkClicksResponse   `json:"links"`
}

type linkClicksResponse struct {
	ID       data.ArticleID `json:"id"`
	Title    string         `json:"title"`
	Position int            `json:"position"`
	Clicks   *rateResponse  `json:"clicks,omitempty"`
}

// handleClicksJSON serves GET /v1/editor/clicks: the list of an article as readers get it,
// with the clicks on its links.
func (s *Server) handleClicksJSON(c echo.Context) error {
	if s.Links.Clicks == nil {
		return echo.ErrNotFound
	}
	values, err := parseQuery(c.Request(), "article", "placement")
	if err != nil {
		return err
	}
	placement := values.Get("placement")
	if placement != "" && !slices.Contains(s.Links.Placements, placement) {
		return &data.InvalidError{Field: "placement", Reason: "there is none called " + data.Quote(placement)}
	}
	m, err := s.Links.Engine.Moment()
	if err != nil {
		return err
	}
	name := values.Get("article")
	if name == "" {
		return &data.InvalidError{Field: "article", Reason: "is missing; it is the id or the address of an article"}
	}
	known, ok, err := m.Find(name)
	if err != nil {
		return err
	}
	if !ok {
		return echo.NewHTTPError(http.StatusNotFound, "there is no article "+data.Quote(name))
	}
	id := known.Card.ID
	list, err := m.Related(c.Request().Context(), recommend.Query{ID: id, Placement: placement})
	if err != nil {
		return err
	}
	v := s.clicksView()
	answer := clicksResponse{period: v.period(), Article: id, Links: []linkClicksResponse{}}
	if v.Counts != nil {
		answer.Clicks = newArticleClicksResponse(v.Article(id))
	}
	for i := range list.Links {
		l := &list.Links[i]
		link := linkClicksResponse{ID: l.Card.ID, Title: data.PlainText(l.Card.Title), Position: l.Position}
		if v.Counts != nil {
			rate := newRateResponse(v.Link(id, l.Card.ID))
			link.Clicks = &rate
		}
		answer.Links = append(answer.Links, link)
	}
	return c.JSON(http.StatusOK, answer)
}
