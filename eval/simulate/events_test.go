package simulate

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data/clicklog"
)

// The events begin with the note that they are simulated, lists come in order of
// time, and what is written is read again without a fault.
func TestEvents(t *testing.T) {
	w := world(t, Options{Impressions: 3000, Overrides: 4, Explore: .2})
	var log bytes.Buffer
	out := clicklog.NewWriter(&log)
	var told []clicklog.Event
	var last time.Time
	for e := range w.Events(5) {
		if err := out.Write(e); err != nil {
			t.Fatal(err)
		}
		if imp, ok := e.(*clicklog.Impression); ok {
			if imp.Time.Before(last) {
				t.Fatalf("list %s is told after a later one", imp.ID)
			}
			last = imp.Time
		}
		if len(told) == 0 {
			told = append(told, e)
		}
	}
	if note, ok := told[0].(*clicklog.Note); !ok || note.Simulated == "" {
		t.Errorf("the first event is %#v, want a note that the log is simulated", told[0])
	}
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "log.ndjson")
	if err := os.WriteFile(path, log.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}

	p := w.Pack(5)
	kinds := map[string]int{}
	for e, fault := range clicklog.ReadEvents(t.Context(), []string{path}, clicklog.EventOptions{}) {
		if fault != nil {
			t.Fatal(fault)
		}
		kinds[reflect.TypeOf(e).Elem().Name()]++
	}
	clicks := p.Checks["clicks_valid"]
	want := map[string]int{"Note": 1, "Override": 4, "Impression": 3000, "Click": clicks, "Reading": clicks, "PageView": 3000 + clicks}
	if !reflect.DeepEqual(kinds, want) {
		t.Errorf("the log holds %v, want %v", kinds, want)
	}
}
