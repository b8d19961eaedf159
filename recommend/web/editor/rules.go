package editor

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
)

const (
	rulesPath    = Prefix + "/rules"
	rulePath     = rulesPath + "/:id"
	rulesNewPath = rulesPath + "/new"
	ruleEditPath = rulePath + "/edit"
)

// A RuleStore keeps rules; see package sqlite for what its methods do.
type RuleStore interface {
	Rules(ctx context.Context) ([]data.Rule, error)
	AddRulesIf(ctx context.Context, all []data.Rule, check func(present []data.Rule) error) (stored []data.Rule, refused []error, err error)
	ChangeRule(ctx context.Context, id int64, f func(old data.Rule) (*data.Rule, error)) (data.HistoryEntry, error)
	MoveRule(ctx context.Context, id int64, order int) error
}

func (s *Server) registerRules() {
	s.handle(http.MethodGet, rulesPath, account.Viewer, s.handleRules)
	s.handle(http.MethodPost, rulesPath, account.Editor, s.handleRuleSave)
	s.handle(http.MethodGet, rulesNewPath, account.Viewer, s.handleRuleNew)
	s.handle(http.MethodPost, rulePath, account.Editor, s.handleRuleDo)
	s.handle(http.MethodGet, ruleEditPath, account.Viewer, s.handleRuleEdit)
	s.handle(http.MethodPost, ruleEditPath, account.Editor, s.handleRuleEditSave)
}

// rulesPage is the view of rules.html.
type rulesPage struct {
	Rows    []ruleRow
	MayEdit bool
}

// A ruleRow is a rule in the list.
type ruleRow struct {
	data.Rule
	What     string
	State    string // one of overrideStates
	Tag      string
	Up, Down bool // it may be moved
}

// handleRules serves GET /editor/rules: the rules in their order.
func (s *Server) handleRules(c echo.Context) error {
	all, err := s.Rules.Rules(c.Request().Context())
	if err != nil {
		return err
	}
	v := rulesPage{MayEdit: Who(c).Role.May(account.Editor)}
	w, titles := s.words(c), s.ruleTitles(all...)
	for i, r := range all {
		v.Rows = append(v.Rows, ruleRow{r, w.RuleSentence(r, titles), ruleState(&r, s.Now()), ruleTag(r), i > 0, i < len(all)-1})
	}
	return s.page(c, "rules", v)
}

// ruleState is that of r at time now, one of overrideStates.
func ruleState(r *data.Rule, now time.Time) string {
	return overrideState(&data.Override{From: r.From, Until: r.Until, Paused: r.Paused}, now)
}

// ruleTag is the entity tag of r, its place in the order included.
func ruleTag(r data.Rule) string {
	text, err := json.Marshal(r.Normal())
	if err != nil {
		panic(err) // a rule holds nothing that JSON could not
	}
	return tagOf(text)
}

// errRuleChanged says that a rule is no longer what a page shows.
var errRuleChanged = errors.New("editor: the rule has changed")

// handleRuleDo serves POST /editor/rules/{id}: what the form's button says is done to the
// rule, if it is still as the page has shown it.
func (s *Server) handleRuleDo(c echo.Context) error {
	ctx := c.Request().Context()
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return echo.ErrNotFound
	}
	do := c.FormValue("do")
	order := 0
	_, err = s.Rules.ChangeRule(ctx, id, func(r data.Rule) (*data.Rule, error) {
		if ruleTag(r) != c.FormValue("tag") {
			return nil, errRuleChanged
		}
		switch do {
		case "remove":
			return nil, nil
		case "pause", "resume":
			r.Paused = do == "pause"
		case "up":
			order = max(1, r.Order-1)
		case "down":
			order = r.Order + 1
		default:
			return nil, echo.NewHTTPError(http.StatusBadRequest)
		}
		return &r, nil
	})
	if err == nil && order > 0 {
		err = s.Rules.MoveRule(ctx, id, order)
	}
	if errors.Is(err, data.ErrNotFound) || errors.Is(err, errRuleChanged) {
		return s.seeOther(c, rulesPath, "rules.changed", id)
	}
	if err == nil {
		err = s.Update(ctx)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, rulesPath, ruleDone[do], id)
}

// ruleDone are what may be done to a rule, with the texts that say that it was.
var ruleDone = map[string]string{
	"remove": "rules.done-remove", "pause": "rules.done-pause", "resume": "rules.done-resume", "up": "rules.done-up", "down": "rules.done-down",
}

// handleRuleSave serves POST /editor/rules: the rule that was tried is added behind all
// others.
func (s *Server) handleRuleSave(c echo.Context) error {
	ctx := c.Request().Context()
	values, err := c.FormParams()
	if err != nil {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	values = slimValues(values)
	r, key, err := s.ruleParser(nil).parse(values)
	if key != "" || isInvalid(err) {
		return c.Redirect(http.StatusSeeOther, rulesNewPath+query(values)) // which says why
	}
	if err != nil {
		return err
	}
	r.Author = Who(c).Name
	r, err = s.addRule(ctx, r, func([]data.Rule) error { return nil })
	if errors.Is(err, data.ErrNotFound) {
		return s.refuse(c, http.StatusUnprocessableEntity, "article.no-article")
	}
	if err == nil {
		err = s.Update(ctx)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, rulesPath, "rules.added", r.ID)
}

// addRule adds a rule behind all others, unless check, given those that there are, returns an
// error.
func (s *Server) addRule(ctx context.Context, r data.Rule, check func(present []data.Rule) error) (data.Rule, error) {
	stored, refused, err := s.Rules.AddRulesIf(ctx, []data.Rule{r}, check)
	if err != nil {
		return data.Rule{}, err
	}
	return stored[0], refused[0]
}

func isInvalid(err error) bool {
	_, invalid := errors.AsType[*data.InvalidError](err)
	return invalid
}

// RuleBadge is the class of the badge of a state.
func (w words) RuleBadge(state string) string {
	return []string{"good", "warn", "accent", ""}[slices.Index(overrideStates, state)]
}
