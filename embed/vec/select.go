package vec

// AtLeast writes to dst the places of the numbers in s that are at least least, in
// ascending order, and returns how many there are. What is not a number is not there.
// dst must be as long as s or it panics; what it holds after those places has no
// meaning.
func AtLeast(dst []int32, s []float32, least float32) int {
	if len(dst) < len(s) {
		panic(mismatch)
	}
	return active.atLeast(dst, s, least)
}

// AtLeastInt8 is AtLeast of the products float32(sums[i])·scale[i], each rounded to
// float32: the estimates of scalar products that TileInt8 makes of vectors scaled to
// int8.
func AtLeastInt8(dst, sums []int32, scale []float32, least float32) int {
	if len(dst) < len(sums) || len(scale) != len(sums) {
		panic(mismatch)
	}
	return active.atLeastInt8(dst, sums, scale, least)
}
