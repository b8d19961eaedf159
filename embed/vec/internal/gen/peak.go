package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
)

// peakVectors are the sums that multiplyAdds keeps: more than hide a multiply-add's
// delay on any machine of today.
const peakVectors = 12

// multiplyAdds writes multiply-adds of registers alone.
func multiplyAdds(m machine) {
	name := "multiplyAdds" + m.suffix()
	function(name, "func(rounds int)", fmt.Sprintf("%s does rounds multiply-adds in each of %d lanes, on registers alone.", name, peakVectors*m.lanes()))
	n := load("rounds")
	factors := zeros(m, 2)
	sums := zeros(m, peakVectors)
	steps("round", n, 1, func() {
		for _, sum := range sums {
			VFMADD231PS(factors[0], factors[1], sum)
		}
	})
	VZEROUPPER()
	RET()
}
