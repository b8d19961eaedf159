package token_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/alsolike/alsolike/embed/token"
	"golang.org/x/text/unicode/norm"
)

func TestTokenise(t *testing.T) {
	for _, c := range []struct{ name, lang, text, want string }{
		{"nothing", "", "", ""},
		{"punctuation", "", " … — !? «» \n\t", ""},
		{"case", "", "Port PORT pOrT", "port port port"},
		{"folding beyond lower case", "", "Straße ΣΊΣΥΦΟΣ", "strasse σίσυφοσ"},
		{"numbers", "", "3.14 1,000 2026 covid19", "3.14 1,000 2026 covid19"},
		{"apostrophes", "", "don't don’t l’eau", "don't don't l'eau"},
		{"combining marks", "", "cafe\u0301 café", "café café"},
		{"full-width Latin", "", "ＦＵＬＬ　ｗｉｄｔｈ２", "full width2"},
		{"ligatures and superscripts", "", "ﬁne x² ①", "fine x2 1"},
		{"emoji", "", "port 👩‍👩‍👧 🚢 🇹🇼 👍🏽 sea", "port sea"},
		{"zero-width joiner", "", "ship\u200dyard", "shipyard"},
		{"soft hyphen, byte order mark", "", "\ufeffship\u00adyard", "shipyard"},
		{"Persian non-joiner", "fa", "می\u200cخواهم", "میخواهم"},
		{"Hangul", "ko", "항구의 크레인", "항구의 크레인"},
		{"decomposed Hangul", "ko", norm.NFD.String("항구"), "항구"},
		{"Arabic, Hebrew, Hindi", "und", "ميناء נמל बंदरगाह", "ميناء נמל बंदरगाह"},
		{"Thai", "th", "ท่าเรือ", "ท่า าเ เรื รือ"}, // a character keeps its tone mark
		{"Chinese", "zh", "港口的起重机。", "港口 口的 的起 起重 重机"},
		{"lone character", "zh", "港，海", "港 海"},
		{"Latin in Chinese", "zh-Hans", "用AI技术2026年5G网络", "用 ai 技术 2026 年 5g 网络"},
		{"supplementary ideographs", "zh", "𠮷野家", "𠮷野 野家"},
		{"Japanese", "ja", "東京のデータ", "東京 京の のデ デー ータ"},
		{"half-width kana", "ja", "ﾃﾞｰﾀ", "デー ータ"},
		{"voiced mark apart", "ja", "か\u3099く", "がく"},
		{"iteration mark", "ja", "人々", "人々"},
		{"Chinese in English", "en", "The port 港口 ports", "port 港口 port"},
		{"English", "en", "The harbours were running cranes", "harbour run crane"},
		{"English by region", "en-GB", "harbours", "harbour"},
		{"English, underscore", "EN_us", "harbours", "harbour"},
		{"English contractions", "en", "It’s the ship's crane, and they don't", "ship crane"},
		{"English codes", "en", "U.S. covid19 running", "u.s covid19 run"},
		{"Enets is not English", "enh", "harbours", "harbours"},
		{"unknown language", "und", "The harbours", "the harbours"},
		{"invalid UTF-8", "", "port\xffsea \xe6\xb8", "port sea"},
		{"data", "", "port " + strings.Repeat("deadbeef", 9) + " sea", "port sea"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := strings.Join(token.For(c.lang, token.Rules{}).Tokenise(c.text), " ")
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestTokeniserIsSafeForConcurrentUse(t *testing.T) {
	english := token.For("en", token.Rules{})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 100 {
				if got := english.Tokenise("harbours running"); !slices.Equal(got, []string{"harbour", "run"}) {
					t.Errorf("got %q", got)
				}
			}
		})
	}
	wg.Wait()
}

func FuzzTokenise(f *testing.F) {
	for _, text := range []string{
		"The harbours, don’t", "港口AI技术", "ﾃﾞｰﾀﾍﾞｰｽ", "か\u3099 ん゙", "👩‍👩‍👧 1️⃣", "e\u0301\u200d\u0323x", "\xff\xe6", "สวัสดี", "ǅ İ ſ ẞ", "ͅα", "カ_カ a_b",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, lang := range []string{"", "en"} {
			tokens := token.For(lang, token.Rules{}).Tokenise(text)
			var again []string
			token.For(lang, token.Rules{}).ForEachIn(text, func(token string) { again = append(again, token) })
			if !slices.Equal(tokens, again) {
				t.Errorf("%q: Tokenise %q, ForEachIn %q", lang, tokens, again)
			}
			for _, tok := range tokens {
				if !utf8.ValidString(tok) || !norm.NFKC.IsNormalString(tok) {
					t.Errorf("%q: token %q is not normal", lang, tok)
				}
				if !strings.ContainsFunc(tok, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }) {
					t.Errorf("%q: token %q holds no letter or digit", lang, tok)
				}
			}
			if !utf8.ValidString(text) {
				continue
			}
			// Spelling the same text with other code points changes nothing.
			if other := token.For(lang, token.Rules{}).Tokenise(norm.NFD.String(text)); !slices.Equal(tokens, other) {
				t.Errorf("%q: composed %q, decomposed %q", lang, tokens, other)
			}
		}
	})
}

func Example() {
	fmt.Printf("%q\n", token.For("en", token.Rules{}).Tokenise("The harbour’s new cranes"))
	fmt.Printf("%q\n", token.For("zh-Hans", token.Rules{}).Tokenise("港口的AI起重机"))
	// Output:
	// ["harbour" "new" "crane"]
	// ["港口" "口的" "ai" "起重" "重机"]
}

func BenchmarkTokenise(b *testing.B) {
	for _, c := range []struct{ lang, text string }{
		{"und", "The harbour's new cranes stand still while a storm from the west keeps all ships in port. "},
		{"en", "The harbour's new cranes stand still while a storm from the west keeps all ships in port. "},
		{"de", "Die neuen Kräne des Hafens stehen still, während ein Sturm aus Westen alle Schiffe im Hafen hält. "},
		{"zh", "港口的新起重机停了下来，西边来的风暴让所有船只都留在港内。"},
	} {
		b.Run("lang="+c.lang, func(b *testing.B) {
			text := strings.Repeat(c.text, 30)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			tokens := 0
			for b.Loop() {
				token.For(c.lang, token.Rules{}).ForEachIn(text, func(string) { tokens++ })
			}
			b.ReportMetric(float64(tokens)/b.Elapsed().Seconds(), "tokens/s")
		})
	}
}
