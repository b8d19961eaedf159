package trec

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// reference is the folder of trec_eval's own suite and of the edge cases, with
// what both versions say of them.
const reference = "../../../shared/reference/eval/trec"

func needReference(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(reference); err != nil {
		t.Skip("no reference values:", err)
	}
}

// printed is what is printed for two files.
func printed(qrels, run string, opts Options) (string, error) {
	var out bytes.Buffer
	err := Print(&out, Evaluate(qrels, run, opts), opts)
	return out.String(), err
}

func options(change func(*Options)) Options {
	opts := Defaults()
	change(&opts)
	return opts
}

var (
	allTrec    = []string{"all_trec"}
	parametric = []string{
		"iprec_at_recall..10,.20,.25,.75,.50", "P.5,7,3", "recall.20,2000", "Rprec_mult.5.0,0.2,0.35",
		"utility.2,-1,0,0", "11pt_avg..25,.5,.75", "ndcg.1=3,2=9,4=4.5", "ndcg_cut.10,20,23.4", "success.2,5,20",
	}
)

// TestSuite prints what trec_eval's own tests expect, to the byte.
func TestSuite(t *testing.T) {
	needReference(t)
	suite := filepath.Join(reference, "suite")
	for _, test := range []struct {
		want, qrels, run string
		opts             Options
	}{
		{"out.test", "qrels.test", "results.test", Defaults()},
		{"out.test.a", "qrels.test", "results.test", Options{Measures: allTrec}},
		{"out.test.aq", "qrels.test", "results.test", Options{Measures: allTrec, PerQuery: true}},
		{"out.test.aqc", "qrels.test", "results.trunc", Options{Measures: allTrec, PerQuery: true, Complete: true}},
		{"out.test.aqcM", "qrels.test", "results.trunc", Options{Measures: allTrec, PerQuery: true, Complete: true, MaxRetrieved: 100}},
		{"out.test.aql", "qrels.rel_level", "results.test", Options{Measures: []string{"all_trec", "relstring.20"}, PerQuery: true, Level: 2}},
		{"out.test.meas_params", "qrels.test", "results.test", Options{Measures: parametric, PerQuery: true}},
	} {
		for version, suffix := range map[int]string{10: "", 9: ".v9.0.8"} {
			opts := test.opts
			opts.Version = version
			if opts.Level == 0 {
				opts.Level = 1
			}
			if opts.MaxRetrieved == 0 {
				opts.MaxRetrieved = math.MaxInt
			}
			got, err := printed(filepath.Join(suite, test.qrels), filepath.Join(suite, test.run), opts)
			if err != nil {
				t.Errorf("%s of version %d: %v", test.want, version, err)
				continue
			}
			want, err := os.ReadFile(filepath.Join(suite, test.want+suffix))
			if err != nil {
				t.Fatal(err)
			}
			diffLines(t, test.want+suffix, got, string(want))
		}
	}
}

func diffLines(t *testing.T, name, got, want string) {
	t.Helper()
	if got == want {
		return
	}
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		switch {
		case i >= len(g) || i >= len(w):
			t.Errorf("%s has %d lines, want %d", name, len(g), len(w))
			return
		case g[i] != w[i]:
			t.Errorf("%s:%d: %q, want %q", name, i+1, g[i], w[i])
			return
		}
	}
}

// edgeMeasures is what the values of the edge cases were computed with.
var edgeMeasures = []string{
	"all_trec", "dcg", "ideal_dcg", "P.1,3,5,6,10,20", "recall.1,3,5,6,10,20", "ndcg_cut.1,3,5,6,10,20",
	"map_cut.3,5,6,10", "relative_P.3,5,10", "success.1,3,5,6,10", "unj.3,5,10",
}

// values evaluates with 17 digits: name and query -> value.
func values(t *testing.T, qrels, run string, opts Options) (map[string]string, error) {
	t.Helper()
	opts.PerQuery, opts.Digits = true, 17
	text, err := printed(qrels, run, opts)
	out := map[string]string{}
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		out[f[0]+" "+f[1]] = f[2]
	}
	return out, err
}

// TestEdgeCases compares each value of both versions, and the exit codes.
func TestEdgeCases(t *testing.T) {
	needReference(t)
	var index []struct {
		Name, QRels, Run string
		Cases            []struct {
			Flags    []string
			Tag      string
			V10      int `json:"v10_exit"`
			V9       int `json:"v9_exit"`
			Expected string
		}
	}
	edge := filepath.Join(reference, "edge")
	readJSON(t, filepath.Join(edge, "index.json"), &index)
	compared := 0
	for _, input := range index {
		for _, c := range input.Cases {
			for column, version := range map[int]int{2: 10, 3: 9} {
				opts := edgeOptions(t, c.Flags)
				opts.Version = version
				opts.Measures = edgeMeasures
				want := map[int]int{10: c.V10, 9: c.V9}[version]
				if version == 9 {
					opts.Measures = []string{"all_trec"}
					opts.Measures = append(opts.Measures, edgeMeasures[3:len(edgeMeasures)-1]...)
				}
				name := input.Name + "." + c.Tag + " of version " + strconv.Itoa(version)
				got, err := values(t, filepath.Join(edge, input.QRels), filepath.Join(edge, input.Run), opts)
				if exitOf(err) != want {
					t.Errorf("%s: %v, want exit code %d", name, err, want)
				}
				if err == nil {
					compared += compare(t, name, got, filepath.Join(edge, c.Expected), column)
				}
			}
		}
	}
	if compared < 40_000 {
		t.Errorf("compared only %d values", compared)
	}
}

// TestFullPrecision compares the suite's values with 17 digits.
func TestFullPrecision(t *testing.T) {
	needReference(t)
	suite := filepath.Join(reference, "suite")
	measures := []string{"all_trec", "dcg", "ideal_dcg"}
	for _, test := range []struct {
		want, qrels, run string
		opts             Options
	}{
		{"full.q.v10.tsv", "qrels.test", "results.test", options(func(o *Options) { o.Measures = measures })},
		{"full.qc.trunc.v10.tsv", "qrels.test", "results.trunc", options(func(o *Options) { o.Measures, o.Complete = measures, true })},
		{"full.ql2.rel_level.v10.tsv", "qrels.rel_level", "results.test", options(func(o *Options) { o.Measures, o.Level = measures, 2 })},
		{"full.q.ndcg-gains.rel_level.v10.tsv", "qrels.rel_level", "results.test", options(func(o *Options) { o.Measures = []string{"ndcg.1=3,2=9,4=4.5"} })},
	} {
		got, err := values(t, filepath.Join(suite, test.qrels), filepath.Join(suite, test.run), test.opts)
		if err != nil {
			t.Fatal(err)
		}
		if compare(t, test.want, got, filepath.Join(suite, test.want), 2) == 0 {
			t.Errorf("%s: nothing compared", test.want)
		}
	}
}

// compare checks values against a file of measure, query, value of version 10
// and of version 9, where "=" is the value of 10 and "-" none.
func compare(t *testing.T, name string, got map[string]string, path string, column int) int {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for line := range strings.Lines(string(text)) {
		f := strings.Fields(line)
		if f[0] == "measure" || f[0] == "runid" || column >= len(f) {
			continue
		}
		want := f[column]
		if want == "=" {
			want = f[2]
		}
		if want == "-" {
			continue
		}
		compared++
		g, w := number(t, got[f[0]+" "+f[1]]), number(t, want)
		if !(math.Abs(g-w) <= 1e-12) && !(math.IsNaN(g) && math.IsNaN(w)) {
			t.Errorf("%s: %s of %s is %v, want %v", name, f[0], f[1], g, w)
		}
	}
	return compared
}

// edgeOptions reads the few flags of the edge cases.
func edgeOptions(t *testing.T, flags []string) Options {
	t.Helper()
	opts := Defaults()
	for i := 0; i < len(flags); i++ {
		switch flags[i] {
		case "-c":
			opts.Complete = true
		case "-J":
			opts.JudgedOnly = true
		case "-l":
			i++
			opts.Level = int(number(t, flags[i]))
		case "-M":
			i++
			opts.MaxRetrieved = int(number(t, flags[i]))
		default:
			t.Fatalf("unknown flag %s", flags[i])
		}
	}
	return opts
}

// TestErrors compares exit codes, messages and output on malformed input.
func TestErrors(t *testing.T) {
	needReference(t)
	type outcome struct {
		Exit           int
		Stdout, Stderr string
	}
	var cases []struct {
		Name, QRels, Run string
		V9               outcome `json:"v9.0.8"`
		V10              outcome `json:"v10.0"`
	}
	readJSON(t, filepath.Join(reference, "edge", "errors.json"), &cases)
	dir := t.TempDir()
	qrels, run := filepath.Join(dir, "QRELS"), filepath.Join(dir, "RUN")
	for _, c := range cases {
		write(t, qrels, c.QRels)
		write(t, run, c.Run)
		for version, want := range map[int]outcome{10: c.V10, 9: c.V9} {
			opts := Defaults()
			opts.Version, opts.Measures, opts.Lenient = version, []string{"num_q", "map"}, true
			got, err := printed(qrels, run, opts)
			var message string
			if e := (*Error)(nil); errors.As(err, &e) {
				message = strings.ReplaceAll(e.Message, dir+string(filepath.Separator), "")
				if e.Cure == "" {
					t.Errorf("%s: no cure", c.Name)
				}
			}
			if exitOf(err) != want.Exit || got != want.Stdout || message != want.Stderr {
				t.Errorf("%s of version %d: exit code %d, %q, %q; want %d, %q, %q", c.Name, version, exitOf(err), got, message, want.Exit, want.Stdout, want.Stderr)
			}
		}
	}
}

func exitOf(err error) int {
	var e *Error
	switch {
	case err == nil:
		return 0
	case errors.As(err, &e):
		return e.Exit
	}
	return -1
}

func readJSON(t *testing.T, path string, into any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(strings.TrimPrefix(s, "-nan"), 64)
	if strings.HasPrefix(s, "-nan") {
		return math.NaN()
	}
	if err != nil {
		t.Fatal(err)
	}
	return x
}
