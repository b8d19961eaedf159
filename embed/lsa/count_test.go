package lsa

import (
	"iter"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/token"
	"pgregory.net/rapid"
)

func words(v vocabulary) []string {
	var terms []string
	for i := range v.len() {
		terms = append(terms, v.term(i))
	}
	return terms
}

// counting is the vocabulary and the counts of texts of one language.
func counting(t *testing.T, texts iter.Seq2[embed.Text, error], opts Options) (vocabulary, *embed.Sparse) {
	t.Helper()
	corpora, _, err := count(t.Context(), texts, opts.withDefaults())
	if err != nil {
		t.Fatal(err)
	}
	if len(corpora) != 1 {
		t.Fatalf("got %d languages, want 1", len(corpora))
	}
	made := corpora[0].assemble(opts.withDefaults())
	return made.terms, made.matrix
}

func TestCountBounds(t *testing.T) {
	check := func(name string, opts Options, bodies []string, want ...string) {
		t.Helper()
		terms, counts := counting(t, plain(bodies...), opts)
		if got := words(terms); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
		if counts.Rows != len(want) || counts.Cols != len(bodies) {
			t.Errorf("%s: got %d×%d counts, want %d×%d", name, counts.Rows, counts.Cols, len(want), len(bodies))
		}
	}
	six := []string{"the port a", "the port b", "the farm c", "the farm d", "the sea port", "e"}
	check("rare and common", Options{}, six, "farm", "port")
	check("lower bound", Options{MinDocFreq: 1}, six, "a", "b", "c", "d", "e", "farm", "port", "sea")
	check("upper bound", Options{MaxDocFreq: 0.9}, six, "farm", "port", "the")
	check("upper bound below two texts", Options{MaxDocFreq: 0.01}, six, "farm")
	check("two texts", Options{}, []string{"port sea", "port farm"}, "port")
	check("one text", Options{}, []string{"port sea port"}, "port", "sea")
	check("nothing within", Options{}, []string{"a", "b", "c"}, "a", "b", "c")
	check("all equal", Options{}, []string{"port sea", "port sea", "port sea", "port sea"}, "port", "sea")
}

func TestCountWeighsFields(t *testing.T) {
	_, counts := counting(t, eachText([]embed.Text{{Fields: []embed.Field{
		{Text: "port sea", Weight: 3},
		{Text: "port farm port"}, // no weight is a weight of 1
		{Text: "sea", Weight: 0.5},
		{Text: "farm", Weight: float32(math.Inf(1))},
		{Text: "farm", Weight: float32(math.NaN())},
		{Text: "farm", Weight: -2},
	}}}), Options{})
	if want := []float32{1, 5, 3.5}; !slices.Equal(counts.Value, want) { // farm, port, sea
		t.Errorf("counts: got %v, want %v", counts.Value, want)
	}
}

func TestCountOfHugeWeightsStaysFinite(t *testing.T) {
	_, vectors, err := Fit(t.Context(), eachText([]embed.Text{
		{Fields: []embed.Field{{Text: "port port sea", Weight: math.MaxFloat32}}},
		{Fields: []embed.Field{{Text: "port farm sea", Weight: math.SmallestNonzeroFloat32}}},
	}), Options{Rank: 2})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors.Data {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			t.Fatalf("vectors: got %v", vectors.Data)
		}
	}
}

func TestTFIDF(t *testing.T) {
	got, err := TFIDF(t.Context(), plain("port port sea", "port farm", "sea", "farm port"), Options{MaxDocFreq: 1})
	if err != nil {
		t.Fatal(err)
	}
	// Rows: farm (in 2 of 4 texts), port (3), sea (2), by the formula of TFIDF.
	farm, port, sea := 1+math.Log(5.0/3), 1+math.Log(5.0/4), 1+math.Log(5.0/3)
	a, b := math.Log(3)*port, math.Log(2)*sea // the first text holds port twice
	c, d := math.Log(2)*farm, math.Log(2)*port
	want := [][]float64{
		{0, a / math.Hypot(a, b), b / math.Hypot(a, b)},
		{c / math.Hypot(c, d), d / math.Hypot(c, d), 0},
		{0, 0, 1},
		{c / math.Hypot(c, d), d / math.Hypot(c, d), 0},
	}
	for j := range want {
		for i := range want[j] {
			if got := got.At(i, j); math.Abs(got-want[j][i]) > 1e-6 {
				t.Errorf("term %d of text %d: got %v, want %v", i, j, got, want[j][i])
			}
		}
	}
}

// A text's counts, the weight of its title among them, are what it holds of terms.
func TestCounts(t *testing.T) {
	texts := []embed.Text{
		{Fields: []embed.Field{{Text: "port", Weight: 3}, {Text: "port sea", Weight: 1}}},
		{Fields: []embed.Field{{Text: "sea farm port", Weight: 1}}},
		{Fields: []embed.Field{{Text: "farm farm", Weight: 1}}},
	}
	got, err := Counts(t.Context(), eachText(texts), Options{MaxDocFreq: 1})
	if err != nil {
		t.Fatal(err)
	}
	want := [][]float64{{0, 4, 1}, {1, 1, 1}, {2, 0, 0}} // farm, port, sea
	for j := range want {
		for i := range want[j] {
			if got := got.At(i, j); got != want[j][i] {
				t.Errorf("term %d of text %d: got %v, want %v", i, j, got, want[j][i])
			}
		}
	}
}

// Bounds and weights are those of the language; terms of different languages never meet.
func TestCountsOfLanguages(t *testing.T) {
	opts := Options{Rules: token.Rules{KeepStopWords: true, KeepEndings: true}, Workers: 3}
	text := func(lang, body string) embed.Text {
		return embed.Text{Lang: lang, Fields: []embed.Field{{Text: body}}}
	}
	texts := []embed.Text{
		text("de", "port port see"), text("it", "port mare"), text("de-AT", "port see"), text("DE_CH", "see"),
		text("", "port"), text("it", "mare"), text("fr", "…"), text("und", "port"),
	}
	corpora, n, err := count(t.Context(), eachText(texts), opts.withDefaults())
	if err != nil {
		t.Fatal(err)
	}
	if n != len(texts) {
		t.Errorf("texts: got %d, want %d", n, len(texts))
	}
	for i, want := range []struct {
		lang   string
		texts  []int
		counts []float32 // of "mare" or "port" or "see", text by text
		terms  []string
	}{
		{"de", []int{0, 2, 3}, []float32{2, 1}, []string{"port"}}, // "see" is in more than half
		{"it", []int{1, 5}, []float32{1, 1}, []string{"mare"}},
		{"und", []int{4, 7}, []float32{1, 1}, []string{"port"}},
	} {
		got := corpora[i].assemble(opts.withDefaults())
		if got.lang != want.lang || !slices.Equal(got.texts, want.texts) {
			t.Errorf("language %d: got texts %v of %q, want %v of %q", i, got.texts, got.lang, want.texts, want.lang)
		}
		if !slices.Equal(words(got.terms), want.terms) || !slices.Equal(got.matrix.Value, want.counts) {
			t.Errorf("%s: got terms %q, counts %v; want %q, %v", want.lang, words(got.terms), got.matrix.Value, want.terms, want.counts)
		}
	}

	weighted, err := TFIDF(t.Context(), eachText(texts), opts)
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]uint32
	for j := range texts {
		index, _ := weighted.Col(j)
		rows = append(rows, slices.Clone(index))
	}
	want := [][]uint32{{0}, {1}, {0}, {}, {2}, {1}, {}, {2}}
	if !slices.EqualFunc(rows, want, slices.Equal) || weighted.Rows != 3 {
		t.Errorf("rows of TFIDF: got %v of %d, want %v of 3", rows, weighted.Rows, want)
	}
}

// count, against the simplest way to do it.
func TestCountEqualsPlainCounting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bodies := rapid.SliceOfN(rapid.StringMatching(`([a-e]{1,2} ){0,6}`), 1, 40).Draw(t, "bodies")
		opts := Options{MinDocFreq: rapid.IntRange(1, 4).Draw(t, "least"), Workers: rapid.IntRange(1, 4).Draw(t, "workers")}
		opts = opts.withDefaults()
		corpora, _, err := count(t.Context(), plain(bodies...), opts)
		if err == ErrEmptyCorpus {
			for _, body := range bodies {
				if len(body) > 0 {
					t.Fatalf("empty, but there is %q", body)
				}
			}
			return
		}
		made := corpora[0].assemble(opts)
		terms, counts := made.terms, made.matrix
		for j, body := range bodies {
			held := make(map[string]float64)
			for _, word := range strings.Fields(body) {
				held[word]++
			}
			for i := range terms.len() {
				if got, want := counts.At(i, j), held[terms.term(i)]; got != want {
					t.Errorf("%q in %q: got %v, want %v", terms.term(i), body, got, want)
				}
			}
		}
		for i := range terms.len() {
			if row, ok := terms.find(terms.term(i)); !ok || row != uint32(i) {
				t.Errorf("find %q: got %d, %v; want %d", terms.term(i), row, ok, i)
			}
		}
		if _, ok := terms.find("zz"); ok {
			t.Error("found a term that is not there")
		}
	})
}
