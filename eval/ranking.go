package eval

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval/pack"
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

// ReadLists is ReadScored without the scores.
func ReadLists(r io.Reader) (Lists, error) {
	scored, err := ReadScored(r)
	if err != nil {
		return nil, err
	}
	lists := make(Lists, len(scored))
	for seed, list := range scored {
		lists[seed] = list.Items
	}
	return lists, nil
}

// ReadScored reads a ranking in one of these forms, which its first line tells:
//
//   - tab-separated source, target and score, best first, as "alsolike export
//     related" writes them;
//   - a TREC run: source, Q0, target, rank, score and a name, with white space
//     between. Ids are percent-encoded, as "export related --format trec" writes
//     them. As in TREC's tools the rank counts for nothing: a list goes by score,
//     and items of equal score stand as in the file. Lines may be in any order;
//   - lines of JSON, {"seed": id, "items": [id, …]}, best first and without scores;
//   - the same with scores: {"seed": id, "items": [[id, score], …]}.
//
// Empty lines are skipped. Any other line, a score that is no number or, but for
// runs, rises, a second list for one seed, and in a run a second score for one
// target, are a *DataError that names the line.
func ReadScored(r io.Reader) (pack.Scored, error) {
	var in scoredReader
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	n := 0
	for lines.Scan() {
		n++
		line := bytes.TrimRight(lines.Bytes(), "\r")
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if in == nil {
			in = newScoredReader(line)
		}
		if reason := in.add(n, line); reason != "" {
			return nil, dataErrorf("line %d: %s", n, reason)
		}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return nil, dataErrorf("line %d: is longer than %d bytes", n+1, maxLine)
	} else if err != nil {
		return nil, err
	}
	if in == nil {
		return nil, dataErrorf("the ranking is empty")
	}
	scored, err := in.lists()
	if err != nil {
		return nil, err
	}
	return shareIDs(scored), nil
}

// shareIDs is s with every id in memory once, where each was a part of its own line.
func shareIDs(s pack.Scored) pack.Scored {
	ids := make(map[data.ArticleID]data.ArticleID, len(s))
	once := func(id data.ArticleID) data.ArticleID {
		known, ok := ids[id]
		if !ok {
			known = data.ArticleID(strings.Clone(string(id)))
			ids[known] = known
		}
		return known
	}
	shared := make(pack.Scored, len(s))
	for seed, list := range s {
		for i, id := range list.Items {
			list.Items[i] = once(id)
		}
		shared[once(seed)] = list
	}
	return shared
}

// A scoredReader reads the lines of one form of ranking.
type scoredReader interface {
	// add reads a line, or says what is wrong with it.
	add(number int, line []byte) (reason string)
	lists() (pack.Scored, error)
}

// newScoredReader is the one for a file that begins with first.
func newScoredReader(first []byte) scoredReader {
	switch {
	case first[0] == '{':
		return jsonLists{}
	case bytes.Count(first, []byte("\t")) != 2 && len(bytes.Fields(first)) == 6:
		return &runLists{of: map[data.ArticleID]*runList{}}
	}
	return &tsvLists{read: pack.Scored{}}
}

// parseScore reads a score, or says what is wrong with it.
func parseScore(text string) (score float64, reason string) {
	score, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(score) || math.IsInf(score, 0) {
		return 0, "score " + data.Quote(text) + " is no finite number"
	}
	return score, ""
}

// tsvLists reads tab-separated lines.
type tsvLists struct {
	read   pack.Scored
	source data.ArticleID
	last   float64
}

func (l *tsvLists) lists() (pack.Scored, error) { return l.read, nil }

func (l *tsvLists) add(_ int, line []byte) string {
	fields := strings.Split(string(line), "\t")
	if len(fields) != 3 {
		return "wants source, target and score, with tabs between, a TREC run, or {\"seed\": …, \"items\": […]}"
	}
	from, to := data.ArticleID(fields[0]), data.ArticleID(fields[1])
	for i, id := range []data.ArticleID{from, to} {
		if err := data.ValidateID(id); err != nil {
			return []string{"source ", "target "}[i] + err.Error()
		}
	}
	score, reason := parseScore(fields[2])
	if reason != "" {
		return reason
	}
	if from != l.source {
		if _, ok := l.read[from]; ok {
			return "source " + data.Quote(fields[0]) + " had its list further up; the lines of one source must stand together"
		}
	} else if score > l.last {
		return "score " + fields[2] + " is above the one before it; a list goes best first"
	}
	l.source, l.last = from, score
	list := l.read[from]
	list.Items, list.Scores = append(list.Items, to), append(list.Scores, score)
	l.read[from] = list
	return ""
}

// runLists reads the lines of a TREC run.
type runLists struct {
	of    map[data.ArticleID]*runList
	seeds []data.ArticleID // in the order of the file
}

type runList []runItem

type runItem struct {
	id    data.ArticleID
	score float64
	line  int
}

func (l *runLists) add(number int, line []byte) string {
	fields := strings.Fields(string(line))
	if len(fields) != 6 {
		return "wants source, Q0, target, rank, score and a name, as all lines of a TREC run"
	}
	var ids [2]data.ArticleID
	for i, field := range []string{fields[0], fields[2]} {
		side := []string{"source ", "target "}[i]
		id, err := url.PathUnescape(field)
		if err != nil {
			return side + data.Quote(field) + " holds a % that stands for no character; write % itself as %25"
		}
		ids[i] = data.ArticleID(id)
		if err := data.ValidateID(ids[i]); err != nil {
			return side + err.Error()
		}
	}
	score, reason := parseScore(fields[4])
	if reason != "" {
		return reason
	}
	list := l.of[ids[0]]
	if list == nil {
		list = new(runList)
		l.of[ids[0]] = list
		l.seeds = append(l.seeds, ids[0])
	}
	*list = append(*list, runItem{ids[1], score, number})
	return ""
}

func (l *runLists) lists() (pack.Scored, error) {
	scored := make(pack.Scored, len(l.of))
	for _, seed := range l.seeds {
		list := *l.of[seed]
		seen := make(map[data.ArticleID]bool, len(list))
		for _, item := range list {
			if seen[item.id] {
				return nil, dataErrorf("line %d: target %s had its score under %s further up", item.line, data.Quote(string(item.id)), data.Quote(string(seed)))
			}
			seen[item.id] = true
		}
		slices.SortStableFunc(list, func(a, b runItem) int { return cmp.Compare(b.score, a.score) })
		var out pack.List
		for _, item := range list {
			out.Items, out.Scores = append(out.Items, item.id), append(out.Scores, item.score)
		}
		scored[seed] = out
	}
	return scored, nil
}

// jsonLists reads lines of JSON.
type jsonLists pack.Scored

func (l jsonLists) lists() (pack.Scored, error) { return pack.Scored(l), nil }

func (l jsonLists) add(_ int, line []byte) string {
	var read struct {
		Seed  *data.ArticleID `json:"seed"`
		Items *[]jsonItem     `json:"items"`
	}
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&read); err != nil {
		return "is no list: " + err.Error()
	}
	if dec.More() || read.Seed == nil || read.Items == nil {
		return `wants {"seed": id, "items": [id, …]} or {"seed": id, "items": [[id, score], …]} and nothing else`
	}
	if err := data.ValidateID(*read.Seed); err != nil && *read.Seed != "" { // "" is the article that a log without seeds does not tell
		return err.Error()
	}
	if _, ok := l[*read.Seed]; ok {
		return "seed " + data.Quote(string(*read.Seed)) + " had its list further up"
	}
	list := pack.List{Items: make([]data.ArticleID, 0, len(*read.Items))}
	for i, item := range *read.Items {
		if err := data.ValidateID(item.id); err != nil {
			return err.Error()
		}
		switch {
		case item.scored != (*read.Items)[0].scored:
			return "has items with scores and items without"
		case item.scored && i > 0 && item.score > list.Scores[i-1]:
			return "the score of item " + strconv.Itoa(i+1) + " is above the one before it; a list goes best first"
		case item.scored:
			list.Scores = append(list.Scores, item.score)
		}
		list.Items = append(list.Items, item.id)
	}
	l[*read.Seed] = list
	return ""
}

// A jsonItem is an id, or an id and a score.
type jsonItem struct {
	id     data.ArticleID
	score  float64
	scored bool
}

func (j *jsonItem) UnmarshalJSON(b []byte) error {
	if b[0] != '[' {
		return json.Unmarshal(b, &j.id)
	}
	var pair []json.RawMessage
	if err := json.Unmarshal(b, &pair); err != nil {
		return err
	}
	if len(pair) != 2 || string(pair[1]) == "null" {
		return errors.New("an item with a score is [id, score]")
	}
	j.scored = true
	if err := json.Unmarshal(pair[0], &j.id); err != nil {
		return err
	}
	return json.Unmarshal(pair[1], &j.score)
}
