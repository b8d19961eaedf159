package trec

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"

	"github.com/alsolike/alsolike/eval/metric"
)

// MIND scores a prediction against the truth in the files of the MIND
// competition (Wu and others 2020). A line of the truth is an impression and
// whether each shown item was clicked, "7 [0,1,0]"; the prediction has the same
// impressions in the same order, with the ranks of the items, "7 [2,1,3]".
//
// The measures are AUC, MRR-mind, nDCG@5 and nDCG@10 of each impression and
// their means. MRR-mind is the mean of 1/rank over all clicks; nDCG has gains
// 2^grade - 1 and the best order of the shown items as its ideal. They agree
// with MIND's script, except that items of one rank stay in the order of the
// line, where the script's order is chance; AUC counts them half in both.
//
// An impression of the truth that is masked, [], is skipped. One with clicks on
// all items or none, on which the script fails, is left out and counted.
func MIND(truth, prediction string, _ Options) iter.Seq2[*Scores, error] {
	return func(yield func(*Scores, error) bool) {
		if err := mind(truth, prediction, func(s *Scores) bool { return yield(s, nil) }); err != nil {
			yield(nil, err)
		}
	}
}

// The values of an impression and of the summary, in the order of printing.
var (
	mindMeasures = []string{"AUC", "MRR-mind", "nDCG@5", "nDCG@10"}
	mindCounts   = []string{"impressions", "left_out"}
)

func mind(truth, prediction string, yield func(*Scores) bool) error {
	t, err := openMIND(truth)
	if err != nil {
		return err
	}
	defer t.file.Close()
	p, err := openMIND(prediction)
	if err != nil {
		return err
	}
	defer p.file.Close()

	var sums [4]float64
	var used, leftOut int
	var s impressionScorer
	scores := &Scores{}
	for {
		more, err := t.next()
		if err != nil {
			return err
		}
		if !more {
			break
		}
		if more, err = p.next(); err != nil {
			return err
		}
		switch {
		case len(t.numbers) == 0: // masked
			continue
		case !more:
			return p.bad(fmt.Sprintf("the file ends, but the truth goes on with impression %s", t.id))
		case string(p.id) != string(t.id):
			return p.bad(fmt.Sprintf("impression %s stands where the truth has %s", p.id, t.id))
		case len(p.numbers) != len(t.numbers):
			return p.bad(fmt.Sprintf("%d ranks for %d items", len(p.numbers), len(t.numbers)))
		case slices.Min(p.numbers) < 1:
			return p.bad("ranks begin with 1")
		}
		values, ok := s.score(t.numbers, p.numbers)
		if !ok {
			leftOut++
			continue
		}
		used++
		scores.Query, scores.Values = string(t.id), scores.Values[:0]
		for i, v := range values {
			sums[i] += v
			scores.Values = append(scores.Values, Value{Name: mindMeasures[i], Number: v})
		}
		if !yield(scores) {
			return nil
		}
	}
	if used == 0 {
		return &Error{7, "eval trec: no impression to score", truth + " has no impression with items that were clicked and items that were not"}
	}
	*scores = Scores{Query: "all", summary: true}
	for i, n := range []int{used, leftOut} {
		scores.Values = append(scores.Values, Value{Name: mindCounts[i], Number: float64(n), Whole: true})
	}
	for i, sum := range sums {
		scores.Values = append(scores.Values, Value{Name: mindMeasures[i], Number: sum / float64(used)})
	}
	yield(scores)
	return nil
}

// An impressionScorer scores impressions, one after the other.
type impressionScorer struct {
	order                 []int
	grades, ideal, scores []float64
}

// score is the four measures; ok is false where all items are of one kind.
func (s *impressionScorer) score(clicks, ranks []int) (values [4]float64, ok bool) {
	tied := s.sort(ranks)
	s.grades, s.ideal, s.scores = s.grades[:0], s.ideal[:0], s.scores[:0]
	for _, i := range s.order {
		g := float64(clicks[i])
		s.grades = append(s.grades, g)
		if g > 0 {
			s.ideal = append(s.ideal, g)
		}
		if tied {
			s.scores = append(s.scores, float64(-ranks[i]))
		}
	}
	slices.SortFunc(s.ideal, func(a, b float64) int { return cmp.Compare(b, a) })
	scores := s.scores
	if !tied {
		scores = nil
	}
	auc, ok := metric.AUC(s.grades, scores)
	return [4]float64{
		auc, metric.MeanRR(s.grades),
		metric.NDCGX(s.grades, s.ideal, 5), metric.NDCGX(s.grades, s.ideal, 10),
	}, ok
}

// sort orders the items by rank, equal ranks as they stand, and says whether
// there are any.
func (s *impressionScorer) sort(ranks []int) (tied bool) {
	s.order = s.order[:0]
	for range ranks {
		s.order = append(s.order, -1)
	}
	for i, rank := range ranks {
		if rank > len(ranks) || s.order[rank-1] >= 0 {
			tied = true
			break
		}
		s.order[rank-1] = i
	}
	if tied {
		for i := range s.order {
			s.order[i] = i
		}
		slices.SortStableFunc(s.order, func(a, b int) int { return cmp.Compare(ranks[a], ranks[b]) })
	}
	return tied
}

// A mindFile is read line by line.
type mindFile struct {
	path    string
	file    *os.File
	lines   *bufio.Scanner
	line    int
	id      []byte
	numbers []int
}

// longestLine holds the longest impression that is read, in bytes.
const longestLine = 16 << 20

func openMIND(path string) (*mindFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, &Error{2, fmt.Sprintf("eval trec: cannot read '%s'", path), err.Error()}
	}
	return &mindFile{path: path, file: f, lines: mindLines(f)}, nil
}

func mindLines(r io.Reader) *bufio.Scanner {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 1<<20), longestLine)
	return lines
}

func (f *mindFile) bad(cause string) error {
	return &Error{2, fmt.Sprintf("eval trec: malformed line %d in '%s'", f.line, f.path), fmt.Sprintf("%s:%d: %s", f.path, f.line, cause)}
}

// next reads an impression; it is false at the end.
func (f *mindFile) next() (bool, error) {
	f.line++
	if !f.lines.Scan() {
		if err := f.lines.Err(); err != nil {
			return false, f.bad(err.Error())
		}
		return false, nil
	}
	var ok bool
	if f.id, f.numbers, ok = parseImpression(f.lines.Bytes(), f.numbers[:0]); !ok {
		return false, f.bad(`a line is an impression and a list of numbers, such as "7 [0,1,0]"`)
	}
	return true, nil
}

// parseImpression reads "7 [0,1,0]"; blanks around the numbers are allowed.
func parseImpression(line []byte, into []int) (id []byte, numbers []int, ok bool) {
	start := slices.Index(line, ' ')
	if start <= 0 {
		return nil, into, false
	}
	id, list := line[:start], line[start:]
	for len(list) > 0 && isSpace(list[0]) {
		list = list[1:]
	}
	for len(list) > 0 && isSpace(list[len(list)-1]) {
		list = list[:len(list)-1]
	}
	if len(list) < 2 || list[0] != '[' || list[len(list)-1] != ']' {
		return nil, into, false
	}
	list = list[1 : len(list)-1]
	if len(list) == 0 {
		return id, into, true
	}
	for {
		n, used := 0, 0
		for used < len(list) && used < 9 && '0' <= list[used] && list[used] <= '9' {
			n = n*10 + int(list[used]-'0')
			used++
		}
		if used == 0 {
			return nil, into, false
		}
		into = append(into, n)
		list = list[used:]
		if len(list) == 0 {
			return id, into, true
		}
		if list[0] != ',' {
			return nil, into, false
		}
		list = list[1:]
		for len(list) > 0 && list[0] == ' ' {
			list = list[1:]
		}
	}
}
