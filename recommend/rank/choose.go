package rank

import (
	"math"
	"slices"
)

// leastScore is below any score that says something, and far above the least number,
// so that scores can be told apart where Variety leaves nothing of them.
const leastScore = 1e-6

// A pick is a candidate that was chosen, by its place in the pool, and its score in
// the list.
type pick struct {
	at    uint8
	score float32
}

type picks []pick

// A chooser makes one list after another.
type chooser struct {
	r        *ranking
	marginal []float32
	upTo     []int // by place in the pool: the picks that its marginal takes account of
	rest     []int // places in the pool, for those that are left after the first picks
	taken    []bool
	picks    picks
}

func (r *ranking) newChooser() *chooser {
	return &chooser{r: r, marginal: make([]float32, poolSize), upTo: make([]int, poolSize), taken: make([]bool, poolSize)}
}

// choose makes the list of row i: time after time, of the candidates that the rules
// let pass, the one of the highest marginal score
//
//	score(j)·(1 − Variety·max_{s chosen} cosine(j, s))
//
// which never grows as more are chosen (Carbonell and Goldstein 1998, with the
// relevance as a factor, so that it stays positive). Beyond the first places no more
// cosines are looked at: what is left has the score that it had come down to. full, if
// not nil, says who may not get a further place among the first.
func (c *chooser) choose(i int, full func(row int32) bool) picks {
	r, from := c.r, c.r.pools[i]
	for at, link := range from {
		c.marginal[at], c.upTo[at], c.taken[at] = link.Score, 0, false
	}
	c.picks = c.picks[:0]
	for len(c.picks) < min(r.K, FirstPlaces) {
		best := c.best(i, full)
		if best < 0 {
			break
		}
		c.take(best)
	}
	if len(c.picks) == FirstPlaces {
		c.addRest(from)
	}
	descending(c.picks)
	return slices.Clone(c.picks)
}

func (c *chooser) take(at int) {
	c.taken[at] = true
	c.picks = append(c.picks, pick{uint8(at), c.marginal[at]})
}

// addRest fills the list with the candidates that are left, which have the marginal
// scores that they will keep: time after time with the best that the rules let pass.
func (c *chooser) addRest(from pool) {
	c.rest = c.rest[:0]
	for at := range from {
		if !c.taken[at] {
			c.rest = append(c.rest, at)
		}
	}
	slices.SortFunc(c.rest, func(a, b int) int {
		if c.before(from, a, b) {
			return -1
		}
		return 1
	})
	for len(c.picks) < c.r.K {
		next := slices.IndexFunc(c.rest, func(at int) bool { return c.r.fits(from, c.picks, len(c.picks), at) })
		if next < 0 {
			return
		}
		c.take(c.rest[next])
		c.rest = slices.Delete(c.rest, next, next+1)
	}
}

// best is the place of the next pick among the first places; -1: there is none.
func (c *chooser) best(i int, full func(row int32) bool) int {
	r, from := c.r, c.r.pools[i]
	for {
		best := -1
		for at := range from {
			if best >= 0 && from[at].Score < c.marginal[best] {
				break // as marginal scores are never above scores, which descend
			}
			if c.taken[at] || best >= 0 && !c.before(from, at, best) {
				continue
			}
			if r.barred[i]&(1<<at) != 0 || full != nil && full(from[at].Row) || !r.fits(from, c.picks, len(c.picks), at) {
				continue
			}
			best = at
		}
		if best < 0 || r.Variety == 0 || c.upTo[best] == len(c.picks) {
			return best
		}
		for _, p := range c.picks[c.upTo[best]:] {
			near := max(0, r.scorer.cosineOf(from[best].Row, from[p.at].Row))
			c.marginal[best] = min(c.marginal[best], from[best].Score*float32(1-r.Variety*float64(near)))
		}
		c.marginal[best] = max(c.marginal[best], leastScore)
		c.upTo[best] = len(c.picks)
	}
}

// before reports whether the candidate at a comes before that at b.
func (c *chooser) before(from pool, a, b int) bool {
	if c.marginal[a] != c.marginal[b] {
		return c.marginal[a] > c.marginal[b]
	}
	return c.r.tie[from[a].Row] < c.r.tie[from[b].Row]
}

// fits reports whether candidate at keeps the rules on its place of a list, whatever
// follows: one of a translation group, and in every Window places no more than so many
// of one author and section. That it is the one of its story is known of all candidates.
func (r *ranking) fits(from pool, list picks, place, at int) bool {
	row := from[at].Row
	if r.sites.translated[row] {
		for _, p := range list[:place] {
			if r.sites.group[from[p.at].Row] == r.sites.group[row] {
				return false
			}
		}
	}
	a := &r.scorer.articles[row]
	window := list[max(0, place-Window+1):place]
	if r.PerSection > 0 && a.section != 0 {
		same := 0
		for _, p := range window {
			if r.scorer.articles[from[p.at].Row].section == a.section {
				same++
			}
		}
		if same >= r.PerSection {
			return false
		}
	}
	if r.PerAuthor > 0 {
		for _, author := range r.capped[row] {
			same := 0
			for _, p := range window {
				if slices.Contains(r.capped[from[p.at].Row], author) {
					same++
				}
			}
			if same >= r.PerAuthor {
				return false
			}
		}
	}
	return true
}

// descending lowers scores where caps have put a better candidate after a worse one,
// so that they keep the order of the list.
func descending(list picks) {
	for n := len(list) - 2; n >= 0; n-- {
		if list[n].score <= list[n+1].score {
			list[n].score = math.Nextafter32(list[n+1].score, math.MaxFloat32)
		}
	}
}
