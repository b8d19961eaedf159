package eval

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval/pack"
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
// after the other, in the part of the log that is measured.
type Truth struct {
	Join     Join
	Articles []data.ArticleID // with text, ascending: every candidate of every list
	ByTime   bool             // a reader's reads were ordered by their times, not by the log
	Readers  int              // readers with at least one joined read
	Split    Split
	From, To time.Time // of what is measured, to the hour; zero where reads have no times

	// Before is what was read outside of the part that is measured, for rankings
	// that learn from reads: earlier, or by other readers. It is empty without a
	// split.
	Before []Session

	pairs   []pair // by reader, then in reading order
	starts  []int  // the pairs of the i-th reader that has any are pairs[starts[i]:starts[i+1]]
	catalog []pack.Article
	blocks  *standing          // what editors had blocked; nil if that is not known
	views   []int              // reads of every article in Before, or in everything without a split
	linked  map[linkOnDay]bool // of the pairs: whether they were shown; nil if the log does not tell

	readRows, readHours []int32 // of all reads that joined
}

// Split says how what is measured was kept apart from what rankings may learn.
type Split string

const (
	NoSplit       Split = ""        // the whole log is measured
	SplitByTime   Split = "time"    // the end of the log is measured
	SplitByReader Split = "readers" // three readers of ten are measured
)

// A Session is what one reader read, in order.
type Session struct {
	Rows  []int32 // places in Truth.Articles
	Hours []int32 // whole hours since 1970, UTC; nil where reads have no times
}

// A pair says that a reader went from one article to another; both are rows of
// Truth.Articles. hour and moment are of when the first was read.
type pair struct{ from, to, hour, moment int32 }

// linkOnDay is a link to item under source on that day since 1970.
type linkOnDay struct{ source, item, day int32 }

func (p pair) link() linkOnDay { return linkOnDay{p.from, p.to, p.hour / hoursOfDay} }

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

// NextRead yields every pair: the rows of the article that was read and of the one
// read next.
func (t *Truth) NextRead() iter.Seq2[int32, int32] {
	return func(yield func(int32, int32) bool) {
		for _, p := range t.pairs {
			if !yield(p.from, p.to) {
				return
			}
		}
	}
}

// Views counts the reads of every article: in Before, or in the whole log when it
// is not split.
func (t *Truth) Views() []int { return t.views }

// Catalogue is the articles that lists are made of, by id, as whoever made the
// truth knows them.
func (t *Truth) Catalogue() []pack.Article { return t.catalog }

// Reads is every read that joined, measured or not: places in Articles, and whole
// hours since 1970. Both are nil where reads have no times.
func (t *Truth) Reads() (rows, hours []int32) { return t.readRows, t.readHours }

// Ungated says why no gate may judge a number that rests on this truth; empty if
// gates may.
func (t *Truth) Ungated() string {
	if !t.ByTime {
		return "no time split: the reads have no times"
	}
	return ""
}

// TruthOptions say which part of a log is measured. The zero value works.
type TruthOptions struct {
	// Days is the length of the end of the log that is measured: 0 is 7 for a
	// pack and everything for a log of reads, -1 is everything. From, unless it is
	// zero, is the moment at which that part begins instead.
	Days int
	From time.Time

	// SplitReaders measures three of ten readers, chosen by a hash of their names,
	// so that rankings can learn from the others. It is for reads without times.
	SplitReaders bool
}

// NewTruth joins the reads of a log to the articles with text, and measures all
// of it.
// It returns a *DataError if that leaves nothing to evaluate: no article, no
// read, none that joins, or no reader with two different articles.
func NewTruth(articles []data.ArticleID, log Log) (*Truth, error) {
	catalogue := make([]pack.Article, len(articles))
	for i, id := range articles {
		catalogue[i] = pack.Article{ID: string(id)}
	}
	return NewTruthOf(catalogue, log, TruthOptions{})
}

// NewTruthOf is NewTruth for articles of which it is known when they were
// published and taken down: where reads have times, a list is measured by what
// existed when its reader looked at it. Born and Died are worked out here.
//
// Besides, it returns a *DataError if the log cannot be split as opts want.
func NewTruthOf(articles []pack.Article, log Log, opts TruthOptions) (*Truth, error) {
	articles = slices.Clone(articles)
	slices.SortFunc(articles, func(a, b pack.Article) int { return strings.Compare(a.ID, b.ID) })
	articles = slices.CompactFunc(articles, func(a, b pack.Article) bool { return a.ID == b.ID })
	if len(articles) == 0 {
		return nil, dataErrorf("there is no article with text; import the site's articles first (alsolike import)")
	}
	moment := numberMoments(articles)
	t := newTruth(articles)
	visits, err := t.collect(log)
	if err != nil {
		return nil, err
	}
	t.Readers = len(visits)
	if t.ByTime {
		for _, v := range visits {
			slices.SortStableFunc(v.visits, func(a, b visit) int { return cmp.Compare(a.at, b.at) })
			for i := range v.visits {
				v.visits[i].hour = int32(floorDiv(v.visits[i].at, int64(time.Hour)))
				v.visits[i].moment = moment(v.visits[i].at)
			}
		}
	}
	if err := t.split(visits, opts); err != nil {
		return nil, err
	}
	if len(t.pairs) == 0 {
		return nil, dataErrorf("no reader read two different articles with text one after the other: %d reads joined, by %d readers; map reader to the column that stays the same from read to read", t.Join.Joined, t.Readers)
	}
	return t, nil
}

func newTruth(articles []pack.Article) *Truth {
	t := &Truth{catalog: articles, Articles: make([]data.ArticleID, len(articles)), views: make([]int, len(articles))}
	for i := range articles {
		t.Articles[i] = data.ArticleID(articles[i].ID)
	}
	return t
}

// A visit is one read of an article.
type visit struct {
	row          int32
	session      int32 // pairs are made within one; 0 where the log knows readers only
	from         int32 // the article the reader came from; -1 if not known
	hour, moment int32
	at           int64 // nanoseconds since 1970
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
		v.visits = append(v.visits, visit{row: int32(row), from: -1, at: r.Time.UnixNano()})
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
