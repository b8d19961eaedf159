package snapshot

import (
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/rank"
	"github.com/alsolike/alsolike/recommend/story"
)

// A bulk is a model of so many bytes.
type bulk int

func (b bulk) WriteTo(w io.Writer) (written int64, err error) {
	part := make([]byte, 64<<10)
	for left := int(b); left > 0 && err == nil; {
		var n int
		n, err = w.Write(part[:min(left, len(part))])
		written, left = written+int64(n), left-n
	}
	return written, err
}

// site is what a site of n articles may have: 256 numbers, 64 candidates, 105 terms and
// 20 links of each, and a model of 45 MB.
func site(n int) Contents {
	const dim, k, terms, links = 256, 64, 105, 20
	rng := rand.New(rand.NewPCG(1, 1))
	c := Contents{
		Vectors:    embed.NewDense(n, dim),
		Candidates: knn.Lists{K: k, Len: make([]int32, n), Data: make([]knn.Neighbour, n*k)},
		Model:      bulk(45 << 20),
		Terms:      &embed.Sparse{Rows: 44_000, Cols: n, Ptr: make([]int, n+1), Index: make([]uint32, n*terms), Value: make([]float32, n*terms)},
		Links:      rank.Lists{K: links, Len: make([]int32, n), Data: make([]rank.Link, n*links)},
		Stories:    make([]uint32, n),
		Sketches:   make([]story.Sketch, n),
	}
	for i := range c.Vectors.Data {
		c.Vectors.Data[i] = rng.Float32()
	}
	for i := range n {
		c.Cards = append(c.Cards, data.Card{
			ID: data.ArticleID(fmt.Sprintf("2026/%07d", i)), Title: fmt.Sprintf("The council votes on rents, part %d", i), Section: "city",
			URL: fmt.Sprintf("https://example.org/2026/%07d", n-i), Lang: "en", Group: data.ArticleID(fmt.Sprintf("2026/%07d", i)), State: data.Published,
			PublishedAt: created,
		})
		c.Candidates.Len[i] = k
		for j := range k {
			c.Candidates.Data[i*k+j] = knn.Neighbour{Row: int32(rng.IntN(n)), Cosine: 1 / float32(j+1)}
		}
		c.Links.Len[i], c.Stories[i], c.Terms.Ptr[i+1] = links, uint32(i), (i+1)*terms
		for j := range links {
			c.Links.Data[i*links+j] = rank.Link{Row: int32(rng.IntN(n)), Score: 1 / float32(j+1), Cosine: rng.Float32()}
		}
		for j := range terms {
			c.Terms.Index[i*terms+j], c.Terms.Value[i*terms+j] = uint32(j*400+rng.IntN(400)), rng.Float32()
		}
	}
	return c
}

func benchmarkDir(b *testing.B) *Dir {
	d, err := OpenDir(filepath.Join(b.TempDir(), "snapshots"))
	if err != nil {
		b.Fatal(err)
	}
	return d
}

var benchmarkSizes = []int{38_000, 100_000}

func BenchmarkOpen(b *testing.B) {
	for _, n := range benchmarkSizes {
		b.Run(fmt.Sprintf("n=%d/dim=256", n), func(b *testing.B) {
			d := benchmarkDir(b)
			id, err := d.Write(b.Context(), site(n))
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := d.Open(id); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// quick is a disk that does not wait for what it syncs.
type quick struct{ disk }

func (q quick) Create(path string) (file, error) {
	f, err := q.disk.Create(path)
	return unsynced{f}, err
}

func (quick) SyncDir(string) error { return nil }

type unsynced struct{ file }

func (unsynced) Sync() error { return nil }

// BenchmarkWrite is with and without the disk's sync.
func BenchmarkWrite(b *testing.B) {
	for _, n := range benchmarkSizes {
		for _, fs := range []fileSystem{quick{}, disk{}} {
			b.Run(fmt.Sprintf("n=%d/dim=256/sync=%v", n, fs == disk{}), func(b *testing.B) {
				c := site(n)
				b.ReportAllocs()
				for b.Loop() {
					d := benchmarkDir(b)
					d.fs = fs
					if _, err := d.Write(b.Context(), c); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
