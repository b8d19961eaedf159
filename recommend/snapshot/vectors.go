package snapshot

import (
	"encoding/binary"
	"math"
	"runtime"
	"unsafe"

	"github.com/alsolike/alsolike/embed"
)

// Vectors is the vectors of all articles, mapped where the machine writes
// numbers as the file does. They must not be written to, nor touched once s is
// no longer reachable: keep it so with runtime.KeepAlive.
func (s *Snapshot) Vectors() embed.Dense {
	defer runtime.KeepAlive(s)
	v := embed.Dense{Rows: s.n, Dim: s.rank}
	switch {
	case len(s.vectors) == 0:
	case binary.NativeEndian.Uint16([]byte{1, 0}) == 1:
		v.Data = unsafe.Slice((*float32)(unsafe.Pointer(unsafe.SliceData(s.vectors))), len(s.vectors)/4)
	default:
		v.Data = make([]float32, len(s.vectors)/4)
		for i := range v.Data {
			v.Data[i] = math.Float32frombits(binary.LittleEndian.Uint32(s.vectors[4*i:]))
		}
	}
	return v
}

// Floor is the cosine that an article must reach to be among the candidates of
// the article in row: that of the last one of a full list, and 0 where there is
// room.
func (s *Snapshot) Floor(row int) float32 {
	defer runtime.KeepAlive(s)
	if n := s.candidateCount(row); n > 0 && n == s.k {
		return s.candidate(row, n-1).Cosine
	}
	return 0
}
