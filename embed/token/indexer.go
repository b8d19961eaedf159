package token

import (
	"math/bits"
	"math/rand/v2"
)

// An Indexer turns texts of one language into numbers of tokens. It remembers which
// number a word has become, so that each word is looked up among the stop words, stemmed
// and numbered once and not as often as it occurs. It is not for concurrent use.
type Indexer struct {
	tokeniser *Tokeniser
	number    func(token string) (n uint32, ok bool)

	terms terms
	memo  memo
	buf   []byte // scratch: a normalised text

	word, gram, run func(string)
	numbers         []uint32 // of the present text
}

// Indexer returns an Indexer that numbers tokens by number, which must say the same of
// equal tokens; where it says no, the token is left out. A token that it is called with
// may alias memory that the next text is written over.
func (t *Tokeniser) Indexer(number func(token string) (n uint32, ok bool)) *Indexer {
	x := &Indexer{tokeniser: t, number: number, terms: t.newTerms()}
	x.word = func(word string) {
		if n, ok := x.memo.find(word); ok {
			x.add(n)
			return
		}
		term, ok := x.terms.ofWord(word)
		x.learn(word, term, ok)
	}
	x.gram = func(gram string) {
		if n, ok := x.memo.find(gram); ok {
			x.add(n)
			return
		}
		x.learn(gram, gram, !isStopped(x.terms.stop, gram))
	}
	x.run = func(run string) { forEachNgram(run, x.gram) }
	return x
}

// Append appends to numbers those of the tokens of text in their order, as ForEachIn
// finds them.
func (x *Indexer) Append(numbers []uint32, text string) []uint32 {
	x.numbers = numbers
	if need := len(text) + 16; cap(x.buf) < need {
		x.buf = make([]byte, 0, need)
	}
	forEachToken(x.tokeniser.normalised(x.buf[:0], text), x.word, x.run)
	numbers, x.numbers = x.numbers, nil
	return numbers
}

func (x *Indexer) add(n uint32) {
	if n != leftOut {
		x.numbers = append(x.numbers, n)
	}
}

// learn remembers the number of term for word, or that it has none.
func (x *Indexer) learn(word, term string, ok bool) {
	n := uint32(leftOut)
	if ok {
		if number, ok := x.number(term); ok {
			n = number
		}
	}
	x.memo.put(word, n)
	x.add(n)
}

// leftOut is the number of words that are no terms.
const leftOut = 1<<32 - 1

// mostRemembered bounds the words of a memo, which takes 48 bytes for each.
const mostRemembered = 1 << 16

// A memo maps words to numbers, by open addressing. When it is full it forgets all.
type memo struct {
	seed  [2]uint64
	slots []memoSlot // a power of two of them, of which at most half are used
	used  int
	long  []byte // the words of more than 16 bytes, one after the other
}

type memoSlot struct {
	key    memoKey
	number uint32
	start  uint32 // in long, of a word of more than 16 bytes
}

// A memoKey holds all of a word of up to 16 bytes: the first and the last half, which
// overlap, and the length. Of longer ones it holds but the ends.
type memoKey struct {
	first, last uint64
	length      uint64 // 0: the slot is free
}

func keyOf(word string) memoKey {
	switch n := len(word); {
	case n > 8:
		return memoKey{load64(word), load64(word[n-8:]), uint64(n)}
	case n >= 4:
		return memoKey{first: load32(word) | load32(word[n-4:])<<32, length: uint64(n)}
	case n > 0:
		return memoKey{first: uint64(word[0]) | uint64(word[n/2])<<8 | uint64(word[n-1])<<16, length: uint64(n)}
	}
	return memoKey{}
}

// wholeInKey is the length of the longest words that a key holds.
const wholeInKey = 16

// slot is the slot of word, whose key is given, or the free one where it belongs.
func (m *memo) slot(key memoKey, word string) *memoSlot {
	hi, lo := bits.Mul64(key.first^m.seed[0], key.last^key.length<<56^m.seed[1])
	for i := hi ^ lo; ; i++ {
		s := &m.slots[i&uint64(len(m.slots)-1)]
		if s.key == key && (len(word) <= wholeInKey || string(m.long[s.start:][:len(word)]) == word) || s.key.length == 0 {
			return s
		}
	}
}

func (m *memo) find(word string) (number uint32, ok bool) {
	if len(m.slots) == 0 {
		return 0, false
	}
	s := m.slot(keyOf(word), word)
	return s.number, s.key.length > 0
}

// put adds a word that is not there and not empty.
func (m *memo) put(word string, number uint32) {
	switch {
	case m.slots == nil:
		m.seed = [2]uint64{rand.Uint64(), rand.Uint64()}
		m.slots = make([]memoSlot, 64)
	case m.used == mostRemembered:
		clear(m.slots)
		m.used, m.long = 0, m.long[:0]
	case 2*m.used == len(m.slots):
		m.grow()
	}
	m.used++
	s := m.slot(keyOf(word), word)
	*s = memoSlot{keyOf(word), number, uint32(len(m.long))}
	if len(word) > wholeInKey {
		m.long = append(m.long, word...)
	}
}

func (m *memo) grow() {
	old := m.slots
	m.slots = make([]memoSlot, 2*len(old))
	for _, s := range old {
		switch n := s.key.length; {
		case n > wholeInKey:
			*m.slot(s.key, string(m.long[s.start:][:n])) = s
		case n > 0:
			*m.slot(s.key, "") = s
		}
	}
}
