package trec

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// files writes a qrels file and a run, and names them.
func files(t testing.TB, qrels, run string) (string, string) {
	t.Helper()
	dir := t.TempDir()
	q, r := filepath.Join(dir, "qrels"), filepath.Join(dir, "run")
	write(t, q, qrels)
	write(t, r, run)
	return q, r
}

func TestStrict(t *testing.T) {
	for _, test := range []struct {
		name, qrels, run string
		cure             string // what the message says, "" for no error
		lenient          string // likewise with Lenient
	}{
		{"words for scores", "q 0 a 1\n", "q Q0 a 1 1 x\nq Q0 b 2 high x\n", "run:2: the score high is no finite number", ""},
		{"a score with a unit", "q 0 a 1\n", "q Q0 a 1 3ms x\n", "run:1: the score 3ms is no finite number", ""},
		{"NaN", "q 0 a 1\n", "q Q0 a 1 NaN x\n", "the score NaN is no finite number", "the score NaN is no finite number"},
		{"infinite", "q 0 a 1\n", "q Q0 a 1 inf x\n", "the score inf is no finite number", ""},
		{"too large", "q 0 a 1\n", "q Q0 a 1 1e999 x\n", "the score 1e999 is no finite number", ""},
		{"words for grades", "q 0 a 1\nq 0 b yes\n", "q Q0 a 1 1 x\n", "qrels:2: the grade yes is no whole number", ""},
		{"half grades", "q 0 a 1.5\n", "q Q0 a 1 1 x\n", "qrels:1: the grade 1.5 is no whole number", ""},
		{"a grade as large as an id", "q 0 a 12345678\n", "q Q0 a 1 1 x\n", "qrels:1: the grade 12345678 is no whole number up to 10000", "qrels:1: the grade"},
		{"a run for the qrels", "q Q0 a 1 1 x\n", "q Q0 a 1 1 x\n", "qrels:1: a line of judgements has four fields", "four fields"},
		{"qrels for the run", "q 0 a 1\n", "q 0 a 1\n", "run:1: a line of results has six fields", "six fields"},
		{"a blank line of qrels", "q 0 a 1\n\nq 0 b 1\n", "q Q0 a 1 1 x\n", "qrels:2: a line of judgements has four fields", "four fields"},
		{"only comments", "q 0 a 1\n", "# nothing\n\n", "there is no result in this file", "there is no result"},
		{"a document twice in the run", "q 0 a 1\n", "q Q0 a 1 1 x\nq Q0 a 2 0 x\n", "the run has document a twice under query q", "document a twice"},
		{"a document judged twice", "q 0 a 1\nq 0 a 1\n", "q Q0 a 1 1 x\n", "document a is judged twice for query q", "judged twice"},
		{"blank lines and comments", "# a\n# b\nq 0 a 1\n", "\n  # a\nq Q0 a 1 1 x\n \t\n", "", ""},
	} {
		qrels, run := files(t, test.qrels, test.run)
		for _, lenient := range []bool{false, true} {
			opts := Defaults()
			opts.Lenient = lenient
			want := test.cure
			if lenient {
				want = test.lenient
			}
			_, err := printed(qrels, run, opts)
			var e *Error
			switch {
			case want == "" && err != nil:
				t.Errorf("%s, lenient %v: %v", test.name, lenient, err)
			case want != "" && (!errors.As(err, &e) || !strings.Contains(e.Cure, want)):
				t.Errorf("%s, lenient %v: %v, want %q", test.name, lenient, err, want)
			}
		}
	}
}

func TestMeasureNames(t *testing.T) {
	qrels, run := files(t, "q 0 a 1\n", "q Q0 a 1 1 x\n")
	for _, test := range []struct {
		measure       string
		version, exit int
		want          string // in the message and the cure
	}{
		{"mapp", 10, 1, "illegal measure 'mapp'\ndid you mean map?"},
		{"ndcg_cut.", 10, 1, "improper measure in parameter 'ndcg_cut'"},
		{"prefs", 10, 1, "illegal measure 'prefs'"},
		{"rbp", 9, 1, "illegal measure 'rbp'"},
		{"P.0", 10, 2, "Negative cutoff detected\ntrec_eval: Cannot initialize measure 'P'"},
		{"P.5,5", 10, 2, "duplicate cutoffs detected"},
		{"ndcg.1", 10, 2, "malformed pair parameters in '1'"},
		{"ndcg.1=2=3", 10, 2, "malformed pair parameters in '1=2=3'"},
		{"utility.1,2", 10, 4, "improper number of coefficients"},
		{"rbp", 10, 0, ""},
		{"map.5", 10, 0, ""}, // map takes no parameters, and trec_eval does not mind
	} {
		opts := Defaults()
		opts.Version, opts.Measures = test.version, []string{test.measure}
		_, err := printed(qrels, run, opts)
		if exitOf(err) != test.exit || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("-m %s of version %d: %v, want exit code %d and %q", test.measure, test.version, err, test.exit, test.want)
		}
	}
}

func TestPrinting(t *testing.T) {
	qrels, run := files(t, "q2 0 a 1\nq1 0 b 2\nq1 0 c 0\n", "q1 Q0 c 1 2 one\nq2 Q0 a 1 3 two\nq1 Q0 b 2 1 three\nq3 Q0 b 2 1 last\n")
	for _, test := range []struct {
		name string
		opts Options
		want string
	}{
		{
			"queries in the order of their ids, then all",
			Options{Measures: []string{"runid", "num_ret", "recip_rank"}, PerQuery: true},
			"num_ret               \tq1\t2\nrecip_rank            \tq1\t0.5000\n" +
				"num_ret               \tq2\t1\nrecip_rank            \tq2\t1.0000\n" +
				"runid                 \tall\tlast\nnum_ret               \tall\t3\nrecip_rank            \tall\t0.7500\n",
		},
		{"no summary", Options{Measures: []string{"P.3"}, PerQuery: true, NoSummary: true}, "P_3                   \tq1\t0.3333\nP_3                   \tq2\t0.3333\n"},
		{"all digits", Options{Measures: []string{"P.3"}, Digits: 17}, "P_3                   \tall\t0.33333333333333331\n"},
		{"the gains of one measure go with another", Options{Measures: []string{"dcg", "ndcg.2=9"}}, "dcg                   \tall\t3.3392\nndcg_2=9              \tall\t0.8155\n"},
	} {
		opts := test.opts
		opts.Version, opts.Level, opts.MaxRetrieved = 10, 1, 1000
		if got, err := printed(qrels, run, opts); err != nil || got != test.want {
			t.Errorf("%s:\n%s%v, want\n%s", test.name, got, err, test.want)
		}
	}
	opts := options(func(o *Options) { o.Measures, o.PerQuery = []string{"runid", "num_ret", "P.3", "relstring"}, true })
	var out bytes.Buffer
	if err := PrintJSON(&out, Evaluate(qrels, run, opts), opts); err != nil {
		t.Fatal(err)
	}
	want := `{
  "all": {
    "P_3": 0.3333333333333333,
    "num_ret": 3,
    "runid": "last"
  },
  "queries": {
    "q1": {
      "P_3": 0.3333333333333333,
      "num_ret": 2,
      "relstring": "'02'"
    },
    "q2": {
      "P_3": 0.3333333333333333,
      "num_ret": 1,
      "relstring": "'1'"
    }
  }
}
`
	if out.String() != want {
		t.Errorf("JSON is %s, want %s", &out, want)
	}
}

// Values that are no numbers are printed as C does on x86.
func TestNotANumber(t *testing.T) {
	for value, want := range map[float64]string{math.Inf(1): "   inf", math.Inf(-1): "  -inf", math.NaN(): "  -nan", 0.03125: "0.0312", 12.5: "12.5000"} {
		if got := string(Value{Number: value}.append(nil, 0)); got != want {
			t.Errorf("%v is printed %q, want %q", value, got, want)
		}
	}
}

func TestLeadingNumbers(t *testing.T) {
	for text, want := range map[string]float64{
		"": 0, "x": 0, "12": 12, "-1.5x": -1.5, "+.5": .5, "5.": 5, ".": 0, "1e3": 1000, "1e": 1, "1e+": 1, "2e-1z": 0.2, "-": 0, "1e999": math.Inf(1),
	} {
		if got := leadingFloat(text); got != want {
			t.Errorf("leadingFloat(%q) = %v, want %v", text, got, want)
		}
	}
	for text, want := range map[string]int{"": 0, "x": 0, "23.4": 23, "-7,": -7, "+": 0, "99999999999999999999": math.MaxInt} {
		if got := leadingInt(text); got != want {
			t.Errorf("leadingInt(%q) = %v, want %v", text, got, want)
		}
	}
}

// The order of lines and the rank column change nothing.
func TestOrderOfLines(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var qrels, run []string
		for q := range rapid.IntRange(1, 5).Draw(rt, "queries") {
			for d := range rapid.IntRange(1, 8).Draw(rt, "documents") {
				qrels = append(qrels, fmt.Sprintf("q%d 0 d%d %d\n", q, d, rapid.IntRange(-1, 3).Draw(rt, "grade")))
				run = append(run, fmt.Sprintf("q%d Q0 d%d %d %d x\n", q, d, rapid.IntRange(0, 9).Draw(rt, "rank"), rapid.IntRange(0, 3).Draw(rt, "score")))
			}
		}
		opts := options(func(o *Options) { o.Measures, o.PerQuery = allTrec, true })
		print := func() string {
			var out bytes.Buffer
			judged, bad := parseJudgements(strings.Join(qrels, ""), opts)
			results, worse := parseRun(strings.Join(run, ""), opts)
			if bad != nil || worse != nil {
				rt.Fatal(bad, worse)
			}
			plan, err := newPlan(opts)
			if err == nil {
				err = Print(&out, evaluate(judged, results, plan, opts), opts)
			}
			if err != nil {
				rt.Fatal(err)
			}
			return out.String()
		}
		first := print()
		r := rand.New(rand.NewPCG(1, uint64(len(run))))
		r.Shuffle(len(run), func(i, j int) { run[i], run[j] = run[j], run[i] })
		r.Shuffle(len(qrels), func(i, j int) { qrels[i], qrels[j] = qrels[j], qrels[i] })
		if again := print(); again != first {
			rt.Fatalf("after shuffling:\n%s\nbefore:\n%s", again, first)
		}
	})
}

// FuzzRead holds parsers to a law: what is read is written and read the same.
func FuzzRead(f *testing.F) {
	f.Add("q1 0 a 1\nq1 0 b -1\n", "q1 Q0 a 1 2.5 x\nq2 Q0 a 1 1 x\nq1 Q0 b 2 1e-3 x\n", true, 10)
	f.Add("0", "1 Q0 a 1 .52 x\nq2 Q0 a 1 1 x\nq1 Q0 b 2 1e53 x", false, 116)
	f.Add("# c\r\nq\t0\ta\t1\r\n", "\n # c\nq Q0 #a 1 0x1p3 x more\n", false, 9)
	f.Fuzz(func(t *testing.T, qrels, run string, lenient bool, version int) {
		opts := Defaults()
		opts.Lenient = lenient
		opts.Version = 9 + version&1
		if judged, bad := parseJudgements(qrels, opts); bad == nil {
			var text strings.Builder
			for _, q := range judged.queries {
				for _, j := range q.lines {
					fmt.Fprintf(&text, "%s 0 %s %d\n", q.query, j.doc, j.grade)
				}
			}
			again, bad := parseJudgements(" "+strings.ReplaceAll(strings.TrimSuffix(text.String(), "\n"), "\n", "\n "), opts)
			if bad != nil || fmt.Sprint(again.queries) != fmt.Sprint(judged.queries) {
				t.Fatalf("%v read again: %v %v", judged, again, bad)
			}
		}
		if results, bad := parseRun(run, opts); bad == nil {
			var text strings.Builder
			for _, q := range results.queries {
				for _, r := range q.lines {
					score := r.score
					if !lenient {
						score = min(max(score, -1e300), 1e300) // too large for trec_eval 9's numbers, too
					}
					fmt.Fprintf(&text, "%s Q0 %s 1 %s %s\n", q.query, r.doc, strconv.FormatFloat(score, 'g', -1, 64), results.id)
				}
			}
			again, bad := parseRun(text.String(), opts)
			if bad != nil || fmt.Sprint(again) != fmt.Sprint(results) {
				t.Fatalf("%v read again: %v %v", results, again, bad)
			}
		}
	})
}

// BenchmarkTrec evaluates three measures of runs of ten documents a query.
func BenchmarkTrec(b *testing.B) {
	for _, queries := range []int{1000, 100_000} {
		b.Run(fmt.Sprintf("queries=%d", queries), func(b *testing.B) {
			judgements, results := generated(queries)
			qrels, run := files(b, judgements, results)
			opts := options(func(o *Options) { o.Measures = []string{"map", "ndcg_cut.10", "recip_rank"} })
			b.ReportAllocs()
			for b.Loop() {
				if _, err := printed(qrels, run, opts); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// generated is judgements and a run of ten lines for each query.
func generated(queries int) (qrels, run string) {
	var q, r strings.Builder
	random := rand.New(rand.NewPCG(1, 2))
	for i := range queries {
		docs := random.Perm(15)
		for _, d := range docs[:10] {
			fmt.Fprintf(&q, "q%06d 0 d%d-%d %d\n", i, i, d, max(0, random.IntN(4)-1))
		}
		for rank, d := range docs[5:] {
			fmt.Fprintf(&r, "q%06d Q0 d%d-%d %d %.6f tag\n", i, i, d, rank+1, float64(10-rank)+random.Float64())
		}
	}
	return q.String(), r.String()
}
