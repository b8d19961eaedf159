package trec

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
)

// judgements say of queries which documents are relevant: a qrels file.
type judgements struct {
	queries []group[judgement]
}

// A run is a list of documents for each query, with a score each.
type run struct {
	id      string // the last column of the last line
	queries []group[result]
}

// A group is what a file says of one query.
type group[T any] struct {
	query string
	lines []T
}

type judgement struct {
	doc   string
	grade int
}

type result struct {
	doc   string
	score float64
}

// maxGrade is the highest grade read: documents are counted grade by grade.
const maxGrade = 10_000

// read reads a qrels file and a run at the same time.
func read(qrelsPath, runPath string, opts Options) (*judgements, *run, error) {
	var results *run
	var bad error
	done := make(chan struct{})
	go func() {
		defer close(done)
		results, bad = readRun(runPath, opts)
	}()
	judged, err := readJudgements(qrelsPath, opts)
	<-done
	if err == nil {
		err = bad
	}
	return judged, results, err
}

// readJudgements reads a qrels file. A document judged twice is found only when
// its query is evaluated, as in trec_eval.
func readJudgements(path string, opts Options) (*judgements, error) {
	text, err := readFile(path)
	if err != nil || text == "" {
		return nil, unreadable("trec_eval.get_qrels: Cannot read qrels file '%s'", path, err)
	}
	judged, bad := parseJudgements(text, opts)
	if bad != nil {
		return nil, bad.in(path, "get_qrels")
	}
	return judged, nil
}

func readRun(path string, opts Options) (*run, error) {
	text, err := readFile(path)
	if err != nil || text == "" {
		return nil, unreadable("trec_eval.get_results: Cannot read results file '%s'", path, err)
	}
	results, bad := parseRun(text, opts)
	if bad != nil {
		return nil, bad.in(path, "get_results")
	}
	return results, nil
}

// unreadable says that there is nothing to evaluate in a file.
func unreadable(format, path string, err error) error {
	cure := path + " is empty"
	if err != nil {
		cure = err.Error()
	}
	return &Error{Exit: 2, Message: fmt.Sprintf(format+"\ntrec_eval: Quit in file '%[1]s'", path), Cure: cure}
}

// readFile reads a file, or standard input where path is "-", in one piece.
func readFile(path string) (string, error) {
	in := os.Stdin
	var text strings.Builder
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return "", err
		}
		defer f.Close()
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			text.Grow(int(info.Size()) + bytes.MinRead)
		}
		in = f
	}
	_, err := io.Copy(&text, in)
	return text.String(), err
}

// A badLine is why a line cannot be used.
type badLine struct {
	line  int
	cause string
}

// in makes the error of a line of a file, as trec_eval words it.
func (b *badLine) in(path, reader string) error {
	return &Error{
		Exit:    2,
		Message: fmt.Sprintf("trec_eval.%s: Malformed line %d\ntrec_eval: Quit in file '%s'", reader, b.line, path),
		Cure:    fmt.Sprintf("%s:%d: %s", path, b.line, b.cause),
	}
}

func parseJudgements(text string, opts Options) (*judgements, *badLine) {
	lines := newGrouper[judgement](text)
	for line := range lines.each {
		if opts.Version >= 10 && strings.HasPrefix(line, "#") {
			continue
		}
		query, rest := nextField(line)
		_, rest = nextField(rest)
		doc, rest := nextField(rest)
		grade, rest := nextField(rest)
		if more, _ := nextField(rest); grade == "" || more != "" {
			return nil, lines.bad("a line of judgements has four fields: query, anything, document, grade")
		}
		number, err := strconv.Atoi(grade)
		if opts.Lenient {
			number, err = leadingInt(grade), nil
		}
		if err != nil || number > maxGrade {
			return nil, lines.bad(fmt.Sprintf("the grade %s is no whole number up to %d (--lenient reads it as %d)", grade, maxGrade, min(maxGrade, leadingInt(grade))))
		}
		lines.add(query, judgement{doc, number})
	}
	if len(lines.groups) == 0 {
		return nil, &badLine{1, "there is no judgement in this file"}
	}
	return &judgements{queries: lines.sorted()}, nil
}

func parseRun(text string, opts Options) (*run, *badLine) {
	results := &run{}
	lines := newGrouper[result](text)
	for line := range lines.each {
		query, rest := nextField(line)
		if query == "" || opts.Version >= 10 && query[0] == '#' {
			continue
		}
		_, rest = nextField(rest)
		doc, rest := nextField(rest)
		_, rest = nextField(rest)
		number, rest := nextField(rest)
		id, _ := nextField(rest)
		if id == "" {
			return nil, lines.bad("a line of results has six fields: query, anything, document, anything, score, name of the run")
		}
		score, err := strconv.ParseFloat(number, 64)
		if opts.Lenient && err != nil {
			score, err = leadingFloat(number), nil
		}
		if errors.Is(err, strconv.ErrSyntax) || math.IsNaN(score) || math.IsInf(score, 0) && !opts.Lenient {
			return nil, lines.bad(fmt.Sprintf("the score %s is no finite number (--lenient reads what is no number as 0)", number))
		}
		if opts.Version < 10 {
			score = float64(float32(score))
		}
		results.id = id
		lines.add(query, result{doc, score})
	}
	if len(lines.groups) == 0 {
		return nil, &badLine{1, "there is no result in this file"}
	}
	results.queries = lines.sorted()
	return results, nil
}

// A grouper parts a text into lines and gathers them by query.
type grouper[T any] struct {
	text   string
	number int // of the current line
	all    []T
	groups []span // runs of lines with one query, in the order of the file
}

// A span is the lines from start up to the next span's, all of one query.
type span struct {
	query string
	start int
}

func newGrouper[T any](text string) *grouper[T] {
	return &grouper[T]{text: text, all: make([]T, 0, strings.Count(text, "\n")+1)}
}

// each yields the lines one by one.
func (g *grouper[T]) each(yield func(string) bool) {
	for rest := g.text; rest != ""; {
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		g.number++
		if !yield(line) {
			return
		}
	}
}

func (g *grouper[T]) bad(cause string) *badLine { return &badLine{g.number, cause} }

func (g *grouper[T]) add(query string, line T) {
	if n := len(g.groups); n == 0 || g.groups[n-1].query != query {
		g.groups = append(g.groups, span{query, len(g.all)})
	}
	g.all = append(g.all, line)
}

// sorted is the lines by query, the queries in byte order. Within a query the
// lines keep their order.
func (g *grouper[T]) sorted() []group[T] {
	order := make([]int, len(g.groups)) // of the spans
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(g.groups[a].query, g.groups[b].query) })
	out := make([]group[T], 0, len(g.groups))
	for _, i := range order {
		end := len(g.all)
		if i+1 < len(g.groups) {
			end = g.groups[i+1].start
		}
		lines := g.all[g.groups[i].start:end:end]
		if n := len(out); n > 0 && out[n-1].query == g.groups[i].query {
			out[n-1].lines = append(out[n-1].lines, lines...)
			continue
		}
		out = append(out, group[T]{g.groups[i].query, lines})
	}
	return out
}

// nextField is the next run of bytes that are no white space, and what follows.
func nextField(line string) (field, rest string) {
	start := 0
	for start < len(line) && isSpace(line[start]) {
		start++
	}
	end := start
	for end < len(line) && !isSpace(line[end]) {
		end++
	}
	return line[start:end], line[end:]
}

func isSpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }
