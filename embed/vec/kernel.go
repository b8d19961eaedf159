package vec

// A kernel is one implementation of the functions that pay to be written for a
// machine. They are called with arguments that the exported functions have checked,
// which also say what each does.
type kernel struct {
	name string

	dot     func(a, b []float32) float32
	dots    func(out, query, rows []float32)
	axpy    func(alpha float32, x, y []float32)
	combine func(dst, x []float32, index []uint32, value []float32) bool // false: an index is out of range

	tileRows, tileCols int
	tile               func(depth int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int)

	dotInt8                    func(a, b []int8) int32
	tileInt8Rows, tileInt8Cols int
	tileInt8                   func(depth int, a, b []int8, c []int32, ldc int)

	atLeast    func(dst []int32, s []float32, least float32) int
	selectInt8 func(hits, sums []int32, ld, rows, cols int, rowScale, rowAdd, rowLeast, colScale, colAdd, colLeast []float32) int

	greatest func(x []float32) float32                                     // magnitude
	round    func(dst []int8, x []float32, inverse, scale float32) float32 // to x·inverse; returns Σ (xᵢ - scale·dstᵢ)²

	multiplyAdds func(rounds int) // of peakWidth independent sums, each rounds long, on registers alone
	peakWidth    int
}

// kernels are those that this machine can run, the fastest first. The last is Go's.
var kernels = append(machineKernels(), &goKernel)

// active is the kernel in use.
var active = kernels[0]

// Kernel is the name of the implementation in use, chosen at start-up by what the
// processor and the operating system can do: "avx512vnni", "avx2", or "go". Sums are
// rounded differently by different kernels, so what is to be the same bit for bit
// must be made by the same one.
func Kernel() string { return active.name }
