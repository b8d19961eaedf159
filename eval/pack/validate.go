package pack

import (
	"fmt"
	"math"
	"slices"

	"github.com/alsolike/alsolike/data"
)

// Validate reports the first thing in p that is not as its comments say: columns
// of different lengths, a code that stands for nothing, an order that is none. A
// pack that has passed can be evaluated without a panic.
func (p *Pack) Validate() error {
	for _, check := range []func(*Pack) error{
		(*Pack).validateArticles, (*Pack).validateSnapshots, (*Pack).validateNames, (*Pack).validatePolicies,
		(*Pack).validateImpressions, (*Pack).validateItems, (*Pack).validateReads, (*Pack).validateOverrides,
	} {
		if err := check(p); err != nil {
			return fmt.Errorf("pack: %w", err)
		}
	}
	return nil
}

func (p *Pack) validateArticles() error {
	for i := range p.Articles {
		a := &p.Articles[i]
		if err := data.ValidateID(data.ArticleID(a.ID)); err != nil && a.ID != "" {
			return fmt.Errorf("article %d: %w", i, err)
		}
		if i > 0 && p.Articles[i-1].ID >= a.ID {
			return fmt.Errorf("articles %q and %q are out of order", p.Articles[i-1].ID, a.ID)
		}
		for _, t := range []int{a.Published.Year(), a.Unpublished.Year()} {
			if t < 1 || t > 9999 {
				return fmt.Errorf("article %q has a date in the year %d", a.ID, t)
			}
		}
		if a.Born < 0 || a.Died < 0 {
			return fmt.Errorf("article %q has the moments %d and %d", a.ID, a.Born, a.Died)
		}
		if slices.Contains(a.Vector, math.MinInt8) {
			return fmt.Errorf("article %q has -128 in its vector, of which the least is -127", a.ID)
		}
	}
	return nil
}

func (p *Pack) validateSnapshots() error {
	for i := range p.Snapshots {
		s := &p.Snapshots[i]
		if i > 0 && p.Snapshots[i-1].Name >= s.Name {
			return fmt.Errorf("snapshots %q and %q are out of order", p.Snapshots[i-1].Name, s.Name)
		}
		if len(s.Start) == 0 && len(s.Item) == 0 && len(s.Score) == 0 {
			continue // named by the log, not attached
		}
		if len(s.Start) != len(p.Articles)+1 || len(s.Score) != len(s.Item) || !isSplit(s.Start, len(s.Item)) {
			return fmt.Errorf("snapshot %q has columns of wrong lengths", s.Name)
		}
		if err := p.articles(s.Item, 0); err != nil {
			return fmt.Errorf("snapshot %q: %w", s.Name, err)
		}
		for _, v := range s.Score {
			if math.IsInf(v, 0) {
				return fmt.Errorf("snapshot %q has an infinite score", s.Name)
			}
		}
	}
	return nil
}

// isSplit reports whether start splits n things into runs.
func isSplit(start []int32, n int) bool {
	return start[0] == 0 && slices.IsSorted(start) && int(start[len(start)-1]) == n
}

// articles looks whether all of rows are articles, or from least on.
func (p *Pack) articles(rows []int32, least int32) error {
	for _, row := range rows {
		if row < least || int(row) >= len(p.Articles) {
			return fmt.Errorf("there is no article %d", row)
		}
	}
	return nil
}

func (p *Pack) validateNames() error {
	for _, d := range []struct {
		name  string
		names []string
	}{{"widgets", p.Widgets}, {"devices", p.Devices}, {"referrers", p.Referrers}, {"languages", p.Languages}} {
		if len(d.names) > math.MaxUint8+1 {
			return fmt.Errorf("there are %d %s; 255 is the most", len(d.names)-1, d.name)
		}
		if len(d.names) > 0 && d.names[0] != "" {
			return fmt.Errorf("the first of the %s is %q instead of the unknown one", d.name, d.names[0])
		}
	}
	if len(p.Variants) > math.MaxUint8+1 {
		return fmt.Errorf("there are %d variants; 256 is the most", len(p.Variants))
	}
	for i := range p.Variants {
		if i > 0 && p.Variants[i-1] >= p.Variants[i] {
			return fmt.Errorf("variants %q and %q are out of order", p.Variants[i-1], p.Variants[i])
		}
	}
	return nil
}

func (p *Pack) validatePolicies() error {
	for i := range p.Policies {
		policy := &p.Policies[i]
		if err := p.articles(policy.Pool, 0); err != nil {
			return fmt.Errorf("policy %d: %w", i, err)
		}
		if policy.Keep < 0 || policy.Keep > math.MaxInt32 || len(policy.Logits) != 0 && len(policy.Logits) != len(policy.Pool) {
			return fmt.Errorf("policy %d has %d logits for %d articles, of which %d are kept", i, len(policy.Logits), len(policy.Pool), policy.Keep)
		}
		for _, logit := range policy.Logits {
			if math.IsNaN(logit) || math.IsInf(logit, 0) {
				return fmt.Errorf("policy %d has the logit %g", i, logit)
			}
		}
	}
	return nil
}

func (p *Pack) validateImpressions() error {
	im := &p.Impressions
	n := im.Len()
	for _, length := range []int{
		len(im.Hour), len(im.Moment), len(im.Variant), len(im.Snapshot), len(im.Policy), len(im.Reader), len(im.Session),
		len(im.Widget), len(im.Device), len(im.Referrer), len(im.Lang), len(im.Seen),
	} {
		if length != n {
			return fmt.Errorf("the columns of impressions have %d and %d rows", n, length)
		}
	}
	if err := p.articles(im.Source, 0); err != nil {
		return fmt.Errorf("impressions: %w", err)
	}
	for _, c := range []struct {
		name  string
		codes []uint8
		n     int
	}{
		{"variant", im.Variant, len(p.Variants)},
		{"widget", im.Widget, max(1, len(p.Widgets))},
		{"device", im.Device, max(1, len(p.Devices))},
		{"referrer", im.Referrer, max(1, len(p.Referrers))},
		{"language", im.Lang, max(1, len(p.Languages))},
	} {
		if n > 0 && int(slices.Max(c.codes)) >= c.n {
			return fmt.Errorf("impressions: there is no %s %d", c.name, slices.Max(c.codes))
		}
	}
	for i := range n {
		switch {
		case im.Hour[i] < 0:
			return fmt.Errorf("impression %d is of the hour %d", i, im.Hour[i])
		case im.Moment[i] < 0 || im.Reader[i] < 0 || im.Session[i] < 0:
			return fmt.Errorf("impression %d has the moment %d, the reader %d and the session %d", i, im.Moment[i], im.Reader[i], im.Session[i])
		case im.Snapshot[i] < -1 || int(im.Snapshot[i]) >= len(p.Snapshots):
			return fmt.Errorf("impressions: there is no snapshot %d", im.Snapshot[i])
		case im.Policy[i] < -1 || int(im.Policy[i]) >= len(p.Policies):
			return fmt.Errorf("impressions: there is no policy %d", im.Policy[i])
		}
	}
	return nil
}

func (p *Pack) validateItems() error {
	im := &p.Impressions
	n := len(im.Item)
	if len(im.P) != n || len(im.Flags) != n || im.Dwell != nil && len(im.Dwell) != n {
		return fmt.Errorf("the columns of shown items have %d, %d, %d and %d rows", n, len(im.P), len(im.Flags), len(im.Dwell))
	}
	if none := im.Len() == 0 && n == 0 && len(im.Start) == 0; !none && (len(im.Start) != im.Len()+1 || !isSplit(im.Start, n)) {
		return fmt.Errorf("the shown items are not split into %d impressions", im.Len())
	}
	if err := p.articles(im.Item, 0); err != nil {
		return fmt.Errorf("shown items: %w", err)
	}
	for i, v := range im.P {
		if !(v > 0 && v <= 1 || math.IsNaN(v)) {
			return fmt.Errorf("shown items: %g is no probability", v)
		}
		if im.Flags[i] > Clicked|Satisfied|Viewed|Pinned|Filled {
			return fmt.Errorf("shown items: there are no flags %#x", im.Flags[i])
		}
	}
	for i, seconds := range im.Dwell {
		if seconds > MaxDwell || seconds > 0 && im.Flags[i]&Clicked == 0 {
			return fmt.Errorf("shown items: %d seconds of reading with the flags %#x; %d is the most, and only of what was clicked", seconds, im.Flags[i], MaxDwell)
		}
	}
	return nil
}

func (p *Pack) validateReads() error {
	r := &p.Reads
	n := len(r.Item)
	if len(r.Reader) != n || len(r.Session) != n || len(r.Hour) != n || len(r.Moment) != n || len(r.From) != n {
		return fmt.Errorf("the columns of page views have different numbers of rows")
	}
	if err := p.articles(r.Item, 0); err != nil {
		return fmt.Errorf("page views: %w", err)
	}
	if err := p.articles(r.From, -1); err != nil {
		return fmt.Errorf("page views: %w", err)
	}
	seen := map[int32]bool{}
	for i := range n {
		if r.Reader[i] < 0 || r.Session[i] < 0 || r.Moment[i] < 0 {
			return fmt.Errorf("page view %d has the moment %d, the reader %d and the session %d", i, r.Moment[i], r.Reader[i], r.Session[i])
		}
		if i > 0 && r.Reader[i] == r.Reader[i-1] {
			if r.Hour[i] < r.Hour[i-1] || r.Moment[i] < r.Moment[i-1] {
				return fmt.Errorf("the page views of reader %d are not in order of time", r.Reader[i])
			}
			continue
		}
		if seen[r.Reader[i]] {
			return fmt.Errorf("the page views of reader %d do not stand together", r.Reader[i])
		}
		seen[r.Reader[i]] = true
	}
	return nil
}

func (p *Pack) validateOverrides() error {
	for i, o := range p.Overrides {
		if o.Source < -1 || int(o.Source) >= len(p.Articles) || o.Item < 0 || int(o.Item) >= len(p.Articles) {
			return fmt.Errorf("override %d: there is no article %d or %d", i, o.Source, o.Item)
		}
		if o.Moment < 0 || o.Position < 0 || o.Position > math.MaxInt32 {
			return fmt.Errorf("override %d has the moment %d and the position %d", i, o.Moment, o.Position)
		}
	}
	return nil
}
