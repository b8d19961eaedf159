package vec

import "math"

// goKernel is plain Go: what runs where there is no other. Products are converted to
// float32 to keep them from being fused with sums on machines that can, so it gives
// the same bits everywhere.
var goKernel = kernel{
	name: "go",

	dot:     dotGo,
	dots:    dotsGo,
	axpy:    axpyGo,
	combine: combineGo,

	tileRows: 4, tileCols: 4,
	tile: tileGo,

	dotInt8:      dotInt8Go,
	tileInt8Rows: 4, tileInt8Cols: 4,
	tileInt8: tileInt8Go,

	atLeast:    atLeastGo,
	selectInt8: selectInt8Go,

	greatest: greatestGo,
	round:    roundGo,

	multiplyAdds: multiplyAddsGo,
	peakWidth:    8,
}

func dotGo(a, b []float32) float32 {
	// Eight sums side by side, since one would wait for each addition.
	var s0, s1, s2, s3, s4, s5, s6, s7 float32
	for len(a) >= 8 && len(b) >= 8 {
		s0 += float32(a[0] * b[0])
		s1 += float32(a[1] * b[1])
		s2 += float32(a[2] * b[2])
		s3 += float32(a[3] * b[3])
		s4 += float32(a[4] * b[4])
		s5 += float32(a[5] * b[5])
		s6 += float32(a[6] * b[6])
		s7 += float32(a[7] * b[7])
		a, b = a[8:], b[8:]
	}
	sum := ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7))
	for i, v := range a {
		sum += float32(v * b[i])
	}
	return sum
}

func dotsGo(out, query, rows []float32) {
	d := len(query)
	for i := range out {
		out[i] = dotGo(query, rows[i*d:][:d])
	}
}

func axpyGo(alpha float32, x, y []float32) {
	for i, v := range x {
		y[i] += float32(alpha * v)
	}
}

func combineGo(dst, x []float32, index []uint32, value []float32) bool {
	d := len(dst)
	rows := len(x) / d
	clear(dst)
	for e, i := range index {
		if int(i) >= rows {
			return false
		}
		axpyGo(value[e], x[int(i)*d:][:d], dst)
	}
	return true
}

func tileGo(depth int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int) {
	for i := range 4 {
		var s0, s1, s2, s3 float32
		for l := range depth {
			x, y := a[l*lda+i], b[l*ldb:][:4]
			s0 += float32(x * y[0])
			s1 += float32(x * y[1])
			s2 += float32(x * y[2])
			s3 += float32(x * y[3])
		}
		row := c[i*ldc:][:4]
		row[0] += s0
		row[1] += s1
		row[2] += s2
		row[3] += s3
	}
}

func dotInt8Go(a, b []int8) int32 {
	var sum int32
	for i, v := range a {
		sum += int32(v) * int32(b[i])
	}
	return sum
}

// tileInt8Go multiplies two rows at once, one of them 2³² times as great: the lower
// half of a sum is then the one's sum, and what is left the other's.
func tileInt8Go(depth int, a, b []int8, c []int32, ldc int) {
	for i := 0; i < 4; i += 2 {
		var s [4]int64
		for l := 0; l < 4*depth; l += 16 {
			x, y := (*[8]int8)(a[l+4*i:]), (*[16]int8)(b[l:])
			for k := range 4 {
				both := int64(x[k]) + int64(x[4+k])<<32
				s[0] += both * int64(y[k])
				s[1] += both * int64(y[4+k])
				s[2] += both * int64(y[8+k])
				s[3] += both * int64(y[12+k])
			}
		}
		for j, sum := range s {
			low := int32(sum)
			c[i*ldc+j] = low
			c[(i+1)*ldc+j] = int32((sum - int64(low)) >> 32)
		}
	}
}

func atLeastGo(dst []int32, s []float32, least float32) int {
	n := 0
	for i, v := range s {
		if v >= least {
			dst[n] = int32(i)
			n++
		}
	}
	return n
}

func selectInt8Go(hits, sums []int32, ld, rows, cols int, rowScale, rowAdd, rowLeast, colScale, colAdd, colLeast []float32) int {
	n := 0
	for i := range rows {
		scale, add, least := rowScale[i], rowAdd[i], rowLeast[i]
		for j, v := range sums[i*ld:][:cols] {
			estimate := float32(float32(v)*colScale[j]*scale) + colAdd[j] + add
			if estimate >= min(least, colLeast[j]) {
				hits[n] = int32(i*ld + j)
				n++
			}
		}
	}
	return n
}

func greatestGo(x []float32) float32 {
	var greatest uint32 // bits of magnitudes are in the order of the magnitudes
	for _, v := range x {
		greatest = max(greatest, math.Float32bits(v)&^(1<<31))
	}
	return math.Float32frombits(greatest)
}

func roundGo(dst []int8, x []float32, inverse, scale float32) float32 {
	var lost float64
	wide := float64(scale)
	for i, v := range x {
		const shift = 3 << 22 // in whose binade numbers are integers
		n := float32(float32(v*inverse)+shift) - shift
		dst[i] = int8(n)
		d := float64(v) - float64(float64(n)*wide)
		lost += float64(d * d)
	}
	return float32(lost)
}
