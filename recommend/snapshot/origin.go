package snapshot

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"runtime"
)

// An Origin says what a row was made from, and how.
type Origin struct {
	Hash [sha256.Size]byte // of the article's content, data.Article.Hash

	// Folded is how well the model knew the article; zero where the model was
	// fitted with it.
	Folded Folded
}

// Folded tells of an article that was folded into a model which was fitted
// without it.
type Folded struct {
	Terms   float32 // counted in it, by the weights of where they stand
	Unknown float32 // of these, terms that the model does not know
	Energy  float32 // share of its known terms' weight that lies in the model's space, 0 to 1
}

// originBytes is the size of a record of origins.bin; see the package comment.
const originBytes = sha256.Size + 3*4

func writeOrigins(w io.Writer, origins []Origin) error {
	b := make([]byte, 0, originBytes)
	for i := range origins {
		o := &origins[i]
		b = append(b[:0], o.Hash[:]...)
		for _, v := range []float32{o.Folded.Terms, o.Folded.Unknown, o.Folded.Energy} {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	return nil
}

// checkOrigins looks for numbers that no sum could be made of.
func (f *files) checkOrigins() error {
	if len(f.origins) == 0 {
		return nil
	}
	for row := range f.n {
		o := f.origin(row).Folded
		if !(o.Terms >= o.Unknown && o.Unknown >= 0 && o.Energy >= 0 && o.Energy <= 1) || math.IsInf(float64(o.Terms), 0) {
			return fmt.Errorf("%s: row %d has %v terms, %v of them unknown, and energy %v", originsFile, row, o.Terms, o.Unknown, o.Energy)
		}
	}
	return nil
}

func (f *files) origin(row int) (o Origin) {
	b := f.origins[row*originBytes:][:originBytes]
	copy(o.Hash[:], b)
	for i, v := range []*float32{&o.Folded.Terms, &o.Folded.Unknown, &o.Folded.Energy} {
		*v = math.Float32frombits(binary.LittleEndian.Uint32(b[sha256.Size+4*i:]))
	}
	return o
}

// HasOrigins reports whether the snapshot knows what its rows were made from.
func (s *Snapshot) HasOrigins() bool { return len(s.origins) > 0 }

// Origin is what the row of an article was made from; zero without origins.
func (s *Snapshot) Origin(row int) Origin {
	defer runtime.KeepAlive(s)
	if !s.HasOrigins() {
		return Origin{}
	}
	return s.origin(row)
}
