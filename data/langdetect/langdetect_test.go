package langdetect_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/langdetect"
)

func newDetector(t testing.TB, expected ...data.Lang) *langdetect.Detector {
	t.Helper()
	d, err := langdetect.New(expected)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// One or two sentences each, about a harbour.
var texts = map[data.Lang]string{
	"en":      "The first of five electric cranes came up the river on Monday, and all five are to lift by autumn.",
	"de":      "Der erste von fünf elektrischen Kränen kam am Montag den Fluss herauf, und im Herbst sollen alle fünf heben.",
	"fr":      "La première des cinq grues électriques a remonté le fleuve lundi, et toutes doivent soulever des charges avant l’automne.",
	"es":      "La primera de las cinco grúas eléctricas subió por el río el lunes, y todas deben levantar cargas antes del otoño.",
	"ru":      "Первый из пяти электрических кранов поднялся по реке в понедельник, а к осени должны работать все пять кранов порта.",
	"el":      "Ο πρώτος από τους πέντε ηλεκτρικούς γερανούς ανέβηκε τον ποταμό.",
	"he":      "המנוף החשמלי הראשון מתוך חמישה עלה בנהר ביום שני, וכולם אמורים לפעול עד הסתיו.",
	"ar":      "وصلت أول رافعة كهربائية من أصل خمس رافعات إلى الميناء يوم الاثنين، ومن المقرر أن تعمل كلها بحلول الخريف.",
	"th":      "เครนไฟฟ้าตัวแรกจากห้าตัวมาถึงท่าเรือเมื่อวันจันทร์",
	"hi":      "पाँच बिजली की क्रेनों में से पहली सोमवार को नदी के रास्ते आई, और शरद ऋतु तक सभी काम करने लगेंगी।",
	"ko":      "다섯 대의 전기 크레인 가운데 첫 번째가 월요일에 강을 따라 올라왔다.",
	"ja":      "五台の電動クレーンのうち最初の一台が月曜日に川を上ってきた。",
	"zh-Hans": "五台电动起重机中的第一台星期一沿河而上，到秋天五台都要开始工作。",
	"zh-Hant": "五臺電動起重機中的第一臺星期一沿河而上，到秋天五臺都要開始工作。",
}

func TestDetect(t *testing.T) {
	d := newDetector(t)
	check := func(name string, want data.Lang, texts ...string) {
		t.Helper()
		got := d.Detect(texts...)
		if got.Lang != want || (got.Lang == data.Undetermined) != (got.Confidence == 0) || got.Confidence > 1 ||
			got.Lang != data.Undetermined && got.Confidence < langdetect.MinConfidence {
			t.Errorf("%s: got %+v, want %s", name, got, want)
		}
	}
	for lang, text := range texts {
		check("plain", lang, text)
		check("HTML", lang, "<p>"+text+"</p><pre>the code that is in English and if you read it then it is not the text</pre>")
		check("fenced code", lang, text+"\n```\nfor the one that is of the other and then return the value of it to the caller\n```\n")
		check("addresses", lang, text+" https://example.org/the/one/that/is/of/the/other sha256: 77ae62f0ffb4a8d5ad5ac3d1ee3cf8d2c9fd23d6e2e1a12f0b1a3a4d4b1d7f52")
	}
	check("title of one language, body of another", "de", "Five electric cranes for the port", "", texts["de"]+" "+texts["de"])
	check("English terms in Chinese", "zh-Hans", "Ruby 3.4 的垃圾回收：YJIT 与 Ractor 在 Rails 应用里的表现，以及升级前要检查什么")
	check("English terms in Japanese", "ja", "Ruby 3.4 で YJIT と Ractor を Rails アプリケーションに使ってみた")
	check("full-width Latin and half-width kana", "ja", "ＡＢＣﾆｭｰｽ ｶﾞ ﾂﾀｴﾀ ﾎﾝｼﾞﾂ ﾉ ﾃﾝｷ")
	check("emoji and joiners", "en", "👩‍👩‍👧 "+texts["en"]+" \u200d\u200d 🏗️")
	check("nothing", "und")
	check("no letters", "und", "2026-03-14 12:00", "", "<p>1,234.5 — 99 %</p>")
	check("one letter", "und", "A")
	check("one character", "und", "水")
	check("a name", "und", "Ruby Garden")
	check("a script that nobody knows", "und", "ᚠᚢᚦᚨᚱᚲ ᚷᚹᚺᚾᛁᛃ")
	check("not UTF-8", "en", texts["en"]+"\xff\xfe")
	check("very long", "en", strings.Repeat(texts["en"]+"\n", 100_000))
}

// Words that both scripts write alike say nothing of the script; the few
// characters that differ decide.
func TestDetectScript(t *testing.T) {
	all, hans, hant := newDetector(t), newDetector(t, "en", "zh-Hans"), newDetector(t, "en", "zh-Hant")
	check := func(text string, want data.Lang) {
		t.Helper()
		if got := all.Detect(text); got.Lang != want {
			t.Errorf("%s: got %+v, want %s", text, got, want)
		}
		if got := hans.Detect(text); got.Lang != "zh-Hans" {
			t.Errorf("%s: got %+v where only zh-Hans is expected", text, got)
		}
		if got := hant.Detect(text); got.Lang != "zh-Hant" {
			t.Errorf("%s: got %+v where only zh-Hant is expected", text, got)
		}
	}
	check("港口的工人在河上等了十年，如今新的大船来了，旧的要走了", "zh-Hans")
	check("港口的工人在河上等了十年，如今新的大船來了，舊的要走了", "zh-Hant")
	check("一九三一年，乾隆年间的著作在里斯本展出，游客们说很好看", "zh-Hans")
}

func TestDetectExpected(t *testing.T) {
	check := func(text string, want data.Lang, expected ...data.Lang) {
		t.Helper()
		if got := newDetector(t, expected...).Detect(text); got.Lang != want {
			t.Errorf("%.30s…, expected %v: got %+v, want %s", text, expected, got, want)
		}
	}
	check("Ruby Garden is open", "en", "en", "zh-Hans")
	check(texts["de"], "en", "en", "zh-Hans") // as it was said
	check(texts["de"], "de", "en", "de")
	check(texts["de"], "und", "zh-Hans", "ja")
	check(texts["ja"], "und", "en", "zh-Hans")
	check(texts["es"], "es-MX", "en-GB", "es-MX")
	check(texts["en"], "en-GB", "en-GB", "es-MX")
	check(texts["ko"], "ko", "en", "ko")

	if _, err := langdetect.New([]data.Lang{"en", "tlh"}); err == nil || !strings.Contains(err.Error(), "tlh") {
		t.Errorf("got %v of a language that nobody can tell", err)
	}
}

func TestOverrule(t *testing.T) {
	d := newDetector(t)
	check := func(said data.Lang, text string, want data.Lang) {
		t.Helper()
		got, ok := d.Overrule(said, text)
		if !ok {
			got.Lang = ""
		}
		if got.Lang != want {
			t.Errorf("%s of %.30s…: got %+v, want %q", said, text, got, want)
		}
	}
	check("en", texts["zh-Hant"], "zh-Hant")
	check("en-US", texts["ja"], "ja")
	check("zh-Hans", texts["zh-Hant"]+texts["zh-Hant"], "zh-Hant")
	check("zh-Hans", texts["en"], "en")
	check("ja", texts["en"], "en")
	check("el", texts["ru"], "ru")
	check("en", texts["en"], "")
	check("en", texts["de"], "") // both are written so
	check("ja", "東京港湾局長官房総務課発表資料一覧東京港湾局長官房総務課発表資料一覧", "")
	check("ja", texts["ja"]+strings.Repeat(" Ruby Rails", 10), "")
	check("zh-Hans", texts["zh-Hans"], "")
	check("zh-Hant", "港口工人", "")
	check("sr", texts["en"], "") // in two scripts
	check("tlh", texts["ru"], "")
	check("en", "", "")
}

func TestLettersFit(t *testing.T) {
	check := func(text string, fit, unfit []data.Lang) {
		t.Helper()
		l := langdetect.LettersOf("", text)
		for _, lang := range fit {
			if !l.Fit(lang) {
				t.Errorf("%s does not fit %s", text, lang)
			}
		}
		for _, lang := range unfit {
			if l.Fit(lang) {
				t.Errorf("%s fits %s", text, lang)
			}
		}
	}
	check("Ruby", []data.Lang{"en", "pt-BR", "ro", "sr-Latn", "tr", "vi"}, []data.Lang{"ru", "zh-Hans", "ja", "sr", "tlh", "und", ""})
	check("Рим", []data.Lang{"ru", "uk", "sr"}, []data.Lang{"en", "ro", "el"})
	check("水", []data.Lang{"zh-Hans", "zh-Hant", "ja"}, []data.Lang{"en"})
	check("东水", []data.Lang{"zh-Hans", "ja"}, []data.Lang{"zh-Hant", "en"})
	check("東水", []data.Lang{"zh-Hant", "ja"}, []data.Lang{"zh-Hans", "en"})
	check("かな", []data.Lang{"ja"}, []data.Lang{"zh-Hans", "zh-Hant", "en"})
	check("2026", nil, []data.Lang{"en", "zh-Hans", "ja", "und"})
	check("ᚠᚢᚦ", nil, []data.Lang{"en", "zh-Hans", "ja", "und"})
}

// Whatever the text, a language comes with its chance, and it is one that was
// asked for.
func FuzzDetect(f *testing.F) {
	for _, text := range texts {
		f.Add(text, text, true)
	}
	f.Add("<pre", "```", false)
	f.Add("\xff\xfe", "<code>", true)
	all, few := newDetector(f), newDetector(f, "en", "zh-Hant", "pt-BR", "ru")
	f.Fuzz(func(t *testing.T, title, body string, restricted bool) {
		d := all
		if restricted {
			d = few
		}
		got := d.Detect(title, body)
		if (got.Lang == data.Undetermined) != (got.Confidence == 0) || got.Confidence < 0 || got.Confidence > 1 {
			t.Errorf("got %+v", got)
		}
		if lang, err := data.ParseLang(string(got.Lang)); err != nil || lang != got.Lang {
			t.Errorf("got %s, in canonical form %s, %v", got.Lang, lang, err)
		}
		if restricted && !strings.Contains("und en zh-Hant pt-BR ru", string(got.Lang)) {
			t.Errorf("got %s, which was not expected", got.Lang)
		}
		if again := d.Detect(title, body); again != got {
			t.Errorf("got %+v, then %+v", got, again)
		}
	})
}

func ExampleDetector_Detect() {
	d, _ := langdetect.New([]data.Lang{"en", "zh-Hans", "zh-Hant"})
	fmt.Println(d.Detect("五臺電動起重機", "", "<p>五臺電動起重機中的第一臺星期一沿河而上。</p>").Lang)
	// Output: zh-Hant
}

func BenchmarkDetect(b *testing.B) {
	for _, lang := range []data.Lang{"en", "ru", "ja", "zh-Hant"} {
		b.Run("lang="+string(lang), func(b *testing.B) {
			d, text := newDetector(b), strings.Repeat("<p>"+texts[lang]+"</p>\n", 50)
			b.ReportAllocs()
			for b.Loop() {
				d.Detect(text)
			}
		})
	}
}
