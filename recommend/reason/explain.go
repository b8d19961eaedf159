package reason

import (
	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/embed/token"
)

// An Explanation is what the texts of two articles say of why one is near the other.
type Explanation struct {
	Contributions []Contribution // greatest first
	Cosine        float32        // of the articles' vectors: the sum of the shares
	Lexical       float32        // of their terms: the sum of the lexical shares

	// Terms are what both articles are about, as the first of them spells it, most
	// telling first; at most three.
	Terms []string
	// Concepts are a term of either article that the other does not hold, as that
	// article spells it, where these carry the cosine and not what both hold; else empty.
	Concepts [2]string

	// A and B are the sentence of either article that carries the most of the cosine;
	// without text in the article where there are no texts, or none with a term.
	A, B Sentence
}

// leastCommon is the share of the cosine that terms in both articles must have for
// them to be the reason for it.
const leastCommon = 0.25

// An Explainer explains links between articles whose terms are of one space. It
// remembers what words become, so that one should serve all links of a list; it is not
// for long use, as it forgets none, and not for concurrent use.
type Explainer struct {
	space   *lsa.Space
	rules   token.Rules
	ids     map[string]uint32 // of terms, as they come
	readers map[data.Lang]*reader
}

// NewExplainer returns an Explainer for the space, whose texts were cut by rules.
func NewExplainer(space *lsa.Space, rules token.Rules) *Explainer {
	return &Explainer{space, rules, make(map[string]uint32), make(map[data.Lang]*reader)}
}

// Explain tells why b is near a, which is the article that shows the link. It reads no
// more than the first MaxTextBytes of each text. Without texts there are Contributions
// alone. Errors are those of Contributions.
func (e *Explainer) Explain(a, b Side) (Explanation, error) {
	list, err := Contributions(e.space, a, b)
	if err != nil {
		return Explanation{}, err
	}
	told := Explanation{Contributions: list}
	var cosine, lexical, positive, common float64
	for i := range list {
		c := &list[i]
		cosine, lexical = cosine+float64(c.Share), lexical+float64(c.Lexical)
		if c.Share > 0 {
			positive += float64(c.Share)
			if c.Shared() {
				common += float64(c.Share)
			}
		}
	}
	told.Cosine, told.Lexical = float32(cosine), float32(lexical)
	if a.Article == nil || b.Article == nil || len(list) == 0 {
		return told, nil
	}
	l := e.lexicon(list)
	from, to := e.reader(a.Article.Lang).read(a.Article, l), e.reader(b.Article.Lang).read(b.Article, l)
	if common >= leastCommon*positive {
		told.Terms = l.subjects(from, to)
	} else if ca, cb := l.concept(from, true), l.concept(to, false); ca != "" && cb != "" {
		told.Concepts = [2]string{ca, cb}
	}
	told.A, told.B = l.best(from), l.best(to)
	l.spell(from, to)
	return told, nil
}
