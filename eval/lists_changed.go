package eval

import (
	"cmp"
	"slices"

	"github.com/alsolike/alsolike/eval/metric"
)

const (
	changedLists = 20  // of every candidate
	lorenzPoints = 101 // of every curve
)

// changed are the lists of candidates that differ most from those of base:
// 1 − RBO, times the traffic where there is a log.
func (s *scene) changed(candidates []*madeLists, base *madeLists) []Change {
	var changes []Change
	for _, l := range candidates {
		if l == base {
			continue
		}
		type change struct {
			seed         int
			rbo, weighed float64
		}
		var found []change
		for i := range s.seeds {
			traffic := 1.0
			if s.traffic != nil {
				traffic = s.traffic[i]
			}
			if rbo := metric.RBO(l.list(i), base.list(i), patience); rbo < 1 && traffic > 0 {
				found = append(found, change{i, rbo, (1 - rbo) * traffic})
			}
		}
		slices.SortStableFunc(found, func(a, b change) int { return cmp.Compare(b.weighed, a.weighed) })
		for _, c := range found[:min(len(found), changedLists)] {
			change := Change{
				Source: s.link(s.seeds[c.seed]), RBO: c.rbo, Ranking: l.name,
				Old: s.links(base.list(c.seed), l.list(c.seed)), New: s.links(l.list(c.seed), base.list(c.seed)),
			}
			if s.traffic != nil {
				change.Traffic = int(s.traffic[c.seed])
			}
			changes = append(changes, change)
		}
	}
	return changes
}

func (s *scene) link(article int32) Link {
	return Link{ID: s.articles[article].ID, Title: s.articles[article].Title}
}

// links are the articles of a list, with those marked that other does not hold.
func (s *scene) links(list, other []int32) []Link {
	links := make([]Link, len(list))
	for i, item := range list {
		links[i] = s.link(item)
		links[i].Only = !slices.Contains(other, item)
	}
	return links
}

// lorenz is how unevenly a ranking spreads exposure, by traffic where there is a
// log. A ranking without any link has no curve.
func (s *scene) lorenz(l *madeLists) Exposure {
	weight := s.traffic
	if weight == nil {
		weight = slices.Repeat([]float64{1}, len(s.seeds))
	}
	x := shownMass(l, len(s.seeds), s.seedOf, s.theta, weight)
	e := Exposure{Ranking: l.name, Lorenz: metric.Lorenz(x, lorenzPoints)}
	if e.Lorenz != nil {
		e.Gini = metric.Gini(x)
	}
	return e
}
