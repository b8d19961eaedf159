package review

import (
	"regexp"
	"slices"
	"strconv"
)

// A Reason is why a snapshot waits, or was rolled back, for those who say it in other
// words: what is noted with a snapshot is a sentence in English.
type Reason struct {
	Kind string   // such as "many"
	Args []string // what the sentence names, in its order
}

// reasons are the kinds, and the sentences in which Policy and package snapshot note them.
var reasons = []struct {
	kind     string
	sentence *regexp.Regexp
}{
	{"never", regexp.MustCompile(`^review\.publish is never$`)},
	{"many", regexp.MustCompile(`^([\d.]+ %) of the links change, and review\.max_changed is ([\d.]+ %)$`)},
	{"incomparable", regexp.MustCompile(`^it cannot be compared with the one in service: (.*)$`)},
	{"no-report", regexp.MustCompile(`^the gate's report (.*) is not there yet$`)},
	{"bad-report", regexp.MustCompile(`^the gate's report (.*?) cannot be read: (.*)$`)},
	{"other-report", regexp.MustCompile(`^the gate's report (.*) judges other snapshots$`)},
	{"gate", regexp.MustCompile(`^the gate "(.*?)" says ([a-z]+)\. (.*)$`)},
	{"held", regexp.MustCompile(`^snapshot (\S+), newer than the one in service, is held(?: by (.*?))?(?:: (.*))?$`)},
	{"rolled-back", regexp.MustCompile(`^snapshot (\S+), newer than the one in service, was rolled back(?: by (.*?))?(?:: (.*))?$`)},
	{"replaced", regexp.MustCompile(`^(\S+) was published in its place$`)},
}

// ParseReason reads what is noted with a snapshot; it is not ok where that is something
// else, such as what somebody has written.
func ParseReason(note string) (r Reason, ok bool) {
	for _, one := range reasons {
		if m := one.sentence.FindStringSubmatch(note); m != nil {
			return Reason{one.kind, m[1:]}, true
		}
	}
	return Reason{}, false
}

// ReasonKinds are the kinds of reasons that there are.
func ReasonKinds() []string {
	kinds := make([]string, len(reasons))
	for i, one := range reasons {
		kinds[i] = one.kind
	}
	return slices.Clip(kinds)
}

// A Summary is what an entry of the history about snapshots says in its summary, for those
// who say it in other words.
type Summary struct {
	ID     string // of the snapshot
	Of     string // id of the one that it is but for some lists; ""
	Kept   int    // how many these are
	Rule   string // which let it into service by itself; ""
	Note   string // why, as somebody has written it
	Again  bool   // it was in service before
	Itself bool   // nobody has published it
}

var summary = regexp.MustCompile(`^snapshot (\S+) is (in service again|in service|held|released)(?:, which is (\S+) but for the lists? of (\d+) articles?, which stays? as (?:it was|they were))?( by itself)?(?:, since (.*?))?(?:: (.*))?$`)

// ParseSummary reads the summary of an entry; it is not ok where that says something else.
func ParseSummary(text string) (s Summary, ok bool) {
	m := summary.FindStringSubmatch(text)
	if m == nil {
		return s, false
	}
	kept, _ := strconv.Atoi(m[4]) // digits, or nothing
	return Summary{ID: m[1], Again: m[2] == "in service again", Of: m[3], Kept: kept, Itself: m[5] != "", Rule: m[6], Note: m[7]}, true
}
