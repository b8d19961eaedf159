package embed

import (
	"strings"

	"gonum.org/v1/gonum/mat"
)

// A Text is one document to analyse.
type Text struct {
	Lang   string // BCP 47, such as "en" or "zh-Hant"; empty or "und" if unknown
	Fields []Field
}

// Language is the name of the language of a BCP 47 tag: its primary subtag, in small
// letters, or "und" if there is none.
func Language(tag string) string {
	primary := tag
	if end := strings.IndexAny(tag, "-_"); end >= 0 {
		primary = tag[:end]
	}
	if primary == "" {
		return "und"
	}
	return strings.ToLower(primary)
}

// A Field is a part of a Text: its title, its body, …
type Field struct {
	Text   string
	Weight float32 // multiplies the counts of the field's terms; a title counts more than a body. 0 means 1
}

// Dense is a matrix of Rows × Dim float32, row major: one vector per document. It is
// a gonum mat.Matrix.
type Dense struct {
	Rows, Dim int
	Data      []float32 // Rows·Dim values; row i is Data[i*Dim : (i+1)*Dim]
}

// Row is the vector of document i. It aliases d.
func (d Dense) Row(i int) []float32 {
	return d.Data[i*d.Dim : (i+1)*d.Dim : (i+1)*d.Dim]
}

// Dims returns the number of documents and of dimensions.
func (d Dense) Dims() (docs, dim int) { return d.Rows, d.Dim }

// At is one number of the vector of document doc.
func (d Dense) At(doc, i int) float64 {
	if uint(doc) >= uint(d.Rows) || uint(i) >= uint(d.Dim) {
		panic("embed: index out of range")
	}
	return float64(d.Data[doc*d.Dim+i])
}

// T is the transpose, dimensions × documents. It aliases d.
func (d Dense) T() mat.Matrix { return mat.Transpose{Matrix: d} }

// NewDense is a matrix of zeros.
func NewDense(rows, dim int) Dense {
	return Dense{Rows: rows, Dim: dim, Data: make([]float32, rows*dim)}
}
