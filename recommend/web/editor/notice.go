package editor

import (
	"sync"
	"time"
)

// A notice tells on the next page what was done.
type notice struct {
	Text   string
	Secret string // what is shown this once, such as a new key; may be empty
}

// notices are those that are yet to be shown, by the token of the session. They live
// in memory, since some hold what nobody may keep.
type notices struct {
	mu      sync.Mutex
	byToken map[string]notice
	until   time.Time // when all of them are thrown away, however new
}

// noticesFor is how long a notice waits for its page, at least half of the time.
const noticesFor = 10 * time.Minute

func (n *notices) put(token string, one notice, now time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if now.After(n.until) { // those whose page was never asked for
		clear(n.byToken)
		n.until = now.Add(noticesFor)
	}
	n.byToken[token] = one
}

// take returns the notice of a session, zero if there is none, and forgets it.
func (n *notices) take(token string) notice {
	n.mu.Lock()
	defer n.mu.Unlock()
	one := n.byToken[token]
	delete(n.byToken, token)
	return one
}
