package crosslang

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"
	"unsafe"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/token"
)

// written is a small model and its bytes.
func written(tb testing.TB) (*Model, []byte) {
	tb.Helper()
	site, _ := madeSite([]string{"de", "en"}, MinGroups, func(int) bool { return true })
	for i := range site[:4] {
		site[i].Text.Fields = append(site[i].Text.Fields, embed.Field{Text: "zz1 zz2"})
	}
	model, _ := fitSite(tb, site, Options{Rank: 2})
	var b bytes.Buffer
	if _, err := model.WriteTo(&b); err != nil {
		tb.Fatal(err)
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

func TestRead(t *testing.T) {
	want, b := written(t)
	text := embed.Text{Lang: "de-AT", Fields: []embed.Field{{Text: word("de", 3) + " zz1 unknown"}}}
	for off := range 8 {
		read := []func([]byte) (*Model, error){Read, ReadVerified}[off%2]
		got, err := read(at(b, off))
		if err != nil {
			t.Fatal(err)
		}
		if got.ID() != want.ID() || got.Rank() != want.Rank() || got.Terms() != want.Terms() || got.Groups() != want.Groups() {
			t.Errorf("offset %d: got %v %v %v %v, want %v %v %v %v", off, got.ID(), got.Rank(), got.Terms(), got.Groups(),
				want.ID(), want.Rank(), want.Terms(), want.Groups())
		}
		if !slices.Equal(got.FoldIn(text), want.FoldIn(text)) {
			t.Errorf("offset %d: fold-in differs", off)
		}
		var again bytes.Buffer
		if _, err := got.WriteTo(&again); err != nil || !bytes.Equal(again.Bytes(), b) {
			t.Errorf("offset %d: written again, it differs (error %v)", off, err)
		}
	}
}

func TestReadAliasesItsBytes(t *testing.T) {
	_, b := written(t)
	b = at(b, 0)
	model, err := Read(b)
	if err != nil {
		t.Fatal(err)
	}
	start, u := uintptr(unsafe.Pointer(&b[0])), uintptr(unsafe.Pointer(&model.u.Data[0]))
	if u < start || u >= start+uintptr(len(b)) {
		t.Error("U was copied")
	}
}

func TestReadRefuses(t *testing.T) {
	_, b := written(t)
	for n := range b {
		if _, err := Read(b[:n:n]); err == nil {
			t.Errorf("cut to %d of %d bytes: got no error", n, len(b))
		}
		if _, err := ReadVerified(b[:n:n]); err == nil {
			t.Errorf("cut to %d of %d bytes, which were not verified: got no error", n, len(b))
		}
		damaged := slices.Clone(b)
		damaged[n] ^= 1 << (n % 8)
		if _, err := Read(damaged); err == nil {
			t.Errorf("bit flipped in byte %d: got no error", n)
		}
	}
	if _, err := Read(append(slices.Clone(b), 0)); err == nil {
		t.Error("a byte too many: got no error")
	}
}

// Rules are kept: a text is cut as those were that the model is of.
func TestRulesAreKept(t *testing.T) {
	site, _ := madeSite([]string{"de", "en"}, MinGroups, func(int) bool { return true })
	for i := range site {
		site[i].Text.Fields = append(site[i].Text.Fields, embed.Field{Text: []string{"häuser", "houses"}[i%2]})
	}
	var ids []string
	for _, opts := range []Options{{}, {Rules: token.Rules{KeepStopWords: true, KeepEndings: true}}} {
		model, vectors := fitSite(t, site, opts)
		again, err := Read(model.image)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(again.FoldIn(site[1].Text), vectors.Row(1)) {
			t.Errorf("%+v: a model read again cuts texts otherwise", opts.Rules)
		}
		ids = append(ids, model.ID())
	}
	if ids[0] == ids[1] {
		t.Error("models of different rules have one ID")
	}
}

// Whatever the bytes are, a model that opens can be used.
func FuzzRead(f *testing.F) {
	_, b := written(f)
	f.Add(b, 0, uint64(0))
	f.Add(b[:headerBytes], 8, uint64(1)<<63)
	f.Add([]byte(magic), 0, uint64(0))
	for i := range sizeCount {
		f.Add(b, 8+8*i, uint64(1)<<61)
		f.Add(b, 8+8*i, uint64(0))
	}
	parts, _ := readSizes(b).layout()
	for _, part := range parts {
		f.Add(b, part, uint64(1)<<40)
		f.Add(b, part+8, ^uint64(0))
	}
	f.Fuzz(func(t *testing.T, b []byte, place int, value uint64) {
		b = slices.Clone(b)
		if place >= 0 && place+8 <= len(b) {
			binary.LittleEndian.PutUint64(b[place:], value)
		}
		model, err := ReadVerified(b) // as if the hash were right
		if err != nil {
			return
		}
		for _, lang := range []string{"de", "en", "sw"} {
			text := embed.Text{Lang: lang, Fields: []embed.Field{{Text: "deqaa enqaa zz1 zzz"}}}
			if got := len(model.FoldIn(text)); got != model.Rank() {
				t.Errorf("fold-in has %d dimensions, want %d", got, model.Rank())
			}
		}
		var again bytes.Buffer
		if _, err := model.WriteTo(&again); err != nil || !bytes.Equal(again.Bytes(), b) {
			t.Errorf("written again, it differs (error %v)", err)
		}
	})
}
