// Command gen writes the assembly of package vec and its declarations in Go, for one
// of the kernels avx2 and avx512. Run it by
//
//	go generate ./embed/vec
//
// What both kernels do alike (dot.go, axpy.go, combine.go, tile.go, select.go, quantise.go, peak.go) is
// written once, for vectors of any width; what they do differently has a file for
// each.
package main

import (
	"flag"
	"log"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
)

func main() {
	log.SetFlags(0)
	name := flag.String("kernel", "", "avx2 or avx512")
	flag.Parse()
	switch *name {
	case "avx2":
		write(avx2{})
		int8AVX2()
	case "avx512":
		write(avx512{})
		int8AVX512()
	default:
		log.Fatal("gen: say -kernel avx2 or -kernel avx512")
	}
	Generate()
}

func write(m machine) {
	dot(m)
	dots(m)
	axpy(m)
	for vectors := 1; vectors <= m.combineVectors(); vectors++ {
		combine(m, vectors)
	}
	tile(m)
	atLeast(m)
	selectInt8(m)
	greatest(m)
	round(m)
	multiplyAdds(m)
}

// function begins a function of the given documentation; slices passed to it do not
// escape.
func function(name, signature, doc string) {
	TEXT(name, attr.NOSPLIT, signature)
	Pragma("noescape")
	Doc(doc)
}
