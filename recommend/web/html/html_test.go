package html

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestPhrases(t *testing.T) {
	check := func(headline string, want ...string) {
		t.Helper()
		if got := phrases(headline); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", headline, got, want)
		}
	}
	check("")
	check("Five cranes, 60 fewer jobs", "Five cranes, 60 fewer jobs")
	check("换上五台电动吊车，少用60人", "换上五台电动吊车，", "少用60人")
	check("他说：“我们走了。”然后离开", "他说：", "“我们走了。”", "然后离开")
	check("「燈火，」他說", "「燈火，」", "他說")
	check("！真的", "！", "真的")
}

func FuzzPhrases(f *testing.F) {
	f.Add("换上五台，少用60人")
	f.Add("，，a\xff」")
	f.Fuzz(func(t *testing.T, headline string) {
		if got := strings.Join(phrases(headline), ""); got != headline {
			t.Errorf("%q became %q", headline, got)
		}
	})
}

// Every edition must have every word, and no two languages the same heading.
func TestEditionsAreComplete(t *testing.T) {
	headings := map[string]bool{}
	for _, e := range Editions {
		v := reflect.ValueOf(*e)
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			if v.Field(i).String() == "" && name != "By" { // Chinese puts no word before the author
				t.Errorf("%s has no %s", e.Lang, name)
			}
		}
		headings[e.Related] = true
	}
	if len(headings) != len(Editions) {
		t.Errorf("%d headings for %d languages", len(headings), len(Editions))
	}
}

func TestNewDate(t *testing.T) {
	if got := NewDate(Editions[0], time.Time{}); got != (Date{}) {
		t.Errorf("no time became %+v", got)
	}
	got := NewDate(Editions[1], time.Date(2026, 3, 4, 23, 0, 0, 0, time.UTC))
	if want := (Date{"2026-03-04", "2026年3月4日"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// A link that would run a script is made harmless, and a page whose template
// has a slip is not begun.
func TestRender(t *testing.T) {
	var b bytes.Buffer
	v := Article{Page: Page{Edition: Editions[0]}, Headline: "<b>", Related: []Card{{Title: "x", URL: "javascript:alert(1)"}}}
	if err := v.Render(&b); err != nil {
		t.Fatal(err)
	}
	if s := b.String(); strings.Contains(s, "javascript:") || !strings.Contains(s, "<span>&lt;b&gt;</span>") {
		t.Errorf("not escaped:\n%s", s)
	}
	b.Reset()
	if err := (Front{}).Render(&b); err == nil || b.Len() != 0 {
		t.Errorf("without an edition: %v and %d bytes", err, b.Len())
	}
	if err := v.Render(failing{}); !errors.Is(err, errFull) {
		t.Errorf("a write error: got %v", err)
	}
}

var errFull = errors.New("disk full")

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errFull }
