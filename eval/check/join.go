package check

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"sort"
	"time"

	"github.com/alsolike/alsolike/eval/pack"
)

// join makes a pack of the rows of a log.
type join struct {
	*rows
	pack *pack.Pack

	article []int32 // by code of the log: its place in the pack; -1: not in the catalogue
	code    []int32 // and back
	moments []int64 // distinct times of publication and taking down, ascending

	valid []int32 // by row of the log: its row in the pack; -1: left out

	timeless bool // no list has a time
}

// catalogue numbers the articles and the moments.
func (j *join) catalogue() error {
	if len(j.known) == 0 {
		j.out.found(noCatalogue, "")
		for code := range int32(j.articles.len()) {
			if id := j.articles.name(code); id != "" {
				j.rows.article(pack.Article{ID: id})
			}
		}
	}
	if j.opts.FirstSeen {
		j.firstSeen()
	}
	noSource, hasNone := j.articles.find("")
	if hasNone { // lists whose article the log does not tell
		j.known[noSource] = pack.Article{}
	}
	codes := make([]int32, 0, len(j.known))
	for code := range j.known {
		codes = append(codes, code)
	}
	slices.SortFunc(codes, func(a, b int32) int { return cmp.Compare(j.known[a].ID, j.known[b].ID) })
	j.code = codes
	j.article = make([]int32, j.articles.len())
	for i := range j.article {
		j.article[i] = -1
	}
	undated := 0
	for i, code := range codes {
		j.article[code] = int32(i)
		a := j.known[code]
		j.pack.Articles = append(j.pack.Articles, a)
		for _, t := range []time.Time{a.Published, a.Unpublished} {
			if !t.IsZero() {
				j.moments = append(j.moments, t.UnixMicro())
			}
		}
		if a.Published.IsZero() && a.ID != "" {
			undated++
			if undated <= maxExamples {
				j.out.examples[undatedArticle] = append(j.out.examples[undatedArticle], a.ID)
			}
		}
	}
	if undated > 0 && j.out.Counts[noCatalogue] == 0 {
		j.out.Counts[undatedArticle] = undated
	}
	slices.Sort(j.moments)
	j.moments = slices.Compact(j.moments)
	for i := range j.pack.Articles {
		a := &j.pack.Articles[i]
		if !a.Published.IsZero() {
			a.Born = j.moment(a.Published.UnixMicro())
		}
		a.Died = pack.Never
		if a.ID == "" {
			a.Born = pack.Never // it can be no link
		}
		if !a.Unpublished.IsZero() {
			a.Died = j.moment(a.Unpublished.UnixMicro())
		}
	}
	return nil
}

// firstSeen dates the articles that have no date by their first appearance.
func (j *join) firstSeen() {
	first := map[int32]int64{}
	for row := range int32(j.lists.n) {
		l := j.lists.at(row)
		for at := l.start; at < l.end; at++ {
			item := *j.item.at(at)
			if t, ok := first[item]; !ok || l.when < t {
				first[item] = l.when
			}
		}
	}
	for code, t := range first {
		if a, ok := j.known[code]; ok && a.Published.IsZero() && t != noTime {
			a.Published = time.UnixMicro(t).UTC()
			j.known[code] = a
			j.out.add(publishedFirstSeen, 1)
		}
	}
}

// moment is how many of the moments lie at t or before it. In a log without times
// everything has happened.
func (j *join) moment(t int64) int32 {
	if t == noTime {
		return int32(len(j.moments))
	}
	return int32(sort.Search(len(j.moments), func(i int) bool { return j.moments[i] > t }))
}

func hour(t int64) int32 {
	if t == noTime {
		return 0
	}
	return int32(t / time.Hour.Microseconds())
}

// impressions holds the lists to the catalogue and decides which are valid.
func (j *join) impressions() error {
	if j.item.n > math.MaxInt32 {
		return errors.New("the log shows over 2,147,483,647 items; check it in parts")
	}
	withPositions, without := 0, 0
	for row := range int32(j.lists.n) {
		switch state := j.lists.at(row).state; {
		case state&invalid != 0:
		case state&unordered != 0:
			without++
		default:
			withPositions++
		}
	}
	j.pack.Unordered = without > 0 && withPositions == 0
	j.valid = make([]int32, j.lists.n)
	n := int32(0)
	for row := range int32(j.lists.n) {
		l := j.lists.at(row)
		j.valid[row] = -1
		switch {
		case l.state&invalid != 0:
		case l.state&unordered != 0 && !j.pack.Unordered:
			j.out.found(positionGap, j.ids.name(l.id))
		case j.exists(l):
			j.valid[row] = n
			n++
		}
	}
	j.out.Counts[impressionsValid] = int(n)
	return nil
}

// exists reports whether everything that a list names was there when it was served.
func (j *join) exists(l *list) bool {
	unknownSource := j.article[l.source] < 0
	unknown, early, late := false, false, false
	moment := j.moment(l.when)
	for at := l.start; at < l.end; at++ {
		place := j.article[*j.item.at(at)]
		if place < 0 {
			unknown = true
			continue
		}
		if l.when == noTime {
			continue
		}
		a := &j.pack.Articles[place]
		early = early || moment < a.Born
		late = late || moment >= a.Died
	}
	if l.policy >= 0 {
		for _, item := range j.policies.all[l.policy].Pool {
			unknown = unknown || j.article[item] < 0
		}
	}
	for _, f := range []struct {
		is   bool
		name string
	}{{unknownSource, unknownSeed}, {unknown, unknownItem}, {early, notYetPublished}, {late, alreadyUnpublished}} {
		if f.is {
			j.out.found(f.name, j.ids.name(l.id))
		}
	}
	return !unknownSource && !unknown && !early && !late
}

// names gives the pack's names to the codes of the log, in ascending order.
func (j *join) names() error {
	const most = math.MaxUint8 + 1
	for _, c := range []struct {
		name  string
		codes *codes
		of    func(*list) *uint16
		to    *[]string
	}{
		{"variants", j.variants, func(l *list) *uint16 { return &l.variant }, &j.pack.Variants},
		{"widgets", j.widgets, func(l *list) *uint16 { return &l.widget }, &j.pack.Widgets},
		{"classes of devices", j.devices, func(l *list) *uint16 { return &l.device }, &j.pack.Devices},
		{"classes of referrers", j.referrers, func(l *list) *uint16 { return &l.referrer }, &j.pack.Referrers},
		{"languages", j.langs, func(l *list) *uint16 { return &l.lang }, &j.pack.Languages},
	} {
		var first []string
		if c.to != &j.pack.Variants {
			first = []string{""} // code 0 is the unknown one
		}
		names, place := j.sorted(c.codes, func(l *list) int32 { return int32(*c.of(l)) }, first)
		if len(names) > most || c.codes.len() > math.MaxUint16 {
			return fmt.Errorf("the log names %d %s; %d is the most", len(names), c.name, most)
		}
		for l := range j.validLists() {
			*c.of(l) = uint16(place[*c.of(l)])
		}
		*c.to = names
	}
	names, place := j.sorted(j.snapshots, func(l *list) int32 { return l.snapshot }, nil)
	if len(names) > math.MaxInt16 {
		return fmt.Errorf("the log names %d snapshots; %d is the most", len(names), math.MaxInt16)
	}
	for l := range j.validLists() {
		if l.snapshot >= 0 {
			l.snapshot = place[l.snapshot]
		}
	}
	for _, name := range names {
		j.pack.Snapshots = append(j.pack.Snapshots, pack.Snapshot{Name: name})
	}
	return nil
}

// sorted are the names that valid lists use, after those in first, and the place of
// each code among them.
func (j *join) sorted(c *codes, of func(*list) int32, names []string) ([]string, []int32) {
	place := make([]int32, c.len())
	for l := range j.validLists() {
		if code := of(l); code >= 0 {
			place[code] = 1
		}
	}
	for code := range place {
		if name := c.name(int32(code)); place[code] > 0 && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for code := range place {
		at, _ := slices.BinarySearch(names, c.name(int32(code)))
		place[code] = int32(at)
	}
	return names, place
}

// validLists are the lists that go into the pack, and their places in it.
func (j *join) validLists() iter.Seq2[*list, int32] {
	return func(yield func(*list, int32) bool) {
		for row, to := range j.valid {
			if to >= 0 && !yield(j.lists.at(int32(row)), to) {
				return
			}
		}
	}
}

// maxDelay is how long after a list a click on it can be believed.
const maxDelay = 24 * time.Hour

// click joins the clicks to the lists.
func (j *join) click() error {
	for i := range int32(j.clicks.n) {
		c := j.clicks.at(i)
		id := j.ids.name(c.impression)
		j.out.add("clicks_read", 1)
		row := j.row[c.impression]
		if row < 0 {
			j.out.found(clickWithoutImpression, id)
			continue
		}
		if j.valid[row] < 0 {
			j.out.found(clickOnInvalid, id)
			continue
		}
		l := j.lists.at(row)
		at := j.shownAt(l, c.item)
		delay := c.when - l.when
		if c.when == noTime || l.when == noTime {
			delay = 0
		}
		switch {
		case delay < 0:
			j.out.found(clickBefore, id)
			continue
		case delay > maxDelay.Microseconds():
			j.out.found(clickLate, id)
			continue
		case at < 0:
			j.out.found(clickNotShown, id)
			continue
		case c.position != 0 && !j.pack.Unordered && c.position != at-l.start+1:
			j.out.found(clickPosition, id)
			continue
		}
		if l.clicks < math.MaxUint16 {
			l.clicks++
		}
		flags := j.flags.at(at)
		if *flags&pack.Clicked != 0 {
			j.out.add("clicks_folded", 1)
			continue
		}
		*flags |= pack.Clicked
		j.out.Counts[clicksValid]++
	}
	return nil
}

// shownAt is where in the items a list shows an article; -1 if nowhere.
func (j *join) shownAt(l *list, item int32) int32 {
	for at := l.start; at < l.end; at++ {
		if *j.item.at(at) == item {
			return at
		}
	}
	return -1
}

// view notes which slots were seen.
func (j *join) view() error {
	for _, v := range j.views {
		row := j.row[v.impression]
		if row < 0 {
			j.out.found(viewWithoutImpression, j.ids.name(v.impression))
			continue
		}
		if j.valid[row] < 0 {
			continue
		}
		l := j.lists.at(row)
		l.state |= seen
		outside := false
		for _, p := range v.positions {
			if p > l.end-l.start {
				outside = true
				continue
			}
			*j.flags.at(l.start + p - 1) |= pack.Viewed
		}
		if outside {
			j.out.found(viewOutside, j.ids.name(v.impression))
		}
	}
	return nil
}

// compact puts the valid lists into the columns of the pack.
func (j *join) compact() error {
	im := &j.pack.Impressions
	n := j.out.Counts[impressionsValid]
	items := 0
	for l := range j.validLists() {
		items += int(l.end - l.start)
	}
	*im = pack.Impressions{
		Source: make([]int32, n), Hour: make([]int32, n), Moment: make([]int32, n), Variant: make([]uint8, n), Snapshot: make([]int16, n),
		Policy: make([]int32, n), Reader: make([]int32, n), Session: make([]int32, n), Widget: make([]uint8, n), Device: make([]uint8, n),
		Referrer: make([]uint8, n), Lang: make([]uint8, n), Seen: make([]bool, n), Start: make([]int32, 1, n+1),
		Item: make([]int32, 0, items), P: make([]float64, 0, items), Flags: make([]pack.Flags, 0, items),
	}
	policies := j.packPolicies()
	for row, to := range j.valid {
		if to < 0 {
			continue
		}
		l := j.lists.at(int32(row))
		im.Source[to], im.Hour[to], im.Moment[to] = j.article[l.source], hour(l.when), j.moment(l.when)
		im.Variant[to], im.Snapshot[to], im.Policy[to] = uint8(l.variant), int16(l.snapshot), -1
		if l.policy >= 0 {
			im.Policy[to] = policies[l.policy]
		}
		im.Reader[to], im.Session[to] = j.readerOf(int32(row)), j.sessionOf(int32(row))
		im.Widget[to], im.Device[to], im.Referrer[to], im.Lang[to] = uint8(l.widget), uint8(l.device), uint8(l.referrer), uint8(l.lang)
		im.Seen[to] = l.state&seen != 0
		for at := l.start; at < l.end; at++ {
			im.Item = append(im.Item, j.article[*j.item.at(at)])
			im.P = append(im.P, *j.p.at(at))
			im.Flags = append(im.Flags, *j.flags.at(at))
			if j.dwell != nil {
				im.Dwell = append(im.Dwell, j.dwell[at])
			}
		}
		im.Start = append(im.Start, int32(len(im.Item)))
		j.item.drop(l.end)
		j.p.drop(l.end)
		j.flags.drop(l.end)
	}
	return nil
}

// release gives back what only lists needed, of which there may be millions. Their
// number is needed still.
func (j *join) release() error {
	j.lists.blocks, j.ids, j.row, j.valid, j.dwell = nil, nil, nil, nil, nil
	j.clicks, j.readings, j.views = column[click]{}, column[reading]{}, nil
	return nil
}

// packPolicies keeps the policies of valid rows, and tells where they went.
func (j *join) packPolicies() (to []int32) {
	used := make([]bool, len(j.policies.all))
	for l := range j.validLists() {
		if l.policy >= 0 {
			used[l.policy] = true
		}
	}
	to = make([]int32, len(used))
	for i := range used {
		if !used[i] {
			continue
		}
		p := j.policies.all[i]
		for k, item := range p.Pool {
			p.Pool[k] = j.article[item]
		}
		to[i] = int32(len(j.pack.Policies))
		j.pack.Policies = append(j.pack.Policies, p)
	}
	return to
}

// Readers are numbered users first, then sessions, impressions and page views that
// name nobody.
func (j *join) readerOf(row int32) int32 {
	switch l := j.lists.at(row); {
	case l.user >= 0:
		return l.user
	case l.session >= 0:
		return int32(j.users.len()) + l.session
	}
	return int32(j.users.len()+j.sessions.len()) + row
}

func (j *join) sessionOf(row int32) int32 {
	if s := j.lists.at(row).session; s >= 0 {
		return s
	}
	return int32(j.sessions.len()) + row
}
