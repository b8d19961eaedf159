package editor

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

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
	do       string // such as snapshot.Publishes
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
// *data.ConflictError if somebody else has decided something meanwhile, and a *refusal if
// the snapshot does not allow it.
func (s *Server) decide(ctx context.Context, v verdict) error {
	if v.note = strings.Join(strings.Fields(v.note), " "); len(v.note) > longestNote {
		return &data.InvalidError{Field: "note", Reason: fmt.Sprintf("is longer than %d bytes", longestNote)}
	}
	dir := s.Changes.Snapshots.By(data.AuthorOf(ctx), v.note)
	if v.revision != "" {
		dir = dir.If(v.revision)
	}
	if v.do != snapshot.RollsBack {
		if _, err := dir.Manifest(v.id); errors.Is(err, data.ErrNotFound) {
			return errNoSnapshot
		} else if err != nil {
			return err
		}
	}
	if err := s.carryOut(ctx, dir, v); err != nil {
		return refused(err)
	}
	s.recordDecisions(ctx)
	return nil
}

func (s *Server) carryOut(ctx context.Context, dir *snapshot.Dir, v verdict) error {
	switch v.do {
	case snapshot.RollsBack:
		_, err := dir.Rollback()
		return err
	case snapshot.Holds:
		return dir.Hold(v.id)
	case snapshot.Releases:
		return dir.Release(v.id)
	}
	if len(v.except) == 0 {
		return dir.Publish(v.id)
	}
	unlock, err := s.Changes.Lock()
	if err != nil {
		return err
	}
	defer unlock()
	_, err = dir.PublishExcept(ctx, v.id, v.except)
	return err
}

// recordDecisions writes what was decided into the history. Where that fails it is done
// all the same, so that it is no error of whoever decided; it is written with the next one.
func (s *Server) recordDecisions(ctx context.Context) {
	if err := review.Record(context.WithoutCancel(ctx), s.History, s.Changes.Snapshots); err != nil {
		s.Log.Error("what was decided about snapshots is not in the history yet", "error", err)
	}
}

// decisionRevertible reports whether e tells of a decision that may be taken back.
func decisionRevertible(e data.HistoryEntry) bool {
	return e.Kind == data.KindSnapshot && e.Before != nil && string(e.Before) != `"`+string(snapshot.RolledBack)+`"`
}

// A refusal is an error about a snapshot that does not allow what is decided about it.
type refusal struct {
	Conflict        // as a program gets it
	text     string // key of its words on a page
}

func (r *refusal) Error() string { return r.Detail }
func (r *refusal) Unwrap() error { return &r.Conflict }

// refused is err, as a *refusal where it is one.
func refused(err error) error {
	for _, one := range []struct {
		is           error
		text, detail string
	}{
		{snapshot.ErrInService, "changes.refused-in-service", ""},
		{snapshot.ErrNotHeld, "changes.refused-not-held", ""},
		{snapshot.ErrNothingBefore, "changes.refused-nothing-before", ""},
		{snapshot.ErrNothingInService, "changes.refused-nothing-in-service", ""},
		{snapshot.ErrNoList, "changes.refused-no-list", ""},
		{snapshot.ErrPruned, "changes.pruned", ""},
		{data.ErrBusy, "changes.refused-busy", "a refresh is running; publish when it is done"},
	} {
		if errors.Is(err, one.is) {
			return &refusal{Conflict{Status: http.StatusConflict, Detail: cmp.Or(one.detail, err.Error())}, one.text}
		}
	}
	return err
}

// Whence says in words of whom and why a snapshot is in the state in which it is; ""
// where nothing is known.
func (w words) Whence(info *snapshot.Info) string {
	d := info.Decision
	switch {
	case d.State != info.State || d.Time.IsZero():
		return ""
	case d.Author != "" && d.Note != "":
		return w.T("changes.by-because", d.Author, w.When(d.Time), w.WhyNoted(d.Note))
	case d.Author != "":
		return w.T("changes.by", d.Author, w.When(d.Time))
	case d.Asked:
		return w.T("changes.asked")
	}
	return w.WhyNoted(d.Note)
}

// WhyNoted is what is noted with a snapshot, in the words of the reader where it is a
// reason that a policy gives.
func (w words) WhyNoted(note string) string {
	r, ok := review.ParseReason(note)
	if !ok {
		return note
	}
	if r.Kind == "held" || r.Kind == "rolled-back" {
		by, why := r.Args[1], r.Args[2]
		text := w.T("changes.reason-"+r.Kind, w.MadeAt(r.Args[0]), cmp.Or(by, w.T("changes.somebody")))
		if why != "" {
			text = w.T("changes.because", text, why)
		}
		return text
	}
	args := make([]any, len(r.Args))
	for i, arg := range r.Args {
		args[i] = arg
		if r.Kind == "replaced" {
			args[i] = w.MadeAt(arg)
		}
	}
	return w.T("changes.reason-"+r.Kind, args...)
}

// MadeAt is when a snapshot was made, as its id tells.
func (w words) MadeAt(id string) string {
	day, _, _ := strings.Cut(id, "-")
	at, err := time.Parse("20060102T150405Z", day)
	if err != nil {
		return id
	}
	return w.When(at)
}

// decision says an entry of the history about a snapshot; it is not ok where that says
// something else than review.Sentence does.
func (w words) decision(e data.HistoryEntry) (row historyRow, ok bool) {
	said, ok := review.ParseSummary(e.Summary)
	if !ok {
		return row, false
	}
	row.HistoryEntry, row.Subject = e, said.ID
	switch made := w.MadeAt(said.ID); {
	case e.Action == snapshot.Holds:
		row.What = w.T("changes.told-held", made)
	case e.Action == snapshot.Releases:
		row.What = w.T("changes.told-released", made)
	case said.Again:
		row.What = w.T("changes.told-again", made)
	case said.Of != "":
		row.What = w.T("changes.told-except", said.Kept, w.MadeAt(said.Of))
	case said.Itself:
		row.What = w.T("changes.told-itself", made)
	default:
		row.What = w.T("changes.told-published", made)
	}
	if e.Subject == review.PublishedSubject {
		var before string
		if json.Unmarshal(e.Before, &before) == nil && before != "" {
			row.Details = append(row.Details, historyDetail{Name: w.T("changes.told-before"), After: w.MadeAt(before)})
		}
	}
	if said.Note != "" {
		row.Details = append(row.Details, historyDetail{Name: w.T("history.note"), After: said.Note})
	}
	return row, true
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
