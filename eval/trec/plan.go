package trec

import (
	"fmt"
	"strings"

	"github.com/alsolike/alsolike/data/spelling"
)

// A plan is the measures to be computed.
type plan struct {
	measures []measure
	names    []string // of all columns
}

// newPlan finds the measures that were asked for.
func newPlan(opts Options) (*plan, error) {
	all := table(opts.Version)
	chosen := make([]bool, len(all))
	given := map[string]string{} // parameters by name; the first stand
	asked := opts.Measures
	if len(asked) == 0 {
		asked = []string{"official"}
	}
	for _, m := range asked {
		name, parameters, dotted := strings.Cut(m, ".")
		found := find(name, all)
		if len(found) == 0 || dotted && parameters == "" {
			return nil, unknownMeasure(name, parameters, dotted, all)
		}
		if _, known := given[name]; dotted && !known {
			given[name] = parameters
		}
		for _, i := range found {
			chosen[i] = true
		}
	}
	p := &plan{}
	for i := range all {
		m := &all[i]
		if !chosen[i] {
			continue
		}
		if parameters, ok := given[m.name]; ok && m.takes != nothing {
			if err := m.by.set(m, parameters, opts.Version); err != nil {
				return nil, &Error{2, fmt.Sprintf("%v\ntrec_eval: Cannot initialize measure '%s'", err, m.name), "the parameters of -m " + m.name + " are wrong"}
			}
		}
		if m.name == "utility" && len(m.by.numbers) != 4 {
			return nil, &Error{4, "trec_eval.calc_utility: improper number of coefficients\ntrec_eval: Can't calculate measure 'utility'", "-m utility takes four numbers"}
		}
		p.measures = append(p.measures, *m)
		p.names = append(p.names, m.by.columns(m)...)
	}
	return p, nil
}

func unknownMeasure(name, parameters string, dotted bool, all []measure) error {
	e := &Error{Exit: 1, Message: fmt.Sprintf("trec_eval: illegal measure '%s'", name)}
	if dotted && parameters == "" {
		e.Message = fmt.Sprintf("trec_eval: improper measure in parameter '%s'\n%s", name, e.Message)
		e.Cure = "parameters are missing behind the dot of -m " + name + "."
		return e
	}
	known := []string{"official", "all_trec", "set"}
	for _, m := range all {
		known = append(known, m.name)
	}
	e.Cure = "the measures are " + strings.Join(known, ", ")
	if near := spelling.Nearest(name, known); near != "" {
		e.Cure = "did you mean " + near + "?"
	}
	return e
}
