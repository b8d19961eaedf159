package refresh

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/boilerplate"
	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/knn"
)

func readArticles(t testing.TB, set string) []data.Article {
	t.Helper()
	var articles []data.Article
	decoder := json.NewDecoder(datatest.Dataset(t, set+"/articles.jsonl.gz"))
	for {
		var a struct{ ID, Title, Body, Section string }
		if err := decoder.Decode(&a); err == io.EOF {
			return articles
		} else if err != nil {
			t.Fatal(err)
		}
		articles = append(articles, data.Article{ID: data.ArticleID(a.ID), Lang: "en", Title: a.Title, Body: a.Body, Section: a.Section})
	}
}

func each(articles []data.Article) iter.Seq2[data.Article, error] {
	return func(yield func(data.Article, error) bool) {
		for _, a := range articles {
			if !yield(a, nil) {
				return
			}
		}
	}
}

// leaveOut finds the boilerplate of articles and is their texts without it.
func leaveOut(t *testing.T, articles []data.Article) ([]embed.Text, leftOut) {
	t.Helper()
	blocks, err := boilerplate.Find(t.Context(), pages(each(articles), map[data.Lang]int{}, Options{}.withDefaults().Progress))
	if err != nil {
		t.Fatal(err)
	}
	var found leftOut
	texts := make([]embed.Text, len(articles))
	for i := range articles {
		var pieces []string
		texts[i], pieces = recommend.CleanText(&articles[i], blocks)
		found.add(pieces)
	}
	r := found.report(blocks)
	t.Logf("%d blocks on %d of %d articles, %d bytes", r.Blocks, r.Articles, len(articles), r.Bytes)
	for _, e := range r.Examples {
		t.Logf("%6d × %q", e.Articles, e.Text)
	}
	return texts, found
}

// tenNearest are the ten nearest texts of each.
func tenNearest(t *testing.T, texts []embed.Text) knn.Lists {
	t.Helper()
	_, vectors, err := lsa.Fit(t.Context(), func(yield func(embed.Text, error) bool) {
		for _, text := range texts {
			if !yield(text, nil) {
				return
			}
		}
	}, lsa.Options{})
	if err != nil {
		t.Fatal(err)
	}
	lists, err := knn.All(t.Context(), vectors, knn.Options{K: 10})
	if err != nil {
		t.Fatal(err)
	}
	return lists
}

// Nearly every page of this collection has some site's menus; 49 start with
// those of a video site.
func TestBoilerplateOfIBMCommunity(t *testing.T) {
	rows, err := csv.NewReader(datatest.Dataset(t, "ibm_community/articles_community.csv")).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var articles []data.Article
	row := map[string]int{}
	for _, r := range rows[1:] {
		if _, known := row[r[5]]; known {
			continue
		}
		row[r[5]] = len(articles)
		articles = append(articles, data.Article{ID: data.ArticleID(r[5]), Lang: "en", Title: r[3], Summary: r[2], Body: r[1]})
	}
	log, err := csv.NewReader(datatest.Dataset(t, "ibm_community/user-item-interactions.csv")).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	reads := map[string][]int{}
	for _, r := range log[1:] {
		id, err := strconv.ParseFloat(r[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		if i, ok := row[strconv.Itoa(int(id))]; ok && r[3] != "" {
			reads[r[3]] = append(reads[r[3]], i)
		}
	}
	whole, videos := make([]embed.Text, len(articles)), map[int]bool{}
	for i := range articles {
		whole[i] = recommend.Text(&articles[i])
		if strings.Contains(articles[i].Body, "THIS VIDEO IS UNAVAILABLE") {
			videos[i] = true
		}
	}
	clean, found := leaveOut(t, articles)
	for _, menu := range []string{"share this", "terms of use"} {
		if found.pieces[menu] == nil {
			t.Errorf("%q was not left out", menu)
		}
	}
	for i := range videos {
		if body := clean[i].Fields[3].Text; strings.Contains(body, "VIDEO IS UNAVAILABLE") {
			t.Errorf("article %s still starts with %.200q", articles[i].ID, body)
		}
	}
	before, after := tenNearest(t, whole), tenNearest(t, clean)
	t.Logf("hr@10 before %.4f, after %.4f", hitRate(reads, before), hitRate(reads, after))
	if was, is := hitRate(reads, before), hitRate(reads, after); is < was-0.001 {
		t.Errorf("hr@10 falls from %.4f to %.4f", was, is)
	}
	was, is := within(videos, before), within(videos, after)
	t.Logf("%d pages of the video site: %.3f of their links stay with it before, %.3f after", len(videos), was, is)
	if is > was {
		t.Errorf("of the links of the video site's pages %.3f stay with it, more than the %.3f before", is, was)
	}
}

// within is the share of links from rows of the set to others of it.
func within(set map[int]bool, l knn.Lists) float64 {
	inside, all := 0, 0
	for i := range set {
		for _, to := range l.Row(i) {
			if all++; set[int(to.Row)] {
				inside++
			}
		}
	}
	return float64(inside) / float64(all)
}

// hitRate is hr@10 of the lists: mean over readers of the share of their steps
// that the list of the first article has among its first ten.
func hitRate(reads map[string][]int, l knn.Lists) float64 {
	sum, readers := 0.0, 0
	for _, read := range reads {
		steps, hits := map[[2]int]bool{}, 0
		for i := 1; i < len(read); i++ {
			step := [2]int{read[i-1], read[i]}
			if step[0] == step[1] || steps[step] {
				continue
			}
			steps[step] = true
			list := l.Row(step[0])
			if slices.ContainsFunc(list[:min(10, len(list))], func(n knn.Neighbour) bool { return int(n.Row) == step[1] }) {
				hits++
			}
		}
		if len(steps) > 0 {
			sum, readers = sum+float64(hits)/float64(len(steps)), readers+1
		}
	}
	return sum / float64(readers)
}

// Newswire ends with the agency's name, and has nothing else to leave out. That
// does not change purity@10: .8068 before, .8066 after.
func TestBoilerplateOfNewswire(t *testing.T) {
	articles := readArticles(t, "reuters21578")
	_, found := leaveOut(t, articles)
	if found.articles < 18_000 {
		t.Errorf("the agency's name is left out of %d articles, want 18,000 or more", found.articles)
	}
	for key := range found.pieces {
		if key != "reuter" {
			t.Errorf("left out %q", key)
		}
	}
}

// Senators' offices have letterheads, and series of releases about grants. With
// all that, 64.2 % of the first 20 links stay with the senator; without, 63.5 %.
func TestBoilerplateOfPressReleases(t *testing.T) {
	_, found := leaveOut(t, readArticles(t, "senate_press_2004_2005"))
	for _, head := range []string{
		"2005 news releases year county current record washington email email email email email email",
		"sens. paul s. sarbanes (d-md) and barbara a. mikulski (d-md",
	} {
		if p := found.pieces[head]; p == nil {
			t.Errorf("%q was not left out", head)
		}
	}
	if found.articles < 1_000 || found.articles > 5_000 {
		t.Errorf("boilerplate on %d articles, want 1,000 to 5,000", found.articles)
	}
}
