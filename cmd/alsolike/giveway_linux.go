package main

import (
	"os"
	"strconv"
	"syscall"
)

// giveWay lets other processes come first where the processors are short: a batch
// can wait, and readers whose lists a server makes beside it cannot. Linux counts a
// priority for every thread, and new ones have that of the thread that makes them.
func giveWay() {
	const nice = 10
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return // then all are equal
	}
	for _, t := range threads {
		if id, err := strconv.Atoi(t.Name()); err == nil {
			_ = syscall.Setpriority(syscall.PRIO_PROCESS, id, nice)
		}
	}
}
