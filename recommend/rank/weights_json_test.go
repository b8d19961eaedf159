package rank_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/recommend/rank"
)

// Weights come back from JSON as they were, to the bit.
func TestWeightsJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var w rank.Weights
		for k := range w {
			w[k] = rapid.Float32Range(-1000, 1000).Draw(t, rank.Kind(k).String())
		}
		text, err := json.Marshal(w)
		if err != nil {
			t.Fatal(err)
		}
		got := rank.DefaultWeights()
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if got != w {
			t.Fatalf("%v became %v by way of %s", w, got, text)
		}
	})
	text, err := json.Marshal(rank.DefaultWeights())
	if err != nil || !strings.HasPrefix(string(text), `{"cosine":1,"lexical":0,"title":1.3,`) {
		t.Errorf("the default weights are written as %s (%v)", text, err)
	}
	w := rank.DefaultWeights()
	w[rank.Title] = float32(math.Inf(1))
	if _, err := json.Marshal(w); err == nil || !strings.Contains(err.Error(), "title") {
		t.Errorf("of an infinite weight the error is %v, want one that names it", err)
	}
}

func TestWeightsJSONRefuses(t *testing.T) {
	for text, want := range map[string]string{
		`{"cosine":1,"lexcal":2}`: `"lexcal" to weigh; did you mean lexical?`,
		`{"zzzzzzzz":2}`:          "features are cosine, lexical",
		`{"age":null}`:            "age is null",
		`null`:                    "weights are null",
		`{"age":"old"}`:           `weight of age is "old"`,
		`{"age":1e39}`:            "1e39",
		`[1]`:                     "array",
	} {
		w := rank.DefaultWeights()
		w[rank.Age] = -7
		before := w
		err := w.UnmarshalJSON([]byte(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: the error is %v, want one that says %q", text, err, want)
		}
		if w != before {
			t.Errorf("%s: it is refused, and the weights have become %v", text, w)
		}
	}
	w := rank.DefaultWeights()
	if err := json.Unmarshal([]byte(`{"age":-2}`), &w); err != nil || w[rank.Age] != -2 || w[rank.Cosine] != 1 {
		t.Errorf("naming one weight gives %v (%v)", w, err)
	}
}

// Whatever is read as weights is finite, and is written and read as the same.
func FuzzWeightsJSON(f *testing.F) {
	f.Add(`{"cosine":1,"age":-0.5}`)
	f.Add(`{"cosine":1e-50,"cosine":-0}`)
	f.Add(`{"next_part":null}`)
	f.Add(`{"Cosine":1}`)
	f.Fuzz(func(t *testing.T, text string) {
		w := rank.DefaultWeights()
		if json.Unmarshal([]byte(text), &w) != nil {
			return
		}
		again := rank.Weights{}
		written, err := json.Marshal(w)
		if err != nil {
			t.Fatalf("%s became %v: %v", text, w, err)
		}
		if err := json.Unmarshal(written, &again); err != nil || again != w {
			t.Fatalf("%s became %v, and then %v (%v)", text, w, again, err)
		}
	})
}

// A Scorer tells ages as of the moment that it is asked for.
func TestValuesAsOf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawn(t)
		s, err := rank.NewScorer(c, rank.Options{HalfLife: func(string) time.Duration { return 24 * time.Hour }})
		if err != nil {
			t.Fatal(err)
		}
		w := rank.DefaultWeights()
		for i := range c.Cards {
			a, b := s.Article(i), s.Article(0)
			v := s.ValuesAsOf(a, b, c.AsOf)
			if got, want := w.Score(&v), s.Pair(a, b); got != want {
				t.Fatalf("as of the corpus a link scores %v, want %v", got, want)
			}
			early, late := s.ValuesAsOf(a, b, c.Cards[0].PublishedAt), s.ValuesAsOf(a, b, c.AsOf.AddDate(1, 0, 0))
			if early[rank.Age] != 0 || late[rank.Age] < v[rank.Age] {
				t.Fatalf("ages are %v, %v and %v", early[rank.Age], v[rank.Age], late[rank.Age])
			}
		}
	})
}
