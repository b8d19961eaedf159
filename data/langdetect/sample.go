package langdetect

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"

	"github.com/alsolike/alsolike/data"
)

const (
	// sampleLetters is how many letters of an article are looked at.
	sampleLetters = 2000
	// sampleBytes bounds what is read of one text to find them, markup included.
	sampleBytes = 16 << 10
)

// The scripts that are told apart.
const (
	latin = iota
	cyrillic
	arabic
	devanagari
	hebrew
	ethiopic
	han
	kana
	hangul
	greek
	thai
	georgian
	armenian
	bengali
	gurmukhi
	gujarati
	oriya
	tamil
	telugu
	kannada
	malayalam
	sinhala
	khmer
	lao
	myanmar
	tibetan
	scripts
	none = -1
)

var tables = [scripts]*unicode.RangeTable{
	unicode.Latin, unicode.Cyrillic, unicode.Arabic, unicode.Devanagari, unicode.Hebrew, unicode.Ethiopic,
	unicode.Han, nil, unicode.Hangul, unicode.Greek, unicode.Thai, unicode.Georgian, unicode.Armenian,
	unicode.Bengali, unicode.Gurmukhi, unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu, unicode.Kannada,
	unicode.Malayalam, unicode.Sinhala, unicode.Khmer, unicode.Lao, unicode.Myanmar, unicode.Tibetan,
}

// ofScript is the language of a script that one language alone, or nearly
// alone, is written in.
var ofScript = [scripts]data.Lang{
	kana: "ja", hangul: "ko", greek: "el", thai: "th", georgian: "ka", armenian: "hy", bengali: "bn", gurmukhi: "pa",
	gujarati: "gu", oriya: "or", tamil: "ta", telugu: "te", kannada: "kn", malayalam: "ml", sinhala: "si", khmer: "km",
	lao: "lo", myanmar: "my", tibetan: "bo",
}

// codes are the scripts by their code in ISO 15924.
var codes = map[string][]int{
	"Latn": {latin}, "Cyrl": {cyrillic}, "Arab": {arabic}, "Deva": {devanagari}, "Hebr": {hebrew}, "Ethi": {ethiopic},
	"Hans": {han}, "Hant": {han}, "Jpan": {kana, han}, "Kore": {hangul, han}, "Grek": {greek}, "Thai": {thai}, "Geor": {georgian},
	"Armn": {armenian}, "Beng": {bengali}, "Guru": {gurmukhi}, "Gujr": {gujarati}, "Orya": {oriya}, "Taml": {tamil},
	"Telu": {telugu}, "Knda": {kannada}, "Mlym": {malayalam}, "Sinh": {sinhala}, "Khmr": {khmer}, "Laoo": {lao},
	"Mymr": {myanmar}, "Tibt": {tibetan},
}

// ofManyScripts are languages that are written in one script here and another there.
var ofManyScripts = []data.Lang{"sr", "bs", "sh", "az", "uz", "kk", "ky", "tk", "tg", "tt", "ug", "mn", "ku", "pa", "sd", "ks", "ms", "ha", "ro"}

// scriptsOf are the scripts that lang is written in; none: nobody can say.
func scriptsOf(lang data.Lang) []int {
	if slices.Contains(ofManyScripts, lang.Base()) {
		return nil
	}
	return usualScripts(lang)
}

// usualScripts are the scripts that lang is mostly written in, or that its tag names.
func usualScripts(lang data.Lang) []int {
	tag, err := language.Parse(string(lang))
	if err != nil || lang.Base() == data.Undetermined {
		return nil
	}
	script, _ := tag.Script()
	return codes[script.String()]
}

// scriptOf is the script of a letter.
func scriptOf(r rune) int {
	switch {
	case r < utf8.RuneSelf:
		if 'a' <= r|0x20 && r|0x20 <= 'z' {
			return latin
		}
		return none
	case !unicode.IsLetter(r) && !unicode.IsMark(r):
		return none
	case unicode.In(r, unicode.Hiragana, unicode.Katakana) || r == 'ー':
		return kana
	}
	for script, table := range tables {
		if table != nil && unicode.Is(table, r) {
			return script
		}
	}
	return none
}

// A sample is the beginning of an article's words.
type sample struct {
	runes  []rune
	kinds  []int8
	counts [scripts]int
}

func newSample(texts []string) sample {
	var s sample
	left := sampleLetters
	for _, text := range texts {
		for word := range strings.FieldsSeq(withoutCode(text)) {
			left -= s.add(word)
			if left <= 0 {
				return s
			}
		}
	}
	return s
}

func (s *sample) put(r rune, script int) {
	s.runes, s.kinds = append(s.runes, r), append(s.kinds, int8(script))
}

// add adds what stands between two spaces, but for ASCII that is no word, and
// counts the letters.
func (s *sample) add(text string) (letters int) {
	defer s.put(' ', none)
	for text != "" {
		end := strings.IndexFunc(text, func(r rune) bool { return r >= utf8.RuneSelf })
		if end < 0 {
			end = len(text)
		}
		if end > 0 && isCode(text[:end]) {
			text = text[end:]
			continue
		}
		if end == 0 {
			_, end = utf8.DecodeRuneInString(text)
		}
		for _, r := range text[:end] {
			script := scriptOf(r)
			s.put(r, script)
			if script != none {
				s.counts[script]++
				letters++
			}
		}
		text = text[end:]
	}
	return letters
}

// isCode reports whether a run of ASCII is no word: an address, a file, a
// checksum, a name in a program.
func isCode(run string) bool {
	return strings.ContainsAny(run, "0123456789/\\_@=<>{}[]#$|~`") || strings.ContainsAny(strings.Trim(run, ".,:;!?()\"'"), ".:")
}

// letters is the sample with what is not in script blanked out.
func (s *sample) letters(script int) string {
	var b strings.Builder
	for i, r := range s.runes {
		if int(s.kinds[i]) == script || r == '\'' {
			b.WriteRune(r)
		} else {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// script is the one that most is written in, with its share.
func (s *sample) script() (script int, share float64) {
	counts := s.counts
	if counts[kana]*20 > counts[han] { // Japanese, in which about every second letter is kana
		counts[kana], counts[han] = counts[kana]+counts[han], 0
	}
	script, most, total := none, 0, 0
	for i, n := range counts {
		n *= weight(i)
		total += n
		if n > most {
			script, most = i, n
		}
	}
	if total == 0 {
		return none, 0
	}
	return script, float64(most) / float64(total)
}

// weight is how many Latin letters one letter of a script counts as. A syllable
// or a word is more than a letter, and Latin names and terms are guests in every
// other language, but hardly the other way round.
func weight(script int) int {
	switch script {
	case latin:
		return 1
	case han, kana, hangul:
		return 6
	}
	return 2
}

// withoutCode is the plain text of the beginning of an article's text, without
// blocks of code.
func withoutCode(text string) string {
	if len(text) > sampleBytes {
		end := sampleBytes
		for end > 0 && !utf8.RuneStart(text[end]) {
			end--
		}
		text = text[:end]
	}
	for _, block := range [][2]string{{"<pre", "</pre>"}, {"<code", "</code>"}, {"```", "```"}} {
		text = cut(text, block[0], block[1])
	}
	return data.PlainText(text)
}

// cut is text without what stands from open to end, each time.
func cut(text, open, end string) string {
	before, rest, found := strings.Cut(text, open)
	if !found {
		return text
	}
	var b strings.Builder
	for found {
		b.WriteString(before)
		b.WriteByte('\n')
		_, after, closed := strings.Cut(rest, end)
		if !closed {
			return b.String()
		}
		before, rest, found = strings.Cut(after, open)
	}
	b.WriteString(before)
	return b.String()
}
