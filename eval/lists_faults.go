package eval

import (
	"slices"

	"github.com/alsolike/alsolike/data"
)

// A fault is what is wrong with a list, as its first links stand in the ranking;
// several are added up.
type fault uint16

const (
	faultItself fault = 1 << iota
	faultTakenDown
	faultNotYet
	faultRepeated
	faultSameURL
	faultLanguage
	faultBlocked
	faultUnknown
	faultShort
	faultNone
)

// hygiene are the faults by the names of their metrics.
var hygiene = []struct {
	name  string
	fault fault
}{
	{"hygiene.self_links", faultItself},
	{"hygiene.unpublished", faultTakenDown},
	{"hygiene.not_yet_published", faultNotYet},
	{"hygiene.unknown", faultUnknown},
	{"hygiene.repeated", faultRepeated},
	{"hygiene.same_url", faultSameURL},
	{"hygiene.wrong_language", faultLanguage},
	{"hygiene.short_lists", faultShort},
	{"hygiene.no_list", faultNone},
}

// faults looks at the first links of a list, of which readers would have been
// shown so many.
func (s *scene) faults(seed int32, list []int32, shown int) fault {
	var found fault
	switch {
	case shown == 0:
		found = faultNone
	case shown < s.k:
		found = faultShort
	}
	under := &s.articles[seed]
	for i, item := range list {
		if item == seed {
			found |= faultItself
			continue
		}
		a := &s.articles[item]
		switch {
		case s.moment < a.Born:
			found |= faultNotYet
		case !a.Exists(s.moment):
			found |= faultTakenDown
		}
		if a.Lang != "" && under.Lang != "" && data.Lang(a.Lang).Base() != data.Lang(under.Lang).Base() {
			found |= faultLanguage
		}
		if s.blocks.holds(seed, item, s.hour) {
			found |= faultBlocked
		}
		if slices.Contains(list[:i], item) {
			found |= faultRepeated
			continue
		}
		sameURL := func(other int32) bool { return s.articles[other].URL == a.URL }
		if a.URL != "" && (a.URL == under.URL || slices.ContainsFunc(list[:i], sameURL)) {
			found |= faultSameURL
		}
	}
	return found
}
