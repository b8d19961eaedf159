package diff

import (
	"cmp"
	"iter"
	"runtime"
	"slices"
	"strings"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend/rank"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// Options of Compare. The zero value works.
type Options struct {
	Places int // how many links of a list count; 0: 10
	Most   int // articles in each list of a Diff; 0: 20, below: any number

	// Views tells how much an article is read; nil: that is not known.
	Views func(data.ArticleID) float64
}

func (o Options) withDefaults() Options {
	o.Places = cmp.Or(o.Places, 10)
	o.Most = cmp.Or(o.Most, 20)
	return o
}

// A Diff tells how snapshot To differs from snapshot From.
type Diff struct {
	From   string `json:"from"`
	To     string `json:"to"`
	Places int    `json:"places"` // links of a list that count

	Articles  Articles `json:"articles"`
	Links     Links    `json:"links"`     // of the articles in both
	Share     float64  `json:"share"`     // Links.Share
	Languages []Part   `json:"languages"` // the same by the language of the linking article, the most lists first
	Sections  []Part   `json:"sections"`  // and by its section

	NewOrphans   int       `json:"new_orphans"`   // articles that lists linked to, and no list links to any more
	OrphansEnded int       `json:"orphans_ended"` // the reverse
	Orphaned     []Article `json:"orphaned"`      // of NewOrphans those that most lists linked to

	MostLinked []Target `json:"most_linked"` // the articles that most lists link to, after
	Lists      []List   `json:"lists"`       // lists that changed, those of articles most read first, then those that changed most
}

// Articles counts those of the two snapshots.
type Articles struct {
	Both  int `json:"both"`
	Added int `json:"added"` // in To alone
	Gone  int `json:"gone"`  // in From alone
}

// Links counts the first links of lists.
type Links struct {
	Lists     int `json:"lists"`     // compared
	Changed   int `json:"changed"`   // of these, lists with other links
	Reordered int `json:"reordered"` // lists of the same links in another order
	Before    int `json:"before"`    // links
	After     int `json:"after"`
	Kept      int `json:"kept"`    // in both
	Added     int `json:"added"`   // After without Kept
	Removed   int `json:"removed"` // Before without Kept
}

// Overlap is how much of the links before and after is in both, from 0 to 1:
// 2·Kept / (Before + After), the Dice coefficient. Where there are none it is 1.
func (l Links) Overlap() float64 {
	if l.Before+l.After == 0 {
		return 1
	}
	return 2 * float64(l.Kept) / float64(l.Before+l.After)
}

// Share is how much of them changes: 1 − Overlap.
func (l Links) Share() float64 { return 1 - l.Overlap() }

// add counts one list before and after, and returns how many links are in both.
func (l *Links) add(before, after []int32) (kept int) {
	for _, row := range after {
		if slices.Contains(before, row) {
			kept++
		}
	}
	l.Lists++
	switch {
	case kept < len(before) || kept < len(after):
		l.Changed++
	case !slices.Equal(before, after):
		l.Reordered++
	}
	l.Before, l.After, l.Kept = l.Before+len(before), l.After+len(after), l.Kept+kept
	l.Added, l.Removed = l.After-l.Kept, l.Before-l.Kept
	return kept
}

// A Part is the links of some articles.
type Part struct {
	Name string `json:"name"` // "" of articles without a section or language
	Links
}

// An Article is one as snapshot To knows it, or From where it alone does.
type Article struct {
	ID      data.ArticleID `json:"id"`
	Title   string         `json:"title"`
	Lang    data.Lang      `json:"lang,omitempty"`
	Section string         `json:"section,omitempty"`
}

// A Target is an article and how many lists link to it.
type Target struct {
	Article
	Before int `json:"before"`
	After  int `json:"after"`
}

// A List is that of an article, before and after.
type List struct {
	Article
	Views  float64   `json:"views,omitempty"`
	Before []Article `json:"before"`
	After  []Article `json:"after"`
	Kept   int       `json:"kept"` // links in both
}

// A Change is a list that changed. It is small, for there may be a hundred thousand.
type Change struct {
	Row     int32 // of its article in To
	Section int32 // place in Diff.Sections
	Lang    int32 // place in Diff.Languages
	Views   float32
	before  uint16 // links
	after   uint16
	kept    uint16
}

func (c *Change) share() float64 {
	return Links{Before: int(c.before), After: int(c.after), Kept: int(c.kept)}.Share()
}

// A Comparison is a Diff that has every list that changed.
type Comparison struct {
	Diff
	Changes []Change // in the order of Diff.Lists

	from, to *snapshot.Snapshot
	matching
}

// Compare tells how the links of to differ from those of from. Both may be pruned.
// It takes time in proportion to their links.
func Compare(from, to *snapshot.Snapshot, opts Options) Diff { return New(from, to, opts).Diff }

// New compares as Compare does. What it returns keeps both snapshots mapped.
func New(from, to *snapshot.Snapshot, opts Options) *Comparison {
	defer runtime.KeepAlive(from) // whose links are used as they are mapped
	defer runtime.KeepAlive(to)
	opts = opts.withDefaults()
	m := match(from, to)
	d := &Comparison{Diff: Diff{From: from.ID(), To: to.ID(), Places: opts.Places}, from: from, to: to, matching: m}
	before, after := make([]int, m.rows), make([]int, m.rows) // links in
	oldFirst, newFirst := firstLinks(from, opts.Places), firstLinks(to, opts.Places)
	for row := range from.Len() {
		for _, link := range oldFirst(row) {
			before[m.place[link.Row]]++
		}
	}
	langs, sections := parts{}, parts{}
	var changedIn [][2]*Part // the section and the language of every change
	var was, now []int32
	for row := range to.Len() {
		now = now[:0]
		for _, link := range newFirst(row) {
			after[link.Row]++
			now = append(now, link.Row)
		}
		old := m.before[row]
		if old < 0 {
			d.Articles.Added++
			continue
		}
		d.Articles.Both++
		was = was[:0]
		for _, link := range oldFirst(int(old)) {
			was = append(was, m.place[link.Row])
		}
		card := to.Card(row)
		kept := d.Links.add(was, now)
		lang, section := langs.of(string(card.Lang)), sections.of(card.Section)
		lang.add(was, now)
		section.add(was, now)
		if !slices.Equal(was, now) {
			c := Change{Row: int32(row), before: uint16(len(was)), after: uint16(len(now)), kept: uint16(kept)}
			if opts.Views != nil {
				c.Views = float32(opts.Views(card.ID))
			}
			d.Changes = append(d.Changes, c)
			changedIn = append(changedIn, [2]*Part{section, lang})
		}
	}
	d.Articles.Gone = from.Len() - d.Articles.Both
	d.Share, d.Languages, d.Sections = d.Links.Share(), langs.sorted(), sections.sorted()
	sectionAt, langAt := places(sections, d.Sections), places(langs, d.Languages)
	for i, in := range changedIn {
		d.Changes[i].Section, d.Changes[i].Lang = sectionAt[in[0]], langAt[in[1]]
	}
	slices.SortStableFunc(d.Changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(b.Views, a.Views), cmp.Compare(b.share(), a.share()))
	})

	d.orphans(before, after, opts.Most)
	d.mostLinked(before, after, opts.Most)
	d.Lists = []List{}
	for _, c := range firstOf(d.Changes, opts.Most) {
		d.Lists = append(d.Lists, d.List(c))
	}
	return d
}

// List is the list of a change, before and after.
func (d *Comparison) List(c Change) List {
	defer runtime.KeepAlive(d)
	l := List{Article: d.article(c.Row), Views: float64(c.Views), Before: make([]Article, 0, c.before), After: make([]Article, 0, c.after), Kept: int(c.kept)}
	for _, link := range firstLinks(d.from, d.Places)(int(d.before[c.Row])) {
		l.Before = append(l.Before, d.article(d.place[link.Row]))
	}
	for _, link := range firstLinks(d.to, d.Places)(int(c.Row)) {
		l.After = append(l.After, d.article(link.Row))
	}
	return l
}

// Card is that of the article whose list changed.
func (d *Comparison) Card(c Change) data.Card { return d.to.Card(int(c.Row)) }

// Row is the article's row in To.
func (d *Comparison) Row(id data.ArticleID) (row int, ok bool) { return d.to.Row(id) }

// IsNew reports whether the article of a row in To is not in From: of such a one there is no
// Change.
func (d *Comparison) IsNew(row int) bool { return d.before[row] < 0 }

// RowsByURL are the rows in To of the articles with that address.
func (d *Comparison) RowsByURL(url string) iter.Seq[int] { return d.to.RowsByURL(url) }

// Article is that of a row in To.
func (d *Comparison) Article(row int) Article { return d.article(int32(row)) }

// places are where each part stands among all.
func places(by parts, all []Part) map[*Part]int32 {
	at := make(map[*Part]int32, len(all))
	for i, part := range all {
		at[by[part.Name]] = int32(i)
	}
	return at
}

// A matching is which rows of two snapshots are of one article. Articles are numbered
// by their rows in the later one, and then by what the earlier one alone has.
type matching struct {
	place  []int32 // the number of every row of the earlier one
	before []int32 // the row in the earlier one of every row of the later one; -1: none
	gone   []int32 // rows of the earlier one that the later one does not have
	rows   int     // numbers
}

func match(from, to *snapshot.Snapshot) matching {
	m := matching{place: make([]int32, from.Len()), before: make([]int32, to.Len()), rows: to.Len()}
	for row := range m.before {
		m.before[row] = -1
	}
	for row := range m.place {
		if now, ok := to.Row(from.ArticleID(row)); ok {
			m.place[row], m.before[now] = int32(now), int32(row)
			continue
		}
		m.place[row] = int32(m.rows)
		m.gone = append(m.gone, int32(row))
		m.rows++
	}
	return m
}

// firstLinks is the first links of every row of s, as they are mapped where there are
// ranked lists.
func firstLinks(s *snapshot.Snapshot, places int) func(row int) []rank.Link {
	links := s.Links
	if s.HasLinks() {
		links = s.LinkLists().Row
	}
	return func(row int) []rank.Link {
		list := links(row)
		return list[:min(places, len(list))]
	}
}

// article is the one of that number.
func (d *Comparison) article(number int32) Article {
	s, row := d.to, int(number)
	if row >= d.to.Len() {
		s, row = d.from, int(d.gone[row-d.to.Len()])
	}
	card := s.Card(row)
	return Article{ID: card.ID, Title: card.Title, Lang: card.Lang, Section: card.Section}
}

// orphans finds the articles that may be linked and are not any more.
func (d *Comparison) orphans(before, after []int, most int) {
	var rows []int32
	for row := range d.to.Len() {
		switch {
		case before[row] > 0 && after[row] == 0 && d.to.MayBeLinked(row):
			rows = append(rows, int32(row))
		case d.before[row] >= 0 && before[row] == 0 && after[row] > 0:
			d.OrphansEnded++
		}
	}
	d.NewOrphans = len(rows)
	slices.SortStableFunc(rows, func(a, b int32) int { return cmp.Compare(before[b], before[a]) })
	d.Orphaned = []Article{}
	for _, row := range firstOf(rows, most) {
		d.Orphaned = append(d.Orphaned, d.article(row))
	}
}

// mostLinked finds the articles that most lists link to.
func (d *Comparison) mostLinked(before, after []int, most int) {
	rows := make([]int32, 0, len(after))
	for row, n := range after {
		if n > 0 {
			rows = append(rows, int32(row))
		}
	}
	slices.SortStableFunc(rows, func(a, b int32) int { return cmp.Compare(after[b], after[a]) })
	d.MostLinked = []Target{}
	for _, row := range firstOf(rows, most) {
		d.MostLinked = append(d.MostLinked, Target{d.article(row), before[row], after[row]})
	}
}

// firstOf is the first of all, at most so many; below 0: all.
func firstOf[T any](all []T, most int) []T {
	if most < 0 {
		return all
	}
	return all[:min(most, len(all))]
}

// parts are Parts by name.
type parts map[string]*Part

func (p parts) of(name string) *Part {
	if p[name] == nil {
		name = strings.Clone(name) // of a card, which it would keep in memory
		p[name] = &Part{Name: name}
	}
	return p[name]
}

// sorted is all parts, those of most lists first.
func (p parts) sorted() []Part {
	all := make([]Part, 0, len(p))
	for _, part := range p {
		all = append(all, *part)
	}
	slices.SortFunc(all, func(a, b Part) int { return cmp.Or(cmp.Compare(b.Lists, a.Lists), cmp.Compare(a.Name, b.Name)) })
	return all
}
