package pack_test

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/alsolike/alsolike/eval/pack"
)

// bigPack is a log of n lists of six items: 5,000 articles, a fifth as many readers
// as lists, two weeks, two snapshots, a tenth of the lists drawn.
func bigPack(n int) *pack.Pack {
	const articles, slots, pools = 5000, 6, 12
	r := rand.New(rand.NewPCG(1, 2))
	p := &pack.Pack{
		Variants: []string{"A", "B", "X"}, Snapshots: []pack.Snapshot{{Name: "one"}, {Name: "two"}},
		Widgets: []string{"", "related"}, Devices: []string{"", "phone", "tablet", "desktop"},
		Referrers: []string{"", "home", "search", "social", "internal"}, Languages: []string{"", "en", "de"},
		Policies: []pack.Policy{{Kind: "fixed"}},
	}
	for i := range articles {
		p.Articles = append(p.Articles, pack.Article{ID: fmt.Sprintf("article-%04d", i), Title: fmt.Sprintf("Title of article %d", i), Died: pack.Never})
	}
	for range pools * articles / 10 {
		policy := pack.Policy{Kind: "plackett-luce"}
		for range pools {
			policy.Pool, policy.Logits = append(policy.Pool, r.Int32N(articles)), append(policy.Logits, -5*r.Float64())
		}
		p.Policies = append(p.Policies, policy)
	}
	im := &p.Impressions
	im.Start = append(im.Start, 0)
	for i := range n {
		source := int32(articles * math.Pow(r.Float64(), 3)) // some are read far more than others
		drawn := r.IntN(10) == 0
		policy := int32(0)
		if drawn {
			policy = 1 + r.Int32N(int32(len(p.Policies)-1))
		}
		im.Source, im.Hour = append(im.Source, source), append(im.Hour, 490_000+r.Int32N(14*24))
		im.Moment, im.Variant = append(im.Moment, r.Int32N(1000)), append(im.Variant, uint8(r.IntN(3)))
		im.Snapshot, im.Policy = append(im.Snapshot, int16(r.IntN(2))), append(im.Policy, policy)
		im.Reader, im.Session = append(im.Reader, r.Int32N(int32(n/5+1))), append(im.Session, int32(i/2))
		im.Widget, im.Device = append(im.Widget, 1), append(im.Device, uint8(1+r.IntN(3)))
		im.Referrer, im.Lang = append(im.Referrer, uint8(1+r.IntN(4))), append(im.Lang, uint8(1+r.IntN(2)))
		im.Seen = append(im.Seen, r.IntN(2) == 0)
		for slot := range slots {
			item, chance, flags := (source*7+int32(slot*31))%articles, 1.0, pack.Flags(0)
			if drawn {
				item, chance = (item+r.Int32N(pools))%articles, r.Float64()*0.9+0.05
			}
			if r.IntN(50) == 0 {
				flags = pack.Clicked | pack.Viewed
			}
			im.Item, im.P, im.Flags = append(im.Item, item), append(im.P, chance), append(im.Flags, flags)
		}
		im.Start = append(im.Start, int32(len(im.Item)))
	}
	return p
}

func BenchmarkWrite(b *testing.B) {
	for _, n := range []int{100_000, 1_000_000} {
		b.Run(fmt.Sprintf("impressions=%d", n), func(b *testing.B) {
			p := bigPack(n)
			b.ReportAllocs()
			for b.Loop() {
				if err := pack.Write(io.Discard, p, pack.WriteOptions{Seed: "1"}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, n := range []int{100_000, 1_000_000} {
		b.Run(fmt.Sprintf("impressions=%d", n), func(b *testing.B) {
			var file bytes.Buffer
			if err := pack.Write(&file, bigPack(n), pack.WriteOptions{Seed: "1"}); err != nil {
				b.Fatal(err)
			}
			blocks, _, err := pack.Blocks(file.Bytes())
			if err != nil {
				b.Fatal(err)
			}
			raw, stored := 0, 0
			for _, block := range blocks {
				if block.Impressions {
					raw, stored = raw+len(block.Raw), stored+block.Stored
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := pack.Decode(file.Bytes()); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(raw)/float64(n), "raw-bytes/impression")
			b.ReportMetric(float64(stored)/float64(n), "bytes/impression")
		})
	}
}
