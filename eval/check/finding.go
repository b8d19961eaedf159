package check

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/alsolike/alsolike/data/clicklog"
)

// Names of what is counted.
const (
	impressionsValid = "impressions_valid"
	clicksValid      = "clicks_valid"

	duplicateImpression    = "duplicate_impression_id"
	conflictingImpression  = "conflicting_impression_id"
	clickWithoutImpression = "click_without_impression"
	clickBefore            = "click_before_impression"
	clickNotShown          = "click_on_item_not_shown"
	clickPosition          = "click_position_mismatch"
	clickLate              = "click_after_24h"
	clickOnInvalid         = "click_on_invalid_impression"
	repeatedItem           = "repeated_item_in_list"
	positionGap            = "position_gap"
	propensityOutside      = "propensity_not_in_0_1"
	propensityMissing      = "propensity_missing"
	propensityDiffers      = "propensity_differs_from_policy"
	notYetPublished        = "item_not_yet_published"
	alreadyUnpublished     = "item_already_unpublished"
	unknownItem            = "unknown_item"
	unknownSeed            = "unknown_seed"
	seedInList             = "seed_in_own_list"
	emptyList              = "empty_list"
	moreClicks             = "more_clicks_than_items"
	heavyReader            = "reader_with_many_clicks"
	variantShares          = "variant_shares_off"
	viewWithoutImpression  = "view_without_impression"
	viewOutside            = "view_outside_list"

	botMinute          = "over_60_lists_a_minute"
	botSession         = "over_200_lists_a_session"
	botWithoutClick    = "over_500_lists_without_click"
	risingClicks       = "clicks_rise_with_position"
	singleRanking      = "single_ranking"
	missingDays        = "days_missing"
	noPositions        = "no_positions"
	noTimes            = "no_times"
	noCatalogue        = "no_catalogue"
	nothingValid       = "nothing_valid"
	undatedArticle     = "article_without_date"
	badArticleID       = "invalid_article_id"
	publishedFirstSeen = "published_when_first_seen"
	pageUnknown        = "pageview_of_unknown_article"
	overrideUnknown    = "override_of_unknown_article"
)

// documented are the counts that are always told.
var documented = []string{
	impressionsValid, clicksValid, duplicateImpression, clickWithoutImpression, clickBefore, clickNotShown, clickPosition,
	repeatedItem, positionGap, propensityOutside, propensityMissing, notYetPublished, unknownItem, seedInList, emptyList,
	clicklog.FaultTime, clicklog.FaultMalformed, clicklog.FaultUnknownEvent, clicklog.FaultMissing,
}

// A Finding is one kind of thing that is wrong with a log, or odd about it.
type Finding struct {
	Name     string
	Count    int
	Of       int     // what Share is a share of; 0: it is none
	Unit     string  // what Of counts: "lines", "impressions", …
	Share    float64 // Count / Of
	Limit    float64 // the share above which it is fatal; -1: never
	Fatal    bool
	Examples []string // at most five
	Text     string   // what it means and what to do, in plain sentences
}

// defaultLimit is the share from which a fault is fatal.
const defaultLimit = 0.01

// never is the limit of what is only worth a warning.
const never = -1

// A rule says what is made of a count.
type rule struct {
	name  string
	of    string // the count that it is a share of
	limit float64
	text  string
}

// rules are in the order in which findings are told.
var rules = []rule{
	{noCatalogue, "", never, "There is no catalogue of articles, so that nobody can tell whether an article existed when it was shown. Give one with --articles FILE."},
	{undatedArticle, "articles", never, "These articles have no date of publication, so that nobody can tell whether they existed when they were shown. Add \"published\" to them."},
	{publishedFirstSeen, "articles", never, "These articles have no date of publication; the moment in which they were first shown stands in for it, so that a ranking that knew them too early is not found out."},
	{badArticleID, "", never, "These ids cannot name an article: they are over 512 bytes long or hold control characters. The articles were left out of the catalogue."},
	{noPositions, "", never, "The log does not tell at which positions items stood. Whatever needs positions is refused: the position curve and all estimates of clicks."},
	{noTimes, "", never, "The log tells no times. Nothing is said by day, and nobody can tell whether an article existed when it was shown."},

	{nothingValid, "", 0, "Not a single list or page view of the log is valid. Look at the first ten events as they are understood: --dry-run."},
	{clicklog.FaultFile, "", 0, "This file could not be read, or not to its end."},
	{clicklog.FaultMixedUnits, "lines", 0, "These times count other units than the first ones of their file. Write seconds, milliseconds or microseconds throughout."},
	{clicklog.FaultMalformed, "lines", defaultLimit, "These lines cannot be read and were left out. Look whether the log was cut off or written by two programs at once."},
	{clicklog.FaultMissing, "lines", defaultLimit, "These lines lack a field that their event needs, and were left out. Have it logged."},
	{clicklog.FaultWrongType, "lines", defaultLimit, "In these lines a field holds something else than it should; they were left out. Correct what writes the log."},
	{clicklog.FaultUnknownEvent, "lines", defaultLimit, "These lines are of a kind that is not known, and were left out. Leave them out of the log, or correct their \"t\"."},
	{clicklog.FaultTime, "lines", defaultLimit, "The times of these lines cannot be read; they were left out. Write times with their zone, such as 2026-03-02T10:15:00Z."},

	{conflictingImpression, "impressions", 0, "These ids name two impressions that differ. Only the first was kept. Give every serving an id of its own."},
	{duplicateImpression, "impressions", never, "These impressions stand in the log more than once, word for word; each was counted once."},
	{repeatedItem, "impressions", 0, "These lists show an article twice and were left out. Look for the fault in what serves the lists, since readers saw it too."},
	{positionGap, "impressions", defaultLimit, "The positions of these lists do not count 1, 2, 3, …; they were left out. Log every slot, with its position from 1."},
	{emptyList, "impressions", defaultLimit, "These lists hold nothing and were left out. Log a list only when it was shown."},
	{seedInList, "impressions", defaultLimit, "These lists link to the article under which they stand, and were left out."},
	{propensityOutside, "impressions", defaultLimit, "A p of these lists is not above 0 and at most 1; they were left out. Log the chance of each item at its slot, given those above."},
	{propensityMissing, "impressions", defaultLimit, "These lists lack the p of some item and were left out. A list drawn at random can only be used with all of them."},
	{propensityDiffers, "impressions", defaultLimit, "The p of these lists are not what their policy says; they were left out. Log pool and logits as they were when the list was drawn."},
	{unknownItem, "impressions", defaultLimit, "These lists show, or could have drawn, an article that the catalogue lacks; they were left out. Complete the catalogue."},
	{unknownSeed, "impressions", defaultLimit, "These lists stood under an article that the catalogue lacks, and were left out. Complete the catalogue."},
	{notYetPublished, "impressions", defaultLimit, "These lists show an article before the catalogue has it published, and were left out. Look whether the clocks and the dates of publication are right."},
	{alreadyUnpublished, "impressions", defaultLimit, "These lists show an article that had been taken down, and were left out. Look whether lists are served for too long."},

	{clickWithoutImpression, "clicks", defaultLimit, "These clicks are on lists that the log does not have, and were left out. Look whether impressions get lost, or begin the log earlier."},
	{clickOnInvalid, "clicks", never, "These clicks are on lists that were left out for the reasons told here, and were left out with them."},
	{clickBefore, "clicks", defaultLimit, "These clicks come before their list was served, and were left out. Look whether the clocks of browsers and servers are mixed."},
	{clickLate, "clicks", defaultLimit, "These clicks come over 24 hours after their list was served, and were left out. Look whether clocks are wrong or lists are cached."},
	{clickNotShown, "clicks", defaultLimit, "These clicks are on articles that their list did not show, and were left out. Look whether ids of lists are used twice."},
	{clickPosition, "clicks", defaultLimit, "These clicks name another position than the list has for the article, and were left out. Look whether one of them counts from 0."},
	{moreClicks, "impressions", defaultLimit, "These lists were clicked more often than they have items. Look for bots or a click that is sent twice; each item counts once."},
	{heavyReader, "readers", 0, "One reader made over 1 % of all clicks. Look for a bot, or for an id that many readers share, and leave it out."},
	{variantShares, "", 0, "The variants were not served in their planned shares, which chance would not do once in 1,000. Find out what loses lists of one of them before any comparison."},

	{viewWithoutImpression, "", never, "These views are of lists that the log does not have."},
	{viewOutside, "", never, "These views name a position that their list does not have."},
	{botMinute, "readers", never, "These readers were served over 60 lists in a minute. They look like bots; leave them out of the log."},
	{botSession, "", never, "These sessions were served over 200 lists. They look like bots; leave them out of the log."},
	{botWithoutClick, "readers", never, "These readers were served 500 lists or more and never clicked. They look like bots; leave them out of the log."},
	{risingClicks, "", never, "Readers click more at this slot than at the one before it, so that the list is no plain column. The position curve is then fitted freely, not as one that falls."},
	{singleRanking, "", never, "All lists come from one ranking, so that every article stood at the same slot all the time. How much of a click is due to the slot cannot be told."},
	{missingDays, "", never, "Days without a single list lie within the log. Look whether files are missing."},
	{pageUnknown, "pageviews", never, "These pages are no articles of the catalogue, such as front pages, and do not count as reading."},
	{overrideUnknown, "", never, "These overrides name articles or sections that the catalogue lacks, and were left out."},
}

// judge makes findings of the counts.
func (r *Result) judge(opts *Options) {
	of := map[string]int{
		"lines": r.Counts["events_read"], "impressions": r.Counts["impressions_read"], "clicks": r.Counts["clicks_read"],
		"pageviews": r.Counts["pageviews_read"], "readers": r.Counts["readers"], "articles": len(r.Pack.Articles),
	}
	for _, rule := range rules {
		n := r.Counts[rule.name]
		if n == 0 {
			continue
		}
		f := Finding{Name: rule.name, Count: n, Of: of[rule.of], Unit: rule.of, Limit: rule.limit, Text: rule.text}
		for _, e := range r.examples[rule.name] {
			if e != "" {
				f.Examples = append(f.Examples, e)
			}
		}
		if limit, ok := opts.Limits[rule.name]; ok {
			f.Limit = limit
		}
		if f.Of > 0 {
			f.Share = float64(n) / float64(f.Of)
		} else {
			f.Share = 1
		}
		f.Fatal = f.Limit != never && f.Share > f.Limit
		r.Findings = append(r.Findings, f)
	}
	slices.SortStableFunc(r.Findings, func(a, b Finding) int {
		rank := func(f Finding) int {
			switch {
			case f.Name == noCatalogue || f.Name == undatedArticle:
				return 0 // without dates nothing guards against knowing too much: told first
			case f.Fatal:
				return 1
			}
			return 2
		}
		return cmp.Compare(rank(a), rank(b))
	})
}

// Names are the names of all findings.
func Names() []string {
	names := make([]string, len(rules))
	for i, rule := range rules {
		names[i] = rule.name
	}
	return names
}

func (f *Finding) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d", f.Name, f.Count)
	if f.Of > 0 {
		fmt.Fprintf(&b, " of %d %s (%.2f %%)", f.Of, f.Unit, 100*f.Share)
	}
	fmt.Fprintf(&b, ". %s", f.Text)
	return b.String()
}
