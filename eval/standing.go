package eval

import (
	"cmp"
	"slices"

	"github.com/alsolike/alsolike/eval/pack"
)

// standing are the wishes of editors of one kind, blocks or pins, with the times
// in which they hold.
type standing struct {
	on       string   // the op that begins it
	sections []string // of every article
	byItem   map[int32][]pack.Override
}

// newStanding collects from a pack what on begins and off ends.
func newStanding(p *pack.Pack, on, off string) *standing {
	s := &standing{on: on, sections: make([]string, len(p.Articles)), byItem: map[int32][]pack.Override{}}
	for _, o := range p.Overrides {
		if o.Op == on || o.Op == off {
			s.byItem[o.Item] = append(s.byItem[o.Item], o)
		}
	}
	for _, overrides := range s.byItem {
		slices.SortStableFunc(overrides, func(x, y pack.Override) int {
			return cmp.Or(cmp.Compare(x.Hour, y.Hour), cmp.Compare(x.Moment, y.Moment))
		})
	}
	for i := range p.Articles {
		s.sections[i] = p.Articles[i].Section
	}
	return s
}

// under is what of items holds under seed in that hour; nil: nothing ever does.
func (s *standing) under(seed, hour int32) func(item int32) bool {
	if s == nil || len(s.byItem) == 0 {
		return nil
	}
	return func(item int32) bool { return s.holds(seed, item, hour) }
}

// holds reports whether editors' wish for item held under source in that hour. An
// end for every article does not end a wish for one, nor the other way round.
// Nothing holds for a nil standing.
func (s *standing) holds(source, item, hour int32) bool {
	if s == nil || len(s.byItem) == 0 {
		return false
	}
	for i, o := range s.byItem[item] {
		if o.Hour > hour {
			break
		}
		if o.Op != s.on || o.Until <= hour || !s.concerns(o, source) {
			continue
		}
		// The last word about the same place counts.
		ended := slices.ContainsFunc(s.byItem[item][i+1:], func(later pack.Override) bool {
			return later.Hour <= hour && later.Op != s.on && later.Source == o.Source && later.Section == o.Section
		})
		if !ended {
			return true
		}
	}
	return false
}

// concerns reports whether an override is about the list under source.
func (s *standing) concerns(o pack.Override, source int32) bool {
	if o.Source >= 0 {
		return o.Source == source
	}
	return o.Section == "" || o.Section == s.sections[source]
}
