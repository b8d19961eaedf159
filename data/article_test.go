package data_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
)

// checkInvalid checks that err is nil if field is empty, else an *InvalidError
// of that field whose text holds part.
func checkInvalid(t *testing.T, name string, err error, field, part string) {
	t.Helper()
	var invalid *data.InvalidError
	switch {
	case field == "" && err != nil:
		t.Errorf("%s: got %v, want no error", name, err)
	case field == "":
	case !errors.As(err, &invalid):
		t.Errorf("%s: got %v, want an *InvalidError of %s", name, err, field)
	case invalid.Field != field || !strings.Contains(err.Error(), field+" "+part):
		t.Errorf("%s: got %q of %s, want %q", name, err, invalid.Field, field+" "+part)
	}
}

func TestValidateID(t *testing.T) {
	check := func(name string, id data.ArticleID, part string) {
		t.Helper()
		field := "id"
		if part == "" {
			field = ""
		}
		checkInvalid(t, name, data.ValidateID(id), field, part)
	}
	check("plain", "a1", "")
	check("path", "2026/05/rents rose", "")
	check("Chinese", "住房-1", "")
	check("longest", data.ArticleID(strings.Repeat("x", data.MaxIDBytes)), "")
	check("too long", data.ArticleID(strings.Repeat("x", data.MaxIDBytes+1)), "is 513 bytes long; at most 512")
	check("too long in bytes", data.ArticleID(strings.Repeat("文", 171)), "is 513 bytes long")
	check("empty", "", "is missing")
	check("line break", "a\nb", "holds the control character U+000A")
	check("NUL", "a\x00", "holds the control character U+0000")
	check("DEL", "a\x7f", "holds the control character U+007F")
	check("C1 control", "a\u0085", "holds the control character U+0085")
	check("invalid UTF-8", "a\xff", "is not valid UTF-8")
}

func TestArticleValidate(t *testing.T) {
	check := func(name string, change func(*data.Article), field, part string) {
		t.Helper()
		a := data.Article{ID: "a1", Title: "Rents", Body: "Rents rose."}
		change(&a)
		checkInvalid(t, name, a.Validate(), field, part)
	}
	check("plain", func(a *data.Article) {}, "", "")
	check("title alone", func(a *data.Article) { a.Body = "" }, "", "")
	check("body alone", func(a *data.Article) { a.Title = "" }, "", "")
	check("HTML", func(a *data.Article) { a.Title, a.Body = "", "<p>房租</p>" }, "", "")
	check("a number is text", func(a *data.Article) { a.Title, a.Body = "1984", "" }, "", "")
	check("empty", func(a *data.Article) { a.Title, a.Body = "", "" }, "body", "holds no text")
	check("blanks and signs", func(a *data.Article) { a.Title, a.Body = " ", "—\n…" }, "body", "holds no text")
	check("tags alone", func(a *data.Article) { a.Title, a.Body = "", `<p><img src="a.svg"></p>` }, "body", "holds no text")
	check("script alone", func(a *data.Article) { a.Title, a.Body = "", "<script>let a = 1</script>" }, "body", "holds no text")
	check("bad id", func(a *data.Article) { a.ID = "" }, "id", "is missing")
	check("bad original", func(a *data.Article) { a.TranslationOf = "a\tb" }, "translation_of", "holds the control character")
	check("states", func(a *data.Article) { a.State = data.Hidden }, "", "")
	check("dates", func(a *data.Article) { a.PublishedAt, a.UpdatedAt = now, now }, "", "")
	check("published too late", func(a *data.Article) { a.PublishedAt = now.AddDate(8000, 0, 0) }, "published_at", "is in the year 10026")
	check("updated too early", func(a *data.Article) { a.UpdatedAt = now.AddDate(-2027, 0, 0) }, "updated_at", "is in the year -1")
	check("bad state", func(a *data.Article) { a.State = "draft" }, "state", `is "draft"; it may be published, unpublished or hidden`)

	const bad = "a\xff"
	for field, change := range map[string]func(*data.Article){
		"title": func(a *data.Article) { a.Title = bad }, "body": func(a *data.Article) { a.Body = bad },
		"summary": func(a *data.Article) { a.Summary = bad }, "url": func(a *data.Article) { a.URL = bad },
		"section": func(a *data.Article) { a.Section = bad }, "type": func(a *data.Article) { a.Type = bad },
		"series": func(a *data.Article) { a.Series = bad }, "canonical_url": func(a *data.Article) { a.CanonicalURL = bad },
		"image.src": func(a *data.Article) { a.Image.Src = bad }, "image.alt": func(a *data.Article) { a.Image.Alt = bad },
		"tags": func(a *data.Article) { a.Tags = []string{"b", bad} }, "authors": func(a *data.Article) { a.Authors = []string{bad} },
	} {
		check("invalid UTF-8", change, field, "is not valid UTF-8")
	}
	// Halves of one character in two tags are not valid by lying side by side.
	check("split character", func(a *data.Article) { a.Tags = []string{"\xc3", "\xbc"} }, "tags", "is not valid UTF-8")
}

// Every field is part of the content, so that no change goes unstored.
func TestArticleHash(t *testing.T) {
	noon := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	base := data.Article{ID: "a1", Title: "Rents", Tags: []string{"a", "b"}, Authors: []string{"c"}, PublishedAt: noon}
	want := base.Hash()
	for i := range reflect.TypeFor[data.Article]().NumField() {
		a := base
		field := reflect.ValueOf(&a).Elem().Field(i)
		switch v := field.Addr().Interface().(type) {
		case *time.Time:
			*v = noon.Add(time.Nanosecond)
		case *[]string:
			*v = []string{"x"}
		case *data.Image:
			v.Alt = "x"
		case *bool:
			*v = true
		case *int:
			*v = 7
		case *float64:
			*v = 0.5
		default:
			field.SetString("x")
		}
		if a.Hash() == want {
			t.Errorf("a change of %s does not change the hash", reflect.TypeFor[data.Article]().Field(i).Name)
		}
	}

	same := func(name string, change func(*data.Article), equal bool) {
		t.Helper()
		a := base
		change(&a)
		if got := a.Hash() == want; got != equal {
			t.Errorf("%s: same hash %v, want %v", name, got, equal)
		}
	}
	same("another zone", func(a *data.Article) { a.PublishedAt = noon.In(time.FixedZone("", 3600)) }, true)
	same("the default state", func(a *data.Article) { a.State = data.Published }, true)
	same("a tag cut in two", func(a *data.Article) { a.Tags = []string{"a", "b", ""} }, false)
	same("a tag become author", func(a *data.Article) { a.Tags, a.Authors = []string{"a"}, []string{"b", "c"} }, false)
	same("text moved on", func(a *data.Article) { a.Title, a.Body = "Ren", "ts" }, false)
}

func TestGroup(t *testing.T) {
	original, translation := data.Article{ID: "a1"}, data.Article{ID: "a2", TranslationOf: "a1"}
	if original.Group() != "a1" || translation.Group() != "a1" {
		t.Errorf("got %q and %q, want a1 twice", original.Group(), translation.Group())
	}
}
