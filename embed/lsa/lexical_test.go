package lsa

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/token"
	"github.com/alsolike/alsolike/embed/vec"
)

// inLanguages is a corpus of texts in up to three languages, some without a term.
func inLanguages(t *rapid.T) []embed.Text {
	langs := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"en", "de-AT", "zh-Hant", ""}), 1, 3, rapid.ID).Draw(t, "languages")
	texts := zipf(rapid.IntRange(1, 60).Draw(t, "texts"), 12, rapid.Uint64().Draw(t, "seed"))
	for i := range texts {
		texts[i].Lang = rapid.SampledFrom(langs).Draw(t, "language")
		if rapid.IntRange(0, 9).Draw(t, "empty") == 0 {
			texts[i].Fields = nil
		}
	}
	texts[0].Fields = []embed.Field{{Text: "harbour"}} // so that there is a term
	return texts
}

// FitTerms gives what Fit does, and the terms that it made the vectors of.
func TestFitTerms(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		texts := inLanguages(rt)
		opts := Options{Rank: 4, Workers: rapid.IntRange(1, 3).Draw(rt, "workers")}
		model, vectors, err := Fit(t.Context(), eachText(texts), opts)
		if err != nil {
			rt.Fatal(err)
		}
		same, sameVectors, terms, err := FitTerms(t.Context(), eachText(texts), opts)
		if err != nil {
			rt.Fatal(err)
		}
		if same.ID() != model.ID() || !cmp.Equal(vectors, sameVectors) {
			rt.Fatal("another model or other vectors than those of Fit")
		}
		if terms.Cols != len(texts) {
			rt.Fatalf("terms of %d texts, want %d", terms.Cols, len(texts))
		}
		for i, text := range texts {
			index, value := terms.Col(i)
			if length := vec.Norm(value); math.Abs(float64(length)-1) > 1e-5 && length != 0 {
				rt.Fatalf("text %d: length %v", i, length)
			}
			vector, foldedIndex, foldedValue, folded := model.FoldTerms(text)
			again, foldedAgain := model.Fold(text)
			if !slices.Equal(index, foldedIndex) || !slices.Equal(value, foldedValue) || !slices.Equal(vector, again) || folded != foldedAgain {
				rt.Fatalf("text %d: folded in, terms %v of weights %v, fitted %v of %v", i, foldedIndex, foldedValue, index, value)
			}
			if weighed, weight := model.Weigh(text); !slices.Equal(index, weighed) || !slices.Equal(value, weight) {
				rt.Fatalf("text %d: weighed, terms %v of weights %v, fitted %v of %v", i, weighed, weight, index, value)
			}
			space := model.Space(text.Lang)
			projected := make([]float32, vectors.Dim)
			if len(index) > 0 {
				projectOne(index, value, space.U(), projected[:space.Rank()])
			}
			if !slices.Equal(projected, vectors.Row(i)) {
				rt.Fatalf("text %d: its terms are projected to %v, its vector is %v", i, projected, vectors.Row(i))
			}
			for _, term := range index { // as a number of its language
				if int(term) >= terms.Rows || !slices.Contains(termsOf(text), space.Term(int(term))) {
					rt.Fatalf("text %d: has the term %d", i, term)
				}
			}
		}
		all, err := model.WeighAll(t.Context(), len(texts), func(i int) embed.Text { return texts[i] }, opts.Workers)
		if diff := cmp.Diff(terms, all); diff != "" || err != nil {
			rt.Fatalf("weighed all at once: %v (-fitted +weighed)\n%s", err, diff)
		}
	})
}

// termsOf is the terms of a text.
func termsOf(text embed.Text) (terms []string) {
	for _, field := range text.Fields {
		token.For(text.Lang, token.Rules{}).ForEachIn(field.Text, func(term string) { terms = append(terms, strings.Clone(term)) })
	}
	return terms
}

func TestWeighUnknown(t *testing.T) {
	model, _, err := Fit(t.Context(), plain("harbour crane", "harbour ship", "wheat field", "wheat rain"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]embed.Text{
		"nothing": {}, "no known term": {Fields: []embed.Field{{Text: "volcano"}}}, "another language": {Lang: "de", Fields: []embed.Field{{Text: "harbour"}}},
	} {
		if index, value := model.Weigh(text); len(index)+len(value) > 0 {
			t.Errorf("%s: terms %v with weights %v, want none", name, index, value)
		}
	}
	short := embed.Text{Fields: []embed.Field{{Text: "volcano harbour"}}}
	if index, value := model.Weigh(short); len(index) != 1 || model.Space("").Term(int(index[0])) != "harbour" || value[0] != 1 {
		t.Errorf("one term of two is known: terms %v with weights %v", index, value)
	}
	if none, err := model.WeighAll(t.Context(), 0, nil, 1); err != nil || none.Cols != 0 || len(none.Ptr) != 1 {
		t.Errorf("no text: %v, %v", none, err)
	}
}

func TestWeighAllStops(t *testing.T) {
	model, _, err := Fit(t.Context(), plain("harbour", "harbour"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := model.WeighAll(ctx, 1, func(int) embed.Text { return embed.Text{} }, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want %v", err, context.Canceled)
	}
}

func TestFitTermsFails(t *testing.T) {
	if _, _, _, err := FitTerms(t.Context(), plain("", "…"), Options{}); !errors.Is(err, ErrEmptyCorpus) {
		t.Errorf("got error %v, want %v", err, ErrEmptyCorpus)
	}
}
