package lsa

import (
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/data/datatest"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/vec"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

// The sets of real texts stand beside the repository and are no part of it.
const datasets = "../../../shared/datasets"

// An article is a text of a set with what says which others are like it.
type article struct {
	id, label                  string
	title, summary, body, lang string
}

// weights of the fields, as package refresh gives them.
var titleWeight, summaryWeight float32 = 3, 2

func (a article) text() embed.Text {
	return embed.Text{Lang: a.lang, Fields: []embed.Field{
		{Text: a.title, Weight: titleWeight}, {Text: a.summary, Weight: summaryWeight}, {Text: a.body, Weight: 1},
	}}
}

func each(articles []article) iter.Seq2[embed.Text, error] {
	return func(yield func(embed.Text, error) bool) {
		for _, a := range articles {
			if !yield(a.text(), nil) {
				return
			}
		}
	}
}

func reuters(tb testing.TB) []article {
	topics, err := io.ReadAll(datatest.Dataset(tb, "reuters21578/topics.tsv"))
	if err != nil {
		tb.Fatal(err)
	}
	label := make(map[string]string)
	for line := range strings.Lines(string(topics)) {
		id, topic, _ := strings.Cut(strings.TrimSpace(line), "\t")
		label[id] = topic
	}
	var articles []article
	decoder := json.NewDecoder(datatest.Dataset(tb, "reuters21578/articles.jsonl.gz"))
	for {
		var a struct{ ID, Title, Body string }
		if err := decoder.Decode(&a); err == io.EOF {
			return articles
		} else if err != nil {
			tb.Fatal(err)
		}
		articles = append(articles, article{id: a.ID, label: label[a.ID], title: a.Title, body: a.Body})
	}
}

// senate returns the press releases of senate_press_2004_2005, which have no labels.
func senate(tb testing.TB) (articles []article) {
	decoder := json.NewDecoder(datatest.Dataset(tb, "senate_press_2004_2005/articles.jsonl.gz"))
	for {
		var a struct{ ID, Title, Body string }
		if err := decoder.Decode(&a); err == io.EOF {
			return articles
		} else if err != nil {
			tb.Fatal(err)
		}
		articles = append(articles, article{id: a.ID, title: a.Title, body: a.Body})
	}
}

func drcd(tb testing.TB) []article {
	var set struct {
		Data []struct {
			ID, Title  string
			Paragraphs []struct{ ID, Context string }
		}
	}
	if err := json.NewDecoder(datatest.Dataset(tb, "drcd_zh_hant/DRCD_dev.json")).Decode(&set); err != nil {
		tb.Fatal(err)
	}
	var articles []article
	for _, d := range set.Data {
		for _, p := range d.Paragraphs {
			articles = append(articles, article{id: p.ID, label: d.ID, body: p.Context, lang: "zh-Hant"})
		}
	}
	return articles
}

// ruby returns the posts of ruby_lang_news: lang is a post's folder, and label the name
// of its file, which its translations share.
func ruby(tb testing.TB) (posts []article) {
	if testing.Short() {
		tb.Skip("reads a large set of texts")
	}
	files, err := filepath.Glob(filepath.Join(datasets, "ruby_lang_news/*/news/_posts/*.md"))
	if err != nil {
		tb.Fatal(err)
	}
	if len(files) == 0 {
		tb.Skip("the set is not there: " + datasets + "/ruby_lang_news")
	}
	for _, name := range files {
		file, err := os.ReadFile(name)
		if err != nil {
			tb.Fatal(err)
		}
		_, matter, _ := strings.Cut(string(file), "---\n")
		matter, body, _ := strings.Cut(matter, "\n---\n")
		_, title, _ := strings.Cut(matter, "title: ")
		title, _, _ = strings.Cut(title, "\n")
		lang := filepath.Base(filepath.Dir(filepath.Dir(filepath.Dir(name))))
		posts = append(posts, article{label: filepath.Base(name), title: title, body: body, lang: lang})
	}
	return posts
}

// ibm returns the articles and the reads, reader by reader, as rows of articles.
func ibm(tb testing.TB) (articles []article, reads map[string][]int) {
	row := make(map[string]int)
	for _, r := range readCSV(tb, "ibm_community/articles_community.csv") {
		a := article{id: r["article_id"], title: r["doc_full_name"], summary: r["doc_description"], body: r["doc_body"]}
		if i, ok := row[a.id]; ok {
			articles[i] = a
			continue
		}
		row[a.id] = len(articles)
		articles = append(articles, a)
	}
	reads = make(map[string][]int)
	for _, r := range readCSV(tb, "ibm_community/user-item-interactions.csv") {
		id, err := strconv.ParseFloat(r["article_id"], 64)
		if err != nil {
			tb.Fatal(err)
		}
		if i, ok := row[strconv.Itoa(int(id))]; ok && r["email"] != "" {
			reads[r["email"]] = append(reads[r["email"]], i)
		}
	}
	return articles, reads
}

func readCSV(tb testing.TB, name string) []map[string]string {
	all, err := csv.NewReader(datatest.Dataset(tb, name)).ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	var records []map[string]string
	for _, line := range all[1:] {
		record := make(map[string]string)
		for i, column := range all[0] {
			record[column] = line[i]
		}
		records = append(records, record)
	}
	return records
}

// neighbours finds the k nearest rows of each row by cosine, itself left out.
func neighbours(v embed.Dense, k int) [][]int {
	lists := make([][]int, v.Rows)
	const block = 512
	cosines := make([]float32, block*v.Rows)
	all := blas32.General{Rows: v.Rows, Cols: v.Dim, Stride: v.Dim, Data: v.Data}
	for lo := 0; lo < v.Rows; lo += block {
		hi := min(lo+block, v.Rows)
		some := blas32.General{Rows: hi - lo, Cols: v.Dim, Stride: v.Dim, Data: v.Data[lo*v.Dim:]}
		blas32.Gemm(blas.NoTrans, blas.Trans, 1, some, all, 0, blas32.General{Rows: hi - lo, Cols: v.Rows, Stride: v.Rows, Data: cosines})
		for i := lo; i < hi; i++ {
			row := cosines[(i-lo)*v.Rows : (i-lo+1)*v.Rows]
			for j, cosine := range row {
				if j == i || cosine <= 0 || len(lists[i]) == k && cosine <= row[lists[i][k-1]] {
					continue
				}
				at := sort.Search(len(lists[i]), func(n int) bool { return row[lists[i][n]] < cosine })
				list := slices.Insert(lists[i], at, j)
				lists[i] = list[:min(k, len(list))]
			}
		}
	}
	return lists
}

// purity is the mean over labelled articles, whose label occurs at least twice, of
// the share of its first ten labelled neighbours among its nearest 20 that bear its
// label, out of as many as there can be.
func purity(articles []article, lists [][]int) float64 {
	size := make(map[string]int)
	for _, a := range articles {
		size[a.label]++
	}
	var sum float64
	var n int
	for i, a := range articles {
		if a.label == "" || size[a.label] < 2 {
			continue
		}
		seen, same := 0, 0
		for _, j := range lists[i][:min(20, len(lists[i]))] {
			if articles[j].label == "" {
				continue
			}
			if seen++; seen > 10 {
				break
			}
			if articles[j].label == a.label {
				same++
			}
		}
		sum += float64(same) / float64(min(10, size[a.label]-1))
		n++
	}
	return sum / float64(n)
}

// hitRate is the share of a reader's steps from one article to another that lead to
// one of the first ten neighbours; each step counts once, each reader the same.
func hitRate(reads map[string][]int, lists [][]int) float64 {
	var sum float64
	var readers int
	for _, read := range reads {
		steps := make(map[[2]int]bool)
		hits := 0
		for i := 1; i < len(read); i++ {
			step := [2]int{read[i-1], read[i]}
			if step[0] == step[1] || steps[step] {
				continue
			}
			steps[step] = true
			for _, j := range lists[step[0]][:min(10, len(lists[step[0]]))] {
				if j == step[1] {
					hits++
				}
			}
		}
		if len(steps) > 0 {
			sum += float64(hits) / float64(len(steps))
			readers++
		}
	}
	return sum / float64(readers)
}

// agreement is the share of the five nearest posts of a post that are, in translation,
// among the five nearest of its English version: the mean over the posts of each
// language, and over languages. Only posts that both languages have are listed.
func agreement(posts []article, v embed.Dense) float64 {
	rows := make(map[string]map[string]int) // by language and label
	for i, p := range posts {
		if rows[p.lang] == nil {
			rows[p.lang] = make(map[string]int)
		}
		rows[p.lang][p.label] = i
	}
	nearest := func(row int, among, both map[string]int) (labels []string) {
		cosine := make(map[string]float32)
		for label, other := range among {
			if _, ok := both[label]; ok && other != row {
				cosine[label] = vec.Dot(v.Row(row), v.Row(other))
				labels = append(labels, label)
			}
		}
		slices.SortFunc(labels, func(a, b string) int {
			return cmp.Or(cmp.Compare(cosine[b], cosine[a]), strings.Compare(a, b))
		})
		return labels[:min(5, len(labels))]
	}
	var sum float64
	english := rows["en"]
	for lang, own := range rows {
		same, all := 0, 0
		for label, row := range own {
			if twin, ok := english[label]; ok && lang != "en" {
				want := nearest(twin, english, own)
				for _, other := range nearest(row, own, english) {
					if slices.Contains(want, other) {
						same++
					}
				}
				all += len(want)
			}
		}
		sum += float64(same) / float64(max(all, 1))
	}
	return sum / float64(len(rows)-1)
}

// mostLinksIn is the greatest number of lists that one row is among the first ten of.
func mostLinksIn(lists [][]int) int {
	in, most := make(map[int]int), 0
	for _, list := range lists {
		for _, j := range list[:min(10, len(list))] {
			in[j]++
			most = max(most, in[j])
		}
	}
	return most
}

func fitted(tb testing.TB, articles []article, opts Options) embed.Dense {
	_, vectors, err := Fit(context.Background(), each(articles), opts)
	if err != nil {
		tb.Fatal(err)
	}
	return vectors
}

// The peers' figures are those of scikit-learn 1.2: LSA at rank 256 reaches .796.
func TestQualityOfReuters(t *testing.T) {
	articles := reuters(t)
	lists := neighbours(fitted(t, articles, Options{Rank: 256}), 20)
	got := purity(articles, lists)
	t.Logf("purity@10 %.4f, most links in %d", got, mostLinksIn(lists))
	if got < 0.795 {
		t.Errorf("purity@10: got %.4f, want at least .795", got)
	}
}

// tf-idf cosine of scikit-learn reaches .057, its LSA .054.
func TestQualityOfIBMCommunity(t *testing.T) {
	articles, reads := ibm(t)
	lists := neighbours(fitted(t, articles, Options{}), 20)
	got := hitRate(reads, lists)
	t.Logf("%d articles, %d readers: hr@10 %.4f, most links in %d", len(articles), len(reads), got, mostLinksIn(lists))
	if len(articles) != 1051 {
		t.Errorf("articles: got %d, want 1051", len(articles))
	}
	if got < 0.050 {
		t.Errorf("hr@10: got %.4f, want at least .050", got)
	}
}

// LSA of scikit-learn reaches .866, tf-idf cosine .846.
func TestQualityOfDRCD(t *testing.T) {
	articles := drcd(t)
	lists := neighbours(fitted(t, articles, Options{}), 20)
	got := purity(articles, lists)
	t.Logf("purity@10 %.4f, most links in %d", got, mostLinksIn(lists))
	if got < 0.87 {
		t.Errorf("purity@10: got %.4f, want at least .87", got)
	}
}

// What a post is near to should not depend on its language.
func TestQualityOfRubyLangNews(t *testing.T) {
	posts := ruby(t)
	got := agreement(posts, fitted(t, posts, Options{}))
	t.Logf("agreement@5 with English %.3f", got)
	if got < 0.73 {
		t.Errorf("agreement@5 with English: got %.3f, want at least .73", got)
	}
}
