package lsa

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"sync"
	"unsafe"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/token"
)

// A Model is what Fit learnt: the spaces of the languages. It is never changed and safe
// for concurrent use.
//
// It lives in one run of bytes, or several, which one after another are its file:
//
//	header   magic (8 bytes); spaces n, rules (uint64 each; bit 0: KeepStopWords,
//	         bit 1: KeepEndings); kernel (24 bytes, zero padded);
//	         SHA-256 of all of the file but itself (32 bytes)
//	n spaces in ascending order of their languages, each of these parts:
//	sizes    bytes of language l, rank k, terms m, bytes of text t (uint64 each)
//	energy   float64
//	language l bytes
//	sigma    k float32
//	weight   m float32
//	U        m×k float32, row major
//	offset   m+1 uint32: term i is text[offset[i]:offset[i+1]]
//	text     t bytes, the terms in ascending byte order
//
// all little-endian, and each part padded with zeros to a multiple of 8 bytes.
type Model struct {
	header []byte
	kernel string
	rules  token.Rules
	spaces []*Space // ascending by language
}

// A Space is what Fit learnt of one language: vocabulary, term weights, U and Σ.
type Space struct {
	image  []byte
	energy float64
	lang   string
	sigma  []float32
	weight []float32
	u      embed.Dense
	terms  vocabulary

	bags sync.Pool // of *bag, all of one Model
}

const (
	// magic names the format and, in its last byte, the version of format and
	// analysis: a model is of no use to a build that cuts or weighs words differently.
	magic = "alsoLSA\x03"

	spacesAt    = 8
	rulesAt     = spacesAt + 8
	kernelAt    = rulesAt + 8
	hashAt      = kernelAt + 24
	headerBytes = hashAt + sha256.Size

	keepStopWords = 1 << 0
	keepEndings   = 1 << 1
)

// newModel puts fitted spaces together.
func newModel(rules token.Rules, spaces []*Space) *Model {
	header := make([]byte, headerBytes)
	copy(header, magic)
	binary.LittleEndian.PutUint64(header[spacesAt:], uint64(len(spaces)))
	var bits uint64
	if rules.KeepStopWords {
		bits |= keepStopWords
	}
	if rules.KeepEndings {
		bits |= keepEndings
	}
	binary.LittleEndian.PutUint64(header[rulesAt:], bits)
	copy(header[kernelAt:hashAt], Kernel())
	m := open(header, spaces)
	sum := m.hash()
	copy(header[hashAt:], sum[:])
	return m
}

// open reads a header.
func open(header []byte, spaces []*Space) *Model {
	bits := binary.LittleEndian.Uint64(header[rulesAt:])
	kernel := header[kernelAt:hashAt]
	return &Model{
		header: header,
		kernel: string(kernel[:clen(kernel)]),
		rules:  token.Rules{KeepStopWords: bits&keepStopWords != 0, KeepEndings: bits&keepEndings != 0},
		spaces: spaces,
	}
}

func (m *Model) hash() [sha256.Size]byte {
	h := sha256.New()
	h.Write(m.header[:hashAt])
	for _, s := range m.spaces {
		h.Write(s.image)
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// A spaceRoom is the room for a space in the form of its file, into which U is computed,
// as it is most of the model.
type spaceRoom struct {
	lang  string
	terms vocabulary
	image []byte
}

// u makes room for a space and returns the place of U.
func (r *spaceRoom) u(terms, rank int) embed.Dense {
	size := sizes{len(r.lang), rank, terms, len(r.terms.text)}
	parts, end := size.layout()
	r.image = make([]byte, end)
	for i, n := range size {
		binary.LittleEndian.PutUint64(r.image[8*i:], uint64(n))
	}
	copy(r.image[parts[0]:], r.lang)
	copy(view[uint32](r.image[parts[4]:], len(r.terms.offset)), r.terms.offset)
	copy(r.image[parts[5]:], r.terms.text)
	return openSpace(r.image).u
}

// fill is the space with the rest of what was fitted.
func (r *spaceRoom) fill(weight, sigma []float32, energy float64) *Space {
	binary.LittleEndian.PutUint64(r.image[energyAt:], math.Float64bits(energy))
	s := openSpace(r.image)
	copy(s.weight, weight)
	copy(s.sigma, sigma)
	return s
}

// sizes is what a space begins with: bytes of language, rank, terms, bytes of text.
type sizes [4]int

const (
	energyAt   = 4 * 8
	sizesBytes = energyAt + 8 // and energy's
)

func readSizes(image []byte) (s sizes) {
	for i := range s {
		s[i] = int(binary.LittleEndian.Uint64(image[8*i:]))
	}
	return s
}

// fit reports whether a space of such sizes can be within n bytes. Where it says yes,
// layout does not overflow.
func (s sizes) fit(n int) bool {
	return min(s[0], s[1], s[2], s[3]) >= 0 && max(s[0], s[1], s[2], s[3]) <= n && (s[1] == 0 || s[2] <= n/s[1])
}

// layout returns where the parts after the sizes begin, and the size of the whole.
func (s sizes) layout() (parts [6]int, end int) {
	lang, rank, terms, text := s[0], s[1], s[2], s[3]
	end = sizesBytes
	for i, n := range []int{lang, 4 * rank, 4 * terms, 4 * terms * rank, 4 * (terms + 1), text} {
		parts[i] = end
		end += (n + 7) &^ 7
	}
	return parts, end
}

// openSpace slices an image whose sizes and length are sound.
func openSpace(image []byte) *Space {
	size := readSizes(image)
	lang, rank, terms, text := size[0], size[1], size[2], size[3]
	parts, _ := size.layout()
	return &Space{
		image:  image,
		energy: math.Float64frombits(binary.LittleEndian.Uint64(image[energyAt:])),
		lang:   string(image[parts[0] : parts[0]+lang]),
		sigma:  floats(image[parts[1]:], rank),
		weight: floats(image[parts[2]:], terms),
		u:      embed.Dense{Rows: terms, Dim: rank, Data: floats(image[parts[3]:], terms*rank)},
		terms:  vocabulary{offset: view[uint32](image[parts[4]:], terms+1), text: image[parts[5] : parts[5]+text]},
	}
}

func floats(b []byte, n int) []float32 { return view[float32](b, n) }

// clen is the length of a zero-padded string.
func clen(b []byte) int {
	if i := slices.Index(b, 0); i >= 0 {
		return i
	}
	return len(b)
}

// view is n numbers at the start of b, in place.
func view[T uint32 | float32](b []byte, n int) []T {
	if n == 0 {
		return nil
	}
	_ = b[4*n-1]
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), n)
}

// WriteTo writes m for ReadModel.
func (m *Model) WriteTo(w io.Writer) (int64, error) {
	n, err := w.Write(m.header)
	written := int64(n)
	for _, s := range m.spaces {
		if err != nil {
			break
		}
		n, err = w.Write(s.image)
		written += int64(n)
	}
	if err != nil {
		return written, fmt.Errorf("lsa: write model: %w", err)
	}
	return written, nil
}

// ReadModel opens what WriteTo wrote. The model aliases b, which may be a mapped file
// and must not change while the model is in use; a b that does not begin at a
// multiple of 8 bytes is copied. Bytes that are cut short, too many or changed are
// refused: all of b is read once, for its hash.
func ReadModel(b []byte) (*Model, error) { return readModel(b, true) }

// ReadVerifiedModel is ReadModel of bytes that are known to be those that were
// written, such as a file whose checksum was verified: it does not read all of them
// for a hash. Of whatever other bytes there are it refuses what would make a method
// go astray.
func ReadVerifiedModel(b []byte) (*Model, error) { return readModel(b, false) }

func readModel(b []byte, verify bool) (*Model, error) {
	switch {
	case !littleEndian():
		return nil, errors.New("lsa: models are little-endian, this machine is not: refit on it")
	case len(b) < headerBytes || string(b[:7]) != magic[:7]:
		return nil, errors.New("lsa: not a model")
	case b[7] != magic[7]:
		return nil, fmt.Errorf("lsa: the model is of version %d, this build reads version %d: refit", b[7], magic[7])
	}
	if uintptr(unsafe.Pointer(unsafe.SliceData(b)))%8 != 0 {
		b = slices.Clone(b)
	}
	images, err := cut(b)
	if err != nil {
		return nil, err
	}
	m := open(b[:headerBytes:headerBytes], nil)
	for _, image := range images {
		m.spaces = append(m.spaces, openSpace(image))
	}
	if verify {
		if sum := m.hash(); string(sum[:]) != string(b[hashAt:headerBytes]) {
			return nil, errors.New("lsa: the model's bytes do not match its hash: damaged")
		}
	}
	if err := m.check(); err != nil {
		return nil, err
	}
	return m, nil
}

// cut cuts a file into its spaces.
func cut(b []byte) (images [][]byte, err error) {
	rest := b[headerBytes:]
	for n := binary.LittleEndian.Uint64(b[spacesAt:]); n > 0; n-- {
		if len(rest) < sizesBytes || !readSizes(rest).fit(len(rest)) {
			return nil, errors.New("lsa: the model is cut short or damaged")
		}
		_, end := readSizes(rest).layout()
		if end > len(rest) {
			return nil, fmt.Errorf("lsa: the model is %d bytes long, its spaces at least %d: cut short or damaged", len(b), len(b)-len(rest)+end)
		}
		images = append(images, rest[:end:end])
		rest = rest[end:]
	}
	if len(rest) > 0 {
		return nil, fmt.Errorf("lsa: the model is %d bytes long, its spaces end after %d: damaged", len(b), len(b)-len(rest))
	}
	return images, nil
}

// check makes sure of what the other methods rely on, for bytes that carry the right
// hash and were yet not written by WriteTo.
func (m *Model) check() error {
	if len(m.spaces) == 0 || binary.LittleEndian.Uint64(m.header[rulesAt:])&^(keepStopWords|keepEndings) != 0 {
		return errors.New("lsa: the model's header is damaged")
	}
	for i, s := range m.spaces {
		offset := s.terms.offset
		if s.Rank() < 1 || s.Terms() < 1 || offset[0] != 0 || int(offset[len(offset)-1]) != len(s.terms.text) || !slices.IsSorted(offset) {
			return fmt.Errorf("lsa: the model's vocabulary of language %q is damaged", s.lang)
		}
		if !(s.energy >= 0 && s.energy <= 1) {
			return fmt.Errorf("lsa: the model's energy of language %q is %v, not within 0 and 1: damaged", s.lang, s.energy)
		}
		if i > 0 && m.spaces[i-1].lang >= s.lang {
			return fmt.Errorf("lsa: the model's language %q is out of order: damaged", s.lang)
		}
	}
	return nil
}

func littleEndian() bool {
	return binary.NativeEndian.Uint16([]byte{1, 0}) == 1
}

// ID identifies the content of m: half of the SHA-256 of its bytes, in hexadecimal.
func (m *Model) ID() string { return hex.EncodeToString(m.header[hashAt : hashAt+sha256.Size/2]) }

// Rank is the number of dimensions of a vector: the greatest of all spaces.
func (m *Model) Rank() int { return longest(m.spaces) }

func longest(spaces []*Space) (rank int) {
	for _, s := range spaces {
		rank = max(rank, s.Rank())
	}
	return rank
}

// Terms is the size of all vocabularies together.
func (m *Model) Terms() (n int) {
	for _, s := range m.spaces {
		n += s.Terms()
	}
	return n
}

// Languages is the primary subtags of the languages that m knows, such as "en" and
// "zh", ascending; that of texts without one is "und".
func (m *Model) Languages() []string {
	var langs []string
	for _, s := range m.spaces {
		langs = append(langs, s.lang)
	}
	return langs
}

// Space is what m knows of the language of a BCP 47 tag, which it finds by the primary
// subtag; nil if m was fitted to no text in it.
func (m *Model) Space(lang string) *Space {
	i, ok := slices.BinarySearchFunc(m.spaces, embed.Language(lang), func(s *Space, lang string) int { return cmp.Compare(s.lang, lang) })
	if !ok {
		return nil
	}
	return m.spaces[i]
}

// Rules is how texts are cut into terms.
func (m *Model) Rules() token.Rules { return m.rules }

// Kernel names the arithmetic that fitted m, such as "avx512vnni/amd64". Models fitted
// from equal input by one kernel are equal in every byte.
func (m *Model) Kernel() string { return m.kernel }

// Rank is the number of dimensions of s, k.
func (s *Space) Rank() int { return s.u.Dim }

// Terms is the size of the vocabulary.
func (s *Space) Terms() int { return s.terms.len() }

// Term is the term of a row of U, a token as package token makes it.
func (s *Space) Term(row int) string { return string([]byte(s.terms.term(row))) }

// Sigma is the singular values, descending. The caller must not change them.
func (s *Space) Sigma() []float32 { return s.sigma }

// Energy is the share, 0 to 1, of the sum of squares of A that UΣVᵀ holds. As each text
// counts 1 in that sum, it is also the share of a text that s holds, in the mean of the
// texts of the fit.
func (s *Space) Energy() float64 { return s.energy }

// U is the left singular vectors, terms × k. The caller must not change them.
func (s *Space) U() embed.Dense { return s.u }
