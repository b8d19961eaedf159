package story

import (
	"unicode"
	"unicode/utf8"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/token"
)

// The lengths of a shingle.
const (
	shingleWords      = 5
	shingleCharacters = 8 // in languages that set no spaces between words
)

// A shingler finds the shingles of one text after the other. Its storage is used
// again by the next text; it is not for concurrent use.
type shingler struct {
	normal []byte
	units  []uint64 // the words or characters of the text, as hashes
}

// shingles calls f with the hash of every shingle of title and body, read one after the
// other, as often as it occurs. The last bit tells where it stands: 0 if in the body. A
// text of words, but of fewer than a shingle has, is one shingle.
func (s *shingler) shingles(lang, title, body string, f func(hash uint64)) {
	tokens := token.For(lang, token.Rules{})
	s.normal = append(tokens.AppendNormal(s.normal[:0], title), '\n')
	titled := len(s.normal)
	s.normal = append(tokens.AppendNormal(s.normal, body), '\n')

	length, read := shingleWords, (*shingler).readWords
	if unspaced(lang, s.normal) {
		length, read = shingleCharacters, (*shingler).readCharacters
	}
	s.units = s.units[:0]
	read(s, s.normal[:titled])
	first := len(s.units) // of the body
	read(s, s.normal[titled:])
	if len(s.units) == 0 {
		return
	}
	length = min(length, len(s.units))
	var hash, power uint64 = 0, 1 // of the last length units; base to the power of length
	for i, unit := range s.units {
		hash = hash*base + unit
		if i < length {
			power *= base
		} else {
			hash -= s.units[i-length] * power
		}
		switch start := i - length + 1; {
		case start >= first:
			f(mix(hash) &^ inTitle)
		case start >= 0:
			f(mix(hash) | inTitle)
		}
	}
}

// inTitle is the bit of shingles that stand, at least in part, in the title.
const inTitle = 1

// base is what the hash of a shingle is multiplied with for every further unit.
const base = 0x9e3779b97f4a7c15

// readWords makes every run of letters, digits and marks a unit.
func (s *shingler) readWords(normal []byte) {
	hash := uint64(fnvStart)
	for i := 0; i < len(normal); {
		b := normal[i]
		if b < utf8.RuneSelf {
			i++
			if inWord[b] {
				hash = (hash ^ uint64(b)) * fnvPrime
				continue
			}
		} else {
			r, size := utf8.DecodeRune(normal[i:])
			i += size
			if isInWord(r) {
				hash = (hash ^ uint64(r)) * fnvPrime // FNV-1a, by characters
				continue
			}
		}
		if hash != fnvStart {
			s.units = append(s.units, mix(hash))
			hash = fnvStart
		}
	}
}

// readCharacters makes every letter, digit and mark a unit.
func (s *shingler) readCharacters(normal []byte) {
	for i := 0; i < len(normal); {
		r, size := utf8.DecodeRune(normal[i:])
		i += size
		if isInWord(r) {
			s.units = append(s.units, mix(uint64(r)+1))
		}
	}
}

// unspaced reports whether the words of a text are not set apart by spaces: by its
// language, and if that is not known by most of its letters.
func unspaced(lang string, normal []byte) bool {
	switch embed.Language(lang) {
	case "zh", "cmn", "yue", "lzh", "ja", "th", "lo", "km", "my":
		return true
	case "und":
	default:
		return false
	}
	letters := 0
	for i := 0; i < len(normal); {
		r, size := utf8.DecodeRune(normal[i:])
		i += size
		switch {
		case !unicode.IsLetter(r):
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar):
			letters--
		default:
			letters++
		}
	}
	return letters < 0
}

func isInWord(r rune) bool {
	return 0x4E00 <= r && r <= 0x9FFF || unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r)
}

// inWord is isInWord of ASCII.
var inWord = func() (table [utf8.RuneSelf]bool) {
	for b := range table {
		table[b] = isInWord(rune(b))
	}
	return table
}()

// The constants of FNV-1a of 64 bits.
const (
	fnvStart = 0xcbf29ce484222325
	fnvPrime = 0x100000001b3
)

// mix makes every bit of the result depend on every bit of x: the finaliser of
// SplitMix64 (Steele, Lea and Flood, 2014). It is a bijection.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
