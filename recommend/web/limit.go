package web

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
)

// Limits bound what one sender may ask for.
type Limits struct {
	PerAddress float64 // requests a second of an address; 0: any number
	PerKey     float64 // requests a second with a key; 0: any number
}

// burst is for how long a sender may have been quiet and make up for it.
const burst = 10 * time.Second

// A limiter lets everyone make so many requests a second, and burst's worth of
// them at once. It keeps, for a keyed hash of each name, when that sender's
// requests would be through at the allowed rate (the generic cell rate algorithm,
// ITU-T I.371); no name and no address can be read from it. A nil limiter allows
// everything.
type limiter struct {
	every time.Duration // from one request to the next
	now   func() time.Time
	key   [sha256.Size]byte
	most  int // senders in each of the two generations

	mu         sync.Mutex
	young, old map[uint64]time.Time
}

// newLimiter makes a limiter; rate is requests a second, and 0 makes none.
func newLimiter(rate float64, now func() time.Time) *limiter {
	if rate == 0 {
		return nil
	}
	l := &limiter{every: time.Duration(float64(time.Second) / rate), now: now, most: 50_000, young: map[uint64]time.Time{}}
	rand.Read(l.key[:])
	return l
}

// wait is how long the sender of that name has to wait before a request; 0: it
// may be made now, and is counted. When there are more senders than memory for
// them, those who asked longest ago begin anew.
func (l *limiter) wait(name string) time.Duration {
	if l == nil {
		return 0
	}
	mac := hmac.New(sha256.New, l.key[:])
	mac.Write([]byte(name))
	id := binary.LittleEndian.Uint64(mac.Sum(nil))

	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	through, known := l.young[id]
	if !known {
		through = l.old[id]
	}
	if through.Before(now) {
		through = now
	}
	if through = through.Add(l.every); through.Sub(now) > max(burst, l.every) {
		return through.Sub(now) - max(burst, l.every)
	}
	if !known && len(l.young) >= l.most {
		l.old, l.young = l.young, map[uint64]time.Time{}
	}
	l.young[id] = through
	return 0
}

// limitAddresses refuses who asks too often. Requests with a key are for
// limitKey, and a load balancer asks as often as it likes.
func (s *Server) limitAddresses(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		path := c.Path()
		if path == healthPath || path == readyPath || strings.HasPrefix(path, articlesPath) {
			return next(c)
		}
		if err := s.limitAddress(c); err != nil {
			return err
		}
		return next(c)
	}
}

func (s *Server) limitAddress(c echo.Context) error {
	if s.perAddress == nil {
		return nil
	}
	return tooMany(c, s.perAddress.wait(addressOf(c)), "this address")
}

// limitKey refuses a key that is used too often.
func (s *Server) limitKey(c echo.Context, id int64) error {
	return tooMany(c, s.perKey.wait(strconv.FormatInt(id, 10)), "this key")
}

// tooMany is nil if there is nothing to wait for.
func tooMany(c echo.Context, wait time.Duration, who string) error {
	if wait <= 0 {
		return nil
	}
	seconds := int(math.Ceil(wait.Seconds()))
	c.Response().Header().Set(echo.HeaderRetryAfter, strconv.Itoa(seconds))
	return echo.NewHTTPError(http.StatusTooManyRequests, fmt.Sprintf("there are too many requests of %s; try again in %d s", who, seconds))
}
