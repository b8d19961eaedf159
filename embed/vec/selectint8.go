package vec

// SelectInt8 writes to hits the places i·ld+j, ascending, of the sums of a matrix of
// rows × cols, ld numbers from one row to the next, that may matter to their row or to
// their column, and returns how many there are: those with
//
//	sums[i·ld+j]·colScale[j]·rowScale[i] + colAdd[j] + rowAdd[i] >= min(rowLeast[i], colLeast[j])
//
// for sums of TileInt8, whose factors were scaled to int8 by rowScale and colScale and
// lie within rowAdd + colAdd of the truth. Each of the four operations is rounded to
// float32, or two of them as one. A number may be infinite, but the sum must then not
// be that of +Inf and -Inf.
//
// It panics if an argument is too short; hits must have rows·cols places. What it holds
// after the hits has no meaning.
func SelectInt8(hits, sums []int32, ld, rows, cols int, rowScale, rowAdd, rowLeast, colScale, colAdd, colLeast []float32) int {
	if rows < 0 || cols < 0 || ld < cols || !holds(len(sums), rows, ld, cols) || len(hits) < rows*cols ||
		min(len(rowScale), len(rowAdd), len(rowLeast)) < rows || min(len(colScale), len(colAdd), len(colLeast)) < cols {
		panic(outside)
	}
	if rows == 0 || cols == 0 {
		return 0
	}
	if cols%active.selectInt8Lanes != 0 {
		return selectInt8Go(hits, sums, ld, rows, cols, rowScale, rowAdd, rowLeast, colScale, colAdd, colLeast)
	}
	return active.selectInt8(hits, sums, ld, rows, cols, rowScale, rowAdd, rowLeast, colScale, colAdd, colLeast)
}

func selectInt8Go(hits, sums []int32, ld, rows, cols int, rowScale, rowAdd, rowLeast, colScale, colAdd, colLeast []float32) int {
	n := 0
	colScale, colAdd, colLeast = colScale[:cols], colAdd[:cols], colLeast[:cols]
	for i := range rows {
		scale, add, least := rowScale[i], rowAdd[i], rowLeast[i]
		for j, sum := range sums[i*ld : i*ld+cols] {
			estimate := float32(float32(float32(float32(sum)*colScale[j])*scale) + colAdd[j])
			if estimate+add >= min(least, colLeast[j]) {
				hits[n] = int32(i*ld + j)
				n++
			}
		}
	}
	return n
}
