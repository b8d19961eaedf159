package snapshot

import (
	"runtime"

	"github.com/alsolike/alsolike/embed"
)

// Vectors is the vectors of all articles, mapped where the machine writes
// numbers as the file does. They must not be written to, nor touched once s is
// no longer reachable: keep it so with runtime.KeepAlive. Those of different
// languages (data.Lang.Base) cannot be compared.
func (s *Snapshot) Vectors() embed.Dense {
	defer runtime.KeepAlive(s)
	return dense(s.vectors, s.n, s.rank)
}

// CrossVectors is the vectors of all articles in the cross-language space, in
// which all languages can be compared; without one they are of length 0. See
// Vectors for what must not be done with them.
func (s *Snapshot) CrossVectors() embed.Dense {
	defer runtime.KeepAlive(s)
	return dense(s.crossVectors, s.n, s.crossRank)
}

// dense is the n × dim numbers that b is the file of.
func dense(b []byte, n, dim int) embed.Dense {
	return embed.Dense{Rows: n, Dim: dim, Data: numbers[float32](b, len(b)/4)}
}

// Floor is the cosine that an article must reach to be among the candidates of
// the article in row: that of the last one of a full list, and 0 where there is
// room.
func (s *Snapshot) Floor(row int) float32 {
	defer runtime.KeepAlive(s)
	if n := s.candidates.count(row); n > 0 && n == s.candidates.k {
		return s.candidates.at(row, n-1).Cosine
	}
	return 0
}
