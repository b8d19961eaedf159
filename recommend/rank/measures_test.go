package rank_test

import "github.com/alsolike/alsolike/recommend/rank"

// rows are the first k rows of every list.
func rows(lists rank.Lists, k int) [][]int32 {
	all := make([][]int32, len(lists.Len))
	for i := range all {
		for _, link := range lists.Row(i) {
			if len(all[i]) < k {
				all[i] = append(all[i], link.Row)
			}
		}
	}
	return all
}

// hits is, by reader with a step from one article to another, the mean over these
// steps, each counted once, of whether it leads to one of the first ten of the list
// (hr@10), and of one over its place there (mrr@10).
func hits(reads [][]int32, lists [][]int32) (hr, rr []float64) {
	for _, read := range reads {
		steps := map[[2]int32]bool{}
		var hit, reciprocal float64
		for i := 1; i < len(read); i++ {
			step := [2]int32{read[i-1], read[i]}
			if step[0] == step[1] || steps[step] {
				continue
			}
			steps[step] = true
			for at, row := range lists[step[0]][:min(10, len(lists[step[0]]))] {
				if row == step[1] {
					hit++
					reciprocal += 1 / float64(at+1)
				}
			}
		}
		if len(steps) > 0 {
			hr = append(hr, hit/float64(len(steps)))
			rr = append(rr, reciprocal/float64(len(steps)))
		}
	}
	return hr, rr
}

// purity is, by article with a label that occurs at least twice, the share of its
// first ten labelled links among its first 20 that bear its label, out of as many as
// there can be.
func purity(labels []string, lists [][]int32) (each []float64) {
	size := map[string]int{}
	for _, label := range labels {
		size[label]++
	}
	for i, label := range labels {
		if label == "" || size[label] < 2 {
			continue
		}
		seen, same := 0, 0
		for _, j := range lists[i][:min(20, len(lists[i]))] {
			if labels[j] == "" {
				continue
			}
			if seen++; seen > 10 {
				break
			}
			if labels[j] == label {
				same++
			}
		}
		each = append(each, float64(same)/float64(min(10, size[label]-1)))
	}
	return each
}

func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(max(1, len(x)))
}

// quality is what a set is measured by, a number for each reader or article: hr@10 and
// mrr@10, or purity@10.
func (s *set) quality(lists [][]int32) (names []string, each [][]float64) {
	if s.reads != nil {
		hr, rr := hits(s.reads, lists)
		return []string{"hr@10", "mrr@10"}, [][]float64{hr, rr}
	}
	return []string{"purity@10"}, [][]float64{purity(s.labels, lists)}
}
