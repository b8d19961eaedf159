package recommend_test

import (
	"testing"

	"github.com/alsolike/alsolike/data"
)

func TestFind(t *testing.T) {
	dir, _ := openDir(t)
	e := newEngine(t, &memory{}, dir, nil)
	if id, ok := e.Find("a0"); ok {
		t.Errorf("without a snapshot: %q", id)
	}
	list := cards(2, "section")
	list[0].URL, list[1].URL = "https://example.org/a0", "/a0/a1"
	publish(t, dir, ring(list, 1, 0))
	load(t, e)
	for name, want := range map[string]data.ArticleID{
		"a0": "a0", "https://example.org/a0/?utm_source=x": "a0", "/a0/a1": "a1", "a2": "", "": "", "https://example.org/": "",
	} {
		if id, ok := e.Find(name); id != want || ok != (want != "") {
			t.Errorf("%q is found as %q, %t; want %q", name, id, ok, want)
		}
	}
}
