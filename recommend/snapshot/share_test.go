package snapshot

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A linkless disk has no second names for files.
type linkless struct{ disk }

func (linkless) Link(string, string) error { return errors.ErrUnsupported }

// child is contents that shares the models and the boilerplate of parent.
func child(parent *Snapshot, n int) Contents {
	c := contents(n)
	c.Parent, c.Model, c.Boilerplate, c.Cross.Model = parent, nil, nil, nil
	c.Manifest.Parent = parent.ID()
	return c
}

// A snapshot shares files with its parent, is whole without it, and equals one
// for which they were copied.
func TestShare(t *testing.T) {
	for _, test := range []struct {
		name   string
		fs     fileSystem
		linked bool
	}{{"linked", disk{}, true}, {"copied", linkless{}, false}} {
		d := testDir(t)
		d.fs = test.fs
		parent, err := d.Open(write(t, d, contents(5)))
		if err != nil {
			t.Fatal(err)
		}
		id := write(t, d, child(parent, 6))
		info := func(id, name string) os.FileInfo {
			info, err := os.Stat(filepath.Join(d.path, id, name))
			if err != nil {
				t.Fatal(err)
			}
			return info
		}
		for _, name := range []string{modelFile, crossModelFile, boilerplateFile} {
			if same := os.SameFile(info(parent.ID(), name), info(id, name)); same != test.linked {
				t.Errorf("%s: %s is shared: %v, want %v", test.name, name, same, test.linked)
			}
		}
		if os.SameFile(info(parent.ID(), vectorsFile), info(id, vectorsFile)) {
			t.Errorf("%s: vectors are shared", test.name)
		}
		if err := os.RemoveAll(filepath.Join(d.path, parent.ID())); err != nil {
			t.Fatal(err)
		}
		s, err := d.Open(id)
		if err != nil {
			t.Fatalf("%s: without its parent: %v", test.name, err)
		}
		want := contents(6)
		if string(s.ModelBytes()) != string(want.Model.(blob)) || string(s.CrossModelBytes()) != string(want.Cross.Model.(blob)) ||
			string(s.BoilerplateBytes()) != string(want.Boilerplate.(blob)) || s.Manifest().Parent != parent.ID() {
			t.Errorf("%s: other models or boilerplate than the parent's", test.name)
		}
	}
}

// Where the new one has no cross-language space, the parent's model for it stays behind.
func TestShareWithoutCross(t *testing.T) {
	d := testDir(t)
	parent, err := d.Open(write(t, d, contents(5)))
	if err != nil {
		t.Fatal(err)
	}
	c := child(parent, 5)
	c.Cross = nil
	s, err := d.Open(write(t, d, c))
	if err != nil || s.HasCross() || len(s.CrossModelBytes()) != 0 {
		t.Errorf("has a cross-language model: %v, %v", err, s.HasCross())
	}
}

// Origins are read as they were written, and may be missing.
func TestOrigins(t *testing.T) {
	d := testDir(t)
	c := contents(3)
	origins := c.Origins
	c.Origins = nil
	s, err := d.Open(write(t, d, c))
	if err != nil || s.HasOrigins() || s.Origin(1) != (Origin{}) {
		t.Errorf("without origins: %v, %v", s.HasOrigins(), err)
	}
	c.Origins = origins
	s, err = d.Open(write(t, d, c))
	if err != nil || !s.HasOrigins() {
		t.Fatalf("with origins: %v", err)
	}
	for row, want := range c.Origins {
		if diff := cmp.Diff(want, s.Origin(row)); diff != "" {
			t.Errorf("row %d (-want +got)\n%s", row, diff)
		}
	}
	c.Origins[2].Folded.Unknown = 10
	if _, err := d.Open(write(t, d, c)); err == nil {
		t.Error("more unknown terms than terms are let pass")
	}
}
