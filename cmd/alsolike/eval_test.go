package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// evalSite is a site of four articles that share no word with one another but
// by pairs, a log that eval's own tests work out by hand, and a ranking of it.
//
//	anna reads a (gone) b c, bert a c, carl c d; somebody reads a
func evalSite(t *testing.T) (s *shell, log, ranking string) {
	t.Helper()
	s = newShell(t)
	s.ok("import", s.file("articles.jsonl", `{"id":"a","title":"Harbour cranes","body":"Cranes of the harbour lift boxes","lang":"en"}
{"id":"b","title":"Harbour boxes","body":"Boxes wait in the harbour for cranes","lang":"en"}
{"id":"c","title":"Football finals","body":"The finals of the football season","lang":"en"}
{"id":"d","title":"Football season","body":"A season of football without finals","lang":"en"}
`))
	log = s.file("reads.csv", `who,what
anna,a
anna,gone
anna,b
anna,c
bert,a
,a
bert,c
carl,c
carl,
carl,d
`)
	ranking = s.file("links.tsv", "a\tb\t0.9\na\tc\t0.5\nb\td\t0.7\nc\ta\t0.9\nc\tb\t0.8\nc\td\t0.1\n")
	return s, log, ranking
}

// An evalResult is what the tests look at of eval run --json.
type evalResult struct {
	JoinRate float64 `json:"join_rate"`
	Join     struct {
		Reads          int `json:"reads"`
		Unreadable     int `json:"unreadable"`
		WithoutReader  int `json:"without_reader"`
		WithoutArticle int `json:"without_article"`
		Joined         int `json:"joined"`
		AsNumber       int `json:"as_number"`
		Readers        int `json:"readers"`
	} `json:"join"`
	Time     string                        `json:"time"`
	Readers  int                           `json:"readers"`
	Pairs    int                           `json:"pairs"`
	Metrics  map[string]map[string]float64 `json:"metrics"`
	Rankings []struct {
		Name        string `json:"name"`
		MostLinksIn int    `json:"most_links_in"`
	} `json:"rankings"`
	Inputs struct {
		Candidates map[string]string `json:"candidates"`
	} `json:"inputs"`
}

func TestEvalRunRanking(t *testing.T) {
	s, log, ranking := evalSite(t)
	out := filepath.Join(t.TempDir(), "out")
	config := s.file("eval.yaml", `
version: 1
k: [2, 3]
candidates:
  - {name: ours, ranking: `+ranking+`}
compare: [random, popular]
reports: {json: `+out+`/eval.json, md: `+out+`/eval.md}
`)
	args := []string{"eval", "run", "--config", config, "--reads", log, "--map", "reader=who,item=what"}
	var got evalResult
	s.decode(&got, append(args, "--json")...)
	if j := got.Join; got.JoinRate != 0.7 || j.Reads != 10 || j.Unreadable != 1 || j.WithoutReader != 1 || j.WithoutArticle != 1 || j.Joined != 7 {
		t.Errorf("join: got %v, %+v; want 7 of 10, one each lost", got.JoinRate, j)
	}
	if got.Readers != 3 || got.Pairs != 4 || !strings.HasPrefix(got.Time, "no time split") {
		t.Errorf("got %d readers, %d pairs, %q; want 3, 4, no time split", got.Readers, got.Pairs, got.Time)
	}
	for name, want := range map[string]float64{"hr@2": 0.5, "mrr@2": 1.0 / 3, "hr@3": 5.0 / 6, "mrr@3": 4.0 / 9} {
		if v := got.Metrics["ours"][name]; math.Abs(v-want) > 1e-12 {
			t.Errorf("%s: got %v, want %v", name, v, want)
		}
	}
	// c is read next twice, b and d once. Under a stand c and b: anna's b is
	// second, bert's c first. Under b stands c, under c stand b and carl's d.
	if v := got.Metrics["popular"]["mrr@2"]; math.Abs(v-0.75) > 1e-12 {
		t.Errorf("popular mrr@2: got %v, want (3/4 + 1 + 1/2)/3", v)
	}
	if _, ok := got.Metrics["tfidf"]; ok || len(got.Metrics) != 3 {
		t.Errorf("got metrics of %d rankings, want ours, random and popular", len(got.Metrics))
	}

	markdown := s.ok(args...)
	if !strings.HasPrefix(markdown, "**70.00 % of reads join to articles with text** (7 of 10; 1 of something else, 1 without a reader, 1 unreadable).") {
		t.Errorf("the first line is not the share of reads that join:\n%s", markdown)
	}
	if again := s.ok(args...); again != markdown {
		t.Error("a second run prints something else")
	}
	for name, want := range map[string]string{"eval.md": markdown, "eval.json": s.ok(append(args, "--json")...)} {
		if written, err := os.ReadFile(filepath.Join(out, name)); err != nil || string(written) != want {
			t.Errorf("%s: %v, or differs from what is printed", name, err)
		}
	}
}

// JSON lines with times: the reads are put in order, and the report says so.
func TestEvalRunTimes(t *testing.T) {
	s, _, ranking := evalSite(t)
	log := s.file("reads.ndjson", `{"session":"x","page":"b","ts":"2026-03-01T12:00:00Z"}
{"session":"x","page":"d","ts":"2026-03-01T13:00:00Z"}
{"session":"x","page":"a","ts":"2026-03-01T11:00:00Z"}
`)
	config := s.file("eval.yaml", "version: 1\nk: 1\ncompare: []\ncandidates: [{name: ours, ranking: "+ranking+"}]\n")
	var got evalResult
	s.decode(&got, "eval", "run", "--config", config, "--reads", log, "--map", "reader=session,item=page,time=ts", "--json")
	if got.Metrics["ours"]["hr@1"] != 1 { // a→b and b→d
		t.Errorf("hr@1: got %v, want 1", got.Metrics)
	}
	if !strings.Contains(got.Time, "in order of time") {
		t.Errorf("time: got %q", got.Time)
	}
	if len(got.Metrics) != 1 {
		t.Errorf("compare: [] still measured %v", got.Metrics)
	}
}

func TestEvalRunPublished(t *testing.T) {
	s, log, _ := evalSite(t)
	args := []string{"eval", "run", "--reads", log, "--map", "reader=who,item=what"}
	s.fails(exitDataUnusable, []string{"no snapshot", "alsolike refresh"}, args...)
	s.environ = []string{"ALSOLIKE_LSA_RANK=2"}
	s.ok("refresh")
	// An override must not show in what the engine is measured by.
	s.ok("override", "add", "--article", "a", "--target", "b", "--action", "hide")
	var got evalResult
	s.decode(&got, append(args, "--json")...)
	if len(got.Metrics) != 4 {
		t.Errorf("got %d rankings, want published, random, popular and tfidf", len(got.Metrics))
	}
	// Of four articles ten links hold all others.
	if got.Metrics["popular"]["hr@10"] != 1 || got.Metrics["random"]["hr@10"] != 1 {
		t.Errorf("got %v, want hr@10 1 of popular and random", got.Metrics)
	}
	config := s.file("eval.yaml", "version: 1\nk: 1\ncandidates: [{name: now, snapshot: published}]\ncompare: [tfidf]\n")
	var first evalResult
	s.decode(&first, append(args, "--config", config, "--json")...)
	for _, name := range []string{"now", "tfidf"} {
		// a and b share words, and so do c and d: anna's a→b is a hit, her b→c
		// none, bert's a→c none, carl's c→d one.
		if v := first.Metrics[name]["hr@1"]; v != 0.5 {
			t.Errorf("%s hr@1: got %v, want 0.5", name, v)
		}
	}
	if !strings.HasPrefix(got.Inputs.Candidates["published"], "snapshot 2") {
		t.Errorf("inputs: got %v, want the snapshot's id", got.Inputs.Candidates)
	}
}

func TestEvalRunRefuses(t *testing.T) {
	s, log, ranking := evalSite(t)
	columns := "reader=who,item=what"
	s.fails(exitUsage, []string{"--reads is missing"}, "eval", "run")
	s.fails(exitUsage, []string{"--map must say"}, "eval", "run", "--reads", log)
	s.fails(exitUsage, []string{"unknown field readr", "did you mean reader?"}, "eval", "run", "--reads", log, "--map", "readr=who,item=what")
	s.fails(exitUsage, []string{"nowhere.csv", "no such file"}, "eval", "run", "--reads", "nowhere.csv", "--map", columns)
	s.fails(exitUsage, []string{"unknown verb", "did you mean run?"}, "eval", "rum")

	candidates := "\ncandidates: [{name: ours, ranking: " + ranking + "}]\n"
	check := func(code int, part, config string) {
		t.Helper()
		s.fails(code, []string{part}, "eval", "run", "--config", s.file("eval.yaml", config), "--reads", log, "--map", columns)
	}
	check(exitUsage, "eval.yaml:2: unknown key candidats; did you mean candidates?", "version: 1\ncandidats: []\n")
	check(exitUsage, "unknown key rankin; did you mean ranking?", "version: 1\ncandidates: [{name: x, rankin: y}]\n")
	check(exitUsage, "version is 2", "version: 2"+candidates)
	check(exitUsage, "version is 0", "")
	check(exitUsage, "k is 0", "version: 1\nk: 0"+candidates)
	check(exitUsage, "k holds 5 twice", "version: 1\nk: [5, 5]"+candidates)
	check(exitUsage, "k is empty", "version: 1\nk: []"+candidates)
	check(exitUsage, "eval.yaml", "version: 1\nk: many"+candidates)
	check(exitUsage, "unknown baseline poplar; did you mean popular?", "version: 1\ncompare: [poplar]"+candidates)
	check(exitUsage, "stands there twice", "version: 1\ncompare: [random, random]"+candidates)
	check(exitUsage, "two rankings are called random", "version: 1\ncandidates: [{name: random, ranking: "+ranking+"}]\n")
	check(exitUsage, "either a snapshot or a ranking", "version: 1\ncandidates: [{name: x}]\n")
	check(exitUsage, "has no name", "version: 1\ncandidates: [{ranking: x}]\n")
	check(exitUsage, "candidates is empty", "version: 1\ncandidates: []\n")
	check(exitUsage, "cannot read the ranking", "version: 1\ncandidates: [{name: x, ranking: nowhere.tsv}]\n")
	check(exitUsage, "there is no snapshot 20200101", "version: 1\ncandidates: [{name: x, snapshot: 20200101T000000Z-000000}]\n")
	check(exitDataUnusable, "line 1: wants source", "version: 1\ncandidates: [{name: x, ranking: "+log+"}]\n")

	one := s.file("one.yaml", "version: 1"+candidates)
	other := s.file("other.csv", "who,what\nanna,https://example.org/a\nanna,https://example.org/b\n")
	s.fails(exitDataUnusable, []string{`look like "https://example.org/a"`, `ids like "a", "b", "c"`, "names pages by URL"},
		"eval", "run", "--config", one, "--reads", other, "--map", columns)
	s.fails(exitDataUnusable, []string{`no column "whom"`, `did you mean "who"?`}, "eval", "run", "--config", one, "--reads", log, "--map", "reader=whom,item=what")
	s.fails(exitDataUnusable, []string{"holds no reads"}, "eval", "run", "--config", one, "--reads", s.file("none.csv", "who,what\n"), "--map", columns)
	empty := newShell(t)
	empty.fails(exitDataUnusable, []string{"import"}, "eval", "run", "--config", one, "--reads", log, "--map", columns)
}

// TestEvalRunIBM runs the whole way from a CSV file to a report on real reads.
func TestEvalRunIBM(t *testing.T) {
	dir := "../../../shared/datasets/ibm_community"
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no real reads:", err)
	}
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	s := newShell(t)
	s.ok("import", "--format", "csv", "--map", "id=article_id,title=doc_full_name,body=doc_body,summary=doc_description", filepath.Join(dir, "articles_community.csv"))
	s.ok("refresh")
	args := []string{"eval", "run", "--reads", filepath.Join(dir, "user-item-interactions.csv"), "--map", "reader=email,item=article_id"}
	first := s.ok(append(args, "--json")...)
	var got evalResult
	if err := json.Unmarshal([]byte(first), &got); err != nil {
		t.Fatal(err)
	}
	t.Logf("join %+v, metrics %v", got.Join, got.Metrics)

	// Counted from the files by other means.
	if j := got.Join; j.Reads != 45993 || j.Unreadable != 0 || j.WithoutReader != 17 || j.WithoutArticle != 24537 || j.Joined != 21439 || j.AsNumber != 21439 || j.Readers != 4257 {
		t.Errorf("join: got %+v", j)
	}
	if got.Readers != 2504 || got.Pairs != 16091 {
		t.Errorf("got %d readers with %d pairs, want 2504 and 16091", got.Readers, got.Pairs)
	}
	check := func(ranking, metric string, low, high float64) {
		t.Helper()
		if v := got.Metrics[ranking][metric]; v < low || v > high {
			t.Errorf("%s %s: got %.4f, want %.4f to %.4f", ranking, metric, v, low, high)
		}
	}
	check("published", "hr@10", 0.050, 0.1)
	check("random", "hr@10", 0.006, 0.014)
	check("popular", "hr@10", 0.1215, 0.1225) // .122 and .043 by the contract
	check("popular", "mrr@10", 0.0425, 0.0435)
	check("tfidf", "hr@10", 0.050, 0.062) // .057 and .022 with another analysis of words
	check("tfidf", "mrr@10", 0.020, 0.025)

	if second := s.ok(append(args, "--json")...); second != first {
		t.Error("a second run prints other bytes")
	}

	// Three readers of ten, by what the others read; no gate may judge it. Values by
	// a program of its own in another language.
	config := s.file("split.yaml", "version: 1\nk: 10\nsplit: readers\ncandidates: [{name: published, snapshot: published}]\ncompare: [popular, co-click]\n")
	var split struct {
		Readers, Pairs int
		Metrics        map[string]map[string]float64
		Measures       []struct {
			Ranking, Metric, Slice, Ungated string
			Value                           struct{ Value float64 }
		}
	}
	if err := json.Unmarshal([]byte(s.ok(append(args, "--config", config, "--json")...)), &split); err != nil {
		t.Fatal(err)
	}
	if split.Readers != 730 || split.Pairs != 4683 {
		t.Errorf("split: got %d readers with %d pairs, want 730 and 4683", split.Readers, split.Pairs)
	}
	for _, want := range []struct {
		ranking, metric string
		value           float64
	}{
		{"popular", "hr@10", 0.1263178564237665},
		{"co-click", "hr@10", 0.15009078149334185},
		{"co-click", "hr@10/n^0.5", 0.11591307394146336},
		{"co-click", "hr@10/n^1", 0.08943848605616493},
	} {
		if v := split.Metrics[want.ranking][want.metric]; math.Abs(v-want.value) > 1e-12 {
			t.Errorf("split: %s %s: got %v, want %v", want.ranking, want.metric, v, want.value)
		}
	}
	band := false
	for _, m := range split.Measures {
		if !strings.HasPrefix(m.Ungated, "no time split") {
			t.Fatalf("%s of %s may be gated", m.Metric, m.Ranking)
		}
		if m.Ranking == "co-click" && m.Metric == "hr@10" && m.Slice == "target=top 1 %" {
			band = math.Abs(m.Value.Value-0.2431182638903228) <= 1e-12
		}
	}
	if !band {
		t.Error("split: co-click's hr@10 of the most read 1 % is not .2431")
	}
}
