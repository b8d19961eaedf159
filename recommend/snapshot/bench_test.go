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

// site is what a site of n articles may have: 256 numbers and 64 candidates of
// each, and a model of 45 MB.
func site(n int) Contents {
	const dim, k = 256, 64
	rng := rand.New(rand.NewPCG(1, 1))
	c := Contents{
		Vectors:    embed.NewDense(n, dim),
		Candidates: knn.Lists{K: k, Len: make([]int32, n), Data: make([]knn.Neighbour, n*k)},
		Model:      bulk(45 << 20),
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
