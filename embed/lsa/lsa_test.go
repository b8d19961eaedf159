package lsa

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/token"
	"github.com/alsolike/alsolike/embed/vec"
	"github.com/james-bowman/nlp"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"
)

// zipf makes texts whose words fall off in frequency as real words do. Each text has
// one of ten subjects, and half its words from that subject.
func zipf(texts, words int, seed uint64) []embed.Text {
	random := rand.New(rand.NewPCG(seed, 1))
	common := rand.NewZipf(random, 1.1, 5, 20_000)
	made := make([]embed.Text, texts)
	for i := range made {
		var body strings.Builder
		for w := range words {
			word := "w" + strconv.FormatUint(common.Uint64(), 36)
			if w%2 == 0 {
				word = "s" + strconv.Itoa(i%10) + word
			}
			body.WriteString(word)
			body.WriteByte(' ')
		}
		made[i] = embed.Text{Fields: []embed.Field{{Text: "s" + strconv.Itoa(i%10), Weight: 3}, {Text: body.String(), Weight: 1}}}
	}
	return made
}

func eachText(texts []embed.Text) iter.Seq2[embed.Text, error] {
	return func(yield func(embed.Text, error) bool) {
		for _, text := range texts {
			if !yield(text, nil) {
				return
			}
		}
	}
}

// plain is texts of one field each.
func plain(bodies ...string) iter.Seq2[embed.Text, error] {
	var texts []embed.Text
	for _, body := range bodies {
		texts = append(texts, embed.Text{Fields: []embed.Field{{Text: body}}})
	}
	return eachText(texts)
}

func TestFitSmallCorpora(t *testing.T) {
	for _, c := range []struct {
		name   string
		bodies []string
		opts   Options
		rank   int
		zero   []int // texts without a vector
	}{
		{"one text", []string{"harbour crane"}, Options{}, 1, nil},
		{"one term", []string{"harbour"}, Options{Rank: 5}, 1, nil},
		{"equal texts", []string{"a harbour", "a harbour", "a harbour", "a harbour", "a harbour"}, Options{Rank: 5}, 1, nil},
		{"nothing shared", []string{"harbour", "wheat"}, Options{Rank: 5}, 2, nil},
		{"more rank than texts", []string{"harbour crane", "harbour ship", "wheat field", "wheat rain"}, Options{Rank: 300}, 2, nil},
		{"no term in two texts of three", []string{"harbour", "wheat rain", "crane"}, Options{Rank: 5}, 3, nil},
		{"an empty text", []string{"harbour crane", "", "harbour crane", "…!"}, Options{Rank: 3}, 1, []int{1, 3}},
	} {
		t.Run(c.name, func(t *testing.T) {
			model, vectors, err := Fit(t.Context(), plain(c.bodies...), c.opts)
			if err != nil {
				t.Fatal(err)
			}
			if model.Rank() != c.rank || vectors.Dim != c.rank {
				t.Errorf("rank: got %d and %d, want %d", model.Rank(), vectors.Dim, c.rank)
			}
			if vectors.Rows != len(c.bodies) {
				t.Fatalf("rows: got %d, want %d", vectors.Rows, len(c.bodies))
			}
			for i := range vectors.Rows {
				want := float32(1)
				if slices.Contains(c.zero, i) {
					want = 0
				}
				if got := vec.Norm(vectors.Row(i)); math.Abs(float64(got-want)) > 1e-6 {
					t.Errorf("length of vector %d: got %v, want %v", i, got, want)
				}
			}
		})
	}
}

func TestFitFindsSubjects(t *testing.T) {
	// "ship" and "crane" never meet, but both keep the company of "harbour".
	_, vectors, err := Fit(t.Context(), plain(
		"harbour ship", "harbour crane", "harbour ship quay", "harbour crane quay",
		"wheat rain", "wheat plough", "wheat rain barn", "wheat plough barn",
		"ship", "crane"), Options{Rank: 2})
	if err != nil {
		t.Fatal(err)
	}
	if got := vec.Dot(vectors.Row(8), vectors.Row(9)); got < 0.99 {
		t.Errorf("cosine of ship and crane: got %v, want about 1", got)
	}
	if got := vec.Dot(vectors.Row(0), vectors.Row(4)); got > 0.01 {
		t.Errorf("cosine of harbour and wheat: got %v, want about 0", got)
	}
}

func TestFitErrors(t *testing.T) {
	fit := func(ctx context.Context, texts iter.Seq2[embed.Text, error], opts Options) error {
		_, _, err := Fit(ctx, texts, opts)
		return err
	}
	for name, texts := range map[string]iter.Seq2[embed.Text, error]{
		"no texts": plain(), "empty texts": plain("", ""), "punctuation": plain("!", "…"),
		"field of negative weight": eachText([]embed.Text{{Fields: []embed.Field{{Text: "word", Weight: -1}}}}),
	} {
		if err := fit(t.Context(), texts, Options{}); !errors.Is(err, ErrEmptyCorpus) {
			t.Errorf("%s: got %v, want ErrEmptyCorpus", name, err)
		}
	}

	broken := errors.New("disk on fire")
	err := fit(t.Context(), func(yield func(embed.Text, error) bool) {
		_ = yield(embed.Text{Fields: []embed.Field{{Text: "word"}}}, nil) && yield(embed.Text{}, broken)
	}, Options{})
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "text 2") {
		t.Errorf("broken source: got %v, want one that names text 2 and wraps the cause", err)
	}

	for _, opts := range []Options{
		{Rank: -1},
		{MinDocFreq: -1},
		{MaxDocFreq: 1.5},
		{MaxDocFreq: -0.1},
		{MaxDocFreq: math.NaN()},
		{Workers: -1},
		{Oversample: -1},
		{Iterations: -1},
	} {
		if err := fit(t.Context(), plain("word"), opts); err == nil {
			t.Errorf("%+v: got no error", opts)
		}
	}
}

func TestFitStopsWithItsContext(t *testing.T) {
	texts := zipf(300, 30, 1)
	for _, stage := range []string{"count", "decompose", "project"} {
		ctx, cancel := context.WithCancel(t.Context())
		_, _, err := Fit(ctx, eachText(texts), Options{Progress: func(s string, _, _ int64) {
			if s == stage {
				cancel()
			}
		}})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled in stage %q: got %v, want context.Canceled", stage, err)
		}
	}
}

func TestProgressReachesItsTotal(t *testing.T) {
	done, total := make(map[string]int64), make(map[string]int64)
	var stages []string
	texts := append(zipf(100, 30, 1), inLang("de", "hafen"), inLang("it", "gru"), inLang("fr", "…"))
	_, _, err := Fit(t.Context(), eachText(texts), Options{Progress: func(stage string, d, of int64) {
		if len(stages) == 0 || stages[len(stages)-1] != stage {
			stages = append(stages, stage)
		}
		if d < done[stage] {
			t.Errorf("stage %q goes back from %d to %d", stage, done[stage], d)
		}
		done[stage], total[stage] = d, of
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, stage := range []string{"count", "decompose", "project"} {
		if done[stage] == 0 || done[stage] != total[stage] {
			t.Errorf("stage %q ended at %d of %d", stage, done[stage], total[stage])
		}
	}
	if want := []string{"count", "decompose", "project"}; !slices.Equal(stages, want) {
		t.Errorf("stages: got %q, want %q", stages, want)
	}
}

func TestFoldInGivesTheVectorOfFit(t *testing.T) {
	texts := append(zipf(200, 40, 3),
		embed.Text{},
		embed.Text{Lang: "en", Fields: []embed.Field{{Text: "the harbours s1w1"}, {Text: "harboured s2w2 w1 w1", Weight: 0.5}}},
		embed.Text{Lang: "zh-Hant", Fields: []embed.Field{{Text: "港口的起重機"}, {Text: "港口 s1w1"}}})
	model, vectors, err := Fit(t.Context(), eachText(texts), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, text := range texts {
		if got, want := model.FoldIn(text), vectors.Row(i); !slices.Equal(got, want) {
			t.Errorf("text %d: got %v, want %v", i, got, want)
		}
	}
}

// The default rank is that of all texts, and each language has what it can fill of it:
// the cosines of a language with few texts are exactly those of its weighted words.
func TestSmallLanguagesAreExact(t *testing.T) {
	texts := slices.Concat(zipf(200, 40, 3), []embed.Text{
		inLang("de", "hafen kran schiff"), inLang("it", "gru del porto"), inLang("de", "hafen kran"), inLang("de", "schiff kai hafen"), inLang("fr", "…"),
	})
	model, vectors, err := Fit(t.Context(), eachText(texts), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := model.Languages(), []string{"de", "it", "und"}; !slices.Equal(got, want) {
		t.Fatalf("languages: got %q, want %q", got, want)
	}
	for lang, want := range map[string]int{"und": 205 / 8, "de": 2, "it": 1} { // "kran" and "schiff"; "hafen" is in all
		if got := model.Space(lang).Rank(); got != want {
			t.Errorf("rank of %q: got %d, want %d", lang, got, want)
		}
	}
	if model.Rank() != 25 || vectors.Dim != 25 || vectors.Rows != len(texts) {
		t.Errorf("vectors: got %d of %d dimensions, model of %d; want %d of 25", vectors.Rows, vectors.Dim, model.Rank(), len(texts))
	}
	tfidf, err := TFIDF(t.Context(), eachText(texts), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := 200; i < len(texts); i++ {
		for j := 200; j < len(texts); j++ {
			if texts[i].Lang != texts[j].Lang {
				continue
			}
			want := product(mat.Col(nil, i, tfidf), mat.Col(nil, j, tfidf))
			if got := vec.Dot(vectors.Row(i), vectors.Row(j)); math.Abs(float64(got)-want) > 1e-6 {
				t.Errorf("cosine of texts %d and %d: got %v, want %v", i, j, got, want)
			}
		}
	}
}

// What is learnt of a language is the same bytes, whatever others are in the corpus and
// wherever its texts stand among theirs.
func TestSpacesDoNotDependOnOneAnother(t *testing.T) {
	langs := []string{"", "de", "fr-CA", "it"}
	rapid.Check(t, func(t *rapid.T) {
		lang := rapid.SampledFrom(langs).Draw(t, "language")
		bodies := rapid.SliceOfN(rapid.StringMatching(`([a-e]{1,2} ){1,6}`), 1, 20)
		var alone, mixed []embed.Text
		for _, body := range bodies.Draw(t, "bodies") {
			for _, other := range rapid.SliceOfN(rapid.StringMatching(`([a-e]{1,2} ){0,6}`), 0, 3).Draw(t, "between") {
				if by := rapid.SampledFrom(langs).Draw(t, "in"); by != lang {
					mixed = append(mixed, inLang(by, other))
				}
			}
			alone, mixed = append(alone, inLang(lang, body)), append(mixed, inLang(lang, body))
		}
		opts := Options{
			Rank: rapid.IntRange(1, 30).Draw(t, "rank"), Workers: rapid.IntRange(1, 3).Draw(t, "workers"),
			Rules: token.Rules{KeepStopWords: true}, // "c" is one in French
		}
		fit := func(texts []embed.Text) (*Model, [][]float32) {
			model, vectors, err := Fit(context.Background(), eachText(texts), opts)
			if err != nil {
				t.Fatal(err)
			}
			space := model.Space(lang)
			var own [][]float32
			for i, text := range texts {
				if !slices.Equal(model.FoldIn(text), vectors.Row(i)) {
					t.Errorf("text %d: fold-in differs from fit", i)
				}
				known := 0
				if space := model.Space(text.Lang); space != nil {
					known = space.Rank()
				}
				if slices.ContainsFunc(vectors.Row(i)[known:], func(v float32) bool { return v != 0 }) {
					t.Errorf("text %d: beyond its space the vector is not zero", i)
				}
				if text.Lang == lang {
					own = append(own, vectors.Row(i)[:space.Rank()])
				}
			}
			return model, own
		}
		wantModel, want := fit(alone)
		gotModel, got := fit(mixed)
		if !bytes.Equal(gotModel.Space(lang).image, wantModel.Space(lang).image) {
			t.Error("the space differs")
		}
		if !slices.EqualFunc(got, want, slices.Equal) {
			t.Error("the vectors differ")
		}
	})
}

func TestRulesAreKept(t *testing.T) {
	texts := []embed.Text{inLang("en", "the harbours"), inLang("en", "the harbours"), inLang("en", "wheat")}
	for _, rules := range []token.Rules{{}, {KeepEndings: true}, {KeepStopWords: true}, {KeepStopWords: true, KeepEndings: true}} {
		model, vectors, err := Fit(t.Context(), eachText(texts), Options{Rules: rules})
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := model.WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		read, err := ReadModel(b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if read.rules != rules {
			t.Errorf("rules: got %+v, want %+v", read.rules, rules)
		}
		want := token.For("en", rules).Tokenise("the harbours")
		slices.Sort(want)
		if got := words(read.Space("en").terms); !slices.Equal(got, want) {
			t.Errorf("%+v: got terms %q, want %q", rules, got, want)
		}
		if got := read.FoldIn(texts[0]); !slices.Equal(got, vectors.Row(0)) {
			t.Errorf("%+v: fold-in: got %v, want %v", rules, got, vectors.Row(0))
		}
	}
}

func TestFoldInOfUnknownText(t *testing.T) {
	model, _, err := Fit(t.Context(), plain("harbour crane", "harbour ship", "wheat field", "wheat rain"), Options{Rank: 2})
	if err != nil {
		t.Fatal(err)
	}
	for _, body := range []string{"", "nothing known", "…"} {
		if got := model.FoldIn(inLang("", body)); !slices.Equal(got, []float32{0, 0}) {
			t.Errorf("%q: got %v, want the zero vector", body, got)
		}
	}
	if got := model.FoldIn(inLang("en", "harbour crane")); !slices.Equal(got, []float32{0, 0}) {
		t.Errorf("language not known: got %v, want the zero vector", got)
	}
}

func TestPipelineEqualsFit(t *testing.T) {
	var bodies []string
	for _, text := range zipf(120, 40, 5) {
		bodies = append(bodies, text.Fields[1].Text)
	}
	bodies = append(bodies, "", "unknown")
	opts := Options{Rank: 12}
	model, want, err := Fit(t.Context(), plain(bodies...), opts)
	if err != nil {
		t.Fatal(err)
	}
	pipeline := opts.Pipeline()
	got, err := pipeline.FitTransform(bodies...)
	if err != nil {
		t.Fatal(err)
	}
	if !mat.EqualApprox(got, want.T(), 1e-6) {
		t.Error("FitTransform differs from Fit")
	}
	got, err = pipeline.Transform(bodies[3], "unknown")
	if err != nil {
		t.Fatal(err)
	}
	folded := model.FoldIn(embed.Text{Fields: []embed.Field{{Text: bodies[3]}}})
	for i, v := range folded {
		if math.Abs(got.At(i, 0)-float64(v)) > 1e-6 || got.At(i, 1) != 0 {
			t.Errorf("Transform, dimension %d: got %v and %v, want %v and 0", i, got.At(i, 0), got.At(i, 1), v)
		}
	}
}

// The parts go together with those of nlp, whose matrices are of other types.
func TestPartsComposeWithNLP(t *testing.T) {
	var bodies []string
	for _, text := range zipf(60, 30, 9) {
		bodies = append(bodies, text.Fields[1].Text)
	}
	pipeline := func(svd nlp.Transformer) mat.Matrix {
		got, err := nlp.NewPipeline(&Vectoriser{}, nlp.NewTfidfTransformer(), svd).FitTransform(bodies...)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	ours := &TruncatedSVD{K: 3, Oversample: 60}
	got, want := pipeline(ours), pipeline(nlp.NewTruncatedSVD(3))
	for i := range 3 {
		a, b := mat.Row(nil, i, got), mat.Row(nil, i, want)
		if math.Abs(math.Abs(product(a, b))-product(b, b)) > 1e-4*product(b, b) {
			t.Errorf("dimension %d: got %v, want %v up to sign", i, a, b)
		}
	}
}

func product(a, b []float64) (sum float64) {
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

func TestPartsRefuse(t *testing.T) {
	counts := mat.NewDense(2, 3, []float64{1, 0, 2, 0, 1, 1})
	var weighting Weighting
	if _, err := weighting.Transform(counts); err == nil {
		t.Error("Weighting before Fit: got no error")
	}
	weighting.Fit(counts)
	if _, err := weighting.Transform(mat.NewDense(3, 3, nil)); err == nil {
		t.Error("Weighting of another shape: got no error")
	}
	if got, err := weighting.Transform(counts); err != nil || counts.At(0, 2) != 2 || got.At(0, 2) == 2 {
		t.Errorf("Weighting: got %v, %v, and counts %v", got, err, mat.Formatted(counts))
	}
}

func TestPipelineErrors(t *testing.T) {
	if _, err := (Options{}).Pipeline().Transform("word"); err == nil {
		t.Error("Transform before Fit: got no error")
	}
	if _, err := (Options{}).Pipeline().FitTransform(""); !errors.Is(err, ErrEmptyCorpus) {
		t.Errorf("empty corpus: got %v, want ErrEmptyCorpus", err)
	}
	if _, err := (Options{MaxDocFreq: 2}).Pipeline().FitTransform("word"); err == nil {
		t.Error("wrong options: got no error")
	}
}

func TestWriteToPassesErrorsOn(t *testing.T) {
	model, _, err := Fit(t.Context(), plain("harbour", "harbour"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, room := range []int{5, headerBytes + 5} {
		if n, err := model.WriteTo(&fullWriter{room}); n != int64(room) || !errors.Is(err, errFull) {
			t.Errorf("got %d, %v; want %d, %v", n, err, room, errFull)
		}
	}
	var b bytes.Buffer
	if n, err := model.WriteTo(&b); err != nil || n != int64(b.Len()) {
		t.Errorf("got %d, %v; want %d", n, err, b.Len())
	}
}

var errFull = errors.New("disk full")

// A fullWriter takes so many bytes and no more.
type fullWriter struct{ room int }

func (w *fullWriter) Write(b []byte) (int, error) {
	n := min(len(b), w.room)
	w.room -= n
	if n < len(b) {
		return n, errFull
	}
	return n, nil
}
