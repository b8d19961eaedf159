package editor

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/inventory"
	"github.com/alsolike/alsolike/recommend/snapshot"
	"github.com/alsolike/alsolike/recommend/snapshot/diff"
)

const todayPath = Prefix + "/today"

func (s *Server) registerToday() {
	s.handle(http.MethodGet, todayPath, account.Viewer, s.handleToday)
}

// todayPage is the view of today.html: what an editor should know now, and nothing else.
type todayPage struct {
	recommend.Status
	Took   time.Duration // of the refresh
	Colour string        // good, warn or bad
	State  string        // key of the sentence about it

	Refresh *snapshot.Info // that is in service, if another one was before; nil: none was
	Diff    *diff.Links    // what it changed; nil: that is not known so far
	Review  *snapshot.Info // that awaits review or is held, the newest; nil: none

	Ending  []pinRow // pins that end soon, the first to end first
	Gone    []pinRow // pins whose target nobody can be sent to
	Without inventory.Page
}

// A pinRow is a pin and the article that shows it; zero if it is for every article.
type pinRow struct {
	Pin  wishRow
	Page data.Card
}

const (
	glance      = 20 * time.Millisecond // that a comparison may take before it is left out
	endsSoon    = 3 * 24 * time.Hour
	mostPins    = 20 // of either kind
	mostWithout = 10 // articles without links
)

// handleToday serves GET /editor/today.
func (s *Server) handleToday(c echo.Context) error {
	m, err := s.Links.Engine.Moment()
	if errors.Is(err, data.ErrNoSnapshot) {
		return s.page(c, "nothing-yet", nil)
	}
	if err != nil {
		return err
	}
	v := todayPage{Status: s.Links.Engine.Status()}
	for _, ms := range m.Manifest().Timings {
		v.Took += time.Duration(ms) * time.Millisecond
	}
	_, stale := s.Config.Stale()
	switch {
	case v.Problem != "":
		v.Colour, v.State = "bad", "today.problem"
	case stale:
		v.Colour, v.State = "warn", "today.late"
	case v.Waiting > 0:
		v.Colour, v.State = "warn", "today.waiting"
	case v.Behind:
		v.Colour, v.State = "good", "today.behind"
	default:
		v.Colour, v.State = "good", "today.fresh"
	}
	if s.Changes != nil {
		st, err := s.Changes.standing()
		if err != nil {
			return err
		}
		v.Review = st.waiting
		if st.current != nil && st.previous != nil {
			v.Refresh = st.current
			if v.Diff, err = s.lastChanged(c, st.previous.ID, st.current.ID); err != nil {
				return err
			}
		}
	}
	if v.Ending, v.Gone, err = pinsToLookAt(m, s.Now()); err != nil {
		return err
	}
	v.Without, err = s.Links.Inventory.Find(c.Request().Context(), inventory.Query{Show: inventory.NoLinks, Limit: mostWithout})
	if err != nil {
		return err
	}
	return s.page(c, "today", v)
}

// lastChanged is what the refresh that made the second of two snapshots changed, as far as the
// two were compared so far; they are, aside. Where they cannot be, *Changes* says why.
func (s *Server) lastChanged(c echo.Context, from, to string) (*diff.Links, error) {
	compared, err := s.Changes.compare(c.Request().Context(), &s.comparisons, from, to, glance)
	if ctxErr := c.Request().Context().Err(); ctxErr != nil {
		return nil, ctxErr
	}
	if err != nil || compared == nil {
		return nil, nil
	}
	return &compared.diff.Links, nil
}

// pinsToLookAt are pins that hold: those that end soon, and those that show nothing since
// their target is off the site.
func pinsToLookAt(m *recommend.Moment, now time.Time) (ending, gone []pinRow, err error) {
	overrides := m.Overrides()
	for i := range overrides {
		o := &overrides[i]
		if o.Action != data.Pin || !o.Active(now) {
			continue
		}
		row := pinRow{Pin: wishRow{Override: *o, Holds: true}}
		if !row.Pin.Everywhere() {
			from, _, err := m.Find(string(o.Article))
			if err != nil {
				return nil, nil, err
			}
			row.Page = from.Card
			row.Page.ID = cmp.Or(row.Page.ID, o.Article)
		}
		to, known, err := m.Find(string(o.Target))
		if err == nil && known {
			row.Pin.To, known, err = m.VersionFor(cmp.Or(row.Page.Lang, to.Card.Lang), to.Card, now)
		}
		if err != nil {
			return nil, nil, err
		}
		row.Pin.Gone = !known
		soon := !o.Until.IsZero() && o.Until.Sub(now) < endsSoon
		if !soon && !row.Pin.Gone {
			continue
		}
		if row.Pin.Gone {
			gone = append(gone, row)
		} else {
			ending = append(ending, row)
		}
	}
	slices.SortStableFunc(ending, func(a, b pinRow) int { return a.Pin.Until.Compare(b.Pin.Until) })
	return ending[:min(mostPins, len(ending))], gone[:min(mostPins, len(gone))], nil
}
