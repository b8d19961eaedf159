package token_test

import (
	"slices"
	"testing"

	"github.com/alsolike/alsolike/data/sample"
	"github.com/alsolike/alsolike/embed/token"
)

func pieces(text string) (cut []string) {
	token.Pieces(text, func(start, end int) { cut = append(cut, text[start:end]) })
	return cut
}

func TestPieces(t *testing.T) {
	check := func(text string, want ...string) {
		t.Helper()
		if got := pieces(text); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	check("")
	check(" , — !")
	check("It’s the 3.5% Rise, again.", "It’s", "the", "3.5", "Rise", "again")
	check("房價上漲", "房價", "價上", "上漲")
	check("在 Go 語言,人", "在", "Go", "語言", "人")
	check("임대료 상승", "임대", "대료", "상승")
	check("a\xffb房", "a", "b", "房")
}

// The tokens of the pieces of a text are those of the text.
func TestPiecesMakeTheTokens(t *testing.T) {
	for _, a := range sample.Articles() {
		for _, text := range []string{a.Title, a.Body} {
			tokeniser := token.For(string(a.Lang), token.Rules{})
			var got []string
			for _, piece := range pieces(text) {
				got = append(got, tokeniser.Tokenise(piece)...)
			}
			if want := tokeniser.Tokenise(text); !slices.Equal(got, want) {
				t.Fatalf("%s: got %q, want %q", a.ID, got, want)
			}
		}
	}
}
