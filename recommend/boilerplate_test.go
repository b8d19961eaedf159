package recommend

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed/boilerplate"
)

// furniture is the boilerplate of a site on which a box stands under every
// article and a default stands in for every missing summary.
func furniture(t *testing.T, box, summary string) *boilerplate.Blocks {
	t.Helper()
	var pages iter.Seq2[boilerplate.Page, error] = func(yield func(boilerplate.Page, error) bool) {
		for i := range 12 {
			a := data.Article{Lang: "en-GB", Section: "City", Summary: summary, Body: fmt.Sprintf("<p>Only once %d</p><div>%s</div>", i, box)}
			if !yield(Page(&a), nil) {
				return
			}
		}
	}
	blocks, err := boilerplate.Find(t.Context(), pages)
	if err != nil {
		t.Fatal(err)
	}
	return blocks
}

func TestCleanText(t *testing.T) {
	const (
		box     = "Subscribe to our letter about the city: once a week, free of charge, written by our own editors."
		summary = "News of the city, every day"
	)
	blocks := furniture(t, box, summary)
	check := func(name string, a data.Article, blocks *boilerplate.Blocks, wantSummary, wantBody string, pieces int) {
		t.Helper()
		text, leftOut := CleanText(&a, blocks)
		whole := Text(&a)
		for i, want := range []string{0: a.Title, 1: wantSummary, 2: strings.TrimRight(strings.Join(a.Tags, ""), "."), 3: wantBody} {
			if got := strings.TrimRight(text.Fields[i].Text, " \n."); got != want || text.Fields[i].Weight != whole.Fields[i].Weight {
				t.Errorf("%s: field %d is %q × %v, want %q × %v", name, i, got, text.Fields[i].Weight, want, whole.Fields[i].Weight)
			}
		}
		if len(leftOut) != pieces || text.Lang != whole.Lang {
			t.Errorf("%s: left out %q in language %q", name, leftOut, text.Lang)
		}
	}
	a := data.Article{Lang: "en", Title: "Rents rise", Tags: []string{box}, Summary: summary, Body: "<p>By a tenth.</p><p>" + box + "</p>"}
	check("in the language's edition", a, blocks, "", "By a tenth", 2)
	check("without blocks", a, nil, summary, "By a tenth.\n\n"+strings.TrimRight(box, "."), 0)
	a.Lang = "de"
	check("in another language", a, blocks, summary, "By a tenth.\n\n"+strings.TrimRight(box, "."), 0)
	a.Lang, a.Body = "en", box
	check("of which the title is left", a, blocks, "", "", 2)
	a.Title, a.Tags = "—", nil
	check("of which nothing is left", a, blocks, summary, strings.TrimRight(box, "."), 0)
}

// Sections of the same name in two languages are two.
func TestPageGroups(t *testing.T) {
	groups := map[boilerplate.Groups]bool{}
	for _, a := range []data.Article{{Lang: "en"}, {Lang: "de"}, {Lang: "en", Section: "City"}, {Lang: "de", Section: "City"}, {Lang: "en-GB", Section: "City"}} {
		groups[Page(&a).Groups] = true
	}
	if len(groups) != 4 {
		t.Errorf("got the groups %v, want four", groups)
	}
	a := data.Article{Summary: "Rents &amp; prices", Body: "<p>Rents</p><p>rise</p>"}
	if got, want := Page(&a).Texts(), []string{"Rents & prices", "Rents\n\nrise"}; !slices.Equal(got, want) {
		t.Errorf("the page's texts are %q, want %q", got, want)
	}
}
