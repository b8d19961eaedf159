package refresh

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/crosslang"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// A crossSpace is the space common to all languages of the site.
type crossSpace struct {
	vectors embed.Dense // of every card, zero where the article is not on the site
}

// noTranslatedText is why there is no space where only the texts of the articles
// that are translated could tell.
const noTranslatedText = "too few of the articles that are translated hold text to learn from"

// whyNoCross says in words why languages cannot be compared; "" if enough articles
// name their translations.
func (c *corpus) whyNoCross() string {
	bridges := c.bridges()
	switch {
	case len(c.rowsByLanguage()) < 2:
		return "all articles are in one language"
	case bridges < crosslang.MinGroups:
		return tooFew(bridges)
	}
	return ""
}

// fitCross learns the cross-language space from the site's translation groups,
// or notes why there is none.
func (f *fitted) fitCross(ctx context.Context, articles iter.Seq2[data.Article, error], opts Options) error {
	if f.noCross = f.whyNoCross(); f.noCross != "" {
		return nil
	}
	model, vectors, err := crosslang.Fit(ctx, f.docs(articles, opts.Workers), crosslang.Options{
		Seed: opts.LSA.Seed, Rules: opts.LSA.Rules, Workers: opts.Workers,
		Progress: func(stage string, done, total int64) { opts.Progress("cross "+stage, done, total) },
	})
	switch {
	case errors.Is(err, crosslang.ErrTooFew):
		f.noCross = noTranslatedText
		return nil
	case err != nil:
		return err
	}
	f.cross, f.crossModel = &crossSpace{f.spreadRows(vectors, f.rowsOnSite())}, model
	return nil
}

// rowsOnSite are the rows of the articles on the site.
func (c *corpus) rowsOnSite() []int32 {
	var rows []int32
	for row := range c.cards {
		if onSite(c.cards[row]) {
			rows = append(rows, int32(row))
		}
	}
	return rows
}

func tooFew(bridges int) string {
	if bridges == 0 {
		return fmt.Sprintf("no article is named as the translation of one in another language (translation_of), and %d are needed", crosslang.MinGroups)
	}
	return fmt.Sprintf("%d articles are named as translated into another language (translation_of), and %d are needed", bridges, crosslang.MinGroups)
}

// docs yields the text of every article on the site with its group.
func (f *fitted) docs(articles iter.Seq2[data.Article, error], workers int) iter.Seq2[crosslang.Doc, error] {
	return func(yield func(crosslang.Doc, error) bool) {
		known := f.knownGroups()
		row := -1
		for text, err := range inOrder(articles, workers, func(a *data.Article) embed.Text {
			if !onSite(a.Card()) {
				return embed.Text{}
			}
			text, _ := recommend.CleanText(a, f.boilerplate)
			return text
		}) {
			if err != nil {
				yield(crosslang.Doc{}, err)
				return
			}
			if row++; !onSite(f.cards[row]) {
				continue
			}
			if !yield(crosslang.Doc{Group: known[row], Text: text}, nil) {
				return
			}
		}
	}
}

// numberGroups numbers the translation group of every row.
func (c *corpus) numberGroups() {
	number := map[data.ArticleID]uint32{}
	c.groups = make([]uint32, len(c.cards))
	for row := range c.cards {
		id := c.cards[row].Group
		if _, ok := number[id]; !ok {
			number[id] = uint32(len(number))
		}
		c.groups[row] = number[id]
	}
	c.groupCount = len(number)
}

// members counts the articles on the site of every group.
func (c *corpus) members() []int {
	members := make([]int, c.groupCount)
	for row, g := range c.groups {
		if onSite(c.cards[row]) {
			members[g]++
		}
	}
	return members
}

// knownGroups is the number of every row's group, and -1 where no other article
// on the site is in it.
func (c *corpus) knownGroups() []int {
	members := c.members()
	known := make([]int, len(c.groups))
	for row, g := range c.groups {
		known[row] = -1
		if members[g] > 1 {
			known[row] = int(g)
		}
	}
	return known
}

// classes are the groups as knn wants them: nil where no article is translated.
func (c *corpus) classes() []uint32 {
	if c.groupCount == len(c.cards) {
		return nil
	}
	return c.groups
}

// A version is a translation group in one of its languages.
type version struct{ group, language uint32 }

// versions are those that are on the site, by the numbers of groups and languages.
func (c *corpus) versions() map[version]bool {
	there := map[version]bool{}
	for row, language := range c.languages() {
		if onSite(c.cards[row]) {
			there[version{c.groups[row], language}] = true
		}
	}
	return there
}

// bridges counts the groups with articles on the site in two languages.
func (c *corpus) bridges() int {
	languages := make([]int, c.groupCount)
	for v := range c.versions() {
		languages[v.group]++
	}
	bridges := 0
	for _, n := range languages {
		if n > 1 {
			bridges++
		}
	}
	return bridges
}

// mostListed bounds how many pairs of likely translations, and how many chained
// articles, the manifest lists.
const mostListed = 100

// translations is what the manifest says of the translation groups.
func (c *corpus) translations(ctx context.Context, opts Options) (snapshot.Translations, error) {
	likely, err := c.likely(ctx, opts)
	if err != nil {
		return snapshot.Translations{}, fmt.Errorf("refresh: look for translations: %w", err)
	}
	t := c.countTranslations()
	t.LikelyTotal = len(likely)
	for _, p := range likely[:min(len(likely), mostListed)] {
		t.Likely = append(t.Likely, snapshot.Likely{A: c.cards[p.A].ID, B: c.cards[p.B].ID, Cosine: p.Cosine})
	}
	return t, nil
}

// countTranslations is that but for the likely pairs.
func (c *corpus) countTranslations() snapshot.Translations {
	t := snapshot.Translations{Languages: map[data.Lang]int{}, Alone: map[data.Lang]int{}, NoCross: c.noCross, Likely: []snapshot.Likely{}}
	chained := c.chained()
	t.Chained, t.ChainedTotal = chained[:min(len(chained), mostListed)], len(chained)
	members := c.members()
	for _, n := range members {
		if n > 1 {
			t.Groups++
			t.Articles += n
		}
	}
	for row, g := range c.groups {
		switch lang := c.cards[row].Lang; {
		case !onSite(c.cards[row]):
		case members[g] > 1:
			t.Languages[lang]++
		default:
			t.Alone[lang]++
		}
	}
	return t
}

// find is the row of an article, or -1.
func (c *corpus) find(id data.ArticleID) int {
	row, ok := slices.BinarySearchFunc(c.cards, id, func(card data.Card, id data.ArticleID) int { return cmp.Compare(card.ID, id) })
	if !ok {
		return -1
	}
	return row
}

// chained are the articles on the site that name as their original one that is
// the translation of another.
func (c *corpus) chained() []data.ArticleID {
	var ids []data.ArticleID
	for row := range c.cards {
		card := &c.cards[row]
		if card.Group == card.ID || !onSite(*card) {
			continue
		}
		if original := c.find(card.Group); original >= 0 && c.cards[original].Group != card.Group {
			ids = append(ids, card.ID)
		}
	}
	return ids
}

// likely finds the pairs of articles that look like translations of one another
// and do not say so, the likeliest first: of one language in different scripts
// or regions by its own neighbours, of different languages in the cross-language
// space. Of pairs that would join the same groups only the likeliest stays.
func (c *corpus) likely(ctx context.Context, opts Options) ([]crosslang.Pair, error) {
	pairs := c.likelyVariants()
	if c.cross != nil {
		tags := make([]string, len(c.cards))
		for row := range c.cards {
			tags[row] = string(c.cards[row].Lang)
		}
		across, err := crosslang.Likely(ctx, c.cross.vectors, c.knownGroups(), tags, opts.Workers)
		if err != nil {
			return nil, err
		}
		for _, p := range across {
			if !c.cards[p.A].SameLanguage(&c.cards[p.B]) {
				pairs = append(pairs, p)
			}
		}
	}
	slices.SortFunc(pairs, func(a, b crosslang.Pair) int {
		return cmp.Or(cmp.Compare(b.Cosine, a.Cosine), cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B))
	})
	return c.joining(pairs), nil
}

// variantCosine is the least cosine of two articles in one language, but in
// different scripts or regions, that are taken for one text.
const variantCosine = 0.7

// likelyVariants finds the articles that are nearest to one another of all in
// their language, yet in different scripts or regions, where the group of
// neither has a version in the other's.
func (c *corpus) likelyVariants() []crosslang.Pair {
	type variant struct {
		group uint32
		tag   data.Lang
	}
	there := map[variant]bool{}
	for row, g := range c.groups {
		if onSite(c.cards[row]) {
			there[variant{g, c.cards[row].Lang}] = true
		}
	}
	nearest := func(row int) (knn.Neighbour, bool) {
		list := c.own.Row(row)
		if len(list) == 0 {
			return knn.Neighbour{}, false
		}
		return list[0], !there[variant{c.groups[row], c.cards[list[0].Row].Lang}]
	}
	var pairs []crosslang.Pair
	for row := range c.cards {
		near, missing := nearest(row)
		if !missing || int(near.Row) < row || near.Cosine < variantCosine {
			continue
		}
		if back, missing := nearest(int(near.Row)); missing && int(back.Row) == row {
			pairs = append(pairs, crosslang.Pair{A: row, B: int(near.Row), Cosine: near.Cosine})
		}
	}
	return pairs
}

// joining keeps of pairs, best first, those that join two groups which the pairs
// before have not joined.
func (c *corpus) joining(pairs []crosslang.Pair) []crosslang.Pair {
	joined := map[uint32]uint32{} // from a group to another of those it is joined with
	root := func(group uint32) uint32 {
		for {
			next, ok := joined[group]
			if !ok {
				return group
			}
			group = next
		}
	}
	return slices.DeleteFunc(pairs, func(p crosslang.Pair) bool {
		a, b := root(c.groups[p.A]), root(c.groups[p.B])
		if a != b {
			joined[a] = b
		}
		return a == b
	})
}
