package eval

import (
	"strconv"

	"github.com/alsolike/alsolike/eval/pack"
)

// packDays is how much of the end of a pack is measured when nothing is said.
const packDays = 7

// PackTruth is the truth of the reads of a pack: articles that one reader opened
// one after the other in a session, within the hour or from one hour to the next.
// Where a session begins with an article that names the one its reader came from,
// that is a pair too. Whole readers are the clusters.
//
// It returns a *DataError if the pack holds no reads, or none to evaluate.
func PackTruth(p *pack.Pack, opts TruthOptions) (*Truth, error) {
	if len(p.Reads.Item) == 0 {
		return nil, dataErrorf("the pack holds no page views, so that nothing says what readers read next")
	}
	if opts.Days == 0 {
		opts.Days = packDays
	}
	t := newTruth(p.Articles)
	t.ByTime = true
	t.Join = Join{Reads: len(p.Reads.Item), Joined: len(p.Reads.Item)}
	t.blocks = newStanding(p, "block", "unblock")
	readers := readersOf(&p.Reads)
	t.Readers = len(readers)
	if err := t.split(readers, opts); err != nil {
		return nil, err
	}
	if len(t.pairs) == 0 {
		return nil, dataErrorf("no reader of the pack read two different articles one after the other in a session: %d page views of %d readers", t.Join.Reads, t.Readers)
	}
	t.linked = linksShown(&p.Impressions, t.pairs)
	return t, nil
}

// readersOf is the reads of a pack by reader, in its order.
func readersOf(reads *pack.Reads) []*readerVisits {
	var readers []*readerVisits
	visits := make([]visit, len(reads.Item))
	begin := 0 // of the reader at hand
	for i, row := range reads.Item {
		if i == 0 || reads.Reader[i] != reads.Reader[i-1] {
			begin = i
			readers = append(readers, &readerVisits{reader: strconv.Itoa(int(reads.Reader[i]))})
		}
		// Sessions are numbered from 1 here, as 0 says that the log knows none.
		visits[i] = visit{
			row: row, session: reads.Session[i] + 1, from: reads.From[i],
			hour: reads.Hour[i], moment: reads.Moment[i],
		}
		readers[len(readers)-1].visits = visits[begin : i+1]
	}
	return readers
}

// linksShown is whether the links of pairs were shown on their days; nil without
// impressions.
func linksShown(im *pack.Impressions, pairs []pair) map[linkOnDay]bool {
	if im.Len() == 0 {
		return nil
	}
	shown := make(map[linkOnDay]bool, len(pairs))
	days := map[int32]bool{}
	for _, p := range pairs {
		shown[p.link()] = false
		days[p.hour/hoursOfDay] = true
	}
	for i := range im.Len() {
		day := im.Hour[i] / hoursOfDay
		if !days[day] {
			continue
		}
		from, to := im.Items(i)
		for _, item := range im.Item[from:to] {
			link := linkOnDay{im.Source[i], item, day}
			if _, wanted := shown[link]; wanted {
				shown[link] = true
			}
		}
	}
	return shown
}
