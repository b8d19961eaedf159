package token

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
)

// Lists and tables are read when a text needs them: seen in a process of its own.
func TestNothingIsLoadedBeforeItIsNeeded(t *testing.T) {
	const inside = "ALSOLIKE_TEST_LOADING"
	if os.Getenv(inside) == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		cmd.Env = append(os.Environ(), inside+"=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
		return
	}
	loaded := func() (list []string) {
		for code, l := range languages {
			if l.stop.value != nil {
				list = append(list, code)
			}
		}
		if theHanFold.value != nil {
			list = append(list, "Han")
		}
		return list
	}
	for _, c := range []struct {
		lang, text string
		rules      Rules
		want       int
	}{
		{"", "words", Rules{}, 0},
		{"und", "слова", Rules{}, 0},
		{"de", "Wörter", Rules{KeepStopWords: true}, 0},
		{"de", "Wörter", Rules{}, 1},
		{"ja", "東京", Rules{}, 2},
		{"und", "東京の", Rules{}, 2},
		{"zh", "港口", Rules{}, 4},
	} {
		For(c.lang, c.rules).Tokenise(c.text)
		if got := loaded(); len(got) != c.want {
			t.Errorf("after %q in %q: loaded %s, want %d", c.text, c.lang, strings.Join(got, " "), c.want)
		}
	}
}

func TestEveryStopListIsOfALanguage(t *testing.T) {
	files, err := stopLists.ReadDir("stopwords")
	if err != nil {
		t.Fatal(err)
	}
	used := make(map[string]bool)
	for code, l := range languages {
		if l.stopList == "" {
			continue
		}
		used[l.stopList+".txt"] = true
		if len(l.stopWords()) < 30 {
			t.Errorf("%s: got %d stop words, want 30 or more", code, len(l.stopWords()))
		}
	}
	for _, f := range files {
		if !used[f.Name()] {
			t.Errorf("no language has %s", f.Name())
		}
	}
}

// The memory that stays after loading, and how long loading takes.
func BenchmarkLoad(b *testing.B) {
	for _, c := range []struct {
		name string
		load func() any
	}{
		{"han", func() any { f := newHanFold(); return &f }},
		{"stop=en", func() any { return languages["en"].readStopList() }},
		{"stop=pl", func() any { return languages["pl"].readStopList() }},
		{"stop=all", func() any {
			var all []any
			for _, l := range languages {
				if l.stopList != "" {
					all = append(all, l.readStopList())
				}
			}
			return all
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			var before, after runtime.MemStats
			for b.Loop() {
				c.load()
			}
			b.StopTimer()
			runtime.GC()
			runtime.ReadMemStats(&before)
			kept := c.load()
			runtime.GC()
			runtime.ReadMemStats(&after)
			runtime.KeepAlive(kept)
			b.ReportMetric(float64(int64(after.HeapAlloc)-int64(before.HeapAlloc)), "bytes-kept")
		})
	}
}
