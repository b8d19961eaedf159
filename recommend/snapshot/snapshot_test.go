package snapshot

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/rank"
	"github.com/alsolike/alsolike/recommend/story"
)

// A blob is a model that writes itself as these bytes.
type blob string

func (b blob) WriteTo(w io.Writer) (int64, error) {
	n, err := io.WriteString(w, string(b))
	return int64(n), err
}

var created = time.Date(2026, 11, 23, 20, 0, 0, 123456789, time.UTC)

// contents is a snapshot of n articles in groups of two, with two candidates
// each and one in another language, one link or two, and two terms but for every
// third, which has none.
func contents(n int) Contents {
	c := Contents{
		Vectors:    embed.Dense{Rows: n, Dim: 2, Data: make([]float32, n*2)},
		Candidates: knn.Lists{K: 3, Len: make([]int32, n), Data: make([]knn.Neighbour, n*3)},
		Model:      blob("a model"), Boilerplate: blob("menus"),
		Terms: &embed.Sparse{Rows: 7, Cols: n, Ptr: make([]int, 1, n+1)},
		Links: rank.Lists{K: 2, Len: make([]int32, n), Data: make([]rank.Link, n*2)},
		Cross: &Cross{
			Vectors:    embed.Dense{Rows: n, Dim: 3, Data: make([]float32, n*3)},
			Candidates: knn.Lists{K: 2, Len: make([]int32, n), Data: make([]knn.Neighbour, n*2)},
			Model:      blob("a model of all languages"),
		},
		Manifest: Manifest{
			Created: created, AsOf: created, Version: "v0", Config: map[string]any{"lsa.rank": 2.0}, ConfigHash: "c", InputHash: "i",
			ModelID: "m", Kernel: "k", Terms: 7, Timings: map[string]int64{"fit": 12}, PeakMemory: 1 << 20, StoreRevision: 9,
			Scales: Scales{"en": {Noise: 0.1, Quantiles: make([]float32, 101)}},

			Cross: &CrossSpace{Terms: 9, Groups: 2, ModelID: "x"}, CrossScales: Scales{"en": {Noise: 0.2, Quantiles: make([]float32, 101)}},
			Translations: Translations{
				Groups: 2, Articles: 4, Languages: map[data.Lang]int{"en": 4}, Alone: map[data.Lang]int{"en": 1},
				Likely: []Likely{{A: "a100000", B: "a100003", Cosine: 0.75}}, LikelyTotal: 2,
			},
		},
	}
	for i := range n {
		c.Cards = append(c.Cards, data.Card{
			ID: data.ArticleID("a" + strconv.Itoa(100_000+i)), Title: "Rents rise " + strconv.Itoa(i), URL: "https://example.org/" + strconv.Itoa(n-i),
			Section: "city", Tags: "rents\nhousing", Lang: "en", Image: data.Image{Src: "/a.svg", Alt: "A street"}, PublishedAt: created.AddDate(0, 0, -i),
			Group: data.ArticleID("g" + strconv.Itoa(100_000-i/2)), State: data.Published,
			Authors: "Ada Brook\nLin Mei", Type: "report", Series: "rents", Part: i, Evergreen: i%2 == 1, Canonical: "https://example.com/" + strconv.Itoa(i),
		})
		if i%3 > 0 {
			c.Terms.Index, c.Terms.Value = append(c.Terms.Index, uint32(i%3), 5), append(c.Terms.Value, 0.6, 0.8)
		}
		c.Terms.Ptr = append(c.Terms.Ptr, len(c.Terms.Index))
		c.Stories = append(c.Stories, uint32(i/2))
		c.Sketches = append(c.Sketches, story.NewSketch("en", c.Cards[i].Title, strings.Repeat("the council votes on rents ", i)))
		if n > 2 {
			c.Links.Len[i] = int32(1 + i%2)
			for j := range c.Links.Len[i] {
				c.Links.Data[2*i+int(j)] = rank.Link{Row: (int32(i) + 2 - j) % int32(n), Score: 3 / float32(j+1), Cosine: 0.5 - float32(j)}
			}
		}
		c.Origins = append(c.Origins, Origin{Hash: sha256.Sum256([]byte(c.Cards[i].ID)), Folded: Folded{Terms: 9, Unknown: float32(i % 9), Energy: 0.25}})
		c.Cross.Vectors.Row(i)[i%3] = 1
		if n > 1 {
			c.Cross.Candidates.Len[i], c.Cross.Candidates.Data[2*i] = 1, knn.Neighbour{Row: int32(i+1) % int32(n), Cosine: 0.5}
		}
		c.Vectors.Row(i)[i%2] = 1
		c.Candidates.Len[i] = int32(min(2, n-1))
		for j := range c.Candidates.Len[i] {
			c.Candidates.Data[i*3+int(j)] = knn.Neighbour{Row: int32(i+int(j)+1) % int32(n), Cosine: 1 / float32(j+1)}
		}
	}
	return c
}

func testDir(t *testing.T) *Dir {
	d, err := OpenDir(filepath.Join(t.TempDir(), "snapshots"))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func write(t *testing.T, d *Dir, c Contents) string {
	t.Helper()
	id, err := d.Write(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func publish(t *testing.T, d *Dir, c Contents) string {
	t.Helper()
	id := write(t, d, c)
	if err := d.Publish(id); err != nil {
		t.Fatal(err)
	}
	return id
}

// What is written must be what is read, whatever the cards hold.
func TestWriteAndOpen(t *testing.T) {
	text := rapid.OneOf(rapid.Just(""), rapid.String())
	card := rapid.Custom(func(t *rapid.T) data.Card {
		c := data.Card{
			ID: data.ArticleID(rapid.StringN(1, 20, -1).Draw(t, "id")), Title: text.Draw(t, "title"),
			URL:     rapid.SampledFrom([]string{"", "https://example.org/a", "http://Example.org/a/?utm_source=x", "https://example.org/b", "#top"}).Draw(t, "url"),
			Section: text.Draw(t, "section"), Tags: data.TagList(text.Draw(t, "tags")), Lang: data.Lang(text.Draw(t, "lang")),
			Image: data.Image{Src: text.Draw(t, "src"), Alt: text.Draw(t, "alt")}, Group: data.ArticleID(text.Draw(t, "group")),
			State:    rapid.SampledFrom([]data.State{data.Published, data.Unpublished, data.Hidden}).Draw(t, "state"),
			NoLinkTo: rapid.Bool().Draw(t, "no link to"), NoLinks: rapid.Bool().Draw(t, "no links"),
			Authors: data.TagList(text.Draw(t, "authors")), Type: text.Draw(t, "type"), Series: text.Draw(t, "series"), Part: rapid.Int().Draw(t, "part"),
			Evergreen: rapid.Bool().Draw(t, "evergreen"), Canonical: text.Draw(t, "canonical"),
		}
		if rapid.Bool().Draw(t, "dated") {
			c.PublishedAt = time.Unix(rapid.Int64Range(-1e10, 1e10).Draw(t, "seconds"), rapid.Int64Range(0, 999_999_999).Draw(t, "nanos")).UTC()
		}
		return c
	})
	d := testDir(t)
	rapid.Check(t, func(rt *rapid.T) {
		cards := rapid.SliceOfNDistinct(card, 0, 8, func(c data.Card) data.ArticleID { return c.ID }).Draw(rt, "cards")
		slices.SortFunc(cards, func(a, b data.Card) int { return strings.Compare(string(a.ID), string(b.ID)) })
		c := contents(len(cards))
		c.Cards, c.Model = cards, blob(text.Draw(rt, "model"))

		id := write(t, d, c)
		s, err := d.Open(id)
		if err != nil {
			rt.Fatal(err)
		}
		if s.ID() != id || s.Len() != len(cards) || string(s.ModelBytes()) != string(c.Model.(blob)) || string(s.BoilerplateBytes()) != "menus" {
			rt.Fatalf("got %s of %d articles with model %q and boilerplate %q", s.ID(), s.Len(), s.ModelBytes(), s.BoilerplateBytes())
		}
		if v := s.CrossVectors(); !s.HasCross() || !slices.Equal(v.Data, c.Cross.Vectors.Data) || v.Rows != len(cards) || v.Dim != 3 ||
			string(s.CrossModelBytes()) != "a model of all languages" {
			rt.Fatalf("got the cross-language vectors %v and model %q", v, s.CrossModelBytes())
		}
		if got := s.MembersOf("no such group, for it is longer than any"); got != nil {
			rt.Fatalf("an unknown group has the members %v", got)
		}
		seen := 0
		for row, got := range s.Traits() {
			if want := (Traits{cards[row].Lang, cards[row].State, cards[row].NoLinkTo}); row != seen || got != want {
				rt.Fatalf("row %d: traits %v of row %d, want %v", seen, got, row, want)
			}
			seen++
		}
		if seen != len(cards) {
			rt.Fatalf("traits of %d rows, want %d", seen, len(cards))
		}
		for row, want := range cards {
			if diff := cmp.Diff(want, s.Card(row)); diff != "" || s.ArticleID(row) != want.ID {
				rt.Fatalf("row %d has id %q and card (-want +got):\n%s", row, s.ArticleID(row), diff)
			}
			if got, ok := s.Row(want.ID); !ok || got != row {
				rt.Fatalf("Row(%q) = %d, %v; want %d", want.ID, got, ok, row)
			}
			if got := s.Candidates(row); !slices.Equal(got, c.Candidates.Row(row)) {
				rt.Fatalf("row %d: candidates %v, want %v", row, got, c.Candidates.Row(row))
			}
			if got := s.CrossCandidates(row); !slices.Equal(got, c.Cross.Candidates.Row(row)) {
				rt.Fatalf("row %d: candidates in other languages %v, want %v", row, got, c.Cross.Candidates.Row(row))
			}
			if got := s.CrossVector(row); !slices.Equal(got, c.Cross.Vectors.Row(row)) {
				rt.Fatalf("row %d: cross-language vector %v, want %v", row, got, c.Cross.Vectors.Row(row))
			}
			wantIndex, wantValue := c.Terms.Col(row)
			if index, value := s.Terms(row); !slices.Equal(index, wantIndex) || !slices.Equal(value, wantValue) {
				rt.Fatalf("row %d: terms %v with weights %v, want %v with %v", row, index, value, wantIndex, wantValue)
			}
			if got := s.Links(row); !slices.Equal(got, c.Links.Row(row)) {
				rt.Fatalf("row %d: links %v, want %v", row, got, c.Links.Row(row))
			}
			if got := s.Story(row); got != c.Stories[row] {
				rt.Fatalf("row %d: story %d, want %d", row, got, c.Stories[row])
			}
			checkMembers(rt, s, cards, row)
			if got := s.Vector(row); !slices.Equal(got, c.Vectors.Row(row)) {
				rt.Fatalf("row %d: vector %v, want %v", row, got, c.Vectors.Row(row))
			}
		}
		for _, url := range []string{"", "https://example.org/", "https://example.org/a", "https://amp.example.org/a#b", "https://example.org/b"} {
			var want []int
			for row := range cards {
				if key := data.CanonicalURL(url); key != "" && data.CanonicalURL(cards[row].URL) == key {
					want = append(want, row)
				}
			}
			if got := slices.Collect(s.RowsByURL(url)); !slices.Equal(got, want) {
				rt.Fatalf("RowsByURL(%q) = %v, want %v", url, got, want)
			}
		}
		if _, ok := s.Row("no such article, for it is longer than any"); ok {
			rt.Fatal("Row found an article that is not there")
		}
	})
}

// checkMembers compares the groups with what the cards say.
func checkMembers(t *rapid.T, s *Snapshot, cards []data.Card, row int) {
	var want []int32
	for other := range cards {
		if cards[other].Group == cards[row].Group {
			want = append(want, int32(other))
		}
		if same := s.Group(other) == s.Group(row); same != (cards[other].Group == cards[row].Group) {
			t.Fatalf("rows %d and %d are in one group: %v", row, other, same)
		}
	}
	if got := s.Members(row); !slices.Equal(got, want) {
		t.Fatalf("row %d: members %v, want %v", row, got, want)
	}
	if got := s.MembersOf(cards[row].Group); !slices.Equal(got, want) {
		t.Fatalf("group %q: members %v, want %v", cards[row].Group, got, want)
	}
	if g, n := s.Group(row), s.Manifest().Counts.Groups; g < 0 || g >= n {
		t.Fatalf("row %d is in group %d of %d", row, g, n)
	}
}

func TestManifest(t *testing.T) {
	d, c := testDir(t), contents(5)
	c.Cards[4].Lang = "zh-Hant"
	s, err := d.Open(write(t, d, c))
	if err != nil {
		t.Fatal(err)
	}
	want := c.Manifest
	want.ID, want.Layout, want.Rank, want.Neighbours, want.MostLinks, want.Vocabulary = s.ID(), 6, 2, 3, 2, 7
	want.Cross = &CrossSpace{Terms: 9, Groups: 2, ModelID: "x", Rank: 3, Neighbours: 2}
	want.Counts = Counts{Articles: 5, Groups: 3, Languages: map[data.Lang]int{"en": 4, "zh-Hant": 1}}
	want.Files = s.Manifest().Files
	if diff := cmp.Diff(&want, s.Manifest()); diff != "" {
		t.Errorf("manifest (-want +got):\n%s", diff)
	}
	if !strings.HasPrefix(s.ID(), "20261123T200000Z-") {
		t.Errorf("id %s does not start with the time of creation", s.ID())
	}
}

func TestEqualContentsGiveEqualFiles(t *testing.T) {
	d := testDir(t)
	c := contents(20)
	c.Candidates.Len[1] = 1
	c.Candidates.Data[4] = knn.Neighbour{} // past the end of row 1's list
	a := write(t, d, c)
	c.Candidates.Data[4] = knn.Neighbour{Row: 3, Cosine: 1}
	b := write(t, d, c)
	if a == b {
		t.Fatalf("both snapshots are called %s", a)
	}
	for _, name := range binaryFiles {
		x, errX := os.ReadFile(filepath.Join(d.path, a, name))
		y, errY := os.ReadFile(filepath.Join(d.path, b, name))
		if err := errors.Join(errX, errY); err != nil || string(x) != string(y) {
			t.Errorf("%s differs (%v)", name, err)
		}
		if slot := 4*20 + 8*4; name == candidatesFile && !bytes.Equal(x[slot:slot+16], make([]byte, 16)) {
			t.Errorf("past the end of a list there is %v", x[slot:slot+16])
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	check := func(name string, change func(*Contents)) {
		t.Helper()
		d, c := testDir(t), contents(5)
		change(&c)
		if _, err := d.Write(t.Context(), c); err == nil {
			t.Errorf("%s: written", name)
		}
		if infos, err := d.List(); len(infos) != 0 || err != nil {
			t.Errorf("%s: left %v, %v", name, infos, err)
		}
	}
	check("ids out of order", func(c *Contents) { c.Cards[1].ID = "z" })
	check("an id twice", func(c *Contents) { c.Cards[1].ID = c.Cards[0].ID })
	check("a candidate past the end", func(c *Contents) { c.Candidates.Data[0].Row = 5 })
	check("a candidate before the start", func(c *Contents) { c.Candidates.Data[0].Row = -1 })
	check("candidates out of order", func(c *Contents) { c.Candidates.Data[0].Cosine = 0.1 })
	check("a candidate in another language past the end", func(c *Contents) { c.Cross.Candidates.Data[0].Row = 5 })
	check("a better candidate in another language behind", func(c *Contents) {
		c.Cross.Candidates.Len[0], c.Cross.Candidates.Data[1] = 2, knn.Neighbour{Row: 3, Cosine: 0.75}
	})
	check("no cosine", func(c *Contents) { c.Candidates.Data[0].Cosine = 0 })
	link := func(change func(*rank.Link)) func(*Contents) {
		return func(c *Contents) { change(&c.Links.Data[3]) } // the second of row 1
	}
	nan := float32(math.NaN())
	check("a link past the end", link(func(l *rank.Link) { l.Row = 5 }))
	check("a link before the start", link(func(l *rank.Link) { l.Row = -1 }))
	check("links out of order", link(func(l *rank.Link) { l.Score = 3.5 }))
	check("a score of 0", link(func(l *rank.Link) { l.Score = 0 }))
	check("no score", link(func(l *rank.Link) { l.Score = nan }))
	check("an infinite score", func(c *Contents) { c.Links.Data[2].Score = float32(math.Inf(1)) })
	check("a cosine above 1", link(func(l *rank.Link) { l.Cosine = 1.5 }))
	check("a cosine below -1", link(func(l *rank.Link) { l.Cosine = -1.5 }))
	check("a cosine that is no number", link(func(l *rank.Link) { l.Cosine = nan }))
	check("more links than K", func(c *Contents) { c.Links.Len[0] = 3 })
	check("a story past the end", func(c *Contents) { c.Stories[0] = 5 })
	check("what is no sketch", func(c *Contents) { c.Sketches[0][0] = 255 })
	check("terms out of order", func(c *Contents) { c.Terms.Index[0] = 6 })
	check("a term twice", func(c *Contents) { c.Terms.Index[0] = 5 })
	check("a term past the end", func(c *Contents) { c.Terms.Index[1] = 7 })
	check("a negative weight", func(c *Contents) { c.Terms.Value[0] = -0.5 })
	check("a weight of no unit vector", func(c *Contents) { c.Terms.Value[0] = 1.5 })
	check("a weight that is no number", func(c *Contents) { c.Terms.Value[0] = nan })
}

// Every damage to a file must be refused with the name of the file.
func TestDamageIsRefused(t *testing.T) {
	d := testDir(t)
	id := write(t, d, contents(5))
	damage := func(t *testing.T, name string, change func([]byte) []byte) {
		path := filepath.Join(d.path, id, name)
		sound, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, change(slices.Clone(sound)), 0o644); err != nil {
			t.Fatal(err)
		}
		for _, err := range []error{func() error { _, err := d.Open(id); return err }(), d.Publish(id)} {
			if err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), id) {
				t.Fatalf("got error %v, want one that names %s and %s", err, id, name)
			}
		}
		if err := os.WriteFile(path, sound, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range append(slices.Clone(binaryFiles), manifestFile) {
		t.Run(name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(1, 1))
			for range 40 {
				damage(t, name, func(b []byte) []byte { return b[:rng.IntN(len(b))] })
				damage(t, name, func(b []byte) []byte { b[rng.IntN(len(b))] ^= 1 << rng.IntN(8); return b })
			}
			damage(t, name, func(b []byte) []byte { return append(b, 0) })
		})
	}
	if _, err := d.Open(id); err != nil {
		t.Errorf("the sound snapshot is refused: %v", err)
	}
	if got, err := d.Published(); got != "" || err != nil {
		t.Errorf("published %q, %v", got, err)
	}
}

// There is no byte of a snapshot whose damage goes unseen.
func TestDamageOfAnyByteIsRefused(t *testing.T) {
	d := testDir(t)
	id := write(t, d, contents(3))
	for _, name := range append(slices.Clone(binaryFiles), manifestFile) {
		path := filepath.Join(d.path, id, name)
		file, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		sound, err := io.ReadAll(file)
		if err != nil {
			t.Fatal(err)
		}
		for at, b := range sound {
			set := func(b byte) {
				if _, err := file.WriteAt([]byte{b}, int64(at)); err != nil {
					t.Fatal(err)
				}
			}
			set(b ^ 1<<(at%8))
			if _, err := d.Open(id); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%s damaged at byte %d: got error %v, want one that names it", name, at, err)
			}
			set(b)
		}
	}
	if _, err := d.Open(id); err != nil {
		t.Errorf("the sound snapshot is refused: %v", err)
	}
}

// forge replaces the binary files of snapshot id by what change makes of them,
// and mends the checksums.
func forge(t testing.TB, d *Dir, id string, change func(map[string][]byte)) {
	t.Helper()
	content := map[string][]byte{}
	for _, name := range binaryFiles {
		b, err := os.ReadFile(filepath.Join(d.path, id, name))
		if err != nil {
			t.Fatal(err)
		}
		content[name] = b
	}
	change(content)
	m, err := d.manifest(id)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range binaryFiles {
		sum := sha256.Sum256(content[name])
		m.Files[name] = File{Size: int64(len(content[name])), SHA256: hex.EncodeToString(sum[:])}
		if err := os.WriteFile(filepath.Join(d.path, id, name), content[name], 0o644); err != nil {
			t.Fatal(err)
		}
	}
	sealed, err := seal(m)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(d.path, id, manifestFile), sealed, 0o644); err != nil {
		t.Fatal(err)
	}
}

// Whatever the files hold, they are refused, or every method keeps within them.
func TestAnyBytesAreRefusedOrHarmless(t *testing.T) {
	d := testDir(t)
	id := write(t, d, contents(5))
	sound := map[string][]byte{}
	forge(t, d, id, func(f map[string][]byte) { maps.Copy(sound, f) })
	forge(t, d, id, func(f map[string][]byte) {
		f[stringsFile] = bytes.Replace(f[stringsFile], []byte("Rents"), []byte("Rants"), 1)
	})
	if s, err := d.Open(id); err != nil || s.Card(0).Title != "Rants rise 0" {
		t.Fatalf("another title is refused: %v", err)
	}
	refused, opened := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		forge(t, d, id, func(f map[string][]byte) {
			for name, b := range sound {
				f[name] = slices.Clone(b)
			}
			b := f[rapid.SampledFrom([]string{cardsFile, stringsFile, urlsFile, groupsFile, candidatesFile, crossCandidatesFile, termsFile, linksFile, storiesFile, sketchesFile}).Draw(rt, "file")]
			for range rapid.IntRange(1, 3).Draw(rt, "changes") {
				b[rapid.IntRange(0, len(b)-1).Draw(rt, "at")] = rapid.OneOf(rapid.ByteRange(0, 6), rapid.Byte()).Draw(rt, "byte")
			}
		})
		s, err := d.Open(id)
		if err != nil {
			refused++
			return
		}
		opened++
		for row := range s.Len() {
			card := s.Card(row)
			s.Row(card.ID)
			for at := range s.RowsByURL(card.URL) {
				if at < 0 || at >= s.Len() {
					rt.Fatalf("row %d has its URL in row %d", row, at)
				}
			}
			for _, n := range slices.Concat(s.Candidates(row), s.CrossCandidates(row)) {
				if n.Row < 0 || int(n.Row) >= s.Len() {
					rt.Fatalf("row %d has the candidate %v", row, n)
				}
			}
			for _, l := range s.Links(row) {
				if l.Row < 0 || int(l.Row) >= s.Len() || !(l.Score > 0) {
					rt.Fatalf("row %d has the link %v", row, l)
				}
			}
			index, value := s.Terms(row)
			if len(index) != len(value) || !slices.IsSorted(index) || len(index) > 0 && int(index[len(index)-1]) >= s.TermMatrix().Rows {
				rt.Fatalf("row %d has the terms %v with weights %v", row, index, value)
			}
			if story := s.Story(row); int(story) >= s.Len() {
				rt.Fatalf("row %d is of story %d", row, story)
			}
			members := s.Members(row)
			if !slices.Contains(members, int32(row)) || !slices.Equal(members, s.MembersOf(card.Group)) {
				rt.Fatalf("row %d is of group %q with the rows %v", row, card.Group, members)
			}
		}
	})
	if !testing.Short() && (refused == 0 || opened == 0) { // in short tests a few tries may all be refused
		t.Errorf("%d were refused and %d opened, want some of either", refused, opened)
	}
}

// A writer's mistake has right checksums; it must be refused all the same.
func TestNonsenseIsRefused(t *testing.T) {
	check := func(name string, change func(map[string][]byte)) {
		t.Helper()
		d := testDir(t)
		id := write(t, d, contents(5))
		forge(t, d, id, change)
		if _, err := d.Open(id); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("got error %v, want one that names %s", err, name)
		}
	}
	check(cardsFile, func(f map[string][]byte) { f[cardsFile][7] = 0xff })                              // offset
	check(cardsFile, func(f map[string][]byte) { f[cardsFile][recordBytes+11] = 0xff })                 // length
	check(cardsFile, func(f map[string][]byte) { f[cardsFile][publishedAt+12] = 0xff })                 // flags
	check(cardsFile, func(f map[string][]byte) { f[stringsFile][0] = 'z' })                             // order of ids
	check(cardsFile, func(f map[string][]byte) { f[cardsFile] = f[cardsFile][:recordBytes] })           // one record of five
	check(stringsFile, func(f map[string][]byte) { f[stringsFile] = append(f[stringsFile], 0) })        // text of nobody
	check(urlsFile, func(f map[string][]byte) { f[urlsFile][8] = 5 })                                   // row
	check(urlsFile, func(f map[string][]byte) { copy(f[urlsFile][urlBytes:], f[urlsFile][:urlBytes]) }) // order
	check(urlsFile, func(f map[string][]byte) { f[urlsFile] = f[urlsFile][:3] })
	check(candidatesFile, func(f map[string][]byte) { f[candidatesFile][0] = 4 })                  // length
	check(candidatesFile, func(f map[string][]byte) { f[candidatesFile][4*5] = 5 })                // row
	check(candidatesFile, func(f map[string][]byte) { clear(f[candidatesFile][24:28]) })           // cosine
	check(crossCandidatesFile, func(f map[string][]byte) { f[crossCandidatesFile][0] = 3 })        // length
	check(crossCandidatesFile, func(f map[string][]byte) { f[crossCandidatesFile][4*5] = 5 })      // row
	check(crossCandidatesFile, func(f map[string][]byte) { clear(f[crossCandidatesFile][24:28]) }) // cosine
	check(crossVectorsFile, func(f map[string][]byte) { f[crossVectorsFile] = nil })

	// Five rows with 0, 2, 2, 0 and 2 terms.
	check(termsFile, func(f map[string][]byte) { f[termsFile][0] = 1 })                               // length
	check(termsFile, func(f map[string][]byte) { f[termsFile][4*5] = 5 })                             // order of terms
	check(termsFile, func(f map[string][]byte) { f[termsFile][4*5+4] = 7 })                           // term
	check(termsFile, func(f map[string][]byte) { f[termsFile][4*5+4*6+3] ^= 0x80 })                   // weight
	check(termsFile, func(f map[string][]byte) { f[termsFile] = f[termsFile][:len(f[termsFile])-8] }) // one entry too few
	check(termsFile, func(f map[string][]byte) { f[termsFile] = f[termsFile][:len(f[termsFile])-4] }) // half an entry
	check(termsFile, func(f map[string][]byte) { f[termsFile] = f[termsFile][:4*4] })                 // lengths of four rows
	check(linksFile, func(f map[string][]byte) { f[linksFile][0] = 3 })                               // length
	check(linksFile, func(f map[string][]byte) { f[linksFile][3] = 0xff })                            // negative length
	check(linksFile, func(f map[string][]byte) { f[linksFile][4*5] = 5 })                             // row
	check(linksFile, func(f map[string][]byte) { clear(f[linksFile][4*5+4 : 4*5+8]) })                // score
	check(linksFile, func(f map[string][]byte) { f[linksFile][4*5+11] = 0x7f })                       // cosine
	check(linksFile, func(f map[string][]byte) { f[linksFile] = f[linksFile][12:] })
	check(storiesFile, func(f map[string][]byte) { f[storiesFile][0] = 5 })
	check(storiesFile, func(f map[string][]byte) { f[storiesFile] = f[storiesFile][4:] })
	check(sketchesFile, func(f map[string][]byte) { f[sketchesFile][0] = 255 })
	check(sketchesFile, func(f map[string][]byte) { f[sketchesFile] = f[sketchesFile][story.SketchBytes:] })

	// Five rows in the groups {4}, {2, 3}, {0, 1}: numbers, starts, rows.
	number, starts, rows := 0, 4*5, 4*(5+4)
	put := func(place int, b byte) func(map[string][]byte) {
		return func(f map[string][]byte) { f[groupsFile][place] = b }
	}
	check(groupsFile, put(number, 1))
	check(groupsFile, put(starts, 1))
	check(groupsFile, put(starts+4, 0))   // an empty group
	check(groupsFile, put(starts+4, 6))   // past the end
	check(groupsFile, put(starts+3*4, 4)) // a row in no group
	check(groupsFile, put(rows, 5))       // row past the end
	check(groupsFile, put(rows+4, 3))     // a row twice
	check(groupsFile, func(f map[string][]byte) { f[groupsFile] = f[groupsFile][4:] })
	check(groupsFile, func(f map[string][]byte) { // the article is of another group than its card says
		f[groupsFile][number+4*2], f[groupsFile][starts+4], f[groupsFile][rows+4] = 0, 2, 2
		copy(f[groupsFile][rows:], []byte{2, 0, 0, 0, 4})
		copy(f[groupsFile][rows+8:], []byte{3})
	})
	check(groupsFile, func(f map[string][]byte) { // order of the groups' ids
		f[groupsFile][number+4*4], f[groupsFile][number+4*2], f[groupsFile][number+4*3] = 1, 0, 0
		f[groupsFile][starts+4] = 2
		copy(f[groupsFile][rows:], []byte{2, 0, 0, 0, 3, 0, 0, 0, 4})
	})
}

func TestUnknownSnapshot(t *testing.T) {
	d := testDir(t)
	for _, id := range []string{"20261123T200000Z-7f3a9c", "", "..", "../../etc", "a/b"} {
		if _, err := d.Open(id); !errors.Is(err, data.ErrNotFound) {
			t.Errorf("Open(%q): got error %v, want %v", id, err, data.ErrNotFound)
		}
	}
}

// Strings and lists that were handed out must outlive the snapshot.
func TestCopiesOutliveTheMapping(t *testing.T) {
	d, c := testDir(t), contents(5)
	s, err := d.Open(write(t, d, c))
	if err != nil {
		t.Fatal(err)
	}
	card, id, list, vector := s.Card(1), s.ArticleID(2), s.Candidates(3), s.Vector(4)
	links := s.Links(3)
	terms, weights := s.Terms(4)
	wantTerms, wantWeights := c.Terms.Col(4)
	unmapped := make(chan struct{})
	runtime.AddCleanup(s, func(struct{}) { close(unmapped) }, struct{}{})
	s = nil
	for done := false; !done; {
		runtime.GC()
		select {
		case <-unmapped:
			done = true
		case <-time.After(10 * time.Millisecond):
		}
	}
	runtime.GC()
	if diff := cmp.Diff(c.Cards[1], card); diff != "" || id != c.Cards[2].ID ||
		!slices.Equal(list, c.Candidates.Row(3)) || !slices.Equal(vector, c.Vectors.Row(4)) ||
		!slices.Equal(links, c.Links.Row(3)) || !slices.Equal(terms, wantTerms) || !slices.Equal(weights, wantWeights) {
		t.Errorf("got %v %v %v %v %v %v %v", card, id, list, vector, links, terms, weights)
	}
}

func TestWithoutTheOptionalParts(t *testing.T) {
	d, c := testDir(t), contents(3)
	c.Boilerplate, c.Cross = nil, nil
	c.Terms, c.Links, c.Stories, c.Sketches = nil, rank.Lists{}, nil, nil
	s, err := d.Open(write(t, d, c))
	if err != nil {
		t.Fatal(err)
	}
	if b := s.BoilerplateBytes(); len(b) != 0 {
		t.Errorf("got boilerplate %q, want none", b)
	}
	if v := s.CrossVectors(); s.HasCross() || v.Dim != 0 || len(v.Data) != 0 || s.CrossCandidates(1) != nil || len(s.CrossVector(1)) != 0 || len(s.CrossModelBytes()) != 0 {
		t.Errorf("got a cross-language space of vectors %v, want none", v)
	}
	if index, value := s.Terms(1); s.HasTerms() || s.TermMatrix() != nil || len(index)+len(value) > 0 {
		t.Errorf("got the terms %v with weights %v, want none", index, value)
	}
	if s.HasLinks() || len(s.LinkLists().Len) > 0 || s.Stories() != nil || s.Story(2) != 2 || s.HasSketches() || s.Sketches() != nil {
		t.Errorf("got the links %v and stories %v, want none", s.LinkLists(), s.Stories())
	}
	for row := range s.Len() {
		var want []rank.Link
		for _, n := range c.Candidates.Row(row) {
			want = append(want, rank.Link{Row: n.Row, Score: n.Cosine, Cosine: n.Cosine})
		}
		if got := s.Links(row); !slices.Equal(got, want) {
			t.Errorf("row %d: got links %v, want its candidates %v", row, got, want)
		}
	}
	if m := s.Manifest(); m.Cross != nil { // whatever the caller's manifest said
		t.Errorf("the manifest tells of the cross-language space %+v", m.Cross)
	}
}
