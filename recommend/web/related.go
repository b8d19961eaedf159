package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend"
)

// MaxLimit is how many links an answer holds at most.
const MaxLimit = 50

func (s *Server) registerRelated() {
	s.echo.Match([]string{http.MethodGet, http.MethodHead}, "/v1/related", s.handleRelated)
}

// handleRelated serves GET /v1/related?id=a1&limit=5&lang=any.
func (s *Server) handleRelated(c echo.Context) error {
	q, err := parseRelated(c.Request().URL.RawQuery)
	if err != nil {
		return err
	}
	list, err := s.rec.Related(c.Request().Context(), q)
	if errors.Is(err, data.ErrNotFound) {
		return unknownArticle(q)
	}
	if err != nil {
		return err
	}
	return writeJSON(c, http.StatusOK, echo.MIMEApplicationJSON, newRelatedResponse(list))
}

// parseRelated reads the parameters of /v1/related: one of id and url, which may
// be spelt in any way (data.CanonicalURL); limit; exclude, as often as there are
// articles to leave out; placement, and lang, which has the say over it.
func parseRelated(rawQuery string) (recommend.Query, error) {
	values, err := parseQuery(rawQuery, []string{"exclude", "id", "lang", "limit", "placement", "url"}, []string{"exclude"})
	if err != nil {
		return recommend.Query{}, err
	}
	q := recommend.Query{Limit: recommend.DefaultLimit}
	switch {
	case values.Has("id") && values.Has("url"):
		err = &data.InvalidError{Field: "url", Reason: "is given beside id; name the article by one of them"}
	case values.Has("url"):
		q.URL, err = parseAddress("url", values.Get("url"))
	case values.Has("id"):
		q.ID, err = parseID("id", values.Get("id"))
	default:
		err = &data.InvalidError{Field: "id", Reason: "is missing; name the article by id or by url"}
	}
	if err == nil && values.Has("limit") {
		q.Limit, err = parseCount("limit", values.Get("limit"), 1, MaxLimit)
	}
	if err == nil && values.Has("lang") {
		q.Languages, err = recommend.ParseLanguages(values.Get("lang"))
	}
	if err == nil && values.Has("placement") {
		if q.Placement = values.Get("placement"); q.Placement == "" {
			err = &data.InvalidError{Field: "placement", Reason: "is missing"}
		}
	}
	for _, value := range values["exclude"] {
		if err == nil {
			var id data.ArticleID
			id, err = parseID("exclude", value)
			q.Exclude = append(q.Exclude, id)
		}
	}
	if err != nil {
		return recommend.Query{}, err
	}
	return q, nil
}

func unknownArticle(q recommend.Query) error {
	name := fmt.Sprintf("id %q", string(q.ID))
	if q.URL != "" {
		name = fmt.Sprintf("url %q", q.URL)
	}
	return echo.NewHTTPError(http.StatusNotFound, "no article has the "+name+"; `alsolike import` makes articles known")
}

// The answer of /v1/related, as the contract writes it.
type (
	relatedResponse struct {
		RecommendationID string         `json:"recommendation_id"`
		Snapshot         string         `json:"snapshot"`
		Article          relatedArticle `json:"article"`
		Items            []relatedItem  `json:"items"`
	}
	relatedArticle struct {
		ID          string `json:"id"`
		Lang        string `json:"lang,omitempty"`
		Provisional bool   `json:"provisional,omitempty"`
	}
	relatedItem struct {
		ID          string      `json:"id"`
		Position    int         `json:"position"`
		Score       int         `json:"score"`
		Source      string      `json:"source"`
		Provisional bool        `json:"provisional,omitempty"`
		Card        relatedCard `json:"card"`
	}
	relatedCard struct {
		Title       string        `json:"title,omitempty"`
		URL         string        `json:"url,omitempty"`
		Image       *relatedImage `json:"image,omitempty"`
		PublishedAt string        `json:"published_at,omitempty"` // RFC 3339, UTC
		Section     string        `json:"section,omitempty"`
		Lang        string        `json:"lang,omitempty"`
	}
	relatedImage struct {
		Src string `json:"src"`
		Alt string `json:"alt,omitempty"`
	}
)

// RelatedJSON is l as /v1/related answers it, indented for people to read.
func RelatedJSON(l recommend.List) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(newRelatedResponse(l))
	return b.Bytes(), err
}

func newRelatedResponse(l recommend.List) relatedResponse {
	items := make([]relatedItem, len(l.Links))
	for i := range l.Links {
		link := &l.Links[i]
		items[i] = relatedItem{
			ID: string(link.Card.ID), Position: link.Position, Score: link.Score, Source: string(link.Source),
			Provisional: link.Provisional, Card: newRelatedCard(&link.Card),
		}
	}
	return relatedResponse{
		RecommendationID: l.RecommendationID, Snapshot: l.Snapshot,
		Article: relatedArticle{string(l.Article.ID), string(l.Article.Lang), l.Provisional},
		Items:   items,
	}
}

func newRelatedCard(c *data.Card) relatedCard {
	card := relatedCard{Title: c.Title, URL: c.URL, Section: c.Section, Lang: string(c.Lang)}
	if c.Image.Src != "" {
		card.Image = &relatedImage{c.Image.Src, c.Image.Alt}
	}
	if !c.PublishedAt.IsZero() {
		card.PublishedAt = c.PublishedAt.UTC().Format(time.RFC3339)
	}
	return card
}
