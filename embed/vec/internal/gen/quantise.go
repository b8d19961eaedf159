package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// greatest writes the greatest magnitude of a vector.
func greatest(m machine) {
	function("greatest"+m.suffix(), "func(x []float32) float32", "greatest"+m.suffix()+" is the greatest magnitude of x, or 0.")
	x, n := base("x"), size("x")
	magnitude := m.ones()
	VPSRLD(U8(1), magnitude, magnitude) // all bits but the sign
	result := zeros(m, 1)[0]
	compare := func(v reg.VecVirtual) {
		VANDPS(magnitude, v, v)
		VMAXPS(v, result, result)
	}
	steps("whole", n, m.lanes(), func() {
		v := m.vector()
		VMOVUPS(Mem{Base: x}, v)
		compare(v)
		ADDQ(U32(bytes(m)), x)
	})
	rest("rest", n, func() {
		v := m.vector()
		m.loadMasked(Mem{Base: x}, m.mask(n), v)
		compare(v)
	})
	four := m.fold(result, VMAXPS).AsX()
	other := XMM()
	VPERMILPS(U8(0b_01_00_11_10), four, other)
	VMAXPS(other, four, four)
	VPERMILPS(U8(0b_10_11_00_01), four, other)
	VMAXPS(other, four, four)
	VZEROUPPER()
	Store(four, ReturnIndex(0))
	RET()
}

// round writes the rounding of a vector to multiples of scale.
func round(m machine) {
	function("round"+m.suffix(), "func(dst []int8, x []float32, inverse, scale float32) float32",
		"round"+m.suffix()+" sets dst to x·inverse rounded to integers, of which none may be beyond 127, and returns Σ (xᵢ - scale·dstᵢ)².")
	dst, x, n := base("dst"), base("x"), size("x")
	inverse, scale := broadcast(parameter("inverse"), m.vector()), broadcast(parameter("scale"), m.vector())
	lost := zeros(m, 1)[0]
	toInteger := func(v reg.VecVirtual) (integer reg.VecVirtual) {
		integer = m.vector()
		back := m.vector()
		VMULPS(inverse, v, integer)
		VCVTPS2DQ(integer, integer)
		VCVTDQ2PS(integer, back)
		VFNMADD231PS(back, scale, v)
		VFMADD231PS(v, v, lost)
		return integer
	}
	steps("whole", n, m.lanes(), func() {
		v := m.vector()
		VMOVUPS(Mem{Base: x}, v)
		m.storeInt8(toInteger(v), Mem{Base: dst})
		ADDQ(U32(bytes(m)), x)
		ADDQ(U32(m.lanes()), dst)
	})
	rest("rest", n, func() {
		v := m.vector()
		m.loadMasked(Mem{Base: x}, m.mask(duplicate(n)), v)
		m.storeSomeInt8(toInteger(v), n, Mem{Base: dst})
	})
	sum := sumOfFour(m.fold(lost, VADDPS).AsX())
	VZEROUPPER()
	Store(sum, ReturnIndex(0))
	RET()
}

func (avx2) storeInt8(v reg.VecVirtual, dst Mem) {
	high := XMM()
	VEXTRACTI128(U8(1), v, high)
	VPACKSSDW(high, v.AsX(), high)
	VPACKSSWB(high, high, high)
	VMOVQ(high, dst)
}

func (avx2) storeSomeInt8(v reg.VecVirtual, n reg.GPVirtual, dst Mem) {
	eight, i, one := AllocLocal(8), zero(), GP8()
	avx2{}.storeInt8(v, eight)
	Label("byte")
	MOVB(Mem{Base: eight.Base, Symbol: eight.Symbol, Disp: eight.Disp, Index: i, Scale: 1}, one)
	MOVB(one, Mem{Base: dst.Base, Index: i, Scale: 1})
	INCQ(i)
	CMPQ(i, n)
	JLT(LabelRef("byte"))
}

func (avx512) storeInt8(v reg.VecVirtual, dst Mem) { VPMOVSDB(v, dst) }

func (avx512) storeSomeInt8(v reg.VecVirtual, n reg.GPVirtual, dst Mem) {
	VPMOVSDB(v, avx512{}.mask(n), dst)
}
