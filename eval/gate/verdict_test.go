package gate

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// The table of the package's documentation as conditions of which exactly one
// holds, for every interval and margin.
func TestEveryIntervalHasOneVerdict(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Quarters, so that the borders are met often.
		quarter := func(name string) float64 { return float64(rapid.IntRange(-16, 16).Draw(t, name)) / 4 }
		low, m := quarter("low"), 0.25+math.Abs(quarter("margin"))
		high := low + math.Abs(quarter("width"))
		conditions := map[Word]bool{
			Better:       low > 0,
			NoWorse:      low <= 0 && low > -m,
			Worse:        low <= -m && high < -m || low <= -m && high < 0,
			Inconclusive: low <= -m && high >= 0,
		}
		var want []Word
		for w, holds := range conditions {
			if holds {
				want = append(want, w)
			}
		}
		if len(want) != 1 {
			t.Fatalf("[%v, %v] with margin %v is %v", low, high, m, want)
		}
		got, detail := word(low, high, m)
		if got != want[0] {
			t.Fatalf("[%v, %v] with margin %v: got %s, want %s", low, high, m, got, want[0])
		}
		if slightly := got == NoWorse && high < 0; (detail == "slightly worse") != slightly {
			t.Fatalf("[%v, %v] with margin %v: got %q", low, high, m, detail)
		}
		if unclear := got == Worse && high >= -m; (detail == "size unclear") != unclear {
			t.Fatalf("[%v, %v] with margin %v: got %q", low, high, m, detail)
		}
	})
}
