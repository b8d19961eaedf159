package refresh_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/recommend/rank"
	"github.com/alsolike/alsolike/recommend/reads"
	"github.com/alsolike/alsolike/recommend/refresh"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// withCopies is a site on which every eighth article stands twice, the second time
// newer and with a correction.
func withCopies() []data.Article {
	articles := datatest.Corpus(datatest.CorpusOptions{Texts: 64})
	for i := range articles {
		articles[i].PublishedAt = now.AddDate(0, 0, -2)
		articles[i].Body = strings.Repeat(articles[i].Body+" ", 3)
	}
	for i := 0; i < 64; i += 8 {
		again := articles[i]
		again.ID, again.Body, again.PublishedAt = "again-"+again.ID, again.Body+" Corrected.", now.AddDate(0, 0, -1)
		articles = append(articles, again)
	}
	return articles
}

// Near-duplicates are one story, of which the newest alone is linked, and they are not
// linked to each other.
func TestStories(t *testing.T) {
	s, _ := refreshed(t, storeOf(t, withCopies()), refresh.Options{LSA: lsa.Options{Rank: 16}})
	m := s.Manifest()
	if got := m.Stories; got.Clusters != 8 || got.Articles != 16 || got.Largest != 2 || len(got.Examples) != 5 ||
		len(got.Examples[0]) != 2 || got.Examples[0][0] != "again-"+got.Examples[0][1] {
		t.Errorf("stories: %+v", got)
	}
	for row := range s.Len() {
		id := s.ArticleID(row)
		for _, link := range s.Links(row) {
			to := s.ArticleID(int(link.Row))
			_, old := s.Row("again-" + to)
			if s.Story(row) == s.Story(int(link.Row)) || old {
				t.Errorf("%s links to %s", id, to)
			}
		}
	}
	apart, _ := refreshed(t, storeOf(t, withCopies()), refresh.Options{LSA: lsa.Options{Rank: 16}, Ranking: refresh.Ranking{Apart: [][2]data.ArticleID{{m.Stories.Examples[0][0], m.Stories.Examples[0][1]}}}})
	if got := apart.Manifest().Stories; got.Clusters != 7 {
		t.Errorf("with two kept apart: %+v", got)
	}
	in := 0
	for row := range s.Len() {
		in += min(10, len(s.Links(row)))
	}
	if l := m.Links; l.Articles != 64 || l.Lists != 72 || l.Links != in || l.MostIn == 0 || l.MostIn > 60 || l.Gini <= 0 {
		t.Errorf("link graph: %+v, of %d links", l, in)
	}
	if m.Reads != nil {
		t.Errorf("reads that nobody made: %+v", m.Reads)
	}
}

// A story that an incremental refresh finds is that of a full one: sketches of all
// articles are carried on.
func TestStoriesAreCarried(t *testing.T) {
	articles := withCopies()
	s := newSite(t, articles[:70], refresh.Options{LSA: lsa.Options{Rank: 16}})
	if got := s.refresh(t, snapshot.Full).Manifest().Stories.Clusters; got != 6 {
		t.Fatalf("%d clusters at first, want 6", got)
	}
	third := articles[16]
	third.ID, third.PublishedAt = "third", now
	s.put(t, articles[70], articles[71], third)
	got := s.refresh(t, snapshot.Incremental)
	if m := got.Manifest().Stories; m.Clusters != 8 || m.Articles != 17 || m.Largest != 3 || m.Examples[0][0] != "third" {
		t.Errorf("after three more: %+v", m)
	}
	s.opts.Full = true
	want := s.refresh(t, snapshot.Full)
	if diff := gocmp.Diff(want.Stories(), got.Stories()); diff != "" {
		t.Errorf("stories (-full +incremental)\n%s", diff)
	}
	if diff := gocmp.Diff(want.Sketches(), got.Sketches()); diff != "" {
		t.Errorf("sketches (-full +incremental)\n%s", diff)
	}
	runtime.KeepAlive(got)
	runtime.KeepAlive(want)
}

// Another setting of ranking needs no other model, and shows in lists and manifest.
func TestRanking(t *testing.T) {
	articles := withCopies()
	for i := range articles {
		articles[i].Authors = []string{fmt.Sprint("author ", i%5)}
		articles[i].PublishedAt = now.AddDate(0, 0, -i)
	}
	s := newSite(t, articles, refresh.Options{K: 20, LSA: lsa.Options{Rank: 16}})
	first := s.refresh(t, snapshot.Full)
	check := func(name, key string, want any, r refresh.Ranking) *snapshot.Snapshot {
		t.Helper()
		s.opts.Ranking = r
		got := s.refresh(t, snapshot.Incremental)
		if m := got.Manifest(); m.Config[key] != want || m.ConfigHash == first.Manifest().ConfigHash || m.ModelID != first.Manifest().ModelID {
			t.Errorf("%s: %s is %v in the manifest, want %v", name, key, m.Config[key], want)
		}
		if slices.Equal(got.LinkLists().Data, first.LinkLists().Data) {
			t.Errorf("%s: the same lists", name)
		}
		if diff := gocmp.Diff(first.Lists(), got.Lists()); diff != "" {
			t.Errorf("%s: candidates (-before +now)\n%s", name, diff)
		}
		runtime.KeepAlive(got)
		return got
	}
	check("variety", "list.variety", 0.5, refresh.Ranking{Variety: .5})
	check("one of an author", "list.max_per_author", 1.0, refresh.Ranking{PerAuthor: 1})
	check("one of a section", "list.max_per_section", 1.0, refresh.Ranking{PerSection: 1})
	if m := check("few links in", "list.max_links_in", 11.0, refresh.Ranking{MaxLinksIn: 11}).Manifest(); m.Links.MostIn > 11 {
		t.Errorf("%d links into one article, want 11 at most", m.Links.MostIn)
	}
	check("freshness", "freshness.half_life", "24h0m0s", refresh.Ranking{HalfLife: map[string]time.Duration{"": 24 * time.Hour}})
	section := articles[0].Section
	defer runtime.KeepAlive(first)
	check("freshness of a section", "freshness.sections."+section, "24h0m0s", refresh.Ranking{HalfLife: map[string]time.Duration{section: 24 * time.Hour}})
}

// What is read together is linked, by rows of the articles that there are.
func TestReads(t *testing.T) {
	articles := withCopies()
	var a, b data.ArticleID
	for i := range articles { // of different subjects
		if articles[i].Section != articles[0].Section && articles[i].Section != "" {
			a, b = articles[1].ID, articles[i].ID
		}
	}
	s := newSite(t, articles, refresh.Options{LSA: lsa.Options{Rank: 16}})
	place := func(s *snapshot.Snapshot) int {
		from, _ := s.Row(a)
		to, ok := s.Row(b)
		if !ok {
			t.Fatalf("no row of %q", b)
		}
		return slices.IndexFunc(s.Links(from), func(l rank.Link) bool { return s.Story(int(l.Row)) == s.Story(to) })
	}
	if at := place(s.refresh(t, snapshot.Full)); at >= 0 && at < 5 {
		t.Fatalf("%s links to %s on place %d before anyone has read them", a, b, at)
	}
	s.opts.Reads = func(_ context.Context, n int, row func(data.ArticleID) (int32, bool)) (*reads.Signals, error) {
		c := reads.NewCollector(n, row, reads.Options{})
		for reader := range 50 {
			for _, id := range []data.ArticleID{a, b, "gone"} {
				c.Read(fmt.Sprint(reader), id, time.Time{})
			}
		}
		return c.Signals(), nil
	}
	got := s.refresh(t, snapshot.Incremental)
	if at := place(got); at != 0 {
		t.Errorf("%s links to %s, which is read with it, on place %d", a, b, at)
	}
	if r := got.Manifest().Reads; r == nil || r.Reads != 100 || r.Readers != 50 || r.Elsewhere != 50 {
		t.Errorf("reads in the manifest: %+v", r)
	}
	broken := errors.New("no log")
	s.opts.Reads = func(context.Context, int, func(data.ArticleID) (int32, bool)) (*reads.Signals, error) {
		return nil, broken
	}
	if _, err := refresh.Run(t.Context(), s.Store, s.dir, s.opts); !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
	s.opts.Reads = func(context.Context, int, func(data.ArticleID) (int32, bool)) (*reads.Signals, error) {
		return nil, nil
	}
	if m := s.refresh(t, snapshot.Incremental).Manifest(); m.Reads != nil {
		t.Errorf("reads that are not known: %+v", m.Reads)
	}
}
