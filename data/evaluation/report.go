package evaluation

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// The verdicts of a report and the effects of its gates. None is the verdict of a report
// without gates.
const (
	Pass         = "pass"
	Warn         = "warn"
	Fail         = "fail"
	Inconclusive = "inconclusive"
	None         = "none"
)

// A Report is of the JSON report of an evaluation what concerns its gates.
type Report struct {
	Simulated string // what made the readers up; "" for real ones
	Verdict   string // the gravest effect
	Summary   string // the same in an English sentence
	Baseline  string
	Gates     []Gate
	Inputs    struct {
		Candidates map[string]string // what each is of: "snapshot ID", or the hash of a file
	}
}

// A Gate is what one gate says of one candidate.
type Gate struct {
	Name      string // such as "clicks (L3): at most 3 % lost"
	Metric    string
	Level     string // of evidence: L3, L2, L1 or list
	Slice     string // the part of the log; "" for all of it
	Candidate string
	Asks      string   // such as "at most 3 % lost"
	Verdict   string   // better, no worse, worse, inconclusive or not measurable
	Effect    string   // on the whole: Pass, Warn, Fail or Inconclusive
	Decided   []string // the difference, or of a limit the value; then the ends of its interval, if there is one
	Reason    string   // English sentences
	Doubts    []string
}

// String is `the gate "clicks: at most 3 % lost" says worse. At least 4 % is lost …`.
func (g *Gate) String() string {
	return strings.TrimRight(fmt.Sprintf("the gate %q says %s. %s", g.Name, g.Verdict, g.Reason), ". ")
}

// Parse reads the JSON report of an evaluation.
func Parse(text []byte) (Report, error) {
	var r Report
	err := json.Unmarshal(text, &r)
	return r, err
}

// parseBeginning is Parse, but reads no further than to the last of what a Report holds,
// behind which a report has its many measures.
func parseBeginning(from io.Reader) (Report, error) {
	var r Report
	into := map[string]any{
		"simulated": &r.Simulated, "verdict": &r.Verdict, "summary": &r.Summary, "baseline": &r.Baseline, "gates": &r.Gates, "inputs": &r.Inputs,
	}
	d := json.NewDecoder(from)
	open, err := d.Token()
	if err != nil {
		return r, err
	}
	if open != json.Delim('{') {
		return r, errors.New("it is no JSON object")
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return r, err
		}
		name, _ := key.(string)
		value, ok := into[name]
		if !ok {
			value = new(json.RawMessage)
		}
		if err := d.Decode(value); err != nil {
			return r, err
		}
		if r.Verdict != "" && r.Gates != nil && r.Inputs.Candidates != nil { // the last as eval run writes them
			break
		}
	}
	return r, nil
}

// Snapshot is the id of the snapshot that a candidate is of; "" if it is of none.
func (r *Report) Snapshot(candidate string) string {
	id, ok := strings.CutPrefix(r.Inputs.Candidates[candidate], "snapshot ")
	if !ok {
		return ""
	}
	return id
}

// Judges reports whether some gate is about the snapshot of that id.
func (r *Report) Judges(snapshot string) bool {
	return slices.ContainsFunc(r.Gates, func(g Gate) bool { return r.Snapshot(g.Candidate) == snapshot })
}

// Against is the gate that does not let the snapshot of that id pass; nil if some gate
// passes it, and none fails it or is left open. A gate that only warns neither opens nor
// shuts. The report must judge the snapshot.
func (r *Report) Against(snapshot string) *Gate {
	var first *Gate
	passed := false
	for i := range r.Gates {
		g := &r.Gates[i]
		if r.Snapshot(g.Candidate) != snapshot {
			continue
		}
		if first == nil {
			first = g
		}
		passed = passed || g.Effect == Pass
		if g.Effect != Pass && g.Effect != Warn {
			return g
		}
	}
	if passed {
		return nil
	}
	return first
}
