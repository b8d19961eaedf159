package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
	"github.com/labstack/echo/v4"
)

// An answer is what requests may be answered with again and again. Nothing of it
// changes but zipped, which is made when it is first asked for.
type answer struct {
	contentType []string
	plain       body
	zipped      atomic.Pointer[body]
	counts      listCount // of the list that it is, if it is kept
}

// A body is what is sent, and the values of the headers about it.
type body struct {
	bytes        []byte
	etag, length []string
}

func newBody(b []byte, tag string) *body {
	return &body{b, []string{`"` + tag + `"`}, []string{strconv.Itoa(len(b))}}
}

// newAnswer is the answer of those bytes, which must not change any more. Its entity
// tag is a hash of them.
func newAnswer(contentType []string, b []byte) *answer {
	sum := sha256.Sum256(b)
	return &answer{contentType: contentType, plain: *newBody(b, base64.RawURLEncoding.EncodeToString(sum[:12]))}
}

// body is what to send to somebody who can read gzip, or cannot. What is compressed
// is other bytes and has another tag.
func (a *answer) body(zip bool) (*body, error) {
	if !zip {
		return &a.plain, nil
	}
	if zipped := a.zipped.Load(); zipped != nil {
		return zipped, nil
	}
	b, err := compress(a.plain.bytes)
	if err != nil {
		return nil, err
	}
	return a.keepZipped(b), nil
}

// keepZipped keeps b, which is the answer compressed.
func (a *answer) keepZipped(b []byte) *body {
	zipped := newBody(b, strings.Trim(a.plain.etag[0], `"`)+"-gzip")
	a.zipped.Store(zipped)
	return zipped
}

// sendAnswer answers a GET or HEAD with a, which may be kept for a while, or with
// 304 to whoever has it. A Cache-Control that is set already stays.
func sendAnswer(c echo.Context, a *answer) error {
	h := c.Response().Header()
	if h["Cache-Control"] == nil {
		h["Cache-Control"] = keepAnswers
	}
	varyEncoding(h)
	zip := wantsGzip(c, a.plain.bytes)
	b, err := a.body(zip)
	if err != nil {
		return err
	}
	h["Etag"] = b.etag
	for _, known := range entityTags(c.Request().Header["If-None-Match"]) {
		if known == "*" || strings.TrimPrefix(known, "W/") == b.etag[0] {
			return c.NoContent(http.StatusNotModified)
		}
	}
	if zip {
		h["Content-Encoding"] = gzipped
	}
	h["Content-Type"], h["Content-Length"] = a.contentType, b.length
	c.Response().WriteHeader(http.StatusOK)
	_, err = c.Response().Write(b.bytes)
	return err
}

// send answers with b, which nobody keeps, compressed if that is worth it.
func send(c echo.Context, status int, contentType string, b []byte) error {
	h := c.Response().Header()
	h.Set(echo.HeaderCacheControl, "no-store")
	varyEncoding(h)
	if wantsGzip(c, b) {
		var err error
		if b, err = compress(b); err != nil {
			return err
		}
		h["Content-Encoding"] = gzipped
	}
	h.Set(echo.HeaderContentLength, strconv.Itoa(len(b)))
	return c.Blob(status, contentType, b)
}

// Values of headers that are the same for many answers and so cost none of them any
// memory. Nobody changes them; they have no room to grow.
var (
	jsonType       = []string{echo.MIMEApplicationJSON}
	htmlType       = []string{echo.MIMETextHTMLCharsetUTF8}
	gzipped        = []string{"gzip"}
	acceptEncoding = []string{echo.HeaderAcceptEncoding}

	// keepAnswers is how long answers may be kept: by whoever asked, by caches on
	// the way, and by these as long as the server cannot be reached.
	keepAnswers = []string{"public, max-age=30, s-maxage=30, stale-if-error=86400"}
)

// varyEncoding says that the answer depends on what the sender can decode.
func varyEncoding(h http.Header) {
	if vary := h["Vary"]; vary == nil {
		h["Vary"] = acceptEncoding
	} else if !slices.Contains(vary, echo.HeaderAcceptEncoding) {
		h["Vary"] = append(vary, echo.HeaderAcceptEncoding)
	}
}

// leastGzipped is from how many bytes on a body is compressed; less goes into one
// packet as it is.
const leastGzipped = 1400

// wantsGzip reports whether b is worth compressing, and may be for the sender.
func wantsGzip(c echo.Context, b []byte) bool {
	if len(b) < leastGzipped {
		return false
	}
	for _, line := range c.Request().Header["Accept-Encoding"] {
		for coding := range strings.SplitSeq(line, ",") {
			name, weight, _ := strings.Cut(coding, ";")
			if strings.EqualFold(strings.TrimSpace(name), "gzip") {
				q, weighted := strings.CutPrefix(strings.ReplaceAll(weight, " ", ""), "q=")
				return !weighted || strings.Trim(q, "0.") != ""
			}
		}
	}
	return false
}

// zippers holds *gzip.Writer, which are large.
var zippers = sync.Pool{New: func() any {
	w, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	if err != nil {
		panic(err) // there is such a level
	}
	return w
}}

func compress(b []byte) ([]byte, error) {
	w := zippers.Get().(*gzip.Writer)
	defer zippers.Put(w)
	var out bytes.Buffer
	w.Reset(&out)
	if _, err := w.Write(b); err != nil {
		return nil, fmt.Errorf("web: compress answer: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("web: compress answer: %w", err)
	}
	return out.Bytes(), nil
}
