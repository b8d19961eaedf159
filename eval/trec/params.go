package trec

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// params is what stands behind the dot of -m name.parameters.
type params struct {
	given   string    // as it was written, "" unless it was
	numbers []float64 // ranks, points or numbers
	levels  []level   // gains
	p       *float64  // of rbp
}

// persistence is the chance that a reader goes on.
func (p *params) persistence() float64 {
	if p.p != nil {
		return *p.p
	}
	return 0.9
}

// set reads what was written for a measure. Numbers are read as C does: what
// follows them is ignored.
func (p *params) set(m *measure, given string, version int) error {
	parts := strings.Split(given, ",")
	p.given = given
	if m.takes == gains {
		p.levels, p.p = nil, nil
		for _, part := range parts {
			name, value, ok := strings.Cut(part, "=")
			if !ok || strings.Contains(value, "=") {
				return fmt.Errorf("trec_eval: malformed pair parameters in '%s'", given)
			}
			p.pair(name, leadingFloat(value), version)
		}
		return nil
	}
	p.numbers = nil
	for _, part := range parts {
		x := leadingFloat(part)
		if m.takes == ranks {
			x = float64(leadingInt(part))
		}
		p.numbers = append(p.numbers, x)
	}
	if m.takes == numbers {
		return nil
	}
	slices.Sort(p.numbers)
	if m.takes == ranks && p.numbers[0] <= 0 {
		return fmt.Errorf("trec_eval: Negative cutoff detected")
	}
	if len(slices.Compact(slices.Clone(p.numbers))) < len(p.numbers) {
		return fmt.Errorf("trec_eval: duplicate cutoffs detected")
	}
	return nil
}

// pair is one grade=gain, or p=… of rbp. A name that is no number is no grade
// to version 10, and 0 before.
func (p *params) pair(name string, value float64, version int) {
	if name == "p" {
		p.p = &value
	}
	grade, err := strconv.Atoi(name)
	if err != nil && version >= 10 {
		return
	}
	if err != nil {
		grade = leadingInt(name)
	}
	p.levels = append(p.levels, level{grade: grade, gain: value})
}

// columns is the names of a measure's values.
func (p *params) columns(m *measure) []string {
	var names []string
	switch {
	case m.takes == ranks:
		for _, k := range p.numbers {
			names = append(names, m.name+"_"+strconv.Itoa(int(k)))
		}
	case m.takes == points:
		for _, x := range p.numbers {
			name := m.name + "_" + strconv.FormatFloat(x, 'f', 2, 64)
			names = append(names, name[:min(len(name), len(m.name)+9)]) // as much as trec_eval has room for
		}
	case p.given != "":
		names = []string{m.name + "_" + p.given}
	default:
		names = []string{m.name}
	}
	return names
}
