package snapshot

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/alsolike/alsolike/recommend/rank"
)

// aged is contents of a snapshot that was made so long ago.
func aged(ago time.Duration) Contents {
	c := contents(5)
	c.Manifest.Created = time.Now().Add(-ago)
	return c
}

// sameLists compares what two snapshots say of links.
func sameLists(t *testing.T, was, is *Snapshot) {
	t.Helper()
	if was.Len() != is.Len() {
		t.Fatalf("%d articles, want %d", is.Len(), was.Len())
	}
	for row := range was.Len() {
		if diff := cmp.Diff(was.Card(row), is.Card(row)) + cmp.Diff(was.Links(row), is.Links(row)); diff != "" ||
			was.Story(row) != is.Story(row) || was.Group(row) != is.Group(row) {
			t.Errorf("row %d (-whole +pruned)\n%s", row, diff)
		}
	}
}

// Old snapshots lose all but their lists, then those; what is needed stays whole.
func TestPrune(t *testing.T) {
	const day = 24 * time.Hour
	d := quickDir(t)
	ancient := publish(t, d, aged(90*day))
	old := publish(t, d, aged(9*day))
	passed := write(t, d, aged(8*day))
	if err := d.Leave(passed); err != nil {
		t.Fatal(err)
	}
	held := write(t, d, aged(7*day))
	if err := d.Hold(held); err != nil {
		t.Fatal(err)
	}
	unknown := write(t, d, aged(6*day))
	before := publish(t, d, aged(5*day))
	current := publish(t, d, aged(4*day))
	newest := write(t, d, aged(3*day))
	whole, err := d.Open(old)
	if err != nil {
		t.Fatal(err)
	}

	done, err := d.Prune(t.Context(), 1, 60*day)
	if err != nil {
		t.Fatal(err)
	}
	want := Pruning{Pruned: []string{unknown, old}, Removed: []string{passed, ancient}}
	if diff := cmp.Diff(want, done); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	all, err := d.List()
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, info := range all {
		if info.Err != nil {
			t.Errorf("%s is broken: %v", info.ID, info.Err)
		}
		left = append(left, info.ID)
		_, err := d.Open(info.ID)
		if pruned := info.ID == unknown || info.ID == old; pruned != errors.Is(err, ErrPruned) || pruned == info.Manifest.Pruned.IsZero() {
			t.Errorf("%s: pruned %v, %v", info.ID, info.Manifest.Pruned, err)
		}
	}
	if want := []string{old, held, unknown, before, current, newest}; !slices.Equal(left, want) {
		t.Errorf("left are %v, want %v", left, want)
	}
	if files := names(t, filepath.Join(d.path, old)); len(files) != 7 {
		t.Errorf("left of a pruned one are %v", files)
	}
	lists, err := d.OpenLists(old)
	if err != nil {
		t.Fatal(err)
	}
	sameLists(t, whole, lists)
	if err := lists.Check(); err != nil {
		t.Error(err)
	}
	for row := range lists.Len() { // what is gone is empty, and kills nobody
		if len(lists.Candidates(row))+len(lists.CrossCandidates(row))+len(lists.Vector(row))+len(lists.CrossVector(row)) != 0 || lists.Floor(row) != 0 ||
			lists.Origin(row) != (Origin{}) {
			t.Errorf("row %d of a pruned snapshot has more than its lists", row)
		}
	}
	if lists.HasCross() || lists.HasOrigins() || lists.HasTerms() || lists.HasSketches() || len(lists.ModelBytes())+len(lists.BoilerplateBytes())+len(lists.CrossModelBytes()) > 0 ||
		lists.Lists().Len != nil || lists.Vectors().Dim != 0 || lists.CrossVectors().Dim != 0 {
		t.Error("a pruned snapshot has more than its lists")
	}
	if err := d.Publish(old); !errors.Is(err, ErrPruned) {
		t.Errorf("a pruned snapshot is published: %v", err)
	}
	if published, _ := d.Published(); published != current {
		t.Errorf("published %s, want %s", published, current)
	}
	if done, err := d.Prune(t.Context(), 1, 60*day); err != nil || len(done.Pruned)+len(done.Removed) > 0 {
		t.Errorf("pruned again: %+v, %v", done, err)
	}
	if back, err := d.Rollback(); err != nil || back != before {
		t.Errorf("rolled back to %s, %v", back, err)
	}
}

// Where candidates are the links, they stay.
func TestPruneWithoutLinks(t *testing.T) {
	d := quickDir(t)
	c := aged(time.Hour)
	c.Links = rank.Lists{}
	old := publish(t, d, c)
	publish(t, d, aged(time.Minute))
	publish(t, d, aged(0))
	whole, err := d.Open(old)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Prune(t.Context(), 0, 0); err != nil {
		t.Fatal(err)
	}
	lists, err := d.OpenLists(old)
	if err != nil {
		t.Fatal(err)
	}
	sameLists(t, whole, lists)
}

// A disk that fails at any step leaves every snapshot whole, pruned or gone, and the
// next pruning ends what that one began.
func TestPruneOnAFailingDisk(t *testing.T) {
	for step := 1; ; step++ {
		d := quickDir(t)
		old, removed := publish(t, d, aged(2*time.Hour)), write(t, d, aged(time.Hour))
		if err := d.Leave(removed); err != nil {
			t.Fatal(err)
		}
		before, current := publish(t, d, aged(time.Minute)), publish(t, d, aged(0))
		failing := &failingDisk{failAt: step}
		_, err := (&Dir{path: d.path, fs: failing}).Prune(t.Context(), 0, 0)
		for _, id := range whole(t, d) {
			if _, err := d.OpenLists(id); err != nil {
				t.Errorf("step %d: %v", step, err)
			}
		}
		if s, warning, err := d.OpenPublished(); err != nil || warning != nil || s.ID() != current {
			t.Errorf("step %d: %v, %v", step, err, warning)
		}
		if err == nil {
			if step < 6 {
				t.Errorf("pruned in %d steps", step)
			}
			return
		}
		if !errors.Is(err, errDisk) {
			t.Errorf("step %d: %v", step, err)
		}
		if _, err := d.Prune(t.Context(), 0, 0); err != nil {
			t.Fatal(err)
		}
		if got := whole(t, d); !slices.Equal(got, []string{old, before, current}) {
			t.Errorf("step %d: left are %v", step, got)
		}
		if _, err := os.Stat(filepath.Join(d.path, old, vectorsFile)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("step %d: the vectors are left: %v", step, err)
		}
	}
}
