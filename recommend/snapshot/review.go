package snapshot

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"
)

// A State says where a snapshot stands between its making and its readers.
type State string

// The states, of which every snapshot has one.
const (
	InService    State = "in service"
	AwaitsReview State = "awaits review" // newer than the one in service, and nobody has decided yet
	Held         State = "held"          // nobody but an editor publishes it, nor any newer one, see Propose
	RolledBack   State = "rolled back"   // was in service until an editor went back; as Held
	Retired      State = "retired"       // was in service before the present one
	PassedOver   State = "passed over"   // a newer one, or an older one since, was published instead
)

// A Decision is the last that was decided about a snapshot.
type Decision struct {
	State  State     `json:"state"`            // InService, AwaitsReview, Held or RolledBack, as it was then
	Made   time.Time `json:"made"`             // when the snapshot was
	Time   time.Time `json:"time"`             // when it was decided
	Author string    `json:"author,omitempty"` // who did; empty: the policy
	Note   string    `json:"note,omitempty"`   // why
	Served bool      `json:"served,omitempty"` // readers have had the snapshot's lists
	Asked  bool      `json:"asked,omitempty"`  // AwaitsReview because somebody has asked for it, not by a policy
}

// String is "held by mei: too many links of one section".
func (d Decision) String() string {
	s := string(d.State)
	if d.Author != "" {
		s += " by " + d.Author
	}
	if d.Note != "" {
		s += ": " + d.Note
	}
	return s
}

// maxDecisions bounds how many decisions are remembered: whoever serves reads them
// several times a second. The oldest are forgotten first.
const maxDecisions = 200

// made is when snapshot id was made, as far as is known without its manifest.
func (p *pointer) made(id string) time.Time {
	if at, ok := p.created[id]; ok {
		return at
	}
	if d, ok := p.Decisions[id]; ok {
		return d.Made
	}
	at, err := time.Parse(idTime, id[:len(idTime)])
	if err != nil {
		return time.Time{} // a month 13, which no refresh has written
	}
	return at
}

// learn notes what a manifest says of when a snapshot was made.
func (p *pointer) learn(id string, created time.Time) {
	if p.created == nil {
		p.created = map[string]time.Time{}
	}
	p.created[id] = created
}

// newer reports whether snapshot id was made after the one in service.
func (p *pointer) newer(id string) bool {
	current := p.current()
	return current == "" || p.made(id).After(p.made(current))
}

// state is that of snapshot id.
func (p *pointer) state(id string) State {
	d := p.Decisions[id]
	switch {
	case id == p.current():
		return InService
	case d.State == Held || d.State == RolledBack:
		return d.State
	case d.Served || slices.Contains(p.Published, id):
		return Retired
	case p.newer(id):
		return AwaitsReview
	}
	return PassedOver
}

// leftover reports whether a snapshot is what a PublishExcept that was cut short has
// left: then the one that was in service is known. Where it is not, what was decided was
// lost, and nothing is known of this one either.
func (p *pointer) leftover(i *Info) bool {
	except := i.Manifest.Except
	if except == nil || !p.newer(i.ID) {
		return false
	}
	known := func(id string) bool {
		_, decided := p.Decisions[id]
		return decided || slices.Contains(p.Published, id)
	}
	return known(except.From) && !known(i.ID)
}

// stop is the newest snapshot that an editor holds or has rolled back and that is
// newer than the one in service: by itself nothing is published past it. It is "" if
// there is none.
func (p *pointer) stop() (id string) {
	for _, other := range slices.Sorted(maps.Keys(p.Decisions)) {
		if s := p.state(other); (s == Held || s == RolledBack) && p.newer(other) && (id == "" || p.made(other).After(p.made(id))) {
			id = other
		}
	}
	return id
}

// decide notes a decision about a snapshot. To decide the same again changes nothing.
func (p *pointer) decide(id string, made time.Time, state State, by Decision) {
	if p.Decisions == nil {
		p.Decisions = map[string]Decision{}
	}
	was := p.Decisions[id]
	by.State, by.Made = state, made.Round(0)
	by.Served = state == InService || state == RolledBack || was.Served || slices.Contains(p.Published, id)
	same := by
	same.Time = was.Time
	if was != same {
		p.Decisions[id] = by
	}
}

// forget drops the decisions about snapshots that are gone, and the oldest beyond what
// is remembered.
func (p *pointer) forget(gone func(id string) bool) {
	maps.DeleteFunc(p.Decisions, func(id string, _ Decision) bool { return gone(id) })
	oldest := slices.SortedFunc(maps.Keys(p.Decisions), func(a, b string) int {
		return cmp.Or(p.Decisions[a].Time.Compare(p.Decisions[b].Time), cmp.Compare(a, b))
	})
	for _, id := range oldest[:max(0, len(oldest)-maxDecisions)] {
		if id != p.current() {
			delete(p.Decisions, id)
		}
	}
}

// serve puts a snapshot into service.
func (p *pointer) serve(id string, made time.Time, by Decision) {
	if p.current() != id {
		p.Published = append(p.Published, id)
	}
	p.decide(id, made, InService, by)
}

// rollBack notes that the snapshot in service is no longer, nor to be again by itself.
func (p *pointer) rollBack(by Decision) {
	current := p.current()
	p.decide(current, p.made(current), RolledBack, by)
	p.Published = slices.DeleteFunc(p.Published, func(id string) bool { return id == current })
}

// By is d for somebody whose decisions shall carry that name, and that note.
func (d *Dir) By(author, note string) *Dir {
	by := *d
	by.author, by.note = author, note
	return &by
}

// If is d for somebody who has seen that Revision: where it is no longer the present one,
// decisions are refused with a *data.ConflictError and nothing is changed.
func (d *Dir) If(revision string) *Dir {
	seen := *d
	seen.expect = revision
	return &seen
}

// decision is what is known of a decision that is made now.
func (d *Dir) decision() Decision {
	return Decision{Time: time.Now().UTC().Truncate(time.Millisecond), Author: d.author, Note: d.note}
}

// Propose puts snapshot id into service unless an editor would be passed over, as a
// refresh does that nobody watches: while the snapshot itself, or another one that
// is newer than the one in service, is held or was rolled back, and where the snapshot
// has waited until a newer one was published. Then it goes on waiting for review, and why
// says in words what for; it is "" where the snapshot is in service. The note of d says
// for the log which rule lets it. Propose does not
// verify the snapshot: whoever calls it has just written or opened it.
func (d *Dir) Propose(id string) (why string, err error) {
	m, err := d.manifest(id)
	if err != nil {
		return "", fmt.Errorf("snapshot: propose: %w", err)
	}
	err = d.publish(func(p *pointer) error {
		by := d.decision()
		p.learn(id, m.Created)
		stop := p.stop()
		switch s := p.state(id); {
		case s == InService:
			return nil
		case s == Held || s == RolledBack:
			why = "it is " + p.Decisions[id].String()
			return nil
		case stop != "":
			was := "was"
			if p.Decisions[stop].State == Held {
				was = "is"
			}
			why = fmt.Sprintf("snapshot %s, newer than the one in service, %s %s", stop, was, p.Decisions[stop])
			by.Note = why
			p.decide(id, m.Created, AwaitsReview, by)
			return nil
		case p.Decisions[id].State == AwaitsReview && !p.newer(id): // another one may seem older by a wrong clock
			why = fmt.Sprintf("snapshot %s is in service, which is newer", p.current())
			return nil
		}
		before, rule := p.current(), by.Note
		by.Note = ""
		p.serve(id, m.Created, by)
		by.Note = rule
		p.note(Publishes, id, before, id, by, 0).Itself = true
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("snapshot: propose: %w", err)
	}
	return why, nil
}

// Leave notes that snapshot id waits for review by a policy, of which d's note is the
// reason. What somebody has decided about it stays as it is.
func (d *Dir) Leave(id string) error { return d.leave(id, false) }

// LeaveAsked is Leave because somebody has asked for it: no policy changes that.
func (d *Dir) LeaveAsked(id string) error { return d.leave(id, true) }

// leaves is what Leave does, which stands in no log.
const leaves = "leave for review"

func (d *Dir) leave(id string, asked bool) error {
	return d.mark(leaves, id, AwaitsReview, func(p *pointer, by *Decision) (bool, error) {
		was := p.Decisions[id]
		by.Asked = asked
		return p.state(id) == AwaitsReview && !was.Asked && (was.State != AwaitsReview || was.Note != by.Note || asked), nil
	})
}

// Hold keeps snapshot id, and all newer ones, from being published by Propose until
// it is released, or it or a newer one is published.
func (d *Dir) Hold(id string) error {
	return d.mark(Holds, id, Held, func(p *pointer, _ *Decision) (bool, error) {
		if p.state(id) == InService {
			return false, fmt.Errorf("snapshot %s %w", id, ErrInService)
		}
		return true, nil
	})
}

// Release undoes Hold, so that Propose may publish snapshot id and newer ones again. Of
// one that was rolled back it lets newer ones be published, and not itself.
func (d *Dir) Release(id string) error {
	return d.mark(Releases, id, AwaitsReview, func(p *pointer, _ *Decision) (bool, error) {
		if s := p.state(id); s != Held && s != RolledBack {
			return false, fmt.Errorf("snapshot %s %w, but %s", id, ErrNotHeld, s)
		}
		return true, nil
	})
}

// mark decides that a snapshot is in that state, if it may says so.
func (d *Dir) mark(what, id string, state State, may func(*pointer, *Decision) (bool, error)) error {
	m, err := d.manifest(id)
	if err == nil {
		err = d.publish(func(p *pointer) error {
			p.learn(id, m.Created)
			by := d.decision()
			ok, err := may(p, &by)
			if ok && err == nil {
				before := p.state(id)
				p.decide(id, m.Created, state, by)
				if after := p.state(id); after != before && what != leaves {
					p.note(what, id, string(before), string(after), by, d.reverts)
				}
			}
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("snapshot: %s: %w", what, err)
	}
	return nil
}

// States tells of all snapshots, oldest first, as List does, but looks at their
// manifests alone.
func (d *Dir) States() ([]Info, error) { return d.list(false) }
