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
	model   *crosslang.Model
	vectors embed.Dense // of every card, zero where the article is not on the site
}

// fitCross learns the cross-language space from the site's translation groups,
// or notes why there is none.
func (c *corpus) fitCross(ctx context.Context, articles iter.Seq2[data.Article, error], opts Options) error {
	languages := map[data.Lang]bool{}
	for row := range c.cards {
		if onSite(c.cards[row]) {
			languages[c.cards[row].Lang.Base()] = true
		}
	}
	bridges := c.bridges()
	switch {
	case len(languages) < 2:
		c.noCross = "all articles are in one language"
		return nil
	case bridges < crosslang.MinGroups:
		c.noCross = tooFew(bridges)
		return nil
	}
	model, vectors, err := crosslang.Fit(ctx, c.docs(articles), crosslang.Options{
		Seed: opts.LSA.Seed, Rules: opts.LSA.Rules, Workers: opts.Workers,
		Progress: func(stage string, done, total int64) { opts.Progress("cross "+stage, done, total) },
	})
	switch {
	case errors.Is(err, crosslang.ErrTooFew):
		c.noCross = "too few of the articles that are translated hold text to learn from"
		return nil
	case err != nil:
		return err
	}
	c.cross = &crossSpace{model, c.spread(vectors)}
	return nil
}

func tooFew(bridges int) string {
	if bridges == 0 {
		return fmt.Sprintf("no article is named as the translation of one in another language (translation_of), and %d are needed", crosslang.MinGroups)
	}
	return fmt.Sprintf("%d articles are named as translated into another language (translation_of), and %d are needed", bridges, crosslang.MinGroups)
}

// docs yields the text of every article on the site with its group.
func (c *corpus) docs(articles iter.Seq2[data.Article, error]) iter.Seq2[crosslang.Doc, error] {
	return func(yield func(crosslang.Doc, error) bool) {
		known := c.knownGroups()
		row := -1
		for a, err := range articles {
			if err != nil {
				yield(crosslang.Doc{}, err)
				return
			}
			if row++; !onSite(c.cards[row]) {
				continue
			}
			text, _ := recommend.CleanText(&a, c.boilerplate)
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

// A version is a translation group in one of its languages, whatever is meant
// by a language where it is used.
type version struct{ group, lang uint32 }

// versions are those that are on the site, where lang numbers every row's language.
func (c *corpus) versions(lang []uint32) map[version]bool {
	there := map[version]bool{}
	for row, g := range c.groups {
		if onSite(c.cards[row]) {
			there[version{g, lang[row]}] = true
		}
	}
	return there
}

// bridges counts the groups with articles on the site in two languages.
func (c *corpus) bridges() int {
	languages := make([]int, c.groupCount)
	for v := range c.versions(c.languages()) {
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

// crossNeighbours finds the candidates of every article in other languages:
// never of a group that is on the site in the article's own language.
func crossNeighbours(ctx context.Context, c *corpus, opts Options) (knn.Lists, error) {
	languages := c.languages()
	there := c.versions(languages)
	lists, err := knn.All(ctx, c.cross.vectors, knn.Options{
		K: max(1, opts.K/2), Group: languages, Class: c.groups, Eligible: c.eligible(), Rank: c.tieRanks(), Workers: opts.Workers,
		Match: func(lang uint32, to int) bool {
			return languages[to] != lang && !there[version{c.groups[to], lang}]
		},
		Progress: func(done, total int64) { opts.Progress("cross neighbours", done, total) },
	})
	if err != nil {
		return knn.Lists{}, fmt.Errorf("refresh: find neighbours in other languages: %w", err)
	}
	return lists, nil
}

// mostLikely bounds how many pairs of likely translations the manifest lists.
const mostLikely = 100

// translations is what the manifest says of the translation groups.
func (c *corpus) translations(ctx context.Context, opts Options) (snapshot.Translations, error) {
	likely, err := c.likely(ctx, opts)
	if err != nil {
		return snapshot.Translations{}, fmt.Errorf("refresh: look for translations: %w", err)
	}
	t := snapshot.Translations{
		Languages: map[data.Lang]int{}, Alone: map[data.Lang]int{}, NoCross: c.noCross,
		LikelyTotal: len(likely), Likely: likely[:min(len(likely), mostLikely)],
	}
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
	return t, nil
}

// likely finds the pairs of articles that look like translations of one another
// and do not say so, the likeliest first: of different languages in the
// cross-language space, and of one language in different scripts or regions in
// that language's own.
func (c *corpus) likely(ctx context.Context, opts Options) ([]snapshot.Likely, error) {
	likely, err := c.likelyVariants(ctx, opts)
	if err != nil {
		return nil, err
	}
	if c.cross != nil {
		languages := make([]string, len(c.cards))
		for row := range c.cards {
			languages[row] = string(c.cards[row].Lang.Base())
		}
		pairs, err := crosslang.Likely(ctx, c.cross.vectors, c.knownGroups(), languages, opts.Workers)
		if err != nil {
			return nil, err
		}
		for _, p := range pairs {
			likely = append(likely, c.pair(p.A, p.B, p.Cosine))
		}
	}
	slices.SortFunc(likely, func(a, b snapshot.Likely) int {
		return cmp.Or(cmp.Compare(b.Cosine, a.Cosine), cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B))
	})
	return likely, nil
}

func (c *corpus) pair(a, b int, cosine float32) snapshot.Likely {
	return snapshot.Likely{A: c.cards[a].ID, B: c.cards[b].ID, Cosine: cosine}
}

// variantCosine is the cosine from which on two articles in one language, but
// in different scripts or regions, are taken for one text. See Decisions.
const variantCosine = 0.9

// likelyVariants finds the articles that are nearest to one another of all in
// the same language but in another script or region, near enough to be one
// text, where neither has a version in the other's.
func (c *corpus) likelyVariants(ctx context.Context, opts Options) ([]snapshot.Likely, error) {
	tags := c.numbers(func(l data.Lang) data.Lang { return l })
	base := map[uint32]data.Lang{}
	onlyTag := map[data.Lang]uint32{}
	several := false
	for row := range c.cards {
		b := c.cards[row].Lang.Base()
		base[tags[row]] = b
		if tag, ok := onlyTag[b]; ok && tag != tags[row] {
			several = true
		}
		onlyTag[b] = tags[row]
	}
	likely := []snapshot.Likely{}
	if !several {
		return likely, nil
	}
	there := c.versions(tags)
	lists, err := knn.All(ctx, c.vectors, knn.Options{
		K: len(base), Group: tags, Class: tags, Rank: c.tieRanks(), Workers: opts.Workers, // the nearest one of each tag
		Match: func(tag uint32, to int) bool {
			return tags[to] != tag && base[tags[to]] == base[tag] && !there[version{c.groups[to], tag}]
		},
	})
	if err != nil {
		return nil, err
	}
	for row := range c.cards {
		for _, n := range lists.Row(row) {
			other := int(n.Row)
			mutual := slices.ContainsFunc(lists.Row(other), func(n knn.Neighbour) bool { return int(n.Row) == row })
			if row < other && n.Cosine >= variantCosine && mutual {
				likely = append(likely, c.pair(row, other, n.Cosine))
			}
		}
	}
	return likely, nil
}
