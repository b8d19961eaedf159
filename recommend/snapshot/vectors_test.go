package snapshot

import (
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/recommend/knn"
)

func TestVectorsAndFloors(t *testing.T) {
	dir, err := OpenDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 3} {
		c := contents(n)
		c.Vectors = embed.Dense{Rows: n, Dim: 2, Data: []float32{1, 0, .6, .8, 0, 1}[:2*n]}
		c.Candidates = knn.Lists{K: 2, Len: []int32{2, 1, 0}[:n], Data: []knn.Neighbour{
			{Row: 1, Cosine: .75}, {Row: 2, Cosine: .5}, {Row: 0, Cosine: .25}, {}, {}, {},
		}[:2*n]}
		id, err := dir.Write(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		s, err := dir.Open(id)
		if err != nil {
			t.Fatal(err)
		}
		if v := s.Vectors(); v.Rows != n || v.Dim != 2 || !slices.Equal(v.Data, c.Vectors.Data) {
			t.Errorf("got vectors %v, want %v", v, c.Vectors)
		}
		for row, want := range []float32{.5, 0, 0}[:n] {
			if got := s.Floor(row); got != want {
				t.Errorf("row %d: got floor %v, want %v", row, got, want)
			}
		}
		runtime.KeepAlive(s)
	}
}

// Lists are all lists at once.
func TestLists(t *testing.T) {
	d := testDir(t)
	c := contents(5)
	s, err := d.Open(write(t, d, c))
	if err != nil {
		t.Fatal(err)
	}
	own, cross := s.Lists(), s.CrossLists()
	if diff := cmp.Diff(c.Candidates, own); diff != "" {
		t.Errorf("candidates (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(c.Cross.Candidates, cross); diff != "" {
		t.Errorf("candidates in other languages (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(c.Terms, s.TermMatrix()); diff != "" {
		t.Errorf("terms (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(c.Links, s.LinkLists()); diff != "" {
		t.Errorf("links (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(c.Stories, s.Stories()); diff != "" {
		t.Errorf("stories (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(c.Sketches, s.Sketches()); diff != "" {
		t.Errorf("sketches (-want +got)\n%s", diff)
	}
	runtime.KeepAlive(s)
	c.Cross = nil
	if s, err = d.Open(write(t, d, c)); err != nil || len(s.CrossLists().Data) != 0 {
		t.Errorf("without another language: %v, %v", s.CrossLists(), err)
	}
}
