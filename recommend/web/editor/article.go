package editor

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/inventory"
	"github.com/alsolike/alsolike/recommend/rank"
)

func (s *Server) registerArticle() {
	s.handle(http.MethodGet, articlePath, account.Viewer, s.handleArticle)
	s.handle(http.MethodPost, articlePath, account.Editor, s.handleArticleChange)
	s.handle(http.MethodPost, articlePath+"/undo", account.Editor, s.handleArticleUndo)
}

// articlePage is the view of article.html.
type articlePage struct {
	inventory.Article
	Name       string // what the article is called
	Versions   []data.Card
	Placement  string // that the list is for; "" is none
	Placements []string

	List     recommend.List
	Rows     []linkRow
	Next     []linkRow // what the algorithm would show after these
	Search   string    // for other articles to link to
	Found    []linkRow
	Clicks   *clicksView // nil: nobody counts them
	Wishes   []wishRow   // overrides of this article, the newest first
	State    string      // of these, see stateOf
	MayEdit  bool
	Undo     bool // what this reader changed last was here
	Off      bool // an editor switched the links off
	Rules    []appliedRule
	Holds    []string
	Zone     string // in which dates are read
	Position int    // where the picker puts a pin: 1
}

// PageTitle is what the article is called.
func (p articlePage) PageTitle() string { return p.Name }

// A linkRow is a link, or what might be one.
type linkRow struct {
	recommend.Link
	EngineRank int // its place without editors, from 1; 0: not among the first mostRanked
	Wishes     []wishRow
	ByRule     *appliedRule // that pinned, boosted or buried it; nil: none did
	Pinned     bool
	Up, Down   bool // it may be moved
	Already    bool // it is in the list
	Listed     bool // it is a row of the list
	Terms      []termRow
	Features   []featureRow
}

// A termRow is a term of the text and what it gives to how near two articles are.
type termRow struct {
	Term    string
	Percent int
}

// A featureRow is a part of the ranking score.
type featureRow struct {
	Kind         rank.Kind
	Contribution float32
}

// A wishRow is an override, and whether it holds.
type wishRow struct {
	data.Override
	To        data.Card // the target; zero where that is not known
	Holds     bool      // now, in this list
	Scheduled bool      // it begins later
	Over      bool
	Elsewhere bool // it is for another placement or language
	Gone      bool // nobody can be sent to the target
}

// Everywhere reports whether it is for all articles.
func (w wishRow) Everywhere() bool { return w.Article == data.Everywhere }

const (
	mostNext   = 20  // articles that the algorithm would show next
	mostFound  = 12  // articles of a search
	mostRanked = 100 // places that are told
	mostTerms  = 8   // of one link
)

// handleArticle serves GET /editor/articles/article?id=…&placement=…&q=…: the list of an
// article as readers get it.
func (s *Server) handleArticle(c echo.Context) error {
	m, err := s.Links.Engine.Moment()
	if errors.Is(err, data.ErrNoSnapshot) {
		return s.page(c, "nothing-yet", nil)
	}
	if err != nil {
		return err
	}
	v, err := s.articleView(c, m, data.ArticleID(c.QueryParam("id")), c.QueryParam("placement"), strings.TrimSpace(c.QueryParam("q")))
	if err != nil {
		return err
	}
	return s.page(c, "article", v)
}

// articleView looks everything up that the page about an article shows.
func (s *Server) articleView(c echo.Context, m *recommend.Moment, id data.ArticleID, placement, search string) (*articlePage, error) {
	ctx := c.Request().Context()
	if placement != "" && !slices.Contains(s.Links.Placements, placement) {
		return nil, s.refuse(c, http.StatusBadRequest, "article.no-placement", placement)
	}
	v := &articlePage{
		Placement: placement, Placements: s.Links.Placements, Search: search, MayEdit: Who(c).Role.May(account.Editor),
		Holds: holds, Zone: s.Location.String(), Position: 1,
	}
	var err error
	v.Article, err = s.Links.Inventory.Article(ctx, string(id))
	if errors.Is(err, data.ErrNotFound) {
		return nil, echo.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	id = v.Card.ID
	v.Name = s.words(c).Called(v.Card)
	v.Undo = s.undos.last(visitorOf(c).token) == id
	if v.Versions, err = m.Versions(&v.Card); err != nil {
		return nil, err
	}
	slices.SortFunc(v.Versions, func(a, b data.Card) int { return strings.Compare(string(a.Lang), string(b.Lang)) })
	l := lister{m: m, ctx: ctx, card: &v.Card, placement: placement, now: s.Now()}
	if err := l.load(v.Versions); err != nil {
		return nil, err
	}
	v.Wishes, v.State = l.own, stateOf(l.wishes())
	slices.Reverse(v.Wishes)
	v.Off = slices.ContainsFunc(v.Wishes, func(w wishRow) bool { return w.Action == data.Off && w.Holds })
	if v.List, err = m.Related(ctx, recommend.Query{ID: id, Placement: placement, Explain: true, Tell: data.Lang(s.words(c).Lang())}); err != nil {
		return nil, err
	}
	if v.Rows, err = l.rows(v.List.Links); err != nil {
		return nil, err
	}
	v.Rules = s.words(c).applied(m, v.List.Rules, v.Rows)
	for i := range v.Rows {
		v.Rows[i].Listed, v.Rows[i].Up, v.Rows[i].Down = true, i > 0, i < len(v.Rows)-1
	}
	if v.Clicks = s.clicksView(); v.Clicks != nil && v.Clicks.Counts != nil {
		v.Clicks.setScale(id, v.List.Links)
	}
	next, err := m.Related(ctx, recommend.Query{ID: id, Placement: placement, Limit: mostNext, Exclude: shown(v.List.Links)})
	if err != nil {
		return nil, err
	}
	if v.Next, err = l.rows(slices.DeleteFunc(next.Links, func(l recommend.Link) bool { return l.Source == recommend.Editor })); err != nil {
		return nil, err
	}
	if search == "" {
		return v, nil
	}
	page, err := s.Links.Inventory.Find(ctx, inventory.Query{Text: search, Limit: mostFound})
	if err != nil {
		return nil, err
	}
	var found []recommend.Link
	for i := range page.Articles {
		if card := page.Articles[i].Card; v.Card.MayLink(&card) {
			found = append(found, recommend.Link{Card: card, Provisional: page.Articles[i].Provisional})
		}
	}
	v.Found, err = l.rows(found)
	for i := range v.Found {
		row := &v.Found[i]
		row.Already = slices.ContainsFunc(v.Rows, func(r linkRow) bool { return r.Card.Group == row.Card.Group })
	}
	return v, err
}

func shown(links []recommend.Link) (ids []data.ArticleID) {
	for i := range links {
		ids = append(ids, links[i].Card.ID)
	}
	return ids
}

// A lister knows what editors wish about the list of one article, and how the algorithm
// ranks.
type lister struct {
	m         *recommend.Moment
	ctx       context.Context
	card      *data.Card // of the article
	placement string
	now       time.Time

	own   []wishRow // overrides of this article and its translations, by ID
	all   []wishRow // of those for every article, the ones that hold
	ranks map[data.ArticleID]int
}

// load reads the overrides, given the article's translations.
func (l *lister) load(versions []data.Card) error {
	names := map[data.ArticleID]bool{l.card.ID: true, l.card.Group: true}
	for i := range versions {
		names[versions[i].ID] = true
	}
	overrides := l.m.Overrides()
	for i := range overrides {
		o := &overrides[i]
		everywhere := o.Article == data.Everywhere
		if !names[o.Article] && !(everywhere && o.Active(l.now) && o.InScope(l.card.Lang, l.placement)) {
			continue
		}
		row, err := l.wish(o)
		if err != nil {
			return err
		}
		if everywhere {
			l.all = append(l.all, row)
		} else {
			l.own = append(l.own, row)
		}
	}
	raw, err := l.m.Related(l.ctx, recommend.Query{ID: l.card.ID, Placement: l.placement, Limit: mostRanked, Raw: true})
	if err != nil {
		return err
	}
	l.ranks = map[data.ArticleID]int{}
	for i := range raw.Links {
		l.ranks[raw.Links[i].Card.Group] = i + 1
	}
	return nil
}

func (l *lister) wish(o *data.Override) (wishRow, error) {
	w := wishRow{
		Override: *o, Scheduled: l.now.Before(o.From), Over: !o.Until.IsZero() && !l.now.Before(o.Until),
		Elsewhere: !o.InScope(l.card.Lang, l.placement),
	}
	w.Holds = o.Active(l.now) && !w.Elsewhere
	if o.Target == "" {
		return w, nil
	}
	k, ok, err := l.m.Find(string(o.Target))
	if ok && err == nil {
		w.To, ok, err = l.m.VersionFor(l.card.Lang, k.Card, l.now)
	}
	w.Gone = !ok
	return w, err
}

// wishes are the overrides of the article.
func (l *lister) wishes() []data.Override {
	all := make([]data.Override, len(l.own))
	for i := range l.own {
		all[i] = l.own[i].Override
	}
	return all
}

// rows are links with what is told of them.
func (l *lister) rows(links []recommend.Link) ([]linkRow, error) {
	rows := make([]linkRow, len(links))
	for i := range links {
		row := linkRow{Link: links[i], EngineRank: l.ranks[links[i].Card.Group]}
		for _, list := range [][]wishRow{l.own, l.all} {
			for _, w := range list {
				if w.Holds && w.To.Group == row.Card.Group && w.Action != data.Off {
					row.Wishes = append(row.Wishes, w)
					row.Pinned = row.Pinned || w.Action == data.Pin && !w.Everywhere()
				}
			}
		}
		if why := row.Reason; why != nil {
			for _, share := range why.Shares[:min(mostTerms, len(why.Shares))] {
				if percent := int(100*share.Share + .5); percent > 0 && share.Shared() {
					row.Terms = append(row.Terms, termRow{cmp.Or(share.Spelt, share.Term), percent})
				}
			}
			for _, f := range why.Features {
				if f.Contribution != 0 {
					row.Features = append(row.Features, featureRow{f.Kind, f.Contribution})
				}
			}
		}
		rows[i] = row
	}
	return rows, nil
}

// stateOf names the overrides of an article as a page shows them, so that a change by
// somebody else is noticed: their numbers, and a digest of what they say.
func stateOf(all []data.Override) string {
	ids := make([]string, len(all))
	digest := sha256.New()
	for i := range all {
		ids[i] = fmt.Sprint(all[i].ID)
		fmt.Fprintf(digest, "%+v\n", all[i])
	}
	return strings.Join(ids, ".") + "-" + hex.EncodeToString(digest.Sum(nil)[:6])
}

// knownIn reports whether the override of that number was there in a state.
func knownIn(state string, id int64) bool {
	ids, _, _ := strings.Cut(state, "-")
	return slices.Contains(strings.Split(ids, "."), fmt.Sprint(id))
}

// goneSince counts the overrides of a state that are not among all.
func goneSince(state string, all []data.Override) (n int) {
	ids, _, _ := strings.Cut(state, "-")
	for id := range strings.SplitSeq(ids, ".") {
		if id != "" && !slices.ContainsFunc(all, func(o data.Override) bool { return fmt.Sprint(o.ID) == id }) {
			n++
		}
	}
	return n
}
