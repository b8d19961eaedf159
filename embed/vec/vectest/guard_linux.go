package vectest

import (
	"syscall"
	"testing"
	"unsafe"
)

// guarded is memory between two pages that must not be touched.
func guarded(t *testing.T, n int) []byte {
	page := syscall.Getpagesize()
	pages := (n + page - 1) / page
	all, err := syscall.Mmap(-1, 0, (pages+2)*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Munmap(all); err != nil {
			t.Error(err)
		}
	})
	for _, guard := range [][]byte{all[:page], all[(pages+1)*page:]} {
		if err := syscall.Mprotect(guard, syscall.PROT_NONE); err != nil {
			t.Fatal(err)
		}
	}
	return all[page : (pages+1)*page]
}

// beside is a copy of v that ends where memory ends or, with front, begins where it
// begins: reading or writing outside is a fault.
func beside[T any](t *testing.T, v []T, front bool) []T {
	var one T
	size := int(unsafe.Sizeof(one)) * len(v)
	memory := guarded(t, size)
	if size == 0 {
		return nil
	}
	if !front {
		memory = memory[len(memory)-size:]
	}
	copied := unsafe.Slice((*T)(unsafe.Pointer(&memory[0])), len(v))
	copy(copied, v)
	return copied
}
