package ingest_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
	"github.com/alsolike/alsolike/data/ingest"
)

func write(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t testing.TB, name, content string, o ingest.SourceOptions) []ingest.Record {
	t.Helper()
	source := openSource(t, write(t, name, []byte(content)), o)
	return slices.Collect(source.Records(context.Background()))
}

// one reads the only record of a file.
func one(t *testing.T, name, content string, o ingest.SourceOptions) ingest.Record {
	t.Helper()
	records := read(t, name, content, o)
	if len(records) != 1 {
		t.Fatalf("%s: got %d records, want 1", content, len(records))
	}
	return records[0]
}

func date(year int, month time.Month, day, hour int) time.Time {
	return time.Date(year, month, day, hour, 0, 0, 0, time.UTC)
}

// full is an article with every field set.
var full = data.Article{
	ID: "a/1 ü", Title: "Rents <b>rose</b>", Body: "Line\n\"two\" \u2028 &amp; 住房\x00", Summary: "s", URL: "https://a.example/?a=1&b=2",
	Lang: "zh-Hant", PublishedAt: date(2026, 5, 4, 10), UpdatedAt: date(2026, 5, 5, 0), Section: "Housing",
	Tags: []string{"rent", "city, north"}, Authors: []string{"Smith, Jane", "王小明"}, Image: data.Image{Src: "/a.svg", Alt: "A house"},
	Type: "report", Series: "Rents", Part: 2, TranslationOf: "a/1", CanonicalURL: "https://a.example/1",
	State: data.Hidden, Evergreen: true, NoLinkTo: true, NoLinks: true,
}

// What a source says of all its articles holds for those that say nothing.
func TestLangAndSectionOfSource(t *testing.T) {
	check := func(name, content string, wantLang data.Lang, wantSection string) {
		t.Helper()
		r := one(t, name, content, ingest.SourceOptions{Lang: "fr", Section: "Monde"})
		if r.Err != nil || r.Article.Lang != wantLang || r.Article.Section != wantSection {
			t.Errorf("%s: got %q in %q, %v; want %q in %q", content, r.Article.Lang, r.Article.Section, r.Err, wantLang, wantSection)
		}
	}
	check("a.jsonl", `{"id":"1","title":"x"}`, "fr", "Monde")
	check("a.jsonl", `{"id":"1","title":"x","lang":"","section":""}`, "fr", "Monde")
	check("a.jsonl", `{"id":"1","title":"x","lang":" "}`, "fr", "Monde")
	check("a.jsonl", `{"id":"1","title":"x","lang":"und","section":"World"}`, "und", "World")
	check("a.jsonl", `{"id":"1","title":"x","lang":"no language"}`, "und", "Monde")
	check("a.csv", "id,title,lang\n1,x,\n", "fr", "Monde")
	check("a.csv", "id,title,lang\n1,x, \n", "fr", "Monde")
	check("a.csv", "id,title,lang\n1,x,en\n", "en", "Monde")
}

func TestJSONL(t *testing.T) {
	const line = `{"id":"a/1 ü","title":"Rents <b>rose</b>","body":"Line\n\"two\" \u2028 &amp; 住房\u0000","summary":"s",
		"url":"https://a.example/?a=1&b=2","lang":"zh_TW","published_at":"2026-05-04T12:00:00+02:00","updated_at":"2026-05-05",
		"section":"Housing","tags":["rent","","city, north"],"authors":["Smith, Jane","王小明"],"image":{"src":"/a.svg","alt":"A house","width":9},
		"type":"report","series":"Rents","part":2,"translation_of":"a/1","canonical_url":"https://a.example/1","state":"hidden",
		"evergreen":true,"link_to":false,"link_from":false,"Title":"x","words":3,"nothing":null}`
	r := one(t, "a.jsonl", strings.ReplaceAll(line, "\n\t\t", ""), ingest.SourceOptions{Lang: "en", Section: "Other"})
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	if diff := cmp.Diff(full, r.Article); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if want := []string{"Title", "image.width", "words"}; !slices.Equal(r.Unknown, want) {
		t.Errorf("unknown fields: got %q, want %q", r.Unknown, want)
	}
}

func TestJSONLFields(t *testing.T) {
	const text = `,"title":"t"}`
	check := func(name, line string, want data.Article) {
		t.Helper()
		r := one(t, "a.jsonl", line, ingest.SourceOptions{})
		if r.Err != nil {
			t.Errorf("%s: %v", name, r.Err)
		}
		want.Title = "t"
		if want.State == "" {
			want.State = data.Published
		}
		if want.Lang == "" {
			want.Lang = data.Undetermined
		}
		if diff := cmp.Diff(want, r.Article); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
	check("least", `{"id":"1"`+text, data.Article{ID: "1"})
	check("whole number", `{"id":12345678901234567890`+text, data.Article{ID: "12345678901234567890"})
	check("negative number", `{"id":-7,"translation_of":8`+text, data.Article{ID: "-7", TranslationOf: "8"})
	check("escaped", `{"id":"\ud834\udd1e \ufffd"`+text, data.Article{ID: "𝄞 \ufffd"})
	check("published", `{"id":"1","published":"2026-05-04"`+text, data.Article{ID: "1", PublishedAt: date(2026, 5, 4, 0)})
	check("published beside null", `{"id":"1","published":"2026-05-04","published_at":null`+text, data.Article{ID: "1", PublishedAt: date(2026, 5, 4, 0)})
	check("both names", `{"id":"1","published":"2025-01-01","published_at":"2026-05-04"`+text, data.Article{ID: "1", PublishedAt: date(2026, 5, 4, 0)})
	check("may be linked", `{"id":"1","link_to":true,"link_from":true`+text, data.Article{ID: "1"})
	check("nulls", `{"id":"1","tags":null,"image":null,"link_to":null,"part":null,"lang":null,"image":{"src":null}`+text, data.Article{ID: "1"})
	check("no region left", `{"id":"1","lang":"EN-us"`+text, data.Article{ID: "1", Lang: "en-US"})
}

func TestJSONLLosses(t *testing.T) {
	check := func(field string, badDate, badLang bool) {
		t.Helper()
		r := one(t, "a.jsonl", `{"id":"1","title":"t",`+field+`}`, ingest.SourceOptions{})
		if r.Err != nil || r.BadDate != badDate || r.BadLang != badLang {
			t.Errorf("%s: got bad date %v, bad language %v, %v", field, r.BadDate, r.BadLang, r.Err)
		}
		if badDate && !r.Article.PublishedAt.IsZero() || badLang && r.Article.Lang != data.Undetermined {
			t.Errorf("%s: got %v, %q", field, r.Article.PublishedAt, r.Article.Lang)
		}
	}
	check(`"published_at":"soon"`, true, false)
	check(`"published_at":1777890000`, true, false)
	check(`"updated_at":"2026-13-01"`, true, false)
	check(`"lang":"no language"`, false, true)
	check(`"lang":"","published_at":""`, false, false)
}

func TestJSONLRefused(t *testing.T) {
	check := func(line, reason string) {
		t.Helper()
		r := one(t, "a.jsonl", "\n"+line+"\n", ingest.SourceOptions{Format: ingest.JSONL})
		if r.Err == nil {
			t.Fatalf("%.80s: was taken as %+v", line, r.Article)
		}
		if got := r.Err.Error(); !strings.Contains(got, "a.jsonl:2: "+reason) {
			t.Errorf("%.80s: got %q, want %q", line, got, reason)
		}
	}
	check(`{"id":"1","title":"t"`, "broken JSON: the line ends before its object does")
	check(`{"id":"1","title":"t"]`, "broken JSON at byte 22: invalid character ']'")
	check(`{"id":"1" "title":"t"}`, "broken JSON at byte 11")
	check(`{"id":"1","title":"t"} x`, "broken JSON at byte 24")
	check(`not JSON`, "broken JSON at byte 2")
	check(`[{"id":"1","title":"t"}]`, "the line is a list; an object {…} is expected")
	check(`"text"`, "the line is text; an object")
	check(`null`, "the line is null; an object")
	check(`{"title":"t"}`, "id is missing")
	check(`{"id":"","title":"t"}`, "id is missing")
	check(`{"id":1430.0,"title":"t"}`, "id is the number 1430.0; text or a whole number")
	check(`{"id":1e3,"title":"t"}`, "id is the number 1e3")
	check(`{"id":["1"],"title":"t"}`, "id is a list")
	check(`{"id":"a\nb","title":"t"}`, "id holds the control character U+000A")
	check(`{"id":"a\u0000b","title":"t"}`, "id holds the control character U+0000")
	check(`{"id":"a\ud834","title":"t"}`, "id is \"a\\ud834\", which holds half a surrogate pair")
	check(`{"id":"`+strings.Repeat("x", 513)+`","title":"t"}`, "id is 513 bytes long")
	check(`{"id":"1","title":"t`+"\xff"+`"}`, "the record is not valid UTF-8 (byte 21 of it)")
	check(`{"id":"1"}`, "body holds no text, and neither does the title")
	check(`{"id":"1","title":"—","body":"<p> </p>"}`, "body holds no text, and neither does the title")
	check(`{"id":"1","title":5}`, "title is a number; text is expected")
	check(`{"id":"1","title":"t","tags":"a"}`, "tags is text; a list of texts is expected")
	check(`{"id":"1","title":"t","tags":["a",2]}`, "tags is a list; a list of texts is expected")
	check(`{"id":"1","title":"t","image":"/a.svg"}`, "image is text; an object of src and alt is expected")
	check(`{"id":"1","title":"t","image":{"src":1}}`, "image.src is a number; text is expected")
	check(`{"id":"1","title":"t","part":1.5}`, "part is a number; a whole number is expected")
	check(`{"id":"1","title":"t","evergreen":"yes"}`, "evergreen is text; true or false is expected")
	check(`{"id":"1","title":"t","link_to":0}`, "link_to is a number; true or false is expected")
	check(`{"id":"1","title":"t","state":"draft"}`, `state is "draft"; it may be`)
	check(`{"id":"1","title":"t","translation_of":"a\tb"}`, "translation_of holds the control character")
	check(`{"id":"1","title":"t","body":"`+strings.Repeat("x", 11<<20)+`"}`, "the record is over 10 MB")
}

func TestCSV(t *testing.T) {
	const content = "\ufeff,id,headline,body,lang,published,tags,authors,image.src,image.alt,evergreen,link_to,link_from,part,words,other\r\n" +
		"7,a/1,Rents,\"Line\r\n\"\"two\"\"\",zh-CN,2026-05-04 10:00:00,\"rent, city\",\"Smith, Jane\",/a.svg,A house,yes,0,false,2,9,\r\n" +
		"8,a/2,Ports,text,,,a;b | c,A;B,,,,1,TRUE,,,\r\n"
	records := read(t, "a.csv", content, ingest.SourceOptions{Map: map[string]string{"title": "headline", "summary": "headline"}, Section: "News"})
	want := []ingest.Record{
		{Line: 2, Unknown: []string{"words"}, Article: data.Article{
			ID: "a/1", Title: "Rents", Summary: "Rents", Body: "Line\n\"two\"", Lang: "zh-Hans", PublishedAt: date(2026, 5, 4, 10),
			Tags: []string{"rent", "city"}, Authors: []string{"Smith, Jane"}, Image: data.Image{Src: "/a.svg", Alt: "A house"}, Evergreen: true,
			NoLinkTo: true, NoLinks: true, Part: 2, Section: "News", State: data.Published,
		}},
		{Line: 4, Article: data.Article{
			ID: "a/2", Title: "Ports", Summary: "Ports", Body: "text", Lang: "und", Tags: []string{"a", "b", "c"}, Authors: []string{"A", "B"},
			Section: "News", State: data.Published,
		}},
	}
	for i := range records {
		records[i].Bytes = 0
	}
	if diff := cmp.Diff(want, records, cmpopts.IgnoreUnexported(ingest.Record{})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestCSVRefused(t *testing.T) {
	check := func(row, reason string) {
		t.Helper()
		records := read(t, "a.csv", "id,title,part,evergreen\n1,t,,\n"+row+"\n3,t,,\n", ingest.SourceOptions{})
		if len(records) != 3 || records[0].Err != nil || records[2].Err != nil || records[2].Line != 4 {
			t.Fatalf("%q: got %+v, want one refused record between two good ones", row, records)
		}
		if err := records[1].Err; err == nil || !strings.Contains(err.Error(), "a.csv:3: "+reason) {
			t.Errorf("%q: got %v, want %q", row, err, reason)
		}
	}
	check("2,t", "the row has 2 columns, the header 4")
	check("2,t,,,", "the row has 5 columns, the header 4")
	check(`2,a 5" disk,,`, "a quote stands inside")
	check("2,t,two,", `part is "two"; a whole number is expected`)
	check("2,t,,maybe", `evergreen is "maybe"; true or false is expected`)
	check("2,,,", "body holds no text")
	check(",t,,", "id is missing")
	check("2\x00,t,,", "id holds the control character U+0000")
	check("2,\xe4,,", "the record is not valid UTF-8")
}

func TestOpenErrors(t *testing.T) {
	check := func(name, content string, o ingest.SourceOptions, parts ...string) {
		t.Helper()
		path := write(t, name, []byte(content))
		_, err := ingest.Open(path, o)
		for _, part := range append(parts, path) {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("%s: got %v, want %q", content, err, part)
			}
		}
	}
	mapped := func(field, column string) ingest.SourceOptions {
		return ingest.SourceOptions{Map: map[string]string{field: column}}
	}
	const header = ",article_id,doc_body\n1,2,3\n"
	check("a.csv", header, mapped("id", "artikle_id"), `no column "artikle_id"`, `did you mean "article_id"?`)
	check("a.csv", header, mapped("id", "xyz"), `no column "xyz"`, `there are "article_id", "doc_body"`)
	check("a.csv", header, mapped("id", ""), `no column ""`)
	check("a.csv", header, mapped("titel", "doc_body"), `no field "titel"`, `did you mean "title"?`)
	check("a.csv", header, mapped("body", "doc_body"), "no column holds id", "--map id=COLUMN", `"article_id"`)
	check("a.csv", header, mapped("id", "article_id"), "no column holds title or body", "--map title=COLUMN")
	check("a.csv", "id;title\n1;t\n", ingest.SourceOptions{}, "semicolons")
	check("a.csv", "id,title,id\n1,t,2\n", ingest.SourceOptions{}, `two columns "id"`)
	check("a.csv", "id,ti\"tle\n1,t\n", ingest.SourceOptions{}, "the header cannot be read", "quote")
	check("a.jsonl", "{}\n", mapped("id", "key"), "--map", "read as jsonl")
	check("prose", "Once upon a time", ingest.SourceOptions{}, "--format")
	if _, err := ingest.Open(t.TempDir(), ingest.SourceOptions{}); err == nil || !strings.Contains(err.Error(), "is a folder") {
		t.Errorf("a folder: got %v", err)
	}
	if _, err := ingest.Open("none.csv", ingest.SourceOptions{}); err == nil || !strings.Contains(err.Error(), "none.csv") {
		t.Errorf("a missing file: got %v", err)
	}
	if _, err := ingest.Open(write(t, "a", nil), ingest.SourceOptions{Format: "xml"}); err == nil || !strings.Contains(err.Error(), `"xml" is unknown`) {
		t.Errorf("an unknown format: got %v", err)
	}
}

func TestEmptyFile(t *testing.T) {
	for name, content := range map[string]string{"a.jsonl": "", "b.jsonl": "\n \n", "a.csv": "", "b.csv": "id,title\n", "none": ""} {
		r := one(t, name, content, ingest.SourceOptions{})
		if r.Err == nil || !strings.HasSuffix(r.Err.Error(), name+": the source holds no articles") {
			t.Errorf("%s: got %+v", name, r)
		}
	}
}

func TestCutGzip(t *testing.T) {
	var content, packed bytes.Buffer
	for i := range 2000 {
		fmt.Fprintf(&content, `{"id":"%d","title":"number %x"}`+"\n", i, i*i*7919)
	}
	w := gzip.NewWriter(&packed)
	w.Write(content.Bytes())
	w.Close()
	path := write(t, "no ending", packed.Bytes()[:packed.Len()/2])
	source := openSource(t, path, ingest.SourceOptions{})
	store := datatest.NewStore(time.Now)
	summary, err := ingest.Import(context.Background(), []*ingest.Source{source}, store, ingest.Options{})
	if err != nil || summary.Refused != 1 || summary.Added < 500 || summary.Added != summary.Read-1 {
		t.Errorf("got %+v, %v; want the articles before the cut and one refusal", summary, err)
	}
}

// What parses, prints and parses the same.
func FuzzJSONL(f *testing.F) {
	f.Add(string(ingest.AppendJSONL(nil, full)))
	f.Add(`{"id":12,"published":"2026-05-04T12:00:00.5+02:00","title":"t\ud800","lang":"zh_tw","tags":["","a"],"part":-1}`)
	f.Add(`{"id":"1","body":"<p>x","image":{"alt":"b"},"link_to":true}`)
	f.Fuzz(func(t *testing.T, line string) {
		if !utf8.ValidString(line) {
			return // refused before it is parsed
		}
		if r, reason := ingest.ParseJSON([]byte(line)); reason == "" {
			checkRoundTrip(t, r.Article)
		}
	})
}

func FuzzCSV(f *testing.F) {
	f.Add("1,Rents,\"Line\n\"\"two\"\"\",en,2026-05-04,a;b,\"Smith, Jane\",3,yes,published")
	f.Add("a,\"b\",c")
	f.Fuzz(func(t *testing.T, rows string) {
		content := "id,title,body,lang,published_at,tags,authors,part,link_to,state\n" + rows
		for r := range openSource(t, write(t, "a.csv", []byte(content)), ingest.SourceOptions{}).Records(context.Background()) {
			if r.Err == nil {
				checkRoundTrip(t, r.Article)
			}
		}
	})
}

func checkRoundTrip(t *testing.T, a data.Article) {
	t.Helper()
	line := ingest.AppendJSONL(nil, a)
	if !utf8.Valid(line) || bytes.IndexByte(line, '\n') != len(line)-1 {
		t.Fatalf("%q is no line of UTF-8", line)
	}
	r, reason := ingest.ParseJSON(line)
	if reason != "" || r.BadDate || r.BadLang || r.Unknown != nil {
		t.Fatalf("%s reads back as %+v, %s", line, r, reason)
	}
	if diff := cmp.Diff(a, r.Article); diff != "" {
		t.Fatalf("%s reads back otherwise (-want +got):\n%s", line, diff)
	}
}

func TestAppendJSONL(t *testing.T) {
	checkRoundTrip(t, full)
	got := string(ingest.AppendJSONL([]byte("before "), data.Article{ID: "1", Title: "<b>", Lang: data.Undetermined, State: data.Published}))
	if want := `before {"id":"1","title":"<b>","state":"published"}` + "\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
