package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// ahead is how many entries before its turn a row is asked from memory.
const ahead = 8

// combine writes the sparse combination of rows for a block of columns that fits
// into the given number of vectors, the last of which may have fewer than all lanes.
// The sums stay in registers over all entries.
func combine(m machine, vectors int) {
	name := fmt.Sprintf("combine%d%s", vectors, m.suffix())
	function(name, "func(dst, x *float32, stride, rows int, index *uint32, value *float32, entries, lanes int) bool",
		fmt.Sprintf("%s is Combine for %d vectors, the last of 1 to %d lanes, of rows stride numbers apart. It says no if an index is not below rows.", name, vectors, m.lanes()))
	x, stride, rows := load("x"), load("stride"), load("rows")
	index, value, entries := load("index"), load("value"), load("entries")
	SHLQ(U8(2), stride)
	mask := m.mask(load("lanes"))

	sums := zeros(m, vectors)
	last, e := GP64(), GP64()
	MOVQ(entries, last)
	DECQ(last)
	XORQ(e, e)
	JMP(LabelRef("check"))

	Label("entry")
	next, row := GP64(), GP64()
	LEAQ(Mem{Base: e, Disp: ahead}, next)
	CMPQ(next, last)
	CMOVQGT(last, next)
	MOVL(Mem{Base: index, Index: next, Scale: 4}, next.As32())
	IMULQ(stride, next)
	ADDQ(x, next)

	MOVL(Mem{Base: index, Index: e, Scale: 4}, row.As32())
	CMPQ(row, rows)
	JAE(LabelRef("outside"))
	IMULQ(stride, row)
	ADDQ(x, row)
	factor := m.vector()
	VBROADCASTSS(Mem{Base: value, Index: e, Scale: 4}, factor)
	for k, sum := range sums {
		if k*bytes(m)%64 == 0 {
			PREFETCHT0(Mem{Base: next, Disp: k * bytes(m)})
		}
		number := Mem{Base: row, Disp: k * bytes(m)}
		if k < vectors-1 {
			VFMADD231PS(number, factor, sum)
		} else {
			v := m.vector()
			m.loadMasked(number, mask, v)
			VFMADD231PS(v, factor, sum)
		}
	}
	INCQ(e)
	Label("check")
	CMPQ(e, entries)
	JLT(LabelRef("entry"))

	dst := load("dst")
	for k, sum := range sums[:vectors-1] {
		VMOVUPS(sum, Mem{Base: dst, Disp: k * bytes(m)})
	}
	m.storeMasked(sums[vectors-1], mask, Mem{Base: dst, Disp: (vectors - 1) * bytes(m)})
	finish(1)
	Label("outside")
	finish(0)
}

// finish returns a bool.
func finish(ok uint64) {
	result := GP8()
	MOVB(U8(ok), result)
	Store(reg.Register(result), ReturnIndex(0))
	VZEROUPPER()
	RET()
}
