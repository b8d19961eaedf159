package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A machine is a set of instructions with vectors of a given width.
type machine interface {
	suffix() string // of names of functions
	lanes() int     // numbers in a vector
	vector() reg.VecVirtual

	// mask is a mask of the first n < lanes lanes; it may overwrite n.
	mask(n reg.GPVirtual) reg.Register
	// loadMasked loads lanes of the mask and does not touch memory elsewhere; the
	// others become 0.
	loadMasked(src Mem, mask reg.Register, dst reg.VecVirtual)
	storeMasked(src reg.VecVirtual, mask reg.Register, dst Mem)

	// fold applies op to the two halves of a vector, as often as it takes to leave
	// four numbers.
	fold(v reg.VecVirtual, op func(...Op)) reg.VecVirtual

	ones() reg.VecVirtual // all bits set

	// storeInt8 stores integers that fit as bytes, storeSomeInt8 those of the first n
	// lanes.
	storeInt8(v reg.VecVirtual, dst Mem)
	storeSomeInt8(v reg.VecVirtual, n reg.GPVirtual, dst Mem)

	// compare sets the bits of the lanes of v that are at least those of least, and
	// may overwrite v.
	compare(v, least reg.VecVirtual) reg.GPVirtual
	// writePlaces writes the number at plus the place of each bit that is set, of
	// which there is one at least, and moves dst past them.
	writePlaces(name string, bits, at, dst reg.GPVirtual)

	dotRows() int        // that Dots takes at a time: 1, 2 or 4
	combineVectors() int // that Combine can keep in registers
	tileRows() int       // of Tile
	tileVectors() int
}

type avx2 struct{}

func (avx2) suffix() string         { return "AVX2" }
func (avx2) lanes() int             { return 8 }
func (avx2) vector() reg.VecVirtual { return YMM() }

// masks is where eight lanes that are set stand before eight that are not.
var masks Mem

func (avx2) mask(n reg.GPVirtual) reg.Register {
	if masks.Symbol.Name == "" {
		masks = GLOBL("masks", attr.RODATA|attr.NOPTR)
		for i := range 16 {
			lane := uint32(0)
			if i < 8 {
				lane = 0xffffffff
			}
			DATA(4*i, U32(lane))
		}
	}
	table, mask := GP64(), YMM()
	LEAQ(masks.Offset(32), table)
	NEGQ(n)
	VMOVDQU(Mem{Base: table, Index: n, Scale: 4}, mask)
	return mask
}

func (avx2) loadMasked(src Mem, mask reg.Register, dst reg.VecVirtual) { VMASKMOVPS(src, mask, dst) }

func (avx2) storeMasked(src reg.VecVirtual, mask reg.Register, dst Mem) {
	VMASKMOVPS(src, mask, dst)
}

func (avx2) fold(v reg.VecVirtual, op func(...Op)) reg.VecVirtual {
	high := XMM()
	VEXTRACTF128(U8(1), v, high)
	op(high, v.AsX(), high)
	return high
}

func (avx2) ones() reg.VecVirtual {
	v := YMM()
	VPCMPEQD(v, v, v)
	return v
}

func (avx2) dotRows() int        { return 2 }
func (avx2) combineVectors() int { return 12 }
func (avx2) tileRows() int       { return 6 }
func (avx2) tileVectors() int    { return 2 }

type avx512 struct{}

func (avx512) suffix() string         { return "AVX512" }
func (avx512) lanes() int             { return 16 }
func (avx512) vector() reg.VecVirtual { return ZMM() }

func (avx512) mask(n reg.GPVirtual) reg.Register {
	mask, bits := K(), GP32()
	MOVL(U32(0xffffffff), bits)
	BZHIL(n.As32(), bits, bits)
	KMOVW(bits, mask)
	return mask
}

func (avx512) loadMasked(src Mem, mask reg.Register, dst reg.VecVirtual) { VMOVUPS_Z(src, mask, dst) }

func (avx512) storeMasked(src reg.VecVirtual, mask reg.Register, dst Mem) {
	VMOVUPS(src, mask, dst)
}

func (avx512) fold(v reg.VecVirtual, op func(...Op)) reg.VecVirtual {
	high := YMM()
	VEXTRACTF64X4(U8(1), v, high)
	op(high, v.AsY(), high)
	return avx2{}.fold(high, op)
}

func (avx512) ones() reg.VecVirtual {
	v := ZMM()
	VPTERNLOGD(U8(0xff), v, v, v)
	return v
}

func (avx512) dotRows() int        { return 4 }
func (avx512) combineVectors() int { return 12 }
func (avx512) tileRows() int       { return 14 }
func (avx512) tileVectors() int    { return 2 }

// bytes is the width of a vector.
func bytes(m machine) int { return 4 * m.lanes() }

// zeros are n vectors of zeros.
func zeros(m machine, n int) []reg.VecVirtual {
	v := make([]reg.VecVirtual, n)
	for i := range v {
		v[i] = m.vector()
		VXORPS(v[i], v[i], v[i])
	}
	return v
}

// load loads the function's parameter, or the base or length of it if that is a slice.
func load(name string) reg.GPVirtual  { return Load(Param(name), GP64()).(reg.GPVirtual) }
func base(slice string) reg.GPVirtual { return Load(Param(slice).Base(), GP64()).(reg.GPVirtual) }
func size(slice string) reg.GPVirtual { return Load(Param(slice).Len(), GP64()).(reg.GPVirtual) }

// broadcast fills v with a float32 in memory.
func broadcast(src Mem, v reg.VecVirtual) reg.VecVirtual {
	VBROADCASTSS(src, v)
	return v
}

// ascending are the numbers 0, 1, … n-1.
func ascending(n int) Mem {
	if places.Symbol.Name == "" {
		places = GLOBL("places", attr.RODATA|attr.NOPTR)
		for i := range n {
			DATA(4*i, U32(uint32(i)))
		}
	}
	return places
}

var places Mem

// parameter is where the function's parameter stands, a number.
func parameter(name string) Mem {
	p, err := Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	return p.Addr
}

// zero is a register that holds 0.
func zero() reg.GPVirtual {
	r := GP64()
	XORQ(r, r)
	return r
}

// duplicate is another register that holds what r does.
func duplicate(r reg.GPVirtual) reg.GPVirtual {
	other := GP64()
	MOVQ(r, other)
	return other
}

// steps runs body as long as n is at least step, and takes step from n each time.
func steps(name string, n reg.GPVirtual, step int, body func()) {
	end := name + "End"
	SUBQ(U32(step), n)
	JL(LabelRef(end))
	Label(name)
	body()
	SUBQ(U32(step), n)
	JGE(LabelRef(name))
	Label(end)
	ADDQ(U32(step), n)
}

// rest runs body if n is not 0.
func rest(name string, n reg.GPVirtual, body func()) {
	end := fmt.Sprintf("%sEnd", name)
	TESTQ(n, n)
	JZ(LabelRef(end))
	body()
	Label(end)
}
