package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestRefreshGivesWay(t *testing.T) {
	s := newShell(t)
	s.ok("import", s.sampleFile())
	cmd := program(t.Context(), "--data", s.data, "--progress", "none", "refresh")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for highest := 0; ; time.Sleep(time.Millisecond) {
		select {
		case err := <-ended:
			if err != nil || highest != 10 {
				t.Errorf("the refresh ended with %v, and the highest niceness of its threads was %d", err, highest)
			}
			return
		default:
			highest = max(highest, niceness(cmd.Process.Pid))
		}
	}
}

// niceness is the highest of a process's threads: see proc_pid_stat(5).
func niceness(pid int) (highest int) {
	stats, _ := filepath.Glob(filepath.Join("/proc", strconv.Itoa(pid), "task/*/stat"))
	for _, path := range stats {
		stat, err := os.ReadFile(path)
		if err != nil {
			continue // the thread is no more
		}
		_, rest, _ := strings.Cut(string(stat), ") ") // what follows the name begins with field 3
		if fields := strings.Fields(rest); len(fields) > 19-3 {
			nice, _ := strconv.Atoi(fields[19-3])
			highest = max(highest, nice)
		}
	}
	return highest
}
