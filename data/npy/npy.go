// Package npy writes arrays in NumPy's format, version 1.0
// (numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
package npy

import (
	"encoding/binary"
	"fmt"
	"io"
	"strings"
)

// A Number is what arrays may hold.
type Number interface {
	float32 | int32 | uint32 | int64
}

// WriteHeader begins an array of that shape, whose values must follow one after the
// other, the last index fastest, in little-endian bytes.
func WriteHeader[T Number](w io.Writer, shape ...int) error {
	var kind T
	descr := map[any]string{float32(0): "<f4", int32(0): "<i4", uint32(0): "<u4", int64(0): "<i8"}[any(kind)]
	sizes := strings.Trim(strings.ReplaceAll(fmt.Sprint(shape), " ", ", "), "[]")
	if len(shape) == 1 {
		sizes += "," // a tuple of one
	}
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", descr, sizes)
	const preamble, align = 10, 64
	header += strings.Repeat(" ", align-1-(preamble+len(header))%align) + "\n"
	magic := binary.LittleEndian.AppendUint16([]byte("\x93NUMPY\x01\x00"), uint16(len(header)))
	_, err := w.Write(append(magic, header...))
	return err
}

// Write writes values as an array of one dimension.
func Write[T Number](w io.Writer, values []T) error {
	if err := WriteHeader[T](w, len(values)); err != nil {
		return err
	}
	return binary.Write(w, binary.LittleEndian, values)
}
