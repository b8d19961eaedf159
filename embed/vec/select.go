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

// SelectInt8 finds pairs that may be near one another, in a block of sums of int8
// products that are estimates of scalar products of float32. It writes to hits the
// places i·ld+j of the pairs of row i < rows and column j < cols with
//
//	sums[i·ld+j]·colScale[j]·rowScale[i] + colAdd[j] + rowAdd[i] ≥ min(rowLeast[i], colLeast[j])
//
// in ascending order, and returns how many there are. The left side is computed in
// float32 with up to five roundings, not the same ones by every kernel. No number may
// be NaN, nor infinite but for the least ones.
//
// It panics if hits has less than rows·cols numbers or a slice ends too soon; what
// hits holds after those places has no meaning.
func SelectInt8(hits, sums []int32, ld, rows, cols int, rowScale, rowAdd, rowLeast, colScale, colAdd, colLeast []float32) int {
	if rows < 0 || cols < 0 || ld < 0 || len(hits) < rows*cols || !holds(len(sums), rows, ld, cols) ||
		min(len(rowScale), len(rowAdd), len(rowLeast)) < rows || min(len(colScale), len(colAdd), len(colLeast)) < cols {
		panic(outside)
	}
	return active.selectInt8(hits, sums, ld, rows, cols, rowScale, rowAdd, rowLeast, colScale, colAdd, colLeast)
}
