package editor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
	"github.com/alsolike/alsolike/recommend/review"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// Changes is what the page Changes looks at and decides about. All of it is required but
// for Views.
type Changes struct {
	Snapshots *snapshot.Dir
	Policy    review.Policy

	// Lock keeps others from making snapshots until unlock is called; data.ErrBusy while
	// somebody does.
	Lock func() (unlock func(), err error)

	// Views counts how often articles were read of late; nil: that is not known.
	Views func(context.Context) (map[data.ArticleID]float64, error)
}

const reviewPath = Prefix + "/changes"

func (s *Server) registerChanges() {
	s.handle(http.MethodGet, reviewPath, account.Viewer, s.handleReview)
	s.handle(http.MethodPost, reviewPath, account.Editor, s.handleReviewPost)
	s.registerChangesJSON()
}

// A standing is how the snapshots stand, and what was decided about them.
type standing struct {
	revision string          // of the decisions, for whoever decides next
	all      []snapshot.Info // the newest first
	current  *snapshot.Info  // in service; nil: none
	previous *snapshot.Info  // that a rollback would bring back; nil: none
	waiting  *snapshot.Info  // the newest that awaits review or is held; nil: none
	stop     *snapshot.Info  // the newest past which nothing goes into service by itself; nil: none
}

// standing reads how the snapshots stand.
func (ch *Changes) standing() (*standing, error) {
	st := &standing{}
	var err error
	// The revision first: of what is decided meanwhile it knows nothing, and is refused.
	if st.revision, err = ch.Snapshots.Revision(); err != nil {
		return nil, err
	}
	if st.all, err = ch.Snapshots.States(); err != nil {
		return nil, err
	}
	slices.Reverse(st.all)
	previous, err := ch.Snapshots.Previous()
	if err != nil {
		return nil, err
	}
	st.previous = st.find(previous)
	for i := range st.all {
		if st.all[i].State == snapshot.InService {
			st.current = &st.all[i]
		}
	}
	for i := range st.all {
		info := &st.all[i]
		if st.waiting == nil && info.Err == nil && (info.State == snapshot.AwaitsReview || info.State == snapshot.Held) {
			st.waiting = info
		}
		stops := info.State == snapshot.Held || info.State == snapshot.RolledBack
		if st.stop == nil && stops && (st.current == nil || info.Manifest.Created.After(st.current.Manifest.Created)) {
			st.stop = info
		}
	}
	return st, nil
}

// find is the snapshot of that id; nil: there is none.
func (st *standing) find(id string) *snapshot.Info {
	i := slices.IndexFunc(st.all, func(info snapshot.Info) bool { return info.ID == id })
	if i < 0 {
		return nil
	}
	return &st.all[i]
}

// before is what readers had or have in the place of info; nil where there is nothing.
func (st *standing) before(info *snapshot.Info) *snapshot.Info {
	if info.State == snapshot.InService {
		return st.previous
	}
	return st.current
}

// mayPublish reports whether info can be put into service.
func mayPublish(info *snapshot.Info) bool {
	return info.Err == nil && info.State != snapshot.InService && info.Manifest.Pruned.IsZero()
}

// A verdict is what somebody decides about a snapshot.
type verdict struct {
	do       string // publish, hold, release or rollback
	id       string // of the snapshot; of a rollback: the one in service
	except   []data.ArticleID
	note     string
	revision string // that he has seen; "": whatever it is
}

// errNoSnapshot is returned for a snapshot that there is not.
var errNoSnapshot = echo.NewHTTPError(http.StatusNotFound, "there is no such refresh; GET "+APIPrefix+"/changes lists them")

// longestNote is that of a verdict, in bytes.
const longestNote = 2000

// decide does what v says and writes it into the history. It returns a
// *data.ConflictError if somebody else has decided something meanwhile, and a *Conflict
// if the snapshot does not allow it.
func (s *Server) decide(ctx context.Context, v verdict) error {
	if v.note = strings.Join(strings.Fields(v.note), " "); len(v.note) > longestNote {
		return &data.InvalidError{Field: "note", Reason: fmt.Sprintf("is longer than %d bytes", longestNote)}
	}
	dir := s.Changes.Snapshots
	if v.revision != "" {
		now, err := dir.Revision()
		if err != nil {
			return err
		}
		if now != v.revision { // before a snapshot is made in vain
			return &data.ConflictError{Subject: "what is in service, or waits,"}
		}
		dir = dir.If(v.revision)
	}
	dir = dir.By(data.AuthorOf(ctx), v.note)
	before, err := review.TakeStock(dir)
	if err != nil {
		return err
	}
	d, err := s.carryOut(ctx, dir, v)
	if err != nil {
		if _, changed := errors.AsType[*data.ConflictError](err); changed {
			return err
		}
		if errors.Is(err, data.ErrNotFound) && len(v.except) == 0 {
			return errNoSnapshot
		}
		if _, ok := errors.AsType[*Conflict](err); ok {
			return err
		}
		return &Conflict{Status: http.StatusConflict, Detail: err.Error()}
	}
	return before.Record(ctx, s.History, s.Changes.Snapshots, d, v.note)
}

func (s *Server) carryOut(ctx context.Context, dir *snapshot.Dir, v verdict) (review.Decision, error) {
	d := review.Decision{Action: v.do, ID: v.id}
	if v.do == "rollback" {
		var err error
		d.ID, err = dir.Rollback()
		d.Summary = "snapshot " + d.ID + " is in service again"
		return d, err
	}
	if _, err := dir.Manifest(v.id); err != nil {
		return d, err
	}
	switch v.do {
	case "hold":
		d.Summary = "snapshot " + v.id + " is held"
		return d, dir.Hold(v.id)
	case "release":
		d.Summary = "snapshot " + v.id + " is released"
		return d, dir.Release(v.id)
	}
	d.Summary = "snapshot " + v.id + " is in service"
	if len(v.except) > 0 {
		id, err := s.writeExcept(ctx, v)
		if err != nil {
			return d, err
		}
		lists := "the lists of 1 article, which stay as they were"
		if n := len(v.except); n > 1 {
			lists = fmt.Sprintf("the lists of %d articles, which stay as they were", n)
		}
		d.ID, d.Summary = id, "snapshot "+id+" is in service, which is "+v.id+" but for "+lists
	}
	return d, dir.Publish(d.ID)
}

// writeExcept makes the snapshot that v publishes, but for the lists of some articles,
// which are those that are in service.
func (s *Server) writeExcept(ctx context.Context, v verdict) (string, error) {
	from, err := s.Changes.Snapshots.Published()
	if err != nil {
		return "", err
	}
	if from == "" {
		return "", errors.New("nothing is in service whose lists could stay")
	}
	unlock, err := s.Changes.Lock()
	if errors.Is(err, data.ErrBusy) {
		return "", &Conflict{Status: http.StatusConflict, Detail: "a refresh is running; publish when it is done"}
	}
	if err != nil {
		return "", err
	}
	defer unlock()
	return s.Changes.Snapshots.WriteExcept(ctx, v.id, from, v.except)
}

// Whence says in words of whom and why a snapshot is in the state in which it is; ""
// where nothing is known.
func (w words) Whence(info *snapshot.Info) string {
	d := info.Decision
	switch {
	case d.State != info.State || d.Time.IsZero():
		return ""
	case d.Author != "" && d.Note != "":
		return w.T("changes.by-because", d.Author, w.When(d.Time), d.Note)
	case d.Author != "":
		return w.T("changes.by", d.Author, w.When(d.Time))
	case d.Asked:
		return w.T("changes.asked")
	case d.State == snapshot.AwaitsReview && d.Note == review.NeverReason:
		return w.T("changes.never-reason")
	}
	if share, most, ok := strings.Cut(d.Note, review.ManyReason); ok {
		return w.T("changes.many-reason", share, most)
	}
	return d.Note
}

// StateColour is that of a snapshot's badge.
func (w words) StateColour(state snapshot.State) string {
	return map[snapshot.State]string{
		snapshot.InService: "good", snapshot.AwaitsReview: "accent", snapshot.Held: "warn", snapshot.RolledBack: "bad",
	}[state]
}

// StateName is a state in words.
func (w words) StateName(state snapshot.State) string {
	return w.T("changes.is-" + strings.ReplaceAll(string(state), " ", "-"))
}

// PolicySentence says when a refresh goes into service by itself.
func (w words) PolicySentence(p review.Policy) string {
	switch cmp.Or(p.Publish, review.Always) {
	case review.Never:
		return w.T("changes.policy-never")
	case review.Auto:
		if p.Gate != "" {
			return w.T("changes.policy-gate", w.Percent(p.Most()))
		}
		return w.T("changes.policy-auto", w.Percent(p.Most()))
	}
	return w.T("changes.policy-always")
}

// Percent is a share from 0 to 1, such as "12.5 %".
func (w words) Percent(share float64) string {
	return strings.TrimSuffix(fmt.Sprintf("%.1f", 100*share), ".0") + " %"
}
