package rank

import "context"

// Rank makes the list of links of every row of c: those that an editor may have
// chosen, best first.
//
// A link from i to j has the score of Scorer.Pair, as far as this is above 0. The list
// of i is then chosen by maximal marginal relevance, under these rules: no link to i
// itself, its story or translation group, another language, or what may not be linked;
// one of a story, and always the same one; one of a translation group; and the caps of
// Options on authors, sections and links in. A list is shorter than K where the rules
// let no more pass. Link.Score is the marginal score, lowered or raised by the least
// where a rule has put a better candidate after a worse.
//
// Time is O(n·(K+dim)·c + nnz·c), where c, some hundred, bounds the candidates of a
// row and the rows looked at of a term. The result is the same for any number of
// workers.
//
// It returns an error if parts of c differ in length or a vector or weight is not
// finite, and ctx.Err() soon after ctx has ended.
func Rank(ctx context.Context, c *Corpus, o Options) (Lists, Health, error) {
	o = o.withDefaults()
	if err := o.validate(); err != nil {
		return Lists{}, Health{}, err
	}
	if err := c.validate(); err != nil {
		return Lists{}, Health{}, err
	}
	r := &ranking{Options: o, c: c, scorer: newScorer(c, o), tie: ties(c)}
	r.sites = newSites(c, r.scorer)
	r.capped = r.cappedAuthors()
	if err := r.fill(ctx); err != nil {
		return Lists{}, Health{}, err
	}
	if err := r.chooseAll(ctx); err != nil {
		return Lists{}, Health{}, err
	}
	r.limit()
	r.rescue()
	return r.lists(), r.health(), nil
}

// lists are the lists as chosen.
func (r *ranking) lists() Lists {
	n := len(r.chosen)
	l := Lists{K: r.K, Len: make([]int32, n), Data: make([]Link, n*r.K)}
	for i, list := range r.chosen {
		l.Len[i] = int32(len(list))
		for at, p := range list {
			link := r.pools[i][p.at]
			l.Data[i*r.K+at] = Link{link.Row, p.score, link.Cosine}
		}
	}
	return l
}
