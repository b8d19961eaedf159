//go:build unix

package refresh

import (
	"runtime"
	"syscall"
)

// peakMemory is the most memory that this process has held, in bytes.
func peakMemory() int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return u.Maxrss
	}
	return u.Maxrss * 1024 // everywhere else in kilobytes
}
