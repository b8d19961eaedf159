// Package embed turns texts into vectors.
//
// It holds the nouns that its subpackages share: a Text goes in, a Sparse matrix
// of weighted term counts stands between, and a Dense matrix with one vector per
// text comes out. It knows nothing of articles, HTTP or SQL.
//
//	token  text -> tokens, by script and language
//	lsa    tokens -> counts -> weights -> truncated SVD -> vectors
//	vec    dot products, norms, sums
package embed
