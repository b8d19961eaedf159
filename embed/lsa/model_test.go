package lsa

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"testing"
	"unsafe"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/token"
)

// threeLanguages has spaces of different rank.
var threeLanguages = []embed.Text{
	inLang("en", "harbour cranes"), inLang("en-GB", "harbour cranes ship"), inLang("en", "wheat field rain"),
	inLang("zh-Hant", "港口起重機"), inLang("", "wheat field"), inLang("en", "wheat field"), inLang("zh-Hant", "港口"),
}

func inLang(lang, body string) embed.Text {
	return embed.Text{Lang: lang, Fields: []embed.Field{{Text: body}}}
}

// written is a small model and its bytes.
func written(t testing.TB) (*Model, []byte) {
	t.Helper()
	model, _, err := Fit(t.Context(), eachText(threeLanguages), Options{Rank: 3, Rules: token.Rules{KeepEndings: true}})
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
		read := []func([]byte) (*Model, error){ReadModel, ReadVerifiedModel}[off%2]
		got, err := read(at(b, off))
		if err != nil {
			t.Fatal(err)
		}
		if got.ID() != want.ID() || got.Kernel() != want.Kernel() || got.Rank() != want.Rank() || got.Terms() != want.Terms() {
			t.Errorf("offset %d: got %v %v %v %v, want %v %v %v %v", off, got.ID(), got.Kernel(), got.Rank(), got.Terms(),
				want.ID(), want.Kernel(), want.Rank(), want.Terms())
		}
		if langs := got.Languages(); !slices.Equal(langs, []string{"en", "und", "zh"}) {
			t.Fatalf("offset %d: languages: got %q", off, langs)
		}
		for _, lang := range got.Languages() {
			got, want := got.Space(lang), want.Space(lang)
			if !slices.Equal(words(got.terms), words(want.terms)) || !slices.Equal(got.Sigma(), want.Sigma()) || got.Energy() != want.Energy() || !slices.Equal(got.U().Data, want.U().Data) {
				t.Errorf("offset %d, %s: terms, sigma, energy or U differ", off, lang)
			}
		}
		for _, text := range append(threeLanguages, inLang("en", "a ship, 港口"), inLang("", "field of cranes")) {
			if !slices.Equal(got.FoldIn(text), want.FoldIn(text)) {
				t.Errorf("offset %d: fold-in of %v differs", off, text)
			}
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
	start, u := uintptr(unsafe.Pointer(&b[0])), uintptr(unsafe.Pointer(&model.Space("zh").U().Data[0]))
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
		if _, err := ReadVerifiedModel(b[:n:n]); err == nil {
			t.Errorf("cut to %d of %d bytes, which were not verified: got no error", n, len(b))
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

// Whatever the bytes are, a model that opens can be used.
func FuzzReadModel(f *testing.F) {
	model, b := written(f)
	f.Add(b, 0, uint64(0))
	f.Add(b[:headerBytes], spacesAt, uint64(0))
	f.Add(b[:headerBytes], spacesAt, uint64(1)<<63)
	f.Add([]byte(magic), 0, uint64(0))
	f.Add(b, spacesAt, uint64(2))
	f.Add(b, rulesAt, uint64(4))
	f.Add(b, headerBytes+energyAt, math.Float64bits(math.NaN()))
	for i := range 4 {
		f.Add(b, headerBytes+8*i, uint64(1)<<61)
		f.Add(b, headerBytes+len(model.Space("en").image)+8*i, uint64(1)<<31)
	}
	parts, _ := readSizes(b[headerBytes:]).layout()
	f.Add(b, headerBytes+parts[0], uint64('z')) // no longer in order
	f.Add(b, headerBytes+parts[4], uint64(1)<<40)
	f.Add(b, headerBytes+parts[4]+8, ^uint64(0))
	f.Fuzz(func(t *testing.T, b []byte, place int, value uint64) {
		b = slices.Clone(b)
		if place >= 0 && place+8 <= len(b) {
			binary.LittleEndian.PutUint64(b[place:], value)
		}
		model, err := ReadVerifiedModel(b) // as if the hash were right
		if err != nil {
			return
		}
		for _, lang := range append(model.Languages(), "xx") {
			if got := len(model.FoldIn(inLang(lang, "harbour 港口 zzz"))); got != model.Rank() {
				t.Errorf("fold-in has %d dimensions, want %d", got, model.Rank())
			}
			space := model.Space(lang)
			if space == nil {
				continue // the model holds a name that is no primary subtag
			}
			for i := range space.Terms() {
				_ = space.Term(i)
			}
		}
		var again bytes.Buffer
		if _, err := model.WriteTo(&again); err != nil || !bytes.Equal(again.Bytes(), b) {
			t.Errorf("written again, it differs (error %v)", err)
		}
	})
}
