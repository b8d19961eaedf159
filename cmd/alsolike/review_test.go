package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alsolike/alsolike/recommend/snapshot"
	"github.com/alsolike/alsolike/recommend/snapshot/diff"
)

// A reviewed is a shell on a site of few articles, of which more can come.
type reviewed struct {
	*shell
	came int
}

func newReviewed(t *testing.T, environ ...string) *reviewed {
	s := &reviewed{shell: newShell(t)}
	s.ok("import", madeUp(t, "old", 1, 60))
	s.ok("refresh")
	s.environ = environ
	return s
}

// refreshed brings some articles and makes a snapshot of them, of which it returns the
// id and what the command says.
func (s *reviewed) refreshed(args ...string) (id, said string) {
	s.t.Helper()
	s.came++
	s.ok("import", madeUp(s.t, fmt.Sprintf("new%d", s.came), uint64(100+s.came), 6))
	said = s.ok(append([]string{"refresh"}, args...)...)
	return strings.Fields(said)[1], said
}

// states are those of the snapshots, by id.
func (s *shell) states() map[string]snapshotRow {
	s.t.Helper()
	var rows []snapshotRow
	s.decode(&rows, "snapshot", "list", "--json")
	states := map[string]snapshotRow{}
	for _, r := range rows {
		states[r.ID] = r
	}
	return states
}

// says demands all parts of a text.
func says(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("it does not say %q:\n%s", part, text)
		}
	}
}

// within waits until the server serves that snapshot, which it does within a second where
// nothing else holds it up.
func (r *running) within(id string) {
	r.t.Helper()
	start := time.Now()
	for {
		_, body := r.get("/v1/status")
		var st struct{ Snapshot string }
		if err := json.Unmarshal([]byte(body), &st); err != nil {
			r.t.Fatal(err)
		}
		if st.Snapshot == id {
			return
		}
		if time.Since(start) > 20*time.Second {
			r.t.Fatalf("%s is in service, want %s", st.Snapshot, id)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// The whole way: a refresh is left for review, looked at, published, rolled back; a
// server follows at once, and no refresh undoes what somebody decided.
func TestReview(t *testing.T) {
	s := newReviewed(t)
	first := s.published()
	r := s.startServe()
	waitFor(t, "the server lives", func() bool { status, _ := r.get("/readyz"); return status == http.StatusOK })

	second, said := s.refreshed("--review")
	says(t, said, "Snapshot "+second+" awaits review: 66 articles", "It is not in service: it was asked for", "alsolike snapshot diff "+second, "alsolike snapshot publish "+second)
	if s.published() != first {
		t.Fatal("what awaits review is in service")
	}
	says(t, s.ok("status"), "review", second+", made", "awaits review: it was asked for")
	says(t, s.ok("snapshot", "show", second), "awaits review")

	text := s.ok("snapshot", "diff")
	says(t, text, "From "+first+" to "+second, "60 in both, 6 new, 0 gone", " added, ", "lists ", "SECTION", "MOST LINKED TO", "  +")
	if other := s.ok("snapshot", "diff", second); other != text {
		t.Errorf("with the id:\n%s\nwithout:\n%s", other, text)
	}
	var d diff.Diff
	s.decode(&d, "snapshot", "diff", first, second, "--json", "--limit", "0", "--places", "3")
	if d.From != first || d.To != second || d.Places != 3 || d.Articles.Both != 60 || len(d.Lists) != d.Links.Changed+d.Links.Reordered || d.Share <= 0 {
		t.Errorf("the difference as JSON: %+v", d)
	}

	last := d.Lists[len(d.Lists)-1].ID
	s.decode(&d, "snapshot", "diff", first, second, "--json", "--article", string(last))
	if len(d.Lists) != 1 || d.Lists[0].ID != last {
		t.Errorf("of one article there are the lists %+v", d.Lists)
	}
	fresh := s.run("snapshot", "diff", first, second, "--article", "new100000000")
	says(t, fresh.stderr, `Article "new100000000" is new in snapshot `+second)
	same := s.run("snapshot", "diff", first, first, "--article", string(last))
	says(t, same.stderr, `The list of article "`+string(last)+`" stays as it is.`)
	s.fails(1, []string{`article "nobody" is not in snapshot ` + second}, "snapshot", "diff", "--article", "nobody")

	s.ok("snapshot", "publish", second, "--author", "mei", "--note", "looks good")
	r.within(second)
	says(t, s.ok("snapshot", "list"), "in service by mei: looks good", "retired")
	s.ok("snapshot", "rollback", "--author", "lin", "--note", "sport under obituaries")
	r.within(first)
	third, said := s.refreshed()
	says(t, said, third+" awaits review", second+", newer than the one in service, was rolled back by lin: sport under obituaries")
	time.Sleep(2 * reconsidered) // in which the server might do something about it
	r.within(first)
	says(t, s.ok("status"), "rolled back by lin")

	s.ok("snapshot", "release", second)
	r.within(first) // which lets go of newer ones, of the third too
	waitFor(t, "the third is in service by itself", func() bool { return s.published() == third })
	r.within(third)
	if fourth, said := s.refreshed(); s.published() != fourth {
		t.Errorf("after all is decided a refresh waits:\n%s", said)
	}

	fifth, _ := s.refreshed("--review")
	s.ok("snapshot", "hold", fifth, "--author", "mei")
	_, said = s.refreshed()
	says(t, said, "awaits review", fifth+", newer than the one in service, is held by mei")
	s.ok("snapshot", "publish", fifth)
	r.within(fifth)
	time.Sleep(2 * reconsidered) // in which the sixth, which was passed over, might be put into service
	r.within(fifth)
	history := s.ok("history", "list", "--kind", "snapshot", "--people")
	says(t, history, "snapshot "+second+" is in service: looks good", "lin", "rollback", "snapshot "+first+" is in service again: sport under obituaries", "release", "hold")
	if n := strings.Count(history, "\n"); n != 1+5 {
		t.Errorf("the history has %d lines, want 6:\n%s", n, history)
	}
	all := s.ok("history", "list", "--kind", "snapshot")
	says(t, all, "snapshot "+first+" is in service by itself, since review.publish is always", "snapshot "+third+" is in service by itself")
	if n := strings.Count(all, "\n"); n != 1+5+3 {
		t.Errorf("the whole history has %d lines, want 9:\n%s", n, all)
	}
	var entries []historyRow
	s.decode(&entries, "history", "list", "--kind", "snapshot", "--author", "lin", "--json")
	if len(entries) != 1 || entries[0].Subject != "published" || string(entries[0].Before) != `"`+second+`"` || string(entries[0].After) != `"`+first+`"` {
		t.Errorf("lin's rollback: %+v", entries)
	}
	s.fails(1, []string{"is in service"}, "snapshot", "hold", fifth)
	s.fails(1, []string{"neither held nor rolled back"}, "snapshot", "release", fifth)
	s.fails(1, []string{"alsolike snapshot list"}, "snapshot", "hold", "20200101T000000Z-000000")
	s.fails(1, []string{"alsolike snapshot list"}, "snapshot", "diff", "20200101T000000Z-000000")
	s.fails(2, []string{"--places"}, "snapshot", "diff", fifth, "--places", "0")
}

// What somebody decided whose process ended before it could be written into the history is
// written there by a server, and by the next command that decides something.
func TestReviewThatWasCutShort(t *testing.T) {
	s := newReviewed(t)
	first := s.published()
	dir, err := snapshot.OpenDir(filepath.Join(s.data, snapshotFolder))
	if err != nil {
		t.Fatal(err)
	}
	second, _ := s.refreshed("--review")
	lines := func() int {
		return strings.Count(s.ok("history", "list", "--kind", "snapshot", "--people", "--limit", "99"), "\n") - 1
	}
	if err := dir.By("mei", "asked").Hold(second); err != nil {
		t.Fatal(err)
	}
	if n := lines(); n != 0 && n != -1 {
		t.Fatalf("%d are in the history before", n)
	}
	s.ok("snapshot", "publish", second, "--author", "lin")
	history := s.ok("history", "list", "--kind", "snapshot", "--people")
	says(t, history, "snapshot "+second+" is held: asked", "snapshot "+second+" is in service")
	if n := lines(); n != 2 {
		t.Errorf("%d are in the history, want 2:\n%s", n, history)
	}
	if _, err := dir.By("mei", "").Rollback(); err != nil {
		t.Fatal(err)
	}
	r := s.startServe()
	waitFor(t, "the server has written what was missing", func() bool { return lines() == 3 })
	if err := dir.By("mei", "").Release(second); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "and what comes while it runs", func() bool { return lines() == 4 })
	r.within(first)

	// The history takes it back.
	var entries []historyRow
	s.decode(&entries, "history", "list", "--kind", "snapshot", "--people", "--json")
	says(t, s.ok("history", "revert", fmt.Sprint(entries[1].ID), "--author", "lin"), fmt.Sprintf("Change %d is reverted", entries[1].ID), "another one (snapshot "+second+" is in service)")
	r.within(second)
	s.fails(1, []string{"has been changed again since", "by lin"}, "history", "revert", fmt.Sprint(entries[1].ID))
	s.fails(1, []string{"let refreshes go on after a rollback"}, "history", "revert", fmt.Sprint(entries[0].ID))
}

// What waits is published by the policy: never, or when few links change.
func TestReviewPolicy(t *testing.T) {
	s := newReviewed(t, "ALSOLIKE_REVIEW_PUBLISH=never")
	first := s.published()
	_, said := s.refreshed()
	says(t, said, "review.publish is never")
	s.environ = []string{"ALSOLIKE_REVIEW_PUBLISH=auto", "ALSOLIKE_REVIEW_MAX_CHANGED=0"}
	second, said := s.refreshed()
	says(t, said, "of the links change, and review.max_changed is 0.0 %")
	if s.published() != first {
		t.Error("what should wait is in service")
	}
	var m struct {
		ID     string
		Awaits string `json:"awaits_review"`
	}
	s.decode(&m, "refresh", "--json")
	if !strings.Contains(m.Awaits, "review.max_changed") {
		t.Errorf("the manifest says that it waits for %q", m.Awaits)
	}
	if state := s.states()[second].State; state != snapshot.AwaitsReview {
		t.Errorf("the second is %s", state)
	}
	s.environ[1] = "ALSOLIKE_REVIEW_MAX_CHANGED=100%"
	if id, said := s.refreshed(); s.published() != id {
		t.Errorf("few links change, and yet:\n%s", said)
	}
	check := func(variable, value, part string) {
		t.Helper()
		s.environ = []string{variable + "=" + value}
		s.fails(2, []string{variable, part}, "refresh")
	}
	check("ALSOLIKE_REVIEW_PUBLISH", "often", "always, never or auto")
	check("ALSOLIKE_REVIEW_MAX_CHANGED", "20", "such as 0.05 or 5%")
	check("ALSOLIKE_SNAPSHOTS_KEEP", "-3", "whole number")
}

// An empty site under never waits for its first snapshot to be published, and under
// auto does not.
func TestReviewOfTheFirst(t *testing.T) {
	s := newShell(t)
	s.environ = []string{"ALSOLIKE_REVIEW_PUBLISH=never"}
	s.ok("import", madeUp(t, "old", 1, 20))
	id := strings.Fields(s.ok("refresh"))[1]
	says(t, s.ok("status"), "snapshot", "none", id, "awaits review: review.publish is never")
	s.fails(1, []string{"refresh"}, "related", "old0")
	s.ok("snapshot", "publish", id)
	if s.published() != id {
		t.Error("what was published is not in service")
	}
	other := newShell(t)
	other.environ = []string{"ALSOLIKE_REVIEW_PUBLISH=auto", "ALSOLIKE_REVIEW_GATE=gate.json"}
	other.ok("import", madeUp(t, "old", 1, 20))
	says(t, other.ok("refresh"), "is in service")
}

// A server puts what waits into service once the report of an evaluation lets it, and
// not what is held.
func TestReviewGate(t *testing.T) {
	s, _, _ := evalSite(t)
	s.ok("refresh")
	first := s.published()
	s.environ = []string{"ALSOLIKE_REVIEW_PUBLISH=auto", "ALSOLIKE_REVIEW_MAX_CHANGED=100%", "ALSOLIKE_REVIEW_GATE=gate.json"}
	r := s.startServe()
	id := strings.Fields(s.ok("refresh"))[1]
	says(t, s.ok("status"), id, "awaits review: the gate's report", "gate.json is not there yet")

	var reads strings.Builder
	for i := range 40 { // reader by reader from a to b and from c to d
		day := time.Date(2026, 3, 1, i, 0, 0, 0, time.UTC)
		for j, page := range []string{"a", "b", "c", "d"} {
			fmt.Fprintf(&reads, "{\"who\":\"r%d-%d\",\"what\":%q,\"at\":%q}\n", i, j/2, page, day.Add(time.Duration(j)*time.Minute).Format(time.RFC3339))
		}
	}
	log := s.file("reads.ndjson", reads.String())
	config := s.file("eval.yaml", "version: 1\nk: 3\ncompare: [random]\n")
	judge := func(least string) string {
		t.Helper()
		text, err := os.ReadFile(config)
		if err != nil {
			t.Fatal(err)
		}
		gated := s.file("gated.yaml", string(text)+"gates: [{metric: hr@3, min: "+least+"}]\n")
		result := s.run("eval", "run", "--config", gated, "--reads", log, "--map", "reader=who,item=what,time=at", "--candidate", "review="+id, "--json")
		if result.stdout == "" {
			t.Fatal(result.stderr)
		}
		return result.stdout
	}
	report := func(text string) {
		t.Helper()
		aside := s.file("gate.json", text)
		if err := os.Rename(aside, filepath.Join(s.data, "gate.json")); err != nil {
			t.Fatal(err)
		}
	}
	waits := func(why string) {
		t.Helper()
		waitFor(t, "the second waits since "+why, func() bool { return strings.Contains(s.ok("snapshot", "list"), why) })
		if s.published() != first {
			t.Fatalf("%s is in service though %s", id, why)
		}
	}
	report(judge("0.99"))
	waits("the gate \"hr@3 (L1): at least 0.99\" says inconclusive")
	report(`{"gates":`)
	waits("cannot be read")
	report(strings.ReplaceAll(judge("0"), id, first))
	waits("judges other snapshots")

	s.ok("snapshot", "hold", id, "--author", "mei")
	report(judge("0"))
	time.Sleep(2 * reconsidered)
	waits("held by mei")
	s.ok("snapshot", "release", id)
	waitFor(t, "the gate lets it into service", func() bool { return s.published() == id })
	r.within(id)
	says(t, s.ok("history", "list", "--kind", "snapshot"), "snapshot "+id+" is in service by itself, since review.publish is auto")
	if state := s.states()[first].State; state != snapshot.Retired {
		t.Errorf("the first is %s", state)
	}
}

// A background refresh leaves for review what the policy does not let into service.
func TestReviewInTheBackground(t *testing.T) {
	s := newReviewed(t, "ALSOLIKE_REVIEW_PUBLISH=auto", "ALSOLIKE_REVIEW_MAX_CHANGED=0", "ALSOLIKE_REFRESH_EVERY=1s")
	first := s.published()
	r := s.startServe()
	s.ok("import", madeUp(t, "new", 7, 6))
	waiting := ""
	waitFor(t, "a snapshot waits for review", func() bool {
		for id, row := range s.states() {
			if row.State == snapshot.AwaitsReview && strings.Contains(row.Note, "of the links change") {
				waiting = id
			}
		}
		return waiting != ""
	})
	r.within(first)
	s.ok("snapshot", "publish", waiting)
	r.within(waiting)
}

// Lists of some articles stay as they are when the others change.
func TestPublishExcept(t *testing.T) {
	s := newReviewed(t)
	first := s.published()
	second, _ := s.refreshed("--review")
	var d diff.Diff
	s.decode(&d, "snapshot", "diff", first, second, "--json", "--limit", "0")
	if len(d.Lists) < 3 {
		t.Fatalf("only %d lists change", len(d.Lists))
	}
	kept := []string{string(d.Lists[0].ID), string(d.Lists[1].ID)}
	r := s.startServe()
	waitFor(t, "the server lives", func() bool { status, _ := r.get("/readyz"); return status == http.StatusOK })

	out := s.ok("snapshot", "publish", second, "--except", kept[0], "--except", kept[1], "--author", "mei")
	made := s.published()
	says(t, out, "Snapshot "+made+" is in service, which is "+second+" but for the lists of 2 articles, which stay as they were.")
	r.within(made)
	says(t, s.ok("snapshot", "show"), "in service by mei", "except", second+" is it, but for the lists of 2 articles, which are those of "+first, kept[0])
	var rest diff.Diff
	s.decode(&rest, "snapshot", "diff", first, made, "--json", "--limit", "0")
	if len(rest.Lists) != len(d.Lists)-2 || slices.ContainsFunc(rest.Lists, func(l diff.List) bool { return slices.Contains(kept, string(l.ID)) }) {
		t.Errorf("%d lists change, want all %d but those of %v", len(rest.Lists), len(d.Lists), kept)
	}
	s.decode(&rest, "snapshot", "diff", second, made, "--json", "--limit", "0")
	if len(rest.Lists) != 2 {
		t.Errorf("it differs from the second in %d lists, want 2", len(rest.Lists))
	}
	before := len(s.states())
	s.fails(1, []string{"nobody", "no list there"}, "snapshot", "publish", second, "--except", "nobody")
	if n := len(s.states()); n != before {
		t.Errorf("there are %d snapshots, want %d", n, before)
	}
	if third, said := s.refreshed(); s.published() != third {
		t.Errorf("a refresh after it:\n%s", said)
	}
	s.fails(1, []string{"nobody", "no list there"}, "snapshot", "publish", second, "--except", "nobody")
	s.fails(1, []string{"alsolike snapshot list"}, "snapshot", "publish", "20200101T000000Z-000000", "--except", kept[0])
}

// Old snapshots lose their models, and those that no reader had go, after a refresh and
// when asked.
func TestSnapshotPrune(t *testing.T) {
	s := newReviewed(t)
	first := s.published()
	passed, _ := s.refreshed("--review")
	s.refreshed()
	before, _ := s.refreshed()
	s.fails(2, []string{"snapshots.keep", "whole number"}, "snapshot", "prune", "--config", s.file("c.yaml", "snapshots.keep: none"))
	s.environ = []string{"ALSOLIKE_SNAPSHOTS_KEEP=all"}
	last, _ := s.refreshed()
	if n := len(s.states()); n != 5 {
		t.Fatalf("%d snapshots", n)
	}
	if r := s.run("snapshot", "prune"); r.code != 0 || !strings.Contains(r.stderr, "snapshots.keep is all") {
		t.Errorf("prune with all kept: %+v", r)
	}
	s.environ[0] = "ALSOLIKE_SNAPSHOTS_KEEP=1"
	says(t, s.ok("snapshot", "prune"), "Of 1 snapshot the lists are left, 1 is removed.")
	states := s.states()
	if _, there := states[passed]; there || len(states) != 4 || !states[first].Pruned || states[before].Pruned || states[last].Pruned {
		t.Errorf("left are %+v", states)
	}
	says(t, s.ok("snapshot", "list"), "retired; pruned")
	says(t, s.ok("snapshot", "show", first), "retired; pruned")
	says(t, s.ok("snapshot", "diff", first, last), "From "+first)
	s.fails(1, []string{first, "was pruned"}, "snapshot", "publish", first)
	reads := s.file("reads.csv", "who,what\nmei,old00000001\nmei,old00000002\nlin,old00000001\nlin,old00000003\n")
	says(t, s.ok("eval", "run", "--reads", reads, "--map", "reader=who,item=what", "--candidate", "old="+first), "| old ")
	s.ok("refresh")
	var done struct{ Pruned, Removed []string }
	s.decode(&done, "snapshot", "prune", "--json")
	if len(done.Pruned)+len(done.Removed) != 0 || s.states()[before].Pruned {
		t.Errorf("after a refresh, which prunes: %+v, %+v", done, s.states())
	}
}
