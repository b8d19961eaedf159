package crosslang

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/vec"
	"pgregory.net/rapid"
)

// A language of the made site has a word for each thing, and no word with another.
func word(lang string, thing int) string {
	return fmt.Sprintf("%sq%c%c", lang, 'a'+thing/20, 'a'+thing%20)
}

// madeSite is groups of texts in some languages, each text on a few things of one of
// eight subjects, and the subject of each text. Of each text, the group is told if known
// says so of its number.
func madeSite(langs []string, groups int, known func(group int) bool) (site []Doc, subjects []int) {
	random := rand.New(rand.NewPCG(1, 2))
	for group := range groups {
		subject := group % 8
		var things []int
		for range 12 {
			things = append(things, 20*subject+random.IntN(20))
		}
		for _, lang := range langs {
			var words []string
			for _, thing := range things {
				words = append(words, word(lang, thing))
			}
			doc := Doc{-1, embed.Text{Lang: lang, Fields: []embed.Field{{Text: strings.Join(words, " ")}}}}
			if known(group) {
				doc.Group = group
			}
			site, subjects = append(site, doc), append(subjects, subject)
		}
	}
	return site, subjects
}

func each(site []Doc) iter.Seq2[Doc, error] {
	return func(yield func(Doc, error) bool) {
		for _, doc := range site {
			if !yield(doc, nil) {
				return
			}
		}
	}
}

func fitSite(tb testing.TB, site []Doc, opts Options) (*Model, embed.Dense) {
	tb.Helper()
	model, vectors, err := Fit(tb.Context(), each(site), opts)
	if err != nil {
		tb.Fatal(err)
	}
	return model, vectors
}

func even(group int) bool { return group%16 < 8 }

func TestNearestInAnotherLanguageIsOnTheSubject(t *testing.T) {
	site, subjects := madeSite([]string{"de", "en", "fr"}, 96, even)
	_, vectors := fitSite(t, site, Options{})
	right, all := 0, 0
	for i, query := range site {
		nearest, most := -1, float32(-2)
		for j, doc := range site {
			if doc.Text.Lang != query.Text.Lang && !(doc.Group >= 0 && doc.Group == query.Group) {
				if cosine := vec.Dot(vectors.Row(i), vectors.Row(j)); cosine > most {
					nearest, most = j, cosine
				}
			}
		}
		all++
		if subjects[nearest] == subjects[i] {
			right++
		}
	}
	if right < all*99/100 {
		t.Errorf("%d of %d texts have one on their subject nearest in another language", right, all)
	}
}

// Groups that lack a version do not draw together the texts of those languages that
// they have.
func TestMissingVersions(t *testing.T) {
	site, subjects := madeSite([]string{"de", "en", "fr"}, 96, even)
	for i := range site { // a third of the groups know two languages only
		if g := site[i].Group; g >= 0 && g%3 == i%3 {
			site[i].Group = -1
		}
	}
	_, vectors := fitSite(t, site, Options{})
	var near, far float64
	var nears, fars int
	for i := range site {
		for j := range site[:i] {
			if site[i].Text.Lang == site[j].Text.Lang {
				continue
			}
			cosine := float64(vec.Dot(vectors.Row(i), vectors.Row(j)))
			if subjects[i] == subjects[j] {
				near, nears = near+cosine, nears+1
			} else {
				far, fars = far+cosine, fars+1
			}
		}
	}
	if near, far := near/float64(nears), far/float64(fars); near < far+0.3 {
		t.Errorf("mean cosine on a subject is %.2f, across subjects %.2f", near, far)
	}
}

func TestVectors(t *testing.T) {
	site, _ := madeSite([]string{"en", "zh-Hans", "zh-Hant"}, 48, even)
	unknown := embed.Text{Lang: "en", Fields: []embed.Field{{Text: "nobody wrote these elsewhere"}}}
	site = append(site, Doc{-1, unknown}, Doc{Text: embed.Text{Lang: "sw"}, Group: 3})
	model, vectors := fitSite(t, site, Options{Rank: 16})
	if vectors.Rows != len(site) || vectors.Dim != model.Rank() || model.Rank() != 16+sharedDims {
		t.Errorf("got %d×%d and rank %d, want %d×%d", vectors.Rows, vectors.Dim, model.Rank(), len(site), 16+sharedDims)
	}
	if model.Groups() != 24 {
		t.Errorf("learnt from %d groups, want 24", model.Groups())
	}
	for i, doc := range site {
		want := float32(1)
		if i >= len(site)-2 {
			want = 0
		}
		if norm := vec.Norm(vectors.Row(i)); norm < want-1e-6 || norm > want+1e-6 {
			t.Errorf("text %d has length %v, want %v", i, norm, want)
		}
		if got := model.FoldIn(doc.Text); !slices.Equal(got, vectors.Row(i)) {
			t.Errorf("text %d: folded in it has another vector than fitted", i)
		}
	}
}

// What texts share counts also in a language that has no translations, if there is
// enough of it.
func TestSharedTerms(t *testing.T) {
	site, _ := madeSite([]string{"de", "en"}, 64, even)
	text := func(lang, words string) embed.Text {
		return embed.Text{Lang: lang, Fields: []embed.Field{{Text: words}}}
	}
	first := len(site)
	site = append(site,
		Doc{-1, text("de", "zz1 zz2 zz3 zz4 zz5 zz6 zz7 zz8 "+word("de", 1))},
		Doc{-1, text("en", "zz1 zz2 zz3 zz4 zz5 zz6 zz7 zz8 "+word("en", 90))},
		Doc{-1, text("sw", "zz1 zz2 zz3 zz4 zz5 zz6 zz7 zz8 neno")},
		Doc{-1, text("sw", "zz1 mtu")},
	)
	_, vectors := fitSite(t, site, Options{})
	cosine := func(i, j int) float32 { return vec.Dot(vectors.Row(first+i), vectors.Row(first+j)) }
	if got := cosine(0, 1); got < 0.1 || got > sharedWeight+0.2 {
		t.Errorf("texts on different subjects that share eight rare terms have cosine %v", got)
	}
	if got := cosine(0, 2); got < 0.2 {
		t.Errorf("a text in a language without translations has cosine %v with one that it shares rare terms with", got)
	}
	if got := vec.Norm(vectors.Row(first + 3)); got != 0 {
		t.Errorf("a text that shares one term, and of whose language nothing is known, has length %v, want 0", got)
	}
}

func TestEqualBytes(t *testing.T) {
	site, _ := madeSite([]string{"de", "en", "fr"}, 64, even)
	want, wantVectors := fitSite(t, site, Options{Workers: 1})
	for _, workers := range []int{2, 7} {
		got, vectors := fitSite(t, site, Options{Workers: workers})
		if !bytes.Equal(got.image, want.image) || !slices.Equal(vectors.Data, wantVectors.Data) {
			t.Errorf("%d workers: model or vectors differ from those of one", workers)
		}
	}
	if got, _ := fitSite(t, site, Options{Seed: 1}); got.ID() != want.ID() {
		t.Error("seed 1 and the default differ")
	}
}

func TestTooFew(t *testing.T) {
	for name, c := range map[string]struct {
		langs  []string
		groups int
	}{
		"few groups":                {[]string{"de", "en"}, MinGroups - 1},
		"two scripts, one language": {[]string{"zh-Hans", "zh-Hant"}, 2 * MinGroups},
		"nothing":                   {nil, 0},
	} {
		site, _ := madeSite(c.langs, c.groups, func(int) bool { return true })
		if _, _, err := Fit(t.Context(), each(site), Options{}); !errors.Is(err, ErrTooFew) {
			t.Errorf("%s: got error %v, want ErrTooFew", name, err)
		}
	}
	site, _ := madeSite([]string{"de", "en"}, MinGroups, func(int) bool { return true })
	fitSite(t, site, Options{})
}

func TestFitFails(t *testing.T) {
	site, _ := madeSite([]string{"de", "en"}, MinGroups, func(int) bool { return true })
	broken := errors.New("broken")
	fails := func(yield func(Doc, error) bool) { _ = yield(site[0], nil) && yield(Doc{}, broken) }
	if _, _, err := Fit(t.Context(), fails, Options{}); !errors.Is(err, broken) {
		t.Errorf("got error %v, want that of docs", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := Fit(ctx, each(site), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want that of the context", err)
	}
	more, _ := madeSite([]string{"de", "en"}, MinGroups+2, func(int) bool { return true })
	for _, by := range []int{1, -1} {
		times := 0
		changes := func(yield func(Doc, error) bool) {
			each(more[:len(more)-2+times*by])(yield)
			times++
		}
		if _, _, err := Fit(t.Context(), changes, Options{}); err == nil || !strings.Contains(err.Error(), "must not change") {
			t.Errorf("%+d text when read again: got error %v", by, err)
		}
	}
	for _, opts := range []Options{{Rank: -1}, {Workers: -1}} {
		if _, _, err := Fit(t.Context(), each(site), opts); err == nil {
			t.Errorf("%+v: got no error", opts)
		}
	}
}

func TestProgress(t *testing.T) {
	site, _ := madeSite([]string{"de", "en"}, 40, even)
	last := make(map[string][2]int64)
	fitSite(t, site, Options{Progress: func(stage string, done, total int64) { last[stage] = [2]int64{done, total} }})
	for _, stage := range []string{"count", "decompose", "project"} {
		if got := last[stage]; got[0] == 0 || got[0] != got[1] {
			t.Errorf("%s ends at %d of %d", stage, got[0], got[1])
		}
	}
}

// naive is Likely in plain loops.
func naive(vectors embed.Dense, group []int, lang []string) (pairs []Pair) {
	same := func(a, b int) bool { return group[a] >= 0 && group[a] == group[b] }
	has := func(row int, l string) bool {
		return lang[row] == l || slices.ContainsFunc(slices.Collect(rows(len(group))), func(r int) bool { return same(row, r) && lang[r] == l })
	}
	best := func(row int, l string) (match int, cosine float32) {
		match = -1
		for r := range group {
			if c := vec.Dot(vectors.Row(row), vectors.Row(r)); lang[r] == l && !same(row, r) && (match < 0 || c > cosine) {
				match, cosine = r, c
			}
		}
		return match, cosine
	}
	var others []float32
	for row := range group {
		for _, l := range []string{"a", "b", "c"} {
			if match, cosine := best(row, l); match >= 0 && l != lang[row] && has(row, l) {
				others = append(others, cosine)
			}
		}
	}
	if len(others) == 0 {
		return nil
	}
	slices.Sort(others)
	least := others[len(others)*4/5]
	for a := range group {
		for b := range a {
			if lang[a] == lang[b] || has(a, lang[b]) || has(b, lang[a]) {
				continue
			}
			ab, cosine := best(a, lang[b])
			if ba, _ := best(b, lang[a]); ab == b && ba == a && cosine > least {
				pairs = append(pairs, Pair{b, a, cosine})
			}
		}
	}
	return pairs
}

func rows(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

func TestLikelyEqualsPlainLoops(t *testing.T) {
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 150).Draw(t, "texts")
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		vectors := embed.NewDense(n, 8)
		group, lang := make([]int, n), make([]string, n)
		for i := range n {
			for j := range vectors.Row(i) { // small whole numbers: sums are exact in any order
				vectors.Row(i)[j] = float32(random.IntN(65) - 32)
			}
			if twin := i - 1; twin >= 0 && random.IntN(2) == 0 {
				copy(vectors.Row(i), vectors.Row(twin))
			}
			group[i], lang[i] = random.IntN(n)-n/4, string(rune('a'+random.IntN(3)))
		}
		got, err := Likely(t.Context(), vectors, group, lang, 2)
		if err != nil {
			t.Fatal(err)
		}
		want := naive(vectors, group, lang)
		found += len(want)
		byRows := func(p, q Pair) int { return slices.Compare([]int{p.A, p.B}, []int{q.A, q.B}) }
		if !slices.IsSortedFunc(got, func(p, q Pair) int { return int(q.Cosine - p.Cosine) }) {
			t.Errorf("not in order: %v", got)
		}
		slices.SortFunc(got, byRows)
		slices.SortFunc(want, byRows)
		if !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
	if found == 0 {
		t.Error("no pair was ever to be found")
	}
}

func TestLikelyStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Likely(ctx, embed.NewDense(2, 1), []int{-1, -1}, []string{"a", "b"}, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want that of the context", err)
	}
}
