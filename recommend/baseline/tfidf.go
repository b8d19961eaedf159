package baseline

import "github.com/alsolike/alsolike/embed"

// TFIDF lists the rows whose weighted terms are most alike by cosine, exactly.
type TFIDF struct{ index *index }

// NewTFIDF ranks the columns of weighted (terms × rows), which must have length
// 1 or, for a row without terms, 0. It keeps weighted and makes an index of the
// same size.
func NewTFIDF(weighted *embed.Sparse) *TFIDF { return &TFIDF{newIndex(weighted)} }

// Rank is the k rows of the highest cosine with row; rows that share no term
// with it are not listed. It is safe for use by several goroutines.
func (t *TFIDF) Rank(row, k int) []int {
	terms, weights := t.index.docs.Col(row)
	return t.index.top(row, terms, weights, k)
}
