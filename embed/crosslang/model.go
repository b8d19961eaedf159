package crosslang

import (
	"errors"
	"io"

	"github.com/alsolike/alsolike/embed"
)

// A Model is what Fit learnt. It is never changed and safe for concurrent use.
type Model struct{ image []byte }

// WriteTo writes m for Read.
func (m *Model) WriteTo(w io.Writer) (int64, error) {
	n, err := w.Write(m.image)
	return int64(n), err
}

// Read opens what WriteTo wrote. The model aliases b.
func Read(b []byte) (*Model, error) { return nil, errors.New("crosslang: not a model") }

// FoldIn returns the vector of a text, of length 1 or zero.
func (m *Model) FoldIn(text embed.Text) []float32 { return nil }

// ID identifies the content of m.
func (m *Model) ID() string { return "" }

// Rank is the number of dimensions.
func (m *Model) Rank() int { return 0 }

// Terms is the size of the vocabulary.
func (m *Model) Terms() int { return 0 }

// Groups is the number of groups that m was learnt from.
func (m *Model) Groups() int { return 0 }
