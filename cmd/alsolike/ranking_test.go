package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/clicklog"
	"github.com/alsolike/alsolike/data/sample"
	"github.com/alsolike/alsolike/recommend/refresh"
)

const dayLong = 24 * time.Hour

func TestRankingSettings(t *testing.T) {
	s := newShell(t)
	check := func(name, yaml string, want refresh.Ranking, environ ...string) {
		t.Helper()
		e := &env{configFile: s.file("alsolike.yaml", yaml), environ: environ}
		conf, err := e.loadConfig()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, conf.Ranking); diff != "" {
			t.Errorf("%s: want -, got +\n%s", name, diff)
		}
	}
	type halfLives = map[string]time.Duration
	check("none", "lsa.rank: 3\n", refresh.Ranking{})
	check("lists", "list: {variety: 0.3, max_per_author: 1, max_per_section: 3, max_links_in: 40, max_per_story: 1}\n",
		refresh.Ranking{Variety: .3, PerAuthor: 1, PerSection: 3, MaxLinksIn: 40})
	check("no limits", "list: {variety: 0, max_per_author: any, max_per_section: any, max_links_in: off}\n",
		refresh.Ranking{Variety: -1, PerAuthor: -1, PerSection: -1, MaxLinksIn: -1})
	check("freshness", "freshness:\n  half_life: 30d\n  sections:\n    Sport: 12h\n    Long reads: off\n    e.g. this: 2d\n",
		refresh.Ranking{HalfLife: halfLives{"": 30 * dayLong, "Sport": 12 * time.Hour, "Long reads": 0, "e.g. this": 2 * dayLong}})
	check("dotted", "freshness.sections.Sport: 3d\nfreshness.half_life: off\n", refresh.Ranking{HalfLife: halfLives{"": 0, "Sport": 3 * dayLong}})
	check("environment", "freshness.sections.Sport: 3d\n", refresh.Ranking{PerAuthor: 4, HalfLife: halfLives{"": 7 * dayLong, "Sport": dayLong, "City": 9 * dayLong}},
		`ALSOLIKE_FRESHNESS_SECTIONS={Sport: 1d, City: 9d}`, "ALSOLIKE_FRESHNESS_HALF_LIFE=7d", "ALSOLIKE_LIST_MAX_PER_AUTHOR=4")

	refuse := func(yaml string, parts ...string) {
		t.Helper()
		s.fails(exitUsage, parts, "refresh", "--config", s.file("alsolike.yaml", yaml))
	}
	refuse("list.variety: 2\n", "list.variety", "from 0 to 1")
	refuse("list.max_per_author: -1\n", "list.max_per_author", "any or a whole number above 0")
	refuse("list.max_per_story: 2\n", "list.max_per_story", "only be 1")
	refuse("freshness.half_life: soon\n", "freshness.half_life", "30d or 12h")
	refuse("freshness.sections: 3d\n", "freshness.sections", "Sport: 3d")
	refuse("freshness:\n  sections:\n    Sport: [1d]\n", ":3:", "freshness.sections.Sport")
	refuse("freshness:\n  sections:\n    Sport: 1\n", ":3:", "freshness.sections.Sport", "12h")
	refuse("freshness.halflife: 3d\n", "did you mean freshness.half_life")
}

// Settings of ranking shape the lists, the manifest and what is said of them.
func TestRankedSite(t *testing.T) {
	oneByOne(t)
	s := newShell(t)
	articles := sample.Articles()
	again := articles[0]
	again.ID, again.URL, again.PublishedAt = "again", "/again", articles[0].PublishedAt.Add(time.Hour)
	again.TranslationOf = ""
	s.ok("import", s.file("sample.jsonl", jsonLines(append(articles, again))))
	out := s.ok("refresh")
	for _, want := range []string{"Near-duplicates: 1 cluster of 2 articles, of which one each is linked", "Links: no article is among the first ten of more than ", "each of 334 articles is in some"} {
		if !strings.Contains(out, want) {
			t.Errorf("refresh does not say %q:\n%s", want, out)
		}
	}
	for _, verb := range [][]string{{"status"}, {"snapshot", "show"}} {
		out := s.ok(verb...)
		for _, want := range []string{"1 cluster of 2 articles", "each of 334 articles is in some", "Gini index 0.", "none; links are ranked by texts"} {
			if !strings.Contains(out, want) {
				t.Errorf("%v does not say %q:\n%s", verb, want, out)
			}
		}
	}
	if out := s.ok("snapshot", "show"); !strings.Contains(out, fmt.Sprintf("again, %s\n", articles[0].ID)) {
		t.Errorf("snapshot show does not name the near-duplicates:\n%s", out)
	}
	var st struct{ Snapshot snapshotStatus }
	s.decode(&st, "status", "--json")
	if l := st.Snapshot.Links; l.Articles != 334 || l.Orphans != 0 || l.MostIn == 0 || st.Snapshot.Stories.Clusters != 1 || st.Snapshot.Reads != nil {
		t.Errorf("status --json: %+v, %+v, %+v", l, st.Snapshot.Stories, st.Snapshot.Reads)
	}
	lists := s.ok("export", "related", "--raw")
	if strings.Contains(lists, "\t"+string(articles[0].ID)+"\t") || !strings.Contains(lists, "\tagain\t") {
		t.Error("of two near-duplicates the older one is linked, or the newer is not")
	}

	s.environ = []string{"ALSOLIKE_LIST_MAX_LINKS_IN=15", "ALSOLIKE_FRESHNESS_SECTIONS={Economy: 1h}"}
	m := s.refreshJSON()
	if got := m.Config["list.max_links_in"]; m.Links.MostIn > 15 || got != 15.0 || m.Config["freshness.sections.Economy"] != "1h0m0s" {
		t.Errorf("with at most 15 links in: %+v, configuration %v", m.Links, m.Config)
	}
}

// readTogether are two articles of the sample site in one language that are not like
// each other.
func readTogether(t *testing.T, s *shell) (a, b data.ArticleID) {
	t.Helper()
	lists := s.ok("export", "related", "--raw", "--limit", "20")
	articles := sample.Articles()
	a = articles[0].ID
	for i := range articles {
		b = articles[i].ID
		if articles[i].Lang == articles[0].Lang && a != b && !strings.Contains(lists, fmt.Sprintf("%s\t%s\t", a, b)) {
			return a, b
		}
	}
	t.Fatal("all articles are linked")
	return
}

// first is the first link of an article.
func (s *shell) first(id data.ArticleID) string {
	for line := range strings.Lines(s.ok("export", "related", "--raw")) {
		if fields := strings.Split(line, "\t"); fields[0] == string(id) {
			return fields[1]
		}
	}
	return ""
}

// What is read together is linked: by a log of reads, and by the events of the site.
func TestRefreshReads(t *testing.T) {
	s := withSample(t)
	a, b := readTogether(t, s)
	var log strings.Builder
	log.WriteString("who,what\n,nobody\n")
	for reader := range 60 {
		fmt.Fprintf(&log, "r%d,%s\nr%d,%s\nr%d,/elsewhere\n", reader, a, reader, b, reader)
	}
	path := s.file("reads.csv", log.String())
	r := s.run("refresh", "--reads", path, "--map", "reader=who,item=what")
	for _, want := range []string{"Ranked by 120 reads of 60 readers", "60 reads of other pages"} {
		if r.code != 0 || !strings.Contains(r.stdout, want) {
			t.Errorf("refresh --reads: exit code %d, and it does not say %q:\n%s%s", r.code, want, r.stdout, r.stderr)
		}
	}
	if !strings.Contains(r.stderr, "1 row of "+path+" could not be used") {
		t.Errorf("refresh --reads does not tell of a bad row:\n%s", r.stderr)
	}
	if got := s.first(a); got != string(b) {
		t.Errorf("the first link of %s is %s, want %s, which was read with it", a, got, b)
	}
	if out := s.ok("status"); !strings.Contains(out, "120 reads of 60 readers") {
		t.Errorf("status:\n%s", out)
	}
	if m := s.refreshJSON(); m.Reads != nil || s.first(a) == string(b) {
		t.Errorf("without the log: %+v, and the first link is %s", m.Reads, s.first(a))
	}

	now := time.Now().UTC()
	write := func(file string, at time.Time) {
		t.Helper()
		if err := os.MkdirAll(filepath.Join(s.data, eventFolder), 0o755); err != nil {
			t.Fatal(err)
		}
		f, err := os.Create(filepath.Join(s.data, eventFolder, file))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		w := clicklog.NewWriter(f)
		for range 60 {
			if err := w.Write(&clicklog.PageView{Time: at, Page: b, From: string(a)}); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	long := now.Add(-100 * dayLong)
	write(long.Format(time.DateOnly)+".ndjson", long)
	if m := s.refreshJSON(); m.Reads != nil {
		t.Errorf("what was read 100 days ago counts: %+v", m.Reads)
	}
	write(now.Format(time.DateOnly)+".ndjson", now.Add(-time.Hour))
	if m := s.refreshJSON(); m.Reads == nil || m.Reads.Views != 60 || m.Reads.Follows != 60 || m.Reads.Untimely != 0 {
		t.Errorf("reads in the manifest: %+v", m.Reads)
	}
	if got := s.first(a); got != string(b) {
		t.Errorf("the first link of %s is %s, want %s, to which readers went on", a, got, b)
	}

	s.fails(exitUsage, []string{"--reads"}, "refresh", "--map", "reader=who,item=what")
	s.fails(exitUsage, []string{"--map"}, "refresh", "--reads", path)
	s.fails(exitUsage, []string{"--map", "did you mean reader"}, "refresh", "--reads", path, "--map", "raeder=who,item=what")
	s.fails(1, []string{"whom", "who"}, "refresh", "--reads", path, "--map", "reader=whom,item=what")
	s.fails(1, []string{"nothing.csv"}, "refresh", "--reads", filepath.Join(s.data, "nothing.csv"), "--map", "reader=who,item=what")
	if r := s.run("refresh", "--reads", path, "--map", "reader=what,item=who"); !strings.Contains(r.stderr, "no read of "+path+" is of an article of this site") {
		t.Errorf("columns exchanged:\n%s%s", r.stdout, r.stderr)
	}
}

// A site of one author has as many links as one of many.
func TestOneAuthor(t *testing.T) {
	oneByOne(t)
	s := newShell(t)
	articles := sample.Articles()
	for i := range articles {
		articles[i].Authors = []string{"Ada Brook"}
	}
	s.ok("import", s.file("sample.jsonl", jsonLines(articles)))
	s.ok("refresh")
	links := map[string]int{}
	for line := range strings.Lines(s.ok("export", "related", "--limit", "10")) {
		id, _, _ := strings.Cut(line, "\t")
		links[id]++
	}
	counts := []int{}
	for _, n := range links {
		counts = append(counts, n)
	}
	if len(counts) != len(articles) || slices.Min(counts) < 5 {
		t.Errorf("%d of %d articles have links, the shortest list has %d", len(counts), len(articles), slices.Min(counts))
	}
}
