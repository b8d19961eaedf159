package boilerplate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

var en = Groups{Edition: "en"}

func page(g Groups, texts ...string) Page {
	return Page{Groups: g, Texts: func() []string { return texts }}
}

func each(pages []Page) iter.Seq2[Page, error] {
	return func(yield func(Page, error) bool) {
		for _, p := range pages {
			if !yield(p, nil) {
				return
			}
		}
	}
}

func found(t testing.TB, pages []Page) *Blocks {
	t.Helper()
	b, err := Find(t.Context(), each(pages))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// prose is n words that hardly ever come in the same order again.
func prose(rng *rand.Rand, n int) string {
	words := make([]string, n)
	for i := range words {
		words[i] = fmt.Sprintf("word%d", rng.IntN(5000))
	}
	return strings.Join(words, " ")
}

// words are those of text, without what is between them.
func words(text string) string {
	var s scan
	s.read(text)
	var all []string
	for _, w := range s.words {
		all = append(all, text[w.start:w.end])
	}
	return strings.Join(all, " ")
}

const disclaimer = "The views expressed here are those of the author and do not represent those of the institute or its board."

// What recurs is found wherever it stands and however it is broken into lines,
// and nothing else is.
func TestFind(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	var pages []Page
	var own, texts []string
	for i := range 60 {
		before, after := prose(rng, 80), prose(rng, 40)
		text := before
		switch i % 4 { // half of the pages have it, in three ways
		case 0:
			text += "\n\n" + disclaimer + "\n\n" + after + "\nBack to Top\n"
		case 1:
			text += " " + strings.ToUpper(disclaimer) + " " + after + "\n BACK TO TOP!"
		case 2:
			text += "\n" + strings.ReplaceAll(disclaimer, " author", "\n   author") + "\n" + after
		default:
			text += "\n" + after
		}
		pages, texts, own = append(pages, page(en, "", text)), append(texts, text), append(own, before+" "+after)
	}
	b := found(t, pages)
	for i := range texts {
		kept, pieces := b.Strip(en, texts[i])
		if got := words(kept); got != own[i] {
			t.Errorf("page %d is left as\n%s\nwant\n%s\nwithout %q", i, got, own[i], pieces)
		}
		if i%4 == 3 && (kept != texts[i] || pieces != nil) {
			t.Errorf("page %d has no boilerplate, but lost %q", i, pieces)
		}
	}
	// A page that came later has it left out as well.
	if kept, pieces := b.Strip(en, "Rents rise.\n"+disclaimer+"\nback to top"); words(kept) != "Rents rise" || len(pieces) != 2 {
		t.Errorf("a new page is left as %q, without %q", kept, pieces)
	}
	// It is that of this edition only.
	if kept, pieces := b.Strip(Groups{Edition: "de"}, disclaimer); kept != disclaimer || pieces != nil {
		t.Errorf("of another edition %q was left out", pieces)
	}
}

func TestFindWithoutSpaces(t *testing.T) {
	const notice = "本文僅代表作者個人觀點，不代表本刊及其主辦機構的立場，轉載請註明出處。"
	rng := rand.New(rand.NewPCG(2, 1))
	var pages []Page
	var own []string
	for range 40 {
		var text strings.Builder
		for range 200 {
			text.WriteRune(rune(0x4e00 + rng.IntN(3000)))
		}
		own = append(own, text.String())
		pages = append(pages, page(Groups{Edition: "zh"}, text.String()+notice+"\n返回頁首"))
	}
	b := found(t, pages)
	for i, p := range pages {
		kept, _ := b.Strip(p.Groups, p.Texts()[0])
		if got := strings.TrimRight(kept, " \n。"); got != own[i] {
			t.Errorf("page %d is left as %s, want %s", i, got, own[i])
		}
	}
}

// What a number of pages share by chance, or because it is what they are about,
// stays.
func TestRealContentStays(t *testing.T) {
	const (
		quote = "We will not rest until every family in this city can afford a decent home, said the mayor on Monday."
		law   = "The Housing Accountability and Neighbourhood Renewal (Amendment) Act 2026, passed in spring by a small majority, came into force."
	)
	check := func(name string, pages, with int, g func(i int) Groups, block string) {
		t.Helper()
		rng := rand.New(rand.NewPCG(3, 1))
		var all []Page
		for i := range pages {
			text := prose(rng, 100)
			if i%(pages/with) == 0 {
				text += "\n" + block + "\n" + prose(rng, 20)
			}
			all = append(all, page(g(i), text))
		}
		b := found(t, all)
		if kept, pieces := b.Strip(g(0), block); kept != block {
			t.Errorf("%s: %q was left out", name, pieces)
		}
		if b.Len() != 0 {
			t.Errorf("%s: found %d blocks", name, b.Len())
		}
	}
	inEnglish := func(int) Groups { return en }
	inSection := func(int) Groups { return Groups{"en", "en/City"} }
	check("a quotation on a few pages", 900, 9, inEnglish, quote)
	check("a quotation on every page of a tiny site", 9, 9, inEnglish, quote)
	check("half a percent of a large site", 4000, 20, inEnglish, law)
	check("a short line on 4 % of the pages", 1000, 40, inEnglish, "What it means")
	// The edition is large enough here for its own threshold not to be met.
	section := func(i int) Groups {
		if i < 50 {
			return Groups{"en", "en/Housing"}
		}
		return Groups{"en", "en/City"}
	}
	check("less than a fifth of a section", 2000, 10, section, law)
	check("pages of one section", 1500, 10, inSection, quote)
}

// The least number of pages is just enough.
func TestThresholds(t *testing.T) {
	check := func(name string, pages, with int, g Groups, block string, want bool) {
		t.Helper()
		rng := rand.New(rand.NewPCG(4, 1))
		var all []Page
		for i := range pages {
			text := prose(rng, 60)
			if i < with {
				text += "\n" + block + "\n" + prose(rng, 5)
			}
			all = append(all, page(g, text))
		}
		for i := range 5000 - pages { // the rest of the edition
			all = append(all, page(Groups{"en", "en/Other"}, prose(rng, 12+i%7)))
		}
		kept, _ := found(t, all).Strip(g, block)
		if got := kept != block; got != want {
			t.Errorf("%s on %d of %d pages: left out: %v, want %v", name, with, pages, got, want)
		}
	}
	check("a passage", 5000, 50, en, disclaimer, true)
	check("a passage", 5000, 49, en, disclaimer, false)
	check("a line", 5000, 50, en, "Sign up for our weekly letter", true)
	check("a line", 5000, 49, en, "Sign up for our weekly letter", false)
	check("a short line", 5000, 250, en, "Back to Top", true)
	check("a short line", 5000, 249, en, "Back to Top", false)
	city := Groups{"en", "en/City"}
	check("a passage of a section", 100, 20, city, disclaimer, true)
	check("a passage of a section", 100, 19, city, disclaimer, false)
	check("a passage of a small section", 15, 10, city, disclaimer, true)
	check("a passage of a small section", 15, 9, city, disclaimer, false)
	check("a short line of a section", 100, 50, city, "City desk", true)
	check("a short line of a section", 100, 49, city, "City desk", false)
}

// A text that was stored many times is one text, and what one page repeats is
// on one page.
func TestEqualPagesCountOnce(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 1))
	story := prose(rng, 100)
	var pages []Page
	for range 30 {
		pages = append(pages, page(en, story), page(en, prose(rng, 50)))
	}
	pages = append(pages, page(en, strings.Repeat(disclaimer+"\n", 50)))
	if b := found(t, pages); b.Len() != 0 {
		_, pieces := b.Strip(en, story+"\n"+disclaimer)
		t.Errorf("found %d blocks: %q", b.Len(), pieces)
	}
}

// Of a great many pages some are looked at, but of every part of them.
func TestManyPages(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 1))
	looked := 0
	var pages []Page
	for i := range 8 * allPages {
		if drawn(i + 1) {
			looked++
		}
		text := prose(rng, 3)
		if i >= 4*allPages {
			text += "\n" + disclaimer
		}
		pages = append(pages, page(en, text))
	}
	if want := allPages * 5 / 2; looked < want-allPages/10 || looked > want+allPages/10 {
		t.Errorf("looked at %d pages of %d, want about %d", looked, len(pages), want)
	}
	if kept, _ := found(t, pages).Strip(en, disclaimer); strings.TrimSpace(kept) == disclaimer {
		t.Error("what the later half of the pages holds was not found")
	}
}

// Middles of long texts are not looked at, but cleaned.
func TestLongText(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 1))
	var pages []Page
	for range 40 {
		pages = append(pages, page(en, prose(rng, 2*pageWords)+"\n"+disclaimer+"\n"+prose(rng, 2*pageWords)))
	}
	if n := found(t, pages).Len(); n != 0 {
		t.Errorf("found %d blocks in the middles of long texts", n)
	}
	for range 20 {
		pages = append(pages, page(en, disclaimer+"\n"+prose(rng, 20)))
	}
	b := found(t, pages)
	if kept, _ := b.Strip(en, pages[0].Texts()[0]); strings.Contains(kept, "institute") {
		t.Error("what short pages show to be boilerplate stays in the middle of a long one")
	}
}

func TestFindStops(t *testing.T) {
	broken := errors.New("the disk is gone")
	_, err := Find(t.Context(), func(yield func(Page, error) bool) {
		_ = yield(page(en, "Rents rise"), nil) && yield(Page{}, broken)
	})
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "page 2") {
		t.Errorf("got error %v, want %v at page 2", err, broken)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Find(ctx, each([]Page{page(en, "Rents rise")})); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want %v", err, context.Canceled)
	}
}

// The order of the pages of a small site does not matter, and neither do runs.
func TestOrderOfPages(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 1))
	var pages []Page
	for i := range 200 {
		text := prose(rng, 50)
		if i%3 == 0 {
			text += "\n" + disclaimer
		}
		pages = append(pages, page(Groups{"en", "en/" + string(rune('a'+i%2))}, text))
	}
	want := found(t, pages)
	if want.Len() == 0 {
		t.Fatal("found nothing")
	}
	for range 3 {
		rng.Shuffle(len(pages), func(i, j int) { pages[i], pages[j] = pages[j], pages[i] })
		if got := found(t, pages); !slices.Equal(got.keys, want.keys) {
			t.Errorf("shuffled, the pages have %d blocks instead of %d", got.Len(), want.Len())
		}
	}
}

// Whether texts are kept in memory or read twice is not to be seen.
func TestFindReadsTwice(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 1))
	var pages []Page
	size := 0
	for i := range 300 {
		text := prose(rng, 50) + "\n" + prose(rng, 3)
		if i%3 == 0 {
			text += "\n" + disclaimer
		}
		pages = append(pages, page(Groups{"en", "en/" + string(rune('a'+i%2))}, text, "Back to top"))
		size += len(text) + len("Back to top")
	}
	want := found(t, pages)
	if want.Len() == 0 {
		t.Fatal("found nothing")
	}
	for _, c := range []struct{ mostBytes, readings int }{{size, 1}, {size - 1, 2}, {0, 2}} {
		readings := 0
		got, err := find(t.Context(), func(yield func(Page, error) bool) {
			readings++
			each(pages)(yield)
		}, c.mostBytes)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got.keys, want.keys) || readings != c.readings {
			t.Errorf("%d bytes kept: %d blocks in %d readings, want %d in %d", c.mostBytes, got.Len(), readings, want.Len(), c.readings)
		}
	}
}

// Strip keeps the words that it does not take out, in order, and takes out what
// stands in the text.
func TestStripParts(t *testing.T) {
	lines := []string{disclaimer, "Back to top", "Share this", "Rents rise in the city", "房租上漲", "", "—", "\xff\xfe", "Subscribe now for news from the city every week, free of charge and without any obligation"}
	rapid.Check(t, func(rt *rapid.T) {
		var keys []uint64
		var s scan
		for _, line := range rapid.SliceOfDistinct(rapid.SampledFrom(lines), rapid.ID).Draw(rt, "boilerplate") {
			s.read(line)
			for _, block := range s.blocks {
				keys = append(keys, inGroup(block.hash, en.hashes()[0]))
			}
		}
		slices.Sort(keys)
		b := newBlocks(slices.Compact(keys))
		text := strings.Join(rapid.SliceOf(rapid.SampledFrom(lines)).Draw(rt, "text"), rapid.SampledFrom([]string{"\n", " ", ". "}).Draw(rt, "between"))
		kept, pieces := b.Strip(en, text)

		all, rest := strings.Fields(words(text)), strings.Fields(words(kept))
		for _, piece := range pieces {
			rest = append(rest, strings.Fields(words(piece))...)
			if !strings.Contains(text, piece) || strings.Contains(piece, "\n") {
				rt.Fatalf("%q was left out", piece)
			}
		}
		slices.Sort(all)
		slices.Sort(rest)
		if !slices.Equal(all, rest) {
			rt.Fatalf("of the words %q are left and left out %q", all, rest)
		}
		if len(pieces) == 0 && kept != text {
			rt.Fatalf("%q became %q though nothing was left out", text, kept)
		}
	})
}

func TestNothing(t *testing.T) {
	for _, b := range []*Blocks{nil, newBlocks(nil)} {
		if kept, pieces := b.Strip(en, disclaimer); kept != disclaimer || pieces != nil || b.Len() != 0 {
			t.Errorf("no blocks: got %q, %q, %d", kept, pieces, b.Len())
		}
	}
	if b, err := Read(nil); err != nil || b.Len() != 0 {
		t.Errorf("an empty file: got %d blocks, %v", b.Len(), err)
	}
}

// What is written is read, and nothing else is.
func FuzzRead(f *testing.F) {
	f.Add([]byte(magic))
	f.Add([]byte(magic + "\x01\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00"))
	f.Add([]byte(magic + "\x02\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00"))
	f.Add([]byte(magic + "short"))
	f.Add([]byte("something else"))
	f.Fuzz(func(t *testing.T, file []byte) {
		b, err := Read(file)
		if err != nil || len(file) == 0 {
			return
		}
		var again bytes.Buffer
		if n, err := b.WriteTo(&again); err != nil || n != int64(len(file)) || !bytes.Equal(again.Bytes(), file) {
			t.Errorf("%q was written as %q, %d bytes, %v", file, again.Bytes(), n, err)
		}
		b.Strip(Groups{"en", "en/City"}, string(file))
		for _, key := range b.keys {
			if !b.has(key) {
				t.Errorf("block %x is not found", key)
			}
		}
	})
}

// A text of which every block is boilerplate has nothing left but its words
// outside any block, and still valid UTF-8.
func FuzzStrip(f *testing.F) {
	f.Add(disclaimer + "\nBack to top\r\n返回頁首 \u2028 ไทย")
	f.Add("é e\u0301 ﬁ Ⅷ ½ \xff")
	f.Fuzz(func(t *testing.T, text string) {
		var keys []uint64
		var s scan
		s.read(text)
		for i, w := range s.words {
			if w.start >= w.end || i > 0 && w.start < s.words[i-1].end || w.end > len(text) {
				t.Fatalf("word %d of %q is at %v", i, text, w)
			}
		}
		covered := make([]bool, len(s.words))
		for _, block := range s.blocks {
			keys = append(keys, inGroup(block.hash, en.hashes()[0]))
			for i := block.lo; i < block.hi; i++ {
				covered[i] = true
			}
		}
		slices.Sort(keys)
		kept, _ := newBlocks(slices.Compact(keys)).Strip(en, text)
		if utf8.ValidString(text) && !utf8.ValidString(kept) {
			t.Errorf("%q is left as %q, which is no valid UTF-8", text, kept)
		}
		if left := words(kept); left != "" || slices.Contains(covered, false) {
			t.Errorf("of %q, all of which is boilerplate, there is left %q", text, left)
		}
	})
}

func BenchmarkStrip(b *testing.B) {
	rng := rand.New(rand.NewPCG(9, 1))
	var pages []Page
	for range 100 {
		pages = append(pages, page(Groups{"en", "en/City"}, prose(rng, 500)+"\n"+disclaimer))
	}
	blocks, text := found(b, pages), pages[0].Texts()[0]
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		blocks.Strip(Groups{"en", "en/City"}, text)
	}
}

func BenchmarkFind(b *testing.B) {
	rng := rand.New(rand.NewPCG(10, 1))
	var pages []Page
	bytes := 0
	for range 2000 {
		text := prose(rng, 300) + "\n" + disclaimer
		bytes += len(text)
		pages = append(pages, page(Groups{"en", "en/City"}, text))
	}
	b.SetBytes(int64(bytes))
	b.ReportAllocs()
	for b.Loop() {
		found(b, pages)
	}
}
