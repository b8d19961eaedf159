package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// greaterOrEqual is VCMPPS's comparison that is false, and raises no exception, for
// what is not a number.
const greaterOrEqual = 0x1d

func selectAVX512() {
	function("atLeastAVX512", "func(dst []int32, s []float32, least float32) int", "atLeastAVX512 is AtLeast.")
	s, n := base("s"), size("s")
	placesAVX512(n, func(mask *reg.Register) reg.VecVirtual {
		v := ZMM()
		if mask == nil {
			VMOVUPS(Mem{Base: s}, v)
			ADDQ(U8(64), s)
		} else {
			VMOVUPS_Z(Mem{Base: s}, *mask, v)
		}
		return v
	})

	function("atLeastInt8AVX512", "func(dst, sums []int32, scale []float32, least float32) int", "atLeastInt8AVX512 is AtLeastInt8.")
	sums, n, scale := base("sums"), size("sums"), base("scale")
	placesAVX512(n, func(mask *reg.Register) reg.VecVirtual {
		v, w := ZMM(), ZMM()
		if mask == nil {
			VCVTDQ2PS(Mem{Base: sums}, v)
			VMULPS(Mem{Base: scale}, v, v)
			ADDQ(U8(64), sums)
			ADDQ(U8(64), scale)
		} else {
			VMOVDQU32_Z(Mem{Base: sums}, *mask, v)
			VCVTDQ2PS(v, v)
			VMOVUPS_Z(Mem{Base: scale}, *mask, w)
			VMULPS(w, v, v)
		}
		return v
	})
}

// placesAVX512 writes the places of those of n numbers that are at least the
// parameter least to the parameter dst. The function next makes the next 16 of them,
// or as many as a mask has lanes.
func placesAVX512(n reg.GPVirtual, next func(mask *reg.Register) reg.VecVirtual) {
	dst := base("dst")
	least := broadcastParam("least", ZMM())
	place, step := ZMM(), ZMM()
	VMOVDQU32(ascending(16), place)
	sixteen := GP32()
	MOVL(U32(16), sixteen)
	VPBROADCASTD(sixteen, step)

	hits, count := GP32(), GP32()
	keep := func(k, room reg.Register) {
		places := ZMM()
		VPCOMPRESSD_Z(place, k, places)
		POPCNTL(hits, count)
		if room == nil {
			VMOVDQU32(places, Mem{Base: dst}) // there is room: dst is as long as s
		} else {
			VPCOMPRESSD(place, k, Mem{Base: dst})
		}
		LEAQ(Mem{Base: dst, Index: count.As64(), Scale: 4}, dst)
	}
	steps("sixteen", n, 16, func() {
		k := K()
		VCMPPS(U8(greaterOrEqual), least, next(nil), k)
		KMOVW(k, hits)
		TESTL(hits, hits)
		JZ(LabelRef("none"))
		keep(k, nil)
		Label("none")
		VPADDD(step, place, place)
	})
	rest("rest", n, func() {
		mask := avx512{}.mask(n)
		v := next(&mask)
		k := K()
		VCMPPS(U8(greaterOrEqual), least, v, mask, k)
		KMOVW(k, hits)
		keep(k, mask)
	})
	start := base("dst")
	SUBQ(start, dst)
	SHRQ(U8(2), dst)
	Store(dst, ReturnIndex(0))
	VZEROUPPER()
	RET()
}

func selectAVX2() {
	function("atLeastAVX2", "func(dst []int32, s []float32, least float32) int", "atLeastAVX2 is AtLeast.")
	s, n := base("s"), size("s")
	placesAVX2(n, func(mask *reg.Register) reg.VecVirtual {
		v := YMM()
		if mask == nil {
			VMOVUPS(Mem{Base: s}, v)
			ADDQ(U8(32), s)
		} else {
			VMASKMOVPS(Mem{Base: s}, *mask, v)
		}
		return v
	})

	function("atLeastInt8AVX2", "func(dst, sums []int32, scale []float32, least float32) int", "atLeastInt8AVX2 is AtLeastInt8.")
	sums, n, scale := base("sums"), size("sums"), base("scale")
	placesAVX2(n, func(mask *reg.Register) reg.VecVirtual {
		v, w := YMM(), YMM()
		if mask == nil {
			VCVTDQ2PS(Mem{Base: sums}, v)
			VMULPS(Mem{Base: scale}, v, v)
			ADDQ(U8(32), sums)
			ADDQ(U8(32), scale)
		} else {
			VMASKMOVPS(Mem{Base: sums}, *mask, v)
			VCVTDQ2PS(v, v)
			VMASKMOVPS(Mem{Base: scale}, *mask, w)
			VMULPS(w, v, v)
		}
		return v
	})
}

// placesAVX2 is placesAVX512 for eight numbers at a time. Places are written one by
// one: few are expected.
func placesAVX2(n reg.GPVirtual, next func(mask *reg.Register) reg.VecVirtual) {
	dst := base("dst")
	least := broadcastParam("least", YMM())
	first, hits, place := GP64(), GP32(), GP32()
	XORQ(first, first)
	keep := func(name string) {
		Label(name)
		TZCNTL(hits, place)
		ADDL(first.As32(), place)
		MOVL(place, Mem{Base: dst})
		ADDQ(U8(4), dst)
		next := GP32()
		LEAL(Mem{Base: hits.As64(), Disp: -1}, next)
		ANDL(next, hits)
		JNZ(LabelRef(name))
	}
	compare := func(v reg.VecVirtual) {
		VCMPPS(U8(greaterOrEqual), least, v, v)
		VMOVMSKPS(v, hits)
	}
	steps("eight", n, 8, func() {
		compare(next(nil))
		TESTL(hits, hits)
		JZ(LabelRef("none"))
		keep("place")
		Label("none")
		ADDQ(U8(8), first)
	})
	rest("rest", n, func() {
		lanes := GP64()
		MOVQ(n, lanes)
		mask := avx2{}.mask(lanes)
		v := next(&mask)
		compare(v)
		BZHIL(n.As32(), hits, hits)
		JZ(LabelRef("restEnd"))
		keep("restPlace")
	})
	start := base("dst")
	SUBQ(start, dst)
	SHRQ(U8(2), dst)
	Store(dst, ReturnIndex(0))
	VZEROUPPER()
	RET()
}
