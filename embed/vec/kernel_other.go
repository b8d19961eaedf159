//go:build !amd64

package vec

func machineKernels() []*kernel { return nil }
