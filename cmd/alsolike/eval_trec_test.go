package main

import (
	"strings"
	"testing"
)

// trecFiles writes judgements and a run of two queries.
func trecFiles(t *testing.T) (s *shell, qrels, run string) {
	s = newShell(t)
	return s,
		s.file("qrels", "q1 0 a 1\nq1 0 b 0\nq2 0 a 2\nq2 0 c 1\n"),
		s.file("run", "q1 Q0 b 1 2 mine\nq1 Q0 a 2 1 mine\nq2 Q0 a 1 9 mine\nq2 Q0 x 2 8 mine\n")
}

// The flags are those of trec_eval, apart or joined, before or behind the files.
func TestEvalTrecFlags(t *testing.T) {
	s, qrels, run := trecFiles(t)
	want := "P_1                   \tq1\t0.0000\nrelstring_1           \tq1\t'0'\n" +
		"P_1                   \tq2\t1.0000\nrelstring_1           \tq2\t'2'\n"
	for _, flags := range []string{
		"-q -n -l 2 -M 1 -m P.1 -m relstring.1 QRELS RUN",
		"-qnl2 -M1 -mP.1 QRELS -mrelstring.1 RUN",
		"QRELS RUN --query_eval_wanted --nosummary --level_for_rel=2 --Max_retrieved_per_topic 1 --measure P.1 --measure=relstring.1",
	} {
		args := strings.Fields(strings.NewReplacer("QRELS", qrels, "RUN", run).Replace(flags))
		if got := s.ok(append([]string{"eval", "trec"}, args...)...); got != want {
			t.Errorf("%s:\n%s, want\n%s", flags, got, want)
		}
	}
	if got := s.ok("eval", "trec", "-m", "ndcg_cut.1,2", "--digits", "17", qrels, run); got != "ndcg_cut_1            \tall\t0.5\nndcg_cut_2            \tall\t0.69555864350166297\n" {
		t.Errorf("all digits: %s", got)
	}
	var report struct{ All map[string]any }
	s.decode(&report, "eval", "trec", "--json", qrels, run)
	if report.All["map"] != 0.5 || report.All["runid"] != "mine" {
		t.Errorf("JSON: %v", report.All)
	}
}

// The exit codes are those of trec_eval; its message is followed by the cure.
func TestEvalTrecRefuses(t *testing.T) {
	s, qrels, run := trecFiles(t)
	short := s.file("short", "q1 Q0 b 1 2 mine\n")
	words := s.file("words", "q1 Q0 b 1 high mine\nq2 Q0 b 1 2 mine\n")
	for _, test := range []struct {
		code int
		want []string
		args []string
	}{
		{1, []string{"trec_eval: illegal measure 'ndgc'", "did you mean ndcg?"}, []string{"-m", "ndgc", qrels, run}},
		{1, []string{"two files are needed"}, []string{qrels}},
		{1, []string{"unknown flag --lenint", "did you mean lenient?"}, []string{"--lenint", qrels, run}},
		{1, []string{"it may be trec_eval-10 or trec_eval-9"}, []string{"--compat", "trec_eval-8", qrels, run}},
		{1, []string{"it may be trec or mind"}, []string{"--format", "csv", qrels, run}},
		{1, []string{"no number below 0"}, []string{"-l", "-1", qrels, run}},
		{2, []string{"trec_eval: Quit in file 'nowhere'", "no such file"}, []string{"nowhere", run}},
		{2, []string{"Malformed line 1", "words:1: the score high is no finite number"}, []string{qrels, words}},
		{4, []string{"trec_eval: result qid 'q2' not found in qrels", "pass -c to count it as 0"}, []string{qrels, short}},
		{7, []string{"No queries with both results and relevance info", "do the two files name queries alike?"}, []string{"--compat", "trec_eval-9", s.file("other", "q7 0 a 1\n"), run}},
	} {
		s.fails(test.code, test.want, append([]string{"eval", "trec"}, test.args...)...)
	}
	for _, flag := range []string{"--lenient", "--compat=trec_eval-9"} {
		file := map[string]string{"--lenient": words, "--compat=trec_eval-9": short}[flag]
		s.ok("eval", "trec", flag, qrels, file)
	}
}

func TestEvalTrecMIND(t *testing.T) {
	s := newShell(t)
	truth, prediction := s.file("truth", "1 [0,1,0]\n2 []\n"), s.file("prediction", "1 [2,1,3]\n2 [1,2]\n")
	want := "impressions           \tall\t1\nleft_out              \tall\t0\nAUC                   \tall\t1.0000\n" +
		"MRR-mind              \tall\t1.0000\nnDCG@5                \tall\t1.0000\nnDCG@10               \tall\t1.0000\n"
	if got := s.ok("eval", "trec", "--format", "mind", truth, prediction); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	s.fails(2, []string{"prediction:1: 3 ranks for 1 items"}, "eval", "trec", "--format", "mind", s.file("truth", "1 [0]\n"), prediction)
}
