package eventlog

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/google/go-cmp/cmp"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/clicklog"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)

// quiet are options of a log that says nothing and stands still at noon.
func quiet() Options {
	return Options{Now: func() time.Time { return noon }, Log: slog.New(slog.DiscardHandler)}
}

func open(t *testing.T, folder string, opts Options) *Log {
	t.Helper()
	l, err := Open(folder, opts)
	if err != nil {
		t.Fatal(err)
	}
	<-l.started
	t.Cleanup(func() { l.Close() })
	return l
}

func add(t *testing.T, l *Log, events ...clicklog.Event) {
	t.Helper()
	for _, e := range events {
		if err := l.Add(e); err != nil {
			t.Errorf("%+v: %v", e, err)
		}
	}
}

func refuses(t *testing.T, l *Log, want error, events ...clicklog.Event) {
	t.Helper()
	for _, e := range events {
		if err := l.Add(e); !errors.Is(err, want) {
			t.Errorf("%+v: %v, want %v", e, err, want)
		}
	}
}

func closeLog(t *testing.T, l *Log) {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

func impression(id string) *clicklog.Impression {
	return &clicklog.Impression{ID: id, Time: noon, Source: "a1", Items: []clicklog.Shown{{Item: "a2", Position: 1, P: 1}, {Item: "a3", Position: 2, P: 1}}}
}

func click(id string, item data.ArticleID) *clicklog.Click {
	return &clicklog.Click{Impression: id, Item: item, Position: 1, Time: noon}
}

func view(id string, positions ...int) *clicklog.View {
	return &clicklog.View{Impression: id, Positions: positions, Time: noon}
}

func reading(id string, item data.ArticleID) *clicklog.Reading {
	return &clicklog.Reading{Impression: id, Item: item, Dwell: time.Second, Time: noon}
}

func pageView(page data.ArticleID) *clicklog.PageView {
	return &clicklog.PageView{Page: page, From: "search", Time: noon}
}

// text is what the files of a log hold, by name, unpacked.
func text(t *testing.T, folder string) map[string]string {
	t.Helper()
	texts := map[string]string{}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		f, err := os.Open(filepath.Join(folder, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		var r io.Reader = f
		if strings.HasSuffix(e.Name(), packed) {
			if r, err = gzip.NewReader(f); err != nil {
				t.Fatal(err)
			}
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		texts[e.Name()] = string(b)
	}
	return texts
}

func linesOf(t *testing.T, events ...clicklog.Event) string {
	t.Helper()
	var b []byte
	for _, e := range events {
		var err error
		if b, err = clicklog.AppendEvent(b, e); err != nil {
			t.Fatal(err)
		}
	}
	return string(b)
}

// awaitFile waits for a file that another goroutine makes.
func awaitFile(t *testing.T, path string) {
	t.Helper()
	for range 1000 {
		if _, err := os.Stat(path); err == nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%s is not there after ten seconds", path)
}

// holds checks the files of a log, by name.
func holds(t *testing.T, folder string, want map[string]string) {
	t.Helper()
	if diff := cmp.Diff(want, text(t, folder)); diff != "" {
		t.Errorf("the files differ (-want +got):\n%s", diff)
	}
}

func TestLogHoldsWhatWasAdded(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "events")
	observed := 0
	opts := quiet()
	opts.Observe = func(clicklog.Event) { observed++ }
	l := open(t, folder, opts)
	events := []clicklog.Event{impression("i1"), view("i1", 1, 2), click("i1", "a2"), reading("i1", "a2"), pageView("a2")}
	add(t, l, events...)
	closeLog(t, l)
	holds(t, folder, map[string]string{"2026-11-29.ndjson": linesOf(t, events...)})
	if got, want := l.Counts(), (Counts{Accepted: 5, Written: 5}); got != want {
		t.Errorf("counts %+v, want %+v", got, want)
	}
	if observed != 5 {
		t.Errorf("%d events observed, want 5", observed)
	}
	refuses(t, l, ErrClosed, pageView("a3"))
}

func TestOnceEach(t *testing.T) {
	l := open(t, t.TempDir(), quiet())
	refuses(t, l, ErrNoImpression, click("i1", "a2"), view("i1", 1), reading("i1", "a2"))
	add(t, l, impression("i1"), impression("i2"))
	add(t, l, click("i1", "a2"), click("i1", "a3"), click("i2", "a2"))
	add(t, l, view("i1", 1), view("i1", 1, 2), view("i2", 1), view("i1", 12))
	add(t, l, reading("i1", "a2"), reading("i2", "a2"))
	refuses(t, l, ErrRepeated, impression("i1"), click("i1", "a3"), view("i1", 2, 1, 2), view("i1", 12), reading("i1", "a2"))
	session := &clicklog.Reading{Session: "s", Item: "a2"} // names no list
	add(t, l, pageView("a1"), pageView("a1"), session, session)
}

// After a restart the day's file goes on, what it holds is known, and what a crash
// cut off is gone.
func TestRestart(t *testing.T) {
	folder := t.TempDir()
	l := open(t, folder, quiet())
	add(t, l, impression("i1"), click("i1", "a2"))
	closeLog(t, l)
	today := filepath.Join(folder, "2026-11-29.ndjson")
	f, err := os.OpenFile(today, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"t":"imp","id":"` + strings.Repeat("x", 100_000)); err != nil {
		t.Fatal(err)
	}
	f.Close()
	yesterday := filepath.Join(folder, "2026-11-28.ndjson")
	if err := os.WriteFile(yesterday, []byte(linesOf(t, impression("i0"))+"{"), 0o600); err != nil {
		t.Fatal(err)
	}

	opts := quiet()
	var observed atomic.Int64
	opts.Observe = func(clicklog.Event) { observed.Add(1) }
	l = open(t, folder, opts)
	if got := observed.Load(); got != 3 {
		t.Errorf("%d events of the log observed, want 3", got)
	}
	refuses(t, l, ErrRepeated, impression("i0"), impression("i1"), click("i1", "a2"))
	add(t, l, click("i1", "a3"), click("i0", "a2"))
	awaitFile(t, yesterday+packed)
	closeLog(t, l)
	holds(t, folder, map[string]string{
		"2026-11-28.ndjson.gz": linesOf(t, impression("i0")),
		"2026-11-29.ndjson":    linesOf(t, impression("i1"), click("i1", "a2"), click("i1", "a3"), click("i0", "a2")),
	})
}

// At midnight a new file begins, the old one is compressed, and days past the
// retention go.
func TestDaysEnd(t *testing.T) {
	folder := t.TempDir()
	synctest.Test(t, func(t *testing.T) { // which begins at midnight
		l, err := Open(folder, Options{Retention: 2 * day, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		<-l.started
		for i := range 5 {
			time.Sleep(day - time.Millisecond)
			add(t, l, impression(fmt.Sprint(i)))
			time.Sleep(time.Millisecond)
			add(t, l, click(fmt.Sprint(i), "a2"))
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		holds(t, folder, map[string]string{
			"2000-01-03.ndjson.gz": linesOf(t, click("1", "a2"), impression("2")),
			"2000-01-04.ndjson.gz": linesOf(t, click("2", "a2"), impression("3")),
			"2000-01-05.ndjson.gz": linesOf(t, click("3", "a2"), impression("4")),
			"2000-01-06.ndjson":    linesOf(t, click("4", "a2")),
		})
		for _, after := range []time.Duration{day, 2 * day} { // without any event
			time.Sleep(after)
		}
		synctest.Wait()
		if got, want := slices.Sorted(maps.Keys(text(t, folder))), []string{"2000-01-06.ndjson.gz"}; !slices.Equal(got, want) {
			t.Errorf("three quiet days later there are %q, want %q", got, want)
		}
		closeLog(t, l)
	})
}

// A day that is compressed stays as it is, also if the clock goes back to it, or if
// the process ended before the file was removed.
func TestCompressedDaysStay(t *testing.T) {
	folder := t.TempDir()
	l := open(t, folder, quiet())
	add(t, l, impression("i1"))
	closeLog(t, l)
	before, err := os.ReadFile(filepath.Join(folder, "2026-11-29.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	later := quiet()
	later.Now = func() time.Time { return noon.Add(day) }
	l = open(t, folder, later)
	awaitFile(t, filepath.Join(folder, "2026-11-29.ndjson.gz"))
	closeLog(t, l)
	if err := os.WriteFile(filepath.Join(folder, "2026-11-29.ndjson"), before, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, ".2026-11-29.ndjson.gz.tmp"), before[:10], 0o600); err != nil {
		t.Fatal(err)
	}
	l = open(t, folder, quiet())
	add(t, l, impression("i2"), click("i1", "a2"))
	closeLog(t, l)
	l = open(t, folder, later)
	awaitFile(t, filepath.Join(folder, "2026-11-29_2.ndjson.gz"))
	closeLog(t, l)
	holds(t, folder, map[string]string{
		"2026-11-29.ndjson.gz":   linesOf(t, impression("i1")),
		"2026-11-29_2.ndjson.gz": linesOf(t, impression("i2"), click("i1", "a2")),
	})
	files, err := Files(folder, noon, noon.Add(time.Hour))
	if err != nil || len(files) != 2 || filepath.Base(files[1]) != "2026-11-29_2.ndjson.gz" {
		t.Errorf("files %q, %v", files, err)
	}
	for _, span := range [][2]time.Time{{noon.Add(day), {}}, {{}, noon.Add(-2 * day)}} {
		if files, err := Files(folder, span[0], span[1]); err != nil || len(files) != 0 {
			t.Errorf("from %v to %v: files %q, %v", span[0], span[1], files, err)
		}
	}
}

// What comes in before the log knows what it holds is refused: it might be in it.
func TestStarting(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "2026-11-28.ndjson"), []byte(linesOf(t, impression("i1"))), 0o600); err != nil {
		t.Fatal(err)
	}
	opts, reading := quiet(), make(chan bool)
	opts.Observe = func(e clicklog.Event) {
		if im, ok := e.(*clicklog.Impression); ok && im.ID == "i1" {
			<-reading
		}
	}
	l, err := Open(folder, opts)
	if err != nil {
		t.Fatal(err)
	}
	refuses(t, l, ErrStarting, impression("i1"), impression("i2"), pageView("a1"))
	close(reading)
	<-l.started
	refuses(t, l, ErrRepeated, impression("i1"))
	add(t, l, impression("i2"), pageView("a1"))
	closeLog(t, l)
	if got, want := l.Counts(), (Counts{Accepted: 2, Written: 2}); got != want {
		t.Errorf("counts %+v, want %+v", got, want)
	}
}

// A disk has room for some bytes.
type disk struct {
	sync.Mutex
	room int
}

func (d *disk) open(path string) (file, error) {
	f, err := openFile(path)
	return &diskFile{f, d}, err
}

func (d *disk) grow(n int) {
	d.Lock()
	defer d.Unlock()
	d.room += n
}

type diskFile struct {
	file
	disk *disk
}

func (f *diskFile) Write(p []byte) (int, error) {
	f.disk.Lock()
	defer f.disk.Unlock()
	n := min(len(p), f.disk.room)
	f.disk.room -= n
	n, err := f.file.Write(p[:n])
	if n < len(p) && err == nil {
		err = &os.PathError{Op: "write", Path: "log", Err: syscall.ENOSPC}
	}
	return n, err
}

// A full disk loses only what there is no room for in memory, and counts it.
func TestDiskFull(t *testing.T) {
	folder := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		line := len(linesOf(t, impression("0000")))
		disk := &disk{room: 5*line + line/2}
		l, err := Open(folder, Options{Waiting: 10 * line, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		<-l.started
		l.openFile = disk.open
		send := func(from, to int) (lost int) {
			for i := from; i < to; i++ {
				switch err := l.Add(impression(fmt.Sprintf("%04d", i))); {
				case errors.Is(err, ErrFull):
					lost++
				case err != nil:
					t.Error(err)
				}
			}
			time.Sleep(2 * time.Second)
			synctest.Wait()
			return lost
		}
		if lost := send(0, 5); lost != 0 || l.Counts().Problem != "" {
			t.Errorf("with room: %d lost, %+v", lost, l.Counts())
		}
		if lost := send(5, 10); lost != 0 {
			t.Errorf("just full: %d lost, want none", lost)
		}
		if got := l.Counts(); got.Written != 5 || got.Waiting != 5 || !strings.Contains(got.Problem, "no space left") {
			t.Errorf("just full: %+v", got)
		}
		if lost := send(10, 20); lost != 5 { // half a line is written
			t.Errorf("while full: %d lost, want 5", lost)
		}
		disk.grow(1000 * line)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if got, want := l.Counts(), (Counts{Accepted: 15, Written: 15, Lost: 5}); got != want {
			t.Errorf("with room again: %+v, want %+v", got, want)
		}
		if lost := send(15, 20); lost != 0 {
			t.Errorf("what was lost is refused when it comes again: %d", lost)
		}
		var all []clicklog.Event
		for i := range 20 {
			all = append(all, impression(fmt.Sprintf("%04d", i)))
		}
		holds(t, folder, map[string]string{"2000-01-01.ndjson": linesOf(t, all...)})

		disk.Lock()
		disk.room = 0
		disk.Unlock()
		send(20, 22)
		if err := l.Close(); err == nil || !strings.Contains(err.Error(), "7 events are lost") {
			t.Errorf("closed with a full disk: %v", err)
		}
		if got := l.Counts(); got.Lost != 7 || got.Waiting != 0 {
			t.Errorf("closed with a full disk: %+v", got)
		}
	})
}

// Whatever comes in at once, each list and click is in the log once.
func TestManyAtOnce(t *testing.T) {
	folder := t.TempDir()
	opts := quiet()
	opts.Flush = time.Millisecond
	l := open(t, folder, opts)
	const senders, lists = 8, 500
	var taken atomic.Int64
	var group sync.WaitGroup
	for range senders {
		group.Go(func() {
			for i := range lists {
				for _, e := range []clicklog.Event{impression(fmt.Sprint(i)), click(fmt.Sprint(i), "a2")} {
					if l.Add(e) == nil {
						taken.Add(1)
					}
				}
			}
		})
	}
	group.Wait()
	closeLog(t, l)
	if got := taken.Load(); got != 2*lists {
		t.Errorf("%d events taken, want %d", got, 2*lists)
	}
	known := map[string]bool{}
	for _, line := range strings.SplitAfter(text(t, folder)["2026-11-29.ndjson"], "\n") {
		known[line] = true
	}
	if got, want := len(known), 2*lists+1; got != want { // and the empty rest
		t.Errorf("%d different lines, want %d", got, want)
	}
	if got := l.Counts(); got.Accepted != 2*lists || got.Written != 2*lists {
		t.Errorf("counts %+v", got)
	}
}

func TestRecent(t *testing.T) {
	r := newRecent(100)
	for i := range uint64(1000) {
		r.add(i)
		for back := range min(uint64(100), i+1) {
			if !r.has(i - back) {
				t.Fatalf("after %d, %d is forgotten", i, i-back)
			}
		}
		if n := len(r.now) + len(r.before); n > 200 {
			t.Fatalf("after %d, %d are remembered", i, n)
		}
	}
}

func BenchmarkAdd(b *testing.B) {
	opts := quiet()
	opts.Waiting = 1 << 30
	l, err := Open(b.TempDir(), opts)
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	im := impression("")
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		im.ID = fmt.Sprint(i)
		if err := l.Add(im); err != nil {
			b.Fatal(err)
		}
	}
}
