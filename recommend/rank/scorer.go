package rank

import (
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed/vec"
	"github.com/alsolike/alsolike/recommend/knn"
)

// An Article is one end of a link, as a Scorer wants it.
type Article struct {
	Card   *data.Card
	Row    int32 // in the Corpus; -1: it is not there yet, so that nobody is known to have read it
	Vector []float32
	Terms  Column
	Title  Column

	section, series uint64 // hashes; 0: none
	tags, authors   []uint64
	near            float32
	age             float32
}

// nearest is how many neighbours tell how dense it is around an article.
const nearest = 10

// A Scorer scores single links as Rank does before it looks at lists as a whole. It
// is safe for use by several goroutines.
type Scorer struct {
	weights  Weights
	reads    Reads
	asOf     time.Time
	halfLife func(string) time.Duration
	articles []Article
}

// NewScorer makes the Scorer of a corpus. It keeps c's parts. Of o it takes Weights
// and HalfLife.
func NewScorer(c *Corpus, o Options) (*Scorer, error) {
	o = o.withDefaults()
	if err := o.validate(); err != nil {
		return nil, err
	}
	if err := c.validate(); err != nil {
		return nil, err
	}
	return newScorer(c, o), nil
}

func newScorer(c *Corpus, o Options) *Scorer {
	s := &Scorer{weights: *o.Weights, reads: c.Reads, asOf: c.AsOf, halfLife: o.HalfLife, articles: make([]Article, len(c.Cards))}
	for i := range s.articles {
		a := &s.articles[i]
		*a = s.NewArticle(&c.Cards[i], c.Vectors.Row(i), column(c.Terms, i), column(c.Titles, i), c.Own.Row(i))
		a.Row = int32(i)
	}
	return s
}

// NewArticle is an article that is not in the corpus: its card, its vector, the
// weighted terms of its text and title, and its neighbours in the corpus, best first.
func (s *Scorer) NewArticle(card *data.Card, vector []float32, terms, title Column, near []knn.Neighbour) Article {
	a := Article{
		Card: card, Row: -1, Vector: vector, Terms: terms, Title: title,
		section: hash(card.Section), series: hash(card.Series), tags: hashes(card.Tags), authors: hashes(card.Authors),
	}
	near = near[:min(nearest, len(near))]
	for _, n := range near {
		a.near += n.Cosine
	}
	a.near /= float32(max(1, len(near)))
	a.age = s.ageOf(card, s.asOf)
	return a
}

// ageOf is the Age of an article at a moment.
func (s *Scorer) ageOf(card *data.Card, at time.Time) float32 {
	if s.halfLife == nil || card.Evergreen || card.PublishedAt.IsZero() {
		return 0
	}
	return ageing(at.Sub(card.PublishedAt).Hours()/24, s.halfLife(card.Section).Hours()/24)
}

// Article is that of a row of the corpus. It must not be changed.
func (s *Scorer) Article(row int) *Article { return &s.articles[row] }

// Pair is the ranking score of a link from a to b: the weighted sum of Features. It
// may be below 0, and then there should be no link.
func (s *Scorer) Pair(a, b *Article) float32 {
	v := s.values(a, b)
	return s.weights.score(&v)
}

// Features is the features of a link from a to b that are not 0, with what they
// contribute to its score.
func (s *Scorer) Features(a, b *Article) (features []Feature) {
	for k, v := range s.values(a, b) {
		if v != 0 {
			features = append(features, Feature{Kind(k), v, float32(s.weights[k] * v)})
		}
	}
	return features
}

func (s *Scorer) values(a, b *Article) Values {
	return s.complete(a, b, knn.Cosine(a.Vector, b.Vector), dot(a.Terms, b.Terms), dot(a.Title, b.Title))
}

// complete adds the features that are cheap to those that are not.
func (s *Scorer) complete(a, b *Article, cosine, lexical, title float32) (v Values) {
	v[Cosine], v[Lexical], v[Title] = cosine, lexical, float32(title*max(0, cosine))
	v[Section] = flag(a.section != 0 && a.section == b.section)
	if len(a.tags) > 0 {
		v[Tags] = overlap(a.tags, b.tags)
	}
	v[Author] = flag(common(a.authors, b.authors) > 0)
	if a.series != 0 && a.series == b.series {
		v[Series] = 1
		v[NextPart] = flag(a.Card.Part > 0 && b.Card.Part == a.Card.Part+1)
	}
	if s.reads != nil && a.Row >= 0 && b.Row >= 0 {
		read := s.reads.Features(a.Row, b.Row)
		v[NextRead], v[CoRead], v[Popularity] = read.Next, read.CoRead, read.Popular
	}
	v[Age], v[Hubness] = b.age, b.near
	return v
}

func flag(yes bool) float32 {
	if yes {
		return 1
	}
	return 0
}

// hash numbers a name; 0: it is empty. Spaces around it do not count.
func hash(name string) uint64 {
	name = strings.TrimSpace(name)
	if name == "" {
		return 0
	}
	h := fnv.New64a()
	h.Write([]byte(name))
	return max(1, h.Sum64())
}

func hashes(names data.TagList) (all []uint64) {
	for name := range names.All() {
		if h := hash(name); h != 0 {
			all = append(all, h)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// cosineOf is knn.Cosine of two rows.
func (s *Scorer) cosineOf(a, b int32) float32 {
	return max(-1, min(vec.Dot(s.articles[a].Vector, s.articles[b].Vector), 1))
}
