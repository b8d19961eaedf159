package rank

import "time"

// Score is the ranking score of a link with these features: their weighted sum, the
// same on every machine.
func (w *Weights) Score(v *Values) float32 { return w.score(v) }

// ValuesAsOf is the features of a link from a to b at a moment: those of Pair, but for
// the age of b, which is of then.
func (s *Scorer) ValuesAsOf(a, b *Article, at time.Time) Values {
	v := s.values(a, b)
	v[Age] = s.ageOf(b.Card, at)
	return v
}
