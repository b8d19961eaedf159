package recommend

import (
	"slices"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend/reason"
)

// A Policy says what the algorithm does not link, and fallbacks do not either. An
// editor's pin may.
type Policy struct {
	MaxAge    time.Duration // nothing published longer ago than that, unless it is evergreen; 0: any age
	OnlyOlder bool          // nothing published after the article that shows the link
	Deny      []Denial
}

// A Denial keeps articles of one kind from linking to those of another, such as
// light pieces under deaths.
type Denial struct {
	From, To Kind
}

// A Kind is the articles of one of the sections, with one of the tags, or of one of
// the types.
type Kind struct {
	Sections, Tags, Types []string
}

// Empty reports whether no articles are of that kind.
func (k *Kind) Empty() bool { return len(k.Sections)+len(k.Tags)+len(k.Types) == 0 }

func (k *Kind) holds(c *data.Card) bool {
	return slices.Contains(k.Sections, c.Section) || slices.Contains(k.Types, c.Type) || slices.ContainsFunc(k.Tags, c.Tags.Has)
}

// rejects says why source must not link to target at time now; the zero Rejection if
// it may.
func (p *Policy) rejects(source, target *data.Card, now time.Time) reason.Rejection {
	at := target.PublishedAt
	if late := p.tooOld(target, now); late > 0 {
		return tooOld(late)
	}
	if p.OnlyOlder && !at.IsZero() && !source.PublishedAt.IsZero() && at.After(source.PublishedAt) {
		return reason.Rejection{Code: reason.NotOlder}
	}
	for i := range p.Deny {
		if d := &p.Deny[i]; d.From.holds(source) && d.To.holds(target) {
			return reason.Rejection{Code: reason.Sensitive}
		}
	}
	return reason.Rejection{}
}

// tooOld says by how much something is.
func tooOld(late time.Duration) reason.Rejection {
	return reason.Rejection{Code: reason.TooOld, Days: int((late + 24*time.Hour - 1) / (24 * time.Hour))}
}

// tooOld is by how much target is older than MaxAge allows. Ages count from the
// beginning of the hour, so that lists change no more often than that for it.
func (p *Policy) tooOld(target *data.Card, now time.Time) time.Duration {
	if p.MaxAge == 0 || target.Evergreen || target.PublishedAt.IsZero() {
		return 0
	}
	return max(0, now.Truncate(time.Hour).Add(-p.MaxAge).Sub(target.PublishedAt))
}
