package story

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// words is n different words from first on.
func words(first, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "w%d ", first+i)
	}
	return b.String()
}

func TestResemblance(t *testing.T) {
	check := func(name string, a, b Sketch, want float64) {
		t.Helper()
		for range 2 {
			if got := Resemblance(&a, &b); math.Abs(got-want) > 1e-9 {
				t.Errorf("%s: %.4f, want %.4f", name, got, want)
			}
			a, b = b, a
		}
	}
	english := func(title, body string) Sketch { return NewSketch("en", title, body) }
	check("the same", english("Rents", words(0, 60)), english("Rents", words(0, 60)), 1)
	check("other case, spaces and marks", english("RENTS!", "It’s\n\nover — “now”"), english("rents", "it's over, now"), 1)
	check("nothing in common", english("", words(0, 60)), english("", words(100, 60)), 0)
	check("no text", english("", ""), english(" ", "…"), 0)
	check("no text against some", english("", ""), english("", words(0, 60)), 0)
	check("a lone word", english("Rents", ""), english("rents", ""), 1)
	check("a lone word and another", english("Rents", ""), english("tents", ""), 0)
	check("four words and the same with a fifth", english("", "a b c d"), english("", "a b c d e"), 0)
	// 20 words have 16 shingles. With one more at the end there are 17, 16 in common.
	check("a word more", english("", words(0, 20)), english("", words(0, 21)), 16./17)
	check("twice the same", english("", words(0, 20)+words(0, 20)), english("", words(0, 20)), 16./20) // 4 shingles where they meet
	// Bodies of 16 shingles alike, under titles of 5 words that have 5 shingles each.
	check("other titles", english(words(100, 5), words(0, 20)), english(words(200, 5), words(0, 20)), 1)
	check("other titles of short bodies", english(words(100, 5), words(0, 13)), english(words(200, 5), words(0, 13)), 9./(9+5+5))
	check("one title", english(words(100, 50), words(0, 20)), english(words(100, 50), words(300, 20)), 46./(46+20+20))
	check("the title is a part of the body", english(words(0, 8), words(0, 20)), english(words(50, 8), words(0, 20)), 1)

	chinese := func(lang, body string) Sketch { return NewSketch(lang, "", body) }
	const hant, hans = "這裡說的是臺灣與大陸兩種文字的發展歷史。", "这里说的是台湾与大陆两种文字的发展历史。"
	check("two scripts", chinese("zh-Hant", hant), chinese("zh-Hans", hans), 1)
	check("two scripts, language unknown", chinese("", hant), chinese("und", hans), 1)
	check("punctuation", chinese("zh", "一二三四五六七八九"), chinese("zh", "一二三、四五六七，八九！"), 1)
	check("eight characters of nine", chinese("zh", "一二三四五六七八九"), chinese("zh", "一二三四五六七八"), 1./2)
	check("Japanese", chinese("ja", "きょうはいいてんきです"), chinese("ja", "きょうはいいてんきでした"), 3./6)
	check("Thai", chinese("th", "ภาษาไทยเป็น"), chinese("th", "ภาษาไทย เป็น"), 1)
	check("Korean words", chinese("ko", "가 나 다 라 마 바"), chinese("ko", "가 나 다 라 마 사"), 1./3)
}

// TestEstimate compares long texts, of which the sketches know a part.
func TestEstimate(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	const pairs = 400
	var sum, squares float64
	for range pairs {
		n := 300 + rng.IntN(3000)
		shared := int(float64(n) * (.7 + .3*rng.Float64()))
		first := rng.IntN(1 << 30)
		a, b := words(first, n), words(first, shared)+words(first+1e6, n-shared)
		x, y := NewSketch("en", "", a), NewSketch("en", "", b)
		both := float64(shared - shingleWords + 1)
		truth := both / (2*float64(n-shingleWords+1) - both)
		off := (Resemblance(&x, &y) - truth) / math.Sqrt(truth*(1-truth)/held)
		sum, squares = sum+off, squares+off*off
	}
	if mean := sum / pairs; math.Abs(mean) > .2 {
		t.Errorf("estimates are off by %.2f standard deviations on average", mean)
	}
	if spread := math.Sqrt(squares / pairs); spread > 1.05 || spread < .7 {
		t.Errorf("estimates spread by %.2f times what they may", spread)
	}
}

func TestSketchIsTheSameAtOnce(t *testing.T) {
	var all sync.WaitGroup
	want := make([]Sketch, 50)
	for i := range want {
		want[i] = NewSketch("en", words(i, 5), words(10*i, 40*i))
	}
	for range 4 {
		all.Go(func() {
			for i := range want {
				if got := NewSketch("en", words(i, 5), words(10*i, 40*i)); got != want[i] {
					t.Errorf("text %d has another sketch", i)
				}
			}
		})
	}
	all.Wait()
}

// TestSketchHoldsTheLeast draws texts with repeated words, and compares the sketch with
// the least of all shingles.
func TestSketchHoldsTheLeast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		vocabulary := 1 + rng.IntN(200)
		text := func(n int) string {
			var b strings.Builder
			for range n {
				b.WriteString(words(rng.IntN(vocabulary), 1+rng.IntN(8)))
			}
			return b.String()
		}
		title, body := text(rng.IntN(4)), text(rapid.IntRange(0, 900).Draw(t, "body"))
		least := map[uint32]uint32{} // by hash, its inTitle
		new(shingler).shingles("en", title, body, func(hash uint64) {
			h, in := uint32(hash>>40)|inTitle, uint32(hash&inTitle)
			if old, ok := least[h]; !ok || in < old {
				least[h] = in
			}
		})
		s := NewSketch("en", title, body)
		if err := s.Validate(); err != nil {
			t.Fatal(err)
		}
		if want := min(len(least), held); s.len() != want || s.more() != (len(least) > held) {
			t.Fatalf("%d hashes, more: %v; there are %d", s.len(), s.more(), len(least))
		}
		for i := range s.len() {
			h := s.hash(i)
			in, ok := least[h|inTitle]
			if !ok || in != h&inTitle {
				t.Fatalf("hash %d is %x, which is none of the text", i, h)
			}
			delete(least, h|inTitle)
		}
		for h := range least {
			if s.more() && h < s.hash(held-1) {
				t.Fatalf("%x is missing", h)
			}
		}
	})
}

func TestSketchTellsOfMore(t *testing.T) {
	for shingles := range 5 * held {
		s := NewSketch("en", "", words(0, shingles+shingleWords-1))
		if got := s.more(); shingles > 0 && got != (shingles > held) {
			t.Errorf("of %d shingles there are more: %v", shingles, got)
		}
	}
}

func TestValidate(t *testing.T) {
	good := NewSketch("en", "Rents", words(0, 300))
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	if err := new(Sketch).Validate(); err != nil {
		t.Errorf("the zero sketch: %v", err)
	}
	for name, forge := range map[string]func(s *Sketch){
		"too many":          func(s *Sketch) { s[0] = held + 1 },
		"more of few":       func(s *Sketch) { s[0]-- },
		"neither yes or no": func(s *Sketch) { s[1] = 2 },
		"not ascending":     func(s *Sketch) { s[header] = 0xFF },
		"twice":             func(s *Sketch) { copy(s[header+3:], s[header:header+3]) },
		"in both":           func(s *Sketch) { copy(s[header+3:], s[header:header+3]); s[header+2] &^= 1; s[header+5] |= 1 },
		"bytes behind":      func(s *Sketch) { s[0], s[1] = 5, 0 },
	} {
		s := good
		forge(&s)
		if err := s.Validate(); err != ErrSketch {
			t.Errorf("%s: %v, want ErrSketch", name, err)
		}
	}
}

func FuzzSketch(f *testing.F) {
	s := NewSketch("en", "Rents", words(0, 300))
	f.Add(s[:], "zh", "臺灣")
	f.Add([]byte{held, 0, 0}, "und", words(0, 60))
	f.Fuzz(func(t *testing.T, raw []byte, lang, body string) {
		var given Sketch
		copy(given[:], raw)
		made := NewSketch(lang, body, body)
		if err := made.Validate(); err != nil {
			t.Fatalf("of %q: %v", body, err)
		}
		if got := Resemblance(&made, &made); !made.Empty() && got != 1 {
			t.Fatalf("%q resembles itself by %v", body, got)
		}
		got, back := Resemblance(&given, &made), Resemblance(&made, &given)
		if given.Validate() == nil && got != back || !(got >= 0 && got <= 1) {
			t.Fatalf("resemblance is %v and %v", got, back)
		}
		if !given.Empty() {
			given.bandKeys(lang)
		}
	})
}
