package check

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/alsolike/alsolike/eval/pack"
)

// What looks odd in a log that is otherwise in order.
const (
	perMinute      = 60    // impressions of one reader
	perSession     = 200   // impressions
	withoutClick   = 500   // impressions of one reader who never clicks
	minClicks      = 1000  // of the log, before the share of one reader says anything
	maxReaderShare = 0.01  // of all clicks
	ratioP         = 0.001 // of the counts of variants, given their plan
	risingZ        = 3     // standard errors by which a slot beats the one before it
)

// suspicions looks at the lists as a whole.
func (j *join) suspicions() error {
	j.timeless = j.pack.Impressions.Len() > 0
	for l := range j.validLists() {
		j.timeless = j.timeless && l.when == noTime
		if int32(l.clicks) > l.end-l.start {
			j.out.found(moreClicks, j.ids.name(l.id))
		}
	}
	j.readers()
	j.slots()
	j.variation()
	j.shares()
	return nil
}

// days tells the span of the log and the days of it that are missing.
func (j *join) days() {
	const day = 24
	im, reads := &j.pack.Impressions, &j.pack.Reads
	if j.timeless {
		j.out.found(noTimes, "")
		return
	}
	has := map[int32]bool{}
	for _, hours := range [][]int32{im.Hour, reads.Hour} {
		for _, h := range hours {
			has[h/day] = true
		}
	}
	if len(has) == 0 {
		return
	}
	name := func(d int32) string { return time.Unix(int64(d)*day*3600, 0).UTC().Format(time.DateOnly) }
	days := slices.Sorted(maps.Keys(has))
	first, last := days[0], days[len(days)-1]
	j.out.From, j.out.To = name(first), name(last)
	if missing := int(last-first) + 1 - len(days); missing > 0 {
		j.out.Counts[missingDays] = missing
		for i := 1; i < len(days) && len(j.out.examples[missingDays]) < maxExamples; i++ {
			for d := days[i-1] + 1; d < days[i] && len(j.out.examples[missingDays]) < maxExamples; d++ {
				j.out.examples[missingDays] = append(j.out.examples[missingDays], name(d))
			}
		}
	}
}

// A figure is what one reader, or one session, did.
type figure struct{ lists, clicks, first int32 }

// readers looks for bots, and for one reader who makes up much of the clicks.
func (j *join) readers() {
	readers := make([]figure, j.users.len()+j.sessions.len()) // by number
	sessions := make([]figure, j.sessions.len())
	im := &j.pack.Impressions
	for row, to := range j.valid {
		if to < 0 {
			continue
		}
		l := j.lists.at(int32(row))
		if l.user < 0 {
			j.out.add("impressions_without_user", 1)
		}
		if l.session >= 0 {
			sessions[l.session].lists++
		}
		if l.user < 0 && l.session < 0 {
			continue
		}
		r := &readers[im.Reader[to]]
		if r.lists++; r.lists == 1 {
			r.first = int32(row)
		}
		from, end := im.Items(int(to))
		for _, f := range im.Flags[from:end] {
			if f&pack.Clicked != 0 {
				r.clicks++
			}
		}
	}
	clicks := 0
	times := map[int32][]int64{} // of the lists of readers with many
	for i, r := range readers {
		clicks += int(r.clicks)
		if r.lists > 0 {
			j.out.add("readers", 1)
		}
		if r.lists > perMinute {
			times[int32(i)] = make([]int64, 0, r.lists)
		}
		if r.lists >= withoutClick && r.clicks == 0 {
			j.out.found(botWithoutClick, j.readerName(r.first))
		}
	}
	for l, to := range j.validLists() {
		if list, many := times[im.Reader[to]]; many && l.when != noTime {
			times[im.Reader[to]] = append(list, l.when)
		}
	}
	for i, r := range readers {
		if tooFast(times[int32(i)]) {
			j.out.found(botMinute, j.readerName(r.first))
		}
		if clicks >= minClicks && float64(r.clicks) > maxReaderShare*float64(clicks) {
			j.out.found(heavyReader, fmt.Sprintf("%s with %d of %d clicks", j.readerName(r.first), r.clicks, clicks))
		}
	}
	for i, s := range sessions {
		if s.lists > perSession {
			j.out.found(botSession, j.sessions.name(int32(i)))
		}
	}
}

func (j *join) readerName(row int32) string {
	l := j.lists.at(row)
	if l.user >= 0 {
		return j.users.name(l.user)
	}
	return j.sessions.name(l.session)
}

// tooFast reports whether more lists than a human could see were served within a
// minute. It sorts times.
func tooFast(times []int64) bool {
	slices.Sort(times)
	for i := perMinute; i < len(times); i++ {
		if times[i]-times[i-perMinute] < time.Minute.Microseconds() {
			return true
		}
	}
	return false
}

// slots looks whether readers click more at a slot than at the one before it.
func (j *join) slots() {
	if j.pack.Unordered {
		j.out.found(noPositions, "")
		return
	}
	im := &j.pack.Impressions
	var shown, clicked []float64
	for i := range im.Len() {
		from, to := im.Items(i)
		for k := range int(to - from) {
			if k == len(shown) {
				shown, clicked = append(shown, 0), append(clicked, 0)
			}
			shown[k]++
			if im.Flags[from+int32(k)]&pack.Clicked != 0 {
				clicked[k]++
			}
		}
	}
	for k := 1; k < len(shown); k++ {
		a, b := clicked[k-1]/shown[k-1], clicked[k]/shown[k]
		pooled := (clicked[k-1] + clicked[k]) / (shown[k-1] + shown[k])
		se := math.Sqrt(pooled * (1 - pooled) * (1/shown[k-1] + 1/shown[k]))
		if b-a > risingZ*se {
			j.out.found(risingClicks, fmt.Sprintf("slot %d: %.2f %% after %.2f %%", k+1, 100*b, 100*a))
		}
	}
}

// variation looks whether anything ever changed the order of a list.
func (j *join) variation() {
	im := &j.pack.Impressions
	if im.Len() > 0 && len(j.pack.Snapshots) <= 1 && len(j.pack.Variants) <= 1 && !j.policies.drawn && !j.pack.Unordered {
		j.out.found(singleRanking, strings.Join(j.pack.Variants, ""))
	}
}

// shares compares how often each variant was served with its plan, by the chi-square
// test of goodness of fit.
func (j *join) shares() {
	if len(j.opts.Shares) == 0 || j.pack.Impressions.Len() == 0 {
		return
	}
	counts := map[string]float64{}
	for _, v := range j.pack.Impressions.Variant {
		counts[j.pack.Variants[v]]++
	}
	names := slices.Sorted(maps.Keys(j.opts.Shares))
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		if _, planned := j.opts.Shares[name]; !planned {
			j.out.found(variantShares, fmt.Sprintf("%q has no planned share", name))
			return
		}
	}
	planned, n := 0.0, 0.0
	for _, name := range names {
		planned += j.opts.Shares[name]
		n += counts[name]
	}
	chi := 0.0
	var told []string
	for _, name := range names {
		want := n * j.opts.Shares[name] / planned
		chi += (counts[name] - want) * (counts[name] - want) / want
		told = append(told, fmt.Sprintf("%s %.2f %% for %.2f %%", name, 100*counts[name]/n, 100*j.opts.Shares[name]/planned))
	}
	if len(names) > 1 && (distuv.ChiSquared{K: float64(len(names) - 1)}).Survival(chi) < ratioP {
		j.out.found(variantShares, strings.Join(told, ", "))
	}
}
