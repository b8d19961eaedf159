package refresh

import (
	"iter"

	"github.com/alsolike/alsolike/data"
)

// replayBytes bounds what a replay keeps.
const replayBytes = 128 << 20

// A replay keeps the articles that are read for the first time, so that a small store
// need not be read again.
type replay struct {
	source   iter.Seq2[data.Article, error]
	most     int // bytes that may be kept; below 0: nothing is kept any more
	size     int // bytes of kept
	kept     []data.Article
	complete bool // kept is all there are
}

// newReplay keeps articles of up to mostBytes.
func newReplay(source iter.Seq2[data.Article, error], mostBytes int) *replay {
	return &replay{source: source, most: mostBytes}
}

// articles yields the articles, in one iteration at a time.
func (r *replay) articles(yield func(data.Article, error) bool) {
	if r.complete {
		for _, a := range r.kept {
			if !yield(a, nil) {
				return
			}
		}
		return
	}
	r.kept, r.size = nil, 0
	for a, err := range r.source {
		if err == nil {
			r.keep(a)
		}
		if !yield(a, err) || err != nil {
			return
		}
	}
	r.complete = r.most >= 0
}

func (r *replay) keep(a data.Article) {
	const rest = 600 // bytes beside the texts, about
	if r.size += len(a.Title) + len(a.Summary) + len(a.Body) + rest; r.size > r.most {
		r.forget()
		return
	}
	r.kept = append(r.kept, a)
}

// last yields the articles for the last time that r serves, and lets go of each that
// it has yielded.
func (r *replay) last(yield func(data.Article, error) bool) {
	defer r.forget()
	if !r.complete {
		r.forget()
		r.articles(yield)
		return
	}
	for i := range r.kept {
		a := r.kept[i]
		r.kept[i] = data.Article{}
		if !yield(a, nil) {
			return
		}
	}
}

// forget lets go of all articles, and has none kept any more.
func (r *replay) forget() { r.kept, r.complete, r.most = nil, false, -1 }
