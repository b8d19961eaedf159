package editor

import (
	"slices"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend"
)

// An appliedRule is a rule that holds for a list.
type appliedRule struct {
	ID   int64
	What string // in a sentence
}

// applied is the rules that hold for a list, and tells each link which of them put it
// there, boosted or buried it.
func (w words) applied(m *recommend.Moment, rules []data.Rule, links []linkRow) []appliedRule {
	all, titles := make([]appliedRule, len(rules)), titlesOf(m, rules)
	for i, r := range rules {
		all[i] = appliedRule{r.ID, w.RuleSentence(r, titles)}
	}
	for i := range links {
		if at := slices.IndexFunc(all, func(r appliedRule) bool { return r.ID == links[i].Rule }); at >= 0 {
			links[i].ByRule = &all[at]
		}
	}
	return all
}
