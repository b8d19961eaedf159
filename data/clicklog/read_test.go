package clicklog_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/data/clicklog"
)

var mapping = clicklog.Mapping{Reader: "email", Item: "article_id"}

func write(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// read gives every read as "line reader item time" and every bad row as
// "line! reason".
func read(t testing.TB, name, content string, m clicklog.Mapping) (clicklog.Log, []string) {
	t.Helper()
	log, err := clicklog.ReadReads(context.Background(), write(t, name, content), m)
	if err != nil {
		t.Fatalf("%q: %v", content, err)
	}
	var got []string
	for _, r := range log.Reads {
		s := fmt.Sprintf("%d %s %s", r.Line, r.Reader, r.Item)
		if m.Time != "" {
			s += r.Time.Format(" 2006-01-02T15:04:05Z07:00")
		} else if !r.Time.IsZero() {
			t.Errorf("%q: a time of %v without a mapping", content, r.Time)
		}
		got = append(got, s)
	}
	for _, bad := range log.Bad {
		if filepath.Base(bad.File) != name {
			t.Errorf("%q: a bad row of file %q", content, bad.File)
		}
		got = append(got, fmt.Sprintf("%d! %s", bad.Line, bad.Reason))
	}
	if len(got) != log.Rows {
		t.Errorf("%q: counted %d rows, got %d", content, log.Rows, len(got))
	}
	return log, got
}

// check compares with want, of whose errors a part is enough.
func check(t *testing.T, name, content string, m clicklog.Mapping, want ...string) {
	t.Helper()
	_, got := read(t, name, content, m)
	ok := len(got) == len(want)
	for i := 0; ok && i < len(got); i++ {
		number, part, isBad := strings.Cut(want[i], "! ")
		ok = got[i] == want[i] || isBad && strings.HasPrefix(got[i], number+"! ") && strings.Contains(got[i], part)
	}
	if !ok {
		t.Errorf("%q: got %q, want %q", content, got, want)
	}
}

func TestReadReads(t *testing.T) {
	check(t, "log.csv", ",article_id,title,email\n0,1430.0,\"a,\nb\",r1\n1,09,x,r2\n2,9,x,\n3,,x,r1\n4,,x,\n5,7\n6,a\"b,x,r1\n7,1,x,r1\n", mapping,
		"2 r1 1430.0", "4 r2 09", "10 r1 1",
		"5! names no reader", "6! names no item", "7! names no reader", "8! has 2 columns, the header 4", "9! quote")
	check(t, "log.ndjson", `{"email":"r1","article_id":1430.0,"words":[1]}
{"email":"r\u0031","article_id":"09"}

{"email":null,"article_id":"9"}
{"email":"r1"}
{"email":"r1","article_id":"1"
[1]
{"email":["r1"],"article_id":"1"}
{"email":7,"article_id":12345678901234567890}`, mapping,
		"1 r1 1430.0", "2 r1 09", "9 7 12345678901234567890",
		"4! names no reader", "5! names no item", "6! broken JSON", "7! no object", "8! email is neither text nor a number")
	log, _ := read(t, "log.csv", "article_id,email\n,\n1,r\n1,\n,r\n", mapping)
	if log.NoReader != 2 || log.NoItem != 1 || log.Rows != 4 {
		t.Errorf("got %+v, want 2 rows without reader and 1 without item", log)
	}
}

func TestReadReadsByTime(t *testing.T) {
	m := mapping
	m.Time = "at"
	check(t, "log.csv", "at,article_id,email\n2026-05-04T10:00:00Z,1,r\n2026-05-04 09:00:00,2,r\n2026-05-04T10:00:00Z,3,r\nsoon,4,r\n,5,r\n1777885200,6,r\n1777885200001,7,r\n0,8,r\n", m,
		"3 r 2 2026-05-04T09:00:00Z", "7 r 6 2026-05-04T09:00:00Z", "8 r 7 2026-05-04T09:00:00Z", "2 r 1 2026-05-04T10:00:00Z", "4 r 3 2026-05-04T10:00:00Z",
		`5! the time is "soon"`, `6! the time is ""`, `9! the time is "0"`)
	check(t, "log.ndjson", `{"at":1777885200,"email":"r","article_id":"1"}`, m, "1 r 1 2026-05-04T09:00:00Z")
}

func TestReadReadsCompressed(t *testing.T) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte("article_id,email\n1,r\n2,r\n"))
	w.Close()
	check(t, "log", b.String(), mapping, "2 r 1", "3 r 2")
	check(t, "cut", b.String()[:b.Len()-1], mapping, "2 r 1", "3 r 2", "4! cut off")
}

func TestReadReadsErrors(t *testing.T) {
	check := func(name, content string, m clicklog.Mapping, parts ...string) {
		t.Helper()
		path := write(t, name, content)
		_, err := clicklog.ReadReads(context.Background(), path, m)
		for _, part := range append(parts, path) {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("%q: got %v, want %q", content, err, part)
			}
		}
	}
	const rows = ",article_id,email\n1,2,3\n"
	check("log.csv", rows, clicklog.Mapping{Reader: "emial", Item: "article_id"}, "--map reader=emial", `did you mean "email"?`)
	check("log.csv", rows, clicklog.Mapping{Reader: "email", Item: "xyz"}, `no column "xyz"; there are article_id, email`)
	check("log.csv", rows, clicklog.Mapping{Reader: "email", Item: "article_id", Time: "at"}, `no column "at"`)
	check("log.csv", rows, clicklog.Mapping{Item: "article_id"}, "reader=COLUMN")
	check("log.ndjson", `{"article_id":"1","email":"r"}`, clicklog.Mapping{Reader: "e-mail", Item: "article_id"}, `did you mean "email"?`)
	check("log.csv", "", mapping, "holds no reads")
	check("log.ndjson", "", mapping, "holds no reads")
	check("log.csv", "article_id,email\n", mapping, "holds no reads")
	check("log.csv", "article_id,email\n1,\n", mapping, "none of its 1 rows", "names no reader")
	check("log", "prose", mapping, "neither like JSON lines nor like CSV")
	if _, err := clicklog.ReadReads(context.Background(), "none.csv", mapping); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing log: got %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := clicklog.ReadReads(ctx, write(t, "log.csv", rows), mapping); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
}

// The real reads of the IBM community: 45,993 rows, 17 of them without reader.
func TestReadReadsIBM(t *testing.T) {
	if testing.Short() {
		t.Skip("real reads take long")
	}
	path := filepath.Join("..", "..", "..", "shared", "datasets", "ibm_community", "user-item-interactions.csv")
	log, err := clicklog.ReadReads(context.Background(), path, mapping)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("there is no %s", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	readers := map[string]bool{}
	for _, r := range log.Reads {
		readers[r.Reader] = true
	}
	if log.Rows != 45993 || log.NoReader != 17 || len(log.Bad) != 17 || len(readers) != 5148 {
		t.Errorf("got %d rows, %d without reader, %d bad, %d readers; want 45993, 17, 17, 5148", log.Rows, log.NoReader, len(log.Bad), len(readers))
	}
	if got := log.Reads[0].Item; got != "1430.0" {
		t.Errorf("the first item is %q, want 1430.0 as it stands", got)
	}
}

// Reads written as JSON lines read back as the same reads.
func FuzzReadReads(f *testing.F) {
	f.Add("article_id,email,at\n1430.0,r,2026-05-04\n\"a\nb\",\"\"\"\",1777885200\n")
	f.Add(`{"article_id":1,"email":"r","at":"2026-05-04T10:00:00.5Z"}`)
	m := mapping
	m.Time = "at"
	f.Fuzz(func(t *testing.T, content string) {
		log, err := clicklog.ReadReads(context.Background(), write(t, "log", content), m)
		if err != nil {
			return // refusing is fine; panicking or guessing is not
		}
		var again bytes.Buffer
		for _, r := range log.Reads {
			line, err := json.Marshal(map[string]any{"email": r.Reader, "article_id": r.Item, "at": r.Time})
			if err != nil {
				t.Fatal(err)
			}
			again.Write(append(line, '\n'))
		}
		got, err := clicklog.ReadReads(context.Background(), write(t, "again.ndjson", again.String()), m)
		if err != nil || len(got.Reads) != len(log.Reads) {
			t.Fatalf("%q reads back as %+v, %v", again.Bytes(), got, err)
		}
		for i, want := range log.Reads {
			want.Line = i + 1
			if got.Reads[i] != want {
				t.Errorf("read %d: got %+v, want %+v", i, got.Reads[i], want)
			}
		}
	})
}
