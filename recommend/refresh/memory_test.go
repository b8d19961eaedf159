package refresh

import (
	"context"
	"errors"
	"iter"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// What is needed grows with everything that it depends on, and a sample that is
// named fits.
func TestNeeds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := demand{
			data.TextSize{Articles: rapid.IntRange(1, 2_000_000).Draw(t, "articles"), Translations: rapid.IntRange(0, 1000).Draw(t, "translations")},
			rapid.IntRange(1, 512).Draw(t, "rank"), rapid.IntRange(1, 128).Draw(t, "k"),
		}
		d.Bytes = int64(d.Articles) * rapid.Int64Range(100, 5000).Draw(t, "bytes of an article")
		sample := rapid.IntRange(leastSample, 300_000).Draw(t, "sample")
		for name, more := range map[string]demand{
			"bytes":    {data.TextSize{Articles: d.Articles, Translations: d.Translations, Bytes: 2 * d.Bytes}, d.rank, d.k},
			"rank":     {d.TextSize, d.rank + 8, d.k},
			"k":        {d.TextSize, d.rank, d.k + 8},
			"articles": {data.TextSize{Articles: 2 * d.Articles, Translations: 2 * d.Translations, Bytes: 2 * d.Bytes}, d.rank, d.k},
		} {
			if more.needs(sample) < d.needs(sample) {
				t.Errorf("with more %s %d bytes are needed instead of %d", name, more.needs(sample), d.needs(sample))
			}
		}
		limit := rapid.Int64Range(1e6, 1e10).Draw(t, "limit")
		switch got := d.sample(limit); {
		case got == 0 && d.needs(min(leastSample, d.Articles)) <= limit:
			t.Errorf("refused, and %d bytes would do", d.needs(leastSample))
		case got > 0 && d.needs(got) > limit:
			t.Errorf("a sample of %d needs %d bytes, more than %d", got, d.needs(got), limit)
		case got == 0 && d.needs(leastSample) <= limit:
			t.Errorf("refused, and a small sample needs %d bytes of %d", d.needs(leastSample), limit)
		}
	})
}

// However few articles a model is learnt from, the weighted terms of all are held.
func TestNeedsTerms(t *testing.T) {
	d := demand{data.TextSize{Articles: 1_000_000, Bytes: 2e9}, 256, 64}
	twice := d
	twice.Bytes *= 2
	if more, least := twice.needs(leastSample)-d.needs(leastSample), int64(termShare*float64(d.Bytes)); more < least {
		t.Errorf("twice the text needs %d bytes more, want %d or more", more, least)
	}
	m := snapshot.Manifest{Files: map[string]snapshot.File{"vectors.bin": {Size: 1e9}}}
	before := needsToGoOn(&m)
	m.Files["terms.bin"] = snapshot.File{Size: 1e9}
	if more := needsToGoOn(&m) - before; more < 2e9 { // mapped, and merged
		t.Errorf("to go on from 1 GB of terms needs %d bytes more, want 2 GB or more", more)
	}
}

// sizedStore only tells its size.
type sizedStore struct{ size data.TextSize }

func (s sizedStore) TextSize(context.Context) (data.TextSize, error) { return s.size, nil }

func (sizedStore) ReadArticles(context.Context, func(data.Revision, iter.Seq2[data.Article, error]) error) error {
	return errors.New("read")
}

func TestKeepWithin(t *testing.T) {
	million := sizedStore{data.TextSize{Articles: 1_000_000, Bytes: 2e9}}
	before := debug.SetMemoryLimit(-1)
	opts := Options{MemoryLimit: 8e9}.withDefaults()
	release, err := opts.keepWithin(t.Context(), million)
	if err != nil || opts.sampleOfAll == 0 || debug.SetMemoryLimit(-1) >= 8e9 {
		t.Errorf("a million articles in 8 GB: %v, learnt from %d, heap of %d bytes", err, opts.sampleOfAll, debug.SetMemoryLimit(-1))
	}
	release()
	if got := debug.SetMemoryLimit(-1); got != before {
		t.Errorf("the limit stays at %d bytes, was %d", got, before)
	}
	opts = Options{MemoryLimit: 1e9}.withDefaults()
	_, err = opts.keepWithin(t.Context(), million)
	var refused *MemoryError
	if !errors.As(err, &refused) || refused.Needed <= 1e9 || !strings.Contains(err.Error(), "1000000 articles need about") {
		t.Errorf("a million articles in 1 GB: %v", err)
	}
	opts = Options{MemoryLimit: refused.Needed}.withDefaults()
	if release, err = opts.keepWithin(t.Context(), million); err != nil {
		t.Errorf("with what it asked for: %v", err)
	} else {
		release()
	}
	opts = Options{MemoryLimit: 1e9}.withDefaults()
	if _, err := opts.keepWithin(t.Context(), unsized{million}); err == nil || !strings.Contains(err.Error(), "cannot tell") {
		t.Errorf("a store that cannot tell its size: %v", err)
	}
}

type unsized struct{ Store }

// Of several languages together no more articles are learnt from than asked for.
func TestTrainingWithin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tr := training{most: rapid.IntRange(1, 500).Draw(t, "most"), seen: map[data.Lang]int{}, counts: map[data.Lang]int{}}
		for _, lang := range []data.Lang{"en", "zh", "de"} {
			tr.counts[lang] = rapid.IntRange(1, 300).Draw(t, string(lang))
		}
		most, all := tr.most, rapid.IntRange(3, 900).Draw(t, "all")
		tr.within(all)
		taken := 0
		for lang, n := range tr.counts {
			of := 0
			for range n {
				if tr.takes(lang) {
					of++
				}
			}
			if of != min(n, tr.most) {
				t.Errorf("%d of %d in %s are taken, want %d", of, n, lang, min(n, tr.most))
			}
			taken += of
		}
		if taken > all || tr.most > most {
			t.Errorf("%d are taken, at most %d of a language; want %d in all and %d", taken, tr.most, all, most)
		}
	})
}

// Stages are told apart, and what comes again is added up.
func TestStages(t *testing.T) {
	at := time.Unix(0, 0)
	s := newStages(func() time.Time { return at }, func(string, int64, int64) {})
	pass := func(d time.Duration) { at = at.Add(d) }
	s.enter("open")
	pass(3 * time.Millisecond)
	s.report("count", 1, 0)
	pass(5 * time.Millisecond)
	s.report("count", 2, 0)
	pass(7 * time.Millisecond)
	s.report("cross count", 1, 0)
	pass(time.Millisecond)
	s.enter("count")
	pass(2 * time.Millisecond)
	timings, peaks, peak := s.close()
	if timings["open"] != 3 || timings["count"] != 14 || timings["cross_count"] != 1 || len(timings) != 3 {
		t.Errorf("timings %v", timings)
	}
	for stage, bytes := range peaks {
		if bytes > peak {
			t.Errorf("%s held %d bytes, more than %d in all", stage, bytes, peak)
		}
	}
	again, _, _ := s.close()
	if again["count"] != 14 {
		t.Errorf("closed again: %v", again)
	}
}
