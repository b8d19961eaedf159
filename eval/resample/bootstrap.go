package resample

import (
	"math"
	"runtime"
	"slices"
	"sync"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Options are how to resample. The zero value works.
type Options struct {
	Seed       uint64
	Replicates int // of a bootstrap; 0: 2,000
	Draws      int // of a randomisation test; 0: 10,000
	Workers    int // 0: one for each processor. The result is the same for any number
}

func (o Options) withDefaults() Options {
	if o.Replicates <= 0 {
		o.Replicates = 2000
	}
	if o.Draws <= 0 {
		o.Draws = 10000
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	return o
}

// A Bootstrap is a statistic and its values in replicates of the log.
type Bootstrap struct {
	Value        float64
	Clusters     int
	Replicates   []float64 // ascending; those without a value are left out
	Acceleration float64   // of BCa, by the jackknife over clusters
}

// Do calls statistic for every replicate, with the weight of each cluster in it
// (PoissonWeight), and once with all weights 1 for its value, and for the jackknife
// of Jackknife. statistic must not keep or change its argument, may return NaN
// for a replicate that has no value, and must be safe to be called by several
// workers at once.
func Do(clusters int, statistic func(weight []float64) float64, o Options) *Bootstrap {
	ones := make([]float64, clusters)
	for c := range ones {
		ones[c] = 1
	}
	b := replicate(statistic(ones), clusters, statistic, o)
	b.Acceleration = acceleration(Jackknife(clusters, statistic))
	return b
}

// Ratio is the Bootstrap of Σnum/Σden over clusters; both sums are resampled. More
// than 1,000 clusters are drawn in 1,000 groups: groups are as independent as
// clusters are, and the time no longer grows. It panics if num and den differ
// in length.
func Ratio(num, den []float64, o Options) *Bootstrap {
	if len(num) != len(den) {
		panic("resample: length mismatch")
	}
	clusters := len(num)
	num, den = grouped(num), grouped(den)
	sumNum, sumDen := sum(num), sum(den)
	b := replicate(ratio(sumNum, sumDen), len(num), func(weight []float64) float64 {
		n, d := 0.0, 0.0
		for c, w := range weight {
			n += w * num[c]
			d += w * den[c]
		}
		return ratio(n, d)
	}, o)
	b.Clusters = clusters
	without := make([]float64, 0, len(num))
	for c := range num {
		without = append(without, ratio(sumNum-num[c], sumDen-den[c]))
	}
	b.Acceleration = acceleration(without)
	return b
}

// maxUnits is how many clusters, or groups of them, Ratio draws.
const maxUnits = 1000

// grouped adds up x so that maxUnits numbers are left; fewer stay as they are.
func grouped(x []float64) []float64 {
	if len(x) <= maxUnits {
		return x
	}
	sums := make([]float64, maxUnits)
	for c, v := range x {
		sums[c%maxUnits] += v
	}
	return sums
}

// replicate calls statistic for every replicate.
func replicate(value float64, clusters int, statistic func(weight []float64) float64, o Options) *Bootstrap {
	o = o.withDefaults()
	values := make([]float64, o.Replicates)
	var work sync.WaitGroup
	for worker := range o.Workers {
		work.Go(func() {
			weight := make([]float64, clusters)
			for r := worker; r < len(values); r += o.Workers {
				weights(o.Seed, r, weight)
				values[r] = statistic(weight)
			}
		})
	}
	work.Wait()
	values = slices.DeleteFunc(values, math.IsNaN)
	slices.Sort(values)
	return &Bootstrap{Value: value, Clusters: clusters, Replicates: values}
}

// SE is the standard deviation of the replicates; +Inf if there are too few
// clusters or replicates to know.
func (b *Bootstrap) SE() float64 {
	if b.unknown() {
		return math.Inf(1)
	}
	return stat.StdDev(b.Replicates, nil)
}

// Skew is the skewness of the replicates; 0 if they are all alike.
func (b *Bootstrap) Skew() float64 {
	if b.unknown() || b.Replicates[0] == b.Replicates[len(b.Replicates)-1] {
		return 0
	}
	return stat.Skew(b.Replicates, nil)
}

// Interval has ends each of which is wrong in alpha of all logs: BCa with fewer
// than 200 clusters or where the replicates' skewness is beyond ±1, else
// Percentile.
func (b *Bootstrap) Interval(alpha float64) (low, high float64) {
	if b.Clusters < 200 || math.Abs(b.Skew()) > 1 {
		return b.BCa(alpha)
	}
	return b.Percentile(alpha)
}

// Percentile is the interval between the quantiles alpha and 1−alpha of the
// replicates.
func (b *Bootstrap) Percentile(alpha float64) (low, high float64) {
	if b.unknown() {
		return math.Inf(-1), math.Inf(1)
	}
	return b.quantile(alpha), b.quantile(1 - alpha)
}

// BCa is the bias-corrected and accelerated interval: between the quantiles
//
//	Φ(z0 + (z0+z)/(1 − a·(z0+z))),  z = ∓Φ⁻¹(1−alpha),  z0 = Φ⁻¹(share of replicates below the value)
//
// of the replicates, with a the Acceleration.
//
// Efron (1987).
func (b *Bootstrap) BCa(alpha float64) (low, high float64) {
	if b.unknown() {
		return math.Inf(-1), math.Inf(1)
	}
	z0 := b.Bias()
	end := func(p float64) float64 {
		z := z0 + distuv.UnitNormal.Quantile(p)
		return b.quantile(distuv.UnitNormal.CDF(z0 + z/(1-b.Acceleration*z)))
	}
	return end(alpha), end(1 - alpha)
}

// Bias is z0 of BCa; replicates equal to the value count half.
func (b *Bootstrap) Bias() float64 {
	less, _ := slices.BinarySearch(b.Replicates, b.Value)
	upTo, _ := slices.BinarySearch(b.Replicates, math.Nextafter(b.Value, math.Inf(1)))
	n := float64(len(b.Replicates))
	share := float64(less+upTo) / 2 / n
	return distuv.UnitNormal.Quantile(min(max(share, 0.5/n), 1-0.5/n))
}

// unknown says that there are too few clusters, or replicates with a value.
func (b *Bootstrap) unknown() bool {
	return b.Clusters < 2 || len(b.Replicates) < 2 || math.IsNaN(b.Value)
}

// quantile interpolates between the two nearest of the replicates.
func (b *Bootstrap) quantile(p float64) float64 {
	at := p * float64(len(b.Replicates)-1)
	i := min(int(at), len(b.Replicates)-2)
	low, high := b.Replicates[i], b.Replicates[i+1]
	if low == high {
		return low // to the last bit, so that a higher p never gives less
	}
	return min(low+(high-low)*(at-float64(i)), high)
}

func ratio(num, den float64) float64 {
	if den == 0 {
		return math.NaN()
	}
	return num / den
}

func sum(x []float64) float64 {
	s := 0.0
	for _, v := range x {
		s += v
	}
	return s
}
