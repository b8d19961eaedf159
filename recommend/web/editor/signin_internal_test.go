package editor

import (
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Wherever a browser is sent after signing in, it stays below Prefix on this server.
func TestLocalPathStaysHere(t *testing.T) {
	base, err := url.Parse("https://links.example.org/editor/sign-in")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom([]string{
			"/editor", "/", "//", "\\", "..", ".", "@", ":", "?", "#", "%2f", "%5c", "%2e", "evil.example", "https:", "javascript:", "\t", "\n", " ", "next=",
		}), rapid.String()), 0, 8).Draw(t, "parts")
		got := localPath(strings.Join(parts, ""))
		to, err := base.Parse(got)
		if err != nil || to.Host != base.Host || to.Scheme != base.Scheme || to.User != nil || !Owns(to.Path) || strings.ContainsAny(got, "\\\r\n\t ") {
			t.Fatalf("%q leads to %q", strings.Join(parts, ""), got)
		}
		if again := localPath(got); again != got {
			t.Fatalf("%q becomes %q", got, again)
		}
	})
}
