package editor

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend"
)

// editTag is the entity tag of what the form shows of r: all but its place in the order.
func editTag(r data.Rule) string {
	r.Order = 0
	return ruleTag(r)
}

// ruleOf is the rule of that number.
func (s *Server) ruleOf(ctx context.Context, number string) (data.Rule, error) {
	all, err := s.Rules.Rules(ctx)
	if err != nil {
		return data.Rule{}, err
	}
	i := slices.IndexFunc(all, func(r data.Rule) bool { return strconv.FormatInt(r.ID, 10) == number })
	if i < 0 {
		return data.Rule{}, data.ErrNotFound
	}
	return all[i], nil
}

// handleRuleEdit serves GET /editor/rules/{id}/edit: the form with the rule as it is or,
// where it was filled in, as it would be, and what that would do.
func (s *Server) handleRuleEdit(c echo.Context) error {
	r, err := s.ruleOf(c.Request().Context(), c.Param("id"))
	if errors.Is(err, data.ErrNotFound) {
		if form := slimValues(c.QueryParams()); len(form) > 0 {
			return s.seeOther(c, rulesNewPath+query(form), "rules.gone-new", c.Param("id"))
		}
		return s.seeOther(c, rulesPath, "rules.gone", c.Param("id"))
	}
	if err != nil {
		return err
	}
	v := &ruleForm{Rule: &r, Path: ruleEditURL(r.ID), Tag: c.QueryParam("tag"), Form: slimValues(c.QueryParams())}
	if v.Tag == "" {
		v.Tag, v.Form = editTag(r), ruleValues(&r, s.Location)
	}
	return s.ruleForm(c, v)
}

func ruleEditURL(id int64) string { return rulesPath + "/" + strconv.FormatInt(id, 10) + "/edit" }

// handleRuleEditSave serves POST /editor/rules/{id}/edit: the rule is as the form has it,
// unless somebody else has changed it since the form was made.
func (s *Server) handleRuleEditSave(c echo.Context) error {
	ctx := c.Request().Context()
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return echo.ErrNotFound
	}
	values, err := c.FormParams()
	if err != nil {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	tag := values.Get("tag")
	values = slimValues(values)
	var (
		present *data.Rule // nil: it is gone
		fault   string     // why the form is no rule
	)
	made, err := s.Rules.ChangeRule(ctx, id, func(old data.Rule) (*data.Rule, error) {
		present = &old
		fresh, key, err := s.ruleParser(&old).parse(values)
		if key != "" || isInvalid(err) {
			fault = s.words(c).RuleFault(values, key, err)
		} else if err != nil {
			return nil, err
		}
		if fault != "" || editTag(old) != tag {
			return nil, errRuleChanged
		}
		return &fresh, nil
	})
	switch {
	case fault != "":
		values.Set("tag", tag)
		return c.Redirect(http.StatusSeeOther, ruleEditURL(id)+query(values)) // which says why
	case errors.Is(err, errRuleChanged), errors.Is(err, data.ErrNotFound) && present == nil:
		v, err := s.ruleConflict(c, id, present, values)
		if err != nil {
			return err
		}
		return s.pageStatus(c, http.StatusConflict, "rules-conflict", v)
	case errors.Is(err, data.ErrNotFound):
		return s.refuse(c, http.StatusUnprocessableEntity, "article.no-article")
	case err != nil:
		return err
	}
	if err := s.Update(ctx); err != nil {
		return err
	}
	if made.ID == 0 {
		return s.seeOther(c, rulesPath, "rules.unchanged", id)
	}
	return s.seeOther(c, rulesPath, "rules.edited", id)
}

// ruleConflict is the view of rules-conflict.html: a rule that others have changed, beside
// what it would have become.
type ruleConflict struct {
	ID     int64
	Theirs *data.Rule // nil: it is gone
	What   string     // Theirs in a sentence
	State  string
	Change data.HistoryEntry // that made it so; zero where the history does not go so far

	Yours  data.Rule
	Wanted string // Yours in a sentence
	Fields []formField
	Tag    string // of Theirs
	Edit   string // where the form with Yours is
}

func (s *Server) ruleConflict(c echo.Context, id int64, present *data.Rule, values map[string][]string) (*ruleConflict, error) {
	v := &ruleConflict{ID: id, Theirs: present, Fields: formFields(values)}
	r, key, err := s.ruleParser(present).parse(values)
	if err != nil && !isInvalid(err) {
		return nil, err
	}
	told := []data.Rule{r}
	edit := rulesNewPath + query(values)
	if present != nil {
		told = append(told, *present)
		v.State, v.Tag = ruleState(present, s.Now()), editTag(*present)
		values["tag"] = []string{v.Tag}
		edit = ruleEditURL(id) + query(values)
	}
	v.Edit, v.Yours = edit, r
	w, titles := s.words(c), s.ruleTitles(told...)
	if v.Wanted = w.RuleSentence(r, titles); key != "" || err != nil {
		v.Wanted = w.RuleFault(values, key, err)
	}
	if present != nil {
		v.What = w.RuleSentence(*present, titles)
	}
	for e, err := range s.History.History(c.Request().Context(), data.HistoryFilter{Kind: data.KindRule, Subject: strconv.FormatInt(id, 10), Limit: 1}) {
		if err != nil {
			return nil, err
		}
		v.Change = e
	}
	return v, nil
}

// ruleTitles are what the articles are called that rules are about, as far as the engine
// knows them.
func (s *Server) ruleTitles(rules ...data.Rule) map[data.ArticleID]string {
	if s.Links == nil {
		return nil
	}
	m, err := s.Links.Engine.Moment()
	if err != nil { // without a snapshot they have ids
		return nil
	}
	return titlesOf(m, rules)
}

func titlesOf(m *recommend.Moment, rules []data.Rule) map[data.ArticleID]string {
	titles := map[data.ArticleID]string{}
	for i := range rules {
		if target := rules[i].Target; target != "" {
			if k, ok, err := m.Find(string(target)); ok && err == nil {
				titles[target] = data.PlainText(k.Card.Title)
			}
		}
	}
	return titles
}
