// Package knn finds, for every row of a matrix, the rows nearest to it by
// cosine: exactly, over all rows, without ever holding an n × n matrix.
package knn
