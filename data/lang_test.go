package data_test

import (
	"testing"

	"github.com/alsolike/alsolike/data"
)

func TestParseLang(t *testing.T) {
	check := func(s string, want data.Lang, ok bool) {
		t.Helper()
		got, err := data.ParseLang(s)
		if got != want {
			t.Errorf("ParseLang(%q) = %q, want %q", s, got, want)
		}
		field := "lang"
		if ok {
			field = ""
		}
		checkInvalid(t, s, err, field, "is ")
	}
	check("en", "en", true)
	check(" EN-us ", "en-US", true)
	check("pt_BR", "pt-BR", true)
	check("zh", "zh-Hans", true)
	check("zh-CN", "zh-Hans", true)
	check("zh_tw", "zh-Hant", true)
	check("zh-HK", "zh-Hant", true)
	check("zh-Hant-CN", "zh-Hant", true)
	check("zh-TW", "zh-Hant", true)
	check("zh_Hant_HK", "zh-Hant", true)
	check("zh-MO", "zh-Hant", true)
	check("zh-SG", "zh-Hans", true)
	check("zh-CHT", "zh-Hant", true)
	check("zh-chs", "zh-Hans", true)
	check("zh-Latn", "zh-Hans", true)
	check("cmn", "zh-Hans", true)
	check("cmn-TW", "zh-Hant", true)
	check("yue", "yue", true)
	check("cn", "zh-Hans", true)
	check("CN", "zh-Hans", true)
	check("hk", "zh-Hant", true)
	check("jp", "ja", true)
	check("jp-JP", "ja-JP", true)
	check("ua", "uk", true)
	check("cz_CZ", "cs-CZ", true)
	check("dk", "da", true)
	check("gr", "el", true)
	check("kr", "kr", true) // Kanuri
	check("tw", "tw", true) // Twi
	check("iw", "he", true)
	check("in", "id", true)
	check("nb", "no", true)
	check("nb_NO", "no-NO", true)
	check("no", "no", true)
	check("nn", "nn", true)
	check("arb", "ar", true)
	check("ger", "de", true)
	check("eng", "en", true)
	check("de_DE.UTF-8", "de-DE", true)
	check("zh_TW.Big5", "zh-Hant", true)
	check("de_DE@euro", "de-DE", true)
	check("sr_RS.UTF-8@latin", "sr-Latn-RS", true)
	check("mul", "und", true)
	check("zxx", "und", true)
	check("C", "und", false)
	check(".UTF-8", "und", false)
	check("us", "und", false)
	check("ja", "ja", true)
	check("und", "und", true)
	check("", "und", true)
	check(" ", "und", true)
	check("english", "und", false)
	check("??", "und", false)
	check("no language", "und", false)
}

func TestLangBase(t *testing.T) {
	for lang, want := range map[data.Lang]data.Lang{
		"en": "en", "en-US": "en", "zh-Hans": "zh", "zh-Hant": "zh", "sr-Latn": "sr", "und": "und", "": "und",
	} {
		if got := lang.Base(); got != want {
			t.Errorf("Lang(%q).Base() = %q, want %q", lang, got, want)
		}
	}
}

// The canonical form of a tag is its own canonical form.
func FuzzParseLang(f *testing.F) {
	for _, s := range []string{"en", "zh-TW", "zh-min-nan", "i-klingon", "x-private", "sr-Latn-RS", "de-1996", "cmn", "sgn-BE-FR", "nb-x-arb", "de_DE.UTF-8", "sr@latin", "cn-TW", "zh-CHT"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		lang, err := data.ParseLang(s)
		if err != nil {
			return
		}
		if again, err := data.ParseLang(string(lang)); err != nil || again != lang {
			t.Errorf("ParseLang(%q) = %q, whose own form is %q, %v", s, lang, again, err)
		}
		if base := lang.Base(); base == "" || base.Base() != base {
			t.Errorf("%q has the base %q, and that %q", lang, base, base.Base())
		}
	})
}
