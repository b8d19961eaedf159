package editor

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
)

const (
	rulesAPIPath = APIPrefix + "/rules"
	ruleAPIPath  = rulesAPIPath + "/:id"
)

func (s *Server) registerRulesJSON() {
	s.handle(http.MethodGet, rulesAPIPath, account.Viewer, s.handleRulesJSON)
	s.handle(http.MethodPost, rulesAPIPath, account.Editor, s.handleRuleAdd)
	s.handle(http.MethodGet, ruleAPIPath, account.Viewer, s.handleRule)
	s.handle(http.MethodPatch, ruleAPIPath, account.Editor, s.handleRuleChange)
	s.handle(http.MethodDelete, ruleAPIPath, account.Editor, s.handleRuleRemove)
}

// rulesResponse is the answer of /v1/editor/rules.
type rulesResponse struct {
	Items []ruleResponse `json:"items"` // in their order
}

// ruleResponse is a rule as answers have it.
type ruleResponse struct {
	Rule  data.Rule `json:"rule"`
	State string    `json:"state"`
	What  string    `json:"what"` // in words
	ETag  string    `json:"etag"`
}

func (s *Server) newRuleResponse(r data.Rule) ruleResponse {
	told := r.In(s.Location)
	return ruleResponse{r, ruleState(&r, s.Now()), told.Sentence(), ruleTag(r)}
}

// handleRulesJSON serves GET /v1/editor/rules: all rules in their order.
func (s *Server) handleRulesJSON(c echo.Context) error {
	if _, err := parseQuery(c.Request()); err != nil {
		return err
	}
	all, err := s.Rules.Rules(c.Request().Context())
	if err != nil {
		return err
	}
	answer := rulesResponse{Items: []ruleResponse{}}
	for _, r := range all {
		answer.Items = append(answer.Items, s.newRuleResponse(r))
	}
	c.Response().Header().Set("ETag", rulesTag(all))
	return c.JSON(http.StatusOK, answer)
}

// rulesTag is the entity tag of the list of all rules.
func rulesTag(all []data.Rule) string {
	var tags []byte
	for _, r := range all {
		tags = append(tags, ruleTag(r)...)
	}
	return tagOf(tags)
}

// ruleByID is the rule that a request is about.
func (s *Server) ruleByID(c echo.Context) (data.Rule, error) {
	if _, err := parseQuery(c.Request()); err != nil {
		return data.Rule{}, err
	}
	r, err := s.ruleOf(c.Request().Context(), c.Param("id"))
	if errors.Is(err, data.ErrNotFound) {
		return data.Rule{}, noRule(c)
	}
	return r, err
}

func noRule(c echo.Context) error {
	return echo.NewHTTPError(http.StatusNotFound, fmt.Sprintf("there is no rule %s; GET %s lists them", data.Quote(c.Param("id")), rulesAPIPath))
}

func (s *Server) sendRule(c echo.Context, status int, r data.Rule) error {
	answer := s.newRuleResponse(r)
	c.Response().Header().Set("ETag", answer.ETag)
	return c.JSON(status, answer)
}

// handleRule serves GET /v1/editor/rules/{id}.
func (s *Server) handleRule(c echo.Context) error {
	r, err := s.ruleByID(c)
	if err != nil {
		return err
	}
	return s.sendRule(c, http.StatusOK, r)
}

// readRule reads the body of a request over r: fields that it does not have stay as they
// are, and null takes one away.
func readRule(c echo.Context, r data.Rule) (data.Rule, error) {
	known := append(slices.Clone(ruleFields), "paused", "order")
	var asked map[string]json.RawMessage
	if err := readJSON(c, &asked, known); err != nil {
		return r, err
	}
	for _, name := range slices.Sorted(maps.Keys(asked)) {
		if !slices.Contains(known, name) {
			return r, unknown(name, known)
		}
	}
	text, err := json.Marshal(r)
	if err != nil {
		return r, err
	}
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal(text, &fields); err != nil {
		return r, err
	}
	maps.Copy(fields, asked)
	maps.DeleteFunc(fields, func(_ string, value json.RawMessage) bool { return string(value) == "null" })
	if text, err = json.Marshal(fields); err != nil {
		return r, err
	}
	fresh := data.Rule{}
	if err := fresh.UnmarshalJSON(text); err != nil {
		return r, err
	}
	if fresh.Order < 0 {
		return r, &data.InvalidError{Field: "order", Reason: "counts from 1"}
	}
	if fresh.Action == data.Pin && fresh.Position == 0 {
		fresh.Position = 1
	}
	return fresh, fresh.Validate()
}

// handleRuleAdd serves POST /v1/editor/rules: the rule is the last in the order. With
// If-Match nothing is added unless the list of rules is what GET has told.
func (s *Server) handleRuleAdd(c echo.Context) error {
	if _, err := parseQuery(c.Request()); err != nil {
		return err
	}
	r, err := readRule(c, data.Rule{})
	if err != nil {
		return err
	}
	if r.Order != 0 {
		return &data.InvalidError{Field: "order", Reason: "is given by the server: a new rule is the last; PATCH moves it"}
	}
	r.Author = Who(c).Name
	r, err = s.addRule(c.Request().Context(), r, func(present []data.Rule) error {
		if tag := rulesTag(present); !matches(c.Request(), tag) {
			return changed(c, "the list of rules", tag, nil)
		}
		return nil
	})
	if err != nil {
		return badArticle(err)
	}
	if err := s.Update(c.Request().Context()); err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderLocation, rulesAPIPath+"/"+strconv.FormatInt(r.ID, 10))
	return s.sendRule(c, http.StatusCreated, r)
}

// handleRuleChange serves PATCH /v1/editor/rules/{id}: fields that are not in the body
// stay as they are; order moves the rule.
func (s *Server) handleRuleChange(c echo.Context) error {
	order := 0
	_, err := s.changeRule(c, func(old data.Rule) (*data.Rule, error) {
		fresh, err := readRule(c, old)
		if err != nil {
			return nil, err
		}
		if fresh.Order != old.Order {
			order = fresh.Order
		}
		fresh.Order = old.Order
		return &fresh, nil
	})
	if err != nil {
		return err
	}
	r, err := s.ruleByID(c)
	if err == nil && order > 0 {
		if err = s.Rules.MoveRule(c.Request().Context(), r.ID, order); err == nil {
			r, err = s.ruleByID(c)
		}
	}
	if err == nil {
		err = s.Update(c.Request().Context())
	}
	if err != nil {
		return err
	}
	return s.sendRule(c, http.StatusOK, r)
}

// handleRuleRemove serves DELETE /v1/editor/rules/{id}.
func (s *Server) handleRuleRemove(c echo.Context) error {
	change, err := s.changeRule(c, func(data.Rule) (*data.Rule, error) { return nil, nil })
	if err == nil {
		err = s.Update(c.Request().Context())
	}
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, removedResponse{change})
}

// changeRule changes the rule that the request of c names as f has it, if it is what the
// request's If-Match says. It returns the number of the change; 0: there was none.
func (s *Server) changeRule(c echo.Context, f func(old data.Rule) (*data.Rule, error)) (change int64, err error) {
	if _, err := parseQuery(c.Request()); err != nil {
		return 0, err
	}
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return 0, noRule(c)
	}
	known := false
	e, err := s.Rules.ChangeRule(c.Request().Context(), id, func(old data.Rule) (*data.Rule, error) {
		known = true
		if present := s.newRuleResponse(old); !matches(c.Request(), present.ETag) {
			return nil, changed(c, fmt.Sprintf("rule %d", id), present.ETag, present)
		}
		return f(old)
	})
	if errors.Is(err, data.ErrNotFound) && !known {
		return 0, noRule(c)
	}
	return e.ID, badArticle(err)
}
