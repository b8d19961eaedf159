package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// VPDPBUSD multiplies unsigned with signed bytes and adds four products at once. One
// factor is therefore made unsigned by adding 128, which is to flip its first bit, and
// 128 times the sum of the other factor is taken from the result.

const (
	int8Rows    = 12 // of TileInt8
	int8Vectors = 2
)

func int8AVX512() {
	dotInt8AVX512()
	tileInt8AVX512()
}

// flip is a vector of bytes 0x80.
func flip() reg.VecVirtual {
	v, bits := ZMM(), GP32()
	MOVL(U32(0x80808080), bits)
	VPBROADCASTD(bits, v)
	return v
}

// maskBytes is a mask of the first n < 64 bytes.
func maskBytes(n reg.GPVirtual) reg.Register {
	mask, bits := K(), GP64()
	MOVQ(I32(-1), bits)
	BZHIQ(n, bits, bits)
	KMOVQ(bits, mask)
	return mask
}

// dotInt8AVX512 makes the bytes of b unsigned, and sums what is to be taken off for
// that beside their products.
func dotInt8AVX512() {
	function("dotInt8AVX512", "func(a, b []int8) int32", "dotInt8AVX512 is DotInt8.")
	a, n, b := base("a"), size("a"), base("b")
	sign := flip()
	sums := zeros(avx512{}, 2)
	multiply := func(load func(src Mem, dst reg.VecVirtual)) {
		x, y := ZMM(), ZMM()
		load(Mem{Base: a}, x)
		load(Mem{Base: b}, y)
		VPXORD(sign, y, y)
		VPDPBUSD(x, y, sums[0])
		VPDPBUSD(x, sign, sums[1])
	}
	steps("By1", n, 64, func() {
		multiply(func(src Mem, dst reg.VecVirtual) { VMOVDQU32(src, dst) })
		ADDQ(U8(64), a)
		ADDQ(U8(64), b)
	})
	rest("Rest", n, func() {
		mask := maskBytes(n)
		multiply(func(src Mem, dst reg.VecVirtual) { VMOVDQU8_Z(src, mask, dst) })
	})
	result := GP32()
	VMOVD(totalInt8(sums[0], sums[1]), result)
	Store(result, ReturnIndex(0))
	VZEROUPPER()
	RET()
}

// totalInt8 adds up the numbers of sum less those of excess.
func totalInt8(sum, excess reg.VecVirtual) reg.Register {
	VPSUBD(excess, sum, sum)
	eight := YMM()
	VEXTRACTI64X4(U8(1), sum, eight)
	VPADDD(eight, sum.AsY(), eight)
	return totalInt32(eight)
}

// totalInt32 adds up eight numbers.
func totalInt32(eight reg.VecVirtual) reg.Register {
	four := XMM()
	VEXTRACTI128(U8(1), eight, four)
	VPADDD(four, eight.AsX(), four)
	VPHADDD(four, four, four)
	VPHADDD(four, four, four)
	return four
}

// tileInt8AVX512 writes the block of a matrix product of bytes: as tile does, but
// each step takes four depths.
func tileInt8AVX512() {
	function("tileInt8AVX512", "func(depth int, a, b []int8, c []int32, ldc int)",
		fmt.Sprintf("tileInt8AVX512 is TileInt8 for %d × %d numbers.", int8Rows, 16*int8Vectors))
	n, a, b := load("depth"), base("a"), base("b")
	sign := flip()
	rowsOfA := GP64()
	MOVQ(U32(int8Rows), rowsOfA)
	mask := avx512{}.mask(rowsOfA)

	sums := make([][]reg.VecVirtual, int8Rows)
	for i := range sums {
		sums[i] = zeros(avx512{}, int8Vectors)
	}
	excess := zeros(avx512{}, 1)[0] // of row i in lane i
	for _, times := range []int{4, 1} {
		steps(fmt.Sprintf("by%d", 4*times), n, 4*times, func() {
			for t := range times {
				y := make([]reg.VecVirtual, int8Vectors)
				for k := range y {
					y[k] = ZMM()
					VPXORD(Mem{Base: b, Disp: 64 * (int8Vectors*t + k)}, sign, y[k])
				}
				x := ZMM()
				VMOVDQU32_Z(Mem{Base: a, Disp: 4 * int8Rows * t}, mask, x)
				VPDPBUSD(x, sign, excess)
				for i := range int8Rows {
					x := ZMM()
					VPBROADCASTD(Mem{Base: a, Disp: 4 * (int8Rows*t + i)}, x)
					for k := range y {
						VPDPBUSD(x, y[k], sums[i][k])
					}
				}
			}
			ADDQ(U32(4*int8Rows*times), a)
			ADDQ(U32(64*int8Vectors*times), b)
		})
	}
	c, ldc := base("c"), load("ldc")
	SHLQ(U8(2), ldc)
	lane := ZMM()
	VPXORD(lane, lane, lane)
	minusOne := avx512{}.ones()
	for _, row := range sums {
		less := ZMM()
		VPERMD(excess, lane, less)
		VPSUBD(minusOne, lane, lane)
		for k, sum := range row {
			VPSUBD(less, sum, sum)
			VMOVDQU32(sum, Mem{Base: c, Disp: 64 * k})
		}
		ADDQ(ldc, c)
	}
	VZEROUPPER()
	RET()
}
