package main

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/data"
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
	m := s.refreshJSON()
	if out := s.ok("related", "1050"); strings.Count(out, "\n") != 6 {
		t.Errorf("related shows no five links:\n%s", out)
	}
	type report struct {
		JoinRate float64                       `json:"join_rate"`
		Metrics  map[string]map[string]float64 `json:"metrics"`
	}
	var got report
	s.decode(&got, "eval", "run", "--reads", reads, "--map", "reader=email,item=article_id", "--json")
	if got.JoinRate < .45 || got.JoinRate > .48 {
		t.Errorf("%.4f of the reads join, want about .466", got.JoinRate)
	}
	most := mostLinksIn(s.ok("export", "related"))
	t.Logf("join rate %.4f, metrics %v, at most %d links into one article, %+v, %+v", got.JoinRate, got.Metrics, most, m.Links, m.Stories)
	if v := got.Metrics["published"]; v["hr@10"] < .062 || v["mrr@10"] < .024 {
		t.Errorf("hr@10 %.4f and mrr@10 %.4f, want at least .062 and .024", v["hr@10"], v["mrr@10"])
	}
	if most > 60 || m.Links.OrphanShare > .02 {
		t.Errorf("%d links into one article, %+v", most, m.Links)
	}

	// What the readers read who are not measured, by the split of eval run, is ranked by.
	m = s.refreshJSON("--reads", signalReads(t, reads), "--map", "reader=email,item=article_id")
	config := s.file("split.yaml", "version: 1\nk: 10\nsplit: readers\ncandidates: [{name: published, snapshot: published}]\ncompare: [popular, co-click]\n")
	got = report{}
	s.decode(&got, "eval", "run", "--reads", reads, "--map", "reader=email,item=article_id", "--config", config, "--json")
	most = mostLinksIn(s.ok("export", "related"))
	t.Logf("by reads: metrics %v, at most %d links into one article, %+v, %+v", got.Metrics, most, m.Links, *m.Reads)
	if v := got.Metrics["published"]; v["hr@10"] < .190 || v["mrr@10"] < .078 {
		t.Errorf("by reads: hr@10 %.4f and mrr@10 %.4f, want at least .190 and .078", v["hr@10"], v["mrr@10"])
	}
	if most > 60 || m.Links.Lists != 1050 || m.Reads.Readers == 0 { // one article is alone in its language
		t.Errorf("by reads: %d links into one article, %+v, %+v", most, m.Links, *m.Reads)
	}
}

// signalReads writes the reads of the readers that eval run does not measure.
func signalReads(t *testing.T, path string) string {
	t.Helper()
	in, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	all, err := csv.NewReader(in).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	email := slices.Index(all[0], "email")
	kept := slices.DeleteFunc(all, func(row []string) bool {
		h := fnv.New64a()
		h.Write([]byte(row[email]))
		return row[email] != "email" && h.Sum64()%10 < 3
	})
	out, err := os.Create(filepath.Join(t.TempDir(), "signal.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if err := csv.NewWriter(out).WriteAll(kept); err != nil {
		t.Fatal(err)
	}
	return out.Name()
}

// mostLinksIn is how many of the exported lists have one article among their first ten.
func mostLinksIn(tsv string) (most int) {
	in, place, of := map[string]int{}, 0, ""
	for line := range strings.Lines(tsv) {
		fields := strings.Split(line, "\t")
		if place++; fields[0] != of {
			of, place = fields[0], 1
		}
		if place <= 10 {
			in[fields[1]]++
			most = max(most, in[fields[1]])
		}
	}
	return most
}

// A year of newswire: links must be of the same topic.
func TestNewswire(t *testing.T) {
	articles := dataset(t, "reuters21578", "articles.jsonl.gz")
	s := newShell(t)
	s.ok("import", articles)
	m := s.refreshJSON()
	if m.Rank != 256 || m.Counts.Articles != 19043 {
		t.Errorf("refreshed %+v, want 19,043 articles at rank 256", m)
	}
	topics := readTopics(t, dataset(t, "reuters21578", "topics.tsv"))
	lists := s.ok("export", "related")
	purity := purity(topics, lists, 10)
	t.Logf("purity@10 %.4f, at most %d links into one article, %+v, %+v", purity, mostLinksIn(lists), m.Links, m.Stories)
	if purity < .80 {
		t.Errorf("purity@10 %.4f, want at least .80", purity)
	}
	if most := mostLinksIn(lists); most > 60 || m.Links.OrphanShare > .02 {
		t.Errorf("%d links into one article, %+v", most, m.Links)
	}
	if m.Stories.Clusters < 281 { // so many are copies to the letter
		t.Errorf("near-duplicates: %+v", m.Stories)
	}
	checkNoneTwice(t, articles, lists)
}

// checkNoneTwice looks for two articles of one text, but for its white space, in a list,
// or in it and above it.
func checkNoneTwice(t *testing.T, articles, tsv string) {
	t.Helper()
	f, err := os.Open(articles)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	unpacked, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text := map[string]string{}
	copies := map[string]int{}
	for decoder := json.NewDecoder(unpacked); ; {
		var a struct{ ID, Body string }
		if err := decoder.Decode(&a); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if words := strings.Fields(a.Body); len(words) >= 20 {
			text[a.ID] = strings.Join(words, " ")
			copies[text[a.ID]]++
		}
	}
	seen := map[string]map[string]bool{} // by list, texts
	twice := 0
	for line := range strings.Lines(tsv) {
		fields := strings.Split(line, "\t")
		if seen[fields[0]] == nil {
			seen[fields[0]] = map[string]bool{text[fields[0]]: true}
		}
		if to := text[fields[1]]; to != "" {
			if seen[fields[0]][to] {
				twice++
			}
			seen[fields[0]][to] = true
		}
	}
	again := 0
	for _, n := range copies {
		again += n - 1
	}
	t.Logf("%d articles have the text of another; %d links lead to a text that is there already", again, twice)
	if again < 100 || twice > 0 {
		t.Errorf("of %d articles with the text of another %d are linked beside it", again, twice)
	}
}

// Passages of encyclopedia articles in traditional Chinese: links must be of the same article.
func TestPassages(t *testing.T) {
	b, err := os.ReadFile(dataset(t, "drcd_zh_hant", "DRCD_dev.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Data []struct {
			ID         string
			Paragraphs []struct{ ID, Context string }
		}
	}
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	labels := map[string]string{}
	var articles []data.Article
	for _, d := range file.Data {
		for _, p := range d.Paragraphs {
			articles = append(articles, data.Article{ID: data.ArticleID(p.ID), Body: p.Context, Lang: "zh-Hant"})
			labels[p.ID] = d.ID
		}
	}
	s := newShell(t)
	s.ok("import", s.file("drcd.jsonl", jsonLines(articles)))
	m := s.refreshJSON()
	lists := s.ok("export", "related")
	purity := purity(labels, lists, 10)
	t.Logf("purity@10 %.4f of %d articles, at most %d links into one, %+v, %+v", purity, m.Counts.Articles, mostLinksIn(lists), m.Links, m.Stories)
	if purity < .875 {
		t.Errorf("purity@10 %.4f, want at least .875", purity)
	}
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
	oneByOne(t)
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
