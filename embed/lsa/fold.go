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
	vector, _ := m.Fold(text)
	return vector
}

// unknownTerm stands for all terms of a text that a space does not know.
const unknownTerm = noRow - 1

// Fold is FoldIn that also tells how well m knows the text.
func (m *Model) Fold(text embed.Text) (vector []float32, folded Folded) {
	vector, _, _, folded = m.FoldTerms(text)
	return vector, folded
}

// FoldTerms is Fold that also returns the text's weighted terms, as Weigh does, of which
// the vector is the projection.
func (m *Model) FoldTerms(text embed.Text) (vector []float32, index []uint32, value []float32, folded Folded) {
	vector = make([]float32, m.Rank())
	s := m.Space(text.Lang)
	if s == nil {
		all := bag{rules: m.rules}
		_, value := all.count(text, func(string) (uint32, bool) { return unknownTerm, true }, nil, nil)
		folded.Terms = sum(value)
		folded.Unknown = folded.Terms
		return vector, nil, nil, folded
	}
	index, value, folded = s.weigh(text, m.rules, nil, nil)
	length := projectOne(index, value, s.u, vector[:s.Rank()])
	folded.Energy = min(1, length*length)
	return vector, index, value, folded
}

// weigh appends the terms of text by their rows, ascending, to index and their weights,
// scaled to length 1, to value. It says how many terms there are and are unknown.
func (s *Space) weigh(text embed.Text, rules token.Rules, index []uint32, value []float32) ([]uint32, []float32, Folded) {
	lo := len(index)
	index, value = s.count(text, rules, index, value)
	folded := Folded{Terms: sum(value[lo:])}
	if last := len(index) - 1; last >= lo && index[last] == unknownTerm {
		folded.Unknown = value[last]
		index, value = index[:last], value[:last]
	}
	for e := lo; e < len(index); e++ {
		value[e] = weigh(value[e], s.weight[index[e]])
	}
	vec.Normalise(value[lo:])
	return index, value, folded
}

// count appends the terms of text by their rows, ascending, to index and their counts to
// value; those that s does not know count as unknownTerm. What a bag learns of words
// serves the texts after.
func (s *Space) count(text embed.Text, rules token.Rules, index []uint32, value []float32) ([]uint32, []float32) {
	b, _ := s.bags.Get().(*bag)
	if b == nil {
		b = &bag{rules: rules}
	}
	defer s.bags.Put(b)
	return b.count(text, func(term string) (uint32, bool) {
		if row, ok := s.terms.find(term); ok {
			return row, true
		}
		return unknownTerm, true
	}, index, value)
}

func sum(value []float32) (total float32) {
	for _, v := range value {
		total += v
	}
	return total
}
