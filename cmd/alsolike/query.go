package main

import (
	"time"

	"github.com/spf13/pflag"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend"
)

// queryFlags are the flags of commands that ask for lists: the parameters of
// /v1/related but for the article.
type queryFlags struct {
	limit, threshold                     int
	lang, placement, since, fallback     string
	exclude                              []string
	sections, notSections, tags, notTags []string
}

// add adds them to flags; limit is the default.
func (f *queryFlags) add(flags *pflag.FlagSet, limit int) {
	flags.IntVar(&f.limit, "limit", limit, "how many links at most, if --placement does not say")
	flags.StringVar(&f.placement, "placement", "", "as the placement of this `name` has it")
	flags.StringVar(&f.lang, "lang", "", "`languages` of the links: own, any, or tags such as en,zh-Hant (default: the placement's, else own)")
	flags.StringArrayVar(&f.sections, "section", nil, "only links in this `section` (repeatable: in one of them)")
	flags.StringArrayVar(&f.notSections, "not-section", nil, "no links in this `section` (repeatable)")
	flags.StringArrayVar(&f.tags, "tag", nil, "only links with this `tag` (repeatable: with one of them)")
	flags.StringArrayVar(&f.notTags, "not-tag", nil, "no links with this `tag` (repeatable)")
	flags.StringVar(&f.since, "since", "", "only links published since this `time`: 12h, 90d, 4w or 2026-12-31")
	flags.StringArrayVar(&f.exclude, "exclude", nil, "`id` of an article not to link (repeatable)")
	flags.IntVar(&f.threshold, "threshold", 0, "least `score` of a link, 0 to 100, that no editor pinned (default: the placement's, else list.threshold)")
	flags.StringVar(&f.fallback, "fallback", "", "what fills a short list: `none|section|latest|popular` (default: the placement's, else none)")
}

// query is what they ask; most is the greatest limit.
func (f *queryFlags) query(flags *pflag.FlagSet, most int, now time.Time) (q recommend.Query, err error) {
	if f.limit < 1 || f.limit > most {
		return q, usagef("--limit is %d; it may be 1 to %d", f.limit, most)
	}
	q = recommend.Query{Limit: f.limit, Placement: f.placement, Filter: recommend.Filter{
		Sections: f.sections, NotSections: f.notSections, Tags: f.tags, NotTags: f.notTags,
	}}
	if f.placement != "" && !flags.Changed("limit") {
		q.Limit = 0 // as the placement has it
	}
	if flags.Changed("threshold") {
		q.Threshold = &f.threshold
	}
	for _, id := range f.exclude {
		q.Exclude = append(q.Exclude, data.ArticleID(id))
	}
	if f.lang != "" {
		if q.Languages, err = recommend.ParseLanguages(f.lang); err != nil {
			return q, usagef("--%v", err)
		}
	}
	if f.since != "" {
		since, err := recommend.ParseSince(f.since)
		if err != nil {
			return q, usagef("--%v", err)
		}
		q.Filter.Since = since.From(now)
	}
	if f.fallback != "" {
		if q.Fallback, err = recommend.ParseFallback(f.fallback); err != nil {
			return q, usagef("--%v", err)
		}
	}
	return q, nil
}
