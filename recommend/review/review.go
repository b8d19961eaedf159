package review

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend/snapshot"
	"github.com/alsolike/alsolike/recommend/snapshot/diff"
)

// A Rule says when snapshots go into service by themselves.
type Rule string

// The rules.
const (
	Always Rule = "always" // all of them do
	Never  Rule = "never"  // none does
	Auto   Rule = "auto"   // those do of which few links change and that pass the gate
)

// DefaultMaxChanged is how much of the links may change, see Policy.
const DefaultMaxChanged = .1

// A Policy says which snapshots go into service by themselves. The zero value lets all.
type Policy struct {
	Publish Rule // "": Always

	// MaxChanged is the largest diff.Links.Share that Auto lets through; 0:
	// DefaultMaxChanged, below: 0.
	MaxChanged float64

	// Gate is the path of the JSON report of an evaluation that Auto wants to see: of
	// the snapshot, with all gates passed. "": none.
	Gate string
}

// Most is the largest share of the links that Auto lets change.
func (p Policy) Most() float64 { return max(0, cmp.Or(p.MaxChanged, DefaultMaxChanged)) }

// Settle puts snapshot id, which the caller has just written, into service if p and
// the editors let it. Else it waits for review, and why says in words what for.
func (p Policy) Settle(dir *snapshot.Dir, id string) (why string, err error) {
	if why, err = p.against(dir, id); err != nil {
		return "", fmt.Errorf("review: %w", err)
	}
	if why == "" {
		return dir.By("", "review.publish is "+string(cmp.Or(p.Publish, Always))).Propose(id)
	}
	return why, dir.By("", why).Leave(id)
}

// Reconsider settles the newest snapshot if it waits for review by a policy, and has
// done so since it was last decided which one is in service: whoever publishes another
// one has passed it over. It returns the id of one that it has put into service, else "";
// so where somebody decides something meanwhile, which is to be looked at anew.
func (p Policy) Reconsider(dir *snapshot.Dir) (id string, err error) {
	seen, err := dir.Revision()
	if err != nil {
		return "", err
	}
	all, err := dir.States()
	if err != nil || len(all) == 0 {
		return "", err
	}
	var last snapshot.Info
	served := time.Time{}
	for i := range all {
		if !all[i].Leftover && (last.ID == "" || all[i].Manifest.Created.After(last.Manifest.Created)) {
			last = all[i]
		}
		if all[i].State == snapshot.InService {
			served = all[i].Decision.Time
		}
	}
	if d := last.Decision; last.Err != nil || last.State != snapshot.AwaitsReview || d.State != snapshot.AwaitsReview || d.Asked || !d.Time.After(served) {
		return "", nil
	}
	why, err := p.Settle(dir.If(seen), last.ID)
	if _, conflict := errors.AsType[*data.ConflictError](err); conflict || why != "" {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return last.ID, nil
}

// against says in words what p has against snapshot id; "" if nothing.
func (p Policy) against(dir *snapshot.Dir, id string) (string, error) {
	switch cmp.Or(p.Publish, Always) {
	case Never:
		return "review.publish is never", nil
	case Always:
		return "", nil
	}
	current, err := dir.Published()
	if err != nil || current == "" {
		return "", err
	}
	to, err := dir.Open(id)
	if err != nil {
		return "", err
	}
	from, err := dir.Open(current)
	if err != nil {
		return fmt.Sprintf("it cannot be compared with the one in service: %v", err), nil
	}
	share, most := diff.Compare(from, to, diff.Options{}).Share, p.Most()
	if share > most {
		return percent(share) + " of the links change, and review.max_changed is " + percent(most), nil
	}
	if p.Gate == "" {
		return "", nil
	}
	return gate(p.Gate, id), nil
}

// percent is "12.5 %", and never looks smaller than it is.
func percent(share float64) string {
	s := fmt.Sprintf("%.1f", 100*share)
	if share > 0 && s == "0.0" {
		s = "0.1"
	}
	return s + " %"
}
