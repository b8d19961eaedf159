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
	"github.com/clipperhouse/uax29/v2/words"
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
		{"Hangul", "ko", "항구의 크레인", "항구 구의 크레 레인"},
		{"decomposed Hangul", "ko", norm.NFD.String("항구"), "항구"},
		{"Arabic, Hebrew, Hindi", "und", "ميناء נמל बंदरगाह", "ميناء נמל बंदरगाह"},
		{"Thai", "th", "ท่าเรือ", "ท่าเ าเรื เรือ"}, // a character keeps its tone mark
		{"Chinese", "zh", "港口的起重机。", "港口 口的 的起 起重 重机"},
		{"lone character", "zh", "港，海", "港 海"},
		{"Latin in Chinese", "zh-Hans", "用AI技术2026年5G网络", "用 ai 技术 2026 年 5g 网络"},
		{"supplementary ideographs", "zh", "𠮷野家", "𠮷野 野家"},
		{"Japanese", "ja", "東京のデータ", "東京 京の のデ デー ータ"},
		{"half-width kana", "ja", "ﾃﾞｰﾀ", "デー ータ"},
		{"voiced mark apart", "ja", "か\u3099く", "がく"},
		{"iteration mark", "ja", "人々", "人々"},
		{"Latin between Chinese", "zh", "AI起重机，iPhone15手机，Ruby 3.3发布", "ai 起重 重机 iphone15 手机 ruby 3.3 发布"},
		{"Traditional", "zh-Hant", "頭髮發現，乾隆，著名，颱風，衞生，沈沒，瞭解", "头发 发发 发现 干隆 着名 台风 卫生 沈没 了解"},
		{"Simplified", "zh-Hans", "头发发现，乾隆，著名，台风，卫生，沉没，了解", "头发 发发 发现 干隆 着名 台风 卫生 沈没 了解"},
		{"Cantonese", "yue-HK", "電車", "电车"},
		{"Chinese, language not said", "", "電車", "电车"},
		{"Japanese, language not said", "und", "電車の音", "電車 車の の音"},
		{"Japanese keeps its characters", "ja", "電車", "電車"},
		{"Chinese stop characters", "zh", "我们的港口", "的港 港口"},
		{"one stop character", "zh", "的", ""},
		{"Japanese stop pairs", "ja", "東京です", "東京 京で"},
		{"particles after Latin", "ko", "Ruby의 항구는", "ruby 항구 구는"},
		{"hanja in Korean", "ko", "港口는", "港口 口는"},
		{"Lao, Khmer and Burmese", "", "ລາວ ខ្មែរ မြန်မာ", "ລາວ ខ្មែរ မြန်မာ"},
		{"Turkish capitals", "tr", "IŞIK İstanbul ISPARTA", "ışık istanbul ıspar"},
		{"Turkish capital, decomposed", "tr", "I\u0307stanbul", "istanbul"},
		{"the same letters elsewhere", "", "ISPARTA", "isparta"},
		{"Arabic points and tatweel", "und", "مَدِينَة مـديـنة", "مدينة مدينة"},
		{"Hebrew points", "he", "שָׁלוֹם \uFB2Aלום", "שלום שלום"},
		{"right to left, with controls", "he", "\u202Bנמל\u202C \u2067port\u2069", "נמל port"},
		{"Persian letters from Arabic keyboards", "fa", "كيفيت کیفیت", "کیفیت کیفیت"},
		{"Arabic", "ar", "الميناء في المدينة", "ميناء مدين"},
		{"French", "fr", "L’eau d'été qu’il boit aujourd'hui", "eau boit aujourd'hui"},
		{"Italian", "it", "l'acqua dell’isola", "acqua isol"},
		{"German", "de", "Die Häuser, daß Straße", "haus strass"},
		{"Norwegian", "nb", "havnene og skipet", "havn skip"},
		{"New Norwegian", "nn-NO", "skipet", "skip"},
		{"Russian ё", "ru", "ещё самолёт самолеты", "самолет самолет"},
		{"Spanish", "es", "los puertos y las grúas", "puert gru"},
		{"Portuguese", "pt-BR", "os navios", "navi"},
		{"Dutch", "nl", "de schepen", "schep"},
		{"Swedish", "sv", "hamnarna och skeppen", "hamn skepp"},
		{"Danish", "da", "havnene og skibene", "havn skib"},
		{"Finnish", "fi", "satamassa ja satamat", "satam satam"},
		{"a stem is never nothing", "da", "øø", "øø"},
		{"Klingon", "tlh", "tlhIngan Hol", "tlhingan hol"},
		{"no tag", "!?", "The harbours", "the harbours"},
		{"emoji alone", "en", "👩🏽‍🚀🏳️‍🌈🇹🇼#️⃣", ""},
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

func TestRules(t *testing.T) {
	for _, c := range []struct {
		lang, text string
		rules      token.Rules
		want       string
	}{
		{"en", "the harbours", token.Rules{}, "harbour"},
		{"en", "the harbours", token.Rules{KeepStopWords: true}, "the harbour"},
		{"en", "the harbours", token.Rules{KeepEndings: true}, "harbours"},
		{"en", "the harbours", token.Rules{KeepStopWords: true, KeepEndings: true}, "the harbours"},
		{"fr", "l'eau", token.Rules{KeepStopWords: true}, "l'eau"},
		{"zh", "我们的港口", token.Rules{KeepStopWords: true}, "我们 们的 的港 港口"},
		{"zh", "我們的港口", token.Rules{KeepEndings: true}, "的港 港口"},
	} {
		got := strings.Join(token.For(c.lang, c.rules).Tokenise(c.text), " ")
		if got != c.want {
			t.Errorf("%s %q %+v: got %q, want %q", c.lang, c.text, c.rules, got, c.want)
		}
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
		"The harbours, don’t", "港口AI技术", "ﾃﾞｰﾀﾍﾞｰｽ", "か\u3099 ん゙", "👩‍👩‍👧 1️⃣", "e\u0301\u200d\u0323x", "\xff\xe6", "สวัสดี", "ǅ İ ſ ẞ", "ͅα", "カ_カ a_b", "l'l'", "I\u0307 İ", "مَدِ\u0653ا", "\uFB2A", "發髮发", "학교의",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, lang := range []string{"", "en", "ar", "de", "fa", "fi", "fr", "he", "ja", "ko", "ru", "ta", "tr", "zh-Hant"} {
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
		{"en", "The harbour's new cranes stand still while a storm from the west keeps all ships in port. "},
		{"de", "Die neuen Kräne des Hafens stehen still, während ein Sturm aus Westen alle Schiffe im Hafen hält. "},
		{"fr", "Les nouvelles grues du port restent à l’arrêt pendant qu’une tempête d’ouest retient les navires. "},
		{"es", "Las nuevas grúas del puerto están paradas mientras una tormenta del oeste retiene los barcos. "},
		{"ru", "Новые краны порта стоят, пока шторм с запада держит все корабли в гавани. "},
		{"ar", "تتوقف رافعات الميناء الجديدة بينما تبقي عاصفة من الغرب جميع السفن في المرفأ. "},
		{"tr", "Batıdan gelen fırtına gemileri limanda tutarken limanın yeni vinçleri çalışmıyor. "},
		{"ko", "서쪽에서 온 폭풍으로 배들이 항구에 머무는 동안 항구의 새 크레인이 멈춰 있다. "},
		{"ja", "西からの嵐で船が港にとどまる間、港の新しいクレーンは止まっている。"},
		{"zh-Hans", "港口的新起重机停了下来，西边来的风暴让所有船只都留在港内。"},
		{"zh-Hant", "港口的新起重機停了下來，西邊來的風暴讓所有船隻都留在港內。"},
		{"th", "เครนใหม่ของท่าเรือหยุดนิ่งขณะที่พายุจากทิศตะวันตกทำให้เรือทุกลำจอดอยู่ในท่า "},
	} {
		text := strings.Repeat(c.text, 30)
		run := func(method string, forEach func(func(string))) {
			b.Run("lang="+c.lang+"/method="+method, func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				b.ReportAllocs()
				tokens := 0
				for b.Loop() {
					forEach(func(string) { tokens++ })
				}
				b.ReportMetric(float64(tokens)/b.Elapsed().Seconds(), "tokens/s")
			})
		}
		run("ours", func(f func(string)) { token.For(c.lang, token.Rules{}).ForEachIn(text, f) })
		numbers := map[string]uint32{}
		indexer := token.For(c.lang, token.Rules{}).Indexer(func(token string) (uint32, bool) {
			n, ok := numbers[token]
			if !ok {
				n = uint32(len(numbers))
				numbers[strings.Clone(token)] = n
			}
			return n, true
		})
		var scratch []uint32
		run("indexer", func(f func(string)) {
			scratch = indexer.Append(scratch[:0], text)
			for range scratch {
				f("")
			}
		})
		run("uax29", func(f func(string)) {
			for it := words.FromString(text); it.Next(); {
				f(it.Value())
			}
		})
	}
}
