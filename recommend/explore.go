package recommend

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// DefaultPool is from how many links a list is drawn.
const DefaultPool = 12

// Explore is how lists are drawn at random; see the package comment. The zero
// value draws none.
type Explore struct {
	Share float64 // of the lists that are drawn, 0 to 1
	Pool  int     // of so many best links a list is drawn, if it is not longer itself; default DefaultPool
	Keep  int     // links at the top that stay as they are

	// Temperature is by how much less a link must rank for its chance to be e times
	// smaller. Default: half the mean difference of ranking score between the best
	// and the last link of a pool, over the snapshot.
	Temperature float64
}

func (x Explore) withDefaults() Explore {
	if x.Pool == 0 {
		x.Pool = DefaultPool
	}
	return x
}

func (x Explore) validate() error {
	switch {
	case !(x.Share >= 0 && x.Share <= 1):
		return fmt.Errorf("recommend: the share of lists drawn at random is %v; it may be 0 to 1", x.Share)
	case x.Pool < 2:
		return fmt.Errorf("recommend: lists are drawn from a pool of %d links; it must hold at least 2", x.Pool)
	case x.Keep < 0 || x.Keep > x.Pool-2:
		return fmt.Errorf("recommend: of %d links lists keep %d; at least 2 must be left to draw from", x.Pool, x.Keep)
	case !(x.Temperature >= 0) || math.IsInf(x.Temperature, 1):
		return errors.New("recommend: the temperature must be a number above 0")
	}
	return nil
}

// drawnFor is how long a list is drawn, or is not: no longer than a page keeps it.
const drawnFor = 30 * time.Second

// A lottery draws one list.
type lottery struct {
	Explore
	seed [2]uint64
	rng  *rand.Rand
	of   *Draw     // what was drawn; nil: nothing so far
	p    []float64 // of the links drawn, in the order of the list
}

// lottery is what draws the list that q asks for under source; nil if it is not
// to be drawn at present.
func (e *Engine) lottery(v *view, q *Query, source data.ArticleID, now time.Time) *lottery {
	x := e.opts.Explore
	if x.Share == 0 || q.Raw || q.Limit > x.Pool {
		return nil
	}
	x.Temperature = v.temperature
	chance := e.signer.chance(source, q.Placement, now.UnixNano()/int64(drawnFor))
	if float64(binary.LittleEndian.Uint64(chance)>>11)*0x1p-53 >= x.Share {
		return nil
	}
	return &lottery{Explore: x, seed: [2]uint64{binary.LittleEndian.Uint64(chance[8:]), binary.LittleEndian.Uint64(chance[16:])}}
}

// anew is l before anything is drawn: what is drawn from the same links is the
// same again. nil stays nil.
func (l *lottery) anew() *lottery {
	if l == nil {
		return nil
	}
	return &lottery{Explore: l.Explore, seed: l.seed, rng: rand.New(rand.NewPCG(l.seed[0], l.seed[1]))}
}

// chance is 32 bytes that nobody can foretell who does not know the secret, always
// the same for lists of one article, one placement and one slot of time.
func (s *signer) chance(article data.ArticleID, placement string, slot int64) []byte {
	seal := s.macs.Get().(*sealing)
	defer s.macs.Put(seal)
	m := seal.msg[:0]
	m.text("whether and how to draw a list")
	m.text(string(article))
	m.text(placement)
	m.number(int(slot))
	seal.msg = m
	seal.mac.Reset()
	seal.mac.Write(m)
	return seal.mac.Sum(nil)
}

// order is ranked with the links of the algorithm drawn from the best of them,
// which must all be links that the list may show.
func (l *lottery) order(ranked iter.Seq[Link]) iter.Seq[Link] {
	return func(yield func(Link) bool) {
		pool := make([]Link, 0, l.Pool)
		for link := range ranked {
			switch {
			case l.of == nil && link.Source == Algorithm && len(pool) < l.Pool:
				pool = append(pool, link)
				continue
			case l.of == nil && !l.draw(pool, yield):
				return
			case link.Source != Algorithm && !yield(link):
				return
			}
		}
		if l.of == nil {
			l.draw(pool, yield)
		}
	}
}

// coldest bounds how much less than the best a link may weigh: exp of it is still
// a chance that can be reckoned with.
const coldest = -20

// draw yields the links of pool in the order in which they are drawn.
func (l *lottery) draw(pool []Link, yield func(Link) bool) bool {
	n := len(pool)
	l.of = &Draw{Keep: l.Keep, Pool: make([]data.ArticleID, n), Logits: make([]float64, n)}
	weights := make([]float64, n) // 0: drawn
	for i := range pool {
		logit := math.Round((float64(pool[i].Rank)-float64(pool[0].Rank))/l.Temperature*1e4) / 1e4
		switch {
		case logit >= 0: // also by a version in another language, which may rank higher and stand lower
			logit = 0 // never -0, which JavaScript writes as 0
		case logit < coldest:
			logit = coldest
		}
		weights[i] = math.Exp(logit)
		l.of.Pool[i], l.of.Logits[i] = pool[i].Card.ID, logit
	}
	for i := range pool {
		next, p := i, 1.0
		if i >= l.Keep {
			next, p = l.next(weights)
		}
		weights[next] = 0
		l.p = append(l.p, p)
		if !yield(pool[next]) {
			return false
		}
	}
	return true
}

// next draws one of the weights, of which some must be above 0, and tells its
// chance.
func (l *lottery) next(weights []float64) (drawn int, p float64) {
	var sum float64
	for _, w := range weights {
		sum += w
	}
	u := l.rng.Float64() * sum
	for i, w := range weights {
		if w == 0 {
			continue
		}
		drawn = i
		if u -= w; u < 0 {
			break
		}
	}
	return drawn, weights[drawn] / sum
}

// told is how links were drawn; nil if they were not.
func (l *lottery) told(links []Link) *Draw {
	if l == nil || l.of == nil || len(l.of.Pool) == 0 {
		return nil
	}
	for i := range links {
		p := 1.0
		if links[i].Source == Algorithm {
			p, l.p = l.p[0], l.p[1:]
		}
		l.of.P = append(l.of.P, p)
	}
	return l.of
}

// temperature is Explore.Temperature for lists of s: reckoned from no more than
// some ten thousand of them, evenly spread.
func (x Explore) temperature(s *snapshot.Snapshot) float64 {
	if x.Share == 0 || x.Temperature > 0 {
		return x.Temperature
	}
	var sum float64
	n := 0
	for row := 0; row < s.Len(); row += 1 + s.Len()/10_000 {
		if list := s.Links(row); len(list) > 1 {
			sum += float64(list[0].Score) - float64(list[min(len(list), x.Pool)-1].Score)
			n++
		}
	}
	if !(sum > 0) {
		return 1 // all chances are equal, or there are none
	}
	return sum / float64(n) / 2
}
