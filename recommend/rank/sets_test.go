package rank_test

import (
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/boilerplate"
	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/embed/token"
	"github.com/alsolike/alsolike/embed/vec"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/rank"
)

// A set is a corpus with what says which articles belong together.
type set struct {
	rank.Corpus
	labels []string // by row; empty: none
	reads  [][]int32
	texts  iter.Seq2[embed.Text, error]
}

func reuters(tb testing.TB) *set {
	topics, err := io.ReadAll(datatest.Dataset(tb, "reuters21578/topics.tsv"))
	if err != nil {
		tb.Fatal(err)
	}
	label := map[data.ArticleID]string{}
	for line := range strings.Lines(string(topics)) {
		id, topic, _ := strings.Cut(strings.TrimSpace(line), "\t")
		label[data.ArticleID(id)] = topic
	}
	return newSet(tb, jsonl(tb, "reuters21578/articles.jsonl.gz"), label)
}

func jsonl(tb testing.TB, name string) (articles []data.Article) {
	decoder := json.NewDecoder(datatest.Dataset(tb, name))
	for {
		var a struct {
			ID, Title, Body, Section string
			Published                string `json:"published_at"`
		}
		if err := decoder.Decode(&a); err == io.EOF {
			return articles
		} else if err != nil {
			tb.Fatal(err)
		}
		at, _ := time.Parse(time.RFC3339, a.Published)
		articles = append(articles, data.Article{ID: data.ArticleID(a.ID), Title: a.Title, Body: a.Body, Section: a.Section, PublishedAt: at, Lang: "en"})
	}
}

func drcd(tb testing.TB) *set {
	var file struct {
		Data []struct {
			ID, Title  string
			Paragraphs []struct{ ID, Context string }
		}
	}
	if err := json.NewDecoder(datatest.Dataset(tb, "drcd_zh_hant/DRCD_dev.json")).Decode(&file); err != nil {
		tb.Fatal(err)
	}
	label := map[data.ArticleID]string{}
	var articles []data.Article
	for _, d := range file.Data {
		for _, p := range d.Paragraphs {
			articles = append(articles, data.Article{ID: data.ArticleID(p.ID), Body: p.Context, Lang: "zh-Hant"})
			label[data.ArticleID(p.ID)] = d.ID
		}
	}
	return newSet(tb, articles, label)
}

func ibm(tb testing.TB) *set {
	var articles []data.Article
	place := map[string]int{}
	for _, r := range readCSV(tb, "ibm_community/articles_community.csv") {
		id := r["article_id"]
		a := data.Article{ID: data.ArticleID(id), Title: r["doc_full_name"], Summary: r["doc_description"], Body: r["doc_body"], Lang: "en"}
		if at, ok := place[id]; ok {
			articles[at] = a
			continue
		}
		place[id] = len(articles)
		articles = append(articles, a)
	}
	s := newSet(tb, articles, nil)
	row := map[data.ArticleID]int32{}
	for i := range s.Cards {
		row[s.Cards[i].ID] = int32(i)
	}
	reader := map[string]int{}
	for _, r := range readCSV(tb, "ibm_community/user-item-interactions.csv") {
		number, err := strconv.ParseFloat(r["article_id"], 64)
		if err != nil {
			tb.Fatal(err)
		}
		i, ok := row[data.ArticleID(strconv.Itoa(int(number)))]
		if !ok || r["email"] == "" {
			continue
		}
		if _, ok := reader[r["email"]]; !ok {
			reader[r["email"]] = len(s.reads)
			s.reads = append(s.reads, nil)
		}
		n := reader[r["email"]]
		s.reads[n] = append(s.reads[n], i)
	}
	return s
}

func readCSV(tb testing.TB, name string) []map[string]string {
	all, err := csv.NewReader(datatest.Dataset(tb, name)).ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	var records []map[string]string
	for _, line := range all[1:] {
		record := map[string]string{}
		for i, column := range all[0] {
			record[column] = line[i]
		}
		records = append(records, record)
	}
	return records
}

func each[T any](articles []data.Article, f func(*data.Article) T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for i := range articles {
			if !yield(f(&articles[i]), nil) {
				return
			}
		}
	}
}

// newSet makes the corpus of articles, all in one language, as a refresh does.
func newSet(tb testing.TB, articles []data.Article, label map[data.ArticleID]string) *set {
	tb.Helper()
	ctx := context.Background()
	slices.SortFunc(articles, func(a, b data.Article) int { return cmp.Compare(a.ID, b.ID) })
	blocks, err := boilerplate.Find(ctx, each(articles, recommend.Page))
	if err != nil {
		tb.Fatal(err)
	}
	texts := each(articles, func(a *data.Article) embed.Text {
		text, _ := recommend.CleanText(a, blocks)
		return text
	})
	s := &set{texts: texts}
	model, vectors, err := lsa.Fit(ctx, texts, lsa.Options{Fitted: func(_ string, a *embed.Sparse, _ *lsa.TruncatedSVD) {
		s.Terms = &embed.Sparse{Rows: a.Rows, Cols: a.Cols, Ptr: slices.Clone(a.Ptr), Index: slices.Clone(a.Index), Value: slices.Clone(a.Value)}
	}})
	if err != nil {
		tb.Fatal(err)
	}
	s.Vectors = vectors
	s.Titles = titles(tb, articles, texts, model.Space(string(articles[0].Lang)))
	s.labels = make([]string, len(articles))
	for i := range articles {
		articles[i].State = data.Published
		s.Cards = append(s.Cards, articles[i].Card())
		s.labels[i] = label[articles[i].ID]
		s.Groups = append(s.Groups, uint32(i))
	}
	s.AsOf = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	if s.Own, err = knn.All(ctx, vectors, knn.Options{}); err != nil {
		tb.Fatal(err)
	}
	s.Stories = stories(articles, s.Terms, s.Own)
	return s
}

// titles weighs the terms of titles by the weights that they have in the texts.
func titles(tb testing.TB, articles []data.Article, texts iter.Seq2[embed.Text, error], space *lsa.Space) *embed.Sparse {
	counts, err := lsa.Counts(context.Background(), texts, lsa.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	if counts.Rows != space.Terms() {
		tb.Fatalf("%d terms counted, %d in the space", counts.Rows, space.Terms())
	}
	weighting := new(lsa.Weighting)
	weighting.Fit(counts)
	number := map[string]uint32{}
	for i := range space.Terms() {
		number[space.Term(i)] = uint32(i)
	}
	tokens := token.For(string(articles[0].Lang), token.Rules{})
	t := &embed.Sparse{Rows: counts.Rows, Cols: len(articles), Ptr: []int{0}}
	for i := range articles {
		var column []uint32
		for _, token := range tokens.Tokenise(data.PlainText(articles[i].Title)) {
			if n, ok := number[token]; ok {
				column = append(column, n)
			}
		}
		slices.Sort(column)
		for lo := 0; lo < len(column); {
			hi := lo + 1
			for hi < len(column) && column[hi] == column[lo] {
				hi++
			}
			t.Index = append(t.Index, column[lo])
			t.Value = append(t.Value, float32(hi-lo))
			lo = hi
		}
		t.Ptr = append(t.Ptr, len(t.Index))
	}
	weighted, err := weighting.Transform(t)
	if err != nil {
		tb.Fatal(err)
	}
	t = embed.SparseOf(weighted)
	for i := range t.Cols {
		_, value := t.Col(i)
		vec.Normalise(value)
	}
	return t
}

// stories joins the articles that share .8 of their shingles of five words (eight
// characters of Chinese), sought among near neighbours.
func stories(articles []data.Article, terms *embed.Sparse, own knn.Lists) []uint32 {
	story := make([]uint32, len(articles))
	for i := range story {
		story[i] = uint32(i)
	}
	var root func(i uint32) uint32
	root = func(i uint32) uint32 {
		if story[i] != i {
			story[i] = root(story[i])
		}
		return story[i]
	}
	kept := map[int]map[string]bool{}
	shingles := func(i int) map[string]bool {
		if kept[i] == nil {
			kept[i] = shinglesOf(&articles[i])
		}
		return kept[i]
	}
	for i := range articles {
		for _, n := range own.Row(i) {
			if n.Cosine < .8 {
				break
			}
			a, b := shingles(i), shingles(int(n.Row))
			both := 0
			for s := range a {
				if b[s] {
					both++
				}
			}
			if all := len(a) + len(b) - both; all > 0 && float64(both) >= .8*float64(all) {
				a, b := root(uint32(i)), root(uint32(n.Row))
				story[max(a, b)] = min(a, b)
			}
		}
	}
	for i := range story {
		story[i] = root(uint32(i))
	}
	return story
}

func shinglesOf(a *data.Article) map[string]bool {
	set := map[string]bool{}
	text := data.PlainText(a.Body)
	if a.Lang.Base() == "zh" {
		runes := []rune(text)
		for i := 0; i+8 <= len(runes); i++ {
			set[string(runes[i:i+8])] = true
		}
		return set
	}
	words := strings.Fields(text)
	for i := 0; i+5 <= len(words); i++ {
		set[strings.Join(words[i:i+5], " ")] = true
	}
	return set
}
