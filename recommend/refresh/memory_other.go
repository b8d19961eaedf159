//go:build !unix

package refresh

// peakMemory is 0, which means not known: this system does not say.
func peakMemory() int64 { return 0 }
