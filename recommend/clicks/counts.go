package clicks

import (
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval/estimate"
)

// Counts are what readers saw and followed in some days. They never change.
type Counts struct {
	Days  int       // that they are of, the last one began
	Since time.Time // the first one's start
	AsOf  time.Time // when the log was read
	Rare  bool      // pairs that were seen rarely are forgotten: of them Link is too low

	recent *tally // and what is before
}

// A Rate is how often something that was seen was followed.
type Rate struct{ Clicks, Seen int }

// Share is the clicks of a time that it was seen; NaN if it never was.
func (r Rate) Share() float64 { return float64(r.Clicks) / float64(r.Seen) }

// Interval is that of 95 % for Share: Wilson's score interval. From 0 to 1 if nothing
// was seen.
func (r Rate) Interval() (low, high float64) {
	if r.Seen == 0 {
		return 0, 1
	}
	return estimate.Wilson(float64(r.Clicks), float64(r.Seen), 0.025)
}

// An Article is how often an article's links were seen and followed.
type Article struct {
	List Rate // lists of it that were seen, and of these those of which a link was followed
	Out  int  // clicks on its links: one list may have several
	In   Rate // as a link under other articles
}

// Link is how often the article to was seen and followed in lists of from.
func (c *Counts) Link(from, to data.ArticleID) (r Rate) {
	i, ok := c.recent.find(from)
	j, known := c.recent.find(to)
	if !ok || !known {
		return Rate{}
	}
	for t := c.recent; t != nil; t = t.before {
		p := t.pairs[key(i, j)]
		r.Clicks += int(p.clicks)
		r.Seen += int(p.seen)
	}
	return r.sound()
}

// sound sees to it that what was followed was seen, where pairs were forgotten.
func (r Rate) sound() Rate { return Rate{r.Clicks, max(r.Seen, r.Clicks)} }

// Article is what was done to the article's links and to those that lead to it.
func (c *Counts) Article(id data.ArticleID) (a Article) {
	n, known := c.recent.find(id)
	for t := c.recent; known && t != nil; t = t.before {
		if int(n) < len(t.articles) {
			s := &t.articles[n]
			a.List.Seen += int(s.lists)
			a.List.Clicks += int(s.followed)
			a.Out += int(s.out)
			a.In.Seen += int(s.shown)
			a.In.Clicks += int(s.in)
		}
	}
	return a
}

// Clicks is how often readers followed a link to the article.
func (c *Counts) Clicks(id data.ArticleID) int { return c.Article(id).In.Clicks }
