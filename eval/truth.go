package eval

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/alsolike/alsolike/data"
)

// A Log is a log of reads, in its order.
type Log struct {
	Reads iter.Seq[Read]

	// What whoever read the log has left out of Reads already.
	WithoutReader int // reads that name no reader
	Unreadable    int // lines that are no reads
}

// A Read is one line of a log: a reader read something.
type Read struct {
	Reader string    // pseudonym of a reader or session; empty if the log does not say
	Item   string    // what was read, as the log writes it
	Time   time.Time // zero if the log does not say
}

// Truth is what readers did: for every reader the pairs of articles read one
// after the other.
type Truth struct {
	Join     Join
	Articles []data.ArticleID // with text, ascending: every candidate of every list
	ByTime   bool             // a reader's reads were ordered by their times, not by the log
	Readers  int              // readers with at least one joined read

	pairs  []pair // by reader, then in reading order
	starts []int  // the pairs of the i-th reader that has any are pairs[starts[i]:starts[i+1]]
}

// A pair says that a reader went from one article to another; both are rows of
// Truth.Articles.
type pair struct{ from, to int32 }

// Pairs is the number of pairs, each counted once for a reader.
func (t *Truth) Pairs() int { return len(t.pairs) }

// ReadersWithPairs is the number of readers that the measures average over.
func (t *Truth) ReadersWithPairs() int { return len(t.starts) - 1 }

// ReadNext counts for every article how many pairs lead to it.
func (t *Truth) ReadNext() []int {
	counts := make([]int, len(t.Articles))
	for _, p := range t.pairs {
		counts[p.to]++
	}
	return counts
}

// NewTruth joins the reads of a log to the articles with text.
// It returns a *DataError if that leaves nothing to evaluate: no article, no
// read, none that joins, or no reader with two different articles.
func NewTruth(articles []data.ArticleID, log Log) (*Truth, error) {
	articles = slices.Clone(articles)
	slices.Sort(articles)
	articles = slices.Compact(articles)
	if len(articles) == 0 {
		return nil, dataErrorf("there is no article with text; import the site's articles first (alsolike import)")
	}
	t := &Truth{Articles: articles}
	visits, err := t.collect(log)
	if err != nil {
		return nil, err
	}
	t.Readers = len(visits)
	if t.ByTime {
		for _, v := range visits {
			slices.SortStableFunc(v.visits, func(a, b visit) int { return cmp.Compare(a.at, b.at) })
		}
	}
	t.pair(visits)
	if len(t.pairs) == 0 {
		return nil, dataErrorf("no reader read two different articles with text one after the other: %d reads joined, by %d readers; map reader to the column that stays the same from read to read", t.Join.Joined, t.Readers)
	}
	return t, nil
}

// A visit is one read of an article.
type visit struct {
	row int32
	at  int64 // nanoseconds since 1970
}

// readerVisits are all visits of one reader.
type readerVisits struct {
	reader string
	visits []visit
}

// collect joins the reads and sorts them by reader. It fills in t.Join and
// t.ByTime.
func (t *Truth) collect(log Log) ([]*readerVisits, error) {
	join := newJoiner(t.Articles)
	byReader := map[string]*readerVisits{}
	var strangers []string // items that did not join, for the message when none does
	t.ByTime = true
	t.Join = Join{Reads: log.WithoutReader + log.Unreadable, WithoutReader: log.WithoutReader, Unreadable: log.Unreadable}
	for r := range log.Reads {
		t.Join.Reads++
		if r.Reader == "" {
			t.Join.WithoutReader++
			continue
		}
		row, asNumber, ok := join.find(r.Item)
		if !ok {
			t.Join.WithoutArticle++
			if r.Item != "" && len(strangers) < examples && !slices.Contains(strangers, r.Item) {
				strangers = append(strangers, r.Item)
			}
			continue
		}
		t.Join.Joined++
		if asNumber {
			t.Join.AsNumber++
		}
		t.ByTime = t.ByTime && !r.Time.IsZero()
		v := byReader[r.Reader]
		if v == nil {
			v = &readerVisits{reader: r.Reader}
			byReader[r.Reader] = v
		}
		v.visits = append(v.visits, visit{int32(row), r.Time.UnixNano()})
	}
	switch {
	case t.Join.Reads == 0:
		return nil, dataErrorf("the log holds no reads")
	case t.Join.Joined+t.Join.WithoutArticle == 0:
		return nil, dataErrorf("none of the %d reads names a reader; map reader to the column that tells readers or sessions apart", t.Join.Reads)
	case t.Join.Joined == 0:
		return nil, nothingJoins(t.Join.WithoutArticle, strangers, t.Articles)
	}
	readers := make([]*readerVisits, 0, len(byReader))
	for _, v := range byReader {
		readers = append(readers, v)
	}
	slices.SortFunc(readers, func(a, b *readerVisits) int { return strings.Compare(a.reader, b.reader) })
	return readers, nil
}

// pair makes the pairs of every reader.
func (t *Truth) pair(readers []*readerVisits) {
	t.starts = []int{0}
	for _, r := range readers {
		seen := map[pair]bool{}
		for i := 1; i < len(r.visits); i++ {
			p := pair{r.visits[i-1].row, r.visits[i].row}
			if p.from == p.to || seen[p] {
				continue
			}
			seen[p] = true
			t.pairs = append(t.pairs, p)
		}
		if len(seen) > 0 {
			t.starts = append(t.starts, len(t.pairs))
		}
	}
}
