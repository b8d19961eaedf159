package trec

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMIND compares each impression and the means with MIND's evaluate.py; with
// tied ranks only the AUC, as there the rest is chance.
func TestMIND(t *testing.T) {
	dir := filepath.Join(reference, "..", "mind")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no reference values:", err)
	}
	columns := map[string]int{"AUC": 1, "MRR-mind": 2, "nDCG@5": 3, "nDCG@10": 4}
	for _, folder := range []string{"plain", "tied-auc-only"} {
		want := map[string][]string{}
		text, err := os.ReadFile(filepath.Join(dir, folder, "expected.tsv"))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			f := strings.Fields(line)
			want[f[0]] = f
		}
		compared := 0
		for scores, err := range MIND(filepath.Join(dir, folder, "truth.txt"), filepath.Join(dir, folder, "prediction.txt"), Defaults()) {
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range scores.Values {
				column, ok := columns[v.Name]
				if !ok || want[scores.Query][column] == "-" {
					continue
				}
				compared++
				if w := number(t, want[scores.Query][column]); math.Abs(v.Number-w) > 1e-12 {
					t.Errorf("%s: %s of impression %s is %v, want %v", folder, v.Name, scores.Query, v.Number, w)
				}
			}
		}
		if compared < len(want)-1 {
			t.Errorf("%s: compared only %d values", folder, compared)
		}
	}
}

func TestMINDFiles(t *testing.T) {
	for _, test := range []struct {
		name, truth, prediction string
		want                    string // of what is printed, or of the error
	}{
		{"masked impressions are skipped", "1 [0,1]\n2 []\n3 [1,0]\n", "1 [2,1]\n2 [1,2]\n3 [1, 2]\n", "impressions           \tall\t2\nleft_out              \tall\t0\nAUC                   \tall\t1.0000\n"},
		{"impressions of one kind are left out", "1 [0,1]\n2 [1,1]\n", "1 [1,2]\n2 [1,2]\n", "impressions           \tall\t1\nleft_out              \tall\t1\nAUC                   \tall\t0.0000\nMRR-mind              \tall\t0.5000\n"},
		{"ranks with holes", "1 [0,1,0]\n", "1 [9,5,70]\n", "AUC                   \tall\t1.0000\n"},
		{"the prediction ends", "1 [0,1]\n2 [0,1]\n", "1 [1,2]\n", "prediction:2: the file ends, but the truth goes on with impression 2"},
		{"another impression", "1 [0,1]\n", "2 [1,2]\n", "prediction:1: impression 2 stands where the truth has 1"},
		{"ranks are missing", "1 [0,1]\n", "1 [1]\n", "prediction:1: 1 ranks for 2 items"},
		{"rank 0", "1 [0,1]\n", "1 [0,1]\n", "prediction:1: ranks begin with 1"},
		{"not the format", "1 0 1\n", "1 [1,2]\n", "truth:1: a line is an impression and a list of numbers"},
		{"a number that is none", "1 [0,x]\n", "1 [1,2]\n", "truth:1: a line is"},
		{"nothing to score", "1 []\n", "1 [1]\n", "no impression with items that were clicked and items that were not"},
	} {
		dir := t.TempDir()
		truth, prediction := filepath.Join(dir, "truth"), filepath.Join(dir, "prediction")
		write(t, truth, test.truth)
		write(t, prediction, test.prediction)
		var out bytes.Buffer
		err := Print(&out, MIND(truth, prediction, Defaults()), Defaults())
		if err != nil {
			out.WriteString(err.Error())
		}
		if !strings.Contains(out.String(), test.want) {
			t.Errorf("%s: %s, want %s", test.name, &out, test.want)
		}
	}
}

// BenchmarkMIND scores impressions of 37 items.
func BenchmarkMIND(b *testing.B) {
	const impressions, items = 100_000, 37
	random := rand.New(rand.NewPCG(1, 2))
	var t, p strings.Builder
	for i := range impressions {
		clicks, ranks := make([]string, items), make([]string, items)
		for j, rank := range random.Perm(items) {
			clicks[j], ranks[j] = "0", fmt.Sprint(rank+1)
		}
		clicks[random.IntN(items)] = "1"
		fmt.Fprintf(&t, "%d [%s]\n", i+1, strings.Join(clicks, ","))
		fmt.Fprintf(&p, "%d [%s]\n", i+1, strings.Join(ranks, ","))
	}
	truth, prediction := files(b, t.String(), p.String())
	for b.Loop() {
		if err := Print(&bytes.Buffer{}, MIND(truth, prediction, Defaults()), Defaults()); err != nil {
			b.Fatal(err)
		}
	}
}
