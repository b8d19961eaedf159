package popular_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/clicklog"
	"github.com/alsolike/alsolike/recommend/popular"
)

var start = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// A clock is a time that tests move on.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

func TestTop(t *testing.T) {
	c := &clock{start}
	counter := popular.New(popular.Options{Now: c.Now})
	check := func(name string, want ...data.ArticleID) {
		t.Helper()
		c.now = c.now.Add(time.Second)
		if got := counter.Top(); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	read := func(id data.ArticleID, times int, at time.Time) {
		for range times {
			counter.Count(id, at)
		}
	}
	check("nothing read")
	read("b", 1, start)
	read("a", 1, start)
	check("read alike", "a", "b")
	read("b", 2, start)
	check("more often", "b", "a")
	read("old", 7, start.Add(-24*time.Hour))
	check("more often, and longer ago", "old", "b", "a") // 7/2 against 3
	read("b", 1, start)
	check("seven reads of yesterday", "b", "old", "a") // 7/2 against 4
	read("a", 3, start.Add(48*time.Hour))
	check("reads of two days later", "a", "b", "old") // 12+1 against 4 and 7/2
	read("new", 1, start.Add(1000*24*time.Hour))
	check("one read, of years later", "new", "a", "b", "old")
	read("a", 2, start.Add(1000*24*time.Hour))
	check("two reads then", "a", "new", "b", "old")
}

func TestObserve(t *testing.T) {
	c := &clock{start}
	counter := popular.New(popular.Options{Now: c.Now})
	for _, e := range []clicklog.Event{
		&clicklog.PageView{Page: "seen", Time: start}, &clicklog.Click{Item: "clicked", Time: start},
		&clicklog.Click{Item: "clicked", Time: start}, &clicklog.Impression{Source: "shown", Items: []clicklog.Shown{{Item: "shown"}}, Time: start},
		&clicklog.Reading{Item: "read on", Time: start}, &clicklog.PageView{Page: "long ago", Time: start.Add(-60 * 24 * time.Hour)},
	} {
		counter.Observe(e)
	}
	if got, want := counter.Top(), []data.ArticleID{"clicked", "seen", "long ago"}; !slices.Equal(got, want) {
		t.Errorf("the most read are %q, want %q", got, want)
	}
}

func TestTopStandsForASecond(t *testing.T) {
	c := &clock{start}
	counter := popular.New(popular.Options{Now: c.Now})
	counter.Count("a", start)
	first := counter.Top()
	counter.Count("b", start.Add(time.Hour))
	c.now = c.now.Add(999 * time.Millisecond)
	if got := counter.Top(); !slices.Equal(got, first) {
		t.Errorf("within a second %q, want %q", got, first)
	}
	c.now = c.now.Add(time.Millisecond)
	if got, want := counter.Top(), []data.ArticleID{"b", "a"}; !slices.Equal(got, want) {
		t.Errorf("a second later %q, want %q", got, want)
	}
}

// TestMost reads far more articles than are kept. The popular ones among them must
// come out on top all the same, and what is kept is bounded.
func TestMost(t *testing.T) {
	c := &clock{start}
	counter := popular.New(popular.Options{Most: 100, Now: c.Now})
	want := []data.ArticleID{"first", "second", "third"}
	for i := range 10_000 {
		for j, id := range want {
			if i%(10+j) == 0 {
				counter.Count(id, c.now)
			}
		}
		counter.Count(data.ArticleID(fmt.Sprint("once ", i)), c.now)
		c.now = c.now.Add(time.Minute)
		if n := len(counter.Top()); n > 100 {
			t.Fatalf("%d articles kept, of at most 100", n)
		}
	}
	if got := counter.Top(); !slices.Equal(got[:3], want) || got[3] != "once 9999" {
		t.Errorf("the most read are %q, want %q and the newest", got[:4], want)
	}
}

func TestManyAtATime(t *testing.T) {
	c := &clock{start.Add(time.Hour)}
	counter := popular.New(popular.Options{Most: 1000, Now: c.Now})
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for j := range 1000 {
				counter.Count(data.ArticleID(fmt.Sprint("a", (i+j)%10)), start)
				counter.Count("b", start)
				counter.Top()
			}
		})
	}
	all.Wait()
	counter.Count("c", start.Add(1000*time.Hour))
	c.now = c.now.Add(time.Second)
	if got := counter.Top(); len(got) != 12 || got[0] != "c" || got[1] != "b" {
		t.Errorf("after 16,000 reads of 11 articles and a late one of another: %q", got)
	}
}

func BenchmarkCount(b *testing.B) {
	counter, ids := popular.New(popular.Options{}), names(10_000)
	for i := 0; b.Loop(); i++ {
		counter.Count(ids[i*7919%len(ids)], start.Add(time.Duration(i)*time.Millisecond))
	}
}

// BenchmarkTop is of 10,000 articles of which 1,000 were read meanwhile.
func BenchmarkTop(b *testing.B) {
	c := &clock{start}
	counter, ids := popular.New(popular.Options{Now: c.Now}), names(10_000)
	for i, id := range ids {
		for range 1 + 10_000/(i+1) {
			counter.Count(id, start)
		}
	}
	n := 0
	for b.Loop() {
		b.StopTimer()
		for range 1000 {
			counter.Count(ids[n*n%len(ids)], c.now)
			n++
		}
		c.now = c.now.Add(time.Second)
		b.StartTimer()
		counter.Top()
	}
}

func names(n int) []data.ArticleID {
	ids := make([]data.ArticleID, n)
	for i := range ids {
		ids[i] = data.ArticleID(fmt.Sprintf("2026/11/article-%05d", i))
	}
	return ids
}
