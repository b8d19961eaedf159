package main

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval"
	"github.com/alsolike/alsolike/eval/pack"
	"github.com/alsolike/alsolike/recommend/baseline"
)

// packBaselineNames are the baselines that a pack can be compared with.
var packBaselineNames = []string{
	"random", "popular-24h", "popular", "recent", "same-section", "bm25", "tfidf", "co-click",
	"editors", "shuffled-production", "ceiling",
}

// baselineOptions are the settings of baselines.
type baselineOptions struct {
	K    int // links that are shown, which shuffled-production shuffles
	Seed uint64
	From time.Time // what is learnt from readers is from before; zero: 7 days before the end of the log
}

// What baselines learn from, in words.
const (
	beforeMeasured = "before the measured part of the log"
	beforeLastWeek = "before the last 7 days of the log, and so optimistic where earlier days are measured too"
)

const (
	trendingHours = 24
	togetherHalf  = 7 * 24 // hours after which a session counts half
	togetherLeast = 10.0   // shrink of co-click
	packWindow    = 7 * 24 // hours at the end of a log that are measured
)

// baselineData is what baselines are made of. What is nil is not known.
type baselineData struct {
	opts       baselineOptions
	articles   []pack.Article // by id
	row        map[data.ArticleID]int
	pack       *pack.Pack
	production eval.Entry
	now        int64 // the end of the log, seconds since 1970

	viewRows, viewHours []int32
	views               []int  // before the measured part
	viewsNote           string // what views count
	sessions            [][]int32
	sessionWeight       []float64
	learntFrom          string
	from, to            []int32 // what readers went on to in the measured part

	words func(ctx context.Context, articles []pack.Article, name string) (rank func(row, k int) []int, reason string, err error)
}

// packBaselines are the baselines of those names for what a pack holds, and of
// those that cannot be made, why. production may be the zero Entry. Texts come
// from the site, where there is one.
func (e *env) packBaselines(ctx context.Context, p *pack.Pack, production eval.Entry, names []string, opts baselineOptions) (entries []eval.Entry, leftOut []string, err error) {
	d := &baselineData{opts: opts, articles: p.Articles, pack: p, production: production, words: e.rankByWords, learntFrom: beforeMeasured}
	if opts.From.IsZero() {
		d.learntFrom = beforeLastWeek
	}
	last := int32(math.MinInt32)
	for _, hours := range [][]int32{p.Impressions.Hour, p.Reads.Hour} {
		if len(hours) > 0 {
			last = max(last, slices.Max(hours))
		}
	}
	switch {
	case last > math.MinInt32:
		d.now = int64(last+1) * 3600
	default:
		for i := range p.Articles {
			if at := p.Articles[i].Published; !at.IsZero() {
				d.now = max(d.now, at.Unix())
			}
		}
	}
	from := last + 1 - packWindow
	if !opts.From.IsZero() {
		from = int32(opts.From.Unix() / 3600)
	}
	if len(p.Reads.Item) > 0 {
		d.learnReads(&p.Reads, from)
	} else if p.Impressions.Len() > 0 {
		d.learnClicks(&p.Impressions, from)
	}
	return d.entries(ctx, names)
}

// learnReads takes from page views what readers did.
func (d *baselineData) learnReads(r *pack.Reads, from int32) {
	d.viewRows, d.viewHours = r.Item, r.Hour
	d.views, d.viewsNote = make([]int, len(d.articles)), "page views "+beforeMeasured
	for i, item := range r.Item {
		if r.Hour[i] < from {
			d.views[item]++
			if i > 0 && len(d.sessions) > 0 && r.Session[i] == r.Session[i-1] && r.Hour[i-1] < from {
				d.sessions[len(d.sessions)-1] = append(d.sessions[len(d.sessions)-1], item)
				continue
			}
			d.sessions = append(d.sessions, []int32{item})
			d.sessionWeight = append(d.sessionWeight, halfLife(from-r.Hour[i]))
		} else if i > 0 && r.Session[i] == r.Session[i-1] {
			d.from, d.to = append(d.from, r.Item[i-1]), append(d.to, item)
		}
	}
}

// learnClicks takes from lists and clicks what readers did, where no page views are
// known: an article was viewed when its list was shown.
func (d *baselineData) learnClicks(im *pack.Impressions, from int32) {
	d.viewRows, d.viewHours = im.Source, im.Hour
	d.views, d.viewsNote = make([]int, len(d.articles)), "lists shown under it "+beforeMeasured
	session := map[int32]int{}
	for i := range im.Len() {
		source := im.Source[i]
		before := im.Hour[i] < from
		if before {
			d.views[source]++
			at, known := session[im.Session[i]]
			if !known {
				at = len(d.sessions)
				session[im.Session[i]] = at
				d.sessions, d.sessionWeight = append(d.sessions, nil), append(d.sessionWeight, halfLife(from-im.Hour[i]))
			}
			d.sessions[at] = append(d.sessions[at], source)
		}
		begin, end := im.Items(i)
		for j := begin; j < end; j++ {
			switch {
			case im.Flags[j]&pack.Clicked == 0:
			case before:
				at := session[im.Session[i]]
				d.sessions[at] = append(d.sessions[at], im.Item[j])
			default:
				d.from, d.to = append(d.from, source), append(d.to, im.Item[j])
			}
		}
	}
}

// halfLife is the weight of what is so many hours old.
func halfLife(hours int32) float64 { return math.Exp2(-float64(hours) / togetherHalf) }

// readBaselines are the baselines of those names for a log of reads, and of those
// that cannot be made, why.
func (e *env) readBaselines(ctx context.Context, truth *eval.Truth, names []string, opts baselineOptions) (entries []eval.Entry, leftOut []string, err error) {
	d := &baselineData{opts: opts, articles: truth.Catalogue(), words: e.rankByWords, learntFrom: beforeMeasured}
	for i := range d.articles {
		if at := d.articles[i].Published; !at.IsZero() {
			d.now = max(d.now, at.Unix())
		}
	}
	if truth.ByTime {
		d.now = truth.To.Unix()
		d.viewRows, d.viewHours = truth.Reads()
	}
	switch truth.Split {
	case eval.NoSplit:
		d.views, d.viewsNote = truth.ReadNext(), ""
	case eval.SplitByTime:
		d.views, d.viewsNote = truth.Views(), "reads "+beforeMeasured
	case eval.SplitByReader:
		d.views, d.viewsNote = truth.Views(), "reads of the readers that are not measured (no time split)"
		d.learntFrom = "by the readers that are not measured (no time split)"
	}
	for _, s := range truth.Before {
		weight := 1.0
		if len(s.Hours) > 0 {
			weight = halfLife(int32(truth.From.Unix()/3600) - s.Hours[0])
		}
		d.sessions, d.sessionWeight = append(d.sessions, s.Rows), append(d.sessionWeight, weight)
	}
	for from, to := range truth.NextRead() {
		d.from, d.to = append(d.from, from), append(d.to, to)
	}
	return d.entries(ctx, names)
}

func (d *baselineData) entries(ctx context.Context, names []string) (entries []eval.Entry, leftOut []string, err error) {
	d.row = make(map[data.ArticleID]int, len(d.articles))
	for row := range d.articles {
		d.row[data.ArticleID(d.articles[row].ID)] = row
	}
	for _, name := range names {
		entry, reason, err := d.entry(ctx, name)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", name, err)
		}
		if reason != "" {
			leftOut = append(leftOut, name+" is left out: "+reason)
			continue
		}
		entry.Name = name
		entries = append(entries, entry)
	}
	return entries, leftOut, nil
}

// entry makes one baseline, or says why it cannot be made.
func (d *baselineData) entry(ctx context.Context, name string) (entry eval.Entry, reason string, err error) {
	rows := articleRanker{articles: d.articles, row: d.row}
	switch name {
	case "random":
		entry.Note = fmt.Sprintf("drawn with seed %d", d.opts.Seed)
		rows.rank = d.random()
	case "popular-24h":
		if len(d.viewRows) == 0 {
			return entry, "no log with times says what was viewed in an hour", nil
		}
		entry.Note = fmt.Sprintf("most viewed in the %d hours before", trendingHours)
		trending := baseline.NewTrending(len(d.articles), d.viewRows, d.viewHours, trendingHours)
		entry.Ranker = d.timed(func(row, k int, at int64) []int { return trending.RankAt(row, k, int(at/3600)) })
		return entry, "", nil
	case "popular":
		if !slices.ContainsFunc(d.views, func(n int) bool { return n > 0 }) {
			return entry, "nothing was viewed before the measured part of the log", nil
		}
		entry.Note = "most " + d.viewsNote
		if d.viewsNote == "" {
			entry.Note = "what is read next most often in this same log, and so optimistic"
		}
		rows.rank = baseline.NewPopular(d.views).Rank
	case "recent", "same-section":
		return d.recent(name)
	case "bm25", "tfidf":
		rank, reason, err := d.words(ctx, d.articles, name)
		if err != nil || reason != "" {
			return entry, reason, err
		}
		entry.Note = map[string]string{
			"bm25":  "more like this: BM25 for the 25 most telling words, the title counting three times",
			"tfidf": "cosine of weighted words",
		}[name]
		rows.rank = madeAhead(len(d.articles), rank)
	case "co-click":
		if len(d.sessions) == 0 {
			return entry, "nothing was read before the measured part of the log, from which it could learn", nil
		}
		entry.Note = "what is read in the same sessions, " + d.learntFrom
		rows.rank = madeAhead(len(d.articles), baseline.NewTogether(len(d.articles), d.sessions, d.sessionWeight, togetherLeast).Rank)
	case "editors":
		if d.pack == nil || d.production.Ranker == nil {
			return entry, "it needs a pack with what editors pinned and with production", nil
		}
		if !slices.ContainsFunc(d.pack.Overrides, func(o pack.Override) bool { return o.Op == "pin" }) {
			return entry, "editors pinned nothing in this log, so that it would be production", nil
		}
		return eval.Entry{Note: "what editors pinned, then production", Ranker: eval.Editors(d.pack, d.production.Ranker)}, "", nil
	case "shuffled-production":
		if d.production.Ranker == nil {
			return entry, "there is no production", nil
		}
		note := fmt.Sprintf("the same %d links as production in an order by chance", d.opts.K)
		return eval.Entry{Note: note, Ranker: newShuffled(d)}, "", nil
	case "ceiling":
		if len(d.from) == 0 {
			return entry, "the log holds neither page views nor clicks in the measured part", nil
		}
		entry.Note = "what was opened most from each article in the measured part, in hindsight: not attainable"
		rows.rank = baseline.NewFollowed(d.from, d.to).Rank
	default:
		return entry, "", fmt.Errorf("there is no such baseline")
	}
	entry.Ranker = rows
	return entry, "", nil
}

// recent lists the newest, of all articles or of the section.
func (d *baselineData) recent(name string) (entry eval.Entry, reason string, err error) {
	published, known, section := make([]int64, len(d.articles)), make([]bool, len(d.articles)), make([]int, len(d.articles))
	number := map[string]int{"": -1}
	dated := false
	for i := range d.articles {
		a := &d.articles[i]
		if a.ID == "" {
			section[i] = -1
			continue
		}
		published[i], known[i] = a.Published.Unix(), !a.Published.IsZero()
		dated = dated || known[i]
		if _, seen := number[a.Section]; !seen {
			number[a.Section] = len(number) - 1
		}
		if name == "same-section" {
			section[i] = number[a.Section]
		}
	}
	switch {
	case !dated:
		return entry, "no article says when it was published", nil
	case name == "same-section" && len(number) == 1:
		return entry, "the articles have no sections", nil
	}
	entry.Note = map[string]string{"recent": "newest first", "same-section": "newest of the article's section"}[name]
	entry.Ranker = d.timed(baseline.NewRecentOfSection(published, known, section).RankAt)
	return entry, "", nil
}

// random draws from all articles but the one without an id.
func (d *baselineData) random() func(row, k int) []int {
	skip := 0
	if len(d.articles) > 0 && d.articles[0].ID == "" {
		skip = 1
	}
	draw := baseline.NewRandom(len(d.articles)-skip, d.opts.Seed)
	return func(row, k int) []int {
		list := draw.Rank(row-skip, k)
		for i := range list {
			list[i] += skip
		}
		return list
	}
}

// timed ranks the articles of d from hour to hour, in seconds since 1970. It keeps
// nothing else of d, which is large.
func (d *baselineData) timed(rankAt func(row, k int, at int64) []int) timedRanker {
	now := d.now
	return timedRanker{articleRanker{d.articles, d.row, func(row, k int) []int { return rankAt(row, k, now) }}, rankAt}
}
