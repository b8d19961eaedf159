package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// greaterOrEqual is VCMPPS's comparison that is false, and raises no exception, for
// what is not a number.
const greaterOrEqual = 0x1d

// atLeast writes the selection of great numbers.
func atLeast(m machine) {
	function("atLeast"+m.suffix(), "func(dst []int32, s []float32, least float32) int", "atLeast"+m.suffix()+" is AtLeast.")
	dst, s, n := base("dst"), base("s"), size("s")
	least := broadcast(parameter("least"), m.vector())
	at := zero()
	numbers := Mem{Base: s, Index: at, Scale: 4}
	steps("whole", n, m.lanes(), func() {
		v := m.vector()
		VMOVUPS(numbers, v)
		keep(m, "whole", m.compare(v, least), at, dst)
		ADDQ(U32(m.lanes()), at)
	})
	rest("rest", n, func() {
		v := m.vector()
		m.loadMasked(numbers, m.mask(duplicate(n)), v)
		bits := m.compare(v, least)
		BZHIL(n.As32(), bits, bits)
		keep(m, "rest", bits, at, dst)
	})
	returnCount(dst, "dst")
}

// selectInt8 writes the selection of pairs, row by row.
func selectInt8(m machine) {
	function("selectInt8"+m.suffix(), "func(hits, sums []int32, ld, rows, cols int, rowScale, rowAdd, rowLeast, colScale, colAdd, colLeast []float32) int", "selectInt8"+m.suffix()+" is SelectInt8.")
	hits, sums := base("hits"), base("sums")
	colScale, colAdd, colLeast := base("colScale"), base("colAdd"), base("colLeast")
	row, first := zero(), zero() // first is the place of the row's first pair

	Label("row")
	CMPQ(row, parameter("rows"))
	JGE(LabelRef("rowEnd"))
	ofRow := func(name string) reg.VecVirtual {
		return broadcast(Mem{Base: base(name), Index: row, Scale: 4}, m.vector())
	}
	scale, add, least := ofRow("rowScale"), ofRow("rowAdd"), ofRow("rowLeast")
	at, column, left := duplicate(first), zero(), load("cols")
	ofColumn := func(base reg.GPVirtual) Mem { return Mem{Base: base, Index: column, Scale: 4} }
	compare := func(sum, colScale, colAdd, colLeast Op) reg.GPVirtual {
		estimate, bound := m.vector(), m.vector()
		VCVTDQ2PS(sum, estimate)
		VMULPS(colScale, estimate, estimate)
		VFMADD213PS(colAdd, scale, estimate)
		VADDPS(add, estimate, estimate)
		VMINPS(colLeast, least, bound)
		return m.compare(estimate, bound)
	}
	steps("columns", left, m.lanes(), func() {
		bits := compare(Mem{Base: sums, Index: at, Scale: 4}, ofColumn(colScale), ofColumn(colAdd), ofColumn(colLeast))
		keep(m, "columns", bits, at, hits)
		ADDQ(U32(m.lanes()), at)
		ADDQ(U32(m.lanes()), column)
	})
	rest("rest", left, func() {
		mask := m.mask(duplicate(left))
		masked := func(src Mem) reg.VecVirtual {
			v := m.vector()
			m.loadMasked(src, mask, v)
			return v
		}
		bits := compare(masked(Mem{Base: sums, Index: at, Scale: 4}), masked(ofColumn(colScale)), masked(ofColumn(colAdd)), masked(ofColumn(colLeast)))
		BZHIL(left.As32(), bits, bits)
		keep(m, "rest", bits, at, hits)
	})
	ADDQ(parameter("ld"), first)
	INCQ(row)
	JMP(LabelRef("row"))
	Label("rowEnd")
	returnCount(hits, "hits")
}

// keep writes the places, from at on, of the bits that are set, and moves dst past
// them. Few are expected.
func keep(m machine, name string, bits, at, dst reg.GPVirtual) {
	TESTL(bits, bits)
	JZ(LabelRef(name + "None"))
	m.writePlaces(name, bits, at, dst)
	Label(name + "None")
}

// returnCount returns how many numbers stand before end in the slice.
func returnCount(end reg.GPVirtual, slice string) {
	SUBQ(base(slice), end)
	SHRQ(U8(2), end)
	VZEROUPPER()
	Store(end, ReturnIndex(0))
	RET()
}

func (avx2) compare(v, least reg.VecVirtual) reg.GPVirtual {
	bits := GP32()
	VCMPPS(U8(greaterOrEqual), least, v, v)
	VMOVMSKPS(v, bits)
	return bits
}

func (avx2) writePlaces(name string, bits, at, dst reg.GPVirtual) {
	place, others := GP32(), GP32()
	Label(name + "Place")
	TZCNTL(bits, place)
	ADDL(at.As32(), place)
	MOVL(place, Mem{Base: dst})
	ADDQ(U8(4), dst)
	LEAL(Mem{Base: bits.As64(), Disp: -1}, others)
	ANDL(others, bits) // the lowest bit is gone
	JNZ(LabelRef(name + "Place"))
}

func (avx512) compare(v, least reg.VecVirtual) reg.GPVirtual {
	mask, bits := K(), GP32()
	VCMPPS(U8(greaterOrEqual), least, v, mask)
	KMOVW(mask, bits)
	return bits
}

func (avx512) writePlaces(_ string, bits, at, dst reg.GPVirtual) {
	mask, places, count := K(), ZMM(), GP64()
	KMOVW(bits, mask)
	VPBROADCASTD(at.As32(), places)
	VPADDD(ascending(16), places, places)
	VPCOMPRESSD_Z(places, mask, places)
	POPCNTL(bits, count.As32())
	VMOVDQU32(places, avx512{}.mask(count), Mem{Base: dst})
	LEAQ(Mem{Base: dst, Index: count, Scale: 4}, dst)
}
