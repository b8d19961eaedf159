package reason

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/data"
)

var langs = []data.Lang{"en", "zh-Hans", "zh-Hant", "de", "fr", "es"}

var brace = regexp.MustCompile(`\{[a-z]+\}`)

// Each phrase stands in every language, with the same words to fill in, and nobody
// forgot to translate it.
func TestPhrasesAreComplete(t *testing.T) {
	for key, row := range phrases {
		braces := func(s string) []string {
			found := brace.FindAllString(s, -1)
			slices.Sort(found)
			return slices.Compact(found)
		}
		for lang, text := range row {
			switch {
			case text == "" || key != "comma" && key != "semicolon" && text != strings.TrimSpace(text):
				t.Errorf("%s in %s: %q", key, langs[lang], text)
			case !slices.Equal(braces(text), braces(row[english])):
				t.Errorf("%s in %s: %q fills in %q, in English %q", key, langs[lang], text, braces(text), braces(row[english]))
			case strings.HasSuffix(key, "+") != (len(braces(text)) > 0):
				t.Errorf("%s in %s: %q", key, langs[lang], text)
			case tongue(lang) > traditional && !slices.Contains([]string{"comma", "semicolon"}, key) && text == row[english]:
				t.Errorf("%s in %s is English", key, langs[lang])
			}
		}
	}
}

// Every source, feature and code has words in each language, with and without what they
// name, and no two of a kind have the same.
func TestWordsAreComplete(t *testing.T) {
	names := []Name{Cosine, Title, Section, Tags, Author, Series, NextPart, Popularity, NextRead, CoRead}
	sources := []string{FromEditor, FromSeries, FromOtherLanguage, FromSection, FromLatest, FromPopular}
	for _, lang := range langs {
		for _, full := range []bool{false, true} {
			said := map[string]string{}
			check := func(what, text string) {
				t.Helper()
				if text == "" || strings.ContainsAny(text, "{}|") || strings.Contains(text, "0") {
					t.Errorf("%s in %s: %q", what, lang, text)
				}
				if other, ok := said[text]; ok {
					t.Errorf("%s and %s are both %q in %s", what, other, text, lang)
				}
				said[text] = what
			}
			link, rejection := Link{}, Rejection{}
			if full {
				link = Link{Terms: []string{"a", "b"}, Section: "S", Tags: []string{"t"}, Author: "A", Series: "R"}
				rejection = Rejection{Days: 2, Title: "T", Name: "N", Score: 3, Least: 4, Most: 5}
			}
			for _, name := range names {
				link.Features = []Feature{{Name: name, Contribution: 1}}
				check(string(name), Text(lang, link))
			}
			link.Features = nil
			for _, source := range sources {
				if source != FromSeries { // which says what the feature says
					link.Source = source
					check(source, Text(lang, link))
				}
			}
			for _, code := range Codes() {
				rejection.Code = code
				check("rejection "+string(code), rejection.Text(lang))
			}
		}
	}
}

func TestText(t *testing.T) {
	check := func(lang data.Lang, l Link, want string) {
		t.Helper()
		if got := Text(lang, l); got != want {
			t.Errorf("%s: got %q, want %q", lang, got, want)
		}
	}
	subject := Link{
		Source: FromAlgorithm, Terms: []string{"housing", "rent control"}, Section: "Town",
		Features: []Feature{{Cosine, 0.8, 0.3}, {Section, 1, 0.5}, {Lexical, 0.4, 0.3}, {CoRead, 2, 0.2}, {Hubness, 9, -3}},
	}
	check("en", subject, "Same subject: housing, rent control; same section: Town")
	check("zh-Hans", subject, "同一主题：housing、rent control；同一栏目：Town")
	check("zh", subject, "同一主题：housing、rent control；同一栏目：Town")
	check("zh-TW", subject, "同一主題：housing、rent control；同一版面：Town")
	check("de-AT", subject, "Gleiches Thema: housing, rent control; gleiches Ressort: Town")
	check("fr", subject, "Même sujet : housing, rent control ; même rubrique : Town")
	check("es", subject, "Mismo tema: housing, rent control; misma sección: Town")
	check("sv", subject, "Same subject: housing, rent control; same section: Town")
	check("", Link{}, "Similar content")
	check("en", Link{Terms: []string{"a", "b", "c", "d"}}, "Same subject: a, b, c")
	check("en", Link{Features: []Feature{{Hubness, 9, 3}, {Age, 1, 1}, {"new", 1, 1}, {Title, 1, -1}}}, "Similar content")
	check("en", Link{Features: []Feature{{NextRead, 3, 1}, {CoRead, 3, 0.49}}}, "Often read after this one")
	check("en", Link{Features: []Feature{{NextRead, 3, 1}, {CoRead, 3, 0.5}}}, "Often read after this one; often read with this one")
	boosted, buried := subject, subject
	boosted.Weight, buried.Weight, buried.Pool = Boosted, Buried, 12
	check("en", boosted, "Boosted by an editor; same subject: housing, rent control; same section: Town")
	check("zh-Hant", boosted, "由編輯提升；同一主題：housing、rent control；同一版面：Town")
	check("de", buried, "Zufällig aus den besten 12 gezogen; von der Redaktion niedriger gewichtet; gleiches Thema: housing, rent control; gleiches Ressort: Town")
	check("en", Link{Source: FromEditor, Terms: []string{"a"}, Features: subject.Features}, "Pinned by an editor")
	check("en", Link{Source: FromSection, Section: "Town"}, "Newest in section Town")
	check("en", Link{Source: FromSeries, Series: "Ten {n}\n towns"}, "Next part of the series “Ten {n} towns”")
	check("en", Link{Pool: 20, Terms: []string{"a"}}, "Drawn at random from the best 20; same subject: a")
	check("en", Link{Source: FromSection, Section: strings.Repeat("long ", 40)}, "Newest in section "+strings.TrimSpace(strings.Repeat("long ", 16))+"…")
}

func TestRejectionText(t *testing.T) {
	check := func(lang data.Lang, r Rejection, want string) {
		t.Helper()
		if got := r.Text(lang); got != want {
			t.Errorf("%s: got %q, want %q", lang, got, want)
		}
	}
	check("en", Rejection{Code: TooOld, Days: 40}, "too old by 40 days")
	check("en", Rejection{Code: TooOld, Days: 1}, "too old by 1 day")
	check("en", Rejection{Code: TooOld}, "too old")
	check("de", Rejection{Code: TooOld, Days: 1}, "um 1 Tag zu alt")
	check("fr", Rejection{Code: TooOld, Days: 11}, "trop ancien de 11 jours")
	check("zh-Hant", Rejection{Code: NearDuplicate, Title: "港口"}, "與《港口》內容相同")
	check("en", Rejection{Code: NearDuplicate, Title: "Storm"}, "same story as “Storm”")
	check("en", Rejection{Code: Threshold, Score: 0, Least: 20}, "below the threshold: 0 of 20")
	check("en", Rejection{Code: LinksIn, Most: 30}, "over the limit of 30 links into one article")
	check("en", Rejection{Code: SameAuthor, Most: 2, Name: "Vale"}, "more than 2 by Vale")
	check("en", Rejection{Code: "new"}, "new")
}

func TestSentences(t *testing.T) {
	check := func(text string, want ...string) {
		t.Helper()
		var got []string
		eachSentence(text, func(start, end int) { got = append(got, text[start:end]) })
		if !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	check(" \n ")
	check("One. Two! Three? ", "One.", "Two!", "Three?")
	check("Mr. J. Vale of the U.S. Senate came. He left.", "Mr. J. Vale of the U.S. Senate came.", "He left.")
	check("Headline\nText without a stop", "Headline", "Text without a stop")
	check("It cost 3.5 million. So?", "It cost 3.5 million.", "So?")
	check("房租上漲。為什麼？“不知道！”他說。", "房租上漲。", "為什麼？", "“不知道！”", "他說。")
	check("雨。\n\n風", "雨。", "風")
	check("Ends in Mr.", "Ends in Mr.")
	check("The text goes\non here. It\n\nends", "The text goes\non here.", "It", "ends")
	check("The senator said on Monday that the people of the state of\nMaine agree,\nmostly.", "The senator said on Monday that the people of the state of\nMaine agree,\nmostly.")
	check("港口\n风暴", "港口", "风暴")
}
