package snapshot

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/alsolike/alsolike/data"
)

var errDisk = errors.New("no space left on device")

// A failingDisk fails at the step with number failAt and at all later ones.
type failingDisk struct {
	disk
	failAt int

	mu   sync.Mutex
	step int
}

func (f *failingDisk) next() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.step++
	if f.step >= f.failAt {
		return errDisk
	}
	return nil
}

func (f *failingDisk) Mkdir(path string) error {
	if err := f.next(); err != nil {
		return err
	}
	return f.disk.Mkdir(path)
}

func (f *failingDisk) Create(path string) (file, error) {
	if err := f.next(); err != nil {
		return nil, err
	}
	created, err := f.disk.Create(path)
	return &failingFile{created, f}, err
}

func (f *failingDisk) Link(from, to string) error {
	if err := f.next(); err != nil {
		return err
	}
	return f.disk.Link(from, to)
}

func (f *failingDisk) Rename(from, to string) error {
	if err := f.next(); err != nil {
		return err
	}
	return f.disk.Rename(from, to)
}

func (f *failingDisk) SyncDir(path string) error {
	if err := f.next(); err != nil {
		return err
	}
	return f.disk.SyncDir(path)
}

type failingFile struct {
	file
	disk *failingDisk
}

// Write writes half of b when it fails, as a full disk does.
func (f *failingFile) Write(b []byte) (int, error) {
	if err := f.disk.next(); err != nil {
		n, _ := f.file.Write(b[:len(b)/2])
		return n, err
	}
	return f.file.Write(b)
}

func (f *failingFile) Sync() error {
	if err := f.disk.next(); err != nil {
		return err
	}
	return f.file.Sync()
}

// whole tells which of the snapshots there are, all of which must be sound.
func whole(t *testing.T, d *Dir) (ids []string) {
	t.Helper()
	infos, err := d.List()
	if err != nil {
		t.Fatal(err)
	}
	for _, info := range infos {
		if info.Err != nil {
			t.Errorf("a broken snapshot can be seen: %v", info.Err)
		}
		ids = append(ids, info.ID)
	}
	return ids
}

func names(t *testing.T, path string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// A disk that fails at any step of writing must leave nothing behind.
func TestWriteOnAFailingDisk(t *testing.T) {
	d := testDir(t)
	good := publish(t, d, contents(5))
	before := names(t, d.path)
	for step := 1; ; step++ {
		failing := &failingDisk{failAt: step}
		broken := &Dir{path: d.path, fs: failing}
		id, err := broken.Write(t.Context(), contents(6))
		if err == nil {
			if failing.step != step-1 || step < 20 {
				t.Fatalf("written in %d steps though step %d failed", failing.step, step)
			}
			if s, err := d.Open(id); err != nil || s.Len() != 6 {
				t.Errorf("the snapshot written at last: %v", err)
			}
			return
		}
		if !errors.Is(err, errDisk) {
			t.Errorf("step %d: got error %v, want %v", step, err, errDisk)
		}
		if after := names(t, d.path); !slices.Equal(after, before) {
			t.Errorf("step %d: left %v, want %v", step, after, before)
		}
		if published, err := d.Published(); published != good || err != nil {
			t.Errorf("step %d: published %s, %v; want %s", step, published, err, good)
		}
	}
}

// A disk that fails at any step of publishing must leave the old snapshot or
// the new one in force.
func TestPublishOnAFailingDisk(t *testing.T) {
	d := testDir(t)
	old := publish(t, d, contents(5))
	id := write(t, d, contents(6))
	for step := 1; ; step++ {
		failing := &failingDisk{failAt: step}
		err := (&Dir{path: d.path, fs: failing}).Publish(id)
		published, readErr := d.Published()
		if readErr != nil {
			t.Fatalf("step %d: %v", step, readErr)
		}
		if err == nil {
			if failing.step < 5 || published != id { // create, write, sync, rename, sync folder
				t.Errorf("published %s in %d steps", published, failing.step)
			}
			return
		}
		if failing.step < 5 && published != old {
			t.Errorf("step %d: published %s, want %s", step, published, old)
		}
		if published == id { // renamed, and only its durability is in doubt
			if err := d.Publish(old); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// What is published as it was written must be sound, though nobody has read it.
func TestWriteAndPublish(t *testing.T) {
	d := testDir(t)
	old := publish(t, d, contents(5))
	m, err := d.WriteAndPublish(t.Context(), contents(6))
	if err != nil {
		t.Fatal(err)
	}
	s, warning, err := d.OpenPublished()
	if err != nil || warning != nil {
		t.Fatal(err, warning)
	}
	if diff := cmp.Diff(&m, s.Manifest()); diff != "" || s.ID() == old || s.Len() != 6 {
		t.Errorf("published %s; manifest (-returned +read):\n%s", s.ID(), diff)
	}

	failing := &failingDisk{failAt: 1 << 30}
	if _, err := (&Dir{path: d.path, fs: failing}).WriteAndPublish(t.Context(), contents(7)); err != nil {
		t.Fatal(err)
	}
	for back := 4; back >= 0; back-- { // of the pointer: create, write, sync, rename, sync folder
		_, err := (&Dir{path: d.path, fs: &failingDisk{failAt: failing.step - back}}).WriteAndPublish(t.Context(), contents(8))
		if !errors.Is(err, errDisk) || !strings.Contains(err.Error(), "publish") {
			t.Errorf("got error %v, want one of publishing", err)
		}
		if s, _, err := d.OpenPublished(); err != nil || (back == 0) != (s.Len() == 8) { // in the end only its durability is in doubt
			t.Errorf("after a failure %d steps before the end: %v", back, err)
		}
	}
	whole(t, d)
}

func TestWriteStops(t *testing.T) {
	d := testDir(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Write(ctx, contents(5)); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want %v", err, context.Canceled)
	}
	if left := names(t, d.path); len(left) != 0 {
		t.Errorf("left %v", left)
	}
}

func TestWriteSweepsWhatACrashLeft(t *testing.T) {
	d := testDir(t)
	left := filepath.Join(d.path, asidePrefix+"1")
	if err := errors.Join(os.MkdirAll(left, 0o755), os.WriteFile(filepath.Join(left, cardsFile), []byte("half"), 0o644)); err != nil {
		t.Fatal(err)
	}
	if ids := whole(t, d); len(ids) != 0 {
		t.Errorf("the leftover is listed: %v", ids)
	}
	id := write(t, d, contents(5))
	if got := names(t, d.path); !slices.Equal(got, []string{id}) {
		t.Errorf("got %v, want only %s", got, id)
	}
}

func TestPublishAndRollback(t *testing.T) {
	d := testDir(t)
	check := func(step, want string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", step, err)
		}
		got, err := d.Published()
		if err != nil || got != want {
			t.Fatalf("%s: published %q, %v; want %q", step, got, err, want)
		}
	}
	check("nothing published", "", nil)
	if err := d.Publish("20261123T200000Z-7f3a9c"); !errors.Is(err, data.ErrNoSnapshot) {
		t.Errorf("publish without a folder: got error %v, want %v", err, data.ErrNoSnapshot)
	}
	a, b, c := write(t, d, contents(3)), write(t, d, contents(4)), write(t, d, contents(5))
	if _, err := d.Rollback(); err == nil {
		t.Error("rolled back to nothing")
	}
	check("publish a", a, d.Publish(a))
	check("publish b", b, d.Publish(b))
	check("publish b again", b, d.Publish(b))
	check("publish c", c, d.Publish(c))
	rollback := func(want string) {
		t.Helper()
		id, err := d.Rollback()
		check("roll back", want, err)
		if id != want {
			t.Errorf("Rollback() = %s, want %s", id, want)
		}
	}
	rollback(b)
	rollback(a)
	if _, err := d.Rollback(); err == nil {
		t.Error("rolled back past the first")
	}
	if err := d.Publish("20261123T200000Z-000000"); !errors.Is(err, data.ErrNotFound) {
		t.Errorf("got error %v, want %v", err, data.ErrNotFound)
	}
	check("after refusals", a, nil)

	for range maxPublished {
		check("publish b", b, d.Publish(b))
		check("publish a", a, d.Publish(a))
	}
	if p, err := d.readPointer(); err != nil || len(p.Published) != maxPublished {
		t.Errorf("%d ids are remembered (%v), want %d", len(p.Published), err, maxPublished)
	}
}

func TestOpenPublished(t *testing.T) {
	d := testDir(t)
	if _, _, err := d.OpenPublished(); !errors.Is(err, data.ErrNoSnapshot) {
		t.Errorf("got error %v, want %v", err, data.ErrNoSnapshot)
	}
	a, b, c := publish(t, d, contents(3)), publish(t, d, contents(4)), publish(t, d, contents(5))
	write(t, d, contents(6)) // never published, so never served
	open := func(want string, broken ...string) {
		t.Helper()
		s, warning, err := d.OpenPublished()
		if err != nil {
			t.Fatal(err)
		}
		if s.ID() != want {
			t.Errorf("opened %s, want %s", s.ID(), want)
		}
		if (warning == nil) != (len(broken) == 0) {
			t.Errorf("warned %v though %v are broken", warning, broken)
		}
		for _, id := range broken {
			if !strings.Contains(warning.Error(), id) {
				t.Errorf("warning %v does not name %s", warning, id)
			}
		}
	}
	cut := func(id, name string) {
		t.Helper()
		if err := os.Truncate(filepath.Join(d.path, id, name), 3); err != nil {
			t.Fatal(err)
		}
	}
	open(c)
	cut(c, vectorsFile)
	open(b, c)
	cut(b, manifestFile)
	open(a, b, c)
	if err := d.Publish(b); err == nil || !strings.Contains(err.Error(), manifestFile) {
		t.Errorf("publish of a broken one: got error %v", err)
	}
	if _, err := d.Rollback(); err == nil || !strings.Contains(err.Error(), b) {
		t.Errorf("roll back to a broken one: got error %v", err)
	}
	open(a, b, c)
	if err := os.RemoveAll(filepath.Join(d.path, a)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.OpenPublished(); err == nil || !strings.Contains(err.Error(), c) {
		t.Errorf("got error %v, want one that names %s", err, c)
	}

	infos, err := d.List()
	if err != nil || len(infos) != 3 {
		t.Fatalf("got %d snapshots, %v; want 3", len(infos), err)
	}
	for _, info := range infos {
		if broken := info.ID == b || info.ID == c; (info.Err != nil) != broken || info.Published != (info.ID == c) {
			t.Errorf("%s: error %v, published %v", info.ID, info.Err, info.Published)
		}
		if info.ID != b && info.Manifest.ID != info.ID {
			t.Errorf("%s: manifest of %q", info.ID, info.Manifest.ID)
		}
	}
}

func TestDamagedPointer(t *testing.T) {
	d := testDir(t)
	id := publish(t, d, contents(3))
	for _, text := range []string{"", "{", `{"published":["../x"]}`, `{"published":7}`} {
		if err := os.WriteFile(filepath.Join(d.path, PointerFile), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := d.Published()
		_, _, openErr := d.OpenPublished()
		infos, listErr := d.List()
		for _, err := range []error{err, openErr, listErr} {
			if err == nil || !strings.Contains(err.Error(), PointerFile) || !strings.Contains(err.Error(), "publish a snapshot again") {
				t.Errorf("%q: got error %v, want one that names the file and the cure", text, err)
			}
		}
		if len(infos) != 1 || infos[0].Err != nil {
			t.Errorf("%q: listed %v", text, infos)
		}
		if err := d.Publish(id); err != nil {
			t.Errorf("%q: publishing does not mend it: %v", text, err)
		}
		if got, err := d.Published(); got != id || err != nil {
			t.Errorf("%q: published %q, %v", text, got, err)
		}
	}
}

// Processes publish beside one another: none may undo what another has done
// without knowing of it.
func TestPublishAtTheSameTime(t *testing.T) {
	d := testDir(t)
	var ids []string
	for i := range 8 {
		ids = append(ids, write(t, d, contents(3+i)))
	}
	var wg sync.WaitGroup
	for _, id := range ids {
		wg.Go(func() {
			other, err := OpenDir(d.path)
			if err == nil {
				err = other.Publish(id)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	p, err := d.readPointer()
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(p.Published)
	slices.Sort(ids)
	if !slices.Equal(p.Published, ids) {
		t.Errorf("published %v, want %v", p.Published, ids)
	}
}

func TestOpenDirRefusesAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "snapshots")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenDir(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("got error %v, want one that names %s", err, path)
	}
}

// Snapshots of one second are listed in the order in which they were made,
// whatever their ids.
func TestListOldestFirst(t *testing.T) {
	d := testDir(t)
	c := contents(2)
	var want []string
	for i := range 8 {
		c.Manifest.Created = time.Date(2026, 11, 23, 20, 0, 0, i, time.UTC)
		want = append(want, write(t, d, c))
	}
	if got := whole(t, d); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestListWithoutAFolder(t *testing.T) {
	if infos, err := testDir(t).List(); len(infos) != 0 || err != nil {
		t.Errorf("got %v, %v", infos, err)
	}
}
