package vec

import (
	"unsafe"

	"golang.org/x/sys/cpu"
)

//go:generate go -C internal/gen run . -kernel avx2 -pkg vec -out ../../avx2_amd64.s -stubs ../../avx2_amd64.go
//go:generate go -C internal/gen run . -kernel avx512 -pkg vec -out ../../avx512_amd64.s -stubs ../../avx512_amd64.go

// machineKernels are the kernels in assembly that the processor has the instructions
// for, and the operating system keeps the registers of, the fastest first.
func machineKernels() []*kernel {
	var found []*kernel
	x := &cpu.X86
	if !x.HasAVX2 || !x.HasFMA || !x.HasBMI1 || !x.HasBMI2 || !x.HasPOPCNT {
		return nil
	}
	if x.HasAVX512F && x.HasAVX512BW && x.HasAVX512DQ && x.HasAVX512VL && x.HasAVX512VNNI {
		found = append(found, &avx512VNNI)
	}
	return append(found, &avx2)
}

var avx512VNNI = kernel{
	name: "avx512vnni",

	dot:     dotAVX512,
	dots:    dotsAVX512,
	axpy:    axpyAVX512,
	combine: combineAVX512.combine,

	tileRows: 14, tileCols: 32,
	tile: tileAVX512,

	dotInt8:      dotInt8AVX512,
	tileInt8Rows: 12, tileInt8Cols: 32,
	tileInt8: tileInt8AVX512,

	atLeast:    atLeastAVX512,
	selectInt8: selectInt8AVX512,

	greatest: greatestAVX512,
	round:    roundAVX512,

	multiplyAdds: multiplyAddsAVX512,
	peakWidth:    12 * 16,
}

var avx2 = kernel{
	name: "avx2",

	dot:     dotAVX2,
	dots:    dotsAVX2,
	axpy:    axpyAVX2,
	combine: combineAVX2.combine,

	tileRows: 6, tileCols: 16,
	tile: tileAVX2,

	dotInt8:      dotInt8AVX2,
	tileInt8Rows: 6, tileInt8Cols: 8,
	tileInt8: tileInt8AVX2,

	atLeast:    atLeastAVX2,
	selectInt8: selectInt8AVX2,

	greatest: greatestAVX2,
	round:    roundAVX2,

	multiplyAdds: multiplyAddsAVX2,
	peakWidth:    12 * 8,
}

// A combiner is Combine made of functions that do it for one vector of columns, for
// two, and so on.
type combiner struct {
	lanes   int // of a vector
	columns []func(dst, x *float32, stride, rows int, index *uint32, value *float32, entries, lanes int) bool
}

var combineAVX512 = combiner{16, []func(dst, x *float32, stride, rows int, index *uint32, value *float32, entries, lanes int) bool{
	combine1AVX512, combine2AVX512, combine3AVX512, combine4AVX512, combine5AVX512,
	combine6AVX512, combine7AVX512, combine8AVX512, combine9AVX512, combine10AVX512,
	combine11AVX512, combine12AVX512,
}}

var combineAVX2 = combiner{8, []func(dst, x *float32, stride, rows int, index *uint32, value *float32, entries, lanes int) bool{
	combine1AVX2, combine2AVX2, combine3AVX2, combine4AVX2, combine5AVX2, combine6AVX2,
	combine7AVX2, combine8AVX2, combine9AVX2, combine10AVX2, combine11AVX2, combine12AVX2,
}}

// combine divides the columns into as few blocks as there can be, of about one width.
func (c combiner) combine(dst, x []float32, index []uint32, value []float32) bool {
	d := len(dst)
	rows := len(x) / d
	if len(index) == 0 || rows == 0 {
		clear(dst)
		return len(index) == 0
	}
	vectors := (d + c.lanes - 1) / c.lanes
	for blocks := (vectors + len(c.columns) - 1) / len(c.columns); blocks > 0; blocks-- {
		take := (vectors + blocks - 1) / blocks
		vectors -= take
		width := min(take*c.lanes, len(dst))
		ok := c.columns[take-1](&dst[0], &x[0], d, rows, unsafe.SliceData(index), unsafe.SliceData(value), len(index), width-(take-1)*c.lanes)
		if !ok {
			return false
		}
		dst, x = dst[width:], x[width:]
	}
	return true
}
