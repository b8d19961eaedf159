package metric_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/alsolike/alsolike/eval/metric"
)

// readReference reads a file of reference values, or skips the test.
func readReference(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../../shared/reference/eval", name))
	if err != nil {
		t.Skip("no reference values:", err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

func mean(x []float64) float64 {
	total := 0.0
	for _, v := range x {
		total += v
	}
	return total / float64(len(x))
}

// TestBeyondAccuracy compares with the values computed beside the reference lists.
func TestBeyondAccuracy(t *testing.T) {
	var set struct {
		Items []struct {
			ID, Category string
			Popularity   float64
			Age          float64 `json:"age_hours"`
			Vector       []float64
		}
		Lists []struct {
			Seed                  string
			Traffic               float64
			Candidate, Production []string
		}
		Target map[string]float64 `json:"category_target"`
		Theta  []float64
	}
	readReference(t, "beyond-accuracy/data.json", &set)
	var want map[string]any
	readReference(t, "beyond-accuracy/expected.json", &want)
	compared := map[string]bool{"lists": true, "empty_lists": true, "short_lists": true}
	check := func(name string, got, tolerance float64) {
		t.Helper()
		compared[name] = true
		if w := want[name].(float64); !(math.Abs(got-w) <= tolerance) {
			t.Errorf("%s = %.17g, want %.17g", name, got, w)
		}
	}

	row := map[string]int32{}
	var categories []string
	views := make([]float64, len(set.Items))
	for i, item := range set.Items {
		row[item.ID] = int32(i)
		views[i] = item.Popularity
		if !slices.Contains(categories, item.Category) {
			categories = append(categories, item.Category)
		}
	}
	category := func(i int32) int { return slices.Index(categories, set.Items[i].Category) }
	target := make([]float64, len(categories))
	for i, c := range categories {
		target[i] = set.Target[c]
	}
	rows := func(ids []string) []int32 {
		var list []int32
		for _, id := range ids {
			list = append(list, row[id])
		}
		return list
	}

	bits, percentiles := metric.SelfInformation(views), metric.Percentiles(views)
	links, byTraffic, byExposure := make([]float64, len(views)), make([]float64, len(views)), make([]float64, len(views))
	var slotBits, listBits, listViews, listPercentile, ild, entropies, same, kl, rbo, jaccard, ages []float64
	pooled := make([]float64, len(categories))
	unchanged, top1 := 0.0, 0.0
	for _, l := range set.Lists {
		ours, theirs := rows(l.Candidate), rows(l.Production)
		var b, v, pc []float64
		mix := make([]float64, len(categories))
		total := make([]float64, len(set.Items[0].Vector))
		for pos, i := range ours {
			links[i]++
			byTraffic[i] += l.Traffic
			byExposure[i] += l.Traffic * set.Theta[pos]
			b, v, pc = append(b, bits[i]), append(v, views[i]), append(pc, percentiles[i])
			mix[category(i)]++
			pooled[category(i)]++
			ages = append(ages, set.Items[i].Age)
			length := math.Sqrt(dot(set.Items[i].Vector, set.Items[i].Vector))
			for d, x := range set.Items[i].Vector {
				total[d] += x / length
			}
		}
		slotBits = append(slotBits, b...)
		listBits, listViews, listPercentile = append(listBits, mean(b)), append(listViews, mean(v)), append(listPercentile, mean(pc))
		distance := metric.ILD(len(ours), func(i, j int) float64 {
			return metric.CosineDistance(set.Items[ours[i]].Vector, set.Items[ours[j]].Vector)
		})
		if len(ours) >= 2 {
			ild = append(ild, distance)
			if quick := metric.ILDOfUnits(total, len(ours)); math.Abs(quick-distance) > tolerance {
				t.Errorf("ILD by the sum of vectors = %v, by pairs %v", quick, distance)
			}
		} else if !math.IsNaN(distance) {
			t.Errorf("ILD of one item = %v, want NaN", distance)
		}
		entropies = append(entropies, metric.Entropy(mix))
		same = append(same, mix[category(row[l.Seed])]/float64(len(ours)))
		kl = append(kl, metric.Calibration(target, mix, 0.01))
		rbo, jaccard = append(rbo, metric.RBO(ours, theirs, 0.9)), append(jaccard, metric.Jaccard(ours, theirs))
		if slices.Equal(ours, theirs) {
			unchanged++
		}
		if ours[0] != theirs[0] {
			top1++
		}
	}
	n := float64(len(set.Items))
	check("coverage", metric.Coverage(links), tolerance)
	check("gini_n", metric.Gini(links), tolerance)
	check("gini_n_minus_1", metric.Gini(links)*n/(n-1), tolerance)
	check("gini_n_traffic_weighted", metric.Gini(byTraffic), tolerance)
	check("gini_n_exposure_weighted", metric.Gini(byExposure), tolerance)
	check("entropy_bits", metric.Entropy(links), 1e-10)
	check("entropy_normalised", metric.Entropy(links)/math.Log2(n), 1e-10)
	check("effective_items", math.Exp2(metric.Entropy(links)), 1e-10)
	check("top_10pct_exposure_share", metric.HeadShare(links, 0.1), tolerance)
	check("novelty_bits_per_slot", mean(slotBits), tolerance)
	check("novelty_bits_per_list", mean(listBits), tolerance)
	check("arp_per_list", mean(listViews), tolerance)
	check("mean_pop_percentile_per_list", mean(listPercentile), tolerance)
	check("ild_cosine", mean(ild), tolerance)
	check("ild_lists_used", float64(len(ild)), 0)
	check("category_entropy_bits_per_list", mean(entropies), 1e-10)
	check("same_category_share", mean(same), tolerance)
	check("calibration_kl_bits_alpha_0.01_per_list", mean(kl), 1e-10)
	check("calibration_kl_bits_alpha_0.01_pooled", metric.Calibration(target, pooled, 0.01), 1e-10)
	slices.Sort(ages)
	ones := make([]float64, len(ages))
	young := 0.0
	for i, age := range ages {
		ones[i] = 1
		if age < 24 {
			young++
		}
	}
	check("median_age_hours_over_slots", metric.WeightedMedian(ages, ones), 0)
	check("share_under_24h", young/float64(len(ages)), tolerance)
	check("rbo_ext_p0.9_mean", mean(rbo), 1e-10)
	check("jaccard_mean", mean(jaccard), tolerance)
	check("unchanged_lists", unchanged, 0)
	check("top1_changed", top1, 0)
	byList := want["rbo_ext_p0.9_by_list"].([]any)
	compared["rbo_ext_p0.9_by_list"] = true
	for i := range rbo {
		if w := byList[i].(float64); math.Abs(rbo[i]-w) > 1e-10 {
			t.Errorf("RBO of list %d = %v, want %v", i, rbo[i], w)
		}
	}
	for name := range want {
		if !compared[name] {
			t.Errorf("%s is not compared", name)
		}
	}
}

func dot(a, b []float64) float64 {
	total := 0.0
	for i := range a {
		total += a[i] * b[i]
	}
	return total
}

// TestRecommenders compares with the functions of the recommenders library. There
// an item's exposure is how often it is recommended, and its views are its readers.
func TestRecommenders(t *testing.T) {
	var file struct {
		Beyond struct {
			Train struct{ UserId, ItemId []int }
			Reco  struct {
				UserId, ItemId []int
				Relevance      []float64
			}
			Features    map[string][]float64
			ItemNovelty map[string]float64 `json:"item_novelty"`
			Coverage    float64            `json:"catalog_coverage"`
			Entropy     float64            `json:"distributional_coverage_bits"`
			Novelty     float64            `json:"novelty_bits"`

			UserDiversityTogether map[string]float64 `json:"user_diversity_cooccurrence"`
			DiversityTogether     float64            `json:"diversity_cooccurrence"`
			SerendipityTogether   float64            `json:"serendipity_cooccurrence"`
			UserDiversityFeatures map[string]float64 `json:"user_diversity_features"`
			DiversityFeatures     float64            `json:"diversity_features"`
			SerendipityFeatures   float64            `json:"serendipity_features"`
		}
	}
	readReference(t, "recommenders/expected.json", &file)
	b := file.Beyond
	check := func(name string, got, want, within float64) {
		t.Helper()
		if !(math.Abs(got-want) <= within) {
			t.Errorf("%s = %.17g, want %.17g", name, got, want)
		}
	}
	const items = 5
	views, exposure := make([]float64, items), make([]float64, items)
	readers := make([]map[int]bool, items)
	history, recommended := map[int][]int{}, map[int][]int{}
	for i, item := range b.Train.ItemId {
		views[item-1]++
		if readers[item-1] == nil {
			readers[item-1] = map[int]bool{}
		}
		readers[item-1][b.Train.UserId[i]] = true
		history[b.Train.UserId[i]] = append(history[b.Train.UserId[i]], item)
	}
	bits := metric.SelfInformation(views)
	var novelty []float64
	for i, item := range b.Reco.ItemId {
		exposure[item-1]++
		novelty = append(novelty, bits[item-1])
		recommended[b.Reco.UserId[i]] = append(recommended[b.Reco.UserId[i]], item)
	}
	for item, want := range b.ItemNovelty {
		i, _ := strconv.Atoi(item)
		check("novelty of item "+item, bits[i-1], want, tolerance)
	}
	check("coverage", metric.Coverage(exposure), b.Coverage, tolerance)
	check("distributional coverage", metric.Entropy(exposure), b.Entropy, 1e-10)
	check("novelty", mean(novelty), b.Novelty, tolerance)

	together := func(i, j int) float64 { // cosine of the items' readers
		both := 0.0
		for reader := range readers[i-1] {
			if readers[j-1][reader] {
				both++
			}
		}
		return both / math.Sqrt(views[i-1]*views[j-1])
	}
	features := func(i, j int) float64 {
		return 1 - metric.CosineDistance(b.Features[strconv.Itoa(i)], b.Features[strconv.Itoa(j)])
	}
	for _, by := range []struct {
		name                   string
		similarity             func(i, j int) float64
		users                  map[string]float64
		diversity, serendipity float64
	}{
		{"readers", together, b.UserDiversityTogether, b.DiversityTogether, b.SerendipityTogether},
		{"features", features, b.UserDiversityFeatures, b.DiversityFeatures, b.SerendipityFeatures},
	} {
		var diversity []float64
		for user := 1; user <= 3; user++ {
			list := recommended[user]
			d := metric.ILD(len(list), func(i, j int) float64 { return 1 - by.similarity(list[i], list[j]) })
			check("diversity of user "+strconv.Itoa(user)+" by "+by.name, d, by.users[strconv.Itoa(user)], tolerance)
			diversity = append(diversity, d)
		}
		check("diversity by "+by.name, mean(diversity), by.diversity, tolerance)
		serendipity := map[int][]float64{}
		for i, item := range b.Reco.ItemId {
			user := b.Reco.UserId[i]
			var similar []float64
			for _, known := range history[user] {
				similar = append(similar, by.similarity(item, known))
			}
			serendipity[user] = append(serendipity[user], b.Reco.Relevance[i]*metric.Unexpectedness(similar))
		}
		check("serendipity by "+by.name, mean([]float64{mean(serendipity[1]), mean(serendipity[2]), mean(serendipity[3])}), by.serendipity, tolerance)
	}
}

// TestRecBole compares with the expected values of RecBole's own tests.
func TestRecBole(t *testing.T) {
	var file struct {
		Lists    [][]int `json:"item_matrix"`
		Items    int     `json:"num_items"`
		Coverage float64 `json:"item_coverage"`
		Gini     float64 `json:"gini_n"`
		Theirs   float64 `json:"shannon_recbole_mean_over_items_nats"`
		Nats     float64 `json:"shannon_standard_nats"`
	}
	readReference(t, "recbole/expected.json", &file)
	exposure := make([]float64, file.Items)
	for _, list := range file.Lists {
		for _, item := range list {
			exposure[item]++
		}
	}
	shown := 0.0
	for _, x := range exposure {
		if x > 0 {
			shown++
		}
	}
	check := func(name string, got, want, within float64) {
		t.Helper()
		if !(math.Abs(got-want) <= within) {
			t.Errorf("%s = %.17g, want %.17g", name, got, want)
		}
	}
	check("coverage", metric.Coverage(exposure), file.Coverage, tolerance)
	check("entropy", metric.Entropy(exposure)*math.Ln2, file.Nats, 1e-10)
	check("entropy as RecBole has it", metric.Entropy(exposure)*math.Ln2/shown, file.Theirs, 1e-10)
	check("gini", metric.Gini(exposure), file.Gini, tolerance)
}
