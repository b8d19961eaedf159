package pack

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// A whole number of a column. Values are handled as int64, which holds all of them.
type integer interface {
	~uint8 | ~uint16 | ~int16 | ~int32
}

// widths are the numbers of bits that a value of a column may take.
var widths = [...]int{0, 1, 2, 4, 8, 16, 24, 32}

// packInts writes column, of which the reader knows the length, as
//
//	base    the least value, as a signed varint
//	width   one byte: the bits of every value less base; at least least
//	values  below 8 bits from the low bits of a byte on; from 8 bits on as one
//	        plane of all low bytes, then one of the next bytes, since high bytes
//	        are much alike and compress better among themselves
func packInts[T integer](column []T, least int) []byte {
	var base, top int64
	if len(column) > 0 {
		base, top = math.MaxInt64, math.MinInt64
	}
	for _, v := range column {
		base, top = min(base, int64(v)), max(top, int64(v))
	}
	width := 0
	for _, width = range widths {
		if width >= least && (top-base)>>width == 0 {
			break
		}
	}
	w := writer{b: make([]byte, 0, len(column)*width/8+16)}
	w.varint(base)
	w.b = append(w.b, byte(width))
	if width < 8 {
		if width == 0 {
			return w.b
		}
		perByte := 8 / width
		for i := 0; i < len(column); i += perByte {
			var b byte
			for j, v := range column[i:min(i+perByte, len(column))] {
				b |= byte(int64(v)-base) << (j * width)
			}
			w.b = append(w.b, b)
		}
		return w.b
	}
	for shift := 0; shift < width; shift += 8 {
		for _, v := range column {
			w.b = append(w.b, byte((int64(v)-base)>>shift))
		}
	}
	return w.b
}

var errColumnLength = errors.New("has another length than the pack's head says")

// unpackInts reads the n values that b is packInts of. It takes no memory before
// it has seen that b is long enough, if least is not 0.
func unpackInts[T integer](b []byte, n, least int) ([]T, error) {
	r := reader{b: b}
	base := r.varint()
	width := int(r.byte())
	if r.err != nil {
		return nil, r.err
	}
	known := false
	for _, w := range widths {
		known = known || w == width
	}
	if !known || width < least {
		return nil, fmt.Errorf("has values of %d bits", width)
	}
	if (n*width+7)/8 != len(r.b) {
		return nil, errColumnLength
	}
	if int64(T(base)) != base {
		return nil, fmt.Errorf("has the value %d", base)
	}
	column := make([]T, n)
	if width < 8 {
		for i := range column {
			v := base
			if width > 0 {
				perByte := 8 / width
				v += int64(r.b[i/perByte]>>(i%perByte*width)) & (1<<width - 1)
			}
			if int64(T(v)) != v {
				return nil, fmt.Errorf("has the value %d", v)
			}
			column[i] = T(v)
		}
		return column, nil
	}
	planes := width / 8
	for i := range column {
		v := base
		for plane := range planes {
			v += int64(r.b[plane*n+i]) << (8 * plane)
		}
		if int64(T(v)) != v {
			return nil, fmt.Errorf("has the value %d", v)
		}
		column[i] = T(v)
	}
	return column, nil
}

// packFloats writes values in 4 bytes each where that loses nothing, else in 8. The
// first byte says which.
func packFloats(values []float64) []byte {
	size := byte(4)
	for _, v := range values {
		if !math.IsNaN(v) && float64(float32(v)) != v {
			size = 8
		}
	}
	b := append(make([]byte, 0, 1+len(values)*int(size)), size)
	for _, v := range values {
		switch {
		case size == 8 && math.IsNaN(v):
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(math.NaN()))
		case size == 8:
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
		case math.IsNaN(v):
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(math.NaN())))
		default:
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(v)))
		}
	}
	return b
}

// unpackFloats reads the values that b is packFloats of.
func unpackFloats(b []byte) ([]float64, error) {
	r := reader{b: b}
	size := int(r.byte())
	if r.err != nil {
		return nil, r.err
	}
	if size != 4 && size != 8 || len(r.b)%size != 0 {
		return nil, fmt.Errorf("has %d bytes for numbers of %d", len(r.b), size)
	}
	values := make([]float64, len(r.b)/size)
	for i := range values {
		if size == 4 {
			values[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(r.b[4*i:])))
		} else {
			values[i] = math.Float64frombits(binary.LittleEndian.Uint64(r.b[8*i:]))
		}
	}
	return values, nil
}
