package snapshot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// ErrPruned is returned where a snapshot is asked for that Prune has left the lists
// of, and nothing else.
var ErrPruned = errors.New("was pruned: its lists are left, its model and vectors are not; refresh to make a new one")

func (m *Manifest) isPruned() bool { return !m.Pruned.IsZero() }

// has reports whether the snapshot still has the file of that name.
func (m *Manifest) has(name string) bool {
	_, ok := m.Files[name]
	return ok
}

// prunable are the files that Prune drops: what is left are cards, groups, stories and
// links, or the candidates where they are the links.
func prunable(m *Manifest) []string {
	drop := []string{
		vectorsFile, modelFile, boilerplateFile, originsFile, termsFile, sketchesFile,
		crossVectorsFile, crossCandidatesFile, crossModelFile,
	}
	if m.Files[linksFile].Size > 0 {
		drop = append(drop, candidatesFile)
	}
	return drop
}

// A Pruning is what Prune did.
type Pruning struct {
	Pruned  []string // ids of snapshots of which the lists are left
	Removed []string // ids of those of which nothing is left
}

// Prune drops what old snapshots no longer need. Whole stay the one in service and
// the one that Rollback would publish, those that are held, and the newest keep of
// the others. Of those that readers have had the lists stay, which an evaluation of
// the event log needs, for as long as that is kept: lists, 0 for ever, after they
// were made. Others are removed. Broken ones stay as they are.
//
// As Write it may be called by one process at a time. A crash leaves every snapshot
// whole, pruned or gone.
func (d *Dir) Prune(ctx context.Context, keep int, lists time.Duration) (Pruning, error) {
	var done Pruning
	all, err := d.States()
	if err != nil {
		return done, err // what is in service must be known
	}
	p, err := d.readPointer()
	if err != nil {
		return done, fmt.Errorf("snapshot: prune: %w", err)
	}
	needed := p.Published[max(0, len(p.Published)-2):]
	slices.Reverse(all)
	for _, info := range all { // the newest first
		if err := ctx.Err(); err != nil {
			return done, err
		}
		m := &info.Manifest
		switch expired := lists > 0 && time.Since(m.Created) > lists; {
		case info.Leftover:
			err = d.remove(m, &done)
		case info.Err != nil, slices.Contains(needed, info.ID), info.State == Held:
			continue
		case !m.isPruned() && keep > 0:
			keep--
			continue
		case expired, !info.served():
			err = d.remove(m, &done)
		default:
			err = d.prune(m, &done)
		}
		if err != nil {
			return done, fmt.Errorf("snapshot: prune %s: %w", info.ID, err)
		}
	}
	return done, nil
}

// served reports whether readers may have had the snapshot's lists. Of one about which
// nothing was ever noted it is not known.
func (i *Info) served() bool { return i.Decision.Served || i.Decision.Time.IsZero() }

// prune drops the files of m that are not lists. First its manifest says so, since a
// snapshot without what its manifest names is a broken one.
func (d *Dir) prune(m *Manifest, done *Pruning) error {
	folder, drop := filepath.Join(d.path, m.ID), prunable(m)
	if !m.isPruned() {
		done.Pruned = append(done.Pruned, m.ID)
		left := *m
		left.Pruned, left.Files = time.Now().UTC().Truncate(time.Second), map[string]File{}
		for name, file := range m.Files {
			if !slices.Contains(drop, name) {
				left.Files[name] = file
			}
		}
		sealed, err := seal(&left)
		if err != nil {
			return err
		}
		if err := d.replace(filepath.Join(folder, manifestFile), sealed); err != nil {
			return err
		}
	}
	for _, name := range drop { // of one that was pruned, what a crash has left
		if err := os.Remove(filepath.Join(folder, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// remove takes the snapshot of m away, at once as far as can be seen.
func (d *Dir) remove(m *Manifest, done *Pruning) error {
	aside := filepath.Join(d.path, asidePrefix+m.ID)
	if err := d.fs.Rename(filepath.Join(d.path, m.ID), aside); err != nil {
		return err
	}
	done.Removed = append(done.Removed, m.ID)
	return errors.Join(d.fs.SyncDir(d.path), os.RemoveAll(aside))
}

// replace puts a file of these bytes in the place of the one at path, durably and as
// a whole.
func (d *Dir) replace(path string, content []byte) error {
	if _, err := writeFile(context.Background(), d.fs, path+".tmp", func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	}); err != nil {
		return err
	}
	if err := d.fs.Rename(path+".tmp", path); err != nil {
		return err
	}
	return d.fs.SyncDir(filepath.Dir(path))
}
