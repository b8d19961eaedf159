package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// axpy writes the addition of a multiple of one vector to another.
func axpy(m machine) {
	function("axpy"+m.suffix(), "func(alpha float32, x, y []float32)", "axpy"+m.suffix()+" is Axpy.")
	alpha := broadcast(parameter("alpha"), m.vector())
	x, n, y := base("x"), size("x"), base("y")
	for _, vectors := range []int{4, 1} {
		steps(fmt.Sprintf("by%d", vectors), n, vectors*m.lanes(), func() {
			for k := range vectors {
				sum := m.vector()
				VMOVUPS(Mem{Base: y, Disp: k * bytes(m)}, sum)
				VFMADD231PS(Mem{Base: x, Disp: k * bytes(m)}, alpha, sum)
				VMOVUPS(sum, Mem{Base: y, Disp: k * bytes(m)})
			}
			ADDQ(U32(vectors*bytes(m)), x)
			ADDQ(U32(vectors*bytes(m)), y)
		})
	}
	rest("rest", n, func() {
		mask, v, sum := m.mask(n), m.vector(), m.vector()
		m.loadMasked(Mem{Base: x}, mask, v)
		m.loadMasked(Mem{Base: y}, mask, sum)
		VFMADD231PS(v, alpha, sum)
		m.storeMasked(sum, mask, Mem{Base: y})
	})
	VZEROUPPER()
	RET()
}
