package resample

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Halves splits the clusters at random into two halves, splits times, and compares
// Σnum/Σden of one with that of the other: both are of the same readers, so the
// interval of 95 % for the difference should hold 0 in 93 to 97 of 100 splits. held
// is the share that does; it is NaN with fewer than 4 clusters. The interval is
// Student's t with the clustered standard errors (CR1) of both halves.
func Halves(num, den []float64, splits int, o Options) (held float64) {
	if len(num) != len(den) {
		panic("resample: length mismatch")
	}
	if len(num) < 4 || splits < 1 {
		return math.NaN()
	}
	t := distuv.StudentsT{Sigma: 1, Nu: float64(len(num) - 2)}.Quantile(0.975)
	good := 0
	for split := range splits {
		var half [2]moments
		k := key(o.Seed, split)
		var bits uint64
		for c := range num {
			if c%64 == 0 {
				bits = mix(k + uint64(c/64))
			}
			half[bits&1].add(num[c], den[c])
			bits >>= 1
		}
		a, va := half[0].ratio()
		b, vb := half[1].ratio()
		// An empty half says nothing, so it excludes nothing.
		if diff := math.Abs(a - b); !(diff > t*math.Sqrt(va+vb)) {
			good++
		}
	}
	return float64(good) / float64(splits)
}

// moments are the sums that a ratio and its clustered variance need.
type moments struct{ n, x, y, xx, xy, yy float64 }

func (m *moments) add(x, y float64) {
	m.n++
	m.x += x
	m.y += y
	m.xx += x * x
	m.xy += x * y
	m.yy += y * y
}

// ratio is r = Σx/Σy and n/(n−1)·Σ(x − r·y)²/(Σy)².
func (m *moments) ratio() (r, variance float64) {
	r = m.x / m.y
	squares := max(0, m.xx-2*r*m.xy+r*r*m.yy)
	return r, m.n / (m.n - 1) * squares / (m.y * m.y)
}
