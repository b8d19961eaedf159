package pack_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/eval/pack"
)

func TestOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "week.evp")
	want := file(t, hundredReaders(), pack.WriteOptions{Seed: "1"})
	if err := os.WriteFile(path, want, 0o644); err != nil {
		t.Fatal(err)
	}
	p, hash, err := pack.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if p.Impressions.Len() != 100 || !strings.HasPrefix(hash, "sha256:") || len(hash) != len("sha256:")+64 {
		t.Errorf("got %d impressions and the hash %s", p.Impressions.Len(), hash)
	}
	if _, _, err := pack.Open(path + "x"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want that there is no such file", err)
	}
}

func TestDecodeRefuses(t *testing.T) {
	good := file(t, hundredReaders(), pack.WriteOptions{})
	check := func(name string, file []byte, want error, reason string) {
		t.Helper()
		_, _, err := pack.Decode(file)
		if !errors.Is(err, want) || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: got %v, want %v with %q", name, err, want, reason)
		}
	}
	with := func(at int, b ...byte) []byte {
		file := slices.Clone(good)
		copy(file[at:], b)
		return file
	}
	check("empty", nil, pack.ErrTruncated, "")
	check("start", good[:5], pack.ErrTruncated, "")
	check("head", good[:20], pack.ErrTruncated, "")
	check("cut", good[:len(good)-1], pack.ErrTruncated, "of")
	check("text", []byte("{\"t\":\"imp\"}\n"), pack.ErrNotPack, "eval pack")
	check("line ends", bytes.Replace(good, []byte("\r\n"), []byte("\n"), 1), pack.ErrNotPack, "")
	check("newer", with(8, 2), pack.ErrNewer, "format 2; this version knows 1")
	check("no format", with(8, 0), pack.ErrDamaged, "format 0")
	check("longer", append(slices.Clone(good), 0), pack.ErrDamaged, "instead of")
	check("hash", with(20, ^good[20]), pack.ErrDamaged, "hash of its content")
	check("content", with(len(good)-1, ^good[len(good)-1]), pack.ErrDamaged, "")
	check("bomb", with(52, bomb...), pack.ErrDamaged, "stored in 1")
}

// bomb is a block that says it is a thousand bytes, stored in one.
var bomb = []byte{1, 'x', 1, 0xe8, 0x07, 1, 0}

// Every byte of the file matters.
func TestDecodeFindsEveryChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		file := file(t, anyPack(t), pack.WriteOptions{})
		at := rapid.IntRange(0, len(file)-1).Draw(t, "at")
		file[at] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		if _, _, err := pack.Decode(file); err == nil {
			t.Fatalf("byte %d was changed, and nobody noticed", at)
		}
	})
}

// A file that says it holds far more than it can is refused before memory is
// taken for it.
func TestDecodeTakesNoMemoryForNothing(t *testing.T) {
	head := []byte{0, 0}
	for range 3 {
		head = binary.AppendUvarint(head, math.MaxInt32)
	}
	head = append(head, make([]byte, 7)...)
	huge := []byte{0, 0} // base 0, width 0: any number of zeros
	blocks := [][2]string{
		{"head", string(head)}, {"articles", "\x00"}, {"vectors", ""}, {"policies", "\x00"}, {"overrides", "\x00"}, {"snapshot_length", "\x00\x08"},
	}
	for _, name := range []string{"source", "item", "read_item"} {
		blocks = append(blocks, [2]string{name, string(huge)})
	}
	file := seal(blocks)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, _, err := pack.Decode(file)
	runtime.ReadMemStats(&after)
	if !errors.Is(err, pack.ErrDamaged) || !strings.Contains(err.Error(), "source") {
		t.Errorf("got %v, want ErrDamaged that names source", err)
	}
	if taken := after.TotalAlloc - before.TotalAlloc; taken > 1<<20 {
		t.Errorf("took %d bytes for a file of %d", taken, len(file))
	}
}

// What Decode accepts is valid, and is written and read back the same; it never
// panics, whatever the blocks hold.
func FuzzDecode(f *testing.F) {
	rapidFile := func(seed int) []byte {
		return file(f, rapid.Custom(anyPack).Example(seed), pack.WriteOptions{Seed: "1"})
	}
	for seed := range 4 {
		f.Add(rapidFile(seed))
	}
	f.Add(file(f, hundredReaders(), pack.WriteOptions{Seed: "1"}))
	f.Fuzz(func(t *testing.T, file []byte) {
		p, _, err := pack.Decode(mend(file))
		if err != nil {
			return
		}
		if err := p.Validate(); err != nil {
			t.Fatalf("accepted, but %v", err)
		}
		var again bytes.Buffer
		if err := pack.Write(&again, p, pack.WriteOptions{MinCell: 1}); err != nil {
			t.Fatalf("accepted, but cannot be written: %v", err)
		}
		q, _, err := pack.Decode(again.Bytes())
		if err != nil {
			t.Fatalf("accepted, written, and not read: %v", err)
		}
		if diff := cmp.Diff(rows(p), rows(q)); diff != "" {
			t.Fatalf("rows (-first +again):\n%s", diff)
		}
		if diff := cmp.Diff(p.Articles, q.Articles, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("articles (-first +again):\n%s", diff)
		}
	})
}
