package inventory

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/spelling"
	"github.com/alsolike/alsolike/recommend"
)

// A Show is which articles are listed.
type Show string

// The choices of articles.
const (
	All         Show = ""             // newest first
	NoLinks     Show = "no-links"     // on the site, that show none
	NotLinked   Show = "not-linked"   // that lists might have, and none has
	MostLinked  Show = "most-linked"  // that lists have, those that most have first
	MostClicked Show = "most-clicked" // to which readers followed links, most often first
	Overridden  Show = "overridden"   // that editors changed something about
	Duplicates  Show = "duplicates"   // near-duplicates, the ones that stand for them too
	OfSeries    Show = "series"       // that belong to one
	Provisional Show = "provisional"  // new or changed since the snapshot
)

// Shows are all of them.
func Shows() []Show {
	return []Show{All, NoLinks, NotLinked, MostLinked, MostClicked, Overridden, Duplicates, OfSeries, Provisional}
}

// ParseShow reads the name of a choice. What is none is a *data.InvalidError about
// "show".
func ParseShow(s string) (Show, error) {
	if slices.Contains(Shows(), Show(s)) {
		return Show(s), nil
	}
	var names []string
	for _, show := range Shows()[1:] {
		names = append(names, string(show))
	}
	hint := ""
	if near := spelling.Nearest(s, names); near != "" {
		hint = "; did you mean " + near + "?"
	}
	return "", &data.InvalidError{Field: "show", Reason: fmt.Sprintf("is %s; it may be %s%s", data.Quote(s), strings.Join(names, ", "), hint)}
}

// A Query asks for articles.
type Query struct {
	Text  string // words, parts of them, an id or an address; "": all
	Show  Show
	First int // that many are passed over
	Limit int // most articles; 0: DefaultLimit

	Clicks func(data.ArticleID) int // on links to the article, for MostClicked; nil: there were none
}

// DefaultLimit is how many articles a page has at most.
const DefaultLimit = 50

// A Page is some of the articles that a Query asks for.
type Page struct {
	Articles []Article
	Total    int       // that there are, on all pages
	Known    int       // articles in all
	Counted  time.Time // when links were counted; zero: they never were so far
	Behind   bool      // something has changed since, and they are being counted again
}

// An Article is how one fares.
type Article struct {
	recommend.Known
	recommend.Standing
	StoryTitle string // of the article that stands for it, where that is another
	In, Out    int    // lists that have it, and links of its own, when they were counted
	Counted    bool   // they were
	Overrides  int    // that are about it, as the page or as the target, whether they hold or not
}

// Options of an Inventory. The zero value works.
type Options struct {
	Now func() time.Time // default time.Now

	// Aside is from which time on, for counting links, that is done aside. Default
	// 100 ms; below 0: always.
	Aside time.Duration
}

// An Inventory answers queries about the articles that an engine has in service. Its
// methods may be called by several goroutines at a time.
type Inventory struct {
	engine *recommend.Engine
	opts   Options

	mu     sync.Mutex // held while one of these is replaced
	stand  *stand
	wishes wishes
	counts *counts

	reading  sync.Mutex // held while a snapshot is read aside
	counting sync.Mutex // held while links are counted
	aside    sync.WaitGroup
}

// New makes an inventory of what engine has in service. It does nothing until it is
// asked.
func New(engine *recommend.Engine, opts Options) *Inventory {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Aside == 0 {
		opts.Aside = 100 * time.Millisecond
	}
	return &Inventory{engine: engine, opts: opts}
}

// Wait waits until nothing goes on aside.
func (v *Inventory) Wait() { v.aside.Wait() }

// Find is the articles of q. It returns data.ErrNoSnapshot while nothing is in service.
func (v *Inventory) Find(ctx context.Context, q Query) (Page, error) {
	m, err := v.engine.Moment()
	if err != nil {
		return Page{}, err
	}
	s, w, err := v.standOf(m)
	if err != nil {
		return Page{}, err
	}
	c, err := v.countsOf(ctx, m, s)
	if err != nil {
		return Page{}, err
	}
	page := Page{Known: s.len()}
	if c != nil {
		page.Counted, page.Behind = c.at, c.version != m.Version()
	}
	if q.Limit == 0 {
		q.Limit = DefaultLimit
	}
	if isAddress(q.Text) {
		k, ok, err := m.Find(strings.TrimSpace(q.Text))
		if err != nil {
			return Page{}, err
		}
		if ok {
			q.Text = string(k.Card.ID)
		}
	}
	found, total := search(s, w, c, &q, v.opts.Now())
	page.Total = total
	page.Articles = make([]Article, 0, len(found))
	for _, id := range found {
		a, ok, err := article(m, w, c, id)
		if err != nil {
			return Page{}, err
		}
		if ok {
			page.Articles = append(page.Articles, a)
		}
	}
	return page, nil
}

// isAddress reports whether what is typed looks pasted from the bar of a browser, so that
// it may be spelt otherwise than the article has it.
func isAddress(s string) bool {
	return strings.Contains(s, "://") || strings.HasPrefix(strings.TrimSpace(s), "/")
}

// Article is how the article of that id, or with that address, fares, or
// data.ErrNotFound.
func (v *Inventory) Article(ctx context.Context, name string) (Article, error) {
	m, err := v.engine.Moment()
	if err != nil {
		return Article{}, err
	}
	s, w, err := v.standOf(m)
	if err != nil {
		return Article{}, err
	}
	c, err := v.countsOf(ctx, m, s)
	if err != nil {
		return Article{}, err
	}
	a, ok, err := article(m, w, c, data.ArticleID(name))
	if err == nil && !ok {
		err = fmt.Errorf("inventory: article %q: %w", name, data.ErrNotFound)
	}
	return a, err
}

// article is how one fares, by its id or its address.
func article(m *recommend.Moment, w wishes, c *counts, name data.ArticleID) (a Article, ok bool, err error) {
	if a.Known, ok, err = m.Find(string(name)); !ok || err != nil {
		return a, false, err
	}
	if a.Standing, err = m.Standing(&a.Known); err != nil {
		return a, false, err
	}
	if a.Story != a.Card.ID {
		leader, _, err := m.Find(string(a.Story))
		if err != nil {
			return a, false, err
		}
		a.StoryTitle = leader.Card.Title
	}
	a.In, a.Out, a.Counted = c.of(a.Card.ID)
	a.Overrides = w.groups[a.Card.Group]
	return a, true, nil
}

// standOf is the articles of m and what editors wish of them. A new snapshot of many
// articles is read aside; what was known before is told meanwhile.
func (v *Inventory) standOf(m *recommend.Moment) (*stand, wishes, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	old := v.stand
	switch {
	case old != nil && old.snapshot == m.Snapshot() && old.version == m.Version():
		return old, v.wishes, nil
	case old != nil && old.snapshot != m.Snapshot() && old.len() > atOnce:
		if v.reading.TryLock() {
			v.aside.Go(func() {
				defer v.reading.Unlock()
				if s, err := newStand(m, nil); err == nil { // else the next one to ask is told
					s.version = 0 // of no moment: what has changed meanwhile, and the wishes, come with the next query
					v.mu.Lock()
					v.stand = s
					v.mu.Unlock()
				}
			})
		}
		return old, v.wishes, nil
	}
	s, err := newStand(m, old)
	if err != nil {
		return nil, wishes{}, err
	}
	w, err := newWishes(m)
	if err != nil {
		return nil, wishes{}, err
	}
	v.stand, v.wishes = s, w
	return s, w, nil
}

// countsOf is the links of m or, where counting them takes long, those of an earlier
// moment, while they are counted anew; nil: there are none so far.
func (v *Inventory) countsOf(ctx context.Context, m *recommend.Moment, s *stand) (*counts, error) {
	v.mu.Lock()
	c := v.counts
	v.mu.Unlock()
	if c != nil && c.version == m.Version() {
		return c, nil
	}
	if c != nil && c.took > v.opts.Aside || c == nil && s.len() > atOnce || v.opts.Aside < 0 {
		if c != nil && time.Since(c.done) < restFor*c.took {
			return c, nil
		}
		if v.counting.TryLock() {
			v.aside.Go(func() {
				defer v.counting.Unlock()
				_, _ = v.count(context.WithoutCancel(ctx), m, s) // which fails with the snapshot, and then everything does
			})
		}
		return c, nil
	}
	v.counting.Lock()
	defer v.counting.Unlock()
	return v.count(ctx, m, s)
}

// atOnce is how many articles are read, and their links counted, at once.
const atOnce = 5000

// restFor is how many times as long as counting aside takes there is none after it, so
// that readers get most of the machine while editors change one thing after another.
const restFor = 4

// count makes and keeps the counts of m, unless they are those that are kept.
func (v *Inventory) count(ctx context.Context, m *recommend.Moment, s *stand) (*counts, error) {
	v.mu.Lock()
	c := v.counts
	v.mu.Unlock()
	if c != nil && c.version == m.Version() {
		return c, nil
	}
	c, err := newCounts(ctx, m, s, v.opts.Now)
	if err != nil {
		return nil, err
	}
	v.mu.Lock()
	v.counts = c
	v.mu.Unlock()
	return c, nil
}

// wishes are how many overrides are about articles.
type wishes struct {
	groups map[data.ArticleID]int // by translation group
}

func newWishes(m *recommend.Moment) (w wishes, err error) {
	w.groups = map[data.ArticleID]int{}
	groups := map[data.ArticleID]data.ArticleID{}
	group := func(id data.ArticleID) data.ArticleID {
		if of, known := groups[id]; known {
			return of
		}
		of := id
		if k, ok, findErr := m.Find(string(id)); findErr != nil {
			err = findErr
		} else if ok {
			of = k.Card.Group
		}
		groups[id] = of
		return of
	}
	all := m.Overrides()
	for i := range all {
		o := &all[i]
		if o.Article != data.Everywhere {
			w.groups[group(o.Article)]++
		}
		if o.Target != "" {
			w.groups[group(o.Target)]++
		}
	}
	return w, err
}
