package vec

import "math"

// QuantiseInt8 rounds a vector to multiples of scale, its greatest magnitude by 127:
//
//	dst[i] = the integer nearest to x[i]/scale
//
// It returns scale and two upper bounds, within some 1e-7·len(x) of what they bound:
// lost, the length of x - scale·dst, and norm, the length of x. A vector of zeros, or of
// numbers so small that their squares are lost, becomes zeros with scale 0.
//
// No number of x may be NaN or infinite. dst may be longer than x, and is zero there;
// QuantiseInt8 panics if it is shorter.
func QuantiseInt8(dst []int8, x []float32) (scale, lost, norm float32) {
	if len(dst) < len(x) {
		panic(mismatch)
	}
	const least = 1e-10 // of the greatest magnitude, for squares of what rounding loses to be in range
	clear(dst[len(x):])
	greatest := active.greatest(x)
	if greatest < least {
		clear(dst)
		bound := greatest * float32(len(x))
		return 0, bound, bound
	}
	scale = greatest / 127
	squares := active.round(dst[:len(x)], x, 127/greatest, scale)
	// Past the rounding of sums of squares and of the root, and past squares that vanish.
	up, vanished := 1+float64(len(x)+16)/(1<<24), float64(greatest)/(1<<30)
	above := func(squares float32) float32 { return float32(math.Sqrt(float64(squares))*up + vanished) }
	return scale, above(squares), above(active.dot(x, x))
}
