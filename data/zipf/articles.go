package zipf

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"time"

	"github.com/alsolike/alsolike/data"
)

// Options shape a corpus. The zero value works.
type Options struct {
	Seed     uint64 // other articles for another seed
	Articles int    // how many; 0: none
	Subjects int    // that articles are about; 0: 400
	MinWords int    // of a body; 0: 200
	MaxWords int    // of a body; 0: 400
}

func (o Options) withDefaults() Options {
	for _, d := range []struct {
		value     *int
		byDefault int
	}{{&o.Subjects, 400}, {&o.MinWords, 200}, {&o.MaxWords, 400}} {
		if *d.value == 0 {
			*d.value = d.byDefault
		}
	}
	return o
}

func (o Options) validate() {
	if o.Articles < 0 || o.Subjects < 1 || o.MinWords < 1 || o.MaxWords < o.MinWords {
		panic("zipf: options that no corpus has")
	}
}

// Articles makes the articles of o in id order, one at a time: it holds none of them.
// All are valid, published, of language "en", and dated an hour apart; the Section is
// the subject. Equal options give equal articles, and fewer articles are the first of
// more. It panics if a number is negative or MaxWords is below MinWords.
func Articles(o Options) iter.Seq[data.Article] {
	o = o.withDefaults()
	o.validate()
	return func(yield func(data.Article) bool) {
		w := newWriter(o)
		for i := range o.Articles {
			if !yield(w.article(i)) {
				return
			}
		}
	}
}

// The parts of an article's words that come from its subjects and from its story.
const (
	fromSubject = .33
	fromStory   = .12
	fromSecond  = .25 // of the subject's: of a second one
)

const (
	subjectWords = 600    // of a subject
	subjectSpan  = 30_000 // ranks that subjects have their words from
	storyWords   = 12     // of a story
	storySize    = 8      // articles of a story, on average
)

// A writer makes articles of a corpus.
type writer struct {
	Options
	language law
	subject  law // of a subject's own words
	choice   law // of subjects
	text     []byte
}

func newWriter(o Options) *writer {
	return &writer{Options: o, language: newLaw(bend, true), subject: newLaw(subjectWords, false), choice: newLaw(o.Subjects, false)}
}

// A plan is what an article draws its words from.
type plan struct {
	main, second uint64 // subjects
	story        [storyWords]uint64
}

var start = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// article makes article i.
func (w *writer) article(i int) data.Article {
	rng := rand.New(rand.NewPCG(w.Seed, uint64(i)))
	p := w.plan(i, rng)
	title := w.sentence(&p, rng, 4+rng.IntN(6))
	title = title[:len(title)-1] // without its full stop
	headline := string(title)
	body := w.body(&p, rng, w.MinWords+rng.IntN(w.MaxWords-w.MinWords+1))
	id := fmt.Sprintf("%08d", i)
	return data.Article{
		ID: data.ArticleID(id), Title: headline, Body: body, URL: "https://news.example/" + id, Lang: "en",
		PublishedAt: start.Add(time.Duration(i) * time.Hour), Section: fmt.Sprintf("subject-%d", p.main), State: data.Published,
	}
}

// plan draws the subjects and the story of article i. Its story is one of those
// that began before it or begins with it.
func (w *writer) plan(i int, rng *rand.Rand) plan {
	story := rng.Uint64N(uint64(i)/storySize + 1)
	draws := rand.New(rand.NewPCG(^w.Seed, story)) // what all articles of the story share
	p := plan{main: w.choice.draw(draws), second: w.choice.draw(rng)}
	for j := range p.story {
		// A word of the second law, as names are.
		p.story[j] = uint64(min(bend*math.Pow(1-draws.Float64(), -1/(exponent-1)), lastRank))
	}
	return p
}

// draw is the rank of the next word.
func (w *writer) draw(p *plan, rng *rand.Rand) uint64 {
	switch u := rng.Float64(); {
	case u < fromStory:
		return p.story[rng.IntN(storyWords)]
	case u < fromStory+fromSubject:
		subject := p.main
		if rng.Float64() < fromSecond {
			subject = p.second
		}
		return subjectWord(subject, w.subject.draw(rng))
	}
	return w.language.draw(rng)
}

// subjectWord is the rank in the language of the r-th word of a subject: any of the
// first subjectSpan that is no function word.
func subjectWord(subject, r uint64) uint64 {
	// The finaliser of splitmix64 scatters what is numbered one after the other.
	x := subject*subjectWords + r
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	x ^= x >> 31
	return uint64(len(function)) + 1 + x%subjectSpan
}

// sentence is so many words, the first with a capital, and a full stop. It is
// overwritten by the next call.
func (w *writer) sentence(p *plan, rng *rand.Rand, words int) []byte {
	w.text = w.text[:0]
	w.write(p, rng, words)
	return w.text
}

// body is so many words in sentences and paragraphs.
func (w *writer) body(p *plan, rng *rand.Rand, words int) string {
	w.text = w.text[:0]
	for sentences := 1; words > 0; sentences++ {
		n := min(words, 8+rng.IntN(14))
		w.write(p, rng, n)
		words -= n
		switch {
		case words == 0:
		case sentences%4 == 0:
			w.text = append(w.text, "\n\n"...)
		default:
			w.text = append(w.text, ' ')
		}
	}
	return string(w.text)
}

// write appends a sentence to the text.
func (w *writer) write(p *plan, rng *rand.Rand, words int) {
	first := len(w.text)
	for i := range words {
		if i > 0 {
			w.text = append(w.text, ' ')
		}
		w.text = word(w.text, w.draw(p, rng))
	}
	w.text[first] -= 'a' - 'A'
	w.text = append(w.text, '.')
}
