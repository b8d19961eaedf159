package record_test

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/alsolike/alsolike/data/record"
)

const limit = 1 << 20

func write(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func zip(t testing.TB, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func open(t testing.TB, path string) *record.File {
	t.Helper()
	f, err := record.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// lines gives every line as "number text", an error as "number! reason".
func lines(t testing.TB, content []byte) []string {
	var got []string
	for l := range open(t, write(t, "f", content)).Lines(limit) {
		if l.Err != nil {
			got = append(got, fmt.Sprintf("%d! %s", l.Err.Line, l.Err.Reason))
			continue
		}
		got = append(got, fmt.Sprintf("%d %s", l.Number, l.Text))
	}
	return got
}

// rows gives every row as "number cell|cell", an error as "number! reason".
func rows(t testing.TB, content []byte) []string {
	var got []string
	for r := range open(t, write(t, "f", content)).Rows(limit) {
		if r.Err != nil {
			got = append(got, fmt.Sprintf("%d! %s", r.Err.Line, r.Err.Reason))
			continue
		}
		got = append(got, fmt.Sprintf("%d %s", r.Number, strings.Join(r.Cells, "|")))
	}
	return got
}

// checkParts compares record by record: an error must hold what want says.
func checkParts(t *testing.T, name string, got []string, want ...string) {
	t.Helper()
	ok := len(got) == len(want)
	for i := 0; ok && i < len(got); i++ {
		number, part, isError := strings.Cut(want[i], "! ")
		ok = got[i] == want[i] || isError && strings.HasPrefix(got[i], number+"! ") && strings.Contains(got[i], part)
	}
	if !ok {
		t.Errorf("%s: got %q, want %q", name, got, want)
	}
}

func TestLines(t *testing.T) {
	check := func(name, content string, want ...string) {
		t.Helper()
		checkParts(t, name, lines(t, []byte(content)), want...)
		checkParts(t, name+", compressed", lines(t, zip(t, content)), want...)
	}
	check("empty", "")
	check("plain", "a\nb\n", "1 a", "2 b")
	check("no end", "a\nb", "1 a", "2 b")
	check("carriage returns", "a\r\nb\r\n", "1 a", "2 b")
	check("blank", "\n a\n\n \t\nb\n", "2  a", "5 b")
	check("mark", "\ufeffa\n", "1 a")
	check("invalid", "a\nb\xffc\nd\n", "1 a", "2! UTF-8 (byte 2", "3 d")
	check("longest", strings.Repeat("x", limit)+"\na\n", "1 "+strings.Repeat("x", limit), "2 a")
	check("too long", "a\n"+strings.Repeat("x", limit+1)+"\nb\n", "1 a", "2! over 1 MB", "3 b")
	check("too long at the end", "a\n"+strings.Repeat("x", 3*limit), "1 a", "2! over 1 MB")
}

func TestRows(t *testing.T) {
	check := func(name, content string, want ...string) {
		t.Helper()
		checkParts(t, name, rows(t, []byte(content)), want...)
	}
	check("empty", "")
	check("plain", "a,b\nc,d", "1 a|b", "2 c|d")
	check("quoted", `"a,""b""",c`+"\r\n", `1 a,"b"|c`)
	check("line breaks", "a,\"b\nc\n\nd\",e\nf\n", "1 a|b\nc\n\nd|e", "5 f")
	check("empty cells", ",,\n\"\",\n", "1 ||", "2 |")
	check("bare quote", "a,5\" disk\nb,c\n", "1! a quote stands inside", "2 b|c")
	check("quote not doubled", "a,\"he said \"no\"\"\nb,c\n", "1! not doubled", "2 b|c")
	check("never closed", "a,b\nc,\"d\ne,f\n", "1 a|b", "2! never closes")
	check("too long", "a,\""+strings.Repeat("x\n", limit)+"\"\nb,c\n", "1! over 1 MB", fmt.Sprint(limit+2)+" b|c")
	check("invalid", "a,\xff\nb,c\n", "1! UTF-8", "2 b|c")
}

func TestCutGzip(t *testing.T) {
	var content strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&content, "line %d %x\n", i+1, i*i*7919)
	}
	whole := zip(t, content.String())
	all := lines(t, whole)
	if len(all) != 5000 {
		t.Fatalf("got %d lines, want 5000", len(all))
	}
	for _, cut := range []int{3, 12, len(whole) / 2, len(whole) - 9, len(whole) - 1} {
		got := lines(t, whole[:cut])
		last := got[len(got)-1]
		if !strings.Contains(last, "cut off") {
			t.Errorf("cut at %d: the last record is %q, want an error", cut, last)
		}
		if !slices.Equal(got[:len(got)-1], all[:len(got)-1]) {
			t.Errorf("cut at %d: the lines before the cut differ", cut)
		}
	}
	damaged := bytes.Clone(whole)
	damaged[len(damaged)-6] ^= 1 // of the checksum
	if got := lines(t, damaged); !strings.Contains(got[len(got)-1], "damaged") {
		t.Errorf("damaged: the last record is %q", got[len(got)-1])
	}
}

func TestOpenErrors(t *testing.T) {
	folder := t.TempDir()
	check := func(path string, parts ...string) {
		t.Helper()
		_, err := record.Open(path)
		for _, part := range append(parts, path) {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("Open(%q): got %v, want %q", path, err, part)
			}
		}
	}
	check(filepath.Join(folder, "none.csv"), "no such file")
	check(folder, "is a folder")
	check(os.DevNull, "plain file")
}

func TestDetectFormat(t *testing.T) {
	check := func(name, content string, want record.Format) {
		t.Helper()
		got, err := record.DetectFormat(write(t, name, []byte(content)))
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%s: got %q, %v; want %q", name, got, err, want)
		}
	}
	check("a.jsonl", "a,b", record.JSONL)
	check("a.NDJSON.gz", "", record.JSONL)
	check("a.json", "", record.JSONL)
	check("a.csv", "{", record.CSV)
	check("a.csv.gz", "", record.CSV)
	check("plain", "\n {\"id\"", record.JSONL)
	check("packed", string(zip(t, "id,title\n1,a\n")), record.CSV)
	check("marked", "\ufeff{}", record.JSONL)
	check("empty", "", record.JSONL)
	check("prose", "Once upon a time", "")
}

func TestParseTime(t *testing.T) {
	check := func(s, want string) {
		t.Helper()
		got, ok := record.ParseTime(s)
		if ok != (want != "") || ok && got.Format(time.RFC3339Nano) != want {
			t.Errorf("ParseTime(%q) = %v, %v; want %q", s, got, ok, want)
		}
	}
	check("2026-05-04T12:00:00Z", "2026-05-04T12:00:00Z")
	check("2026-05-04T12:00:00.123456789+02:00", "2026-05-04T10:00:00.123456789Z")
	check("2026-05-04", "2026-05-04T00:00:00Z")
	check(" 2026-05-04 12:30:00 ", "2026-05-04T12:30:00Z")
	check("2026-05-04 12:30", "2026-05-04T12:30:00Z")
	check("2026-05-04T12:30", "2026-05-04T12:30:00Z")
	check("2026-05-04 12:30:00-05:00", "2026-05-04T17:30:00Z")
	check("2024-02-29", "2024-02-29T00:00:00Z")
	check("2026-02-29", "")
	check("0001-01-01", "") // a time.Time cannot tell it from none
	check("0000-01-01", "")
	check("9999-12-31T23:59:59-01:00", "") // the year 10000 in UTC
	check("4 May 2026", "")
	check("", "")
	check("soon", "")
}

// What a CSV writer writes reads back, in records that never hang together,
// and whatever else comes is read to its end without more records than lines.
func FuzzRows(f *testing.F) {
	f.Add("a,b\n\"c\nd\",\"\"\"\"\n")
	f.Add("\"a\"b\",c\n\"")
	f.Fuzz(func(t *testing.T, content string) {
		var good [][]string
		n := 0
		for r := range open(t, write(t, "f", []byte(content))).Rows(limit) {
			n++
			if r.Err == nil {
				good = append(good, r.Cells)
			}
		}
		if most := strings.Count(content, "\n") + 1; n > most {
			t.Errorf("%q: got %d records of %d lines", content, n, most)
		}
		var again bytes.Buffer
		w := csv.NewWriter(&again)
		for _, cells := range good {
			w.Write(cells)
		}
		w.Flush()
		var got [][]string
		for r := range open(t, write(t, "g", again.Bytes())).Rows(limit) {
			if r.Err != nil {
				t.Fatalf("%q: %v", again.Bytes(), r.Err)
			}
			got = append(got, r.Cells)
		}
		// A carriage return before a line end reads as the line end alone, and
		// a record of nothing but blanks is a blank line.
		plain := func(all [][]string) (kept []string) {
			for _, cells := range all {
				if s := strings.ReplaceAll(strings.Join(cells, "|"), "\r", ""); len(cells) > 1 || strings.TrimSpace(s) != "" {
					kept = append(kept, s)
				}
			}
			return kept
		}
		if diff := cmp.Diff(plain(good), plain(got)); diff != "" && !strings.HasPrefix(again.String(), "\ufeff") {
			t.Errorf("%q reads back otherwise (-want +got):\n%s", again.Bytes(), diff)
		}
	})
}

func FuzzLines(f *testing.F) {
	f.Add([]byte("a\n\xff\nb"))
	f.Add([]byte("\x1f\x8b\x08"))
	f.Fuzz(func(t *testing.T, content []byte) {
		for l := range open(t, write(t, "f", content)).Lines(8) {
			if l.Err == nil && (len(l.Text) > 8 || !utf8.Valid(l.Text) || bytes.ContainsRune(l.Text, '\n')) {
				t.Errorf("%q: got line %q", content, l.Text)
			}
		}
	})
}
