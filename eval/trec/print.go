package trec

import (
	"bufio"
	"encoding/json"
	"io"
	"iter"
	"math"
	"strconv"
)

// Print prints scores as trec_eval does: a line for each value, with its name,
// the query and the number. What was printed before an error stays.
func Print(w io.Writer, all iter.Seq2[*Scores, error], opts Options) error {
	out := bufio.NewWriter(w)
	defer out.Flush()
	var line []byte
	for scores, err := range all {
		if err != nil {
			return err
		}
		if !opts.wants(scores) {
			continue
		}
		for _, v := range scores.Values {
			line = append(line[:0], v.Name...)
			for len(line) < 22 {
				line = append(line, ' ')
			}
			line = append(line, '\t')
			line = append(line, scores.Query...)
			line = append(line, '\t')
			line = append(v.append(line, opts.Digits), '\n')
			if _, err := out.Write(line); err != nil {
				return err
			}
		}
	}
	return out.Flush()
}

// PrintJSON prints scores as {"all": {measure: value}, "queries": {query:
// {measure: value}}}; a value that is no finite number is null.
func PrintJSON(w io.Writer, all iter.Seq2[*Scores, error], opts Options) error {
	var report struct {
		All     map[string]any            `json:"all,omitempty"`
		Queries map[string]map[string]any `json:"queries,omitempty"`
	}
	report.Queries = map[string]map[string]any{}
	for scores, err := range all {
		if err != nil {
			return err
		}
		if !opts.wants(scores) {
			continue
		}
		values := map[string]any{}
		for _, v := range scores.Values {
			values[v.Name] = v.plain()
		}
		if scores.summary {
			report.All = values
		} else {
			report.Queries[scores.Query] = values
		}
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(report)
}

// wants says whether the scores are to be printed.
func (o *Options) wants(s *Scores) bool {
	if s.summary {
		return !o.NoSummary
	}
	return o.PerQuery
}

// plain is the value as JSON has it.
func (v Value) plain() any {
	switch {
	case v.Text != "":
		return v.Text
	case math.IsNaN(v.Number) || math.IsInf(v.Number, 0):
		return nil
	}
	return v.Number
}

// append is what C prints for %ld, %6.4f, or %.*g where digits is not 0.
func (v Value) append(line []byte, digits int) []byte {
	switch {
	case v.Text != "":
		return append(line, v.Text...)
	case v.Whole:
		return strconv.AppendInt(line, int64(v.Number), 10)
	}
	var text []byte
	switch {
	case math.IsNaN(v.Number):
		text = append(text, "-nan"...) // the sign that 0/0 has on x86
	case math.IsInf(v.Number, 1):
		text = append(text, "inf"...)
	case math.IsInf(v.Number, -1):
		text = append(text, "-inf"...)
	case digits > 0:
		return strconv.AppendFloat(line, v.Number, 'g', digits, 64)
	default:
		return strconv.AppendFloat(line, v.Number, 'f', 4, 64)
	}
	for len(text) < 6 && digits == 0 {
		text = append([]byte{' '}, text...)
	}
	return append(line, text...)
}
