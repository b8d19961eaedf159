package npy_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/alsolike/alsolike/data/npy"
)

func TestWrite(t *testing.T) {
	var b bytes.Buffer
	if err := npy.Write(&b, []uint32{1, 2, 300}); err != nil {
		t.Fatal(err)
	}
	check(t, b.Bytes(), "{'descr': '<u4', 'fortran_order': False, 'shape': (3,), }", 12)
	if got := binary.LittleEndian.Uint32(b.Bytes()[b.Len()-4:]); got != 300 {
		t.Errorf("the last value is %d, want 300", got)
	}
	b.Reset()
	if err := npy.WriteHeader[float32](&b, 2, 5); err != nil {
		t.Fatal(err)
	}
	check(t, b.Bytes(), "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 5), }", 0)
	b.Reset()
	if err := npy.Write(&b, []int32{-1}); err != nil {
		t.Fatal(err)
	}
	check(t, b.Bytes(), "{'descr': '<i4', 'fortran_order': False, 'shape': (1,), }", 4)
	b.Reset()
	if err := npy.Write(&b, []int64{}); err != nil {
		t.Fatal(err)
	}
	check(t, b.Bytes(), "{'descr': '<i8', 'fortran_order': False, 'shape': (0,), }", 0)
}

// check wants a file of version 1.0 with that header, padded to 64 bytes, and so many
// bytes of values.
func check(t *testing.T, file []byte, header string, values int) {
	t.Helper()
	if !bytes.HasPrefix(file, []byte("\x93NUMPY\x01\x00")) {
		t.Fatalf("begins with % x", file[:10])
	}
	length := int(binary.LittleEndian.Uint16(file[8:]))
	if (10+length)%64 != 0 || len(file) != 10+length+values {
		t.Errorf("a header of %d bytes in a file of %d", length, len(file))
	}
	if got := string(bytes.TrimRight(file[10:9+length], " ")); got != header || file[9+length] != '\n' {
		t.Errorf("got header %q, want %q and a line's end", got, header)
	}
}
