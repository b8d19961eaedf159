package review

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
)

// A report is of the JSON report of an evaluation what a gate looks at.
type report struct {
	Gates  []verdict
	Inputs struct {
		Candidates map[string]string // what each is of: "snapshot ID", or the hash of a file
	}
}

// A verdict is that of one gate on one candidate.
type verdict struct{ Name, Candidate, Verdict, Effect, Reason string }

// String is `the gate "clicks: at most 3 % lost" says worse. At least 4 % is lost …`.
func (v verdict) String() string {
	return strings.TrimRight(fmt.Sprintf("the gate %q says %s. %s", v.Name, v.Verdict, v.Reason), ". ")
}

// gate says in words why the report at path does not let snapshot id pass; "" if it does:
// some gate passes, and none fails or is left open. A gate that only warns neither opens
// nor shuts.
func gate(path, id string) (why string) {
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Sprintf("the gate's report %s is not there yet", path)
	}
	var r report
	if err == nil {
		err = json.Unmarshal(b, &r)
	}
	if err != nil {
		return fmt.Sprintf("the gate's report %s cannot be read: %v", path, err)
	}
	judged := slices.DeleteFunc(r.Gates, func(v verdict) bool { return r.Inputs.Candidates[v.Candidate] != "snapshot "+id })
	if len(judged) == 0 {
		return fmt.Sprintf("the gate's report %s judges other snapshots", path)
	}
	passed := false
	for _, v := range judged {
		passed = passed || v.Effect == "pass"
		if v.Effect != "pass" && v.Effect != "warn" {
			return v.String()
		}
	}
	if !passed {
		return judged[0].String()
	}
	return ""
}
