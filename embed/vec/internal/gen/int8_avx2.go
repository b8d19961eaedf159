package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Without VPDPBUSD bytes are widened to 16 bits, and VPMADDWD multiplies those and
// adds pairs.

const (
	int8RowsAVX2    = 6 // of TileInt8
	int8VectorsAVX2 = 2 // of four columns each
)

func int8AVX2() {
	dotInt8AVX2()
	tileInt8AVX2()
}

func dotInt8AVX2() {
	function("dotInt8AVX2", "func(a, b []int8) int32", "dotInt8AVX2 is DotInt8.")
	a, n, b := base("a"), size("a"), base("b")
	const accumulators = 2
	sums := zeros(avx2{}, accumulators)
	for _, vectors := range []int{accumulators, 1} {
		steps(fmt.Sprintf("By%d", vectors), n, 16*vectors, func() {
			for k := range vectors {
				x, y := YMM(), YMM()
				VPMOVSXBW(Mem{Base: a, Disp: 16 * k}, x)
				VPMOVSXBW(Mem{Base: b, Disp: 16 * k}, y)
				VPMADDWD(x, y, y)
				VPADDD(y, sums[k], sums[k])
			}
			ADDQ(U32(16*vectors), a)
			ADDQ(U32(16*vectors), b)
		})
	}
	VPADDD(sums[1], sums[0], sums[0])
	result := GP32()
	VMOVD(totalInt32(sums[0]), result)
	steps("Single", n, 1, func() {
		x, y := GP32(), GP32()
		MOVBLSX(Mem{Base: a}, x)
		MOVBLSX(Mem{Base: b}, y)
		IMULL(y, x)
		ADDL(x, result)
		INCQ(a)
		INCQ(b)
	})
	Store(result, ReturnIndex(0))
	VZEROUPPER()
	RET()
}

// tileInt8AVX2 writes the block of a matrix product of bytes. A sum is held as two,
// over even and odd pairs of depths, until the end.
func tileInt8AVX2() {
	function("tileInt8AVX2", "func(depth int, a, b []int8, c []int32, ldc int)",
		fmt.Sprintf("tileInt8AVX2 is TileInt8 for %d × %d numbers.", int8RowsAVX2, 4*int8VectorsAVX2))
	n, a, b := load("depth"), base("a"), base("b")
	sums := make([][]reg.VecVirtual, int8RowsAVX2)
	for i := range sums {
		sums[i] = zeros(avx2{}, int8VectorsAVX2)
	}
	steps("depth", n, 4, func() {
		y := make([]reg.VecVirtual, int8VectorsAVX2)
		for k := range y {
			y[k] = YMM()
			VPMOVSXBW(Mem{Base: b, Disp: 16 * k}, y[k])
		}
		for i := range int8RowsAVX2 {
			x := YMM()
			VPBROADCASTD(Mem{Base: a, Disp: 4 * i}, x.AsX())
			VPMOVSXBW(x.AsX(), x)
			for k := range y {
				products := YMM()
				VPMADDWD(x, y[k], products)
				VPADDD(products, sums[i][k], sums[i][k])
			}
		}
		ADDQ(U32(4*int8RowsAVX2), a)
		ADDQ(U32(16*int8VectorsAVX2), b)
	})
	c, ldc := base("c"), load("ldc")
	SHLQ(U8(2), ldc)
	const evenThenOdd = 0b11_01_10_00 // of four pairs
	for _, row := range sums {
		VPHADDD(row[1], row[0], row[0])
		VPERMQ(U8(evenThenOdd), row[0], row[0])
		VMOVDQU(row[0], Mem{Base: c})
		ADDQ(ldc, c)
	}
	VZEROUPPER()
	RET()
}
