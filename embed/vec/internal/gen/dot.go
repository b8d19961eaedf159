package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// accumulators of one scalar product: as many as hide a multiply-add's delay.
const accumulators = 4

// dot writes one scalar product.
func dot(m machine) {
	function("dot"+m.suffix(), "func(a, b []float32) float32", "dot"+m.suffix()+" is Dot.")
	a, n, b := base("a"), size("a"), base("b")
	sums := products(m, "", n, a, []Mem{{Base: b}}, func(bytes int) { ADDQ(U32(bytes), b) })
	sum := total(m, sums)[0]
	VZEROUPPER()
	Store(sum, ReturnIndex(0))
	RET()
}

// dots writes the scalar products of a query with the rows of a matrix: some rows at
// a time, since the query's numbers are then loaded once for all of them, and the
// last ones singly. Both ways, and dot, sum in the same order.
func dots(m machine) {
	function("dots"+m.suffix(), "func(out, query, rows []float32)", "dots"+m.suffix()+" is Dots.")
	out, count, query, d, row := base("out"), size("out"), base("query"), size("query"), base("rows")
	stride, stride3 := GP64(), GP64()
	MOVQ(d, stride)
	SHLQ(U8(2), stride)
	LEAQ(Mem{Base: stride, Index: stride, Scale: 2}, stride3)

	q, p, n := GP64(), GP64(), GP64()
	begin := func() {
		MOVQ(query, q)
		MOVQ(row, p)
		MOVQ(d, n)
	}
	advance := func(bytes int) { ADDQ(U32(bytes), p) }
	rows := []Mem{
		{Base: p},
		{Base: p, Index: stride, Scale: 1},
		{Base: p, Index: stride, Scale: 2},
		{Base: p, Index: stride3, Scale: 1},
	}[:m.dotRows()]
	steps("some", count, len(rows), func() {
		begin()
		sums := products(m, "some", n, q, rows, advance)
		for i, sum := range total(m, sums) {
			VMOVSS(sum, Mem{Base: out, Disp: 4 * i})
		}
		ADDQ(U32(4*len(rows)), out)
		LEAQ(Mem{Base: row, Index: stride, Scale: uint8(len(rows))}, row)
	})
	steps("one", count, 1, func() {
		begin()
		sums := products(m, "one", n, q, []Mem{{Base: p}}, advance)
		VMOVSS(total(m, sums)[0], Mem{Base: out})
		ADDQ(U8(4), out)
		ADDQ(stride, row)
	})
	VZEROUPPER()
	RET()
}

// products multiplies n numbers at a with as many of each row and returns, for each
// row, its sums. It moves a and n on, and the rows by advance.
func products(m machine, name string, n, a reg.GPVirtual, rows []Mem, advance func(bytes int)) [][]reg.VecVirtual {
	sums := make([][]reg.VecVirtual, len(rows))
	for i := range sums {
		sums[i] = zeros(m, accumulators)
	}
	for _, vectors := range []int{accumulators, 1} {
		steps(fmt.Sprintf("%sBy%d", name, vectors), n, vectors*m.lanes(), func() {
			for k := range vectors {
				x := m.vector()
				VMOVUPS(Mem{Base: a, Disp: k * bytes(m)}, x)
				for i, row := range rows {
					VFMADD231PS(row.Offset(k*bytes(m)), x, sums[i][k])
				}
			}
			ADDQ(U32(vectors*bytes(m)), a)
			advance(vectors * bytes(m))
		})
	}
	rest(name+"Rest", n, func() {
		mask := m.mask(n)
		x := m.vector()
		m.loadMasked(Mem{Base: a}, mask, x)
		for i, row := range rows {
			y := m.vector()
			m.loadMasked(row, mask, y)
			VFMADD231PS(y, x, sums[i][0])
		}
	})
	return sums
}

// total adds each row's sums up to one number.
func total(m machine, sums [][]reg.VecVirtual) []reg.Register {
	totals := make([]reg.Register, len(sums))
	for i, s := range sums {
		VADDPS(s[1], s[0], s[0])
		VADDPS(s[3], s[2], s[2])
		VADDPS(s[2], s[0], s[0])
		totals[i] = sumOfFour(m.fold(s[0], VADDPS).AsX())
	}
	return totals
}

func sumOfFour(four reg.Register) reg.Register {
	VHADDPS(four, four, four)
	VHADDPS(four, four, four)
	return four
}
