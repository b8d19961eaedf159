package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// tile writes the block of a matrix product: all sums stay in registers over the
// whole depth, and for each depth a row of b is loaded once and each number of a
// once.
func tile(m machine) {
	rows, vectors := m.tileRows(), m.tileVectors()
	function("tile"+m.suffix(), "func(depth int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int)",
		fmt.Sprintf("tile%s is Tile for %d × %d numbers.", m.suffix(), rows, vectors*m.lanes()))
	n, a, lda, b, ldb := load("depth"), base("a"), load("lda"), base("b"), load("ldb")
	SHLQ(U8(2), lda)
	SHLQ(U8(2), ldb)
	sums := make([][]reg.VecVirtual, rows)
	for i := range sums {
		sums[i] = zeros(m, vectors)
	}
	for _, times := range []int{4, 1} { // loops unrolled keep the multipliers busier
		steps(fmt.Sprintf("by%d", times), n, times, func() {
			for range times {
				y := make([]reg.VecVirtual, vectors)
				for k := range y {
					y[k] = m.vector()
					VMOVUPS(Mem{Base: b, Disp: k * bytes(m)}, y[k])
				}
				for i := range rows {
					x := m.vector()
					VBROADCASTSS(Mem{Base: a, Disp: 4 * i}, x)
					for k := range y {
						VFMADD231PS(y[k], x, sums[i][k])
					}
				}
				ADDQ(lda, a)
				ADDQ(ldb, b)
			}
		})
	}
	c, ldc := base("c"), load("ldc")
	SHLQ(U8(2), ldc)
	for _, row := range sums {
		for k, sum := range row {
			place := Mem{Base: c, Disp: k * bytes(m)}
			VADDPS(place, sum, sum)
			VMOVUPS(sum, place)
		}
		ADDQ(ldc, c)
	}
	VZEROUPPER()
	RET()
}
