package zipf

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
)

// The two laws of how often words are used, by their ranks from 1 on.
const (
	bend     = 7873 // the last rank of the first law
	exponent = 1.77 // of the second
	lastRank = 1 << 40
)

// A law draws ranks of words.
type law struct {
	cumulative []float64 // of ranks 1 to len(cumulative), by the first law
	total      float64   // with all ranks of the second law; without a second law the last of cumulative
}

// newLaw is the law of a language, in which rank r is drawn in proportion to 1/r up
// to head, and with a tail from there on to head^(exponent-1)·r^-exponent.
func newLaw(head int, tail bool) law {
	l := law{cumulative: make([]float64, head)}
	for r := range l.cumulative {
		l.total += 1 / float64(r+1)
		l.cumulative[r] = l.total
	}
	if tail {
		l.total += 1 / (exponent - 1) // the integral from head on
	}
	return l
}

// draw is a rank.
func (l *law) draw(rng *rand.Rand) uint64 {
	u := rng.Float64() * l.total
	head := len(l.cumulative)
	if last := l.cumulative[head-1]; u >= last {
		above := 1 - (u-last)/(l.total-last) // in (0, 1]
		return uint64(min(float64(head+1)*math.Pow(above, -1/(exponent-1)), lastRank))
	}
	i, found := slices.BinarySearch(l.cumulative, u)
	if found {
		i++
	}
	return uint64(i) + 1
}

// function are the most frequent words of English, in that order.
var function = strings.Fields(`the of and to in a is that for it was on are as with he be at by this had not
	but from have they which or were one his you an their has will been would there all its more we her who
	when said can about up out so if them some time into no than could only other may what two after new`)

// word is the word of a rank, which no other rank has: function words, then
// syllables.
func word(dst []byte, rank uint64) []byte {
	if rank <= uint64(len(function)) {
		return append(dst, function[rank-1]...)
	}
	const consonants, vowels = "bdfgklmnprstvz", "aeiou"
	const syllables = uint64(len(consonants) * len(vowels))
	for n := rank + syllables; n > 0; n = (n - 1) / syllables { // of two syllables on
		s := (n - 1) % syllables
		dst = append(dst, consonants[s/uint64(len(vowels))], vowels[s%uint64(len(vowels))])
	}
	return append(dst, 'n') // an end that stemming leaves alone
}
