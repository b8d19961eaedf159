package crosslang

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"sort"
	"unsafe"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/token"
	"github.com/alsolike/alsolike/embed/vec"
)

// A Model is what Fit learnt. It is never changed and safe for concurrent use.
//
// It lives in one run of bytes, the same in memory and in a file:
//
//	header    magic (8 bytes); rules (bit 0: KeepStopWords, bit 1: KeepEndings),
//	          groups, languages l, terms learnt m, rank learnt k, terms shared n, bytes
//	          of languages' names b, bytes of terms t (uint64 each);
//	          SHA-256 of all but itself (32 bytes)
//	first     l+1 uint32: the terms of language i are first[i] up to first[i+1]
//	nameAt    l+1 uint32: the name of language i is names[nameAt[i]:nameAt[i+1]]
//	names     b bytes, the names in ascending byte order
//	weight    m+n float32
//	U         m×k float32, row major
//	offset    m+n+1 uint32: term i is text[offset[i]:offset[i+1]]
//	text      t bytes: the terms of each language, then those shared, each in ascending
//	          byte order
//
// all little-endian, and each part padded with zeros to a multiple of 8 bytes.
type Model struct {
	image  []byte
	size   sizes
	first  []uint32
	nameAt []uint32
	names  []byte
	weight []float32
	u      embed.Dense
	offset []uint32
	text   []byte
}

const (
	// magic names the format and, in its last byte, the version of format and
	// analysis: a model is of no use to a build that cuts or weighs words differently.
	magic = "alsoXLA\x01"

	hashAt      = 8 + 8*sizeCount
	headerBytes = hashAt + sha256.Size

	keepStopWords = 1 << 0
	keepEndings   = 1 << 1
)

// sizes is the numbers of the header.
type sizes [sizeCount]int

const (
	rulesBits = iota
	groupCount
	langCount
	learntCount
	learntRank
	sharedCount
	nameBytes
	textBytes
	sizeCount
)

// layout returns where the parts after the header begin, and the size of the whole.
func (s sizes) layout() (parts [7]int, end int) {
	terms := s[learntCount] + s[sharedCount]
	end = headerBytes
	for i, n := range []int{
		4 * (s[langCount] + 1), 4 * (s[langCount] + 1), s[nameBytes],
		4 * terms, 4 * s[learntCount] * s[learntRank], 4 * (terms + 1), s[textBytes],
	} {
		parts[i] = end
		end += (n + 7) &^ 7
	}
	return parts, end
}

// newModel puts what was learnt into the form of its file.
func newModel(rules token.Rules, groups int, views []*view, shared []sharedTerm) *Model {
	size := sizes{groupCount: groups, langCount: len(views), learntRank: views[0].fold.Dim, sharedCount: len(shared)}
	if rules.KeepStopWords {
		size[rulesBits] |= keepStopWords
	}
	if rules.KeepEndings {
		size[rulesBits] |= keepEndings
	}
	for _, v := range views {
		size[learntCount] += len(v.terms)
		size[nameBytes] += len(v.lexicon.lang)
		for _, id := range v.terms {
			size[textBytes] += len(v.lexicon.terms[id])
		}
	}
	for _, s := range shared {
		size[textBytes] += len(s.term)
	}
	_, end := size.layout()
	image := make([]byte, end)
	copy(image, magic)
	for i, n := range size {
		binary.LittleEndian.PutUint64(image[8+8*i:], uint64(n))
	}
	m := open(image)

	row, text, name := 0, 0, 0
	add := func(term string, weight float32) {
		m.weight[row] = weight
		text += copy(m.text[text:], term)
		row++
		m.offset[row] = uint32(text)
	}
	for i, v := range views {
		copy(m.u.Data[row*m.u.Dim:], v.fold.Data)
		for j, id := range v.terms {
			add(v.lexicon.terms[id], v.weight[j])
		}
		name += copy(m.names[name:], v.lexicon.lang)
		m.first[i+1], m.nameAt[i+1] = uint32(row), uint32(name)
	}
	for _, s := range shared {
		add(s.term, s.weight)
	}
	sum := hash(image)
	copy(image[hashAt:], sum[:])
	return m
}

func readSizes(image []byte) (s sizes) {
	for i := range s {
		s[i] = int(binary.LittleEndian.Uint64(image[8+8*i:]))
	}
	return s
}

// open slices an image whose header and length are sound.
func open(image []byte) *Model {
	s := readSizes(image)
	parts, _ := s.layout()
	terms := s[learntCount] + s[sharedCount]
	return &Model{
		image:  image,
		size:   s,
		first:  view32[uint32](image[parts[0]:], s[langCount]+1),
		nameAt: view32[uint32](image[parts[1]:], s[langCount]+1),
		names:  image[parts[2] : parts[2]+s[nameBytes]],
		weight: view32[float32](image[parts[3]:], terms),
		u:      embed.Dense{Rows: s[learntCount], Dim: s[learntRank], Data: view32[float32](image[parts[4]:], s[learntCount]*s[learntRank])},
		offset: view32[uint32](image[parts[5]:], terms+1),
		text:   image[parts[6] : parts[6]+s[textBytes]],
	}
}

// view32 is n numbers at the start of b, in place.
func view32[T uint32 | float32](b []byte, n int) []T {
	if n == 0 {
		return nil
	}
	_ = b[4*n-1]
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), n)
}

func hash(image []byte) [sha256.Size]byte {
	h := sha256.New()
	h.Write(image[:hashAt])
	h.Write(image[headerBytes:])
	return [sha256.Size]byte(h.Sum(nil))
}

// WriteTo writes m for Read.
func (m *Model) WriteTo(w io.Writer) (int64, error) {
	n, err := w.Write(m.image)
	if err != nil {
		return int64(n), fmt.Errorf("crosslang: write model: %w", err)
	}
	return int64(n), nil
}

// Read opens what WriteTo wrote. The model aliases b, which may be a mapped file and
// must not change while the model is in use; a b that does not begin at a multiple of
// 8 bytes is copied. Bytes that are cut short, too many or changed are refused: all of
// b is read once, for its hash.
func Read(b []byte) (*Model, error) { return read(b, true) }

// ReadVerified is Read of bytes that are known to be those that were written, such as
// a file whose checksum was verified: it does not read all of them for a hash. Of
// whatever other bytes there are it refuses what would make a method go astray.
func ReadVerified(b []byte) (*Model, error) { return read(b, false) }

func read(b []byte, verify bool) (*Model, error) {
	switch {
	case binary.NativeEndian.Uint16([]byte{1, 0}) != 1:
		return nil, errors.New("crosslang: models are little-endian, this machine is not: refit on it")
	case len(b) < headerBytes || string(b[:7]) != magic[:7]:
		return nil, errors.New("crosslang: not a model")
	case b[7] != magic[7]:
		return nil, fmt.Errorf("crosslang: the model is of version %d, this build reads version %d: refit", b[7], magic[7])
	}
	// Bounds first: sizes from the file must not overflow.
	s := readSizes(b)
	if slices.Min(s[:]) < 0 || slices.Max(s[langCount:]) > len(b) || s[learntRank] > 0 && s[learntCount] > len(b)/s[learntRank] {
		return nil, errors.New("crosslang: the model is cut short or damaged")
	}
	if _, end := s.layout(); end != len(b) {
		return nil, fmt.Errorf("crosslang: the model is %d bytes long, its header says %d: cut short or damaged", len(b), end)
	}
	if verify {
		if sum := hash(b); string(sum[:]) != string(b[hashAt:headerBytes]) {
			return nil, errors.New("crosslang: the model's bytes do not match its hash: damaged")
		}
	}
	if uintptr(unsafe.Pointer(unsafe.SliceData(b)))%8 != 0 {
		b = slices.Clone(b)
	}
	m := open(b)
	if !m.sound() {
		return nil, errors.New("crosslang: the model's vocabulary is damaged")
	}
	return m, nil
}

// sound reports whether what the other methods rely on holds, for bytes that carry the
// right hash and were yet not written by WriteTo.
func (m *Model) sound() bool {
	ascends := func(offset []uint32, end int) bool {
		return offset[0] == 0 && int(offset[len(offset)-1]) == end && slices.IsSorted(offset)
	}
	return m.size[rulesBits]&^(keepStopWords|keepEndings) == 0 && m.u.Dim > 0 &&
		ascends(m.first, m.u.Rows) && ascends(m.nameAt, len(m.names)) && ascends(m.offset, len(m.text))
}

// ID identifies the content of m: half of the SHA-256 of its bytes, in hexadecimal.
func (m *Model) ID() string { return hex.EncodeToString(m.image[hashAt : hashAt+sha256.Size/2]) }

// Rank is the number of dimensions of a vector: those learnt and those of shared terms.
func (m *Model) Rank() int { return m.u.Dim + sharedDims }

// Terms is the size of all vocabularies together.
func (m *Model) Terms() int { return len(m.weight) }

// Groups is the number of groups that m was learnt from.
func (m *Model) Groups() int { return m.size[groupCount] }

// FoldIn returns the vector of a text, of length 1 or zero, without refitting. For a text
// that m was fitted to it is the vector that Fit returned.
func (m *Model) FoldIn(text embed.Text) []float32 {
	var bag bag
	vector := make([]float32, m.Rank())
	m.fold(&bag, text, vector)
	return vector
}

const (
	// sharedDims is the number of dimensions that shared terms are hashed into.
	sharedDims = 256

	// sharedWeight is the share of shared terms in a cosine, where a text has plenty.
	sharedWeight = 0.4

	// plenty is the squared length of the weights of a text's shared terms at which
	// they have half of sharedWeight. A year that half of all texts name has 0.2, a name
	// that one in a thousand has 23.
	plenty = 30

	// leastShare is the length, beside that of its weighted terms, below which a
	// projection is float32's rounding and not the text's direction.
	leastShare = 1e-6
)

// fold sets vector to that of text.
func (m *Model) fold(bag *bag, text embed.Text, vector []float32) {
	bits := m.size[rulesBits]
	bag.count(text, token.Rules{KeepStopWords: bits&keepStopWords != 0, KeepEndings: bits&keepEndings != 0})
	lo, hi := m.terms(embed.Language(text.Lang))
	clear(vector)
	learnt, shared := vector[:m.u.Dim], vector[m.u.Dim:]
	var length float64 // of the terms known, squared
	for _, term := range bag.terms {
		count := local(bag.counts[term])
		if row, ok := m.find(term, lo, hi); ok {
			value := count * m.weight[row]
			length += float64(value) * float64(value)
			vec.Axpy(value, m.u.Row(row), learnt)
		}
		if row, ok := m.find(term, m.u.Rows, len(m.weight)); ok {
			place, sign := sketch(term)
			shared[place] += sign * count * m.weight[row]
		}
	}
	if float64(vec.Norm(learnt)) < leastShare*math.Sqrt(length) {
		clear(learnt)
	}
	known := vec.Normalise(learnt) > 0
	weight := float64(vec.Normalise(shared))
	weight *= weight
	switch share := sharedWeight * weight / (weight + plenty); {
	case known:
		scale(learnt, math.Sqrt(1-share))
		scale(shared, math.Sqrt(share))
	case weight < plenty:
		clear(shared)
	}
	vec.Normalise(vector)
}

func scale(a []float32, by float64) {
	for i := range a {
		a[i] *= float32(by)
	}
}

// sketch is the dimension and sign of a shared term: two terms fall together rarely, and
// then add up as often as they cancel out, so that the dot product of two texts is
// right in the mean (Weinberger and others 2009, "Feature hashing for large scale
// multitask learning").
func sketch(term string) (place int, sign float32) {
	h := uint64(14695981039346656037) // FNV-1a
	for i := range len(term) {
		h = (h ^ uint64(term[i])) * 1099511628211
	}
	h ^= h >> 32 // its high bits are the better ones
	h *= 0x9E3779B97F4A7C15
	if sign = 1; h>>63 != 0 {
		sign = -1
	}
	return int(h >> 32 % sharedDims), sign
}

// terms is the rows of the terms of a language.
func (m *Model) terms(lang string) (lo, hi int) {
	i, ok := sort.Find(m.size[langCount], func(i int) int {
		return compare(lang, m.names[m.nameAt[i]:m.nameAt[i+1]])
	})
	if !ok {
		return 0, 0
	}
	return int(m.first[i]), int(m.first[i+1])
}

// find is the row of a term among rows lo up to hi.
func (m *Model) find(term string, lo, hi int) (row int, ok bool) {
	i, ok := sort.Find(hi-lo, func(i int) int {
		return compare(term, m.text[m.offset[lo+i]:m.offset[lo+i+1]])
	})
	return lo + i, ok
}

func compare(a string, b []byte) int {
	switch s := unsafe.String(unsafe.SliceData(b), len(b)); {
	case a < s:
		return -1
	case a > s:
		return 1
	}
	return 0
}
