package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/alsolike/alsolike/eval/pack"
)

// A packSummary is what is in a pack, as eval pack tells it.
type packSummary struct {
	File        string             `json:"file"`
	Hash        string             `json:"hash"`
	Bytes       int                `json:"bytes"`
	Simulated   string             `json:"simulated,omitempty"`
	Impressions int                `json:"impressions"`
	Items       int                `json:"items"`
	Clicks      int                `json:"clicks"`
	Readers     int                `json:"readers"`
	PageViews   int                `json:"page_views"`
	From        string             `json:"from,omitempty"`
	To          string             `json:"to,omitempty"`
	Articles    int                `json:"articles"`
	Vectors     int                `json:"vectors"`
	Variants    map[string]float64 `json:"variants"`
	Snapshots   []packedSnapshot   `json:"snapshots"`
	Pooled      int                `json:"pooled_impressions"`

	// Bytes an impression, its items included and the articles and snapshots not:
	// before compression, and as they lie in the file.
	RawEach    float64 `json:"bytes_an_impression_raw"`
	StoredEach float64 `json:"bytes_an_impression"`

	Checks map[string]int `json:"checks"`
}

// A packedSnapshot is a snapshot of a pack: how many articles have links, and
// how many links there are.
type packedSnapshot struct {
	Name     string `json:"name"`
	Articles int    `json:"articles"`
	Links    int    `json:"links"`
}

// summarise reads the pack at path.
func summarise(path string) (*packSummary, error) {
	file, err := os.ReadFile(path)
	if err != nil {
		return nil, usagef("cannot read the pack %s: %v", path, pathReason(err))
	}
	p, hash, err := pack.Decode(file)
	if err != nil {
		return nil, &exitError{exitDataUnusable, fmt.Errorf("%s %w", path, err)}
	}
	blocks, _, err := pack.Blocks(file)
	if err != nil {
		return nil, err
	}
	im := &p.Impressions
	s := &packSummary{
		File: path, Hash: hash, Bytes: len(file), Simulated: p.Simulated,
		Impressions: im.Len(), Items: len(im.Item), PageViews: len(p.Reads.Item), Articles: len(p.Articles),
		Variants: map[string]float64{}, Snapshots: []packedSnapshot{}, Pooled: p.Checks[pack.Pooled], Checks: p.Checks,
	}
	for _, flags := range im.Flags {
		if flags&pack.Clicked != 0 {
			s.Clicks++
		}
	}
	for _, a := range p.Articles {
		if a.Vector != nil {
			s.Vectors++
		}
	}
	for _, reader := range slices.Concat(im.Reader, p.Reads.Reader) { // numbered from 0 without gaps
		s.Readers = max(s.Readers, int(reader)+1)
	}
	lists := make([]int, len(p.Variants))
	for _, v := range im.Variant {
		lists[v]++
	}
	for v, n := range lists {
		s.Variants[p.Variants[v]] = float64(n) / float64(max(1, im.Len()))
	}
	if hours := slices.Concat(im.Hour, p.Reads.Hour); len(hours) > 0 {
		s.From, s.To = hourDay(slices.Min(hours)), hourDay(slices.Max(hours))
	}
	for _, snap := range p.Snapshots {
		one := packedSnapshot{Name: snap.Name, Links: len(snap.Item)}
		for a := range p.Articles {
			if items, _ := snap.List(int32(a)); len(items) > 0 {
				one.Articles++
			}
		}
		s.Snapshots = append(s.Snapshots, one)
	}
	for _, b := range blocks {
		if b.Impressions && im.Len() > 0 {
			s.RawEach += float64(len(b.Raw)) / float64(im.Len())
			s.StoredEach += float64(b.Stored) / float64(im.Len())
		}
	}
	return s, nil
}

// hourDay is the day of an hour counted since 1970.
func hourDay(hour int32) string {
	return time.Unix(int64(hour)*3600, 0).UTC().Format(time.DateOnly)
}

func (s *packSummary) print(w io.Writer) error {
	fmt.Fprintf(w, "%s: %s\n", s.File, plural(s.Bytes, "byte"))
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name, format string, args ...any) {
		fmt.Fprintf(tw, "  %s\t%s\n", name, fmt.Sprintf(format, args...))
	}
	if s.Simulated != "" {
		row("made up", "%s", oneLine(s.Simulated))
	}
	if s.Impressions > 0 {
		row("lists shown", "%s of %.1f items; %.1f bytes each, %.1f before compression",
			count(s.Impressions), float64(s.Items)/float64(s.Impressions), s.StoredEach, s.RawEach)
	} else {
		row("lists shown", "none")
	}
	row("clicks", "%s", count(s.Clicks))
	row("page views", "%s", count(s.PageViews))
	row("readers", "%s", count(s.Readers))
	row("days", "%s to %s", s.From, s.To)
	row("articles", "%s, %s with a vector", count(s.Articles), count(s.Vectors))
	if len(s.Variants) > 1 || s.Variants[""] == 0 {
		var parts []string
		for _, name := range slices.Sorted(maps.Keys(s.Variants)) {
			parts = append(parts, fmt.Sprintf("%s %.1f %%", cmp.Or(name, "(none)"), 100*s.Variants[name]))
		}
		row("variants", "%s", strings.Join(parts, ", "))
	}
	for _, snap := range s.Snapshots {
		row("snapshot", "%s: %s of %s", snap.Name, plural(snap.Links, "link"), plural(snap.Articles, "article"))
	}
	if s.Pooled > 0 {
		row("pooled", "%s without hour, device, referrer and language", plural(s.Pooled, "list"))
	}
	row("hash", "%s", s.Hash)
	return tw.Flush()
}
