package clicks_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/clicklog"
	"github.com/alsolike/alsolike/recommend/clicks"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// writeLog writes events to the files of the days on which they happened, those before
// yesterday compressed.
func writeLog(t interface{ Fatal(...any) }, folder string, now time.Time, events []clicklog.Event) {
	days := map[string][]byte{}
	for _, e := range events {
		name := clicklog.TimeOf(e).UTC().Format(time.DateOnly)
		line, err := clicklog.AppendEvent(days[name], e)
		if err != nil {
			t.Fatal(err)
		}
		days[name] = line
	}
	for name, text := range days {
		path := filepath.Join(folder, name+".ndjson")
		if name < now.AddDate(0, 0, -1).Format(time.DateOnly) {
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			if _, err := z.Write(text); err != nil {
				t.Fatal(err)
			}
			if err := z.Close(); err != nil {
				t.Fatal(err)
			}
			path, text = path+".gz", b.Bytes()
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// counted is what a counter makes of the log in folder.
func counted(t interface{ Fatal(...any) }, c *clicks.Counter) *clicks.Counts {
	if _, err := c.Counts(); err != nil {
		t.Fatal(err)
	}
	c.Wait()
	counts, err := c.Counts()
	if err != nil || counts == nil {
		t.Fatal("no counts: ", err)
	}
	c.Wait()
	return counts
}

func list(id string, at time.Time, source data.ArticleID, items ...data.ArticleID) *clicklog.Impression {
	imp := &clicklog.Impression{ID: id, Time: at, Source: source}
	for i, item := range items {
		imp.Items = append(imp.Items, clicklog.Shown{Item: item, Position: i + 1, P: math.NaN()})
	}
	return imp
}

func click(id string, at time.Time, item data.ArticleID) *clicklog.Click {
	return &clicklog.Click{Impression: id, Item: item, Time: at}
}

func view(id string, at time.Time, positions ...int) *clicklog.View {
	return &clicklog.View{Impression: id, Time: at, Positions: positions}
}

func TestCounts(t *testing.T) {
	folder := t.TempDir()
	midnight := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	writeLog(t, folder, noon, []clicklog.Event{
		list("old", noon.AddDate(0, 0, -30), "a", "b", "c"), // before the 30 days
		click("old", noon.AddDate(0, 0, -30), "b"),
		list("first", noon.AddDate(0, 0, -29), "a", "b", "c"), // without a view: both were seen
		click("first", noon.AddDate(0, 0, -29), "b"),
		click("first", noon.AddDate(0, 0, -29), "b"),
		list("late", midnight.Add(-time.Minute), "a", "b", "c"),
		view("late", midnight.Add(-time.Minute), 1),
		click("late", midnight.Add(time.Minute), "c"), // the day after, and so it was seen too
		list("today", noon, "a", "b", "c"),
		view("today", noon, 1),
		list("twice", noon, "c", "a", "b"),
		click("twice", noon, "a"),
		click("twice", noon, "b"),
		click("twice", noon, "d"), // which is not there
		click("none", noon, "b"),
	})
	counts := counted(t, clicks.New(t.Context(), folder, clicks.Options{Now: func() time.Time { return noon }, Rest: time.Hour}))
	check := func(name string, got, want any) {
		t.Helper()
		if got != want {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
	check("a to b", counts.Link("a", "b"), clicks.Rate{Clicks: 1, Seen: 3})
	check("a to c", counts.Link("a", "c"), clicks.Rate{Clicks: 1, Seen: 2})
	check("c to b", counts.Link("c", "b"), clicks.Rate{Clicks: 1, Seen: 1})
	check("b to a", counts.Link("b", "a"), clicks.Rate{})
	check("unheard of", counts.Link("x", "y"), clicks.Rate{})
	check("a", counts.Article("a"), clicks.Article{List: clicks.Rate{Clicks: 2, Seen: 3}, Out: 2, In: clicks.Rate{Clicks: 1, Seen: 1}})
	check("c", counts.Article("c"), clicks.Article{List: clicks.Rate{Clicks: 1, Seen: 1}, Out: 2, In: clicks.Rate{Clicks: 1, Seen: 2}})
	check("clicks on b", counts.Clicks("b"), 2)
	check("since", counts.Since, time.Date(2026, 10, 25, 0, 0, 0, 0, time.UTC))
	check("as of", counts.AsOf, noon)
	if counts.Rare {
		t.Error("pairs were forgotten")
	}
}

func TestInterval(t *testing.T) {
	// By the formula, computed apart.
	for _, test := range []struct {
		rate      clicks.Rate
		low, high float64
	}{
		{clicks.Rate{Clicks: 12, Seen: 340}, 0.0203, 0.0607},
		{clicks.Rate{Clicks: 0, Seen: 10}, 0, 0.2775},
		{clicks.Rate{Clicks: 10, Seen: 10}, 0.7225, 1},
		{clicks.Rate{Clicks: 1, Seen: 2}, 0.0945, 0.9055},
		{clicks.Rate{}, 0, 1},
	} {
		low, high := test.rate.Interval()
		if math.Abs(low-test.low) > 5e-5 || math.Abs(high-test.high) > 5e-5 {
			t.Errorf("%+v: got %.4f to %.4f, want %.4f to %.4f", test.rate, low, high, test.low, test.high)
		}
	}
	if !math.IsNaN(clicks.Rate{}.Share()) {
		t.Error("a rate of nothing")
	}
}

// An oracle counts with all of the log in memory.
type oracle struct {
	since   time.Time
	lists   map[string]*clicklog.Impression
	viewed  map[string]map[int]bool
	clicked map[string]map[data.ArticleID]bool
}

func newOracle(since time.Time, events []clicklog.Event) *oracle {
	o := &oracle{since, map[string]*clicklog.Impression{}, map[string]map[int]bool{}, map[string]map[data.ArticleID]bool{}}
	for _, e := range events {
		switch e := e.(type) {
		case *clicklog.Impression:
			if o.lists[e.ID] == nil && !e.Time.Before(since) {
				o.lists[e.ID] = e
			}
		case *clicklog.View:
			if o.lists[e.Impression] == nil {
				continue
			}
			if o.viewed[e.Impression] == nil {
				o.viewed[e.Impression] = map[int]bool{}
			}
			for _, p := range e.Positions {
				o.viewed[e.Impression][p] = true
			}
		case *clicklog.Click:
			if o.lists[e.Impression] == nil {
				continue
			}
			if o.clicked[e.Impression] == nil {
				o.clicked[e.Impression] = map[data.ArticleID]bool{}
			}
			o.clicked[e.Impression][e.Item] = true
		}
	}
	return o
}

func (o *oracle) each(f func(source, item data.ArticleID, seen, clicked bool)) {
	for id, l := range o.lists {
		for _, shown := range l.Items {
			clicked := o.clicked[id][shown.Item]
			f(l.Source, shown.Item, clicked || o.viewed[id] == nil || o.viewed[id][shown.Position], clicked)
		}
	}
}

func (o *oracle) link(from, to data.ArticleID) (r clicks.Rate) {
	o.each(func(source, item data.ArticleID, seen, clicked bool) {
		if source == from && item == to {
			r.Seen += number(seen)
			r.Clicks += number(clicked)
		}
	})
	return r
}

func (o *oracle) article(of data.ArticleID) (a clicks.Article) {
	o.each(func(source, item data.ArticleID, seen, clicked bool) {
		if source == of {
			a.Out += number(clicked)
		}
		if item == of {
			a.In.Seen += number(seen)
			a.In.Clicks += number(clicked)
		}
	})
	for id, l := range o.lists {
		if l.Source == of {
			a.List.Seen++
			followed := slices.ContainsFunc(l.Items, func(s clicklog.Shown) bool { return o.clicked[id][s.Item] })
			a.List.Clicks += number(followed)
		}
	}
	return a
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

// A counter that counts day by day, as the log grows, knows what there is in the log.
func TestCountsAgainstAnOracle(t *testing.T) {
	articles := []data.ArticleID{"a", "b", "c", "d", "e"}
	rapid.Check(t, func(t *rapid.T) {
		folder, err := os.MkdirTemp("", "clicks")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(folder)
		days := rapid.IntRange(1, 5).Draw(t, "days")
		now := noon
		counter := clicks.New(context.Background(), folder, clicks.Options{Days: days, Now: func() time.Time { return now }, Rest: time.Hour})
		var events []clicklog.Event
		names := 0
		at := noon.AddDate(0, 0, -6)
		for range rapid.IntRange(1, 3).Draw(t, "counted") {
			for range rapid.IntRange(0, 40).Draw(t, "events") {
				at = at.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "hours")) * time.Hour)
				id := fmt.Sprint("list ", rapid.IntRange(max(0, names-3), names).Draw(t, "list"))
				switch rapid.SampledFrom([]string{"list", "view", "click"}).Draw(t, "kind") {
				case "list":
					order := rapid.Permutation(articles).Draw(t, "order")
					events = append(events, list(id, at, order[0], order[1:rapid.IntRange(1, 5).Draw(t, "length")]...))
					names++
				case "view":
					events = append(events, view(id, at, rapid.SliceOfN(rapid.IntRange(1, 5), 1, 3).Draw(t, "positions")...))
				case "click":
					events = append(events, click(id, at, rapid.SampledFrom(articles).Draw(t, "item")))
				}
			}
			if now.Before(at) {
				now = at
			}
			at = now // what comes later is in the log of later days
			writeLog(t, folder, now, events)
			for _, name := range must(filepath.Glob(folder + "/*.ndjson.gz")) {
				_ = os.Remove(name[:len(name)-len(".gz")]) // as it was before its day was over
			}
			since := now.UTC().Truncate(24*time.Hour).AddDate(0, 0, 1-days)
			want := newOracle(since, events)
			clicks.Renew(counter)
			got, err := counter.Counts()
			if err != nil {
				t.Fatal(err)
			}
			for _, from := range articles {
				if got, want := got.Article(from), want.article(from); got != want {
					t.Fatalf("%s: got %+v, want %+v", from, got, want)
				}
				for _, to := range articles {
					if got, want := got.Link(from, to), want.link(from, to); got != want {
						t.Fatalf("%s to %s: got %+v, want %+v", from, to, got, want)
					}
				}
			}
		}
	})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// Where there are more pairs than are kept, those that are seen most stay, and it is told.
func TestRare(t *testing.T) {
	folder := t.TempDir()
	var events []clicklog.Event
	for i := range 100 {
		at := noon.Add(time.Duration(i) * time.Second)
		events = append(events, list(fmt.Sprint("often ", i), at, "a", "b"), list(fmt.Sprint("once ", i), at, "a", data.ArticleID(fmt.Sprint("x", i))))
	}
	events = append(events, click("once 0", noon.Add(time.Hour), "x0"))
	writeLog(t, folder, noon, events)
	counts := counted(t, clicks.New(t.Context(), folder, clicks.Options{Pairs: 10, Now: func() time.Time { return noon }, Rest: time.Hour}))
	if got, want := counts.Link("a", "b"), (clicks.Rate{Seen: 100}); got != want || !counts.Rare {
		t.Errorf("got %+v, want %+v; rare: %v", got, want, counts.Rare)
	}
	if got, want := counts.Link("a", "x0"), (clicks.Rate{Clicks: 1, Seen: 1}); got != want {
		t.Errorf("followed, but forgotten before: got %+v, want %+v", got, want)
	}
	if got := counts.Article("a"); got.List.Seen != 200 || got.Out != 1 {
		t.Errorf("the article: %+v", got)
	}
}

// A file that is damaged does not keep the rest from being counted.
func TestDamagedFile(t *testing.T) {
	folder := t.TempDir()
	writeLog(t, folder, noon, []clicklog.Event{list("1", noon, "a", "b"), click("1", noon.Add(time.Minute), "b")})
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	for i := range 1000 {
		line, err := clicklog.AppendEvent(nil, list(fmt.Sprint("old ", i), noon.AddDate(0, 0, -5), "a", data.ArticleID(fmt.Sprint(i*i))))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := z.Write(line); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, noon.AddDate(0, 0, -5).Format(time.DateOnly)+".ndjson.gz")
	if err := os.WriteFile(path, packed.Bytes()[:packed.Len()/2], 0o600); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	c := clicks.New(t.Context(), folder, clicks.Options{Now: func() time.Time { return noon }, Log: slog.New(slog.NewTextHandler(&log, nil)), Rest: -1})
	for range 2 {
		counts := counted(t, c)
		if got, want := counts.Link("a", "b"), (clicks.Rate{Clicks: 1, Seen: 1}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		if seen := counts.Article("a").List.Seen; seen < 2 || seen > 1000 {
			t.Errorf("%d lists were seen", seen)
		}
	}
	if n := strings.Count(log.String(), "cannot be read to its end"); n != 1 {
		t.Errorf("it was told %d times: %s", n, &log)
	}
}

func TestCountsFail(t *testing.T) {
	quiet := slog.New(slog.DiscardHandler)
	file := filepath.Join(t.TempDir(), "events")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c := clicks.New(t.Context(), file, clicks.Options{Log: quiet, Rest: time.Hour})
	_, _ = c.Counts()
	c.Wait()
	if counts, err := c.Counts(); err == nil || counts != nil {
		t.Errorf("a file in the folder's place: %v, %v", counts, err)
	}
	c = clicks.New(t.Context(), filepath.Join(t.TempDir(), "none"), clicks.Options{Rest: time.Hour})
	if counts := counted(t, c); counts.Article("a") != (clicks.Article{}) {
		t.Error("clicks without a log")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c = clicks.New(ctx, t.TempDir(), clicks.Options{Rest: time.Hour})
	_, _ = c.Counts()
	c.Wait()
	if _, err := c.Counts(); err == nil {
		t.Error("no error after the end")
	}
}

// BenchmarkCount reads a log of a million events: lists of 5 under 100,000 articles, of
// which few are read much, with a view of each and a click on every tenth.
func BenchmarkCount(b *testing.B) {
	folder := b.TempDir()
	var events []clicklog.Event
	const n = 1_000_000
	for i := 0; len(events) < n; i++ {
		at := noon.Add(-time.Duration(n-len(events)) * 2 * time.Second)
		source := int(math.Exp(float64(i*7919%100_003)/100_003*math.Log(100_000))) - 1
		items := make([]data.ArticleID, 5)
		for j := range items {
			items[j] = data.ArticleID(fmt.Sprintf("news/article-%06d", (source+(j+1)*(j+3+i%2))%100_000))
		}
		id := fmt.Sprintf("AbCdEfGhIjKl%08d.k3Jx0aPq", i)
		events = append(events, list(id, at, data.ArticleID(fmt.Sprintf("news/article-%06d", source)), items...), view(id, at, 1, 2, 3))
		if i%10 == 0 {
			events = append(events, click(id, at, items[i%3]))
		}
	}
	writeLog(b, folder, noon, events)
	now := func() time.Time { return noon }
	b.Run(fmt.Sprintf("events=%d/first", n), func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			counted(b, clicks.New(b.Context(), folder, clicks.Options{Now: now, Rest: time.Hour}))
		}
	})
	b.Run(fmt.Sprintf("events=%d/again", n), func(b *testing.B) {
		c := clicks.New(b.Context(), folder, clicks.Options{Now: now, Rest: -1})
		before := heap()
		counted(b, c)
		kept := heap() - before
		for b.Loop() {
			clicks.Renew(c)
		}
		b.ReportMetric(float64(kept)/(1<<20), "MB-kept")
	})
	counts := counted(b, clicks.New(b.Context(), folder, clicks.Options{Now: now, Rest: time.Hour}))
	b.Run("page", func(b *testing.B) { // what a page asks for
		for b.Loop() {
			for i := range 50 {
				counts.Link("news/article-000000", data.ArticleID(fmt.Sprintf("news/article-%06d", i)))
			}
		}
	})
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
