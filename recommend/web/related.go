package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend"
)

// MaxLimit is how many links an answer holds at most.
const MaxLimit = 50

// How many values the repeated parameters may have, for each costs time.
const (
	mostExcluded = 200
	mostNamed    = 20 // sections, and tags
)

func (s *Server) registerRelated() {
	s.echo.Match([]string{http.MethodGet, http.MethodHead}, relatedPath, s.handleRelated)
	s.echo.POST("/v1/related/batch", s.handleBatch)
}

const relatedPath = "/v1/related"

// handleRelated serves GET /v1/related?id=a1&limit=5&lang=any.
func (s *Server) handleRelated(c echo.Context) error {
	return s.sendList(c, c.Request().URL.RawQuery, func(q recommend.Query, list *recommend.List) (*answer, error) {
		room := 300 + 500*len(list.Links) // that most lists need
		return newAnswer(jsonType, append(appendList(make([]byte, 0, room), q.Placement, list), '\n')), nil
	})
}

// sendList answers with the list that is asked for, as write has it. It is kept under
// name.
func (s *Server) sendList(c echo.Context, name string, write func(recommend.Query, *recommend.List) (*answer, error)) error {
	version, until := s.rec.Version()
	steady := s.now().Before(until)
	if steady {
		if a := s.lists.get(version, name); a != nil {
			s.metrics.list(a.counts)
			return sendAnswer(c, a)
		}
	}
	q, err := s.parseRelated(c.Request().URL.RawQuery)
	if err != nil {
		return err
	}
	list, err := s.rec.Related(c.Request().Context(), q)
	if err != nil {
		return relatedError(q, err)
	}
	a, err := write(q, &list)
	if err != nil {
		return err
	}
	if steady && !list.Passing && len(name) <= longestKept {
		a.counts = s.metrics.of(list.Links)
		s.lists.put(version, name, a)
	}
	return sendAnswer(c, a)
}

// longestKept is the longest request whose answer is kept: whoever asks for longer
// ones asks for each of them once.
const longestKept = 1024

// The parameters of /v1/related; of those that repeat, each value is one more.
var (
	relatedParameters = []string{
		"exclude", "explain", "fallback", "from", "id", "lang", "limit", "not_section", "not_tag",
		"placement", "section", "since", "tag", "threshold", "url",
	}
	repeatedParameters = []string{"exclude", "not_section", "not_tag", "section", "tag"}
)

// parseRelated reads the parameters of /v1/related as they stand in an address.
func (s *Server) parseRelated(rawQuery string) (recommend.Query, error) {
	values, err := parseQuery(rawQuery, relatedParameters, repeatedParameters)
	if err != nil {
		return recommend.Query{}, err
	}
	return newQuery(values, s.now())
}

// newQuery is what the parameters of /v1/related ask at time now.
func newQuery(values url.Values, now time.Time) (recommend.Query, error) {
	var q recommend.Query
	switch {
	case values.Has("id") && values.Has("url"):
		return q, &data.InvalidError{Field: "url", Reason: "is given beside id; name the article by one of them"}
	case !values.Has("id") && !values.Has("url"):
		return q, &data.InvalidError{Field: "id", Reason: "is missing; name the article by id or by url"}
	}
	for _, name := range relatedParameters {
		most := mostNamed
		if name == "exclude" {
			most = mostExcluded
		}
		if n := len(values[name]); n > most {
			return q, &data.InvalidError{Field: name, Reason: fmt.Sprintf("is given %d times; at most %d are allowed", n, most)}
		}
		for _, value := range values[name] {
			if err := setParameter(&q, name, value, now); err != nil {
				return recommend.Query{}, err
			}
		}
	}
	return q, nil
}

// setParameter sets what one value of a parameter asks at time now.
func setParameter(q *recommend.Query, name, value string, now time.Time) (err error) {
	switch name {
	case "id":
		q.ID, err = parseID(name, value)
	case "url":
		q.URL, err = parseAddress(name, value)
	case "limit":
		q.Limit, err = parseCount(name, value, 1, MaxLimit)
	case "placement":
		q.Placement, err = parseText(name, value)
	case "lang":
		q.Languages, err = recommend.ParseLanguages(value)
	case "exclude":
		var id data.ArticleID
		id, err = parseID(name, value)
		q.Exclude = append(q.Exclude, id)
	case "from":
		if strings.HasPrefix(value, "/") || strings.Contains(value, "://") {
			q.FromURL, err = parseAddress(name, value)
		} else {
			q.From, err = parseID(name, value)
		}
	case "section":
		err = addText(&q.Filter.Sections, name, value)
	case "not_section":
		err = addText(&q.Filter.NotSections, name, value)
	case "tag":
		err = addText(&q.Filter.Tags, name, value)
	case "not_tag":
		err = addText(&q.Filter.NotTags, name, value)
	case "since":
		var since recommend.Since
		since, err = recommend.ParseSince(value)
		q.Filter.Since = since.From(now)
	case "threshold":
		q.Threshold = new(int)
		*q.Threshold, err = parseCount(name, value, 0, 100)
	case "fallback":
		q.Fallback, err = recommend.ParseFallback(value)
	case "explain":
		var n int
		n, err = parseCount(name, value, 0, 1)
		q.Explain = n == 1
	}
	return err
}

// addText appends a value of that parameter to list.
func addText(list *[]string, name, value string) error {
	text, err := parseText(name, value)
	*list = append(*list, text)
	return err
}

// relatedError is what err, by which a list could not be had, means to who asked.
func relatedError(q recommend.Query, err error) error {
	if errors.Is(err, data.ErrNotFound) {
		return unknownArticle(q)
	}
	return err
}

func unknownArticle(q recommend.Query) error {
	name := fmt.Sprintf("id %q", string(q.ID))
	if q.URL != "" {
		name = fmt.Sprintf("url %q", q.URL)
	}
	return echo.NewHTTPError(http.StatusNotFound, "no article has the "+name+"; `alsolike import` makes articles known")
}
