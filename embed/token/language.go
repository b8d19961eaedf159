package token

import (
	"embed"
	"strings"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/arabic"
	"github.com/blevesearch/snowballstem/danish"
	"github.com/blevesearch/snowballstem/dutch"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/finnish"
	"github.com/blevesearch/snowballstem/french"
	"github.com/blevesearch/snowballstem/german"
	"github.com/blevesearch/snowballstem/hungarian"
	"github.com/blevesearch/snowballstem/irish"
	"github.com/blevesearch/snowballstem/italian"
	"github.com/blevesearch/snowballstem/norwegian"
	"github.com/blevesearch/snowballstem/portuguese"
	"github.com/blevesearch/snowballstem/romanian"
	"github.com/blevesearch/snowballstem/russian"
	"github.com/blevesearch/snowballstem/spanish"
	"github.com/blevesearch/snowballstem/swedish"
	"github.com/blevesearch/snowballstem/tamil"
	"github.com/blevesearch/snowballstem/turkish"
)

// A language is what sets the texts in one apart.
type language struct {
	stopList string                       // name of its file in stopwords; "": none
	stem     func(*snowballstem.Env) bool // nil: words keep their endings
	letters  func(r rune) rune            // makes one letter of those that writers take for one; nil: none
	chinese  func(text string) bool       // whether Han characters are folded; nil: no

	stop  lazy[map[string]bool]
	folds lazy[foldTable] // if letters is set
}

// languages are those with rules of their own, by primary subtag.
var languages = map[string]*language{
	"":   {chinese: looksChinese},
	"ar": {stopList: "ar", stem: arabic.Stem, letters: arabicLetter},
	"az": {letters: turkishLetter},
	"bg": {stopList: "bg"},
	"ca": {stopList: "ca"},
	"cs": {stopList: "cs"},
	"da": {stopList: "da", stem: danish.Stem},
	"de": {stopList: "de", stem: german.Stem},
	"el": {stopList: "el"},
	"en": {stopList: "en", stem: english.Stem},
	"es": {stopList: "es", stem: spanish.Stem},
	"eu": {stopList: "eu"},
	"fa": {stopList: "fa", letters: persianLetter},
	"fi": {stopList: "fi", stem: finnish.Stem},
	"fr": {stopList: "fr", stem: french.Stem},
	"ga": {stopList: "ga", stem: irish.Stem},
	"gl": {stopList: "gl"},
	"hi": {stopList: "hi"},
	"hr": {stopList: "hr"},
	"hu": {stopList: "hu", stem: hungarian.Stem},
	"hy": {stopList: "hy"},
	"id": {stopList: "id"},
	"it": {stopList: "it", stem: italian.Stem},
	"ja": {stopList: "ja"},
	"ko": {stopList: "ko"},
	"nl": {stopList: "nl", stem: dutch.Stem},
	"no": {stopList: "no", stem: norwegian.Stem},
	"pl": {stopList: "pl"},
	"pt": {stopList: "pt", stem: portuguese.Stem},
	"ro": {stopList: "ro", stem: romanian.Stem},
	"ru": {stopList: "ru", stem: russian.Stem, letters: russianLetter},
	"sv": {stopList: "sv", stem: swedish.Stem},
	"ta": {stem: tamil.Stem},
	"tr": {stopList: "tr", stem: turkish.Stem, letters: turkishLetter},
	"uk": {stopList: "uk"},
	"ur": {letters: persianLetter},
	"zh": {stopList: "zh", chinese: func(string) bool { return true }},
}

// aliases are further codes of the languages above.
var aliases = map[string]string{"nb": "no", "nn": "no", "und": "", "cmn": "zh", "lzh": "zh", "yue": "zh"}

// other is any language without rules of its own.
var other = &language{}

func languageOf(tag string) *language {
	primary, _, _ := strings.Cut(strings.ReplaceAll(tag, "_", "-"), "-")
	primary = strings.ToLower(primary)
	if code, ok := aliases[primary]; ok {
		primary = code
	}
	if l, ok := languages[primary]; ok {
		return l
	}
	return other
}

//go:embed stopwords/*.txt
var stopLists embed.FS

// stopWords are the words of l that join others and name nothing themselves. One that
// ends in an apostrophe, such as "l'", stands at the front of other words.
func (l *language) stopWords() map[string]bool {
	if l.stopList == "" {
		return nil
	}
	return *l.stop.get(l.readStopList)
}

func (l *language) readStopList() map[string]bool {
	list, err := stopLists.ReadFile("stopwords/" + l.stopList + ".txt")
	if err != nil {
		panic(err) // the lists are part of the binary
	}
	words := make(map[string]bool)
	for word := range strings.FieldsSeq(l.normalise(string(list))) {
		words[word] = true
	}
	return words
}

// newEnding returns a function that takes the ending off a word. It holds a buffer
// and is not for concurrent use.
func (l *language) newEnding() func(word string) string {
	if l.stem == nil {
		return func(word string) string { return word }
	}
	env := snowballstem.NewEnv("")
	return func(word string) string {
		if strings.ContainsFunc(word, notInWords) {
			return word // a code, number or abbreviation, such as u.s or covid19
		}
		env.SetCurrent(word)
		l.stem(env)
		if stem := env.Current(); strings.ContainsFunc(stem, isAlphanumeric) {
			return stem
		}
		return word
	}
}

// turkishLetter keeps ı and i apart, whose capitals are I and İ.
func turkishLetter(r rune) rune {
	switch r {
	case 'I':
		return 'ı'
	case 'İ':
		return 'i'
	}
	return r
}

// russianLetter writes ё as е, as most print does.
func russianLetter(r rune) rune {
	if r == 'ё' || r == 'Ё' {
		return 'е'
	}
	return r
}

// arabicLetter writes alef without hamza and madda.
func arabicLetter(r rune) rune {
	switch r {
	case 'أ', 'إ', 'آ', 'ٱ':
		return 'ا'
	}
	return r
}

// persianLetter writes the yeh and kaf of Arabic keyboards as the Persian ones.
func persianLetter(r rune) rune {
	switch r {
	case 'ي', 'ى':
		return 'ی'
	case 'ك':
		return 'ک'
	}
	return r
}
