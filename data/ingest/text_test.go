package ingest_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/ingest"
)

const textPage = `Language : English 简体 繁體
Housing

Rents Rise Again in the North of the City, and Nobody Knows Why

Feb 21 , 2014
  • Jane Doe

    Fellow of the Institute of Cities

%s

Second paragraph: the rents of last year were lower, as everybody remembers who had to pay them.

You might also like
Rents fell
Back to Top`

const prose = "The rents in the north of the city rose by a tenth last year. Nobody who was asked knew why, and those who know were not asked; so it goes on as it always did."

func TestText(t *testing.T) {
	check := func(name, content string, want data.Article) {
		t.Helper()
		r := one(t, "page.txt", content, ingest.SourceOptions{})
		if r.Err != nil {
			t.Errorf("%s: %v", name, r.Err)
			return
		}
		want.ID, want.State, want.Lang = "page", data.Published, data.Undetermined
		if diff := cmp.Diff(want, r.Article); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
	const title = "Rents Rise Again"
	const second = "Second paragraph: the rents of last year were lower, as everybody remembers who had to pay them."
	check("whole", fmt.Sprintf(textPage, prose), data.Article{
		Title: "Rents Rise Again in the North of the City, and Nobody Knows Why", Section: "Housing", PublishedAt: date(2014, 2, 21, 0),
		Authors: []string{"Jane Doe"}, Body: prose + "\n\n" + second,
	})
	check("carriage returns and mark", "\ufeff"+strings.ReplaceAll(title+"\n\n"+prose, "\n", "\r\n"), data.Article{Title: title, Body: prose})
	check("date first", "2014-02-21\n"+title+"\nBy Jane Doe and John Roe\n\n"+prose, data.Article{
		Title: title, PublishedAt: date(2014, 2, 21, 0), Authors: []string{"Jane Doe", "John Roe"}, Body: prose,
	})
	check("standfirst", title+"\nWhat they cost now\n21 February 2014\n\n"+prose, data.Article{
		Title: title, PublishedAt: date(2014, 2, 21, 0), Body: "What they cost now\n\n" + prose,
	})
	check("no title", prose+" "+prose, data.Article{Title: "The rents in the north of the city rose by a tenth last year. Nobody who was…", Body: prose + " " + prose})
	check("list in the text", title+"\n\n"+prose+"\n\n- one\n- two", data.Article{Title: title, Body: prose + "\n\n- one\n- two"})
	check("related in the middle", title+"\n\n"+prose+"\nRelated\n"+prose, data.Article{Title: title, Body: prose + "\nRelated\n" + prose})
	check("Chinese", "简体 | 繁體 | English\n\n房租又涨了\n\n2014年2月21日\n作者：王小明\n\n"+strings.Repeat("城北的房租去年涨了一成，没有人知道为什么。", 4)+"\n\n返回顶部", data.Article{
		Title: "房租又涨了", PublishedAt: date(2014, 2, 21, 0), Authors: []string{"王小明"}, Body: strings.Repeat("城北的房租去年涨了一成，没有人知道为什么。", 4),
	})
	check("dates in the text", title+"\n\n"+prose+"\n\n21 February 2014\n\n"+prose, data.Article{Title: title, Body: prose + "\n\n21 February 2014\n\n" + prose})
	check("only a title", title, data.Article{Title: title})

	for _, content := range []string{"", " \n\n", "Back to Top\n", "2014-02-21", "\xff\xfea"} {
		if r := one(t, "page.txt", content, ingest.SourceOptions{}); r.Err == nil {
			t.Errorf("%q: was taken as %+v", content, r.Article)
		}
	}
}

// A real page of a magazine, as a reader copies it.
func TestSeedPage(t *testing.T) {
	source := openSource(t, dataset(t, "seed_page"), ingest.SourceOptions{})
	records := slices.Collect(source.Records(context.Background()))
	if len(records) != 1 || records[0].Err != nil {
		t.Fatalf("got %+v", records)
	}
	a := records[0].Article
	if a.ID != "000_236ed1629c3f9f2a" || !strings.HasPrefix(a.Title, "China-US Cooperation Needs") || a.Section != "Foreign Policy" ||
		!a.PublishedAt.Equal(date(2014, 2, 21, 0)) || !slices.Equal(a.Authors, []string{"Xue Junying"}) {
		t.Errorf("got %+v", a)
	}
	for _, furniture := range []string{"You might also like", "Back to Top", "Language", "English", "Research Fellow", a.Title, "Feb 21"} {
		if strings.Contains(a.Body, furniture) {
			t.Errorf("the text holds %q", furniture)
		}
	}
	if n := strings.Count(a.Body, "\n\n"); n != 6 || !strings.HasPrefix(a.Body, "U.S. Secretary") || !strings.HasSuffix(a.Body, "International Studies.") {
		t.Errorf("got %d breaks in %.50q … %q", n, a.Body, a.Body[len(a.Body)-50:])
	}
}

// Whatever a page holds, no word of it appears twice, and none comes from elsewhere.
func FuzzText(f *testing.F) {
	f.Add(fmt.Sprintf(textPage, prose))
	f.Add("2014-02-21\n• a\n\n-\n")
	f.Fuzz(func(t *testing.T, content string) {
		r := slices.Collect(ingest.ParseContent("page.txt", []byte(content), ingest.SourceOptions{Format: ingest.Text}))[0]
		if r.Err != nil {
			return
		}
		checkRoundTrip(t, r.Article)
		if strings.HasPrefix(content, "\xff\xfe") || strings.HasPrefix(content, "\xfe\xff") {
			return // UTF-16, in other words
		}
		left := map[string]int{}
		for _, word := range strings.Fields(strings.NewReplacer("\ufeff", "", "\r", "\n").Replace(content)) {
			left[word]++
		}
		for _, word := range strings.Fields(r.Article.Body) {
			if left[word]--; left[word] < 0 {
				t.Fatalf("%q: the word %q of the text %q is not there so often", content, word, r.Article.Body)
			}
		}
	})
}
