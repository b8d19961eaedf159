package resample

// below[k] is the chance that a Poisson variable of mean 1 is at most k.
var below = [...]float64{
	0: e,
	1: e * 2,
	2: e * (2 + 1.0/2),
	3: e * (2 + 1.0/2 + 1.0/6),
	4: e * (2 + 1.0/2 + 1.0/6 + 1.0/24),
	5: e * (2 + 1.0/2 + 1.0/6 + 1.0/24 + 1.0/120),
	6: e * (2 + 1.0/2 + 1.0/6 + 1.0/24 + 1.0/120 + 1.0/720),
	7: e * (2 + 1.0/2 + 1.0/6 + 1.0/24 + 1.0/120 + 1.0/720 + 1.0/5040),
	8: e * (2 + 1.0/2 + 1.0/6 + 1.0/24 + 1.0/120 + 1.0/720 + 1.0/5040 + 1.0/40320),
}

const e = 0.36787944117144232159552377016146086744581113103176 // 1/e

// PoissonWeight is how often a cluster stands in a replicate: the inverse
// distribution function of a Poisson variable of mean 1, at most 9, at a 64-bit
// hash of the three numbers.
func PoissonWeight(seed uint64, replicate, cluster int) int {
	return poisson(mix(key(seed, replicate) + uint64(cluster)))
}

// poisson turns 64 random bits into a weight.
func poisson(bits uint64) int {
	if k := byTop[bits>>56]; k != unsure {
		return int(k)
	}
	return inverse(bits)
}

// inverse is how many of below the bits, as a number from 0 to 1, have reached.
func inverse(bits uint64) int {
	u := float64(bits>>11) / (1 << 53)
	k := 0
	for k < len(below) && u >= below[k] {
		k++
	}
	return k
}

const unsure = 255

// byTop is the weight by the first 8 of the bits where they decide it.
var byTop = func() (table [256]uint8) {
	for top := range table {
		lowest, highest := inverse(uint64(top)<<56), inverse(uint64(top)<<56|(1<<56-1))
		table[top] = unsure
		if lowest == highest {
			table[top] = uint8(lowest)
		}
	}
	return table
}()

// weights fills the weights of all clusters in a replicate.
func weights(seed uint64, replicate int, into []float64) {
	k := key(seed, replicate)
	for c := range into {
		into[c] = float64(poisson(mix(k + uint64(c))))
	}
}

// key is where the hashes of a replicate start.
func key(seed uint64, replicate int) uint64 { return mix(mix(seed) + uint64(replicate)) }

// mix is the finaliser of SplitMix64 (Steele, Lea, Flood 2014), after a step of
// its sequence.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
