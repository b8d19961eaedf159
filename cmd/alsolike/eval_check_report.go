package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/alsolike/alsolike/eval/check"
	"github.com/alsolike/alsolike/eval/pack"
)

// tellFindings prints the findings of a check on standard error.
func (e *env) tellFindings(r *check.Result) {
	for i := range r.Findings {
		fmt.Fprint(e.stderr, findingText(&r.Findings[i]))
	}
}

func findingText(f *check.Finding) string {
	var b strings.Builder
	kind := "Warning"
	if f.Fatal {
		kind = "Fatal"
	}
	fmt.Fprintf(&b, "%s: %s: ", kind, f.Name)
	switch {
	case f.Of > 0:
		fmt.Fprintf(&b, "%s of %s %s (%s)", count(f.Count), count(f.Of), f.Unit, percent(f.Share))
	default:
		b.WriteString(count(f.Count))
	}
	if f.Fatal && f.Limit > 0 {
		fmt.Fprintf(&b, ", over the limit of %s", percent(f.Limit))
	}
	fmt.Fprintf(&b, ".\n  %s\n", f.Text)
	const short = 100 // together on one line
	switch examples := strings.Join(f.Examples, ", "); {
	case examples == "":
	case len(examples) <= short:
		fmt.Fprintf(&b, "  Examples: %s\n", examples)
	default:
		fmt.Fprintf(&b, "  Examples:\n    %s\n", strings.Join(f.Examples, "\n    "))
	}
	return b.String()
}

func snapshotNames(snapshots []pack.Snapshot) []string {
	names := make([]string, len(snapshots))
	for i := range snapshots {
		names[i] = snapshots[i].Name
	}
	return names
}

func percent(share float64) string {
	return strconv.FormatFloat(100*share, 'g', 3, 64) + " %"
}

// writeCheck writes the report in words.
func writeCheck(w *bufio.Writer, log *checkedLog) error {
	r := log.Result
	for i := range r.Findings { // whether dates guard against knowing too much comes before all else
		if f := &r.Findings[i]; f.Name == "no_catalogue" || f.Name == "article_without_date" {
			fmt.Fprintln(w, findingText(f))
		}
	}
	if r.Pack.Simulated != "" {
		fmt.Fprintf(w, "This log is simulated: %s\n\n", r.Pack.Simulated)
	}
	span := "no valid list or page view"
	switch {
	case r.From != "" && r.From == r.To:
		span = r.From
	case r.From != "":
		span = r.From + " to " + r.To
	}
	fmt.Fprintf(w, "Log        %s with %s: %s\n", plural(log.stats.Files, "file"), plural(log.stats.Lines, "line"), span)
	fmt.Fprintf(w, "Articles   %s of %s\n", count(len(r.Pack.Articles)), log.catalogue)
	fmt.Fprintf(w, "Lists      %s valid of %s\n", count(r.Counts["impressions_valid"]), count(r.Counts["impressions_read"]))
	fmt.Fprintf(w, "Clicks     %s valid of %s\n", count(r.Counts["clicks_valid"]), count(r.Counts["clicks_read"]))
	if n := r.Counts["pageviews_read"]; n > 0 {
		fmt.Fprintf(w, "Page views %s valid of %s\n", count(r.Counts["pageviews_valid"]), count(n))
	}
	fmt.Fprintf(w, "Readers    %s\n", count(r.Counts["readers"]))
	fmt.Fprintf(w, "Variants   %s; snapshots %s\n", names(r.Pack.Variants), names(snapshotNames(r.Pack.Snapshots)))
	var units []string
	for _, unit := range slices.Sorted(maps.Keys(log.stats.Units)) {
		units = append(units, fmt.Sprintf("%s in %s", unit, plural(log.stats.Units[unit], "event")))
	}
	if len(units) > 0 {
		fmt.Fprintf(w, "Times      %s\n", strings.Join(units, ", "))
	}
	if unknown := log.stats.UnknownFields(); len(unknown) > 0 {
		fmt.Fprintf(w, "Not used   the fields %s\n", names(unknown))
	}
	if len(r.Findings) == 0 {
		fmt.Fprintln(w, "\nNothing is wrong with it.")
		return nil
	}
	fmt.Fprintln(w)
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Name != "no_catalogue" && f.Name != "article_without_date" {
			fmt.Fprint(w, findingText(f))
		}
	}
	return nil
}

// names lists some names, not all of many.
func names(list []string) string {
	const most = 8
	quoted := make([]string, 0, most)
	for _, name := range list[:min(most, len(list))] {
		if name == "" {
			name = "(none)"
		}
		quoted = append(quoted, name)
	}
	if more := len(list) - most; more > 0 {
		quoted = append(quoted, fmt.Sprintf("and %s more", count(more)))
	}
	if len(quoted) == 0 {
		return "none"
	}
	return strings.Join(quoted, ", ")
}

// writeCheckJSON writes the report as one JSON object.
func writeCheckJSON(w *bufio.Writer, log *checkedLog) error {
	type finding struct {
		Name     string   `json:"name"`
		Fatal    bool     `json:"fatal"`
		Count    int      `json:"count"`
		Of       int      `json:"of,omitempty"`
		Unit     string   `json:"unit,omitempty"`
		Share    float64  `json:"share"`
		Limit    *float64 `json:"limit"` // null: never fatal
		Examples []string `json:"examples,omitempty"`
		Text     string   `json:"text"`
	}
	out := struct {
		Simulated string         `json:"simulated,omitempty"`
		Fit       bool           `json:"fit"`
		Files     int            `json:"files"`
		Lines     int            `json:"lines"`
		From      string         `json:"from,omitempty"`
		To        string         `json:"to,omitempty"`
		Articles  int            `json:"articles"`
		Counts    map[string]int `json:"counts"`
		Findings  []finding      `json:"findings"`
		Units     map[string]int `json:"time_units"`
		Unknown   map[string]int `json:"unknown_fields"`
	}{
		Simulated: log.Pack.Simulated, Fit: len(log.Fatal()) == 0, Files: log.stats.Files, Lines: log.stats.Lines, From: log.From, To: log.To,
		Articles: len(log.Pack.Articles), Counts: log.Counts, Findings: []finding{}, Units: log.stats.Units, Unknown: log.stats.Unknown,
	}
	for _, f := range log.Findings {
		one := finding{f.Name, f.Fatal, f.Count, f.Of, f.Unit, f.Share, nil, f.Examples, f.Text}
		if f.Limit >= 0 {
			one.Limit = &f.Limit
		}
		out.Findings = append(out.Findings, one)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}
