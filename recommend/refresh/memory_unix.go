//go:build unix

package refresh

import (
	"bytes"
	"os"
	"runtime"
	"strconv"
	"syscall"
)

// A meter tells how much memory the process holds.
type meter struct {
	statm *os.File // nil where there is no /proc
	mark  int64    // the highest mark when it was last asked for
}

func newMeter() meter {
	m := meter{mark: maxResident()}
	if f, err := os.Open("/proc/self/statm"); err == nil {
		m.statm = f
	}
	return m
}

// held is the memory held now, in bytes; 0: this system does not say.
func (m *meter) held() int64 {
	if m.statm == nil {
		return 0
	}
	var b [128]byte
	n, _ := m.statm.ReadAt(b[:], 0) // ends in io.EOF
	fields := bytes.Fields(b[:n])
	if len(fields) < 2 {
		return 0
	}
	pages, _ := strconv.ParseInt(string(fields[1]), 10, 64)
	return pages * int64(os.Getpagesize())
}

// raised is the highest mark, if it was raised since it was last asked for; else 0.
func (m *meter) raised() int64 {
	mark := maxResident()
	if mark == m.mark {
		return 0
	}
	m.mark = mark
	return mark
}

// highest is the most memory that the process has held, in bytes.
func (m *meter) highest() int64 { return maxResident() }

func (m *meter) close() {
	if m.statm != nil {
		m.statm.Close()
	}
}

// maxResident is the most memory that the process has held, in bytes. Where there is
// /proc it says so; getrusage counts what the process held that started this one, too,
// until this program took its place.
func maxResident() int64 {
	if status, err := os.ReadFile("/proc/self/status"); err == nil {
		if _, mark, ok := bytes.Cut(status, []byte("VmHWM:")); ok {
			if fields := bytes.Fields(mark); len(fields) > 0 {
				if kilobytes, err := strconv.ParseInt(string(fields[0]), 10, 64); err == nil {
					return kilobytes * 1024
				}
			}
		}
	}
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return u.Maxrss
	}
	return u.Maxrss * 1024 // everywhere else in kilobytes
}
