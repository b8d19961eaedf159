//go:build unix && !linux

package bench

import (
	"runtime"
	"syscall"
)

func resetPeak() {} // cannot be done here

// peak is the most memory that the process has held, in bytes.
func peak() int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return int64(u.Maxrss)
	}
	return int64(u.Maxrss) * 1024 // everywhere else in kilobytes
}

func resident() int64 { return 0 } // not known: peak alone counts
