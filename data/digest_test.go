package data_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/data"
)

// The digest of a set does not depend on how the set came about.
func TestDigest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var digest data.Digest
		in := map[string]bool{}
		for _, title := range rapid.SliceOf(rapid.SampledFrom([]string{"a", "b", "c", "d"})).Draw(t, "titles") {
			digest.Toggle((&data.Article{Title: title}).Hash())
			in[title] = !in[title]
		}
		var want data.Digest
		for title, there := range in {
			if there {
				want.Toggle((&data.Article{Title: title}).Hash())
			}
		}
		if digest != want {
			t.Errorf("digest of %v is %x, want %x", in, digest, want)
		}
		if (digest == data.Digest{}) != (want == data.Digest{}) {
			t.Error("only the digest of nothing is zero")
		}
	})
}
