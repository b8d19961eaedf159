package story

import (
	"slices"
	"testing"

	"github.com/alsolike/alsolike/data/zipf"
)

// generated is so many made-up articles, one in fifty of which is the one before again
// with another last sentence.
func generated(n int) *corpus {
	c := &corpus{}
	var before string
	for a := range zipf.Articles(zipf.Options{Articles: n}) {
		if len(c.cards)%50 == 49 {
			a.Body = before + " Corrected."
		}
		before = a.Body
		c.add(a)
	}
	return c
}

// large is the articles of both large sets.
func large(tb testing.TB) *corpus {
	a, b := reuters(tb), senate(tb)
	return &corpus{append(a.cards, b.cards...), append(a.texts, b.texts...)}
}

func bytesOf(c *corpus) (n int64) {
	for _, t := range c.texts {
		n += int64(len(t.title) + len(t.body))
	}
	return n
}

func BenchmarkNewSketch(b *testing.B) {
	for name, load := range map[string]func(testing.TB) *corpus{
		"real": large, "chinese": drcd, "generated": func(testing.TB) *corpus { return generated(2000) },
	} {
		b.Run(name, func(b *testing.B) {
			c := load(b)
			b.SetBytes(bytesOf(c) / int64(len(c.cards)))
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				row := i % len(c.cards)
				NewSketch(string(c.cards[row].Lang), c.texts[row].title, c.texts[row].body)
			}
		})
	}
}

func BenchmarkFind(b *testing.B) {
	all := func(n int, body func(i int) string) func(testing.TB) *corpus {
		return func(testing.TB) *corpus {
			c := generated(n)
			for i := range c.texts {
				c.texts[i].body = body(i)
			}
			return c
		}
	}
	for name, load := range map[string]func(testing.TB) *corpus{
		"real":             large,
		"generated=100000": func(testing.TB) *corpus { return generated(100_000) },
		"same=50000":       all(50_000, func(int) string { return words(0, 200) }),
		"alike=50000":      all(50_000, func(i int) string { return words(0, 200) + words(1000*(i+1), 40) }), // .66 of each in each
	} {
		b.Run(name, func(b *testing.B) {
			c := load(b)
			sketches := c.sketches()
			c.texts = nil
			b.ReportAllocs()
			for b.Loop() {
				found, err := Find(b.Context(), sketches, c.cards, Options{})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(found.Compared)/float64(len(sketches)), "compared/article")
			}
		})
	}
}

func BenchmarkResemblance(b *testing.B) {
	long := slices.Collect(zipf.Articles(zipf.Options{Articles: 1, MinWords: 500, MaxWords: 600}))[0]
	x, y := NewSketch("en", long.Title, long.Body), NewSketch("en", long.Title, long.Body+" Corrected.")
	for b.Loop() {
		Near(&x, &y)
	}
}
