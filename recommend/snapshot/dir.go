package snapshot

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/gofrs/flock"

	"github.com/alsolike/alsolike/data"
)

// A Dir is a folder of snapshots. Its methods may be called by several
// goroutines and processes at a time, but for Write.
type Dir struct {
	path string
	fs   fileSystem
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
	Err       error // why the snapshot cannot be used; nil: every file of it is sound
}

// second is when the snapshot was made, as its id tells.
func (i *Info) second() string { return i.ID[:len("20261123T200000Z")] }

// List verifies all snapshots and returns them, oldest first. Without any, or
// without the folder, it is empty. Where only the published one cannot be told,
// the list is complete beside the error.
func (d *Dir) List() ([]Info, error) {
	entries, err := os.ReadDir(d.path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("snapshot: list: %w", err)
	}
	published, damaged := d.Published()
	var infos []Info
	for _, e := range entries {
		if !idPattern.MatchString(e.Name()) {
			continue
		}
		info := Info{ID: e.Name(), Published: e.Name() == published}
		m, err := d.manifest(info.ID)
		if err == nil {
			info.Manifest = *m
			err = d.verify(info.ID)
		}
		info.Err = err
		infos = append(infos, info)
	}
	slices.SortStableFunc(infos, func(a, b Info) int { // of one second, as far as their manifests tell
		return cmp.Or(cmp.Compare(a.second(), b.second()), a.Manifest.Created.Compare(b.Manifest.Created))
	})
	return infos, damaged
}

// pointerFile names the published snapshots. It is replaced as a whole.
const pointerFile = "published.json"

// pointer is the content of pointerFile.
type pointer struct {
	Published []string `json:"published"` // ids, the latest last; it is the one in force
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

func (d *Dir) readPointer() (pointer, error) {
	b, err := os.ReadFile(filepath.Join(d.path, pointerFile))
	if errors.Is(err, os.ErrNotExist) {
		return pointer{}, nil
	}
	if err != nil {
		return pointer{}, err
	}
	var p pointer
	if err := json.Unmarshal(b, &p); err != nil {
		return pointer{}, fmt.Errorf("%s %w (%w)", filepath.Join(d.path, pointerFile), errPointer, err)
	}
	for _, id := range p.Published {
		if !idPattern.MatchString(id) {
			return pointer{}, fmt.Errorf("%s %w (%q is no snapshot id)", filepath.Join(d.path, pointerFile), errPointer, id)
		}
	}
	return p, nil
}

// errPointer is returned when the content of pointerFile makes no sense.
var errPointer = errors.New("is damaged; publish a snapshot again to mend it")

// Publish makes id the published snapshot, durably and at once. It verifies
// the snapshot first and refuses a broken one, naming the broken file; of an
// unknown one the error is data.ErrNotFound. Publishing the published one
// again changes nothing.
func (d *Dir) Publish(id string) error {
	err := d.publish(func(p *pointer) error {
		if p.current() != id {
			p.Published = append(p.Published, id)
		}
		return d.verify(id)
	})
	if err != nil {
		return fmt.Errorf("snapshot: publish: %w", err)
	}
	return nil
}

// Rollback publishes the snapshot that was published before the present one,
// which it forgets, and returns its id. If that snapshot is broken, nothing
// changes and the error names it.
func (d *Dir) Rollback() (id string, err error) {
	err = d.publish(func(p *pointer) error {
		if len(p.Published) < 2 {
			return errors.New("no snapshot was published before this one")
		}
		p.Published = p.Published[:len(p.Published)-1]
		id = p.current()
		return d.verify(id)
	})
	if err != nil {
		return "", fmt.Errorf("snapshot: roll back: %w", err)
	}
	return id, nil
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
	p, err := d.readPointer()
	if err != nil && !errors.Is(err, errPointer) {
		return err
	}
	if err := change(&p); err != nil {
		return err
	}
	p.Published = p.Published[max(0, len(p.Published)-maxPublished):]
	b, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	path := filepath.Join(d.path, pointerFile)
	if _, err := writeFile(context.Background(), d.fs, path+".tmp", func(w io.Writer) error {
		_, err := w.Write(append(b, '\n'))
		return err
	}); err != nil {
		return err
	}
	if err := d.fs.Rename(path+".tmp", path); err != nil {
		return err
	}
	return d.fs.SyncDir(d.path)
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
