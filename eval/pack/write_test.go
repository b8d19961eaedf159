package pack_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/eval/pack"
)

func file(t rapid.TB, p *pack.Pack, opts pack.WriteOptions) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := pack.Write(&b, p, opts); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func decode(t rapid.TB, file []byte) (*pack.Pack, string) {
	t.Helper()
	p, hash, err := pack.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	return p, hash
}

// What is written is read back, but for order, numbers and what is pooled.
func TestWriteKeeps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPack(t)
		least := rapid.IntRange(1, 6).Draw(t, "min cell")
		got, _ := decode(t, file(t, p, pack.WriteOptions{MinCell: least}))
		if diff := cmp.Diff(rows(pooling(p, least)), rows(got)); diff != "" {
			t.Fatalf("rows (-want +got):\n%s", diff)
		}
		rest := func(p *pack.Pack) pack.Pack {
			q := *p
			q.Impressions, q.Reads, q.Policies, q.Checks = pack.Impressions{}, pack.Reads{}, nil, map[string]int{"bots": p.Checks["bots"]}
			q.Snapshots = nil
			for _, s := range p.Snapshots {
				if len(s.Item) == 0 {
					s.Start = nil // without lists
				}
				q.Snapshots = append(q.Snapshots, s)
			}
			return q
		}
		if diff := cmp.Diff(rest(p), rest(got), cmpopts.EquateEmpty(), cmpopts.EquateNaNs()); diff != "" {
			t.Fatalf("the rest (-want +got):\n%s", diff)
		}
	})
}

func TestWriteSameSeedSameBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPack(t)
		want := file(t, p, pack.WriteOptions{Seed: "s", Workers: 1})
		for workers := 2; workers < 4; workers++ {
			if !bytes.Equal(want, file(t, p, pack.WriteOptions{Seed: "s", Workers: workers})) {
				t.Fatalf("other bytes with %d workers", workers)
			}
		}
		q, hash := decode(t, want)
		again, same := decode(t, file(t, p, pack.WriteOptions{Seed: "s"}))
		if diff := cmp.Diff(q, again, cmpopts.EquateNaNs()); diff != "" || hash != same {
			t.Fatalf("%s, %s: %s", hash, same, diff)
		}
	})
}

// Without a seed no two files put rows and readers in the same order.
func TestWriteThrowsSeedAway(t *testing.T) {
	p := hundredReaders()
	first, firstHash := decode(t, file(t, p, pack.WriteOptions{}))
	second, secondHash := decode(t, file(t, p, pack.WriteOptions{}))
	if cmp.Equal(first.Impressions.Source, second.Impressions.Source) || cmp.Equal(first.Impressions.Source, p.Impressions.Source) {
		t.Error("the rows are in the same order")
	}
	number := func(p *pack.Pack) map[int32]int32 { // of readers by the article each of them alone read
		of := map[int32]int32{}
		for i, source := range p.Impressions.Source {
			of[source] = p.Impressions.Reader[i]
		}
		return of
	}
	if cmp.Equal(number(first), number(second)) || cmp.Equal(number(first), number(p)) {
		t.Error("the readers have the same numbers")
	}
	if firstHash == secondHash {
		t.Error("the hashes are equal")
	}
}

// hundredReaders is a pack in which reader i was shown article 0 under article i.
func hundredReaders() *pack.Pack {
	const n = 100
	p := &pack.Pack{Variants: []string{""}}
	im := &p.Impressions
	im.Start = []int32{0}
	for i := range int32(n) {
		p.Articles = append(p.Articles, pack.Article{ID: fmt.Sprintf("a%02d", i), Died: pack.Never})
		im.Source, im.Hour, im.Moment, im.Variant = append(im.Source, i), append(im.Hour, 490_000), append(im.Moment, 0), append(im.Variant, 0)
		im.Snapshot, im.Policy, im.Reader, im.Session = append(im.Snapshot, -1), append(im.Policy, -1), append(im.Reader, i), append(im.Session, i)
		im.Widget, im.Device, im.Referrer, im.Lang = append(im.Widget, 0), append(im.Device, 0), append(im.Referrer, 0), append(im.Lang, 0)
		im.Seen, im.Item, im.P, im.Flags = append(im.Seen, false), append(im.Item, 0), append(im.P, 1), append(im.Flags, 0)
		im.Start = append(im.Start, i+1)
	}
	return p
}

func TestWriteCountsPooled(t *testing.T) {
	got, _ := decode(t, file(t, hundredReaders(), pack.WriteOptions{}))
	if n := got.Checks[pack.Pooled]; n != 100 {
		t.Errorf("got %d pooled impressions, want 100", n)
	}
	got, _ = decode(t, file(t, hundredReaders(), pack.WriteOptions{MinCell: 1}))
	if n, ok := got.Checks[pack.Pooled]; ok {
		t.Errorf("got %d pooled impressions, want none to be told of", n)
	}
}
