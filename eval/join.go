package eval

import (
	"slices"
	"strings"

	"github.com/alsolike/alsolike/data"
)

// Join counts how the reads of a log met the articles with text. Every read is
// one of Unreadable, WithoutReader, WithoutArticle and Joined.
type Join struct {
	Reads          int // lines of the log, without a header
	Unreadable     int // that say nothing one could use
	WithoutReader  int // that name no reader
	WithoutArticle int // that name a reader and something else than an article with text
	Joined         int // that say which reader read which article with text
	AsNumber       int // of Joined: ids that agree only as numbers ("1430.0" and "1430")
}

// Rate is the share of reads that joined, 0 to 1.
func (j Join) Rate() float64 {
	if j.Reads == 0 {
		return 0
	}
	return float64(j.Joined) / float64(j.Reads)
}

// A joiner finds the article that an item of a log means.
type joiner struct {
	exact  map[string]int
	number map[string]int // whole numbers in their plain form; -1: several articles
}

func newJoiner(articles []data.ArticleID) *joiner {
	j := &joiner{exact: make(map[string]int, len(articles)), number: map[string]int{}}
	for row, id := range articles {
		j.exact[string(id)] = row
		plain, ok := PlainNumber(string(id))
		if !ok {
			continue
		}
		if _, twice := j.number[plain]; twice {
			row = -1
		}
		j.number[plain] = row
	}
	return j
}

// find is the row of the article that item means, and whether they agree only
// as numbers.
func (j *joiner) find(item string) (row int, asNumber, ok bool) {
	if row, ok := j.exact[item]; ok {
		return row, false, true
	}
	if plain, ok := PlainNumber(item); ok {
		if row, ok := j.number[plain]; ok && row >= 0 {
			return row, true, true
		}
	}
	return 0, false, false
}

// PlainNumber is the whole number that s writes, without a fraction of zeros:
// "1430.0" is "1430". Logs have ids so that went through a table of numbers. It works
// on digits, not on floats, so that long ids keep theirs.
func PlainNumber(s string) (string, bool) {
	whole, fraction, dotted := strings.Cut(s, ".")
	if dotted && (fraction == "" || strings.Trim(fraction, "0") != "") {
		return "", false
	}
	digits := strings.TrimPrefix(whole, "-")
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return "", false
	}
	return whole, true
}

// nothingJoins explains why no read of a log of so many reads is of any of
// articles, shown by a few items of the log.
func nothingJoins(reads int, items []string, articles []data.ArticleID) error {
	var ids []string
	for _, id := range articles[:min(len(articles), examples)] {
		ids = append(ids, string(id))
	}
	return dataErrorf("none of the %d reads is of an article with text: the log's items look like %s, the articles' ids like %s; %s",
		reads, quoteAll(items), quoteAll(ids), likelyCure(items, articles))
}

// examples is how many ids a message shows.
const examples = 3

func likelyCure(items []string, articles []data.ArticleID) string {
	if len(items) == 0 {
		return "the column mapped to item is empty; name another with --map item=COLUMN"
	}
	folded := map[string]bool{}
	for _, id := range articles {
		folded[fold(string(id))] = true
	}
	if slices.ContainsFunc(items, func(s string) bool { return folded[fold(s)] }) {
		return "they differ only in case or white space; write the log's items as the articles' ids"
	}
	isURL := func(s string) bool { return strings.Contains(s, "://") }
	switch logs, ours := slices.ContainsFunc(items, isURL), isURL(string(articles[0])); {
	case logs && !ours:
		return "the log names pages by URL; map item to the column with the article's id, or import the articles with id=URL's column"
	case ours && !logs:
		return "the articles' ids are URLs; map item to the log's column with the page's URL"
	}
	return "map item to the log's column with the article's id, or import the articles that this log is about (--data names the site's folder)"
}

func fold(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

func quoteAll(ss []string) string {
	if len(ss) == 0 {
		return "nothing"
	}
	var quoted []string
	for _, s := range ss {
		quoted = append(quoted, data.Quote(s))
	}
	return strings.Join(quoted, ", ")
}
