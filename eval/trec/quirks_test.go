package trec

import (
	"strings"
	"testing"
)

// TestQuirks holds what the programs of both versions printed on this input:
// parameters that do not rise, gains that are no whole numbers or for documents
// that are not judged, a query without results, a name cut short.
func TestQuirks(t *testing.T) {
	qrels, run := files(t,
		"q1 0 a 1\nq1 0 b 2\nq1 0 c 0\nq1 0 d 3\nq1 0 e -1\nq1 0 f 12\nq2 0 a 1\nq2 0 b 1\n",
		"q1 Q0 c 1 9 t\nq1 Q0 a 1 8 t\nq1 Q0 e 1 7 t\nq1 Q0 x 1 6 t\nq1 Q0 b 1 5 t\nq1 Q0 f 1 4 t\nq1 Q0 d 1 3 t\n")
	measures := []string{
		"iprec_at_recall.0.5,123456789", "relstring.9", "utility.1,-1,0,0", "11pt_avg.1,0.3,.1", "G.-1=1",
		"ndcg.1=0.5,2=0.2,3=0.9,0=0.4", "ndcg_rel.x=5", "Rndcg.1=2,2=2",
	}
	for version, want := range map[int]string{
		10: `
iprec_at_recall_0.50   q1 0.5714
iprec_at_recall_12345678 q1 0.0000
relstring_9            q1 '01.-2>3'
utility_1,-1,0,0       q1 1.0000
11pt_avg_1,0.3,.1      q1 0.5714
G_-1=1                 q1 0.3956
ndcg_1=0.5,2=0.2,3=0.9,0=0.4 q1 0.4134
ndcg_rel_x=5           q1 0.2359
Rndcg_1=2,2=2          q1 0.1587
rbp_resid_p=0.5        q1 0.1953
iprec_at_recall_0.50   q2 0.0000
iprec_at_recall_12345678 q2 0.0000
relstring_9            q2 '-'
utility_1,-1,0,0       q2 -1.0000
11pt_avg_1,0.3,.1      q2 0.0000
G_-1=1                 q2 0.5000
ndcg_1=0.5,2=0.2,3=0.9,0=0.4 q2 0.0000
ndcg_rel_x=5           q2 0.0000
Rndcg_1=2,2=2          q2 0.0000
rbp_resid_p=0.5        q2 1.0000
iprec_at_recall_0.50   all 0.2857
iprec_at_recall_12345678 all 0.0000
utility_1,-1,0,0       all 0.0000
11pt_avg_1,0.3,.1      all 0.2857
G_-1=1                 all 0.4478
ndcg_1=0.5,2=0.2,3=0.9,0=0.4 all 0.2067
ndcg_rel_x=5           all 0.1179
Rndcg_1=2,2=2          all 0.0794
rbp_resid_p=0.5        all 0.5977
`,
		9: `
iprec_at_recall_0.50   q1 0.5714
iprec_at_recall_12345678 q1 0.0000
relstring_9            q1 '01.-2>3'
utility_1,-1,0,0       q1 1.0000
11pt_avg_1,0.3,.1      q1 0.5714
G_-1=1                 q1 0.3956
ndcg_1=0.5,2=0.2,3=0.9,0=0.4 q1 0.4134
ndcg_rel_x=5           q1 0.4790
Rndcg_1=2,2=2          q1 0.1587
iprec_at_recall_0.50   all 0.2857
iprec_at_recall_12345678 all 0.0000
utility_1,-1,0,0       all 0.5000
11pt_avg_1,0.3,.1      all 0.2857
G_-1=1                 all 0.1978
ndcg_1=0.5,2=0.2,3=0.9,0=0.4 all 0.2067
ndcg_rel_x=5           all 0.2395
Rndcg_1=2,2=2          all 0.0794
`,
	} {
		opts := options(func(o *Options) { o.Version, o.Measures, o.PerQuery, o.Complete = version, measures, true, true })
		if version == 10 {
			opts.Measures = append(opts.Measures, "rbp_resid.p=0.5")
		}
		got, err := printed(qrels, run, opts)
		if err != nil {
			t.Fatal(err)
		}
		diffLines(t, "the output", squeeze(got), squeeze(strings.TrimPrefix(want, "\n")))
	}
}

// squeeze parts fields by one blank.
func squeeze(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		out.WriteString(strings.Join(strings.Fields(line), " ") + "\n")
	}
	return out.String()
}
