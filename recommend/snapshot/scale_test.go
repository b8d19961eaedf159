package snapshot

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// A score must be exactly the share of links that rank lower.
func TestScale(t *testing.T) {
	cosine := rapid.OneOf(rapid.Float32Range(0.001, 1), rapid.SampledFrom([]float32{0.25, 0.5, 0.75}))
	rapid.Check(t, func(t *rapid.T) {
		links := rapid.SliceOfN(cosine, 0, 600).Draw(t, "links")
		random := rapid.SliceOfN(rapid.Float32Range(-1, 0.5), 0, 200).Draw(t, "random")
		s := NewScale(links, nil, random)

		for _, c := range append(slices.Clone(links), cosine.Draw(t, "another"), -1, 0, 1, 2) {
			lower := 0
			for _, link := range links {
				if link < c {
					lower++
				}
			}
			noisy := 0 // random pairs above c
			for _, r := range random {
				if r > c {
					noisy++
				}
			}
			want := 0
			// c is below the 99th percentile when more than 1 % of the pairs are above it
			if len(links) > 0 && noisy*100 <= len(random) {
				want = lower * 100 / len(links)
			}
			if got := s.Score(c, c); got != want {
				t.Fatalf("Score(%v) = %d, want %d (%d of %d links are lower, noise %v)", c, got, want, lower, len(links), s.Noise)
			}
		}
	})
}

// sortFloats sorts as slices.Sort does.
func TestSortFloats(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SliceOf(rapid.OneOf(rapid.Float32Range(-1, 1), rapid.SampledFrom([]float32{0, 1, -1, 0.5}))).Draw(t, "v")
		want := slices.Clone(v)
		slices.Sort(want)
		sortFloats(v)
		if !slices.Equal(v, want) {
			t.Errorf("got %v, want %v", v, want)
		}
	})
}
