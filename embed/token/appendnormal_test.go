package token_test

import (
	"testing"

	"github.com/alsolike/alsolike/embed/token"
)

func TestAppendNormal(t *testing.T) {
	for _, test := range []struct{ lang, text, want string }{
		{"en", "", "> "},
		{"en", "Ｒents’ RISE", "> rents' rise"},
		{"zh-Hant", "臺灣 RENT", "> 台湾 rent"},
		{"und", "臺灣", "> 台湾"},
		{"ja", "臺灣", "> 臺灣"},
	} {
		if got := string(token.For(test.lang, token.Rules{}).AppendNormal([]byte("> "), test.text)); got != test.want {
			t.Errorf("%s %q: got %q, want %q", test.lang, test.text, got, test.want)
		}
	}
}
