package main

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// rows are the first two cells of a table on a page, the first without its quotes.
func rows(page, head string) map[string]string {
	_, table, _ := strings.Cut(page, head+"\n|---|---|\n")
	all := map[string]string{}
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.TrimSpace(line), " | ")
		if !strings.HasPrefix(line, "| `") || len(cells) != 2 {
			break
		}
		all[strings.Trim(cells[0], "| `")] = strings.TrimSuffix(cells[1], " |")
	}
	return all
}

// The page on operation knows every setting and every metric, and no other.
func TestOperationPage(t *testing.T) {
	oneByOne(t)
	page := topicText("operation")
	settings := rows(page, "| key | what |")
	for _, k := range configKeys {
		if got := settings[k.name]; got != k.doc {
			t.Errorf("%s: the page says %q, want %q", k.name, got, k.doc)
		}
		delete(settings, k.name)
	}
	for _, k := range placementKeys {
		if !strings.Contains(settings["placements.NAME"], "`"+k.name+"`") {
			t.Errorf("the page does not know placements.NAME.%s", k.name)
		}
	}
	for name := range settings {
		if !slices.ContainsFunc(yamlKeys, func(key string) bool { return name == key || strings.HasPrefix(name, key+".") }) {
			t.Errorf("the page knows %s, which is no setting", name)
		}
	}
	if len(settings) != len(yamlKeys) {
		t.Errorf("of the settings %q the page knows %d", yamlKeys, len(settings))
	}

	s := withSample(t)
	r := s.startServe()
	r.related("/v1/related?url=/en/harbour-cranes")
	status, numbers := r.get("/metrics")
	if status != http.StatusOK {
		t.Fatalf("/metrics: %d", status)
	}
	metrics := rows(page, "| metric | what |")
	for _, help := range regexp.MustCompile(`(?m)^# HELP (alsolike_\S+) (.*)$`).FindAllStringSubmatch(numbers, -1) {
		if got := metrics[help[1]]; got != help[2] {
			t.Errorf("%s: the page says %q, want %q", help[1], got, help[2])
		}
		delete(metrics, help[1])
	}
	for name := range metrics {
		t.Errorf("the page knows %s, which is no metric", name)
	}
}

// What the page shows of alsolike.yaml can be read, and the names that its alerts
// use are there.
func TestOperationSettings(t *testing.T) {
	page := topicText("operation")
	known := rows(page, "| metric | what |")
	read := 0
	for _, block := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(page, -1) {
		if strings.HasPrefix(block[1], "groups:") {
			for _, name := range regexp.MustCompile(`alsolike_\w+`).FindAllString(block[1], -1) {
				if known[name] == "" {
					t.Errorf("an alert uses %s, which is no metric", name)
				}
			}
			continue
		}
		read++
		if err := new(config).readYAML("alsolike.yaml", ".", []byte(block[1])); err != nil {
			t.Errorf("%v in\n%s", err, block[1])
		}
	}
	if read < 3 {
		t.Errorf("the page shows %d settings", read)
	}
}
