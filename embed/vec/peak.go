package vec

import "time"

// MeasurePeak runs multiply-adds of float32 on registers alone, in one goroutine, for
// at least d, and returns how many operations (a multiplication and an addition count
// as two) were done in the best millisecond or so of it, in operations a second: the
// limit of what Tile can do on one core with the kernel in use.
func MeasurePeak(d time.Duration) float64 { return active.measurePeak(d) }

func (k *kernel) measurePeak(d time.Duration) float64 {
	rounds, best := 1000, 0.0
	for start := time.Now(); ; {
		before := time.Now()
		k.multiplyAdds(rounds)
		took := time.Since(before)
		if took < time.Millisecond {
			rounds *= 2
			continue
		}
		best = max(best, 2*float64(rounds)*float64(k.peakWidth)/took.Seconds())
		if time.Since(start) >= d {
			return best
		}
	}
}

// sink keeps what multiplyAddsGo computes from being left out.
var sink float32

func multiplyAddsGo(rounds int) {
	var s0, s1, s2, s3, s4, s5, s6, s7 float32
	x, y := sink, float32(0.5)
	for range rounds {
		s0 = float32(s0*y) + x
		s1 = float32(s1*y) + x
		s2 = float32(s2*y) + x
		s3 = float32(s3*y) + x
		s4 = float32(s4*y) + x
		s5 = float32(s5*y) + x
		s6 = float32(s6*y) + x
		s7 = float32(s7*y) + x
	}
	sink = min((s0+s1)+(s2+s3)+(s4+s5)+(s6+s7), 1)
}
