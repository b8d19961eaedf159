package data_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/data"
)

func TestCanonicalURL(t *testing.T) {
	for _, one := range []struct {
		name      string
		want      string
		spellings []string
	}{
		{"scheme, host and port", "https://example.org/a", []string{
			"https://example.org/a", "http://example.org/a", "HTTP://EXAMPLE.org/a", "//example.org/a", " https://example.org/a\n",
			"https://example.org:443/a", "http://example.org:80/a", "https://example.org:/a", "https://example.org./a", "https://me:word@example.org/a",
		}},
		{"other ports are other sites", "https://example.org:8080/a", []string{"http://example.org:8080/a", "http://example.org:08080/a/"}},
		{"trailing slash", "https://example.org/a/b", []string{"https://example.org/a/b/", "https://example.org/a/b//", "https://example.org/a/./c/../b/"}},
		{"root", "https://example.org/", []string{"http://example.org", "https://example.org/", "https://example.org//", "https://example.org/..", "https://example.org?utm_source=x#top"}},
		{"fragment", "https://example.org/a", []string{"https://example.org/a#b", "https://example.org/a/#b?c", "https://example.org/a?#"}},
		{"tracking", "https://example.org/a?id=7", []string{
			"https://example.org/a?utm_source=x&id=7&utm_medium=y", "https://example.org/a/?gclid=1&id=7", "https://example.org/a?id=7&fbclid=",
			"https://example.org/a?id=7&UTM_Campaign=z", "https://example.org/a?id=7&&mc_eid=q", "https://example.org/a?%75tm_source=x&id=7",
		}},
		{"amp", "https://example.org/a", []string{
			"https://example.org/a/amp", "https://example.org/a/amp/", "https://example.org/amp/a", "https://amp.example.org/a",
			"https://example.org/a?amp=1", "https://example.org/a?amp", "https://example.org/a?outputType=amp", "https://amp.example.org/a/amp/?amp=1",
		}},
		{"amp itself", "https://example.org/amp", []string{"https://example.org/amp", "https://example.org/amp/"}},
		{"a host that is called amp", "https://amp.dev/a", []string{"https://amp.dev/a"}},
		{"order of the query", "https://example.org/a?b=2&b=1&c=3", []string{"https://example.org/a?c=3&b=2&b=1", "https://example.org/a?b=2&c=3&b=1"}},
		{"empty value", "https://example.org/a?b", []string{"https://example.org/a?b=", "https://example.org/a?b&"}},
		{"percent-encoding", "https://example.org/caf%C3%A9/a~(b)/c%2Fd%20e?q=a%20b%2Bc", []string{
			"https://example.org/café/a%7e%28b)/c%2fd e?q=a+b%2bc", "https://example.org/caf%c3%a9/a~(b)/c%2Fd%20e?q=a%20b%2Bc",
		}},
		{"a lone percent sign", "https://example.org/100%25", []string{"https://example.org/100%", "https://example.org/100%25"}},
		{"international host", "https://xn--mnchen-3ya.example/a", []string{"https://münchen.example/a", "https://MÜNCHEN.example/a", "https://xn--mnchen-3ya.example/a"}},
		{"IPv6", "https://[2001:db8::1]/a", []string{"http://[2001:DB8::1]:80/a"}},
		{"path", "/a/b?c=1", []string{"/a/b?c=1", "/a/b/?c=1&utm_source=x", "/a/b/amp?c=1#d"}},
		{"path root", "/", []string{"/", "/#a", "/."}},
		{"path that must not become a host", "/a.example/b", []string{"/x/..//a.example/b", "/amp//a.example/b"}},
		{"relative path", "a/b", []string{"a/b", "a/b/", "a/b#c"}},
		{"relative path that must not become a scheme", "http%3A/b", []string{"http%3a/b"}},
		{"no address", "", []string{"", " ", "#top", "?utm_source=x"}},
		{"other schemes", "mailto:a@example.org", []string{"mailto:a@example.org"}},
		{"no host", "http:///a", []string{"http:///a"}},
		{"impossible host", "http://exa mple.org/a", []string{"http://exa mple.org/a"}},
		{"impossible port", "http://example.org:x/a", []string{"http://example.org:x/a"}},
	} {
		t.Run(one.name, func(t *testing.T) {
			for _, spelling := range one.spellings {
				if got := data.CanonicalURL(spelling); got != one.want {
					t.Errorf("CanonicalURL(%q) = %q, want %q", spelling, got, one.want)
				}
			}
		})
	}
	t.Run("different pages", func(t *testing.T) {
		seen := map[string]string{}
		for _, url := range []string{
			"https://example.org/a", "https://example.org/A", "https://www.example.org/a", "https://example.org/a?b=1", "https://example.org/a?b=1&b=2",
			"https://example.org/a?b=2&b=1", "https://example.org/a%2Fb", "https://example.org/a/b", "https://example.org/a?b=%26c", "https://example.org/a?b=&c",
			"/a", "a", "https://example.org/example", "https://example.org/camp", "https://example.org/a?ampere=1",
		} {
			key := data.CanonicalURL(url)
			if other, taken := seen[key]; taken {
				t.Errorf("%q and %q are both %q", url, other, key)
			}
			seen[key] = url
		}
	})
}

// What feeds and sitemaps of strangers name goes through CanonicalURL, so that
// an address of any length must not hold up an import.
func TestCanonicalURLCost(t *testing.T) {
	for _, part := range []string{"/amp", "/amp/", "//", "/..", "/a/.."} {
		for _, start := range []string{"https://example.org", "/a"} {
			allocated := func(n int) uint64 {
				url := start + strings.Repeat(part, n)
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				data.CanonicalURL(url)
				runtime.ReadMemStats(&after)
				return after.TotalAlloc - before.TotalAlloc
			}
			if small, large := allocated(1000), allocated(50_000); large > 200*small {
				t.Errorf("%s%s…: %d bytes allocated for 1,000 parts, %d for 50,000", start, part, small, large)
			}
		}
	}
}

func TestWithoutTracking(t *testing.T) {
	for url, want := range map[string]string{
		"":                  "",
		"http://A.example/": "http://A.example/",
		"http://a.example/x/?utm_source=rss&UTM_medium=feed":  "http://a.example/x/",
		"http://a.example/?b=2&utm_source=rss&a=%7e#utm_top":  "http://a.example/?b=2&a=%7e#utm_top",
		"http://a.example/?utm%5Fsource=rss&gclid&fbclid=1#x": "http://a.example/#x",
		"http://a.example/?id=7":                              "http://a.example/?id=7",
		"/x?utm_source=rss":                                   "/x",
	} {
		got := data.WithoutTracking(url)
		if got != want || data.CanonicalURL(got) != data.CanonicalURL(url) {
			t.Errorf("%s: got %s, want %s", url, got, want)
		}
	}
}

// The laws of canonical URLs, for any text.
func FuzzCanonicalURL(f *testing.F) {
	for _, s := range []string{
		"https://amp.Example.org:443/a/../b%7e/amp/?c=d+e&utm_source=x#y", "//h//x", "/amp//h/", "a:b", "a%3Ab/", "http://[::1]:80", "http://ü.example/%zz",
		"/x/..//h", "https://h/.//.", "http:a", "?&=&a==b", "http://amp.amp.a.b../", "/%2e%2E/amp/amp/amp", "//@:0", "http://a\x00b", "\xff?\xff#\xff",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		key := data.CanonicalURL(s)
		if again := data.CanonicalURL(key); again != key {
			t.Fatalf("CanonicalURL(%q) = %q, but of that it is %q", s, key, again)
		}
		rest, isHTTP := strings.CutPrefix(s, "http://")
		if isHTTP && strings.HasPrefix(key, "https://") {
			if secure := data.CanonicalURL("https://" + rest); secure != key {
				t.Errorf("CanonicalURL(%q) = %q, but with https it is %q", s, key, secure)
			}
			if strings.ContainsAny(key, " #\n") || strings.ContainsFunc(key, func(r rune) bool { return r >= 0x80 }) {
				t.Errorf("CanonicalURL(%q) = %q, which is not ASCII without space and fragment", s, key)
			}
			if tracked := tracked(s); data.CanonicalURL(tracked) != key {
				t.Errorf("CanonicalURL(%q) = %q, but of %q it is %q", s, key, tracked, data.CanonicalURL(tracked))
			}
		}
		if path := strings.TrimSpace(s); !isHTTP && strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//") &&
			(!strings.HasPrefix(key, "/") || strings.HasPrefix(key, "//")) {
			t.Errorf("CanonicalURL(%q) = %q, which is no path", s, key)
		}
	})
}

// tracked is url as a newsletter links to it.
func tracked(url string) string {
	url, _, _ = strings.Cut(strings.TrimSpace(url), "#")
	if strings.Contains(url, "?") {
		return url + "&utm_source=letter#top"
	}
	return url + "?utm_source=letter#top"
}

func BenchmarkCanonicalURL(b *testing.B) {
	for b.Loop() {
		data.CanonicalURL("https://www.example.org/2026/11/a-story-of-some-length/?utm_source=letter&id=7")
	}
}
