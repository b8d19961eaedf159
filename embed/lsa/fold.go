package lsa

import (
	"runtime"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/token"
	"github.com/alsolike/alsolike/embed/vec"
)

// Folded is how well a model knows a text that is folded in.
type Folded struct {
	Terms   float32 // the text's terms, each counted by the weight of its field
	Unknown float32 // of these, those that are not in the vocabulary: all of a text in an unknown language
	Energy  float32 // squared length of the projection of the text's unit column: the share of its known terms that the space holds, 0 to 1
}

// Kernel names the arithmetic of this process, as Model.Kernel does of a model that
// it fits.
func Kernel() string { return vec.Kernel() + "/" + runtime.GOARCH }

// FoldIn returns the vector of a text, of length 1, without refitting; or the zero
// vector, as Fit does, and of a text in a language that m does not know. For a text
// that m was fitted to it is the vector that Fit returned.
func (m *Model) FoldIn(text embed.Text) []float32 {
	vector, _ := m.fold(text)
	return vector
}

// Fold is FoldIn that also tells how well m knows the text.
func (m *Model) Fold(text embed.Text) (vector []float32, folded Folded) {
	vector, folded.Energy = m.fold(text)
	s := m.Space(text.Lang)
	tokeniser := token.For(text.Lang, m.rules)
	for _, field := range text.Fields {
		weight := field.Weight
		if weight == 0 {
			weight = 1
		}
		if !isPositive(weight) {
			continue
		}
		tokeniser.ForEachIn(field.Text, func(term string) {
			folded.Terms += weight
			if s != nil {
				if _, known := s.terms.find(term); known {
					return
				}
			}
			folded.Unknown += weight
		})
	}
	return vector, folded
}

func (m *Model) fold(text embed.Text) (vector []float32, energy float32) {
	vector = make([]float32, m.Rank())
	s := m.Space(text.Lang)
	if s == nil {
		return vector, 0
	}
	scratch := bag{rules: m.rules}
	index, value := scratch.count(text, s.terms.find, nil, nil)
	for e, i := range index {
		value[e] = weigh(value[e], s.weight[i])
	}
	vec.Normalise(value)
	length := projectOne(index, value, s.u, vector[:s.Rank()])
	return vector, min(1, length*length)
}
