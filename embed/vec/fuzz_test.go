package vec_test

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/alsolike/alsolike/embed/vec"
)

// floats reads float32s, whatever bits they are, and makes those that could overflow
// a sum small.
func floats(data []byte) []float32 {
	v := make([]float32, len(data)/4)
	for i := range v {
		v[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
		if !(math.Abs(float64(v[i])) < 1e15) {
			v[i] = float32(data[4*i])
		}
	}
	return v
}

// rounded reports whether got is Σ aᵢ·bᵢ up to the rounding of n products and sums.
func rounded(got float32, a, b []float32) bool {
	var want, size float64
	for i, v := range a {
		term := float64(v) * float64(b[i])
		want += term
		size += math.Abs(term)
	}
	n := float64(len(a) + 1)
	return math.Abs(float64(got)-want) <= n*(size/(1<<24)+math.SmallestNonzeroFloat32)
}

// Every kernel gives the scalar product up to rounding, the same for (a, b) as for
// (b, a), and that of bytes exactly.
func FuzzDot(f *testing.F) {
	f.Add([]byte("12345678"))
	f.Add([]byte{0, 0, 128, 63, 0, 0, 128, 191, 1, 0, 0, 0, 0, 0, 0, 64})
	f.Fuzz(func(t *testing.T, data []byte) {
		v := floats(data)
		n := len(v) / 2
		a, b := v[:n], v[n:2*n]
		x, y := make([]int8, len(data)/2), make([]int8, len(data)/2)
		var sum int32
		for i := range x {
			x[i], y[i] = int8(data[2*i]), int8(data[2*i+1])
			sum += int32(x[i]) * int32(y[i])
		}
		for _, name := range vec.Kernels() {
			restore := vec.Use(name)
			got := vec.Dot(a, b)
			if !rounded(got, a, b) {
				t.Errorf("%s: Dot of %v and %v: got %v", name, a, b, got)
			}
			if again := vec.Dot(b, a); math.Float32bits(again) != math.Float32bits(got) {
				t.Errorf("%s: Dot of %v and %v: %v, but in turn %v", name, a, b, got, again)
			}
			if got := vec.DotInt8(x, y); got != sum {
				t.Errorf("%s: DotInt8 of %v and %v: got %v, want %v", name, x, y, got, sum)
			}
			restore()
		}
	})
}

// Every kernel gives a sparse combination up to rounding, for any number of columns
// and entries.
func FuzzCombine(f *testing.F) {
	f.Add(uint16(3), []byte{0, 1, 1, 0}, []byte("a matrix of some rows and values"))
	f.Add(uint16(300), []byte{0, 0, 0}, []byte{0, 0, 128, 63, 0, 0, 128, 191})
	f.Fuzz(func(t *testing.T, columns uint16, places, data []byte) {
		const rows = 3
		d := int(columns)%500 + 1
		numbers := append(floats(data), 1)
		x := make([]float32, rows*d)
		for i := range x {
			x[i] = numbers[i%len(numbers)]
		}
		index, value := make([]uint32, len(places)), make([]float32, len(places))
		for e, p := range places {
			index[e], value[e] = uint32(p)%rows, numbers[e%len(numbers)]
		}
		for _, name := range vec.Kernels() {
			restore := vec.Use(name)
			dst := make([]float32, d)
			vec.Combine(dst, x, index, value)
			column := make([]float32, len(index))
			for j, got := range dst {
				for e, i := range index {
					column[e] = x[int(i)*d+j]
				}
				if !rounded(got, column, value) {
					t.Fatalf("%s: column %d of %d: got %v", name, j, d, got)
				}
			}
			restore()
		}
	})
}
