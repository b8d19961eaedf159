package recommend

import (
	"iter"
	"math"
	"slices"
	"time"

	"github.com/alsolike/alsolike/data"
)

// A request is one list being made.
type request struct {
	view      *view
	rules     *overrides
	ruling    *ruling    // by the editors' rules
	source    *data.Card // that shows the links; of an unknown article, a card without an id
	row       int
	limit     int
	placement string
	reader    *reader
	threshold int
	asked     sieve // filters that hold for pins too
	sieve     sieve // these, and what rules limit
	fallback  Fallback
	popular   func() []data.ArticleID
	exclude   []data.ArticleID // groups
	now       time.Time
	policy    *Policy
	perAuthor int       // most links of one author in rank.Window of them; 0: any number
	lottery   *lottery  // nil: the list is not drawn at random
	withheld  *withheld // nil: nobody asks for it
	passing   bool      // see List
	weighs    bool      // a boost or bury is in force
}

// A sieve is the filters of a query, of its placement and of rules; nil lets all pass.
type sieve []*Filter

func (s sieve) passes(c *data.Card) bool {
	for _, f := range s {
		if !f.passes(c) {
			return false
		}
	}
	return true
}

// since is the moment before which nothing passes; zero: none.
func (s sieve) since() (at time.Time) {
	for _, f := range s {
		if f.Since.After(at) {
			at = f.Since
		}
	}
	return at
}

// links are those of the list, and how they were drawn. First they come of the
// candidates; if of these too few in the article's language pass a filter, of all
// articles; and if these are too few, the fallback fills up.
func (a *request) links() ([]Link, *Draw) {
	v, filtered := a.view, len(a.sieve) > 0
	across := v.crossCandidates(a.source.ID, a.row)
	links, draw, short := a.list(a.ranked(v.candidates(a.source.ID, a.row, filtered), across))
	a.withheld = nil // what follows is about other articles than the candidates
	foreign := func(l Link) bool { return l.Source == OtherLanguage }
	var found []candidate
	if filtered && (short || slices.ContainsFunc(links, foreign)) {
		found, across = a.search()
		if v.snapshot.HasLinks() && !v.overlay.holds(a.source.ID) {
			found = behind(slices.Collect(v.candidates(a.source.ID, a.row, true)), found)
		}
		links, draw, short = a.list(a.ranked(slices.Values(found), across))
	}
	if !short || a.fallback == NoFallback {
		return links, draw
	}
	if !filtered {
		found = slices.Collect(v.candidates(a.source.ID, a.row, false))
	}
	a.passing = a.fallback == PopularFallback
	links, draw, _ = a.list(a.filled(a.ranked(slices.Values(found), across)))
	return links, draw
}

// behind is the ranked candidates and then those of found that are not among them,
// which by their cosines alone might stand before them: what is known of a link
// beside its cosine counts more.
func behind(ranked, found []candidate) []candidate {
	all := slices.Clip(ranked)
	for _, c := range found {
		if slices.ContainsFunc(ranked, func(r candidate) bool { return r.row == c.row && r.id == c.id }) {
			continue
		}
		if len(ranked) > 0 {
			c.rank = min(c.rank, math.Nextafter32(ranked[len(ranked)-1].rank, 0))
		}
		all = append(all, c)
	}
	return all
}

// list is what the overrides and chance make of ranked, and, if there is any more to
// be had than candidates, whether more of it would make another list.
func (a *request) list(ranked iter.Seq[Link]) (links []Link, draw *Draw, short bool) {
	w := a.wish()
	w.lottery = a.lottery.anew()
	if a.ruling.pinsKinds() {
		w.pickable = a.pickable(ranked)
	}
	if a.perAuthor > 0 || a.view.stories {
		w.spread = a.spread
	}
	if spread := w.spread; a.ruling.caps() {
		w.spread = func(ranked iter.Seq[Link]) iter.Seq[Link] {
			if spread != nil {
				ranked = spread(ranked)
			}
			return a.capped(ranked)
		}
	}
	if a.plain() {
		links = a.rules.apply(w, ranked, a.pinned)
		return links, w.lottery.told(links), false
	}
	links = a.rules.apply(w, func(yield func(Link) bool) {
		for link := range ranked {
			if !yield(link) {
				return
			}
		}
		short = true
	}, a.pinned)
	return links, w.lottery.told(links), short
}

// plain reports whether the list is made of the candidates alone: as most are, and
// in no more time than that takes.
func (a *request) plain() bool { return len(a.sieve) == 0 && a.fallback == NoFallback }

// depth is how many links of the algorithm the list may need.
func (a *request) depth() int {
	depth := a.limit
	if a.lottery != nil {
		depth = a.lottery.Pool // which is no smaller than the limit
	}
	if a.weighs || a.ruling.pinsKinds() || a.ruling.caps() {
		depth = max(depth, mostWeighed)
	}
	return depth
}

// mostWeighed is among how many links, found by a filter, a boosted one is looked for, and
// one that a rule pins or leaves room for: as many as there are in a ranked list.
const mostWeighed = 64

func (a *request) wish() wish {
	return wish{
		source: a.source, placement: a.placement, limit: a.limit, exclude: a.exclude, now: a.now, ruling: a.ruling, withheld: a.withheld,
	}
}
