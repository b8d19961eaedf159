package lsa

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"unsafe"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/vec"
)

// A Model is what Fit learnt: vocabulary, term weights, U and Σ. It is never changed
// and safe for concurrent use.
//
// It lives in one run of bytes, the same in memory and in a file:
//
//	header   magic (8 bytes); terms m, rank k, bytes of text t (uint64 each);
//	         kernel (24 bytes, zero padded); SHA-256 of all but itself (32 bytes)
//	sigma    k float32
//	weight   m float32
//	U        m×k float32, row major
//	offset   m+1 uint32: term i is text[offset[i]:offset[i+1]]
//	text     t bytes, the terms in ascending byte order
//
// all little-endian, and each part padded with zeros to a multiple of 8 bytes.
type Model struct {
	image  []byte
	kernel string
	sigma  []float32
	weight []float32
	u      embed.Dense
	terms  vocabulary
}

const (
	// magic names the format and, in its last byte, the version of format and
	// analysis: a model is of no use to a build that cuts or weighs words differently.
	magic = "alsoLSA\x01"

	kernelAt    = 8 + 3*8
	hashAt      = kernelAt + 24
	headerBytes = hashAt + sha256.Size
)

// newModel puts a fitted model into the form of its file.
func newModel(terms vocabulary, weight []float32, svd *TruncatedSVD) *Model {
	m, k, text := terms.len(), svd.U.Dim, len(terms.text)
	parts, size := layout(m, k, text)
	image := make([]byte, size)
	copy(image, magic)
	for i, n := range []int{m, k, text} {
		binary.LittleEndian.PutUint64(image[8+8*i:], uint64(n))
	}
	copy(image[kernelAt:hashAt], "gonum/"+runtime.GOARCH)
	copy(floats(image[parts[0]:], k), svd.Sigma)
	copy(floats(image[parts[1]:], m), weight)
	copy(floats(image[parts[2]:], m*k), svd.U.Data)
	copy(view[uint32](image[parts[3]:], m+1), terms.offset)
	copy(image[parts[4]:], terms.text)
	sum := hash(image)
	copy(image[hashAt:], sum[:])
	return open(image)
}

func floats(b []byte, n int) []float32 { return view[float32](b, n) }

// layout returns where the parts after the header begin, and the size of the whole.
func layout(terms, rank, text int) (parts [5]int, size int) {
	size = headerBytes
	for i, n := range []int{4 * rank, 4 * terms, 4 * terms * rank, 4 * (terms + 1), text} {
		parts[i] = size
		size += (n + 7) &^ 7
	}
	return parts, size
}

// open slices an image whose header and length are sound.
func open(image []byte) *Model {
	m, k, text := header(image)
	parts, _ := layout(m, k, text)
	kernel := image[kernelAt:hashAt]
	return &Model{
		image:  image,
		kernel: string(kernel[:clen(kernel)]),
		sigma:  floats(image[parts[0]:], k),
		weight: floats(image[parts[1]:], m),
		u:      embed.Dense{Rows: m, Dim: k, Data: floats(image[parts[2]:], m*k)},
		terms:  vocabulary{offset: view[uint32](image[parts[3]:], m+1), text: image[parts[4] : parts[4]+text]},
	}
}

func header(image []byte) (terms, rank, text int) {
	at := func(i int) int { return int(binary.LittleEndian.Uint64(image[8+8*i:])) }
	return at(0), at(1), at(2)
}

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

func hash(image []byte) [sha256.Size]byte {
	h := sha256.New()
	h.Write(image[:hashAt])
	h.Write(image[headerBytes:])
	return [sha256.Size]byte(h.Sum(nil))
}

// WriteTo writes m for ReadModel.
func (m *Model) WriteTo(w io.Writer) (int64, error) {
	n, err := w.Write(m.image)
	if err != nil {
		return int64(n), fmt.Errorf("lsa: write model: %w", err)
	}
	return int64(n), nil
}

// ReadModel opens what WriteTo wrote. The model aliases b, which may be a mapped file
// and must not change while the model is in use; a b that does not begin at a
// multiple of 8 bytes is copied. Bytes that are cut short, too many or changed are
// refused: all of b is read once, for its hash.
func ReadModel(b []byte) (*Model, error) {
	switch {
	case !littleEndian():
		return nil, errors.New("lsa: models are little-endian, this machine is not: refit on it")
	case len(b) < headerBytes || string(b[:7]) != magic[:7]:
		return nil, errors.New("lsa: not a model")
	case b[7] != magic[7]:
		return nil, fmt.Errorf("lsa: the model is of version %d, this build reads version %d: refit", b[7], magic[7])
	}
	// Bounds first: sizes from the file must not overflow.
	terms, rank, text := header(b)
	if min(terms, rank, text) < 0 || max(terms, rank, text) > len(b) || rank > 0 && terms > len(b)/rank {
		return nil, errors.New("lsa: the model is cut short or damaged")
	}
	if _, size := layout(terms, rank, text); size != len(b) {
		return nil, fmt.Errorf("lsa: the model is %d bytes long, its header says %d: cut short or damaged", len(b), size)
	}
	if sum := hash(b); string(sum[:]) != string(b[hashAt:headerBytes]) {
		return nil, errors.New("lsa: the model's bytes do not match its hash: damaged")
	}
	if uintptr(unsafe.Pointer(unsafe.SliceData(b)))%8 != 0 {
		b = slices.Clone(b)
	}
	m := open(b)
	if err := m.check(); err != nil {
		return nil, err
	}
	return m, nil
}

// check makes sure of what the other methods rely on, for bytes that carry the right
// hash and were yet not written by WriteTo.
func (m *Model) check() error {
	offset := m.terms.offset
	if m.Rank() < 1 || m.Terms() < 1 || offset[0] != 0 || int(offset[len(offset)-1]) != len(m.terms.text) || !slices.IsSorted(offset) {
		return errors.New("lsa: the model's vocabulary is damaged")
	}
	return nil
}

func littleEndian() bool {
	return binary.NativeEndian.Uint16([]byte{1, 0}) == 1
}

// ID identifies the content of m: half of the SHA-256 of its bytes, in hexadecimal.
func (m *Model) ID() string { return hex.EncodeToString(m.image[hashAt : hashAt+sha256.Size/2]) }

// Rank is the number of dimensions, k.
func (m *Model) Rank() int { return m.u.Dim }

// Terms is the size of the vocabulary.
func (m *Model) Terms() int { return m.terms.len() }

// Term is the term of a row of U, a token as package token makes it.
func (m *Model) Term(row int) string { return string([]byte(m.terms.term(row))) }

// Sigma is the singular values, descending. The caller must not change them.
func (m *Model) Sigma() []float32 { return m.sigma }

// Kernel names the arithmetic that fitted m, such as "gonum/amd64". Models fitted
// from equal input by one kernel are equal in every byte.
func (m *Model) Kernel() string { return m.kernel }

// FoldIn returns the vector of a text, of length 1, without refitting; or the zero
// vector, as Fit does. For a text that m was fitted to it is the vector that Fit
// returned.
func (m *Model) FoldIn(text embed.Text) []float32 {
	var scratch bag
	index, value := scratch.count(text, m.terms.find, nil, nil)
	for e, i := range index {
		value[e] = weigh(value[e], m.weight[i])
	}
	vec.Normalise(value)
	vector := make([]float32, m.Rank())
	projectOne(index, value, m.u, vector)
	return vector
}
