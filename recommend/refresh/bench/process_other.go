//go:build !unix

package bench

import "time"

// This system says none of these.

func cpuTime() time.Duration { return 0 }
func resetPeak()             {}
func peak() int64            { return 0 }
func resident() int64        { return 0 }
