package ingest_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
	"github.com/alsolike/alsolike/data/ingest"
)

// export is an export of WordPress that holds items.
func export(items ...string) string {
	return `<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:content="http://purl.org/rss/1.0/modules/content/"
	xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/"><channel>
<title>A site</title><language>en-US</language>
<wp:author><wp:author_login>jane</wp:author_login><wp:author_display_name><![CDATA[Jane Doe]]></wp:author_display_name></wp:author>
` + strings.Join(items, "\n") + "\n</channel></rss>\n"
}

const wxrPost = `<item><title>Rents &amp; rooms</title><link>https://a.example/rents/</link><pubDate>Fri, 21 Nov 2014 16:01:17 +0100</pubDate>
<dc:creator>jane</dc:creator><description>no</description>
<content:encoded><![CDATA[<!-- wp:paragraph --><p>Rents rose [sic].</p> [caption id="a"]A house[/caption][gallery ids="1,2"]
[embed]https://a.example/film[/embed] [[gallery]] ` + "\v" + `end]]></content:encoded>
<excerpt:encoded><![CDATA[Short]]></excerpt:encoded><wp:post_id>7</wp:post_id><wp:post_date_gmt>2014-11-21 15:01:17</wp:post_date_gmt>
<wp:post_modified_gmt>2014-11-22 00:00:00</wp:post_modified_gmt><wp:status>publish</wp:status><wp:post_type>post</wp:post_type>
<category domain="category" nicename="u">Uncategorized</category><category domain="category">Housing</category>
<category domain="post_tag">rent</category><category domain="post_format">Aside</category><category domain="category">City</category>
<wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key><wp:meta_value>9</wp:meta_value></wp:postmeta>
<wp:comment><wp:comment_author>x</wp:comment_author><wp:comment_content>a comment</wp:comment_content></wp:comment></item>`

const wxrPicture = `<item><title>House</title><wp:post_id>9</wp:post_id><wp:post_type>attachment</wp:post_type><wp:status>inherit</wp:status>
<wp:attachment_url>https://a.example/house.jpg</wp:attachment_url>
<wp:postmeta><wp:meta_key>_wp_attachment_image_alt</wp:meta_key><wp:meta_value><![CDATA[A house]]></wp:meta_value></wp:postmeta></item>`

func wxrItem(id int, kind, status, title, more string) string {
	return fmt.Sprintf(`<item><title>%s</title><wp:post_id>%d</wp:post_id><wp:post_type>%s</wp:post_type><wp:status>%s</wp:status>%s</item>`, title, id, kind, status, more)
}

func TestWXR(t *testing.T) {
	records := read(t, "site.xml", export(wxrPost, wxrPicture,
		wxrItem(10, "page", "draft", "About", "<wp:post_date_gmt>0000-00-00 00:00:00</wp:post_date_gmt><pubDate>Mon, 30 Nov -0001 00:00:00 +0000</pubDate>"),
		wxrItem(11, "post", "publish", "Secret", "<wp:post_password>x</wp:post_password>"),
		wxrItem(12, "post", "future", "Later", "<wp:post_date_gmt>2100-01-01 00:00:00</wp:post_date_gmt>"),
		wxrItem(13, "post", "trash", "Gone", ""), wxrItem(14, "post", "draft", "", ""), wxrItem(15, "post", "publish", "", ""),
		wxrItem(16, "nav_menu_item", "publish", "Menu", "")), ingest.SourceOptions{})
	var got []string
	for _, r := range records {
		state := string(r.Article.State)
		if r.Skipped != "" {
			state = "skipped: " + r.Skipped
		} else if r.Err != nil {
			state = r.Err.Reason
		}
		got = append(got, fmt.Sprintf("%s %s", r.Article.ID, state))
		if r.BadDate {
			t.Errorf("%s: its date is told to be bad", r.Article.ID)
		}
	}
	want := []string{
		"7 published", " skipped: no post or page", "10 unpublished", "11 unpublished", "12 published", " skipped: trash", "14 skipped: draft",
		"15 body holds no text, and neither does the title", " skipped: no post or page",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	post := data.Article{
		ID: "7", Title: "Rents & rooms", Summary: "Short", URL: "https://a.example/rents/", Lang: "en-US", Type: "post", Section: "Housing",
		Body:        "<!-- wp:paragraph --><p>Rents rose [sic].</p> A house\n [gallery]  end",
		PublishedAt: date(2014, 11, 21, 15).Add(time.Minute + 17*time.Second), UpdatedAt: date(2014, 11, 22, 0),
		Tags: []string{"rent", "City"}, Authors: []string{"Jane Doe"}, Image: data.Image{Src: "https://a.example/house.jpg", Alt: "A house"}, State: data.Published,
	}
	if diff := cmp.Diff(post, records[0].Article); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if later := records[4].Article.Card(); later.Visible(time.Now()) {
		t.Error("a post of the future is visible")
	}
}

// What stands before a break is kept; nothing is expanded.
func TestWXRBroken(t *testing.T) {
	good := wxrItem(1, "post", "publish", "One", "")
	bomb := "<!DOCTYPE rss [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>\n"
	for name, content := range map[string]string{
		"cut":     strings.TrimSuffix(export(good, wxrPost), "]]></content:encoded>")[:1000],
		"unknown": export(good, wxrItem(2, "post", "publish", "&b;", "")),
		"bomb":    bomb + strings.TrimPrefix(export(good, wxrItem(2, "post", "publish", "&b;", "")), `<?xml version="1.0" encoding="UTF-8" ?>`),
		"crossed": export(good, "<item><title>x</item></title>"),
	} {
		records := read(t, "site.wxr", content, ingest.SourceOptions{Format: ingest.WXR})
		if len(records) != 2 || records[0].Article.ID != "1" || records[0].Err != nil || records[1].Err == nil || records[1].Err.Line == 0 {
			t.Errorf("%s: got %+v, want a post and a refusal with its line", name, records)
		}
	}
	latin := strings.Replace(export(wxrItem(1, "post", "publish", "Gr\xfc\xdfe", "")), "UTF-8", "ISO-8859-1", 1)
	if r := one(t, "site.xml", latin, ingest.SourceOptions{}); r.Article.Title != "Grüße" {
		t.Errorf("Latin 1: got %q, %v", r.Article.Title, r.Err)
	}
	if r := one(t, "site.xml", export(wxrItem(1, "post", "publish", "Gr\xfc\xdfe "+strings.Repeat("ü", 5000), "")), ingest.SourceOptions{}); !strings.HasPrefix(r.Article.Title, "Gr\ufffde") || strings.Count(r.Article.Title, "ü") != 5000 {
		t.Errorf("bad UTF-8: got %.20q, %v", r.Article.Title, r.Err)
	}
	defer ingest.SetItemBytes(ingest.SetItemBytes(1 << 20))
	huge := export(good, wxrItem(2, "post", "publish", "x", "<content:encoded>"+strings.Repeat("word ", 1<<19)+"</content:encoded>"))
	if records := read(t, "site.xml", huge, ingest.SourceOptions{}); len(records) != 2 || records[1].Err == nil || !strings.Contains(records[1].Err.Reason, "too large") {
		t.Errorf("an item without end: got %d records", len(records))
	}
}

func TestShortcodes(t *testing.T) {
	check := func(content, want string) {
		t.Helper()
		r := slices.Collect(ingest.ParseContent("x.xml", []byte(export(wxrItem(1, "post", "publish", "t", "<content:encoded><![CDATA["+content+"]]></content:encoded>"))),
			ingest.SourceOptions{Format: ingest.WXR}))[0]
		if r.Err != nil || r.Article.Body != want {
			t.Errorf("%q: got %q, %v; want %q", content, r.Article.Body, r.Err, want)
		}
	}
	check("a [sic] b [1] [...] [Smith 2004]", "a [sic] b [1] [...] [Smith 2004]")
	check("[vc_row][vc_column width=\"1/2\"]text[/vc_column][/vc_row]", "text")
	check("[youtube https://a.example/v]x", "x")
	check("[audio src=a.mp3]x", "x")
	check("[b]bold[/b]", "bold")
	check("[[audio]]", "[audio]")
	check("[see [gallery]]", "[see ]")
	check("[embed width=\"1\"]https://a.example[/embed]x", "x")
	check("[open", "[open")
}

// The export of a real site: its posts and pages, and no word of a comment.
func TestImportLabs(t *testing.T) {
	path := filepath.Join(dataset(t, "cc_labs_wxr"), "wordpress.redacted.xml")
	store := openStore(t, filepath.Join(t.TempDir(), "alsolike.db"))
	source := openSource(t, path, ingest.SourceOptions{})
	got, err := ingest.Import(context.Background(), []*ingest.Source{source}, store, ingest.Options{})
	if err != nil || got.Added != 224 || got.Refused != 0 || source.Format() != ingest.WXR {
		t.Errorf("got %+v, %v as %s; want 224 articles", got, err, source.Format())
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	posts := strings.Join(regexp.MustCompile(`(?s)<content:encoded>.*?</content:encoded>`).FindAllString(string(content), -1), "") // one comment became a post
	var all strings.Builder
	types := map[string]int{}
	for a, err := range store.Articles(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		types[a.Type]++
		all.WriteString(a.Title + a.Body + a.Summary + strings.Join(a.Tags, " "))
		if a.PublishedAt.IsZero() || a.URL == "" || len(a.Authors) != 1 || a.Lang != "en-US" {
			t.Errorf("%s: got date %v, URL %q, authors %q, language %s", a.ID, a.PublishedAt, a.URL, a.Authors, a.Lang)
		}
	}
	if want := map[string]int{"post": 219, "page": 5}; !cmp.Equal(types, want) {
		t.Errorf("got %v, want %v", types, want)
	}
	texts := all.String()
	comments := regexp.MustCompile(`(?s)<wp:comment_content><!\[CDATA\[(.*?)\]\]>`).FindAllStringSubmatch(string(content), -1)
	long := 0
	for _, comment := range comments {
		if text := strings.TrimSpace(comment[1]); len(text) > 40 && !strings.Contains(posts, text) {
			long++
			if strings.Contains(texts, text) {
				t.Errorf("the text of a comment was imported: %.60q", text)
			}
		}
	}
	if long < 100 {
		t.Errorf("got %d comments that are long enough to look for", long)
	}
}

// Featured pictures are the same at every reading, wherever they stand.
func TestWXRTwice(t *testing.T) {
	source := openSource(t, write(t, "site.xml", []byte(export(wxrPost, wxrPicture))), ingest.SourceOptions{})
	first := slices.Collect(source.Records(context.Background()))
	if diff := cmp.Diff(first, slices.Collect(source.Records(context.Background())), cmpopts.IgnoreUnexported(ingest.Record{})); diff != "" || first[0].Article.Image.Src == "" {
		t.Errorf("the second reading differs:\n%s", diff)
	}
	store := datatest.NewStore(time.Now)
	if sum, err := ingest.Import(context.Background(), []*ingest.Source{source}, store, ingest.Options{}); err != nil || sum.Skipped["no post or page"] != 1 || sum.Read != 2 {
		t.Errorf("got %+v, %v", sum, err)
	}
}

// No export panics or holds more records than items, and what it holds is sound.
func FuzzWXR(f *testing.F) {
	f.Add(export(wxrPost, wxrPicture))
	f.Add(export(wxrItem(1, "post", "draft", "a", "<x><item/></x>")))
	f.Fuzz(func(t *testing.T, content string) {
		n := 0
		for r := range ingest.ParseContent("x.xml", []byte(content), ingest.SourceOptions{Format: ingest.WXR}) {
			if n++; r.Err == nil && r.Skipped == "" {
				checkRoundTrip(t, r.Article)
			}
		}
		if most := strings.Count(content, "item") + 1; n > most {
			t.Errorf("%q: got %d records of %d items", content, n, most)
		}
	})
}
