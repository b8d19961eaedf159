package estimate

// SlateIPS is the mean over lists of Σ_k w_k·r_k: the clicks a list that a policy
// would collect. w and r hold slots numbers a list; cluster numbers the reader of
// every list from 0 (nil: every list is one). What is estimated, and what is
// assumed, is in the weights:
//
//   - slot IPS: w_k = π(item at k)/μ(item at k), with the marginals of
//     PlackettLuceMarginals. What else is in the list has no effect on a click.
//   - position model (PBM-IPS): the PositionWeight. Moreover an item attracts in
//     every slot alike, and attention depends on the slot alone.
//
// Li and others (2018).
func SlateIPS(w, r []float64, slots int, cluster []int32) Result {
	x := product(w, r)
	if len(x)%slots != 0 {
		panic("estimate: length mismatch")
	}
	lists := make([]float64, len(x)/slots)
	for i := range lists {
		lists[i] = Sum(x[i*slots : (i+1)*slots])
	}
	return rowMean(lists, cluster)
}

// PositionWeight is the weight of a shown item under the position model: the
// attention that the policy would give it over the attention that the log gave it,
//
//	w = Σ_j θ_j·π_j / Σ_j θ_j·μ_j
//
// with π_j and μ_j the chances of the item at slot j, and 0 if it never was shown.
func PositionWeight(theta, pi, mu []float64) float64 {
	given := Sum(product(theta, mu))
	if given == 0 {
		return 0
	}
	return Sum(product(theta, pi)) / given
}
