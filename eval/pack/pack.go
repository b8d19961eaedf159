package pack

import "time"

// A Pack is an event log joined to its articles and to the snapshots it was
// served from, in columns and without any reader's id. Articles, variants and
// snapshots are numbered by their places in the slices below.
type Pack struct {
	// Simulated says how the log was made up; empty for a log of real readers.
	// Whatever shows a number from this pack shows this too.
	Simulated string

	// Unordered says that the log does not tell positions: the items of a list
	// stand in the order of the log, which means nothing.
	Unordered bool

	// Articles ascend by ID. The first has none ("") if the log does not tell under
	// which article its lists stood: it stands for that article, and is itself never
	// born, so that it can be no link.
	Articles  []Article
	Snapshots []Snapshot // ascending by name
	Variants  []string   // ascending; "" is the variant of impressions that name none

	// What the codes of the columns stand for. Code 0 is always "", unknown.
	Widgets, Devices, Referrers, Languages []string

	Policies    []Policy
	Impressions Impressions
	Reads       Reads
	Overrides   []Override

	// Checks counts what the check of the log found, by the names of package check.
	Checks map[string]int
}

// An Article is an entry of the catalogue.
type Article struct {
	ID, Title, URL, Section, Author, Lang, Group string
	Tags                                         []string
	Published                                    time.Time // zero if not known
	Unpublished                                  time.Time // zero if it still stands

	// The article existed in the moments from Born up to, but not including,
	// Died; see Impressions.Moment. Born is 0 if the publication is not known,
	// Died is Never if it still stands.
	Born, Died int32

	// Vector holds the direction of the article's vector, quantised to ±127;
	// nil if it has none.
	Vector []int8
}

// Never is the Died of an article that still stands.
const Never = 1<<31 - 1

// Exists reports whether the article was published and not yet taken down in
// that moment.
func (a *Article) Exists(moment int32) bool { return a.Born <= moment && moment < a.Died }

// A Snapshot is the lists of one refresh, best first, in the engine's own order
// and longer than what is shown. The list of article a is
// Item[Start[a]:Start[a+1]], with the engine's scores beside it.
type Snapshot struct {
	Name  string
	Start []int32 // len(Articles)+1
	Item  []int32
	Score []float64
}

// List is the list under article a with its scores.
func (s *Snapshot) List(a int32) (items []int32, scores []float64) {
	return s.Item[s.Start[a]:s.Start[a+1]], s.Score[s.Start[a]:s.Start[a+1]]
}

// A Policy is how a list was drawn, as the log tells it: Kind is "fixed" or
// "plackett-luce". Equal policies are stored once.
type Policy struct {
	Kind   string
	Pool   []int32
	Logits []float64
	Keep   int // top slots left as they were
}

// Impressions are the lists served, one entry a list in every column. Rows stand in
// an order that says nothing about time or readers.
type Impressions struct {
	Source   []int32 // the article under which the list stood
	Hour     []int32 // whole hours since 1970, UTC
	Moment   []int32 // how many distinct times of publication or taking down lay before it, or at it
	Variant  []uint8
	Snapshot []int16 // -1: the log names none, or one that the pack does not have
	Policy   []int32 // -1: the log tells none
	Reader   []int32 // random number of the reader; of the session, or of the impression, where the log names no reader
	Session  []int32 // random number of the session; of the impression where the log names none
	Widget   []uint8
	Device   []uint8
	Referrer []uint8
	Lang     []uint8
	Seen     []bool // the log says of this impression which slots were seen

	// The items of impression i are Item[Start[i]:Start[i+1]], in the order of
	// their positions, which start at 1 and have no gaps. The columns below go
	// with Item.
	Start []int32 // one more than there are impressions
	Item  []int32
	P     []float64 // conditional probability of the item at its slot given those above; NaN if not logged
	Flags []Flags
	Dwell []uint16 // seconds read after the click, at most 600; nil if the log has none
}

// Len is the number of impressions.
func (im *Impressions) Len() int { return len(im.Source) }

// Items is the range of the items of impression i in Item, P, Flags and Dwell.
func (im *Impressions) Items(i int) (from, to int32) { return im.Start[i], im.Start[i+1] }

// Flags say what is known of a shown item.
type Flags uint8

const (
	Clicked   Flags = 1 << iota
	Satisfied       // clicked, then read for 15 s or scrolled through by half
	Viewed          // at least half visible for one second
	Pinned          // put there by an editor; belongs to every policy alike
	Filled          // put there by a fallback
)

// Reads are page views, those of one reader standing together and in order of
// time. Readers are numbered as in Impressions.
type Reads struct {
	Reader, Session []int32
	Item            []int32
	Hour            []int32
	Moment          []int32
	From            []int32 // the article the reader came from; -1 if not known
}

// An Override is what an editor did: pin, block, unpin, unblock, boost or bury.
type Override struct {
	Op       string
	Source   int32  // -1: every article, or every one of Section
	Section  string // "" unless it holds for a section
	Item     int32
	Position int
	Moment   int32 // as Impressions.Moment, of when it was done
	Hour     int32
	Until    int32 // hour at which it ends; Never
}
