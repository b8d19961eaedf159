package editor

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend"
)

// A change is what is done to overrides at once.
type change struct {
	add    []data.Override
	remove []int64
	pause  []int64
	resume []int64
}

// undos makes changes one after the other, and remembers how the last one of every
// session is undone.
type undos struct {
	making sync.Mutex

	mu      sync.Mutex
	undo    map[string]undo // by the token of the session
	forgets time.Time       // when all are forgotten, however new
}

// An undo takes a change to an article's list back.
type undo struct {
	article data.ArticleID
	change
}

// undoFor is how long a change may be undone on its page, at least half of the time;
// later it is undone in the history.
const undoFor = 24 * time.Hour

func (us *undos) keep(token string, u undo, now time.Time) {
	us.mu.Lock()
	defer us.mu.Unlock()
	if us.undo == nil || now.After(us.forgets) {
		us.undo, us.forgets = map[string]undo{}, now.Add(undoFor)
	}
	us.undo[token] = u
}

// last is the article whose list a session has changed last, if that may be undone.
func (us *undos) last(token string) data.ArticleID {
	us.mu.Lock()
	defer us.mu.Unlock()
	return us.undo[token].article
}

func (us *undos) take(token string) (u undo, ok bool) {
	us.mu.Lock()
	defer us.mu.Unlock()
	u, ok = us.undo[token]
	delete(us.undo, token)
	return u, ok
}

// change makes a change, if the overrides are still at that revision of the store, and
// returns how it is undone. What somebody else has done away with is passed over.
func (s *Server) change(ctx context.Context, revision int64, ch change) (back change, err error) {
	stored, refused, err := s.Overrides.AddOverridesAt(ctx, revision, ch.add)
	if err != nil {
		return change{}, err
	}
	for i := range stored {
		if refused[i] == nil {
			back.remove = append(back.remove, stored[i].ID)
		}
	}
	for _, reason := range refused {
		if reason != nil { // then nothing of the change is made
			for _, id := range back.remove {
				reason = errors.Join(reason, s.alter(ctx, id, func(data.Override) *data.Override { return nil }))
			}
			return change{}, reason
		}
	}
	for _, id := range ch.remove {
		if err := s.alter(ctx, id, func(old data.Override) *data.Override { back.add = append(back.add, old); return nil }); err != nil {
			return back, err
		}
	}
	pause := func(ids []int64, paused bool, back *[]int64) error {
		for _, id := range ids {
			err := s.alter(ctx, id, func(o data.Override) *data.Override {
				o.Paused, *back = paused, append(*back, id)
				return &o
			})
			if err != nil {
				return err
			}
		}
		return nil
	}
	if err := pause(ch.pause, true, &back.resume); err != nil {
		return back, err
	}
	if err := pause(ch.resume, false, &back.pause); err != nil {
		return back, err
	}
	return back, s.Links.Engine.Update(ctx)
}

// alter makes of an override what f does, nothing if that is nil, unless it is gone.
func (s *Server) alter(ctx context.Context, id int64, f func(data.Override) *data.Override) error {
	_, err := s.Overrides.ChangeOverride(ctx, id, func(old data.Override) (*data.Override, error) { return f(old), nil })
	if errors.Is(err, data.ErrNotFound) {
		return nil
	}
	return err
}

// mostTries bounds how often a change is tried where others keep changing the list.
const mostTries = 5

// handleArticleChange serves POST /editor/articles/article: one change to an article's
// list, unless somebody else has changed it since the page was made.
func (s *Server) handleArticleChange(c echo.Context) error {
	s.undos.making.Lock()
	defer s.undos.making.Unlock()
	for range mostTries - 1 {
		err := s.tryArticleChange(c)
		if _, ok := errors.AsType[*data.ConflictError](err); !ok {
			return err
		}
	}
	return s.tryArticleChange(c)
}

// tryArticleChange is handleArticleChange, but that it returns a *data.ConflictError if
// any override has changed since it looked.
func (s *Server) tryArticleChange(c echo.Context) error {
	ctx := c.Request().Context()
	if err := s.Links.Engine.Update(ctx); err != nil {
		return err
	}
	m, err := s.Links.Engine.Moment()
	if err != nil {
		return err
	}
	v, err := s.articleView(c, m, data.ArticleID(c.FormValue("id")), c.FormValue("placement"), "")
	if err != nil {
		return err
	}
	back := articleURL(v.Card.ID, v.Placement)
	if seen := c.FormValue("state"); seen != v.State && c.FormValue("do") != "" {
		return s.pageStatus(c, http.StatusConflict, "conflict", s.conflict(c, m, v, seen))
	}
	ch, done, err := s.wanted(c, m, v)
	if err != nil {
		return err
	}
	if done.key == "" {
		return c.Redirect(http.StatusSeeOther, back)
	}
	undone, err := s.change(ctx, m.Revision().Overrides, ch)
	invalid, isInvalid := errors.AsType[*data.InvalidError](err)
	switch {
	case errors.Is(err, data.ErrNotFound):
		return s.refuse(c, http.StatusUnprocessableEntity, "article.no-article")
	case isInvalid:
		return echo.NewHTTPError(http.StatusUnprocessableEntity, s.words(c).Invalid(invalid))
	case err != nil:
		return err
	}
	s.undos.keep(visitorOf(c).token, undo{v.Card.ID, undone}, s.Now())
	return s.seeOther(c, back, done.key, done.args...)
}

// handleArticleUndo serves POST /editor/articles/article/undo: the last change of this
// session is taken back, and that may be undone in turn.
func (s *Server) handleArticleUndo(c echo.Context) error {
	ctx := c.Request().Context()
	s.undos.making.Lock()
	defer s.undos.making.Unlock()
	back := articleURL(data.ArticleID(c.FormValue("id")), c.FormValue("placement"))
	u, ok := s.undos.take(visitorOf(c).token)
	if !ok {
		return s.seeOther(c, back, "article.nothing-to-undo")
	}
	undone, err := s.change(ctx, data.AnyRevision, u.change)
	if err != nil {
		return err
	}
	s.undos.keep(visitorOf(c).token, undo{u.article, undone}, s.Now())
	return s.seeOther(c, articleURL(u.article, c.FormValue("placement")), "article.undone")
}

// A deed is what was done, in words of the translation table.
type deed struct {
	key  string
	args []any
}

// wanted is the change that a form asks for, in its field "do": a verb, a number for
// some, and what it is about.
func (s *Server) wanted(c echo.Context, m *recommend.Moment, v *articlePage) (ch change, done deed, err error) {
	verb, rest, _ := strings.Cut(c.FormValue("do"), " ")
	w := s.words(c)
	settings, err := s.settings(c)
	if err != nil {
		return change{}, deed{}, err
	}
	name := func(id data.ArticleID) string {
		if k, ok, err := m.Find(string(id)); ok && err == nil {
			return w.Called(k.Card)
		}
		return string(id)
	}
	override := func(action data.Action, target data.ArticleID) data.Override {
		o := settings.override
		o.Article, o.Target, o.Action = v.Card.ID, target, action
		return o
	}
	refuse := func(key string, args ...any) (change, deed, error) {
		return change{}, deed{}, s.refuse(c, http.StatusUnprocessableEntity, key, args...)
	}
	target := data.ArticleID(rest)
	switch verb {
	case "":
		return change{}, deed{}, nil
	case "move", "pin":
		number, id, _ := strings.Cut(rest, " ")
		if verb == "pin" {
			number, id = c.FormValue("position"), rest
		}
		position, err := strconv.Atoi(number)
		if err != nil || position < 1 || position > mostRanked {
			return refuse("article.no-position", number)
		}
		target = data.ArticleID(id)
		pin := override(data.Pin, target)
		pin.Until = settings.pinUntil
		if pin.From.After(s.Now()) { // what stands there now stays until then
			pin.Position = position
			return change{add: []data.Override{pin}}, deed{"article.pinned-from", []any{name(target), position, w.When(pin.From)}}, nil
		}
		return move(v, pin, position), deed{"article.pinned", []any{name(target), position}}, nil
	case "hide":
		return change{add: []data.Override{override(data.Hide, target)}}, deed{"article.hidden", []any{name(target)}}, nil
	case "hide-everywhere":
		o := override(data.Hide, target)
		o.Article = data.Everywhere
		return change{add: []data.Override{o}}, deed{"article.hidden-everywhere", []any{name(target)}}, nil
	case "weigh":
		number, id, _ := strings.Cut(rest, " ")
		target = data.ArticleID(id)
		strength, err := strconv.ParseFloat(strings.TrimSpace(c.FormValue("strength-"+number)), 64)
		buries, boosts := strength >= data.LeastBury && strength <= data.MostBury, strength >= data.LeastBoost && strength <= data.MostBoost
		if err != nil || !buries && !boosts {
			return refuse("article.no-strength", c.FormValue("strength-"+number))
		}
		action, key := data.Boost, "article.boosted"
		if buries {
			action, key = data.Bury, "article.buried"
		}
		o := override(action, target)
		o.Strength = strength
		ch.add = []data.Override{o}
		for _, old := range v.Wishes {
			if old.Action.Weighs() && old.Target == target && old.Placement == o.Placement && old.Lang == o.Lang {
				ch.remove = append(ch.remove, old.ID)
			}
		}
		return ch, deed{key, []any{name(target), strconv.FormatFloat(strength, 'g', 3, 64)}}, nil
	case "off":
		return change{add: []data.Override{override(data.Off, "")}}, deed{"article.off", nil}, nil
	case "remove", "pause", "resume":
		id, _ := strconv.ParseInt(rest, 10, 64)
		i := slices.IndexFunc(v.Wishes, func(w wishRow) bool { return w.ID == id })
		if i < 0 {
			return refuse("article.no-wish")
		}
		done.args = []any{w.Wish(v.Wishes[i])}
		switch verb {
		case "pause":
			ch.pause, done.key = []int64{id}, "article.paused"
		case "resume":
			ch.resume, done.key = []int64{id}, "article.resumed"
		default:
			ch.remove, done.key = []int64{id}, "article.removed"
		}
		return ch, done, nil
	}
	return refuse("article.no-such")
}

// move is the change that puts the target of pin at a position of the list, and leaves
// all others in their order: pins that would stand elsewhere are pinned there.
func move(v *articlePage, pin data.Override, position int) (ch change) {
	type slot struct {
		group  data.ArticleID
		target data.ArticleID
		pinned bool
	}
	group := pin.Target
	var order []slot
	for i := range v.Rows {
		r := &v.Rows[i]
		if r.Card.ID == pin.Target {
			group = r.Card.Group
			continue
		}
		order = append(order, slot{r.Card.Group, r.Card.ID, r.Source == recommend.Editor})
	}
	position = min(position, len(order)+1)
	order = slices.Insert(order, position-1, slot{group, pin.Target, false})
	at := map[data.ArticleID]int{} // by group
	for i, one := range order {
		at[one.group] = i + 1
	}
	moved := false
	for _, old := range v.Wishes { // the newest first
		if old.Action != data.Pin || !old.Holds {
			continue
		}
		place, shown := at[old.To.Group]
		switch {
		case !shown:
			continue
		case old.To.Group == group:
			if ch.remove = append(ch.remove, old.ID); !moved {
				moved = true
				again := old.Override
				again.Position, again.Author = position, pin.Author
				ch.add = append(ch.add, again)
			}
			continue
		case old.Position != place:
			again := old.Override
			again.Position, again.Author = place, pin.Author
			ch.add, ch.remove = append(ch.add, again), append(ch.remove, old.ID)
		}
		delete(at, old.To.Group) // an older pin of the same article does not count
	}
	if !moved {
		pin.Position = position
		ch.add = append(ch.add, pin)
	}
	return ch
}

// settings are the fields of a form that say how a change holds.
type settings struct {
	override data.Override // with the fields that all changes have
	pinUntil time.Time
}

// pinsFor is how long a pin holds unless the form says otherwise.
const pinsFor = 7 * 24 * time.Hour

// holds are the choices of how long a change holds, beside dates.
var holds = []string{"default", "1d", "7d", "30d", "always"}

// settings reads them.
func (s *Server) settings(c echo.Context) (set settings, err error) {
	now := s.Now()
	o := data.Override{Author: Who(c).Name, Note: strings.TrimSpace(c.FormValue("note"))}
	if o.Placement = c.FormValue("only"); o.Placement != "" && !slices.Contains(s.Links.Placements, o.Placement) {
		return settings{}, s.refuse(c, http.StatusUnprocessableEntity, "article.no-placement", o.Placement)
	}
	set.pinUntil = now.Add(pinsFor)
	switch hold := c.FormValue("hold"); hold {
	case "", "default":
	case "always":
		set.pinUntil = time.Time{}
	default:
		days, err := strconv.Atoi(strings.TrimSuffix(hold, "d"))
		if err != nil || !slices.Contains(holds, hold) {
			return settings{}, s.refuse(c, http.StatusUnprocessableEntity, "article.no-date", hold)
		}
		o.Until = now.AddDate(0, 0, days)
		set.pinUntil = o.Until
	}
	for _, field := range []struct {
		name string
		at   *time.Time
	}{{"from", &o.From}, {"until", &o.Until}} {
		text := c.FormValue(field.name)
		if text == "" {
			continue
		}
		if *field.at, err = time.ParseInLocation("2006-01-02T15:04", text, s.Location); err != nil {
			return settings{}, s.refuse(c, http.StatusUnprocessableEntity, "article.no-date", text)
		}
		if field.name == "until" {
			set.pinUntil = o.Until
		}
	}
	if c.FormValue("until") != "" && !o.Until.After(o.From) {
		return settings{}, s.refuse(c, http.StatusUnprocessableEntity, "article.no-period")
	}
	if !o.From.IsZero() && c.FormValue("until") == "" && !set.pinUntil.IsZero() { // the days count from there
		later := o.From.Sub(now)
		if later > 0 {
			set.pinUntil = set.pinUntil.Add(later)
			if !o.Until.IsZero() {
				o.Until = o.Until.Add(later)
			}
		}
	}
	set.override = o
	return set, nil
}

// conflictPage is the view of conflict.html.
type conflictPage struct {
	*articlePage
	Fields  []field   // of the form that was sent, to send again
	News    []wishRow // what others have done since
	Removed int       // what others have taken away
	Wanted  string    // what was to be done
}

// A field is one of a form.
type field struct{ Name, Value string }

// conflict is the view of a change that was not made, since others have changed the list
// after the state that its form has seen.
func (s *Server) conflict(c echo.Context, m *recommend.Moment, v *articlePage, seen string) conflictPage {
	p := conflictPage{articlePage: v}
	form, _ := c.FormParams() // which the handler has read
	for name, values := range form {
		for _, value := range values {
			if name != "csrf" && name != "state" && value != "" {
				p.Fields = append(p.Fields, field{name, value})
			}
		}
	}
	slices.SortFunc(p.Fields, func(a, b field) int { return strings.Compare(a.Name, b.Name) })
	var all []data.Override
	for _, w := range v.Wishes {
		all = append(all, w.Override)
		if !knownIn(seen, w.ID) {
			p.News = append(p.News, w)
		}
	}
	p.Removed = goneSince(seen, all)
	if _, done, err := s.wanted(c, m, v); err == nil {
		p.Wanted = s.text(c, done.key, done.args...)
	}
	return p
}
