package fetch

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
)

// readBody reads the body of res, decompressed, and reports whether it was a
// gzip file rather than sent compressed. At most most bytes are read at either
// end of the decompressor; of more, ErrTooLarge comes with the first ones.
func readBody(res *http.Response, most int64) (body []byte, unzipped bool, err error) {
	sent := &capped{res.Body, most}
	reader := io.Reader(sent)
	switch name := strings.ToLower(strings.TrimSpace(res.Header.Get("Content-Encoding"))); name {
	case "", "identity":
	case "gzip", "x-gzip":
		if reader, err = gzip.NewReader(sent); err != nil {
			return nil, false, fmt.Errorf("its gzip compression: %w", err)
		}
	default:
		return nil, false, fmt.Errorf("is compressed by %q although only gzip was asked for", name)
	}
	body, err = io.ReadAll(&capped{reader, most})
	if err != nil || !bytes.HasPrefix(body, []byte("\x1f\x8b\x08")) {
		return body, false, err
	}
	file, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, false, fmt.Errorf("the gzip file: %w", err)
	}
	body, err = io.ReadAll(&capped{file, most})
	return body, true, err
}

// capped reads up to left bytes and then, if there are more, ErrTooLarge.
type capped struct {
	r    io.Reader
	left int64
}

func (c *capped) Read(b []byte) (int, error) {
	if int64(len(b))-1 > c.left {
		b = b[:c.left+1]
	}
	n, err := c.r.Read(b)
	if int64(n) > c.left {
		n = int(c.left)
		err = ErrTooLarge
	}
	c.left -= int64(n)
	return n, err
}

func isText(contentType string) bool {
	return strings.HasPrefix(contentType, "text/") || strings.HasSuffix(contentType, "+xml") || strings.HasSuffix(contentType, "/xml") ||
		strings.HasSuffix(contentType, "+json") || strings.HasSuffix(contentType, "/json")
}

var (
	metaCharset = regexp.MustCompile(`(?i)<meta\s[^>]*?charset\s*=\s*["']?\s*([\w.:-]+)`)
	xmlEncoding = regexp.MustCompile(`^\s*<\?xml\s[^>]*?encoding\s*=\s*["']([\w.:-]+)["']`)
)

// headBytes is how far into a page its charset is looked for.
const headBytes = 16 << 10

// toUTF8 makes UTF-8 of text. What the bytes themselves show comes first: a
// byte order mark, then whether they are UTF-8. Else the header's charset
// counts, then what the text says of itself, as <?xml encoding="…"?> or <meta>.
// An XML declaration afterwards says UTF-8, so that nobody decodes twice.
func toUTF8(text []byte, header string) []byte {
	return declareUTF8(decode(text, header))
}

func decode(text []byte, header string) []byte {
	for _, mark := range []struct{ bytes, name string }{
		{"\xef\xbb\xbf", "utf-8"}, {"\xff\xfe", "utf-16le"}, {"\xfe\xff", "utf-16be"},
	} {
		if rest, found := bytes.CutPrefix(text, []byte(mark.bytes)); found {
			e, _ := charset.Lookup(mark.name)
			return decodeAs(e, rest)
		}
	}
	good, bad := countRunes(text)
	if good > 0 && bad*10 <= good {
		return bytes.ToValidUTF8(text, []byte("\uFFFD"))
	}
	head := text[:min(len(text), headBytes)]
	names := []string{header}
	for _, pattern := range []*regexp.Regexp{xmlEncoding, metaCharset} {
		if found := pattern.FindSubmatch(head); found != nil {
			names = append(names, string(found[1]))
		}
	}
	for _, name := range names {
		e, canonical := charset.Lookup(name)
		isUTF16 := strings.HasPrefix(canonical, "utf-16")
		if e == nil || canonical == "replacement" || isUTF16 != (bytes.IndexByte(text, 0) >= 0) || canonical == "utf-8" && bad > good {
			continue // unknown, or the bytes show that it cannot be
		}
		return decodeAs(e, text)
	}
	if bad == 0 {
		return text
	}
	e, _ := charset.Lookup("windows-1252") // as browsers do
	return decodeAs(e, text)
}

func decodeAs(e encoding.Encoding, text []byte) []byte {
	decoded, err := e.NewDecoder().Bytes(text)
	if err != nil {
		decoded = text
	}
	return bytes.ToValidUTF8(decoded, []byte("\uFFFD"))
}

// countRunes counts the characters of text beyond ASCII, and the bytes that
// are none, as far as text is UTF-8.
func countRunes(text []byte) (good, bad int) {
	for len(text) > 0 {
		if text[0] < utf8.RuneSelf {
			text = text[1:]
			continue
		}
		r, size := utf8.DecodeRune(text)
		if r == utf8.RuneError && size == 1 {
			bad++
		} else {
			good++
		}
		text = text[size:]
	}
	return good, bad
}

// declareUTF8 corrects the encoding in an XML declaration.
func declareUTF8(text []byte) []byte {
	at := xmlEncoding.FindSubmatchIndex(text[:min(len(text), headBytes)])
	if at == nil || bytes.EqualFold(text[at[2]:at[3]], []byte("utf-8")) {
		return text
	}
	return bytes.Join([][]byte{text[:at[2]], text[at[3]:]}, []byte("UTF-8"))
}
