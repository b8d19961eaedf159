// Package lsa is latent semantic analysis.
package lsa

import (
	"context"
	"errors"
	"io"
	"iter"

	"github.com/alsolike/alsolike/embed"
	"github.com/james-bowman/nlp"
)

// ErrEmptyCorpus is returned by Fit when no text holds a term.
var ErrEmptyCorpus = errors.New("lsa: the corpus holds no terms")

// Options are the settings of Fit; the zero value works.
type Options struct {
	Rank       int     // dimensions; 0: min(256, texts/8), at least 1
	Seed       uint64  // of the random start; 0: 1
	MinDocFreq int     // a term must occur in so many texts; 0: 2
	MaxDocFreq float64 // and in no greater share of them; 0: 0.5
	Oversample int     // columns beyond Rank
	Iterations int     // passes
	Workers    int     // goroutines; 0: GOMAXPROCS. Does not change the result
	Progress   func(stage string, done, total int64)
}

// A Model is a fitted analysis.
type Model struct{}

// Fit fits a model and returns it with one unit vector per text.
func Fit(ctx context.Context, texts iter.Seq2[embed.Text, error], opts Options) (*Model, embed.Dense, error) {
	panic("lsa: not built yet")
}

// TFIDF counts and weights texts.
func TFIDF(ctx context.Context, texts iter.Seq2[embed.Text, error], opts Options) (*embed.Sparse, error) {
	panic("lsa: not built yet")
}

// Pipeline is the whole as an nlp pipeline.
func (o Options) Pipeline() *nlp.Pipeline { panic("lsa: not built yet") }

// FoldIn is the unit vector of a new text.
func (m *Model) FoldIn(t embed.Text) []float32 { panic("lsa: not built yet") }

// WriteTo writes the model.
func (m *Model) WriteTo(w io.Writer) (int64, error) { panic("lsa: not built yet") }

// ReadModel reads what WriteTo wrote; the model aliases b.
func ReadModel(b []byte) (*Model, error) { panic("lsa: not built yet") }

// ID is a hash of the model's content.
func (m *Model) ID() string { panic("lsa: not built yet") }

// Rank is the number of dimensions.
func (m *Model) Rank() int { panic("lsa: not built yet") }

// Terms is the size of the vocabulary.
func (m *Model) Terms() int { panic("lsa: not built yet") }

// Kernel names the arithmetic that fitted the model.
func (m *Model) Kernel() string { panic("lsa: not built yet") }
