package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
	"github.com/alsolike/alsolike/data/fetch"
	"github.com/alsolike/alsolike/data/ingest"
)

// A library gives pages by their addresses.
type library struct {
	pages map[string]fetch.Page
	asked []string
	kept  []string
	on    func() // called before every page
}

func (l *library) Get(ctx context.Context, url string) (*fetch.Page, error) {
	if l.on != nil {
		l.on()
	}
	l.asked = append(l.asked, url)
	page, ok := l.pages[url]
	if !ok {
		return nil, &fetch.StatusError{Code: 404}
	}
	page.URL = url
	return &page, ctx.Err()
}

func (l *library) Keep(_ context.Context, page *fetch.Page) error {
	l.kept = append(l.kept, page.URL)
	return nil
}

func (l *library) Sitemaps(context.Context, string) ([]string, error) { return nil, nil }

func importURLs(t *testing.T, l *library, store ingest.Store, o ingest.Options, urls ...string) (ingest.Summary, error) {
	t.Helper()
	var sources []*ingest.Source
	for _, url := range urls {
		sources = append(sources, openSource(t, url, ingest.SourceOptions{Fetcher: l}))
	}
	return ingest.Import(context.Background(), sources, store, o)
}

func TestRemoteFiles(t *testing.T) {
	const at = "https://a.example/"
	l := &library{pages: map[string]fetch.Page{
		at + "a.jsonl":        {Body: lines("1", "2", "1")},
		at + "csv?x=1":        {ContentType: "text/csv", Body: []byte("id,title\n2,c\n3,c\n")},
		at + "post.md":        {Body: []byte("---\ntitle: M\n---\ntext")},
		at + "note.txt":       {Body: []byte("A note\n\n" + prose)},
		at + "export":         {ContentType: "application/xml", Body: []byte(export(wxrPost))},
		at + "same":           {NotModified: true},
		at + "broken.jsonl":   {Body: []byte("{\n")},
		at + "picture":        {ContentType: "image/png", Body: []byte("\x89PNG")},
		at + "unsigned.jsonl": {Body: []byte(`{"id":"9","title":"t"}`)},
	}}
	store := datatest.NewStore(time.Now)
	sum, err := importURLs(t, l, store, ingest.Options{}, at+"a.jsonl", at+"csv?x=1", at+"post.md", at+"note.txt", at+"export", at+"same")
	if err != nil || sum.Read != 8 || sum.Duplicates != 2 || sum.Added != 6 || sum.Refused != 0 {
		t.Errorf("got %+v, %v; want 8 records, 2 replaced, 6 added", sum, err)
	}
	for id, title := range map[data.ArticleID]string{"1": "t", "2": "c", "3": "c", at + "post.md": "M", at + "note.txt": "A note", "7": "Rents & rooms"} {
		if a, err := store.Article(context.Background(), id); err != nil || a.Title != title {
			t.Errorf("%s: got %q, %v; want %q", id, a.Title, err, title)
		}
	}
	if len(l.asked) != 6 || len(l.kept) != 5 {
		t.Errorf("asked for %q, kept %q; want every page once, kept but the one that was the same", l.asked, l.kept)
	}

	l.asked, l.kept = nil, nil
	sum, err = importURLs(t, l, store, ingest.Options{}, at+"broken.jsonl", at+"none", at+"picture")
	if err != nil || sum.Refused != 3 || len(l.kept) != 0 {
		t.Errorf("got %+v, %v, kept %q; want 3 refused", sum, err, l.kept)
	}
	if sum, err := importURLs(t, l, store, ingest.Options{DryRun: true}, at+"unsigned.jsonl"); err != nil || sum.Added != 1 || len(l.kept) != 0 {
		t.Errorf("a dry run: got %+v, %v, kept %q", sum, err, l.kept)
	}
	var told []ingest.Progress
	if _, err := importURLs(t, l, store, ingest.Options{Progress: func(p ingest.Progress) { told = append(told, p) }}, at+"a.jsonl"); err != nil ||
		told[0] != (ingest.Progress{Stage: ingest.Storing}) {
		t.Errorf("got %v, first %+v; want to be told of the one stage when it begins", err, told[0])
	}
	if _, err := ingest.Open(at, ingest.SourceOptions{}); err == nil {
		t.Error("a page of the network was opened without anything that fetches it")
	}
	if _, err := ingest.Open("ftp://a.example/a.jsonl", ingest.SourceOptions{}); err == nil || !strings.Contains(err.Error(), "only http:// and https://") {
		t.Errorf("ftp: got %v", err)
	}
}

// What a slow site has given is in the store long before its last page comes.
func TestSlowSiteIsStoredMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := datatest.NewStore(time.Now)
		l := &library{pages: map[string]fetch.Page{}}
		var urls []string
		most := 0 // pages that were asked for and are not stored
		l.on = func() {
			time.Sleep(time.Second)
			counts, err := store.CountArticles(t.Context())
			if err != nil {
				t.Error(err)
			}
			most = max(most, len(l.asked)-counts[data.Published])
		}
		for i := range 100 {
			url := fmt.Sprintf("https://a.example/%d.jsonl", i)
			l.pages[url] = fetch.Page{Body: lines(fmt.Sprint(i))}
			urls = append(urls, url)
		}
		if sum, err := importURLs(t, l, store, ingest.Options{}, urls...); err != nil || sum.Added != 100 || most > 20 {
			t.Errorf("got %+v, %v, and %d pages in nothing but memory", sum, err, most)
		}
	})
}

// Links under articles do not carry what a feed or a newsletter marks its links with.
func TestNoTrackingInLinks(t *testing.T) {
	const at = "https://a.example/"
	l := &library{pages: map[string]fetch.Page{
		at + "feed.xml":              {ContentType: "application/rss+xml", Body: []byte(feedOf(`<item><title>Rents</title><guid>1</guid><link>` + at + `1?b&amp;utm_source=rss</link><description>` + prose + prose + prose + `</description></item>`))},
		at + "2?utm_source=letter#x": {ContentType: "text/html", Body: []byte("<html><body><article><h1>Cranes</h1><p>" + prose + "</p></article></body></html>")},
	}}
	store := datatest.NewStore(time.Now)
	if sum, err := importURLs(t, l, store, ingest.Options{}, at+"feed.xml", at+"2?utm_source=letter#x"); err != nil || sum.Added != 2 {
		t.Fatalf("got %+v, %v", sum, err)
	}
	for id, want := range map[data.ArticleID]string{"1": at + "1?b", at + "2": at + "2#x"} {
		if a, err := store.Article(t.Context(), id); err != nil || a.URL != want {
			t.Errorf("%s: got %q, %v; want %q", id, a.URL, err, want)
		}
	}
}

// A source that is unchanged as a whole is no reason to unpublish anything.
func TestMirrorUnchanged(t *testing.T) {
	const url = "https://a.example/a.jsonl"
	l := &library{pages: map[string]fetch.Page{url: {Body: lines("1", "2")}}}
	store := datatest.NewStore(time.Now)
	check := func(unpublished, notMirrored int) {
		t.Helper()
		if sum, err := importURLs(t, l, store, ingest.Options{Mirror: true}, url); err != nil || sum.Unpublished != unpublished || sum.NotMirrored != notMirrored {
			t.Errorf("got %+v, %v; want %d unpublished, %d not mirrored", sum, err, unpublished, notMirrored)
		}
	}
	check(0, 0)
	l.pages[url] = fetch.Page{NotModified: true}
	check(0, 0)
	delete(l.pages, url)
	check(0, 1)
	l.pages[url] = fetch.Page{Body: lines("2")}
	check(1, 0)
}

// What a source of the network has given before Ctrl-C is in the store, and
// known to be listed.
func TestRemoteCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	l := &library{pages: map[string]fetch.Page{"https://a.example/a.jsonl": {Body: lines("1", "2")}, "https://a.example/b.jsonl": {Body: lines("3")}}}
	l.on = func() {
		if len(l.asked) == 1 {
			cancel()
		}
	}
	var sources []*ingest.Source
	for url := range l.pages {
		sources = append(sources, openSource(t, url, ingest.SourceOptions{Fetcher: l}))
	}
	slices.SortFunc(sources, func(a, b *ingest.Source) int { return strings.Compare(a.Name(), b.Name()) })
	store := datatest.NewStore(time.Now)
	sum, err := ingest.Import(ctx, sources, store, ingest.Options{})
	if !errors.Is(err, context.Canceled) || sum.Added != 2 {
		t.Errorf("got %+v, %v; want what the first source gave", sum, err)
	}
	if listed, _ := store.Listed(context.Background(), sources[0].Key()); len(listed) != 2 || len(l.kept) != 1 {
		t.Errorf("listed %q, kept %q", listed, l.kept)
	}
}

// Of records with the same id in a source that is read only once, the later
// wins, also when the earlier one is stored already.
func TestOnceDuplicates(t *testing.T) {
	var content strings.Builder
	for i := range 1200 {
		fmt.Fprintf(&content, `{"id":"%d","title":"number %d"}`+"\n", i%1100, i)
	}
	const url = "https://a.example/a.jsonl"
	l := &library{pages: map[string]fetch.Page{url: {Body: []byte(content.String())}}}
	for _, dry := range []bool{true, false} {
		store := datatest.NewStore(time.Now)
		sum, err := importURLs(t, l, store, ingest.Options{DryRun: dry}, url)
		if err != nil || sum.Read != 1200 || sum.Duplicates != 100 || sum.Changes != (data.Changes{Added: 1100}) {
			t.Errorf("dry %v: got %+v, %v", dry, sum, err)
		}
		if a, _ := store.Article(context.Background(), "5"); !dry && a.Title != "number 1105" {
			t.Errorf("got %q, want the later one", a.Title)
		}
	}
}
