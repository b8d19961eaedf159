package lsa

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"
	"unsafe"

	"github.com/alsolike/alsolike/embed"
)

// written is a small model and its bytes.
func written(t testing.TB) (*Model, []byte) {
	t.Helper()
	model, _, err := Fit(t.Context(), plain("harbour crane", "harbour crane ship", "wheat field rain", "wheat field", "港口起重機", "港口"), Options{Rank: 3})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := model.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return model, b.Bytes()
}

// at is b copied to an address that is off beyond a multiple of 8.
func at(b []byte, off int) []byte {
	space := make([]byte, len(b)+16)
	for uintptr(unsafe.Pointer(&space[0]))%8 != uintptr(off) {
		space = space[1:]
	}
	return space[:copy(space[:len(b)], b):len(b)]
}

func TestReadModel(t *testing.T) {
	want, b := written(t)
	for off := range 8 {
		got, err := ReadModel(at(b, off))
		if err != nil {
			t.Fatal(err)
		}
		if got.ID() != want.ID() || got.Kernel() != want.Kernel() || got.Rank() != want.Rank() || got.Terms() != want.Terms() {
			t.Errorf("offset %d: got %v %v %v %v, want %v %v %v %v", off, got.ID(), got.Kernel(), got.Rank(), got.Terms(),
				want.ID(), want.Kernel(), want.Rank(), want.Terms())
		}
		if !slices.Equal(words(got.terms), words(want.terms)) || !slices.Equal(got.Sigma(), want.Sigma()) {
			t.Errorf("offset %d: terms or sigma differ", off)
		}
		text := embed.Text{Fields: []embed.Field{{Text: "a ship in the harbour, 港口"}}}
		if !slices.Equal(got.FoldIn(text), want.FoldIn(text)) {
			t.Errorf("offset %d: fold-in differs", off)
		}
		var again bytes.Buffer
		if _, err := got.WriteTo(&again); err != nil || !bytes.Equal(again.Bytes(), b) {
			t.Errorf("offset %d: written again, it differs (error %v)", off, err)
		}
	}
}

func TestReadModelAliasesItsBytes(t *testing.T) {
	_, b := written(t)
	b = at(b, 0)
	model, err := ReadModel(b)
	if err != nil {
		t.Fatal(err)
	}
	start, u := uintptr(unsafe.Pointer(&b[0])), uintptr(unsafe.Pointer(&model.u.Data[0]))
	if u < start || u >= start+uintptr(len(b)) {
		t.Error("U was copied")
	}
}

func TestReadModelRefuses(t *testing.T) {
	_, b := written(t)
	for n := range b {
		if _, err := ReadModel(b[:n:n]); err == nil {
			t.Errorf("cut to %d of %d bytes: got no error", n, len(b))
		}
		damaged := slices.Clone(b)
		damaged[n] ^= 1 << (n % 8)
		if _, err := ReadModel(damaged); err == nil {
			t.Errorf("bit flipped in byte %d: got no error", n)
		}
	}
	if _, err := ReadModel(append(slices.Clone(b), 0)); err == nil {
		t.Error("a byte too many: got no error")
	}
}

func TestIDTellsModelsApart(t *testing.T) {
	a, _ := written(t)
	b, _, err := Fit(t.Context(), plain("harbour crane", "harbour crane"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if a.ID() == b.ID() || len(a.ID()) != 32 {
		t.Errorf("got ids %q and %q", a.ID(), b.ID())
	}
}

// Whatever the bytes are, even with the right hash, a model that opens can be used.
func FuzzReadModel(f *testing.F) {
	_, b := written(f)
	f.Add(b, 0, uint64(0))
	f.Add(b[:headerBytes], 8, uint64(1)<<63)
	f.Add([]byte(magic), 0, uint64(0))
	for i := range 3 {
		f.Add(b, 8+8*i, uint64(1)<<61)
	}
	parts, _ := layout(header(b))
	f.Add(b, parts[3], uint64(1)<<40)
	f.Add(b, parts[3]+8, ^uint64(0))
	f.Fuzz(func(t *testing.T, b []byte, place int, value uint64) {
		b = slices.Clone(b)
		if place >= 0 && place+8 <= len(b) {
			binary.LittleEndian.PutUint64(b[place:], value)
		}
		if len(b) >= headerBytes {
			sum := hash(b)
			copy(b[hashAt:], sum[:])
		}
		model, err := ReadModel(b)
		if err != nil {
			return
		}
		if got := len(model.FoldIn(embed.Text{Fields: []embed.Field{{Text: "harbour 港口 zzz"}}})); got != model.Rank() {
			t.Errorf("fold-in has %d dimensions, want %d", got, model.Rank())
		}
		for i := range model.Terms() {
			_ = model.Term(i)
		}
		var again bytes.Buffer
		if _, err := model.WriteTo(&again); err != nil || !bytes.Equal(again.Bytes(), b) {
			t.Errorf("written again, it differs (error %v)", err)
		}
	})
}
