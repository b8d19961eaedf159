package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/sample"
)

// relatedItems is what --json tells of the links.
type relatedItems struct {
	Article struct {
		ID data.ArticleID `json:"id"`
	} `json:"article"`
	Items []struct {
		ID     data.ArticleID `json:"id"`
		Score  int            `json:"score"`
		Source string         `json:"source"`
		Card   struct {
			Section     string `json:"section"`
			Title       string `json:"title"`
			PublishedAt string `json:"published_at"`
		} `json:"card"`
		Reason struct {
			Text string `json:"text"`
		} `json:"reason"`
	} `json:"items"`
	Withheld map[string]int `json:"withheld"`
}

func TestRelatedFilters(t *testing.T) {
	oneByOne(t)
	s := withSample(t)
	articles := map[data.ArticleID]data.Article{}
	for _, a := range sample.Articles() {
		articles[a.ID] = a
	}
	const id = "en/harbour-cranes"
	tag := articles[id].Tags[0]
	list := func(args ...string) (got relatedItems) {
		t.Helper()
		s.decode(&got, append([]string{"related", id, "--json"}, args...)...)
		return got
	}
	check := func(args []string, passes func(data.Article) bool) {
		t.Helper()
		got := list(args...)
		if len(got.Items) == 0 {
			t.Errorf("%v: no links", args)
		}
		for _, item := range got.Items {
			if !passes(articles[item.ID]) {
				t.Errorf("%v: %s is a link", args, item.ID)
			}
		}
	}
	check([]string{"--section", "Country", "--section", "Education"}, func(a data.Article) bool { return a.Section == "Country" || a.Section == "Education" })
	check([]string{"--not-section", articles[id].Section}, func(a data.Article) bool { return a.Section != articles[id].Section })
	check([]string{"--tag", tag}, func(a data.Article) bool { return slices.Contains(a.Tags, tag) })
	check([]string{"--not-tag", tag}, func(a data.Article) bool { return !slices.Contains(a.Tags, tag) })
	check([]string{"--since", "2026-09-01"}, func(a data.Article) bool { return a.PublishedAt.Format("2006-01-02") >= "2026-09-01" })
	first := list().Items[0].ID
	check([]string{"--from", string(first)}, func(a data.Article) bool { return a.ID != first })
	check([]string{"--from", "https://any.example" + articles[first].URL}, func(a data.Article) bool { return true })

	strict := list("--threshold", "100", "--fallback", "section", "--explain")
	if strict.Withheld["threshold"] == 0 || len(strict.Items) == 0 {
		t.Fatalf("nothing but the best: %+v", strict)
	}
	for _, item := range strict.Items {
		if item.Source == "algorithm" && item.Score < 100 || item.Source != "algorithm" && (item.Source != "fallback:section" || item.Card.Section != articles[id].Section) {
			t.Errorf("nothing but the best: got %+v", item)
		}
		if item.Reason.Text == "" {
			t.Errorf("no reason for %s", item.ID)
		}
	}
	if table := s.ok("related", id, "--threshold", "100", "--explain", "--fallback", "latest"); !strings.Contains(table, "REASON") || !strings.Contains(table, "Newest") {
		t.Errorf("the table gives no reasons:\n%s", table)
	}
	var unknown relatedItems
	s.decode(&unknown, "related", "nobody", "--json", "--fallback", "latest")
	if unknown.Article.ID != "" || len(unknown.Items) != 5 {
		t.Errorf("under an article that is not known: %+v", unknown)
	}

	s.fails(2, []string{"--threshold is 101"}, "related", id, "--threshold", "101")
	s.fails(2, []string{"--since is", "90d"}, "related", id, "--since", "spring")
	s.fails(2, []string{"--fallback is", "did you mean latest?"}, "related", id, "--fallback", "lates")
	s.fails(2, []string{"--limit is 51"}, "related", id, "--limit", "51")
	s.fails(2, []string{"--limit is 0"}, "export", "related", "--limit", "0")
}

// What a placement says holds where the request says nothing.
func TestRelatedPlacementSettings(t *testing.T) {
	oneByOne(t)
	s := withSample(t)
	settings := "placements:\n  side:\n    count: 2\n    not_section: [Economy, \"Sports, live\"]\n    fallback: latest\n    threshold: 100\n"
	if err := os.WriteFile(filepath.Join(s.data, configFile), []byte(settings), 0o644); err != nil {
		t.Fatal(err)
	}
	for limit, args := range map[int][]string{2: nil, 4: {"--limit", "4"}} {
		var got relatedItems
		s.decode(&got, append([]string{"related", "en/harbour-cranes", "--json", "--placement", "side"}, args...)...)
		if len(got.Items) != limit {
			t.Errorf("%v: %d links, want %d", args, len(got.Items), limit)
		}
		for _, item := range got.Items {
			if item.Card.Section == "Economy" || item.Score < 100 && item.Source != "fallback:latest" {
				t.Errorf("%v: got %+v", args, item)
			}
		}
	}
}

// A static site takes all lists at once, as /v1/related would answer them.
func TestExportRelatedJSON(t *testing.T) {
	oneByOne(t)
	s := withSample(t)
	out := s.ok("export", "related", "--format", "json", "--limit", "3")
	var all map[data.ArticleID]json.RawMessage
	if err := json.Unmarshal([]byte(out), &all); err != nil {
		t.Fatal(err)
	}
	if len(all) != len(sample.Articles()) {
		t.Errorf("%d lists, want %d", len(all), len(sample.Articles()))
	}
	var one struct {
		Items json.RawMessage `json:"items"`
	}
	s.decode(&one, "related", "en/harbour-cranes", "--limit", "3", "--json")
	compact := func(raw json.RawMessage) string {
		t.Helper()
		var v any
		if err := json.Unmarshal(raw, &v); err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if got, want := compact(all["en/harbour-cranes"]), compact(one.Items); got != want {
		t.Errorf("got the items %s, want %s", got, want)
	}
	s.fails(2, []string{"--placement is"}, "export", "related", "--placement", "nowhere")
}
