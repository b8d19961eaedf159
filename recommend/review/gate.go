package review

import (
	"errors"
	"fmt"
	"os"

	"github.com/alsolike/alsolike/data/evaluation"
)

// Gated reports whether p asks an evaluation.
func (p Policy) Gated() bool { return p.Publish == Auto && p.Gate != "" }

// GateAgainst says in words what the gate of p has against snapshot id; "" if nothing, or
// if there is none.
func (p Policy) GateAgainst(id string) string {
	if !p.Gated() {
		return ""
	}
	return gate(p.Gate, id)
}

// gate says in words why the report at path does not let snapshot id pass; "" if it does:
// see evaluation.Report.Against.
func gate(path, id string) (why string) {
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Sprintf("the gate's report %s is not there yet", path)
	}
	var r evaluation.Report
	if err == nil {
		r, err = evaluation.Parse(b)
	}
	switch {
	case err != nil:
		return fmt.Sprintf("the gate's report %s cannot be read: %v", path, err)
	case !r.Judges(id):
		return fmt.Sprintf("the gate's report %s judges other snapshots", path)
	}
	if against := r.Against(id); against != nil {
		return against.String()
	}
	return ""
}
