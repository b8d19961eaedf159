package main

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// dataset is the path of a real data set beside the repository.
func dataset(t *testing.T, name ...string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: real articles take their time")
	}
	path := filepath.Join(append([]string{"..", "..", "..", "shared", "datasets"}, name...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the data set is not here: %v", err)
	}
	return path
}

// The whole loop on a community site's articles and what its readers read,
// with all the quirks of both files.
func TestCommunitySite(t *testing.T) {
	articles := dataset(t, "ibm_community", "articles_community.csv")
	reads := dataset(t, "ibm_community", "user-item-interactions.csv")
	s := newShell(t)
	args := []string{"import", "--format", "csv", "--map", "id=article_id,title=doc_full_name,body=doc_body,summary=doc_description", articles}
	var imported importResult
	s.decode(&imported, append(args, "--json")...)
	if imported.Added != 1051 || imported.Duplicates != 5 || imported.Refused != 0 {
		t.Errorf("imported %+v, want 1,051 articles and 5 duplicates", imported)
	}
	s.decode(&imported, append(args, "--json")...)
	if imported.Unchanged != 1051 || imported.Added+imported.Updated != 0 {
		t.Errorf("imported again: %+v, want nothing changed", imported)
	}
	s.ok("refresh")
	if out := s.ok("related", "1050"); strings.Count(out, "\n") != 6 {
		t.Errorf("related shows no five links:\n%s", out)
	}

	var report struct {
		JoinRate float64                       `json:"join_rate"`
		Metrics  map[string]map[string]float64 `json:"metrics"`
	}
	s.decode(&report, "eval", "run", "--reads", reads, "--map", "reader=email,item=article_id", "--json")
	if report.JoinRate < .45 || report.JoinRate > .48 {
		t.Errorf("%.4f of the reads join, want about .466", report.JoinRate)
	}
	if got := report.Metrics["published"]["hr@10"]; got < .050 {
		t.Errorf("hr@10 %.4f, want at least .050", got)
	}
	t.Logf("join rate %.4f, metrics %v", report.JoinRate, report.Metrics)
}

// A year of newswire: links must be of the same topic.
func TestNewswire(t *testing.T) {
	articles := dataset(t, "reuters21578", "articles.jsonl.gz")
	s := newShell(t)
	s.ok("import", articles)
	var m struct {
		Rank   int
		Counts struct{ Articles int }
	}
	s.decode(&m, "refresh", "--json")
	if m.Rank != 256 || m.Counts.Articles != 19043 {
		t.Errorf("refreshed %+v, want 19,043 articles at rank 256", m)
	}
	topics := readTopics(t, dataset(t, "reuters21578", "topics.tsv"))
	purity := purity(topics, s.ok("export", "related"), 10)
	if purity < .78 {
		t.Errorf("purity@10 %.4f, want at least .78", purity)
	}
	t.Logf("purity@10 %.4f", purity)
}

func readTopics(t *testing.T, path string) map[string]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	topics := map[string]string{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		id, topic, _ := strings.Cut(lines.Text(), "\t")
		topics[id] = topic
	}
	return topics
}

// purity is the mean, over all labelled articles whose label occurs twice, of
// the share of same-label articles among the first k labelled links of their
// list, where no more are expected than there are.
func purity(labels map[string]string, tsv string, k int) float64 {
	class := map[string]int{}
	for _, label := range labels {
		class[label]++
	}
	links := map[string][]string{}
	for line := range strings.Lines(tsv) {
		fields := strings.Split(line, "\t")
		links[fields[0]] = append(links[fields[0]], fields[1])
	}
	sum, n := 0.0, 0
	for id, label := range labels {
		if class[label] < 2 {
			continue
		}
		seen, same := 0, 0
		for _, to := range links[id] {
			if other, ok := labels[to]; ok && seen < k {
				seen++
				if other == label {
					same++
				}
			}
		}
		sum += float64(same) / float64(min(k, class[label]-1))
		n++
	}
	return sum / float64(n)
}

// What a snapshot's manifest says is in the contract.
func TestManifest(t *testing.T) {
	s := withSample(t)
	b, err := os.ReadFile(filepath.Join(s.data, snapshotFolder, s.published(), "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"id", "created", "as_of", "version", "config", "config_hash", "input_hash", "model_id", "kernel", "counts", "timings", "peak_memory", "files", "scales", "store_revision"} {
		if m[name] == nil {
			t.Errorf("manifest.json has no %s", name)
		}
	}
}
