package openapi

import (
	"bytes"
	"encoding/json"
	"html"
	"regexp"
	"strings"
	"testing"
)

// The page says everything that the document says, leads nowhere else, and shows no
// traces of how it was made.
func TestPage(t *testing.T) {
	page := string(Page)
	var document any
	if err := json.Unmarshal(JSON, &document); err != nil {
		t.Fatal(err)
	}
	plain := strings.Join(strings.Fields(html.UnescapeString(regexp.MustCompile("<[^>]*>").ReplaceAllString(page, " "))), " ")
	plain = strings.NewReplacer(" ,", ",", " .", ".", " :", ":", " ;", ";", "( ", "(", " )", ")").Replace(plain)
	var walk func(node any)
	walk = func(node any) {
		switch node := node.(type) {
		case []any:
			for _, n := range node {
				walk(n)
			}
		case map[string]any:
			if text, ok := node["description"].(string); ok {
				said := strings.Fields(strings.ReplaceAll(text, "`", ""))
				if !strings.Contains(plain, strings.Join(said[:min(8, len(said))], " ")) && node["scheme"] == nil {
					t.Errorf("the page does not say %q", text)
				}
			}
			for _, n := range node {
				walk(n)
			}
		}
	}
	walk(document)

	ids := map[string]bool{}
	for _, id := range regexp.MustCompile(`id="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if ids[id[1]] {
			t.Errorf("two elements have the id %q", id[1])
		}
		ids[id[1]] = true
	}
	links := regexp.MustCompile(`(?:href|src)="([^"]*)"`).FindAllStringSubmatch(page, -1)
	if len(links) < 40 {
		t.Errorf("there are %d links", len(links))
	}
	for _, link := range links {
		if !ids[strings.TrimPrefix(link[1], "#")] && link[1] != "/openapi.json" {
			t.Errorf("a link leads to %q", link[1])
		}
	}
	for _, trace := range []string{"<no value>", "ZgotmplZ", "<script", "`", "map[", "<nil>"} {
		if i := strings.Index(page, trace); i >= 0 {
			t.Errorf("the page holds %s", page[max(0, i-80):i+80])
		}
	}
	if !bytes.Contains(Page, append(append([]byte("<style>"), file("docs.css")...), "</style>"...)) {
		t.Error("the styles are not those that the policy allows")
	}
}
