package token

import (
	"hash/maphash"
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

// mostRemembered bounds the words of a memo, which takes 40 bytes for each.
const mostRemembered = 1 << 16

// A memo maps words to numbers, by open addressing. When it is full it forgets all.
type memo struct {
	seed  maphash.Seed
	slots []memoSlot // a power of two of them, of which at most half are used
	used  int
	text  []byte // of the words, one after the other
}

type memoSlot struct {
	hash   uint32
	start  uint32 // of the word in text
	length uint32 // 0: the slot is free
	number uint32
}

func (m *memo) find(word string) (number uint32, ok bool) {
	if len(m.slots) == 0 {
		return 0, false
	}
	h := uint32(maphash.String(m.seed, word))
	for i := int(h) & (len(m.slots) - 1); ; i = (i + 1) & (len(m.slots) - 1) {
		s := &m.slots[i]
		if s.length == 0 {
			return 0, false
		}
		if s.hash == h && int(s.length) == len(word) && string(m.text[s.start:s.start+s.length]) == word {
			return s.number, true
		}
	}
}

// put adds a word that is not there.
func (m *memo) put(word string, number uint32) {
	switch {
	case m.slots == nil:
		m.seed, m.slots = maphash.MakeSeed(), make([]memoSlot, 64)
	case m.used == mostRemembered:
		clear(m.slots)
		m.used, m.text = 0, m.text[:0]
	case 2*m.used == len(m.slots):
		m.grow()
	}
	m.used++
	m.insert(memoSlot{uint32(maphash.String(m.seed, word)), uint32(len(m.text)), uint32(len(word)), number})
	m.text = append(m.text, word...)
}

func (m *memo) grow() {
	old := m.slots
	m.slots = make([]memoSlot, 2*len(old))
	for _, s := range old {
		if s.length > 0 {
			m.insert(s)
		}
	}
}

func (m *memo) insert(s memoSlot) {
	i := int(s.hash) & (len(m.slots) - 1)
	for m.slots[i].length > 0 {
		i = (i + 1) & (len(m.slots) - 1)
	}
	m.slots[i] = s
}
