package eval

import (
	"math"
	"slices"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval/estimate"
	"github.com/alsolike/alsolike/eval/metric"
	"github.com/alsolike/alsolike/eval/pack"
)

// A scene is what lists are measured against: the site in one moment, and what is
// known of its readers.
type scene struct {
	opts     ListOptions
	k        int
	articles []pack.Article
	row      map[data.ArticleID]int32
	seeds    []int32 // articles that exist, in order
	seedOf   []int32 // by article: its place in seeds; −1 if it does not exist
	moment   int32
	hour     int32
	at       time.Time

	traffic  []float64 // by seed: how often its list was shown or it was read; nil if nothing tells
	theta    []float64 // by slot, s.k of them
	byAge    []int32   // articles with a date, the newest first
	age      []float64 // by article, hours; NaN if its date is not known
	section  []int32   // by article; −1 if not known
	sections int
	length   []float64  // by article, of its vector; 0 if it has none
	dim      int        // length of the shortest vector; 0 if no article has any
	tags     [][]string // by article, ascending; nil where no article has any
	blocks   *standing
	pins     map[int32][]int32 // by seed: what is to stand there

	bits       []float64         // by article: how little known it is; nil if nobody reads
	percentile []float64         // by article, of views; nil if nobody reads
	sameDays   bool              // nothing lies before the measured part: bits, percentile and wanted come from itself
	next       map[int32][]int32 // by seed: what was read, or clicked, next in the measured part
	wanted     [][]float64       // by section of the seed: counts of the sections read next
	obvious    []*madeLists      // what a reader would have found anyway
}

// newScene looks at a pack as the options say.
func newScene(p *pack.Pack, opts ListOptions) (*scene, error) {
	s := &scene{opts: opts, k: opts.K, articles: slices.Clone(p.Articles), row: make(map[data.ArticleID]int32, len(p.Articles))}
	for i := range p.Articles {
		s.row[data.ArticleID(p.Articles[i].ID)] = int32(i)
	}
	s.look(p)
	s.seedOf = make([]int32, len(p.Articles))
	for i := range p.Articles {
		s.seedOf[i] = -1
		if s.articles[i].ID != "" && s.articles[i].Exists(s.moment) {
			s.seedOf[i] = int32(len(s.seeds))
			s.seeds = append(s.seeds, int32(i))
		}
	}
	if len(s.seeds) == 0 {
		return nil, dataErrorf("no article exists on %s, in which lists are looked at; import the site's articles, or look at another moment", day(s.at))
	}
	s.describe()
	s.theta = make([]float64, s.k)
	for slot := range s.theta {
		s.theta[slot] = 1
		if n := len(opts.Theta); n > 0 {
			s.theta[slot] = opts.Theta[min(slot, n-1)]
		}
	}
	s.blocks = newStanding(p, "block", "unblock")
	s.pin(p)
	s.watchReaders(p)
	return s, nil
}

// look sets the moment in which lists are looked at.
func (s *scene) look(p *pack.Pack) {
	s.at = s.opts.At
	last := int32(math.MinInt32)
	for _, hours := range [][]int32{p.Impressions.Hour, p.Reads.Hour} {
		if len(hours) > 0 {
			last = max(last, slices.Max(hours))
		}
	}
	switch {
	case !s.at.IsZero():
	case last > math.MinInt32:
		s.at = hourTime(last + 1)
	default:
		for i := range p.Articles {
			if p.Articles[i].Published.After(s.at) {
				s.at = p.Articles[i].Published
			}
		}
		if s.at.IsZero() {
			s.at = time.Unix(0, 0)
		}
	}
	s.hour = int32(floorDiv(s.at.UnixNano(), int64(time.Hour)))
	s.moment = numberMoments(s.articles)(s.at.UnixNano())
	if s.opts.From.IsZero() && last > math.MinInt32 {
		s.opts.From = hourTime(last + 1 - 24*packDays)
	}
}

// describe notes what is known of the articles.
func (s *scene) describe() {
	n := len(s.articles)
	s.age, s.section, s.length = make([]float64, n), make([]int32, n), make([]float64, n)
	number := map[string]int32{}
	for i := range s.articles {
		a := &s.articles[i]
		s.age[i] = math.NaN()
		if !a.Published.IsZero() {
			s.age[i] = s.at.Sub(a.Published).Hours()
			s.byAge = append(s.byAge, int32(i))
		}
		s.section[i] = -1
		if a.Section != "" {
			if _, known := number[a.Section]; !known {
				number[a.Section] = int32(len(number))
			}
			s.section[i] = number[a.Section]
		}
		s.length[i] = length(a.Vector)
		if n := len(a.Vector); s.length[i] > 0 && (s.dim == 0 || n < s.dim) {
			s.dim = n
		}
		if len(a.Tags) > 0 && s.tags == nil {
			s.tags = make([][]string, n)
		}
		if len(a.Tags) > 0 {
			s.tags[i] = slices.Compact(slices.Sorted(slices.Values(a.Tags)))
		}
	}
	s.sections = len(number)
	slices.SortStableFunc(s.byAge, func(a, b int32) int { return s.articles[b].Published.Compare(s.articles[a].Published) })
}

// length is that of v.
func length(v []int8) float64 {
	squares := 0.0
	for _, x := range v {
		squares += float64(x) * float64(x)
	}
	return math.Sqrt(squares)
}

// pin collects the pins that hold in this moment and were set in the measured
// part of the log: earlier ones the rankings may have been made with.
func (s *scene) pin(p *pack.Pack) {
	s.pins = map[int32][]int32{}
	from := int32(floorDiv(s.opts.From.UnixNano(), int64(time.Hour)))
	late := &pack.Pack{Articles: p.Articles}
	for _, o := range p.Overrides {
		if o.Hour >= from || o.Op == "unpin" {
			late.Overrides = append(late.Overrides, o)
		}
	}
	pins := newStanding(late, "pin", "unpin")
	items := make([]int32, 0, len(pins.byItem))
	for item := range pins.byItem {
		items = append(items, item)
	}
	slices.Sort(items)
	for _, item := range items {
		for _, seed := range s.seeds {
			if seed != item && pins.holds(seed, item, s.hour) {
				s.pins[seed] = append(s.pins[seed], item)
			}
		}
	}
}

// watchReaders notes what the log tells of readers: page views and what was read
// next, or without them impressions and clicks. What is known of the site is from
// before the measured part, or where nothing lies before it from that part.
func (s *scene) watchReaders(p *pack.Pack) {
	n := len(s.articles)
	from := int32(floorDiv(s.opts.From.UnixNano(), int64(time.Hour)))
	views := [2][]float64{make([]float64, n), make([]float64, n)} // before, measured
	wanted := [2][][]float64{s.mixes(), s.mixes()}
	s.next = map[int32][]int32{}
	part := func(hour int32) int {
		if hour >= from {
			return 1
		}
		return 0
	}
	follow := func(source, item, hour int32) {
		if source < 0 || source == item || s.articles[source].ID == "" {
			return
		}
		if a, b := s.section[source], s.section[item]; a >= 0 && b >= 0 {
			wanted[part(hour)][a][b]++
		}
		if part(hour) == 1 {
			s.next[source] = append(s.next[source], item)
		}
	}
	r, im := &p.Reads, &p.Impressions
	for i, item := range r.Item {
		views[part(r.Hour[i])][item]++
		if i > 0 && r.Session[i] == r.Session[i-1] {
			follow(r.Item[i-1], item, r.Hour[i-1])
		} else {
			follow(r.From[i], item, r.Hour[i])
		}
	}
	shown := make([]float64, n)
	for i := range im.Len() {
		source := im.Source[i]
		shown[source] += float64(part(im.Hour[i]))
		if len(r.Item) > 0 {
			continue
		}
		views[part(im.Hour[i])][source]++
		begin, end := im.Items(i)
		for j := begin; j < end; j++ {
			if im.Flags[j]&pack.Clicked != 0 {
				follow(source, im.Item[j], im.Hour[i])
			}
		}
	}
	s.weigh(shown, views[1])
	known := 0
	if estimate.Sum(views[0]) == 0 {
		known, s.sameDays = 1, true
	}
	if estimate.Sum(views[known]) > 0 {
		s.bits, s.percentile = metric.SelfInformation(views[known]), metric.Percentiles(views[known])
	}
	s.wanted = wanted[known]
}

// mixes is a count of every section for every section.
func (s *scene) mixes() [][]float64 {
	mixes := make([][]float64, s.sections)
	for i := range mixes {
		mixes[i] = make([]float64, s.sections)
	}
	return mixes
}

// weigh sets the traffic of seeds: how often their lists were shown, or else how
// often they were read.
func (s *scene) weigh(shown, read []float64) {
	for _, by := range [][]float64{shown, read} {
		traffic := make([]float64, len(s.seeds))
		for i, seed := range s.seeds {
			traffic[i] = by[seed]
		}
		if estimate.Sum(traffic) > 0 {
			s.traffic = traffic
			return
		}
	}
}
