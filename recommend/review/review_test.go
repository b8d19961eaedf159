package review_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/rank"
	"github.com/alsolike/alsolike/recommend/review"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

type model struct{}

func (model) WriteTo(io.Writer) (int64, error) { return 0, nil }

var made = time.Date(2026, 11, 23, 20, 0, 0, 0, time.UTC)

// write makes a snapshot of ten articles, of which each links to the one so many places
// on; those before changed to the next but one.
func write(t *testing.T, dir *snapshot.Dir, changed int) string {
	t.Helper()
	const n = 10
	c := snapshot.Contents{
		Vectors: embed.NewDense(n, 1), Candidates: knn.Lists{K: 1, Len: make([]int32, n), Data: make([]knn.Neighbour, n)}, Model: model{},
		Links: rank.Lists{K: 1, Len: make([]int32, n), Data: make([]rank.Link, n)},
	}
	made = made.Add(time.Second)
	c.Manifest.Created = made
	for row := range n {
		c.Cards = append(c.Cards, data.Card{ID: data.ArticleID(fmt.Sprint(row)), Lang: "en", State: data.Published})
		to := (row + 1) % n
		if row < changed {
			to = (row + 2) % n
		}
		c.Links.Len[row], c.Links.Data[row] = 1, rank.Link{Row: int32(to), Score: 1, Cosine: .5}
	}
	id, err := dir.Write(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// settle demands that the policy publishes the snapshot, or the reason why not.
func settle(t *testing.T, p review.Policy, dir *snapshot.Dir, id, reason string) {
	t.Helper()
	why, err := p.Settle(dir, id)
	if err != nil {
		t.Fatal(err)
	}
	if (why == "") != (reason == "") || !strings.Contains(why, reason) {
		t.Errorf("%+v: waits for %q, want %q", p, why, reason)
	}
	if reason != "" {
		if _, ok := review.ParseReason(why); !ok {
			t.Errorf("%q is no reason that can be told in other words", why)
		}
	}
	published, err := dir.Published()
	if err != nil || (published == id) != (reason == "") {
		t.Errorf("%+v: published %s, %v", p, published, err)
	}
}

func newDir(t *testing.T) *snapshot.Dir {
	t.Helper()
	dir, err := snapshot.OpenDir(filepath.Join(t.TempDir(), "snapshots"))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestSettle(t *testing.T) {
	dir := newDir(t)
	auto := review.Policy{Publish: review.Auto}
	settle(t, review.Policy{Publish: review.Never}, dir, write(t, dir, 0), "review.publish is never")
	settle(t, auto, dir, write(t, dir, 0), "") // the first has nothing to be compared with
	settle(t, auto, dir, write(t, dir, 1), "") // 10 %, which is the most
	settle(t, auto, dir, write(t, dir, 3), "20.0 % of the links change, and review.max_changed is 10.0 %")
	settle(t, review.Policy{Publish: review.Auto, MaxChanged: .2}, dir, write(t, dir, 3), "")
	settle(t, review.Policy{Publish: review.Auto, MaxChanged: -1}, dir, write(t, dir, 3), "")
	settle(t, review.Policy{Publish: review.Auto, MaxChanged: -1}, dir, write(t, dir, 4), "10.0 % of the links change, and review.max_changed is 0.0 %")
	settle(t, review.Policy{}, dir, write(t, dir, 9), "")
	if _, err := dir.By("mei", "no").Rollback(); err != nil {
		t.Fatal(err)
	}
	settle(t, review.Policy{}, dir, write(t, dir, 9), "was rolled back by mei: no")
}

func TestGate(t *testing.T) {
	dir := newDir(t)
	path := filepath.Join(t.TempDir(), "gate.json")
	p := review.Policy{Publish: review.Auto, Gate: path}
	settle(t, p, dir, write(t, dir, 0), "")
	id := write(t, dir, 0)
	settle(t, p, dir, id, path+" is not there yet")
	const other = "20200101T000000Z-000000"
	gates := func(snapshot string, effects ...string) string {
		var all []string
		for _, effect := range effects {
			all = append(all, `{"name":"clicks","candidate":"new","verdict":"worse","effect":"`+effect+`","reason":"It is so."}`)
		}
		return `{"gates":[` + strings.Join(all, ",") + `,{"candidate":"old","effect":"fail"}],"inputs":{"candidates":{"new":"snapshot ` + snapshot + `","old":"snapshot ` + other + `"}}}`
	}
	for _, test := range []struct{ report, reason string }{
		{"", "cannot be read"},
		{"[]", "cannot be read"},
		{"{}", "judges other snapshots"},
		{gates(other, "pass"), "judges other snapshots"},
		{gates(id, "pass", "fail"), `the gate "clicks" says worse. It is so`},
		{gates(id, "pass", "inconclusive"), "says worse"},
		{gates(id, "warn"), "says worse"},
		{gates(id, "pass", "whatever"), "says worse"},
		{gates(id, "pass", "warn"), ""},
	} {
		if err := os.WriteFile(path, []byte(test.report), 0o644); err != nil {
			t.Fatal(err)
		}
		settle(t, p, dir, id, test.reason)
	}
	p.MaxChanged = .05
	id = write(t, dir, 1)
	if err := os.WriteFile(path, []byte(gates(id, "pass")), 0o644); err != nil {
		t.Fatal(err)
	}
	settle(t, p, dir, id, "of the links change") // both must hold
}

// Only the newest that waits by a policy is looked at again.
func TestReconsider(t *testing.T) {
	dir := newDir(t)
	never, always := review.Policy{Publish: review.Never}, review.Policy{}
	reconsider := func(want string) {
		t.Helper()
		if got, err := always.Reconsider(dir); err != nil || got != want {
			t.Errorf("reconsidered and published %q, %v; want %q", got, err, want)
		}
	}
	reconsider("")
	settle(t, always, dir, write(t, dir, 0), "")
	reconsider("")
	settle(t, never, dir, write(t, dir, 0), "never")
	second := write(t, dir, 0)
	settle(t, never, dir, second, "never")
	reconsider(second)
	asked := write(t, dir, 0)
	if err := dir.LeaveAsked(asked); err != nil {
		t.Fatal(err)
	}
	reconsider("")
	held := write(t, dir, 0)
	settle(t, never, dir, held, "never")
	if err := dir.Hold(held); err != nil {
		t.Fatal(err)
	}
	reconsider("")
	if err := dir.Release(held); err != nil {
		t.Fatal(err)
	}
	reconsider(held)
	if _, err := dir.Rollback(); err != nil {
		t.Fatal(err)
	}
	reconsider("")
	if err := dir.Release(held); err != nil {
		t.Fatal(err)
	}
	reconsider("") // for it was rolled back
	older, newer := write(t, dir, 0), write(t, dir, 0)
	settle(t, never, dir, older, "never")
	settle(t, never, dir, newer, "never")
	if err := dir.Publish(older); err != nil {
		t.Fatal(err)
	}
	reconsider("") // for the other one was preferred
	write(t, dir, 0)
	reconsider("") // a crash may have left it
}

// Whoever publishes a snapshot passes over a newer one that waits, also where the policy
// is just looking at that: afterwards it does not come into service by itself.
func TestReconsiderWhileSomebodyDecides(t *testing.T) {
	dir := newDir(t)
	policy := review.Policy{}
	for range 25 {
		held, waits := write(t, dir, 0), write(t, dir, 0)
		if err := dir.LeaveAsked(held); err != nil {
			t.Fatal(err)
		}
		if err := dir.Hold(held); err != nil {
			t.Fatal(err)
		}
		settle(t, policy, dir, waits, "is held")
		ended := make(chan error)
		go func() {
			_, err := policy.Reconsider(dir)
			ended <- err
		}()
		if err := dir.Publish(held); err != nil {
			t.Fatal(err)
		}
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		if id, err := dir.Published(); err != nil || id != held {
			t.Fatalf("%s is in service (%v), want %s, which an editor has published", id, err, held)
		}
	}
}
