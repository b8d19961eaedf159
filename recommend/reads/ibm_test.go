package reads_test

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"iter"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/clicklog"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/eval/resample"
	"github.com/alsolike/alsolike/recommend/baseline"
	"github.com/alsolike/alsolike/recommend/reads"
)

// The set stands beside the repository and is no part of it.
const ibmFolder = "../../../shared/datasets/ibm_community"

// A site is the articles with text and the reads of them.
type site struct {
	row     map[data.ArticleID]int32
	text    [][]float32 // by row: how alike each article's text is, in [0, 1]
	readers []visitor   // in the order in which they came
}

type visitor struct {
	name  string
	reads []int32
}

func (s *site) find(id data.ArticleID) (int32, bool) {
	row, ok := s.row[data.ArticleID(strings.TrimSuffix(string(id), ".0"))]
	return row, ok
}

func ibm(t *testing.T) *site {
	t.Helper()
	if testing.Short() {
		t.Skip("reads a large set of texts")
	}
	f, err := os.Open(filepath.Join(ibmFolder, "articles_community.csv"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the set is not there: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := func(line []string, name string) string { return line[slices.Index(lines[0], name)] }
	s := &site{row: map[data.ArticleID]int32{}}
	var articles [][]string
	for _, line := range lines[1:] {
		id := data.ArticleID(column(line, "article_id"))
		if row, ok := s.row[id]; ok {
			articles[row] = line
			continue
		}
		s.row[id] = int32(len(articles))
		articles = append(articles, line)
	}
	s.compare(t, articles, column)

	log, err := clicklog.ReadReads(t.Context(), filepath.Join(ibmFolder, "user-item-interactions.csv"), clicklog.Mapping{Reader: "email", Item: "article_id"})
	if err != nil {
		t.Fatal(err)
	}
	number := map[string]int{}
	for _, r := range log.Reads {
		row, ok := s.find(data.ArticleID(r.Item))
		if !ok {
			continue
		}
		k, ok := number[r.Reader]
		if !ok {
			k = len(s.readers)
			number[r.Reader] = k
			s.readers = append(s.readers, visitor{name: r.Reader})
		}
		s.readers[k].reads = append(s.readers[k].reads, row)
	}
	return s
}

// compare finds how alike texts are: the mean of the cosines of LSA, of tf-idf and,
// weighted .6, of tf-idf of the titles.
func (s *site) compare(t *testing.T, articles [][]string, column func([]string, string) string) {
	t.Helper()
	texts := func(title, summary, body float32) iter.Seq2[embed.Text, error] {
		return func(yield func(embed.Text, error) bool) {
			for _, a := range articles {
				text := embed.Text{Fields: []embed.Field{{Text: column(a, "doc_full_name"), Weight: title}}}
				if body > 0 {
					text.Fields = append(text.Fields, embed.Field{Text: column(a, "doc_description"), Weight: summary}, embed.Field{Text: column(a, "doc_body"), Weight: body})
				}
				if !yield(text, nil) {
					return
				}
			}
		}
	}
	n := len(articles)
	s.text = make([][]float32, n)
	for i := range s.text {
		s.text[i] = make([]float32, n)
	}
	_, vectors, err := lsa.Fit(t.Context(), texts(3, 2, 1), lsa.Options{})
	if err != nil {
		t.Fatal(err)
	}
	const all = 1 + 1 + .6
	for i, row := range s.text {
		for j := range row {
			var cosine float32
			for k, v := range vectors.Row(i) {
				cosine += v * vectors.Row(j)[k]
			}
			row[j] = max(cosine, 0) / all
		}
	}
	for _, part := range []struct {
		texts  iter.Seq2[embed.Text, error]
		weight float32
	}{{texts(3, 2, 1), 1}, {texts(1, 0, 0), .6}} {
		terms, err := lsa.TFIDF(t.Context(), part.texts, lsa.Options{})
		if err != nil {
			t.Fatal(err)
		}
		of := terms.Transposed()
		for i, row := range s.text {
			index, value := terms.Col(i)
			for k, term := range index {
				others, weights := of.Col(int(term))
				for l, j := range others {
					row[j] += part.weight / all * value[k] * weights[l]
				}
			}
		}
	}
}

// A split is the readers to learn from and those to measure.
type split struct {
	*site
	learnt   []visitor
	measured [][][2]int32 // by reader: the steps from one article to another, each once
	tail     []bool       // by row: not among the tenth most read of learnt
}

// split measures three readers of ten, by a hash of their names; the salt "" gives
// those of the command eval run.
func (s *site) split(salt string) *split {
	p := &split{site: s, tail: make([]bool, len(s.text))}
	for _, v := range s.readers {
		h := fnv.New64a()
		h.Write([]byte(salt + v.name))
		if h.Sum64()%10 >= 3 {
			p.learnt = append(p.learnt, v)
			continue
		}
		var steps [][2]int32
		for k := 1; k < len(v.reads); k++ {
			if step := [2]int32{v.reads[k-1], v.reads[k]}; step[0] != step[1] && !slices.Contains(steps, step) {
				steps = append(steps, step)
			}
		}
		if len(steps) > 0 {
			p.measured = append(p.measured, steps)
		}
	}
	for k, row := range baseline.NewPopular(p.views()).Rank(-1, len(s.text)) {
		p.tail[row] = k >= len(s.text)/10
	}
	return p
}

func (p *split) views() []int {
	views := make([]int, len(p.text))
	for _, v := range p.learnt {
		for _, row := range v.reads {
			views[row]++
		}
	}
	return views
}

// signals are those of the first share of the readers to learn from.
func (p *split) signals(share float64) *reads.Signals {
	c := reads.NewCollector(len(p.text), p.find, reads.Options{})
	id := make([]data.ArticleID, len(p.text))
	for one, row := range p.row {
		id[row] = one
	}
	var log clicklog.Log
	for _, v := range p.learnt[:int(share*float64(len(p.learnt)))] {
		for _, row := range v.reads {
			log.Reads = append(log.Reads, clicklog.Read{Reader: v.name, Item: string(id[row])})
		}
	}
	c.Log(log)
	return c.Signals()
}

// A ranking is the list of every row, at most ten long.
type ranking [][]int

// ours ranks 64 neighbours by text, the co-reads and the most read articles.
func (p *split) ours(s *reads.Signals, w reads.Weights) ranking {
	lists := make(ranking, len(p.text))
	for i := range lists {
		score := make([]float32, len(p.text))
		for _, j := range p.candidates(s, i) {
			score[j] = p.text[i][j] + w.Of(s.Features(int32(i), int32(j)))
		}
		lists[i] = best(score, i, 10)
	}
	return lists
}

func (p *split) candidates(s *reads.Signals, i int) []int {
	candidates := best(p.text[i], i, 64)
	for _, link := range s.CoRead(int32(i)) {
		candidates = append(candidates, int(link.Row))
	}
	for _, row := range s.MostRead() {
		candidates = append(candidates, int(row))
	}
	slices.Sort(candidates)
	return slices.Compact(candidates)
}

// best is the k rows of the highest score above zero but for row, of equals the
// smaller first.
func best(score []float32, row, k int) []int {
	var list []int
	for j, v := range score {
		if v > 0 && j != row {
			list = append(list, j)
		}
	}
	slices.SortStableFunc(list, func(a, b int) int { return cmp.Compare(score[b], score[a]) })
	return list[:min(k, len(list))]
}

func (p *split) popular() ranking {
	popular := baseline.NewPopular(p.views())
	return p.ranked(popular.Rank)
}

// coReads is the item-item cosine of who read both.
func (p *split) coReads(shrink float64) ranking {
	var sessions [][]int32
	var weight []float64
	for _, v := range p.learnt {
		sessions = append(sessions, v.reads)
		weight = append(weight, 1)
	}
	return p.ranked(baseline.NewTogether(len(p.text), sessions, weight, shrink).Rank)
}

// nextReads is how often readers went on from one to the other, of equals the more
// read first, filled with the most read.
func (p *split) nextReads() ranking {
	popular := baseline.NewPopular(p.views())
	order := popular.Rank(-1, len(p.text)) // of equals the smaller number comes first
	number := make([]int32, len(order))
	for k, row := range order {
		number[row] = int32(k)
	}
	var from, to []int32
	for _, v := range p.learnt {
		for k := 1; k < len(v.reads); k++ {
			from, to = append(from, number[v.reads[k-1]]), append(to, number[v.reads[k]])
		}
	}
	followed := baseline.NewFollowed(from, to)
	return p.ranked(func(row, k int) []int {
		var list []int
		for _, other := range followed.Rank(int(number[row]), k) {
			list = append(list, order[other])
		}
		for _, other := range popular.Rank(row, 2*k) {
			if !slices.Contains(list, other) {
				list = append(list, other)
			}
		}
		return list[:k]
	})
}

func (p *split) ranked(rank func(row, k int) []int) ranking {
	lists := make(ranking, len(p.text))
	for i := range lists {
		lists[i] = rank(i, 10)
	}
	return lists
}

// A result is what a ranking is worth to each reader: hr@10 and mrr@10, and hr@10 of
// the steps to the tail (NaN: none).
type result struct{ hr, mrr, tail []float64 }

func (p *split) measure(lists ranking) result {
	var r result
	for _, steps := range p.measured {
		var hits, reciprocal, tailHits, tails float64
		for _, step := range steps {
			place := 1 + slices.Index(lists[step[0]], int(step[1]))
			if place > 0 {
				hits++
				reciprocal += 1 / float64(place)
			}
			if p.tail[step[1]] {
				tails++
				if place > 0 {
					tailHits++
				}
			}
		}
		n := float64(len(steps))
		r.hr, r.mrr, r.tail = append(r.hr, hits/n), append(r.mrr, reciprocal/n), append(r.tail, tailHits/tails)
	}
	return r
}

func mean(x []float64) float64 {
	var sum, n float64
	for _, v := range x {
		if !math.IsNaN(v) {
			sum += v
			n++
		}
	}
	return sum / n
}

// above is the lower bound of the interval of 95 % of how much a is above b, paired
// by reader.
func above(a, b []float64) float64 {
	difference, ones := make([]float64, len(a)), make([]float64, len(a))
	for i := range a {
		difference[i], ones[i] = a[i]-b[i], 1
	}
	low, _ := resample.Ratio(difference, ones, resample.Options{Seed: 1}).Interval(0.05)
	return low
}

func (l ranking) mostLinksIn() (most, without int) {
	in := map[int]int{}
	for _, list := range l {
		if len(list) == 0 {
			without++
		}
		for _, j := range list {
			in[j]++
			most = max(most, in[j])
		}
	}
	return most, without
}

// capped ranks again so that no row is among the first ten of more than most lists:
// the links of the highest scores first.
func (l ranking) capped(p *split, s *reads.Signals, most int) ranking {
	type link struct {
		i, j  int
		score float32
	}
	var links []link
	for i := range l {
		for _, j := range p.candidates(s, i) {
			if v := p.text[i][j] + reads.DefaultWeights.Of(s.Features(int32(i), int32(j))); v > 0 && i != j {
				links = append(links, link{i, j, v})
			}
		}
	}
	slices.SortStableFunc(links, func(a, b link) int { return cmp.Compare(b.score, a.score) })
	lists, in := make(ranking, len(l)), make([]int, len(l))
	for _, x := range links {
		if len(lists[x.i]) < 10 && in[x.j] < most {
			lists[x.i] = append(lists[x.i], x.j)
			in[x.j]++
		}
	}
	return lists
}

// The figures asked for, and those of the baselines, of the readers of ibm_community:
// no time split, as the log has no times.
func TestIBMCommunity(t *testing.T) {
	s := ibm(t)
	salts := []string{"", "1", "2", "3", "4"}
	mean5 := map[string]*[4]float64{}
	for _, salt := range salts {
		p := s.split(salt)
		add := func(name string, r result, lists ranking) {
			most, _ := lists.mostLinksIn()
			if mean5[name] == nil {
				mean5[name] = new([4]float64)
			}
			for i, v := range [4]float64{mean(r.hr), mean(r.mrr), mean(r.tail), float64(most)} {
				mean5[name][i] += v / float64(len(salts))
			}
		}
		signals := p.signals(1)
		lists := p.ours(signals, reads.DefaultWeights)
		ours := p.measure(lists)
		add("all", ours, lists)
		if _, without := lists.mostLinksIn(); without > 0 {
			t.Errorf("split %q: %d articles have no list", salt, without)
		}
		for _, base := range []struct {
			name  string
			lists ranking
		}{
			{"most popular", p.popular()},
			{"co-reads, cosine", p.coReads(0)},
			{"co-reads, cosine + 10", p.coReads(10)},
			{"co-reads, cosine + 30", p.coReads(30)},
			{"next reads", p.nextReads()},
			{"text alone", p.ours(signals, reads.Weights{})},
		} {
			r := p.measure(base.lists)
			add(base.name, r, base.lists)
			hr, mrr := above(ours.hr, r.hr), above(ours.mrr, r.mrr)
			t.Logf("split %q: above %s by at least %.4f / %.4f", salt, base.name, hr, mrr)
			if hr <= 0 || mrr <= 0 {
				t.Errorf("split %q: not surely above %s: by %.4f and %.4f at least", salt, base.name, hr, mrr)
			}
			if strings.HasPrefix(base.name, "co-reads") && mean(ours.tail) < mean(r.tail) {
				t.Errorf("split %q: hr@10 of the tail: %.4f, %s reach %.4f", salt, mean(ours.tail), base.name, mean(r.tail))
			}
		}
		for _, half := range []struct {
			name string
			w    reads.Weights
		}{
			{"without popularity", reads.Weights{Next: reads.DefaultWeights.Next, CoRead: reads.DefaultWeights.CoRead}},
			{"next only", reads.Weights{Next: reads.DefaultWeights.Next}},
			{"co-reads only", reads.Weights{CoRead: reads.DefaultWeights.CoRead}},
			{"popularity only", reads.Weights{Popular: reads.DefaultWeights.Popular}},
		} {
			lists := p.ours(signals, half.w)
			add("text, "+half.name, p.measure(lists), lists)
		}
		for _, most := range []int{60} {
			capped := lists.capped(p, signals, most)
			add(fmt.Sprintf("all, at most %d links in", most), p.measure(capped), capped)
		}
		for _, share := range []float64{.003, .03, .3} {
			lists := p.ours(p.signals(share), reads.DefaultWeights)
			add(fmt.Sprintf("all, %v of the readers", share), p.measure(lists), lists)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(mean5)) {
		v := mean5[name]
		t.Logf("%-28s hr@10 %.4f  mrr@10 %.4f  tail hr@10 %.4f  most links in %.0f", name, v[0], v[1], v[2], v[3])
	}
	if got := mean5["all"]; got[0] < 0.190 || got[1] < 0.078 {
		t.Errorf("hr@10 %.4f, mrr@10 %.4f; want at least .190 and .078", got[0], got[1])
	}
}
