package bench

import (
	"bytes"
	"os"
	"strconv"
)

// resetPeak makes peak forget what was before. Where that is not permitted, peak is
// that of the process so far.
func resetPeak() {
	os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // man 5 proc_pid_clear_refs
}

// peak is the most memory that the process has held since resetPeak, in bytes.
func peak() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, after, _ := bytes.Cut(status, []byte("\nVmHWM:"))
	return 1024 * field(after, 0)
}

// resident is how much memory the process holds, in bytes.
func resident() int64 {
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	return int64(os.Getpagesize()) * field(statm, 1)
}

// field is the i-th number of text, or 0.
func field(text []byte, i int) int64 {
	fields := bytes.Fields(text)
	if i >= len(fields) {
		return 0
	}
	n, err := strconv.ParseInt(string(fields[i]), 10, 64)
	if err != nil {
		return 0
	}
	return n
}
