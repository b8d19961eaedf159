package simulate_test

import (
	"fmt"
	"iter"
	"slices"
	"testing"

	"github.com/alsolike/alsolike/data/clicklog"
	"github.com/alsolike/alsolike/eval/check"
	"github.com/alsolike/alsolike/eval/pack"
	"github.com/alsolike/alsolike/eval/simulate"
)

// A log is sound, and what the check makes of its events is what is packed
// directly, but for the order of rows and the numbers of readers.
func TestEventsChecked(t *testing.T) {
	articles, snapshots := simulate.Site(120, 3)
	w, err := simulate.New(articles, snapshots, simulate.Options{Impressions: 5000, Explore: .2, Overrides: 6})
	if err != nil {
		t.Fatal(err)
	}
	var events iter.Seq2[clicklog.Event, *clicklog.Fault] = func(yield func(clicklog.Event, *clicklog.Fault) bool) {
		for e := range w.Events(9) {
			if !yield(e, nil) {
				return
			}
		}
	}
	result, err := check.Run(t.Context(), events, check.Options{Catalogue: articles})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range result.Findings {
		t.Errorf("the check finds fault with a simulated log: %+v", f)
	}
	got, want := result.Pack, w.Pack(9)
	if got.Simulated == "" || got.Simulated != want.Simulated {
		t.Errorf("the log is labelled %q, want %q", got.Simulated, want.Simulated)
	}
	a, b := rows(got), rows(want)
	if len(a) != len(b) {
		t.Fatalf("%d rows, want %d", len(a), len(b))
	}
	for i := range a {
		if a[i] != b[i] {
			t.Fatalf("row %d in order is\n%s, want\n%s", i, a[i], b[i])
		}
	}
	if a, b := readers(got), readers(want); a != b {
		t.Errorf("%d readers, want %d", a, b)
	}
	if a, b := fmt.Sprint(got.Overrides), fmt.Sprint(want.Overrides); a != b {
		t.Errorf("overrides %s, want %s", a, b)
	}
}

func readers(p *pack.Pack) int {
	seen := map[int32]bool{}
	for _, r := range p.Impressions.Reader {
		seen[r] = true
	}
	return len(seen)
}

// rows are the impressions in words, sorted.
func rows(p *pack.Pack) []string {
	im := &p.Impressions
	var all []string
	for i := range im.Len() {
		policy := p.Policies[im.Policy[i]]
		row := fmt.Sprintln(im.Source[i], im.Hour[i], im.Moment[i], p.Variants[im.Variant[i]], p.Snapshots[im.Snapshot[i]].Name,
			p.Widgets[im.Widget[i]], p.Devices[im.Device[i]], p.Referrers[im.Referrer[i]], p.Languages[im.Lang[i]], im.Seen[i],
			policy.Kind, policy.Pool, policy.Logits, policy.Keep)
		for from, to := im.Items(i); from < to; from++ {
			row += fmt.Sprintf("%d %.9f %d %d\n", im.Item[from], im.P[from], im.Flags[from], im.Dwell[from])
		}
		all = append(all, row)
	}
	slices.Sort(all)
	return all
}
