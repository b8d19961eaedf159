package metric

import "math"

// Calibration is how far the mix q of a list is from the mix p that readers
// want, in bits:
//
//	KL(p ‖ (1−α)q + αp) = Σ p_i log2(p_i / ((1−α)q_i + α p_i))
//
// 0 if they are the same. α, such as 0.01, keeps it finite where the list misses
// something. p and q are counts or shares over the same kinds, and are scaled to
// sum 1; it is NaN if either is all 0. Steck (2018).
func Calibration(p, q []float64, alpha float64) float64 {
	totalP, totalQ := sum(p), sum(q)
	if !(totalP > 0) || !(totalQ > 0) {
		return math.NaN()
	}
	parts := make([]float64, 0, len(p))
	for i := range p {
		if p[i] > 0 {
			wanted := p[i] / totalP
			parts = append(parts, wanted*math.Log2(wanted/((1-alpha)*(q[i]/totalQ)+alpha*wanted)))
		}
	}
	return sum(parts)
}

// CalibrationGradient is how much Calibration moves by one more unit of each q:
// (d_j − Σ_i q_i d_i) / Σq with d_j = −(1−α)·p_j / (((1−α)q_j + α p_j)·ln 2).
func CalibrationGradient(p, q []float64, alpha float64) []float64 {
	totalP, totalQ := sum(p), sum(q)
	d, parts := make([]float64, len(p)), make([]float64, len(p))
	for i := range p {
		if p[i] > 0 {
			wanted := p[i] / totalP
			d[i] = -(1 - alpha) * wanted / (((1-alpha)*(q[i]/totalQ) + alpha*wanted) * math.Ln2)
		}
		parts[i] = q[i] / totalQ * d[i]
	}
	mean := sum(parts)
	for i := range d {
		d[i] = (d[i] - mean) / totalQ
	}
	return d
}
