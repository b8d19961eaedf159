package trec

import (
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"
)

// Options are trec_eval's flags.
type Options struct {
	Version  int      // 10 or 9
	Measures []string // -m: measures or nicknames, with .parameters; none: official

	PerQuery   bool // -q: print each query too
	NoSummary  bool // -n: do not print the summary
	Complete   bool // -c: queries without results count as 0
	JudgedOnly bool // -J: take what is not judged out of the lists

	Level        int // -l: relevant from this grade on
	MaxRetrieved int // -M: look at so many documents of each query
	Collection   int // -N: how many documents there are, for utility

	Digits  int  // significant digits; 0: as trec_eval, four behind the point
	Lenient bool // read what is no number as 0
}

// Defaults are the options of trec_eval without flags.
func Defaults() Options {
	return Options{Version: 10, Level: 1, MaxRetrieved: math.MaxInt32}
}

// An Error ends the evaluation as it ends trec_eval.
type Error struct {
	Exit    int    // the exit code
	Message string // what trec_eval prints
	Cure    string // what is wrong and what to do, in plain words
}

func (e *Error) Error() string { return e.Message + "\n" + e.Cure }

// Scores are the values of one query, or the summary of all.
type Scores struct {
	Query  string // "all" for the summary
	Values []Value

	summary bool
}

// A Value is one line of output.
type Value struct {
	Name   string
	Number float64
	Text   string // for runid and relstring, which have no number
	Whole  bool   // the number counts something
}

// Evaluate scores a run against a qrels file: each query that is judged, in byte
// order of their ids, and last the summary. It ends with the first error, always
// an [*Error]. What it yields is reused.
//
// A qrels file has lines of "query ignored document grade", a run of "query
// ignored document ignored score name", the fields parted by blanks or tabs; a
// run of "-" is standard input. Ids are bytes: 09 is not 9. The order of lines
// counts for nothing: documents are ranked by score, and among equal scores by
// id, the later in byte order first. A grade below 0 means not judged. Blank
// lines of a run and lines that begin with # are skipped.
func Evaluate(qrels, run string, opts Options) iter.Seq2[*Scores, error] {
	return func(yield func(*Scores, error) bool) {
		plan, err := newPlan(opts)
		if err != nil {
			yield(nil, err)
			return
		}
		judged, results, err := read(qrels, run, opts)
		if err != nil {
			yield(nil, err)
			return
		}
		evaluate(judged, results, plan, opts)(yield)
	}
}

// evaluate is [Evaluate] of what was read. It sorts it on the way.
func evaluate(judged *judgements, results *run, plan *plan, opts Options) iter.Seq2[*Scores, error] {
	return func(yield func(*Scores, error) bool) {
		e := &evaluation{
			plan: plan, opts: &opts, run: results, topic: topic{opts: &opts},
			values: make([]float64, len(plan.names)), sums: make([]float64, len(plan.names)),
		}
		next := 0
		for _, q := range judged.queries {
			for next < len(results.queries) && results.queries[next].query < q.query {
				next++
			}
			var found []result
			if next < len(results.queries) && results.queries[next].query == q.query {
				found = results.queries[next].lines
			} else if opts.Version < 10 {
				continue
			} else if !opts.Complete {
				yield(nil, &Error{
					4, fmt.Sprintf("trec_eval: result qid '%s' not found in qrels", q.query),
					fmt.Sprintf("query %s has judgements but no results; give it results, or pass -c to count it as 0", q.query),
				})
				return
			}
			if err := e.query(q.query, q.lines, found); err != nil {
				yield(nil, err)
				return
			}
			if !yield(&e.scores, nil) {
				return
			}
		}
		if e.queries == 0 {
			yield(nil, &Error{
				7, "trec_eval: No queries with both results and relevance info",
				"no query of the run is judged; do the two files name queries alike?",
			})
			return
		}
		e.summary(judged)
		yield(&e.scores, nil)
	}
}

// evaluation is an evaluation under way.
type evaluation struct {
	plan    *plan
	opts    *Options
	run     *run
	topic   topic
	values  []float64 // of the query, by column
	sums    []float64
	queries int
	scores  Scores
}

// missing stands for the results of a query that has none.
func missing() []result { return []result{{"ceci_nest_pas_un_docno", 1}} }

func (e *evaluation) query(query string, judged []judgement, results []result) error {
	none := results == nil
	if none {
		results = missing()
	}
	if twice, inRun := e.topic.join(judged, results); twice != "" {
		return e.duplicate(query, twice, inRun)
	}
	e.queries++
	e.scores = Scores{Query: query, Values: e.scores.Values[:0]}
	clear(e.values)
	column := 0
	for i := range e.plan.measures {
		m := &e.plan.measures[i]
		n := m.columns()
		values, names := e.values[column:column+n], e.plan.names[column:column+n]
		column += n
		text := ""
		if m.values != nil {
			m.values(&e.topic, m.by, values)
		}
		if m.text != nil {
			text = m.text(&e.topic, m.by)
		}
		if none && showsMissing(names[0]) {
			clear(values)
			text = "''"
		}
		for j, v := range values {
			e.sums[column-n+j] += v
			switch m.print {
			case decimal, whole:
				e.scores.Values = append(e.scores.Values, Value{Name: names[j], Number: v, Whole: m.print == whole})
			case textQuery:
				e.scores.Values = append(e.scores.Values, Value{Name: names[j], Text: text})
			}
		}
	}
	return nil
}

// showsMissing says which values trec_eval 10 sets to 0 for a query without
// results: those in which the document made up for it shows, by printed name.
func showsMissing(name string) bool {
	return slices.Contains([]string{"num_ret", "utility", "relstring", "rbp_resid"}, name) || strings.HasPrefix(name, "unj")
}

func (e *evaluation) duplicate(query, doc string, inRun bool) error {
	// trec_eval names the first measure that looks at the documents.
	first := ""
	for _, m := range e.plan.measures {
		if first = m.name; first != "runid" && first != "num_q" {
			break
		}
	}
	if inRun {
		return &Error{
			4, fmt.Sprintf("trec_eval.form_res_qrels: duplicate docs %strec_eval: Can't calculate measure '%s'", doc, first),
			fmt.Sprintf("the run has document %s twice under query %s", doc, query),
		}
	}
	return &Error{
		4, fmt.Sprintf("trec_eval.form_res_rels: duplicate docs %s\ntrec_eval: Can't calculate measure '%s'", doc, first),
		fmt.Sprintf("document %s is judged twice for query %s", doc, query),
	}
}

// summary fills the scores in with the averages.
func (e *evaluation) summary(judged *judgements) {
	n := float64(e.queries)
	if e.opts.Complete {
		n = float64(len(judged.queries))
	}
	e.scores = Scores{Query: "all", Values: e.scores.Values[:0], summary: true}
	column := 0
	for i := range e.plan.measures {
		m := &e.plan.measures[i]
		for range m.columns() {
			v := Value{Name: e.plan.names[column], Number: e.sums[column], Whole: m.print == whole || m.print == wholeSum}
			column++
			switch m.average {
			case mean:
				v.Number /= n
			case geometric:
				v.Number += (n - float64(e.queries)) * math.Log(leastOfGeometricMean)
				v.Number = math.Exp(v.Number / n)
			case queries:
				v.Number = n
			case relevant:
				if e.opts.Complete {
					v.Number = float64(judged.aboveZero())
				}
			}
			switch m.print {
			case textQuery:
				continue
			case textSum:
				v.Text = e.run.id
			}
			e.scores.Values = append(e.scores.Values, v)
		}
	}
}

// aboveZero counts the judgements above 0, whatever the level.
func (j *judgements) aboveZero() int {
	n := 0
	for _, q := range j.queries {
		for _, d := range q.lines {
			if d.grade > 0 {
				n++
			}
		}
	}
	return n
}
