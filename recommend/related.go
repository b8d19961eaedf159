package recommend

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/spelling"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// DefaultLimit is how many links a Query without a limit gets at most.
const DefaultLimit = 5

// A Query asks for the links of one article, named by ID or else by URL.
type Query struct {
	ID      data.ArticleID
	URL     string           // of the article, in any spelling: see data.CanonicalURL
	Limit   int              // most links; 0: as Placement has it, else DefaultLimit
	Exclude []data.ArticleID // never among the links
	Raw     bool             // as the algorithm has it: without threshold, overrides and rules

	Languages Languages // that the links may be in; empty: as Placement has it, else the article's own
	Placement string    // one of Options.Placements, for which the list is; "" is none

	From      data.ArticleID // the page that the reader came from, which is not linked back
	FromURL   string         // the same by URL, if From is empty; a page of another site changes nothing
	Filter    Filter         // that links must pass, pins too; Placement's passes as well
	Threshold *int           // least score of a link of the algorithm, 0–100; nil: as Placement has it, else Options
	Fallback  Fallback       // what fills a short list; empty: as Placement has it, else NoFallback
	Explain   bool           // list.Withheld and the reasons of links
	Tell      data.Lang      // with Explain: the language of the reasons; empty: the article's
}

// Source says where a link comes from.
type Source string

// The sources of links.
const (
	Algorithm Source = "algorithm"
	Editor    Source = "editor" // a pin
	Series    Source = "series" // the algorithm, for being the next part of the article's series

	// OtherLanguage is of links in another language than the article's, which
	// come after those in its own, unless an editor put them there.
	OtherLanguage Source = "fallback:language"
)

// A Link is one item of a List.
type Link struct {
	Position int       // from 1
	Score    int       // what people see: 0–100, see snapshot.Scale
	Rank     float32   // the ranking score, unrounded, times the strength of an editor's boost or bury; 0 where it is not known
	Base     float32   // Rank without that strength
	Cosine   float32   // of the two vectors; 0 where it is not known
	Source   Source    // what put the link there
	Card     data.Card // as the article is now

	Rule int64 // ID of the editors' rule that pinned, boosted or buried it; 0: none did

	// Provisional: the article is new or changed since the snapshot, and
	// stands where its present text belongs until the next refresh.
	Provisional bool

	Reason *Reason // with Query.Explain; else nil
}

// List is the links of one article.
type List struct {
	RecommendationID string // names the list: the same list has the same id, no other has it
	Snapshot         string // id
	Article          data.Card
	Links            []Link // by position; fewer than the limit rather than worse

	// Provisional: Article is new or changed since the snapshot, and Links are
	// those of its present text.
	Provisional bool

	Draw *Draw // nil: the list is not drawn at random
	// Passing: the list was filled by what is popular at the moment, or would have
	// been, and the next one may differ in the same Version.
	Passing bool

	Rules    []data.Rule    // with Query.Explain: the editors' rules that hold for the list, in their order
	Withheld map[string]int // with Query.Explain: candidates that are no links, by the reason's Code
	Rejected []Rejected     // the first of these, as far as they were looked at
}

// Related is the list of links to show under an article. It looks at memory
// only, and takes time and memory that do not grow with the corpus but for
// O(log n) to find the article; where a filter leaves the article's candidates
// short of the limit, it looks at all articles that may pass: the package comment
// has what that costs.
//
// It returns data.ErrNotFound for an article that neither the snapshot nor the
// store knows, data.ErrNoSnapshot before the first snapshot is in service, and
// a *data.InvalidError for a query that makes no sense. The list of an article
// that is unpublished, shows no links or had them switched off by an editor is empty. With a fallback an article that
// is not known has a list, too, whose Article has no ID: what the fallback has for
// readers of the language that most articles are in.
func (e *Engine) Related(ctx context.Context, q Query) (List, error) {
	return e.related(ctx, e.view.Load(), q, nil)
}

// A BatchAnswer is the list for one query of several, or why there is none.
type BatchAnswer struct {
	List List
	Err  error
}

// RelatedBatch is Related for several queries about one page, all answered from
// one state of things. With dedupe no translation group is linked twice: what a list
// shows is in none of those after it.
func (e *Engine) RelatedBatch(ctx context.Context, queries []Query, dedupe bool) []BatchAnswer {
	v := e.view.Load()
	answers := make([]BatchAnswer, len(queries))
	var taken []data.ArticleID // groups
	for i, q := range queries {
		list, err := e.related(ctx, v, q, taken)
		answers[i] = BatchAnswer{list, err}
		if dedupe {
			for j := range list.Links {
				taken = append(taken, list.Links[j].Card.Group)
			}
		}
	}
	return answers
}

// related is Related in view v, without links to the groups that are taken.
func (e *Engine) related(ctx context.Context, v *view, q Query, taken []data.ArticleID) (list List, err error) {
	s, err := e.settle(q)
	if err != nil {
		return List{}, err
	}
	if v.snapshot == nil {
		return List{}, fmt.Errorf("recommend: %w", data.ErrNoSnapshot)
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() { err = faultError(recover(), v.snapshot, err) }()
	var (
		source data.Card
		row    int
		ok     bool
	)
	switch {
	case q.ID != "":
		source, row, ok = v.find(q.ID)
	case q.URL != "":
		source, row, ok = v.findURL(q.URL)
	default:
		return List{}, &data.InvalidError{Field: "id", Reason: "is missing, and so is the url"}
	}
	if !ok && s.Fallback == NoFallback {
		return List{}, fmt.Errorf("recommend: article %q: %w", cmp.Or(string(q.ID), q.URL), data.ErrNotFound)
	}
	list = List{Snapshot: v.snapshot.ID(), Article: source, Provisional: v.overlay.holds(source.ID)}
	if !ok {
		source, row = data.Card{Lang: v.mainLanguage()}, noRow
	}
	if from := v.from(&q); from != "" {
		s.Exclude = append(slices.Clip(s.Exclude), from)
	}
	if source.State != data.Unpublished && !source.NoLinks {
		if err := e.makeLinks(ctx, &list, v, &s, &source, row, taken); err != nil {
			return List{}, err
		}
	}
	list.RecommendationID = e.sign(v, &s, &list)
	return list, nil
}

// from is the article that the reader of q came from; "" if it is not known.
func (v *view) from(q *Query) data.ArticleID {
	if q.From != "" || q.FromURL == "" {
		return q.From
	}
	card, _, _ := v.findURL(q.FromURL)
	return card.ID
}

// faultError turns the panic of having read a mapped file where it was cut
// short into an error, so that it costs the answer and not the process; Watch
// then takes the snapshot out of service. Other panics go on. Without a panic
// it is err.
func faultError(panicked any, s *snapshot.Snapshot, err error) error {
	switch fault := panicked.(type) {
	case nil:
		return err
	case interface{ Addr() uintptr }: // see debug.SetPanicOnFault
		return fmt.Errorf("recommend: snapshot %s was damaged on disk: %w", s.ID(), data.ErrNoSnapshot)
	default:
		panic(fault)
	}
}

// makeLinks puts the links into list.
func (e *Engine) makeLinks(ctx context.Context, list *List, v *view, s *settled, source *data.Card, row int, taken []data.ArticleID) error {
	a := &request{
		view: v, rules: v.overrides, source: source, row: row, limit: s.Limit, placement: s.Placement, reader: newReader(source.Lang, s.Languages),
		threshold: *s.Threshold, fallback: s.Fallback, popular: e.opts.Popular, exclude: slices.Clip(taken), now: e.opts.Now(),
		policy: &e.opts.Policy, perAuthor: max(0, e.opts.PerAuthor),
	}
	if s.Raw {
		a.rules, a.threshold, a.policy, a.perAuthor = new(overrides), 0, new(Policy), 0
	}
	a.ruling = a.rules.ruling(source, a.placement, a.now)
	if s.Explain && a.ruling != nil {
		for _, r := range a.ruling.all {
			list.Rules = append(list.Rules, *r.Rule)
		}
	}
	if a.rules.off(a.wish()) {
		return nil
	}
	a.weighs = a.rules.weighs(a.wish())
	for _, id := range s.Exclude {
		a.exclude = append(a.exclude, v.groupOf(id))
	}
	for _, f := range []*Filter{&s.Filter, &s.placed} {
		if !f.empty() {
			a.asked = append(a.asked, f)
		}
	}
	a.sieve = a.asked
	if a.ruling != nil && !a.ruling.limits.empty() {
		a.sieve = append(slices.Clip(a.asked), &a.ruling.limits)
	}
	var told *withheld
	if s.Explain {
		told = &withheld{lang: cmp.Or(s.Tell, source.Lang), counts: map[string]int{}}
		a.withheld = told
	}
	a.lottery = e.lottery(v, &s.Query, source.ID, a.now)
	if a.ruling.switchesOff() {
		list.Links = a.rules.apply(a.wish(), func(func(Link) bool) {}, a.pinned)
	} else {
		list.Links, list.Draw = a.links()
	}
	list.Passing = a.passing
	for i := range list.Links {
		if l := &list.Links[i]; l.Source == Algorithm && nextPart(source, &l.Card) {
			l.Source = Series
		}
	}
	if !s.Explain {
		return nil
	}
	list.Withheld, list.Rejected = told.counts, told.rejected
	return a.explain(ctx, e.store, told.lang, list.Links, list.Draw)
}

// nextPart reports whether to is what follows source in its series.
func nextPart(source, to *data.Card) bool {
	return source.Series != "" && source.Series == to.Series && source.Part > 0 && to.Part == source.Part+1
}

// A settled Query has its defaults in place, those of its placement first.
type settled struct {
	Query
	placed Filter // of the placement, its Since included
}

// settle is q with its defaults in place, or why it makes no sense.
func (e *Engine) settle(q Query) (settled, error) {
	if q.Limit < 0 {
		return settled{}, &data.InvalidError{Field: "limit", Reason: fmt.Sprintf("is %d; it must be above 0", q.Limit)}
	}
	placement, known := e.opts.Placements[q.Placement]
	if q.Placement != "" && !known {
		return settled{}, &data.InvalidError{Field: "placement", Reason: fmt.Sprintf("is %s, which %s", data.Quote(q.Placement), e.placementHint(q.Placement))}
	}
	fallback, err := ParseFallback(string(cmp.Or(q.Fallback, placement.Fallback, NoFallback)))
	if err != nil {
		return settled{}, err
	}
	q.Limit, q.Languages, q.Fallback = cmp.Or(q.Limit, placement.Count, DefaultLimit), cmp.Or(q.Languages, placement.Languages, OwnLanguage), fallback
	q.Threshold = cmp.Or(q.Threshold, placement.Threshold, &e.opts.Threshold)
	if err := checkThreshold(*q.Threshold); err != nil {
		return settled{}, err
	}
	s := settled{Query: q, placed: placement.Filter}
	if placement.Since != "" {
		if at := placement.Since.From(e.opts.Now()); at.After(s.placed.Since) {
			s.placed.Since = at
		}
	}
	return s, nil
}

// placementHint says what to do about a placement that is not known.
func (e *Engine) placementHint(name string) string {
	known := slices.Sorted(maps.Keys(e.opts.Placements))
	if len(known) == 0 {
		return "is not known; the settings name no placements"
	}
	if near := spelling.Nearest(name, known); near != "" {
		return fmt.Sprintf("is not known; did you mean %s?", near)
	}
	return "is not known; there are " + strings.Join(known, ", ")
}
