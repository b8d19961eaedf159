package lsa_test

import (
	"math"
	"slices"
	"testing"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/embed/vec"
)

// Fold tells how much of a text its model knows.
func TestFold(t *testing.T) {
	text := func(lang, title, body string) embed.Text {
		return embed.Text{Lang: lang, Fields: []embed.Field{{Text: title, Weight: 3}, {Text: body}}}
	}
	texts := []embed.Text{
		text("en", "cranes", "harbour cranes lift containers"), text("en", "cranes", "harbour cranes unload ships"),
		text("en", "rents", "tenants pay rents"), text("en", "rents", "tenants protest rents"),
	}
	model, vectors, err := lsa.Fit(t.Context(), func(yield func(embed.Text, error) bool) {
		for _, one := range texts {
			if !yield(one, nil) {
				return
			}
		}
	}, lsa.Options{Rank: 2, MaxDocFreq: 1})
	if err != nil {
		t.Fatal(err)
	}
	for i, one := range texts {
		vector, folded := model.Fold(one)
		if !slices.Equal(vector, vectors.Row(i)) || !slices.Equal(vector, model.FoldIn(one)) {
			t.Errorf("text %d: %v, fitted %v", i, vector, vectors.Row(i))
		}
		if !(folded.Energy > 0 && folded.Energy <= 1) {
			t.Errorf("text %d: energy %v", i, folded.Energy)
		}
	}
	check := func(name string, one embed.Text, terms, unknown, energy float32) {
		t.Helper()
		vector, got := model.Fold(one)
		if got.Terms != terms || got.Unknown != unknown || math.Abs(float64(got.Energy-energy)) > 1e-3 {
			t.Errorf("%s: %+v, want %v terms, %v of them unknown, and energy %v", name, got, terms, unknown, energy)
		}
		if (energy > 0) != (vec.Norm(vector) > 0) {
			t.Errorf("%s: vector %v", name, vector)
		}
	}
	check("all known", text("en", "", "cranes"), 1, 0, float32(energyOf(model, "crane")))
	check("an unknown word in the title", text("en", "volcano", "cranes"), 4, 3, float32(energyOf(model, "crane")))
	check("nothing known", text("en", "", "volcano lava"), 2, 2, 0)
	check("another language", text("de", "", "Hafen"), 1, 1, 0)
	check("nothing", text("en", "", ""), 0, 0, 0)
}

// energyOf is the energy of a text of one term: the squared length of its row of U.
func energyOf(model *lsa.Model, term string) float64 {
	s := model.Space("en")
	for row := range s.Terms() {
		if s.Term(row) == term {
			return float64(vec.Dot(s.U().Row(row), s.U().Row(row)))
		}
	}
	return 0
}
