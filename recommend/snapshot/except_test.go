package snapshot

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend/rank"
)

// A snapshot but for some articles is the snapshot, with these articles' lists as they
// were, and no file of it is written twice.
func TestWriteExcept(t *testing.T) {
	d := quickDir(t)
	before := contents(6)
	before.Cards = append(before.Cards[:5:5], data.Card{ID: "z", State: data.Published}) // gone afterwards
	before.Links.Data[2*1], before.Links.Data[2*1+1] = rank.Link{Row: 5, Score: 9, Cosine: .9}, rank.Link{Row: 4, Score: 8, Cosine: -.1}
	before.Links.Len[1] = 2
	from := publish(t, d, before)
	after := contents(5)
	after.Manifest.Created = created.Add(time.Second)
	id := write(t, d, after)
	was, err := d.Open(id)
	if err != nil {
		t.Fatal(err)
	}
	made, err := d.WriteExcept(t.Context(), id, from, []data.ArticleID{"a100001", "a100001"})
	if err != nil {
		t.Fatal(err)
	}
	s, err := d.Open(made)
	if err != nil {
		t.Fatal(err)
	}
	for row := range s.Len() {
		want := was.Links(row)
		if row == 1 {
			want = []rank.Link{{Row: 4, Score: 8, Cosine: -.1}} // z is not there any more
		}
		if diff := cmp.Diff(want, s.Links(row)); diff != "" {
			t.Errorf("row %d (-want +got)\n%s", row, diff)
		}
	}
	if except := s.Manifest().Except; !cmp.Equal(except, &Except{Snapshot: id, From: from, Articles: []data.ArticleID{"a100001"}}) {
		t.Errorf("the manifest says %+v", except)
	}
	for name := range s.Manifest().Files {
		a, errA := os.Stat(filepath.Join(d.path, id, name))
		b, errB := os.Stat(filepath.Join(d.path, made, name))
		if errA != nil || errB != nil || os.SameFile(a, b) != (name != linksFile) {
			t.Errorf("%s is shared: %v", name, os.SameFile(a, b))
		}
	}
	if err := os.RemoveAll(filepath.Join(d.path, id)); err != nil {
		t.Fatal(err)
	}
	if err := d.Publish(made); err != nil {
		t.Errorf("without what it was made from: %v", err)
	}
	again, err := d.WriteExcept(t.Context(), made, from, []data.ArticleID{"a100002"})
	if err != nil {
		t.Fatal(err)
	}
	if s, err = d.Open(again); err != nil || len(s.Links(1)) != 1 || len(s.Links(2)) != 1 {
		t.Errorf("but for a second one: %v and %v, %v", s.Links(1), s.Links(2), err)
	}

	for article, want := range map[data.ArticleID]string{"z": "left out", "nobody": "left out"} {
		if _, err := d.WriteExcept(t.Context(), made, from, []data.ArticleID{article}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("but for %s: %v", article, err)
		}
	}
	if _, err := d.WriteExcept(t.Context(), from, made, []data.ArticleID{"z"}); err == nil || !strings.Contains(err.Error(), "to be kept") {
		t.Errorf("but for one that had no list: %v", err)
	}
}
