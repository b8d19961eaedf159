package recommend

import (
	"context"
	"fmt"
	"iter"
	"runtime/debug"
	"slices"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// A Moment is all that an Engine has in service at one moment. It never changes, so
// that whoever looks at many articles sees one state of things. It keeps the snapshot
// open: let go of it when done.
type Moment struct {
	engine *Engine
	view   *view
}

// Moment is what is in service now, or data.ErrNoSnapshot.
func (e *Engine) Moment() (*Moment, error) {
	v := e.view.Load()
	if v.snapshot == nil {
		return nil, fmt.Errorf("recommend: %w", data.ErrNoSnapshot)
	}
	return &Moment{e, v}, nil
}

// Version is Engine.Version of that moment.
func (m *Moment) Version() uint64 { return m.view.version }

// Snapshot is the id of the snapshot in service.
func (m *Moment) Snapshot() string { return m.view.snapshot.ID() }

// Manifest tells of that snapshot. It must not be changed.
func (m *Moment) Manifest() *snapshot.Manifest { return m.view.snapshot.Manifest() }

// Revision is that of the store, up to which its changes are known.
func (m *Moment) Revision() data.Revision { return m.view.revision }

// Overrides is every override, by ID. It must not be changed.
func (m *Moment) Overrides() []data.Override { return m.view.overrides.all }

// Rules is every rule, in their order. It must not be changed.
func (m *Moment) Rules() []data.Rule { return m.view.overrides.allRules }

// WithRule is m as if r, whatever its dates and whether it is paused, held too: in the place
// of the rule that has its ID, else behind all others.
func (m *Moment) WithRule(r data.Rule) *Moment {
	r.From, r.Until, r.Paused = time.Time{}, time.Time{}, false
	rules := slices.Clone(m.view.overrides.allRules)
	if i := slices.IndexFunc(rules, func(old data.Rule) bool { return old.ID == r.ID }); i >= 0 {
		r.Order = rules[i].Order
		rules[i] = r
	} else {
		r.Order = len(rules) + 1
		rules = append(rules, r)
	}
	v, overrides := *m.view, *m.view.overrides // of which lists look at the rules alone
	overrides.rules, overrides.allRules = indexRules(rules, v.groupOf), rules
	v.overrides = &overrides
	return &Moment{m.engine, &v}
}

// A Known article is one that the engine knows.
type Known struct {
	Card  data.Card
	Story data.ArticleID // of the article that stands for its near-duplicates; its own id if that is itself

	Provisional bool // new or changed since the snapshot, and placed by its present text
	Waiting     bool // new or changed since the snapshot, and not placed so yet
}

// Articles calls f with every article, those of the snapshot in its order and then those
// that are newer, until f returns false. It returns an error if the snapshot was damaged
// on disk.
func (m *Moment) Articles(f func(Known) bool) (err error) {
	defer m.guard(&err)()
	v := m.view
	waiting := m.waiting()
	for row := range v.snapshot.Len() {
		card := v.card(row)
		if !f(m.known(card, row, waiting[card.ID])) {
			return nil
		}
	}
	return m.newer(waiting, f)
}

// Changed is Articles for those that are new or changed since the snapshot, newest
// first.
func (m *Moment) Changed(f func(Known) bool) (err error) {
	defer m.guard(&err)()
	waiting := m.waiting()
	for _, d := range m.view.liveDates {
		card, row, _ := m.view.find(d.id)
		if !f(m.known(card, row, waiting[d.id])) {
			return nil
		}
	}
	return nil
}

// newer calls f with the articles that the snapshot does not have.
func (m *Moment) newer(waiting map[data.ArticleID]bool, f func(Known) bool) error {
	for _, d := range m.view.liveDates {
		if row := m.view.rowOf(d.id); row == noRow && !f(m.known(m.view.live[d.id], noRow, waiting[d.id])) {
			return nil
		}
	}
	return nil
}

func (m *Moment) waiting() map[data.ArticleID]bool {
	waiting := make(map[data.ArticleID]bool, len(m.view.pending))
	for _, id := range m.view.pending {
		waiting[id] = true
	}
	return waiting
}

func (m *Moment) known(card data.Card, row int, waiting bool) Known {
	k := Known{Card: card, Story: card.ID, Waiting: waiting, Provisional: m.view.overlay.holds(card.ID)}
	if row != noRow && m.view.stories {
		if leader := int(m.view.snapshot.Story(row)); leader != row {
			k.Story = m.view.snapshot.ArticleID(leader)
		}
	}
	return k
}

// Find is the article that has the id name, or else the URL name in any spelling. It is
// not ok if there is none.
func (m *Moment) Find(name string) (k Known, ok bool, err error) {
	defer m.guard(&err)()
	card, row, ok := m.view.find(data.ArticleID(name))
	if !ok {
		card, row, ok = m.view.findURL(name)
	}
	if !ok {
		return Known{}, false, nil
	}
	return m.known(card, row, slices.Contains(m.view.pending, card.ID)), true, nil
}

// Versions are the present cards of the articles that translate the one with that card,
// which is not among them.
func (m *Moment) Versions(card *data.Card) (cards []data.Card, err error) {
	defer m.guard(&err)()
	return slices.AppendSeq(cards, iter.Seq[data.Card](m.view.versions(card, m.view.rowOf(card.ID)))), nil
}

// VersionFor is the version of the article with that card that a link to it leads readers
// of lang to: one in lang, else in its other script, else one for readers of the article.
// It reports whether there is one on the site at time now; if not, the version is card.
func (m *Moment) VersionFor(lang data.Lang, card data.Card, now time.Time) (version data.Card, ok bool, err error) {
	defer m.guard(&err)()
	row := m.view.rowOf(card.ID)
	ok = m.view.choose(&card, row, newReader(lang, OwnLanguage), now) || m.view.choose(&card, row, newReader(card.Lang, OwnLanguage), now)
	return card, ok, nil
}

// Related is Engine.Related at that moment.
func (m *Moment) Related(ctx context.Context, q Query) (List, error) {
	return m.engine.related(ctx, m.view, q, nil)
}

// guard makes of a damaged snapshot an error; call it and defer what it returns.
func (m *Moment) guard(err *error) func() {
	before := debug.SetPanicOnFault(true)
	return func() {
		*err = faultError(recover(), m.view.snapshot, *err)
		debug.SetPanicOnFault(before)
	}
}
