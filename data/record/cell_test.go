package record_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/data/record"
)

func TestCell(t *testing.T) {
	for cell, want := range map[string]string{
		"": "", "a=1": "a=1", "'tis": "'tis", "=1+1": "'=1+1", "'=1": "''=1", "＝1": "'＝1", "\tx": "'\tx", "@SUM(A1)": "'@SUM(A1)",
	} {
		if got := record.EscapeCell(cell); got != want {
			t.Errorf("%q: got %q, want %q", cell, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.OneOf(rapid.StringMatching(`'{0,3}[=+@\t-]?[a-z]*`), rapid.String()).Draw(t, "cell")
		if got := record.UnescapeCell(record.EscapeCell(cell)); got != cell {
			t.Fatalf("%q comes back as %q", cell, got)
		}
	})
}
