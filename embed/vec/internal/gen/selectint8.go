package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

const selectInt8Signature = "func(hits, sums []int32, ld, rows, cols int, rowScale, rowAdd, rowLeast, colScale, colAdd, colLeast []float32) int"

func selectInt8AVX512() {
	function("selectInt8AVX512", selectInt8Signature, "selectInt8AVX512 is SelectInt8 for cols a multiple of 16.")
	place, step := ZMM(), ZMM()
	VMOVDQU32(ascending(16), place)
	sixteen := GP32()
	MOVL(U32(16), sixteen)
	VPBROADCASTD(sixteen, step)
	selectInt8(avx512{}, func(hits reg.GPVirtual, estimate, least reg.VecVirtual) {
		k := K()
		VCMPPS(U8(greaterOrEqual), least, estimate, k)
		KORTESTW(k, k)
		JZ(LabelRef("none"))
		places, bits, count := ZMM(), GP32(), GP32()
		VPCOMPRESSD_Z(place, k, places)
		KMOVW(k, bits)
		POPCNTL(bits, count)
		VMOVDQU32(places, Mem{Base: hits}) // there is room: hits is as long as all places
		LEAQ(Mem{Base: hits, Index: count.As64(), Scale: 4}, hits)
		Label("none")
		VPADDD(step, place, place)
	}, func(gap reg.GPVirtual) {
		skip := ZMM()
		VPBROADCASTD(gap.As32(), skip)
		VPADDD(skip, place, place)
	})
}

func selectInt8AVX2() {
	function("selectInt8AVX2", selectInt8Signature, "selectInt8AVX2 is SelectInt8 for cols a multiple of 8.")
	first := GP64()
	XORQ(first, first)
	selectInt8(avx2{}, func(hits reg.GPVirtual, estimate, least reg.VecVirtual) {
		bits := GP32()
		VCMPPS(U8(greaterOrEqual), least, estimate, estimate)
		VMOVMSKPS(estimate, bits)
		TESTL(bits, bits)
		JZ(LabelRef("none"))
		Label("hit")
		place, next := GP32(), GP32()
		TZCNTL(bits, place)
		ADDL(first.As32(), place)
		MOVL(place, Mem{Base: hits})
		ADDQ(U8(4), hits)
		LEAL(Mem{Base: bits.As64(), Disp: -1}, next)
		ANDL(next, bits)
		JNZ(LabelRef("hit"))
		Label("none")
		ADDQ(U8(8), first)
	}, func(gap reg.GPVirtual) {
		ADDQ(gap, first)
	})
}

// selectInt8 goes through the sums of each row, a vector at a time. The function keep
// writes the places at which the estimates are at least least to hits; skip is told how
// many places lie between the rows.
func selectInt8(m machine, keep func(hits reg.GPVirtual, estimate, least reg.VecVirtual), skip func(gap reg.GPVirtual)) {
	hits, sums := base("hits"), base("sums")
	colScale, colAdd, colLeast := base("colScale"), base("colAdd"), base("colLeast")
	rowScale, rowAdd, rowLeast := m.vector(), m.vector(), m.vector()
	row := GP64()
	XORQ(row, row)
	JMP(LabelRef("test"))

	Label("row")
	for _, c := range []struct {
		name string
		dst  reg.VecVirtual
	}{{"rowScale", rowScale}, {"rowAdd", rowAdd}, {"rowLeast", rowLeast}} {
		VBROADCASTSS(Mem{Base: base(c.name), Index: row, Scale: 4}, c.dst)
	}
	at, cols := GP64(), load("cols")
	XORQ(at, at)
	Label("vector")
	estimate, least := m.vector(), m.vector()
	VCVTDQ2PS(Mem{Base: sums, Index: at, Scale: 4}, estimate)
	VMULPS(Mem{Base: colScale, Index: at, Scale: 4}, estimate, estimate)
	VFMADD213PS(Mem{Base: colAdd, Index: at, Scale: 4}, rowScale, estimate)
	VADDPS(rowAdd, estimate, estimate)
	VMINPS(Mem{Base: colLeast, Index: at, Scale: 4}, rowLeast, least)
	keep(hits, estimate, least)
	ADDQ(U8(m.lanes()), at)
	CMPQ(at, cols)
	JL(LabelRef("vector"))

	ld := load("ld")
	LEAQ(Mem{Base: sums, Index: ld, Scale: 4}, sums)
	SUBQ(cols, ld)
	skip(ld)
	INCQ(row)
	Label("test")
	rows := load("rows")
	CMPQ(row, rows)
	JL(LabelRef("row"))

	start := base("hits")
	SUBQ(start, hits)
	SHRQ(U8(2), hits)
	Store(hits, ReturnIndex(0))
	VZEROUPPER()
	RET()
}
