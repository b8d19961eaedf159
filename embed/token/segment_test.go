package token

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/words"
	"pgregory.net/rapid"
)

// slowTokens is ForEachIn without tables: everything by the library.
func slowTokens(t *Tokeniser, text string) (tokens []string) {
	s := t.lang.normalise(text)
	if t.lang.chinese != nil && t.lang.chinese(s) {
		s = foldHan(s)
	}
	terms := t.newTerms()
	forEachHardWord(s, func(word string) {
		if term, ok := terms.ofWord(word); ok {
			tokens = append(tokens, strings.Clone(term))
		}
	}, func(run string) {
		forEachNgram(run, func(gram string) {
			if !isStopped(terms.stop, gram) {
				tokens = append(tokens, gram)
			}
		})
	})
	return tokens
}

var segmentLanguages = []string{"", "en", "ar", "az", "de", "fa", "fr", "he", "ja", "ru", "tr", "zh-Hant"}

// checkTokens compares the tokens of text, found in each way, with those found without
// tables. Indexers are used for text after text.
type checker struct {
	lang     string
	tokens   *Tokeniser
	terms    []string
	numbers  map[string]uint32
	indexer  *Indexer
	appended []uint32
}

func newChecker(lang string) *checker {
	c := &checker{lang: lang, tokens: For(lang, Rules{}), numbers: map[string]uint32{}}
	c.indexer = c.tokens.Indexer(func(token string) (uint32, bool) {
		n, ok := c.numbers[token]
		if !ok {
			n = uint32(len(c.terms))
			token = strings.Clone(token)
			c.terms, c.numbers[token] = append(c.terms, token), n
		}
		return n, true
	})
	return c
}

func (c *checker) check(t interface{ Errorf(string, ...any) }, text string) {
	want := slowTokens(c.tokens, text)
	if got := c.tokens.Tokenise(text); !slices.Equal(got, want) {
		t.Errorf("%q, %q: got %q, want %q", c.lang, text, got, want)
	}
	c.appended = c.indexer.Append(c.appended[:0], text)
	got := []string{}
	for _, n := range c.appended {
		got = append(got, c.terms[n])
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, %q by number: got %q, want %q", c.lang, text, got, want)
	}
}

func TestTokensAreThoseOfTheLibrary(t *testing.T) {
	checkers := make([]*checker, len(segmentLanguages))
	for i, lang := range segmentLanguages {
		checkers[i] = newChecker(lang)
	}
	// Characters that rules are about, and some of each sort.
	some := []rune("aAzZI_0199::..'',;;\"  \n\n\r\t-/@&<>éÉßñœŁёЖЯжبكأ٠١אב\u05B0’‘“”…–—•€™·ªº½²ʼˈ\u00AD\u200B\u200C\u200D\u2060\u0301\u0307\u0308\u064B\u3000İıſŉΐΣς港发發ー東のﾃﾞ항ท่🚢\U0001F1F9‿ﬁ\u0345ǅ\uFFFD")
	rapid.Check(t, func(t *rapid.T) {
		text := string(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(some), rapid.SampledFrom(tabledRunes[:])), 0, 40).Draw(t, "text"))
		if rapid.Bool().Draw(t, "break a character") && len(text) > 2 {
			text = text[1:]
		}
		for _, c := range checkers {
			c.check(t, text)
		}
	})
}

func TestTokensOfASCIIAreThoseOfTheLibrary(t *testing.T) {
	c := newChecker("en")
	rapid.Check(t, func(t *rapid.T) {
		c.check(t, string(rapid.SliceOfN(rapid.ByteRange(0, utf8.RuneSelf-1), 0, 100).Draw(t, "bytes")))
		c.check(t, rapid.StringMatching(`[a-cB0-1_:;,.'" ]{0,30}`).Draw(t, "text"))
	})
}

// Each character of the tables between letters, digits and itself.
func TestEachCharacterOfTheTables(t *testing.T) {
	for _, lang := range []string{"", "fa", "ru", "tr"} {
		c := newChecker(lang)
		for _, tabled := range tabledRunes {
			r := string(tabled)
			c.check(t, "a"+r+"b "+r+r+" 1"+r+"2 _"+r+"_ a:"+r+" "+r+".a 1,"+r+" é"+r+"é "+r+"'"+r+r+"\u0301"+r+" a")
		}
	}
}

// Ideographs and syllables of all sorts, whose normal form nothing changes.
func TestCharactersThatAreThemselves(t *testing.T) {
	for r := rune(0x3400); r < 0xFFFF; r++ {
		if isItself(r) && (&language{}).normalise(string(r)) != string(r) {
			t.Errorf("%c is not itself", r)
		}
	}
	for _, lang := range []string{"", "ja", "ko", "zh"} {
		c := newChecker(lang)
		rapid.Check(t, func(t *rapid.T) {
			c.check(t, string(rapid.SliceOfN(rapid.OneOf(
				rapid.RuneFrom(nil, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana),
				rapid.RuneFrom([]rune(" \n,。、・ー々\u3099\u309A\u1100\u1161\u11A8\u11FF\uFF9E!a1")),
			), 0, 30).Draw(t, "text")))
		})
	}
}

func TestPlainCharactersAreKnown(t *testing.T) {
	count := map[class]int{}
	for _, r := range tabledRunes {
		count[classOf(r)]++
	}
	if count[letter] < 900 || count[between] < 500 {
		t.Errorf("of %d characters %d are letters and %d are between words, want 900 and 500", tabled, count[letter], count[between])
	}
	for it := words.FromString("grüße Žižek Привет γλώσσα مدينة"); it.Next(); {
		for _, r := range it.Value() {
			if r >= utf8.RuneSelf && classOf(r) != letter {
				t.Errorf("%c is of class %d, want %d", r, classOf(r), letter)
			}
		}
	}
}

func TestMemoForgets(t *testing.T) {
	c := newChecker("")
	var b strings.Builder
	for i := range mostRemembered + mostRemembered/2 {
		b.WriteString(strings.Repeat("x", i%7))
		b.WriteByte(byte('a' + i%26))
		for n := i; n > 0; n /= 10 {
			b.WriteByte(byte('0' + n%10))
		}
		b.WriteByte(' ')
	}
	c.check(t, b.String())
	c.check(t, b.String()[:10_000])
	if used := c.indexer.memo.used; used > mostRemembered {
		t.Errorf("%d words are remembered, want at most %d", used, mostRemembered)
	}
}
