package simulate

import (
	"math"
	"math/rand/v2"
	"slices"
)

// readerCounts draws how many lists a reader sees: n with a chance that falls
// as n^-1.7 (Zipf), up to a cap. sums[n-1] is the sum of the weights up to n.
type readerCounts struct{ sums []float64 }

// newReaderCounts caps a reader at half a percent of the lists of the log, at
// most 300: more would pass for a machine.
func newReaderCounts(impressions int) readerCounts {
	var c readerCounts
	var sum float64
	for n := 1; n <= min(300, max(10, impressions/200)); n++ {
		sum += math.Pow(float64(n), -1.7)
		c.sums = append(c.sums, sum)
	}
	return c
}

func (c readerCounts) draw(rng *rand.Rand) int { return 1 + drawFrom(c.sums, rng) }

// drawFrom draws a place with weights of which sums are the sums up to each.
func drawFrom(sums []float64, rng *rand.Rand) int {
	u := rng.Float64() * sums[len(sums)-1]
	i, found := slices.BinarySearch(sums, u)
	if found {
		i++ // a place of weight 0, or the very border
	}
	return min(i, len(sums)-1)
}

// mostEager is the greatest eagerness of a reader; the mean is 1.
const mostEager = 1.75

func drawEagerness(rng *rand.Rand) float64 { return .25 + 1.5*rng.Float64() }

// hours is how much is read in each hour of a day.
var hours = [24]float64{2, 1, 1, 1, 1, 2, 4, 7, 9, 8, 7, 7, 9, 8, 7, 6, 6, 7, 8, 9, 10, 9, 7, 4}

var hoursSum, hoursSums = func() (sum float64, sums []float64) {
	for _, h := range hours {
		sum += h
		sums = append(sums, sum)
	}
	return sum, sums
}()

// sessionLists draws how many lists there are in a session of a reader who has
// that many left: 2.5 on the mean.
func sessionLists(rng *rand.Rand, left int) int {
	n := 1
	for n < left && n < 50 && rng.Float64() < .6 {
		n++
	}
	return n
}
