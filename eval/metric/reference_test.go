package metric_test

import (
	"cmp"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/eval/metric"
)

// reference is what other tools say, with the inputs they said it of.
const reference = "../../../shared/reference/eval"

func textOf(t *testing.T, name ...string) string {
	t.Helper()
	if _, err := os.Stat(reference); err != nil {
		t.Skip("no reference values:", err)
	}
	text, err := os.ReadFile(filepath.Join(reference, filepath.Join(name...)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A ranking is the list of one query with what was judged for it.
type ranking struct {
	items  []string
	scores []float64
	judged map[string]float64
}

// rankings joins qrels and a run, both as TREC files, by query. Columns of the
// qrels that are told apart by their second field are left to intents.
func rankings(t *testing.T, qrels, run string) map[string]*ranking {
	t.Helper()
	out := map[string]*ranking{}
	of := func(query string) *ranking {
		if out[query] == nil {
			out[query] = &ranking{judged: map[string]float64{}}
		}
		return out[query]
	}
	for _, f := range fields(qrels) {
		grade := number(t, f[3])
		if grade < 0 {
			grade = metric.Pooled
		}
		of(f[0]).judged[f[2]] = grade
	}
	lines := fields(run)
	slices.SortStableFunc(lines, func(a, b []string) int { return cmp.Compare(number(t, b[4]), number(t, a[4])) })
	for _, f := range lines {
		r := of(f[0])
		r.items = append(r.items, f[2])
		r.scores = append(r.scores, number(t, f[4]))
	}
	return out
}

// grades is the list's grades, and those of all judged items from the highest down.
func (r *ranking) grades(level float64) (grades, ideal []float64) {
	for _, item := range r.items {
		g, ok := r.judged[item]
		if !ok {
			g = metric.Unjudged
		}
		grades = append(grades, g)
	}
	for _, g := range r.judged {
		ideal = append(ideal, g)
	}
	slices.SortFunc(ideal, func(a, b float64) int { return cmp.Compare(b, a) })
	return metric.Threshold(grades, level), metric.Threshold(ideal, level)
}

func (r *ranking) tied() bool {
	for i := 1; i < len(r.scores); i++ {
		if r.scores[i] == r.scores[i-1] {
			return true
		}
	}
	return false
}

// TestRanx compares with the values that ranx gave for the runs beside them.
// Queries with tied scores are left out, for ranx's order of ties is chance.
func TestRanx(t *testing.T) {
	qrels := textOf(t, "ranx", "a.qrels")
	runs := map[string]map[string]*ranking{
		"A": rankings(t, qrels, textOf(t, "ranx", "a.run")),
		"B": rankings(t, qrels, textOf(t, "ranx", "b.run")),
	}
	compared := 0
	for _, f := range fields(textOf(t, "ranx", "expected.tsv"))[1:] {
		r := runs[f[0]][f[2]]
		if r == nil || r.tied() { // the means have no query
			continue
		}
		name, cut, ok := strings.Cut(f[1], "@")
		cut, level2 := strings.CutSuffix(cut, "-l2") // relevant from grade 2 on
		level := 1.0
		if level2 {
			level = 2
		}
		grades, ideal := r.grades(level)
		k, deep := len(grades), len(ideal)
		if ok {
			k = int(number(t, cut))
			deep = k
		}
		relevant := metric.Hits(ideal, len(ideal))
		var got float64
		switch name {
		case "hits":
			got = float64(metric.Hits(grades, k))
		case "hit_rate":
			got = metric.HR(grades, k)
		case "precision":
			got = metric.P(grades, k)
		case "recall":
			got = metric.R(grades, relevant, k)
		case "f1":
			got = metric.F(metric.P(grades, k), metric.R(grades, relevant, k), 1)
		case "r-precision":
			got = metric.RPrec(grades, relevant)
		case "bpref":
			got = metric.BPref(grades, relevant, len(ideal)-relevant)
		case "mrr":
			got = metric.RR(grades, k)
		case "map":
			got = metric.AP(grades, relevant, k)
		case "dcg":
			got = metric.DCG(grades, k)
		case "ndcg":
			got = metric.NDCG(grades, ideal, max(k, deep))
		case "dcg_burges":
			got = metric.DCGX(grades, k)
		case "ndcg_burges":
			got = metric.NDCGX(grades, ideal, max(k, deep))
		case "rbp.50", "rbp.80", "rbp.95":
			got = metric.RBP(grades, number(t, strings.TrimPrefix(name, "rbp")))
		default:
			t.Fatalf("unknown metric %s", f[1])
		}
		compared++
		if want := number(t, f[3]); !near(got, want) {
			t.Errorf("run %s, query %s: %s = %v, want %v", f[0], f[2], f[1], got, want)
		}
	}
	if compared < 3500 {
		t.Errorf("compared only %d values", compared)
	}
}

// TestIRMeasures compares with the expectations of ir_measures' own tests, whose
// numbers come from seven tools.
func TestIRMeasures(t *testing.T) {
	var inputs []struct {
		Test, Provider, QRels, Run string
		Cases                      []struct {
			Measure   string
			PerQuery  map[string]float64 `json:"per_query"`
			Aggregate *float64
		}
	}
	if err := json.Unmarshal([]byte(textOf(t, "ir_measures", "cases.json")), &inputs); err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, input := range inputs {
		lists := rankings(t, input.QRels, input.Run)
		for _, c := range input.Cases {
			sum := 0.0
			for query, want := range c.PerQuery {
				got := irMeasure(t, c.Measure, input.Provider, lists[query], intents(lists[query], query, input.QRels))
				sum += got
				compared++
				if !(math.Abs(got-want) <= rounding(want, input.Provider)) {
					t.Errorf("%s, query %s: %s = %v, want %v", input.Test, query, c.Measure, got, want)
				}
			}
			if c.Aggregate == nil {
				continue
			}
			compared++
			if !strings.HasPrefix(c.Measure, "Num") {
				sum /= float64(len(c.PerQuery))
			}
			if !(math.Abs(sum-*c.Aggregate) <= rounding(*c.Aggregate, input.Provider)) {
				t.Errorf("%s: %s = %v, want %v", input.Test, c.Measure, sum, *c.Aggregate)
			}
		}
	}
	if compared < 220 {
		t.Errorf("compared only %d values", compared)
	}
}

// rounding is how far a value may be off: three tools print four or five
// decimals, of the others' values the tests keep four to seven where they go on.
func rounding(x float64, provider string) float64 {
	switch provider {
	case "cwl_eval", "pyndeval":
		return 5.1e-5
	case "gdeval":
		return 5.1e-6
	}
	_, decimals, _ := strings.Cut(strconv.FormatFloat(x, 'f', -1, 64), ".")
	if n := len(decimals); 4 <= n && n <= 7 {
		return 1.01 * math.Pow10(-n)
	}
	return tolerance
}

var irPattern = regexp.MustCompile(`^(\w+)(?:\((.*)\))?(?: @ (.*))?$`)

// irMeasure computes a measure by the name ir_measures has for it.
func irMeasure(t *testing.T, measure, provider string, r *ranking, intents [][]float64) float64 {
	t.Helper()
	m := irPattern.FindStringSubmatch(measure)
	if m == nil {
		t.Fatalf("cannot read %q", measure)
	}
	name, cut := m[1], m[3]
	by := map[string]float64{"rel": 1, "beta": 1}
	dcg := ""
	for part := range strings.SplitSeq(m[2], ", ") {
		key, value, _ := strings.Cut(part, "=")
		if key == "dcg" {
			dcg = value
		} else if key != "" {
			by[key] = number(t, value)
		}
	}
	grades, ideal := r.grades(by["rel"])
	relevant := metric.Hits(ideal, len(ideal))
	all, k := len(grades), len(grades)
	if c, ok := by["cutoff"]; ok {
		k = int(c)
	}
	if cut != "" && name != "IPrec" {
		k = int(number(t, cut))
	}
	setP, setR := metric.P(grades, all), metric.R(grades, relevant, all)
	switch name {
	case "NumQ":
		return 1
	case "NumRel":
		return float64(relevant)
	case "NumRet":
		if strings.Contains(measure, "rel=") {
			return float64(metric.Hits(grades, k))
		}
		return float64(all)
	case "Success":
		return metric.HR(grades, k)
	case "P":
		return metric.P(grades, k)
	case "R", "SetR":
		return metric.R(grades, relevant, k)
	case "RR":
		return metric.RR(grades, k)
	case "AP":
		return metric.AP(grades, relevant, k)
	case "Rprec":
		return metric.RPrec(grades, relevant)
	case "SetP":
		return metric.P(grades, min(k, all))
	case "SetRelP":
		return metric.R(grades, min(all, relevant), all)
	case "SetAP":
		return setP * setR
	case "SetF":
		return metric.F(setP, setR, by["beta"])
	case "IPrec":
		return metric.IPrec(grades, int(number(t, cut)*float64(relevant)+0.9)) // as before trec_eval 10
	case "infAP":
		return metric.InfAP(grades, relevant)
	case "nDCG":
		if dcg == "'exp-log2'" || provider == "gdeval" {
			return metric.NDCGX(grades, ideal, k)
		}
		return metric.NDCG(grades, ideal, k)
	case "ERR":
		return metric.ERR(grades, 4, k)
	case "ERR_IA":
		return metric.ERRIA(intents, k)
	case "Judged":
		return metric.Judged(grades, k)
	case "Accuracy":
		auc, ok := metric.AUC(grades, r.scores)
		if !ok {
			t.Fatalf("%s is not defined", measure)
		}
		return auc
	case "RBP":
		return metric.RBP(grades, by["p"])
	case "BPM":
		return metric.CWL(grades, metric.BPM(by["T"], k))
	case "SDCG":
		return metric.CWL(grades, metric.SDCG(k))
	case "INSQ":
		return metric.CWL(grades, metric.INSQ(by["T"]))
	case "INST":
		return metric.CWL(grades, metric.INST(by["T"]))
	case "NERR8":
		return metric.CWL(grades, metric.NERR8(k))
	case "NERR9":
		return metric.CWL(grades, metric.NERR9(k))
	case "NERR10":
		return metric.CWL(grades, metric.NERR10(by["p"]))
	case "NERR11":
		return metric.CWL(grades, metric.NERR11(by["T"]))
	}
	t.Fatalf("unknown measure %s", measure)
	return 0
}

// intents is the 0 or 1 grades of the list for each intent, the second field of
// the qrels.
func intents(r *ranking, query, qrels string) [][]float64 {
	relevant := map[string][]string{}
	for _, f := range fields(qrels) {
		if f[0] == query && f[3] != "0" {
			relevant[f[1]] = append(relevant[f[1]], f[2])
		}
	}
	var out [][]float64
	for _, items := range relevant {
		grades := make([]float64, len(r.items))
		for i, item := range r.items {
			if slices.Contains(items, item) {
				grades[i] = 1
			}
		}
		out = append(out, grades)
	}
	return out
}

// TestMIND compares with MIND's evaluate.py, impression by impression.
func TestMIND(t *testing.T) {
	for _, folder := range []string{"plain", "tied-auc-only"} {
		truth := impressions(t, textOf(t, "mind", folder, "truth.txt"))
		prediction := impressions(t, textOf(t, "mind", folder, "prediction.txt"))
		compared := 0
		for _, f := range fields(textOf(t, "mind", folder, "expected.tsv"))[1:] {
			if f[0] == "all" {
				continue
			}
			clicks, ranks := truth[f[0]], prediction[f[0]]
			order := make([]int, len(ranks))
			for i := range order {
				order[i] = i
			}
			slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(ranks[a], ranks[b]) })
			var grades, scores []float64
			for _, i := range order {
				grades, scores = append(grades, clicks[i]), append(scores, -ranks[i])
			}
			auc, ok := metric.AUC(grades, scores)
			if want := number(t, f[1]); !ok || !near(auc, want) {
				t.Errorf("%s, impression %s: AUC %v, want %v", folder, f[0], auc, want)
			}
			compared++
			if f[2] == "-" {
				continue
			}
			ideal := slices.Clone(grades)
			slices.SortFunc(ideal, func(a, b float64) int { return cmp.Compare(b, a) })
			for i, got := range []float64{metric.MeanRR(grades), metric.NDCGX(grades, ideal, 5), metric.NDCGX(grades, ideal, 10)} {
				if want := number(t, f[i+2]); !near(got, want) {
					t.Errorf("impression %s: column %d is %v, want %v", f[0], i+2, got, want)
				}
			}
		}
		if compared < 100 {
			t.Errorf("compared only %d impressions", compared)
		}
	}
}

func impressions(t *testing.T, text string) map[string][]float64 {
	t.Helper()
	out := map[string][]float64{}
	for _, f := range fields(text) {
		var numbers []float64
		if err := json.Unmarshal([]byte(f[1]), &numbers); err != nil {
			t.Fatal(err)
		}
		out[f[0]] = numbers
	}
	return out
}

// TestRecommendersRanking compares with the ranking metrics of that library. Its users
// are those in both truth and prediction; its discounts are those of log2.
func TestRecommendersRanking(t *testing.T) {
	var file struct {
		Fixture struct {
			True struct{ UserID, ItemID, Rating []float64 }
			Pred struct{ UserID, ItemID, Prediction []float64 }
		}
		Ranking map[string]map[string]float64
	}
	if err := json.Unmarshal([]byte(textOf(t, "recommenders", "expected.json")), &file); err != nil {
		t.Fatal(err)
	}
	truth, pred := file.Fixture.True, file.Fixture.Pred
	users := slices.Compact(slices.Sorted(slices.Values(truth.UserID)))
	for cut, values := range file.Ranking {
		k := int(number(t, strings.TrimPrefix(cut, "k=")))
		got := map[string]float64{}
		for _, user := range users {
			judged := map[float64]float64{}
			var raw, binary, ideal, ones []float64
			for i, u := range truth.UserID {
				if u == user {
					judged[truth.ItemID[i]] = truth.Rating[i]
					ideal, ones = append(ideal, truth.Rating[i]), append(ones, 1)
				}
			}
			slices.SortFunc(ideal, func(a, b float64) int { return cmp.Compare(b, a) })
			var mine []int
			for i, u := range pred.UserID {
				if u == user {
					mine = append(mine, i)
				}
			}
			slices.SortStableFunc(mine, func(a, b int) int { return cmp.Compare(pred.Prediction[b], pred.Prediction[a]) })
			for _, i := range mine {
				raw = append(raw, judged[pred.ItemID[i]])
				binary = append(binary, min(1, judged[pred.ItemID[i]]))
			}
			relevant := len(ideal)
			for name, v := range map[string]float64{
				"precision_at_k":   metric.P(binary, k),
				"recall_at_k":      metric.R(binary, relevant, k),
				"r_precision_at_k": metric.R(binary, relevant, min(k, relevant)),
				"map_at_k":         metric.APMin(binary, relevant, k),
				"map":              metric.AP(binary, relevant, k),
				"ndcg_binary_log2": metric.NDCG(binary, ones, k),
				"ndcg_raw_log2":    metric.NDCG(raw, ideal, k),
				"ndcg_exp_log2":    metric.NDCGX(raw, ideal, k),
				"ndcg_binary_loge": metric.NDCG(binary, ones, k), // the base falls out
				"ndcg_raw_loge":    metric.NDCG(raw, ideal, k),
				"ndcg_exp_loge":    metric.NDCGX(raw, ideal, k),
			} {
				got[name] += v / float64(len(users))
			}
		}
		for name, want := range values {
			if v, ok := got[name]; !ok || !near(v, want) {
				t.Errorf("%s, %s = %v, want %v", cut, name, v, want)
			}
		}
	}
}

// TestRecBoleRanking compares with the ranking metrics of that library's tests.
func TestRecBoleRanking(t *testing.T) {
	var file struct {
		Hits    [][]float64 `json:"pos_idx"`
		PosLen  []int       `json:"pos_len"`
		Hit     [][]float64
		NDCG    [][]float64
		MRR     [][]float64
		MAP     [][]float64 `json:"map_min_len_k"`
		Recall  [][]float64
		Precise [][]float64 `json:"precision"`
		GAUC    struct {
			RankSum  []int `json:"pos_rank_sum"`
			Len, Pos []int
			Value    float64
		}
	}
	if err := json.Unmarshal([]byte(textOf(t, "recbole", "expected.json")), &file); err != nil {
		t.Fatal(err)
	}
	for u, grades := range file.Hits {
		relevant := file.PosLen[u]
		ideal := slices.Repeat([]float64{1}, relevant)
		for i := range grades {
			k := i + 1
			for _, c := range []struct {
				name      string
				got, want float64
			}{
				{"hit", metric.HR(grades, k), file.Hit[u][i]},
				{"ndcg", metric.NDCG(grades, ideal, k), file.NDCG[u][i]},
				{"mrr", metric.RR(grades, k), file.MRR[u][i]},
				{"map", metric.APMin(grades, relevant, k), file.MAP[u][i]},
				{"recall", metric.R(grades, relevant, k), file.Recall[u][i]},
				{"precision", metric.P(grades, k), file.Precise[u][i]},
			} {
				if !near(c.got, c.want) {
					t.Errorf("user %d: %s@%d = %v, want %v", u, c.name, k, c.got, c.want)
				}
			}
		}
	}
	var auc, clicks []float64
	for i, n := range file.GAUC.Len {
		a, ok := metric.AUC(listOf(n, file.GAUC.Pos[i], file.GAUC.RankSum[i]), nil)
		if !ok {
			t.Fatalf("list %d: AUC is not defined", i)
		}
		auc, clicks = append(auc, a), append(clicks, float64(file.GAUC.Pos[i]))
	}
	if got := metric.GAUC(auc, clicks); !near(got, file.GAUC.Value) {
		t.Errorf("gauc = %v, want %v", got, file.GAUC.Value)
	}
}

// listOf is a list of n items whose clicked ones have ranks of this sum.
func listOf(n, clicked, sum int) []float64 {
	grades := make([]float64, n)
	for ; clicked > 0; clicked-- {
		rank := min(n, sum-clicked*(clicked-1)/2)
		grades[rank-1] = 1
		sum -= rank
		n = rank - 1
	}
	return grades
}

// fields parts a text into lines and these into fields; blank lines are left out.
func fields(text string) [][]string {
	var lines [][]string
	for line := range strings.Lines(text) {
		if f := strings.Fields(line); len(f) > 0 {
			lines = append(lines, f)
		}
	}
	return lines
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}
