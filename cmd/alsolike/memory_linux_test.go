package main

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/alsolike/alsolike/recommend/snapshot"
)

// A limit of memory is kept, by fewer articles to learn from, or refused with the
// amount that it takes.
func TestMemoryLimit(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: a corpus to fill the memory takes its time")
	}
	s := newShell(t)
	s.ok("import", madeUp(t, "a", 1, 12_000))
	s.fails(1, []string{"12000 articles need about", "the limit is 50 MB", "raise the limit"}, "refresh", "--memory-limit", "50MB")
	s.fails(2, []string{`--memory-limit is "much"`, "2GB"}, "refresh", "--memory-limit", "much")

	const limit = 155_000_000
	cmd := program(t.Context(), "--data", s.data, "refresh", "--memory-limit", fmt.Sprint(limit), "--json")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var m snapshot.Manifest
	if err := json.Unmarshal(out, &m); err != nil {
		t.Fatal(err)
	}
	if m.Fit.LearntFrom == 0 || m.Fit.LearntFrom >= m.Fit.Articles {
		t.Errorf("the model is learnt from %d of %d articles; the limit should have left some out", m.Fit.LearntFrom, m.Fit.Articles)
	}
	if m.PeakMemory == 0 || m.PeakMemory > limit {
		t.Errorf("%d bytes were held, more than %d", m.PeakMemory, limit)
	}
}
