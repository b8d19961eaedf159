package account

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"time"
)

// How long a session lasts.
const (
	IdleFor  = 3 * 24 * time.Hour  // without a request
	AliveFor = 30 * 24 * time.Hour // in any case
)

// A Session is one browser in which a user is signed in.
type Session struct {
	ID       int64 // given by the store
	User     User  // as he is now
	Created  time.Time
	LastSeen time.Time // to the minute
	Agent    string    // what the browser calls itself
}

// Over reports whether the session has ended by itself.
func (s *Session) Over(now time.Time) bool {
	return now.Sub(s.LastSeen) > IdleFor || now.Sub(s.Created) > AliveFor
}

// NewToken makes what a browser shows as the proof of its session, and the hash
// that the store keeps of it.
func NewToken() (token string, hash []byte) {
	var random [32]byte
	rand.Read(random[:]) // never fails
	token = base64.RawURLEncoding.EncodeToString(random[:])
	return token, HashToken(token)
}

// HashToken is the hash of a token. It needs no salt, for a token is random.
func HashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
