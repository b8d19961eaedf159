package fetch_test

import (
	"bytes"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html/charset"

	"github.com/alsolike/alsolike/data/fetch"
)

// encode writes text in a charset.
func encode(t testing.TB, name, text string) []byte {
	t.Helper()
	e, _ := charset.Lookup(name)
	b, err := e.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestCharsets(t *testing.T) {
	const german, chinese = "Über die Mieten in Köln, Düsseldorf und Münster", "住房政策与租金管制的历史"
	const meta = `<html><head><title>x</title><META http-equiv=Content-Type content="text/html; charset=gb2312"></head>`
	for _, one := range []struct {
		name, header string
		text         []byte
		want         string
	}{
		{"header", "iso-8859-1", encode(t, "latin1", german), german},
		{"header, Chinese", "GBK", encode(t, "gbk", chinese), chinese},
		{"meta", "", append([]byte(meta), encode(t, "gbk", chinese)...), meta + chinese},
		{"meta far down", "", append([]byte("<html>"+strings.Repeat(" ", 3000)+meta), encode(t, "gbk", chinese)...), "<html>" + strings.Repeat(" ", 3000) + meta + chinese},
		{"meta against a header that cannot be", "utf-8", append([]byte(meta), encode(t, "gbk", chinese)...), meta + chinese},
		{"header before meta", "big5", append([]byte(meta), encode(t, "big5", "住房政策")...), meta + "住房政策"},
		{"UTF-8 whatever is said", "iso-8859-1", []byte(meta + chinese), meta + chinese},
		{"UTF-8 with a broken character", "", []byte(german + "\xff" + chinese), german + "\uFFFD" + chinese},
		{"nothing said", "", encode(t, "windows-1252", "“"+german+"”"), "“" + german + "”"},
		{"unknown charset", "x-unheard-of", encode(t, "windows-1252", german), german},
		{"byte order mark, UTF-8", "latin1", []byte("\ufeff" + german), german},
		{"byte order mark, UTF-16", "utf-8", append([]byte("\xff\xfe"), encode(t, "utf-16le", chinese)...), chinese},
		{"byte order mark, UTF-16 big endian", "", append([]byte("\xfe\xff"), encode(t, "utf-16be", chinese)...), chinese},
		{"UTF-16 by header", "utf-16le", encode(t, "utf-16le", german), german},
		{"UTF-16 that is none", "", []byte(`<?xml version="1.0" encoding="utf-16"?><a/>`), `<?xml version="1.0" encoding="UTF-8"?><a/>`},
		{
			"XML declaration", "",
			append([]byte("<?xml version='1.0' encoding='gb2312'?>"), encode(t, "gbk", chinese)...), "<?xml version='1.0' encoding='UTF-8'?>" + chinese,
		},
		{"XML that says something else than it is", "", []byte(`<?xml version="1.0" encoding="latin1"?>` + chinese), `<?xml version="1.0" encoding="UTF-8"?>` + chinese},
		{"Japanese in ASCII", "iso-2022-jp", encode(t, "iso-2022-jp", "住宅"), "住宅"},
	} {
		t.Run(one.name, func(t *testing.T) {
			if got := string(fetch.ToUTF8(one.text, one.header)); got != one.want {
				t.Errorf("got %q, want %q", got, one.want)
			}
		})
	}
}

// Whatever the bytes and the header: the result is UTF-8, and once more the same.
func FuzzToUTF8(f *testing.F) {
	f.Add([]byte("<meta charset=gbk>\xd7\xa1"), "utf-8")
	f.Add([]byte("\xff\xfea\x00"), "")
	f.Add([]byte("<?xml version='1.0' encoding='utf-16'?>\x00"), "utf-16be")
	f.Add([]byte("\x1b$B=;"), "iso-2022-jp")
	f.Fuzz(func(t *testing.T, text []byte, header string) {
		got := fetch.ToUTF8(bytes.Clone(text), header)
		if !utf8.Valid(got) {
			t.Fatalf("ToUTF8(%q, %q) = %q", text, header, got)
		}
		if again := fetch.ToUTF8(got, ""); utf8.Valid(text) && !utf8.Valid(again) {
			t.Errorf("ToUTF8(%q, %q) = %q, and of that %q", text, header, got, again)
		}
	})
}

func TestRobotsRules(t *testing.T) {
	for _, one := range []struct {
		name, text string
		allowed    string // paths, separated by spaces
		notAllowed string
	}{
		{name: "empty", allowed: "/ /a"},
		{name: "everything", text: "user-agent: *\ndisallow: /", notAllowed: "/ /a /a?b"},
		{name: "nothing", text: "User-Agent: *\nDisallow:", allowed: "/ /a"},
		// The example of RFC 9309, 5.2, for three robots in one.
		{name: "longest match", text: "User-Agent: *\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif", allowed: "/example/page/ /x", notAllowed: "/example/page/disallowed.gif"},
		{name: "allow wins a tie", text: "User-agent: *\nDisallow: /p\nAllow: /p", allowed: "/p /p/q"},
		{name: "groups are merged", text: "User-agent: alsolike\nDisallow: /a\n\nUser-agent: *\nDisallow: /c\n\nUser-agent: ALSOLIKE/2.0\nDisallow: /b", allowed: "/c", notAllowed: "/a /b"},
		{name: "names that share a group", text: "User-agent: x\nUser-agent: alsolike\nDisallow: /a", allowed: "/b", notAllowed: "/a"},
		{name: "other robots", text: "User-agent: also\nDisallow: /\nUser-agent: alsolikebot\nDisallow: /", allowed: "/a"},
		{name: "wildcards", text: "User-agent: *\nDisallow: /*.pdf$\nDisallow: /a*b*c\nDisallow: /x*y$", allowed: "/d.pdf?e /x/a1b2c /xyz /ab", notAllowed: "/d.pdf /d/e.pdf /abc /a1b2c3 /xy /xaya/y"},
		{name: "query", text: "User-agent: *\nDisallow: /*?s=", allowed: "/?t=1 /s=", notAllowed: "/?s=1 /a?s="},
		{name: "encoding", text: "User-agent: *\nDisallow: /caf%c3%A9\nDisallow: /über\nDisallow: /%7Eme\nDisallow: /a%2fb", allowed: "/a/b", notAllowed: "/café /%C3%BCber/x /~me /%7eme /a%2Fb"},
		{name: "garbage", text: "<html>\nno colon\nDisallow: /a\nuser-agent: *\ncrawl-delay: soon\nx: y\nDisallow: /b # why\r\nnonsense: *", allowed: "/a", notAllowed: "/b"},
		{name: "old Mac line ends", text: "\ufeffUser-agent: *\rDisallow: /a\r", notAllowed: "/a"},
	} {
		t.Run(one.name, func(t *testing.T) {
			check := func(path string, want bool) {
				u, err := url.Parse("https://example.org" + path)
				if err != nil {
					t.Fatal(err)
				}
				if got := fetch.RobotsAllow(one.text, "alsolike", u); got != want {
					t.Errorf("%s: allowed = %v, want %v", path, got, want)
				}
			}
			for _, path := range strings.Fields(one.allowed) {
				check(path, true)
			}
			for _, path := range strings.Fields(one.notAllowed) {
				check(path, false)
			}
		})
	}
}

// Whatever a robots.txt says, one more line that forbids all forbids what was
// allowed only by silence, and a group for the robot alone is what counts.
func FuzzRobots(f *testing.F) {
	f.Add("User-agent: *\nAllow: /a*b$\nDisallow: /%41", "/ab?c")
	f.Add("User-agent: alsolike\nCrawl-delay: 1e400\nDisallow: *", "/")
	f.Add("\xff:\x00\nuser-agent:*\ndisallow:/**$", "/%zz")
	f.Fuzz(func(t *testing.T, text, path string) {
		u := &url.URL{Scheme: "https", Host: "example.org", Path: path}
		fetch.RobotsAllow(text, "alsolike", u)
		named := text + "\nUser-agent: nobody-else\nDisallow:\n\nUser-agent: nobody-else\nDisallow: /\n"
		if strings.HasPrefix(path, "/") && !strings.Contains(strings.ToLower(text), "nobody") && fetch.RobotsAllow(named, "nobody-else", u) {
			t.Errorf("%q allows %q to a robot that may fetch nothing", named, path)
		}
	})
}
