package refresh

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/recommend/rank"
	"github.com/alsolike/alsolike/recommend/snapshot"
	"github.com/alsolike/alsolike/recommend/story"
)

// Ranking is how lists of links are made of candidates; see rank.Options. The zero
// value works.
type Ranking struct {
	Variety    float64
	PerAuthor  int
	PerSection int
	MaxLinksIn int

	Weights *rank.Weights // nil: those that ship

	// Apart are pairs of articles that are not near-duplicates, whatever their texts.
	Apart [][2]data.ArticleID

	// HalfLife is after what time the freshness of an article is half lost, by section;
	// of sections that are not named it is that of "". 0: they do not age.
	HalfLife map[string]time.Duration
}

// HalfLifeOf is that of a section.
func (r *Ranking) HalfLifeOf(section string) time.Duration {
	if d, ok := r.HalfLife[section]; ok {
		return d
	}
	return r.HalfLife[""]
}

func (r Ranking) withDefaults(k int) Ranking {
	if r.Weights == nil {
		w := rank.DefaultWeights()
		r.Weights = &w
	}
	r.Variety = cmp.Or(r.Variety, rank.DefaultVariety)
	r.PerAuthor = cmp.Or(r.PerAuthor, 2)
	r.PerSection = cmp.Or(r.PerSection, -1)
	r.MaxLinksIn = cmp.Or(r.MaxLinksIn, max(20, 6*min(k, rank.FirstPlaces)))
	return r
}

// longestList is how many links of an article are ranked at most: as many as anybody
// may ask for. Ranking takes time in proportion to it.
const longestList = 50

// ranking is what package rank is told.
func (o *Options) ranking() rank.Options {
	return rank.Options{
		K: min(o.K, longestList), Weights: o.Ranking.Weights, Variety: o.Ranking.Variety, PerAuthor: o.Ranking.PerAuthor, PerSection: o.Ranking.PerSection,
		MaxLinksIn: o.Ranking.MaxLinksIn, HalfLife: o.Ranking.HalfLifeOf, Workers: o.Workers,
	}
}

// config is what the configuration in a manifest says of ranking.
func (r *Ranking) config() map[string]any {
	c := map[string]any{
		"list.variety": max(0, r.Variety), "list.max_per_author": orAny(r.PerAuthor),
		"list.max_per_section": orAny(r.PerSection), "list.max_links_in": orAny(r.MaxLinksIn),
	}
	for section, d := range r.HalfLife {
		key := "freshness.half_life"
		if section != "" {
			key = "freshness.sections." + section
		}
		c[key] = d.String()
	}
	if len(r.Apart) > 0 {
		c["stories.apart"] = r.Apart
	}
	for _, kind := range rank.Kinds() {
		c["ranking.weights."+kind.String()] = math.Round(1e4*float64(r.Weights[kind])) / 1e4 // .3 is not .30000001
	}
	return c
}

// orAny is a number as a setting, of which one below 0 is no limit.
func orAny(n int) any {
	if n < 0 {
		return "any"
	}
	return n
}

// sketch is that of an article's text as it was cleaned, of which the first field is
// the title and the last the body.
func sketch(text embed.Text) story.Sketch {
	return story.NewSketch(text.Lang, text.Fields[0].Text, text.Fields[len(text.Fields)-1].Text)
}

// findStories finds the near-duplicates, and versions of one text beside them.
func (c *corpus) findStories(ctx context.Context, opts Options, s *stages) (snapshot.Stories, error) {
	s.enter("stories")
	found, err := story.Find(ctx, c.sketches, c.cards, story.Options{AsOf: s.start, Apart: opts.Ranking.Apart})
	if err != nil {
		return snapshot.Stories{}, fmt.Errorf("refresh: find near-duplicates: %w", err)
	}
	c.stories = found.Versions
	return c.countStories(), nil
}

// countStories is what the manifest says of them.
func (c *corpus) countStories() (told snapshot.Stories) {
	const most, articles = 5, 5
	size := make([]int, len(c.stories))
	for _, leader := range c.stories {
		size[leader]++
	}
	var leaders []uint32
	for row, n := range size {
		if n > 1 {
			leaders = append(leaders, uint32(row))
			told.Articles += n
			told.Largest = max(told.Largest, n)
		}
	}
	told.Clusters = len(leaders)
	slices.SortStableFunc(leaders, func(a, b uint32) int { return cmp.Compare(size[b], size[a]) })
	examples := make([][]data.ArticleID, 0, most)
	place := map[uint32]int{}
	for at, leader := range leaders[:min(most, len(leaders))] {
		examples, place[leader] = append(examples, []data.ArticleID{c.cards[leader].ID}), at
	}
	for row, leader := range c.stories {
		if at, ok := place[leader]; ok && uint32(row) != leader && len(examples[at]) < articles {
			examples[at] = append(examples[at], c.cards[row].ID)
		}
	}
	told.Examples = examples
	return told
}

// rank makes the ranked list of every row, and completes what the manifest says of it.
func (c *corpus) rank(ctx context.Context, model *lsa.Model, opts Options, s *stages, m *snapshot.Manifest) (err error) {
	if m.Stories, err = c.findStories(ctx, opts, s); err != nil {
		return err
	}
	var signals rank.Reads
	if opts.Reads != nil {
		s.enter("reads")
		read, err := opts.Reads(ctx, len(c.cards), func(id data.ArticleID) (int32, bool) {
			row := c.find(id)
			return int32(row), row >= 0
		})
		if err != nil {
			return fmt.Errorf("refresh: read what readers read: %w", err)
		}
		if read != nil {
			counts := read.Counts()
			m.Reads, signals = &counts, read
		}
	}
	s.enter("rank")
	titles, err := model.WeighAll(ctx, len(c.cards), c.title, opts.Workers)
	if err == nil {
		c.links, m.Links, err = rank.Rank(ctx, &rank.Corpus{
			Cards: c.cards, Vectors: c.vectors, Terms: c.terms, Titles: titles, Groups: c.groups, Stories: c.stories,
			Own: c.own, Reads: signals, Noise: c.drawRandom(opts.LSA.Seed), AsOf: s.start,
		}, opts.ranking())
	}
	if err != nil {
		return fmt.Errorf("refresh: rank the links: %w", err)
	}
	return nil
}

// title is the title of a row, as a text.
func (c *corpus) title(row int) embed.Text {
	card := &c.cards[row]
	text := embed.Text{Lang: string(card.Lang)}
	if onSite(*card) {
		text.Fields = []embed.Field{{Text: data.PlainText(card.Title), Weight: 1}}
	}
	return text
}
