package snapshot

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/gofrs/flock"

	"github.com/alsolike/alsolike/data"
)

// A Dir is a folder of snapshots. Its methods may be called by several
// goroutines and processes at a time, but for Write.
type Dir struct {
	path string
	fs   fileSystem

	author, note string // of decisions, see By
	expect       string // see If
	reverts      int64  // see Reverting
}

// OpenDir names the folder of snapshots at path, which the first Write makes.
func OpenDir(path string) (*Dir, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return nil, fmt.Errorf("snapshot: %w", err)
	case !info.IsDir():
		return nil, fmt.Errorf("snapshot: %s is no folder; move it away, snapshots go there", path)
	}
	return &Dir{path: filepath.Clean(path), fs: disk{}}, nil
}

// An Info is one snapshot of a Dir.
type Info struct {
	ID        string
	Manifest  Manifest // zero where it cannot be read
	Published bool
	State     State
	Decision  Decision // the last about it; zero: none was noted
	Leftover  bool     // of a PublishExcept that was cut short; nobody has asked for it
	Err       error    // why the snapshot cannot be used; nil: every file of it is sound
}

// second is when the snapshot was made, as its id tells.
func (i *Info) second() string { return i.ID[:len(idTime)] }

// List verifies all snapshots and returns them, oldest first. Without any, or
// without the folder, it is empty. Where only the published one cannot be told,
// the list is complete beside the error, and of each the state is that of when nothing
// was published yet.
func (d *Dir) List() ([]Info, error) { return d.list(true) }

// list is List, or States where the files need not be verified.
func (d *Dir) list(verify bool) ([]Info, error) {
	entries, err := os.ReadDir(d.path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("snapshot: list: %w", err)
	}
	p, damaged := d.readPointer()
	if damaged != nil {
		damaged = fmt.Errorf("snapshot: %w", damaged)
	}
	var infos []Info
	for _, e := range entries {
		id := e.Name()
		if !idPattern.MatchString(id) {
			continue
		}
		info := Info{ID: id, Published: id == p.current(), Decision: p.Decisions[id]}
		m, err := d.manifest(id)
		if err == nil {
			info.Manifest = *m
			p.learn(id, m.Created)
			if verify {
				err = d.verify(m)
			}
		}
		info.Err = err
		infos = append(infos, info)
	}
	for i := range infos { // now that it is known when each was made
		infos[i].State = p.state(infos[i].ID)
		if infos[i].Leftover = p.leftover(&infos[i]); infos[i].Leftover {
			infos[i].State = PassedOver
		}
	}
	slices.SortStableFunc(infos, func(a, b Info) int { // of one second, as far as their manifests tell
		return cmp.Or(cmp.Compare(a.second(), b.second()), a.Manifest.Created.Compare(b.Manifest.Created))
	})
	return infos, damaged
}

// PointerFile names the published snapshots, and what was decided about which. It is
// replaced as a whole.
const PointerFile = "published.json"

// pointer is the content of PointerFile.
type pointer struct {
	Published []string            `json:"published"`           // ids, the latest last; it is the one in force
	Decisions map[string]Decision `json:"decisions,omitempty"` // by id
	Log       []Entry             `json:"log,omitempty"`       // oldest first

	created map[string]time.Time // when snapshots were made, as their manifests say
}

// maxPublished bounds how many published ids are remembered.
const maxPublished = 100

func (p *pointer) current() string {
	if len(p.Published) == 0 {
		return ""
	}
	return p.Published[len(p.Published)-1]
}

// Published is the id of the published snapshot, or "" if none ever was. It
// does not look whether that snapshot is sound.
func (d *Dir) Published() (string, error) {
	p, err := d.readPointer()
	if err != nil {
		return "", fmt.Errorf("snapshot: %w", err)
	}
	return p.current(), nil
}

// Previous is the id of the snapshot that Rollback would publish, or "" if there is none.
func (d *Dir) Previous() (string, error) {
	p, err := d.readPointer()
	if err != nil {
		return "", fmt.Errorf("snapshot: %w", err)
	}
	for _, id := range slices.Backward(p.Published) {
		if id != p.current() {
			return id, nil
		}
	}
	return "", nil
}

// Revision names what was published and decided so far: it is another one after every
// decision.
func (d *Dir) Revision() (string, error) {
	b, err := os.ReadFile(filepath.Join(d.path, PointerFile))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("snapshot: %w", err)
	}
	sum := sha256.Sum256(b)
	return base64.RawURLEncoding.EncodeToString(sum[:12]), nil
}

func (d *Dir) readPointer() (pointer, error) {
	b, err := os.ReadFile(filepath.Join(d.path, PointerFile))
	if errors.Is(err, os.ErrNotExist) {
		return pointer{}, nil
	}
	if err != nil {
		return pointer{}, err
	}
	var p pointer
	if err := json.Unmarshal(b, &p); err != nil {
		return pointer{}, fmt.Errorf("%s %w (%w)", filepath.Join(d.path, PointerFile), errPointer, err)
	}
	for _, id := range slices.AppendSeq(slices.Clone(p.Published), maps.Keys(p.Decisions)) {
		if !idPattern.MatchString(id) {
			return pointer{}, fmt.Errorf("%s %w (%q is no snapshot id)", filepath.Join(d.path, PointerFile), errPointer, id)
		}
	}
	return p, nil
}

// errPointer is returned when the content of PointerFile makes no sense.
var errPointer = errors.New("is damaged; publish a snapshot again to mend it")

// What a snapshot may not allow to be decided about it.
var (
	ErrInService        = errors.New("is in service; roll back, or publish another one")         // Hold
	ErrNotHeld          = errors.New("is neither held nor rolled back")                          // Release
	ErrNothingBefore    = errors.New("no snapshot was published before this one")                // Rollback
	ErrNothingInService = errors.New("nothing is in service whose lists could stay as they are") // PublishExcept
	ErrNoList           = errors.New("has no list there")                                        // PublishExcept and WriteExcept
)

// Publish makes id the published snapshot, durably and at once. It verifies
// the snapshot first and refuses a broken one, naming the broken file; of an
// unknown one the error is data.ErrNotFound, of one that was pruned ErrPruned.
// Publishing the published one again changes nothing. To publish one that is
// older than the one in service is to roll that back.
func (d *Dir) Publish(id string) error {
	err := d.publish(func(p *pointer) error {
		m, err := d.whole(id)
		if err != nil {
			return err
		}
		current, by := p.current(), d.decision()
		if current == id {
			return nil
		}
		if current != "" && p.made(current).After(m.Created) {
			back := by
			back.Note = cmp.Or(by.Note, id+" was published in its place")
			p.rollBack(back)
		}
		p.serve(id, m.Created, by)
		p.note(Publishes, id, current, id, by, d.reverts)
		return nil
	})
	if err != nil {
		return fmt.Errorf("snapshot: publish: %w", err)
	}
	return nil
}

// Rollback publishes the snapshot that was published before the present one,
// and returns its id. Of the present one it notes that it was rolled back, see
// Propose. If the one before is broken, nothing changes and the error names it.
func (d *Dir) Rollback() (id string, err error) {
	err = d.publish(func(p *pointer) error {
		if !slices.ContainsFunc(p.Published, func(other string) bool { return other != p.current() }) {
			return ErrNothingBefore
		}
		current, by := p.current(), d.decision()
		p.rollBack(by)
		id = p.current()
		m, err := d.whole(id)
		if err == nil {
			p.serve(id, m.Created, by)
			p.note(RollsBack, id, current, id, by, d.reverts)
		}
		return err
	})
	if err != nil {
		return "", fmt.Errorf("snapshot: roll back: %w", err)
	}
	return id, nil
}

// whole is the manifest of a snapshot that may be published: it verifies it.
func (d *Dir) whole(id string) (*Manifest, error) {
	m, err := d.manifest(id)
	if err != nil {
		return nil, err
	}
	if m.isPruned() {
		return nil, fmt.Errorf("snapshot %s %w", id, ErrPruned)
	}
	return m, d.verify(m)
}

// publish replaces the pointer by what change makes of it.
func (d *Dir) publish(change func(*pointer) error) error {
	if _, err := os.Stat(d.path); errors.Is(err, os.ErrNotExist) {
		return data.ErrNoSnapshot
	}
	lock := flock.New(filepath.Join(d.path, ".publish.lock"))
	if err := lock.Lock(); err != nil {
		return err
	}
	defer lock.Unlock()
	if err := d.asSeen(); err != nil {
		return err
	}
	p, err := d.readPointer()
	if err != nil && !errors.Is(err, errPointer) {
		return err
	}
	if id := p.current(); id != "" {
		if m, err := d.manifest(id); err == nil {
			p.learn(id, m.Created)
		}
	}
	p.forget(func(id string) bool {
		_, err := os.Stat(filepath.Join(d.path, id))
		return errors.Is(err, os.ErrNotExist)
	})
	if err := change(&p); err != nil {
		return err
	}
	p.Published = p.Published[max(0, len(p.Published)-maxPublished):]
	b, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	path, b := filepath.Join(d.path, PointerFile), append(b, '\n')
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, b) {
		return nil
	}
	return d.replace(path, b)
}

// asSeen is a *data.ConflictError if something was decided since the revision of If.
func (d *Dir) asSeen() error {
	if d.expect == "" {
		return nil
	}
	now, err := d.Revision()
	if err == nil && now != d.expect {
		err = &data.ConflictError{Subject: "what is in service, or waits,"}
	}
	return err
}

// OpenPublished opens the published snapshot. If that is broken it opens the
// newest sound one published before, and warning says why. If there is none
// to open, err says so; it is data.ErrNoSnapshot when none was ever published.
func (d *Dir) OpenPublished() (s *Snapshot, warning, err error) {
	p, err := d.readPointer()
	if err != nil {
		return nil, nil, fmt.Errorf("snapshot: %w", err)
	}
	if len(p.Published) == 0 {
		return nil, nil, fmt.Errorf("snapshot: %w; refresh to make one", data.ErrNoSnapshot)
	}
	tried := map[string]bool{}
	for i := len(p.Published) - 1; i >= 0; i-- {
		id := p.Published[i]
		if tried[id] {
			continue
		}
		tried[id] = true
		s, err := d.Open(id)
		if err == nil {
			return s, warning, nil
		}
		warning = errors.Join(warning, err)
	}
	return nil, nil, fmt.Errorf("snapshot: none that was published is sound: %w", warning)
}

// Manifest is the manifest of snapshot id, of which no other file is looked at; of
// an unknown snapshot the error is data.ErrNotFound.
func (d *Dir) Manifest(id string) (Manifest, error) {
	m, err := d.manifest(id)
	if err != nil {
		return Manifest{}, err
	}
	return *m, nil
}

// manifest reads the manifest of snapshot id.
func (d *Dir) manifest(id string) (*Manifest, error) {
	if !idPattern.MatchString(id) {
		return nil, fmt.Errorf("snapshot %q: %w: an id looks like 20261123T200000Z-7f3a9c", id, data.ErrNotFound)
	}
	path := filepath.Join(d.path, id)
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("snapshot %s: %w", id, data.ErrNotFound)
	}
	b, err := os.ReadFile(filepath.Join(path, manifestFile))
	if err != nil {
		return nil, fmt.Errorf("snapshot %s: %s: %w", id, manifestFile, err)
	}
	m, err := unseal(b, id)
	if err != nil {
		return nil, fmt.Errorf("snapshot %s: %s: %w", id, manifestFile, err)
	}
	return m, nil
}
