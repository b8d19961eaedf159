package web

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
)

// A sender is who sent events, as far as that matters.
type sender struct {
	refused error  // why none of the events count; nil: they do
	reader  string // pseudonym of today; "" without Events.ReaderIDs
	at      time.Time
}

func (e *events) senderOf(c echo.Context) sender {
	s := sender{at: e.now().UTC().Truncate(time.Second), refused: uncounted(c.Request().Header)}
	if s.refused == nil && e.readers != nil {
		s.reader = e.readers.id(c.RealIP(), c.Request().UserAgent(), s.at)
	}
	return s
}

// uncounted is why what a request with that header reports is not to be counted.
func uncounted(h http.Header) error {
	if h.Get("Sec-GPC") == "1" || h.Get("DNT") == "1" {
		return refuse(refusedOptOut, "the reader asks not to be counted; nothing is stored")
	}
	for _, name := range []string{"Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"} {
		if v := strings.ToLower(h.Get(name)); strings.Contains(v, "prefetch") || strings.Contains(v, "prerender") || strings.Contains(v, "preview") {
			return refuse(refusedPrefetch, "the page was loaded in advance (%s)", name)
		}
	}
	if isBot(h.Get("User-Agent")) {
		return refuse(refusedBot, "the User-Agent is a program's")
	}
	return nil
}

// botWords stand, in whatever case, in the User-Agent of crawlers, of services that
// show previews of links, and of those that watch sites: in one of each that names
// itself. Browsers, and programs that post events on purpose, have none of them.
var botWords = []string{
	"bot", "crawl", "spider", "slurp", "scraper", "archiver", "fetcher", "preview", "prerender",
	"facebookexternalhit", "mediapartners", "inspectiontool", "embedly", "validator",
	"lighthouse", "pagespeed", "gtmetrix", "ptst/", "pingdom", "uptime", "statuscake", "site24x7", "synthetic", "monitor",
}

func isBot(agent string) bool {
	agent = strings.ReplaceAll(strings.ToLower(agent), "cubot", "") // which makes telephones
	for _, word := range botWords {
		if strings.Contains(agent, word) {
			return true
		}
	}
	return false
}

// readers gives out pseudonyms that hold for a day. Its key is nowhere but here, and
// is forgotten at midnight (UTC).
type readers struct {
	mu  sync.Mutex
	day string
	key [sha256.Size]byte
}

func newReaders() *readers { return &readers{} }

// id is the pseudonym of whoever has that address and User-Agent: 96 bits of an HMAC.
func (r *readers) id(address, agent string, at time.Time) string {
	r.mu.Lock()
	if day := at.Format(time.DateOnly); day != r.day {
		rand.Read(r.key[:])
		r.day = day
	}
	key := r.key
	r.mu.Unlock()
	mac := hmac.New(sha256.New, key[:])
	mac.Write([]byte(address + "\n" + agent)) // an address holds no line break
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:12])
}
