package metric

// Measures of shown items that were clicked or not: the clicked ones have grade
// above 0, all others count as not clicked.

// AUC is the chance that a clicked item stands above one that was not clicked,
// ties counting half: the area under the ROC curve. scores are those of the
// items, the highest first; nil says that no two are tied. It is not defined,
// and ok is false, unless there are items of both kinds.
// MIND, scikit-learn and RecBole give the same; ir_measures calls it Accuracy.
func AUC(grades, scores []float64) (auc float64, ok bool) {
	clicked := Hits(grades, len(grades))
	others := len(grades) - clicked
	if clicked == 0 || others == 0 {
		return 0, false
	}
	won := 0.0 // pairs in the right order
	below := others
	for i := 0; i < len(grades); {
		end, hits := i, 0
		for end < len(grades) && (end == i || scores != nil && scores[end] == scores[i]) {
			if grades[end] > 0 {
				hits++
			}
			end++
		}
		misses := end - i - hits
		below -= misses
		won += float64(hits) * (float64(below) + float64(misses)/2)
		i = end
	}
	return won / (float64(clicked) * float64(others)), true
}

// GAUC is the mean of users' AUC, each weighing as many clicks as it has:
// RecBole's gauc.
func GAUC(auc, clicks []float64) float64 {
	sum, weight := 0.0, 0.0
	for i, a := range auc {
		sum += a * clicks[i]
		weight += clicks[i]
	}
	if weight == 0 {
		return 0
	}
	return sum / weight
}

// MeanRR is the mean of 1/rank over all clicked items: what MIND's script calls
// MRR. It is below [RR] when more than one is clicked.
func MeanRR(grades []float64) float64 {
	sum, clicked := 0.0, 0
	for i, g := range grades {
		if g > 0 {
			sum += 1 / float64(i+1)
			clicked++
		}
	}
	if clicked == 0 {
		return 0
	}
	return sum / float64(clicked)
}
