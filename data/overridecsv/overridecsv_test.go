package overridecsv_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/overridecsv"
	"github.com/alsolike/alsolike/data/record"
)

const header = "article,target,action,position,strength,from,until,lang,placement,note,author,enabled\n"

func write(t testing.TB, all []data.Override) string {
	var b bytes.Buffer
	if err := overridecsv.Write(&b, all); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// drawn are overrides that a store may hold.
var drawn = rapid.Custom(func(t *rapid.T) data.Override {
	text := rapid.OneOf(
		rapid.SampledFrom([]string{"", "=1+1", "'=1", "''@x", "'tis", "'", "+1", "-1", "@SUM(A1)", "\tx", "\r\n=x", "a\r\nb", "\r\r\n", "a\rb", "＝1", ` " `, "a,b", " x ", "#", `\.`, "\x00"}),
		rapid.StringMatching(`['=+@-]{0,3}[a-z"',\r\n\t ]{0,4}`), rapid.String(),
	)
	id := rapid.SampledFrom([]data.ArticleID{"a", "=b", "-c", "@d", "'e", "'=f", "g,h", `"i"`, " j", "文", "k/l"})
	at := rapid.Custom(func(t *rapid.T) time.Time {
		return time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "seconds"), rapid.SampledFrom([]int64{0, 1, 5e8}).Draw(t, "ns")).UTC()
	})
	o := data.Override{
		Created: at.Draw(t, "created"),
		Article: rapid.OneOf(id, rapid.Just(data.Everywhere)).Draw(t, "article"), Target: id.Draw(t, "target"),
		Action: rapid.SampledFrom(data.Actions()).Draw(t, "action"), Lang: rapid.SampledFrom([]data.Lang{"", "en", "zh", "zh-Hant"}).Draw(t, "lang"),
		Placement: text.Draw(t, "placement"), Note: text.Draw(t, "note"), Author: text.Draw(t, "author"), Paused: rapid.Bool().Draw(t, "paused"),
	}
	switch o.Action {
	case data.Pin:
		o.Position = rapid.IntRange(1, 1000).Draw(t, "position")
	case data.Boost:
		o.Strength = rapid.Float64Range(1, 10).Draw(t, "strength")
	case data.Bury:
		o.Strength = rapid.Float64Range(0, 0.9).Draw(t, "strength")
	case data.Off:
		o.Target = ""
	}
	if rapid.Bool().Draw(t, "from") {
		o.From = at.Draw(t, "begin")
	}
	if until := at.Draw(t, "end"); until.After(o.From) {
		o.Until = until
	}
	return o
})

// What is written reads back as what it was but for ends of lines, and is written again
// as the same bytes; and no cell of it is a formula.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := slices.DeleteFunc(rapid.SliceOfN(drawn, 0, 5).Draw(t, "overrides"), func(o data.Override) bool { return o.Validate() != nil })
		for i := range all {
			all[i].ID = int64(i + 1)
		}
		var b bytes.Buffer
		if err := overridecsv.Write(&b, all); err != nil {
			t.Fatal(err)
		}
		first := b.String()
		slices.SortStableFunc(all, func(a, b data.Override) int {
			if c := a.Created.Compare(b.Created); c != 0 {
				return c
			}
			return int(a.ID - b.ID)
		})
		var read []data.Override
		lines := strings.NewReplacer("\r\n", "\n", "\r", "\n")
		for row, err := range overridecsv.Read(strings.NewReader(first), overridecsv.Options{File: "f"}) {
			if err != nil {
				t.Fatalf("%v\n%s", err, first)
			}
			want := all[len(read)]
			want.ID, want.Created = 0, time.Time{}
			want.Note, want.Author, want.Placement = lines.Replace(want.Note), lines.Replace(want.Author), lines.Replace(want.Placement)
			if row.Override != want {
				t.Fatalf("got  %+v\nwant %+v\n%s", row.Override, want, first)
			}
			o := row.Override
			o.ID = int64(len(read) + 1)
			read = append(read, o)
		}
		if len(read) != len(all) {
			t.Fatalf("%d of %d are read back", len(read), len(all))
		}
		b.Reset()
		if err := overridecsv.Write(&b, read); err != nil {
			t.Fatal(err)
		}
		if b.String() != first {
			t.Fatalf("written again:\n%s\nbefore:\n%s", b.String(), first)
		}
		cells, err := csv.NewReader(strings.NewReader(first)).ReadAll()
		if err != nil || !strings.HasPrefix(first, header) {
			t.Fatalf("%v\n%s", err, first)
		}
		for _, row := range cells {
			for _, cell := range row {
				if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r\n") {
					t.Fatalf("the cell %q is a formula", cell)
				}
			}
		}
	})
}

func TestReadByExample(t *testing.T) {
	check := func(name, file string, want ...string) {
		t.Helper()
		var got []string
		for row, err := range overridecsv.Read(strings.NewReader(file), overridecsv.Options{File: "f.csv"}) {
			if bad, ok := errors.AsType[*record.Error](err); ok {
				got = append(got, bad.Error())
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, strings.TrimPrefix(write(t, []data.Override{row.Override}), header))
		}
		if !slices.EqualFunc(got, want, func(g, w string) bool { return strings.HasPrefix(g, w) }) {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	check("all columns", header+"a,b,pin,2,,2026-01-01,2026-12-31T18:00:00+01:00,zh-tw,side,why,mei,no\n", "a,b,pin,2,,2026-01-01T00:00:00Z,2026-12-31T17:00:00Z,zh-Hant,side,why,mei,false\n")
	check("few columns, in another order, with a mark", "\ufeffAction,Target,article\r\nPIN,b,a\r\nhide,c,*\r\n", "a,b,pin,1,,,,,,,,true\n", "*,c,hide,,,,,,,,,true\n")
	check("empty", "", "f.csv:1: there is no header; the first line is article,")
	check("header alone", header)
	check("misspelt column", "artcle,action\n", `f.csv:1: there is no column "artcle"; did you mean article?`)
	check("semicolons", "article;target;action\na;b;pin\n", `f.csv:1: there is no column "article;target;action"; cells are separated by commas`)
	check("twice", "article,action,article\n", "f.csv:1: the column article is there twice")
	check("no action", "article,target\n", "f.csv:1: the column action is missing")
	check("bad rows among good ones", "article,target,action,position,strength,until,enabled,lang\n"+
		"a,b,pin,0,,,,\n"+
		"a,\"b\nc\",hide,,,,,\n"+
		"a,b,boast,,,,,\n"+
		"a,b,boost,,,,,\n"+
		"a,b,bury,,0.95,,,\n"+
		"a,b,hide,,,soon,,\n"+
		"a,b,hide,,,,maybe,\n"+
		"a,b,hide\n"+
		"a,b,hide,,,,,klingon\n"+
		"a,x\"y,hide,,,,,\n"+
		"a,b,pin,one,,,,\n"+
		"a,b,boost,,much,,,\n"+
		"a,\xff,hide,,,,,\n"+
		"a,b,hide,,,,,\n",
		"f.csv:2: position is 0; a pin's position counts from 1", "f.csv:3: target ",
		`f.csv:5: action is "boast"; it may be pin, hide, boost, bury or off; did you mean boost?`, "f.csv:6: strength is missing",
		"f.csv:7: strength is 0.95; of a bury it is 0.0", `f.csv:8: until is "soon"; write a date`, `f.csv:9: enabled is "maybe"; it may be true or false`,
		"f.csv:10: has 3 cells, and the header 8", `f.csv:11: lang is "klingon"`, `f.csv:12: there is a " within a cell`,
		`f.csv:13: position is "one"`, `f.csv:14: strength is "much"`, "f.csv:15: target is not valid UTF-8", "a,b,hide,")
	check("no end of a quote", header+"a,\"b,hide\n", "f.csv:2: a quoted cell does not end")
	for _, err := range overridecsv.Read(iotest.ErrReader(iotest.ErrTimeout), overridecsv.Options{File: "f"}) {
		if !errors.Is(err, iotest.ErrTimeout) {
			t.Errorf("got error %v", err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(header + "a,b,pin,2,,,,,,'=x,mei,true\n")
	f.Add("article,target,action,strength\n\"a\nb\",c,boost,0x1p3\n")
	f.Fuzz(func(t *testing.T, file string) {
		var all []data.Override
		for row, err := range overridecsv.Read(strings.NewReader(file), overridecsv.Options{File: "f"}) {
			if err != nil {
				continue
			}
			if err := row.Validate(); err != nil {
				t.Fatalf("line %d: %v", row.Line, err)
			}
			o := row.Override
			o.ID = int64(len(all) + 1)
			all = append(all, o)
		}
		text := write(t, all)
		var again []data.Override
		for row, err := range overridecsv.Read(strings.NewReader(text), overridecsv.Options{File: "f"}) {
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			o := row.Override
			o.ID = int64(len(again) + 1)
			again = append(again, o)
		}
		if got := write(t, again); got != text {
			t.Fatalf("written again:\n%s\nbefore:\n%s", got, text)
		}
	})
}
