// Package datatest helps tests of every floor: a store in memory that behaves
// as data/sqlite does, and a maker of small corpora whose subjects are known.
package datatest
