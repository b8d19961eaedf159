package eval

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/alsolike/alsolike/data"
)

// Lists is a ranking as read from a file: the list of every seed, best first.
type Lists map[data.ArticleID][]data.ArticleID

// Rank returns the whole list of seed, whatever k.
func (l Lists) Rank(_ context.Context, seed data.ArticleID, _ int) ([]data.ArticleID, error) {
	return l[seed], nil
}

// maxLine bounds a line of a ranking: a list of 1000 ids of the greatest
// length takes half a megabyte.
const maxLine = 4 << 20

// ReadLists reads a ranking: either lines of tab-separated source, target and
// score, best first, as "alsolike export related" writes them, or lines of
// JSON, {"seed": id, "items": [id, …]}. Empty lines are skipped.
//
// A line that is neither, a score that rises or is no number, and a second
// list for one seed are a *DataError that names the line.
func ReadLists(r io.Reader) (Lists, error) {
	lists := Lists{}
	add := addTSV(lists)
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	first := true
	n := 0
	for lines.Scan() {
		n++
		line := bytes.TrimRight(lines.Bytes(), "\r")
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if first && line[0] == '{' {
			add = addJSON(lists)
		}
		first = false
		if reason := add(line); reason != "" {
			return nil, dataErrorf("line %d: %s", n, reason)
		}
	}
	if err := lines.Err(); err == bufio.ErrTooLong {
		return nil, dataErrorf("line %d: is longer than %d bytes", n+1, maxLine)
	} else if err != nil {
		return nil, err
	}
	if first {
		return nil, dataErrorf("the ranking is empty")
	}
	return lists, nil
}

// addTSV returns a function that adds one line to lists, or says what is wrong
// with it.
func addTSV(lists Lists) func(line []byte) string {
	var source data.ArticleID
	var last float64
	return func(line []byte) string {
		fields := strings.Split(string(line), "\t")
		if len(fields) != 3 {
			return "wants source, target and score, with tabs between, or {\"seed\": …, \"items\": […]}"
		}
		from, to := data.ArticleID(fields[0]), data.ArticleID(fields[1])
		for i, id := range []data.ArticleID{from, to} {
			if err := data.ValidateID(id); err != nil {
				return []string{"source ", "target "}[i] + err.Error()
			}
		}
		score, err := strconv.ParseFloat(fields[2], 64)
		if err != nil || math.IsNaN(score) || math.IsInf(score, 0) {
			return "score " + data.Quote(fields[2]) + " is no finite number"
		}
		if from != source {
			if _, ok := lists[from]; ok {
				return "source " + data.Quote(fields[0]) + " had its list further up; the lines of one source must stand together"
			}
		} else if score > last {
			return "score " + fields[2] + " is above the one before it; a list goes best first"
		}
		source, last = from, score
		lists[from] = append(lists[from], to)
		return ""
	}
}

// addJSON is addTSV for lines of JSON.
func addJSON(lists Lists) func(line []byte) string {
	return func(line []byte) string {
		var list struct {
			Seed  *data.ArticleID   `json:"seed"`
			Items *[]data.ArticleID `json:"items"`
		}
		dec := json.NewDecoder(bytes.NewReader(line))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&list); err != nil {
			return "is no list: " + err.Error()
		}
		if dec.More() || list.Seed == nil || list.Items == nil {
			return `wants {"seed": id, "items": [id, …]} and nothing else`
		}
		for _, id := range append([]data.ArticleID{*list.Seed}, *list.Items...) {
			if err := data.ValidateID(id); err != nil {
				return err.Error()
			}
		}
		if _, ok := lists[*list.Seed]; ok {
			return "seed " + data.Quote(string(*list.Seed)) + " had its list further up"
		}
		lists[*list.Seed] = *list.Items
		return ""
	}
}
