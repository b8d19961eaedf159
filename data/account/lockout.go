package account

import "time"

// How many attempts to sign in may fail before the next has to wait.
const (
	FailuresOfName    = 5
	FailuresOfAddress = 30 // a newsroom may be behind one address
)

// ForgetFailures is after what time without a further attempt failures are forgotten.
const ForgetFailures = 2 * time.Hour

// Lockout is how long to wait after so many failed attempts, of which free cost
// nothing: a minute, then twice as long after each further one, up to a quarter of an hour.
func Lockout(failures, free int) time.Duration {
	if failures < free {
		return 0
	}
	return min(15*time.Minute, time.Minute<<min(failures-free, 10))
}
