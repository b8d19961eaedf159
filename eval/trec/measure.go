package trec

import (
	"slices"
	"strings"
)

// A measure is one line of the table: a name, how its values are made, and how
// they are averaged and printed.
type measure struct {
	name    string
	since   int // the first version that knows it, 0: all
	takes   takes
	by      *params // unless -m says otherwise
	print   printing
	average average
	values  func(t *topic, p *params, out []float64) // one number for each column
	text    func(t *topic, p *params) string         // for those that print a text
}

// takes is what -m accepts behind the dot.
type takes int

const (
	nothing takes = iota
	ranks         // -m P.5,10: a column for each
	points        // -m iprec_at_recall.0.1,0.5: a column for each
	numbers       // -m utility.1,-1,0,0: one column of all
	gains         // -m ndcg.1=3,2=9: one column of all
)

// printing is how a value is printed, and where.
type printing int

const (
	decimal   printing = iota // 0.1234, for each query and in the summary
	whole                     // 12, likewise
	summary                   // 0.1234, in the summary alone
	wholeSum                  // 12, in the summary alone
	textSum                   // text, in the summary alone
	textQuery                 // text, for each query alone
)

// average is what the summary makes of the queries' values.
type average int

const (
	mean      average = iota
	total             // their sum
	geometric         // exp of the mean; the values are logarithms
	queries           // how many queries there are
	relevant          // their sum; with Options.Complete, what the judgements hold above 0
)

// count is a measure that counts documents.
func count(name string, f func(*topic) int) measure {
	m := one(name, func(t *topic) float64 { return float64(f(t)) })
	m.print, m.average = whole, total
	return m
}

// one is a measure without parameters.
func one(name string, f func(*topic) float64) measure {
	return measure{
		name: name, by: &params{},
		values: func(t *topic, _ *params, out []float64) { out[0] = f(t) },
	}
}

// at is a measure at several ranks.
func at(name string, by []float64, f func(t *topic, rank int) float64) measure {
	m := along(name, by, func(t *topic, x float64) float64 { return f(t, int(x)) })
	m.takes = ranks
	return m
}

// along is a measure at several points.
func along(name string, by []float64, f func(t *topic, x float64) float64) measure {
	return measure{
		name: name, takes: points, by: &params{numbers: by},
		values: func(t *topic, p *params, out []float64) {
			for i, x := range p.numbers {
				out[i] = f(t, x)
			}
		},
	}
}

// with is a measure of several parameters.
func with(name string, by []float64, f func(t *topic, x []float64) float64) measure {
	return measure{
		name: name, takes: numbers, by: &params{numbers: by},
		values: func(t *topic, p *params, out []float64) { out[0] = f(t, p.numbers) },
	}
}

// gained is a measure of what grades are worth; measures with one by share
// their parameters, as in trec_eval.
func gained(name string, by *params, f func(*worth) float64) measure {
	return measure{
		name: name, takes: gains, by: by,
		values: func(t *topic, p *params, out []float64) { out[0] = f(worthOf(t, p)) },
	}
}

// prints says where a measure is printed, and what the summary makes of it.
func (m measure) prints(p printing, a average) measure {
	m.print, m.average = p, a
	return m
}

// from says which version was the first to know a measure.
func (m measure) from(version int) measure {
	m.since = version
	return m
}

// columns is how many numbers a measure has.
func (m *measure) columns() int {
	if m.takes == ranks || m.takes == points {
		return len(m.by.numbers)
	}
	return 1
}

// find is where the measures that a name stands for are in a table.
func find(name string, table []measure) []int {
	names := []string{name}
	if several, ok := nicknames[name]; ok {
		names = strings.Fields(several)
	}
	var found []int
	for i, m := range table {
		if slices.Contains(names, m.name) {
			found = append(found, i)
		}
	}
	return found
}
