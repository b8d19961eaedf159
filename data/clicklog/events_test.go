package clicklog_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/alsolike/alsolike/data/clicklog"
)

// events gives every event as a line of our own log, a fault as "line! kind: reason".
func events(t testing.TB, opts clicklog.EventOptions, paths ...string) []string {
	t.Helper()
	var got []string
	for e, fault := range clicklog.ReadEvents(context.Background(), paths, opts) {
		if fault != nil {
			got = append(got, fmt.Sprintf("%d! %s: %s", fault.Line, fault.Kind, fault.Reason))
			continue
		}
		line, err := clicklog.AppendEvent(nil, e)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, strings.TrimSpace(string(line)))
	}
	return got
}

// checkEvents compares with want, of whose faults a part is enough.
func checkEvents(t *testing.T, got []string, want ...string) {
	t.Helper()
	shown := append([]string(nil), got...)
	for i := 0; i < len(want) && i < len(got); i++ {
		number, part, isFault := strings.Cut(want[i], "! ")
		if isFault && strings.HasPrefix(got[i], number+"! ") && strings.Contains(got[i], part) {
			shown[i] = want[i]
		}
	}
	if diff := cmp.Diff(want, shown); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

const (
	impLine = `{"t":"imp","id":"i1","ts":"2026-03-02T10:00:00Z","src":"a","items":[{"id":"b","pos":1}]}`
	clkLine = `{"t":"clk","imp":"i1","item":"b","pos":1,"ts":"2026-03-02T10:00:05Z"}`
)

func TestReadEventsOwn(t *testing.T) {
	path := write(t, "log.ndjson", "\ufeff"+impLine+"\n\n"+clkLine+"\r\n"+strings.Join([]string{
		`{"t":"imp","ts":"2026-03-02T10:00:00Z","src":"a","items":[]}`,
		`{"t":"imp","id":"i","ts":"2026-03-02","src":"a","items":[]}`,
		`{"t":"imp","id":"i","ts":"2026-03-02T10:00:00Z","src":"a","items":[{"id":"b"}]}`,
		`{"t":"imp","id":"i","ts":"2026-03-02T10:00:00Z","src":"a","items":{}}`,
		`{"t":"imp","id":"i","ts":"2026-03-02T10:00:00Z","src":"a","items":[],"pol":{"kind":"plackett-luce","pool":["b"],"logits":[]}}`,
		`{"t":"imp","id":"i","ts":"2026-03-02T10:00:00Z","items":[]}`,
		`{"t":"zzz"}`, `{}`, `{"t":"imp"`, `[]`, "{\"t\":\"\xff\"}",
		`{"t":"clk","imp":"i1","item":"b","pos":1.5,"ts":"2026-03-02T10:00:05Z"}`,
		`{"t":"clk","imp":"i1","item":"b","ts":1772445605000}`,
		`{"t":"clk","imp":"i1","item":"b","ts":1772445605}`,
		`{"t":"clk","imp":"i1","item":"b","ts":1772445605000,"button":{"x":1},"items":[{"team":1}]}`,
		`{"t":"read","item":"b","dwell_ms":1}`,
		`{"t":"read","imp":"i1","item":"b","dwell_ms":15000,"scroll":45}`,
		`{"t":"ovr","ts":"2026-03-02T10:00:00+02:00","src":"*","item":"b","op":"hide"}`,
		`{"t":"ovr","ts":"2026-03-02T10:00:00Z","src":"*","item":"b","op":"swap"}`,
		`{"t":"art","id":"b","published_at":"soon","authors":["x","y"],"translation_of":"a"}`,
		`{"t":"view","imp":"i1","pos":[1,2],"ts":"2026-03-02T10:00:01Z"}`,
		`{"t":"imp","id":"i2","ts":"2026-03-02T10:00:00Z","src":"a","sub":false,"items":[{"id":"b","pos":1,"source":"fallback:latest"},{"id":"c","pos":2,"source":"editor"}]}`,
	}, "\n"))
	var stats clicklog.Stats
	checkEvents(
		t, events(t, clicklog.EventOptions{Stats: &stats}, path),
		impLine, clkLine,
		"4! missing_required_field: id is missing",
		"5! bad_timestamp: ts is \"2026-03-02\"",
		"6! missing_required_field: the pos of item \"b\"",
		"7! wrong_type: items is not a list",
		"8! wrong_type: pol has a pool of 1 items and 0 logits",
		"9! missing_required_field: src is missing",
		"10! unknown_event_type", "11! missing_required_field: t is missing", "12! malformed_json", "13! malformed_json", "14! malformed_json",
		"15! wrong_type: pos is not a whole number",
		`{"t":"clk","imp":"i1","item":"b","ts":"2026-03-02T10:00:05Z"}`,
		"17! mixed_time_units: the time counts seconds, but others of this file milliseconds",
		`{"t":"clk","imp":"i1","item":"b","ts":"2026-03-02T10:00:05Z"}`,
		"19! missing_required_field: imp and sess are missing",
		`{"t":"read","imp":"i1","item":"b","dwell_ms":15000,"scroll":0.45}`,
		`{"t":"ovr","ts":"2026-03-02T08:00:00Z","src":"*","item":"b","op":"block"}`,
		"22! wrong_type: op is not pin",
		"23! bad_timestamp: published is \"soon\"",
		`{"t":"art","id":"b","author":"x, y","group":"a"}`,
		`{"t":"view","imp":"i1","ts":"2026-03-02T10:00:01Z","pos":[1,2]}`,
		`{"t":"imp","id":"i2","ts":"2026-03-02T10:00:00Z","src":"a","sub":"no","items":[{"id":"b","pos":1,"slot":"fill"},{"id":"c","pos":2,"slot":"pin"}]}`,
	)
	want := clicklog.Stats{
		Files: 1, Lines: 24, Unknown: map[string]int{"button": 1, "items.team": 1},
		Units: map[string]int{"RFC 3339": 6, "milliseconds": 2},
	}
	if diff := cmp.Diff(want, stats); diff != "" {
		t.Errorf("stats (-want +got):\n%s", diff)
	}
}

func TestReadEventsCompressedAndFolders(t *testing.T) {
	var zipped, packed bytes.Buffer
	g := gzip.NewWriter(&zipped)
	g.Write([]byte(impLine + "\n"))
	g.Close()
	z, _ := zstd.NewWriter(&packed)
	z.Write([]byte(clkLine))
	z.Close()
	dir := t.TempDir()
	for name, content := range map[string]string{
		"b.ndjson.zst": packed.String(), "a.ndjson.gz": zipped.String(), "c.jsonl": clkLine, "notes.txt": "prose", ".hidden.ndjson": clkLine,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	checkEvents(t, events(t, clicklog.EventOptions{}, dir), impLine, clkLine, clkLine)

	cut := write(t, "cut.ndjson.gz", zipped.String()[:zipped.Len()-9])
	checkEvents(t, events(t, clicklog.EventOptions{}, cut), impLine, "2! unreadable_file: the compressed data end too early")
	checkEvents(t, events(t, clicklog.EventOptions{}, filepath.Join(dir, "none.ndjson"), t.TempDir()),
		"0! unreadable_file: it cannot be opened: no such file", "0! unreadable_file: the folder holds no file")
}

// The events are the same, whatever the number of workers and however they fall
// into batches.
func TestReadEventsWorkers(t *testing.T) {
	var b strings.Builder
	for i := range 12_000 {
		fmt.Fprintf(&b, `{"t":"imp","id":"i%d","ts":"2026-03-02T10:00:00Z","src":"a%d","user":"u%d","items":[{"id":"b","pos":1,"p":0.5},{"id":"c%d","pos":2}]}`+"\n", i, i%100, i%77, i%1000)
		if i%1000 == 999 {
			b.WriteString("{broken\n")
		}
	}
	path := write(t, "log.ndjson", b.String())
	want := events(t, clicklog.EventOptions{Workers: 1}, path)
	if len(want) != 12_012 {
		t.Fatalf("got %d events and faults, want 12,012", len(want))
	}
	if diff := cmp.Diff(want, events(t, clicklog.EventOptions{Workers: 3}, path)); diff != "" {
		t.Errorf("three workers give other events (-one +three):\n%s", diff)
	}
	n := 0
	for range clicklog.ReadEvents(context.Background(), []string{path}, clicklog.EventOptions{Workers: 2}) {
		if n++; n == 3 {
			break // must not hang
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for range clicklog.ReadEvents(ctx, []string{path}, clicklog.EventOptions{}) {
		t.Fatal("an event after the end of the context")
	}
}

func TestReadEventsCSV(t *testing.T) {
	mapping := func(pairs map[string]string) clicklog.EventOptions {
		t.Helper()
		m, err := clicklog.NewEventMapping(pairs)
		if err != nil {
			t.Fatal(err)
		}
		return clicklog.EventOptions{Mapping: m}
	}
	path := write(t, "log.csv", `list,at,page,sku,slot,click,pr,arm,ms,seen
l1,2026-03-02 10:00:00,p,x,1,1,0.5,A,16000,1
l1,2026-03-02 10:00:00,p,"y,z",2,0,0.25,A,,0
l2,2026-03-02T10:01:00+01:00,p,x,1,no,,B,,1
l2,2026-03-02T10:01:00+01:00,p,y
l2,2026-03-02T10:01:00+01:00,p,y,2,maybe,,B,,1
l3,,p,y,1,0,,B,,1
`)
	opts := mapping(map[string]string{
		"impression": "list", "ts": "at", "source": "page", "item": "sku", "position": "slot", "clicked": "click", "p": "pr", "variant": "arm", "dwell_ms": "ms", "viewed": "seen",
	})
	checkEvents(
		t, events(t, opts, path),
		`{"t":"imp","id":"l1","ts":"2026-03-02T10:00:00Z","src":"p","var":"A","items":[{"id":"x","pos":1,"p":0.5},{"id":"y,z","pos":2,"p":0.25}]}`,
		`{"t":"view","imp":"l1","ts":"2026-03-02T10:00:00Z","pos":[1]}`,
		`{"t":"clk","imp":"l1","item":"x","pos":1,"ts":"2026-03-02T10:00:00Z"}`,
		`{"t":"read","imp":"l1","item":"x","ts":"2026-03-02T10:00:00Z","dwell_ms":16000}`,
		"5! malformed_json: the row has 4 columns, the header 10",
		"6! wrong_type: clicked is \"maybe\"",
		"7! missing_required_field: the time is missing",
		`{"t":"imp","id":"l2","ts":"2026-03-02T09:01:00Z","src":"p","var":"B","items":[{"id":"x","pos":1}]}`,
		`{"t":"view","imp":"l2","ts":"2026-03-02T09:01:00Z","pos":[1]}`,
	)

	// One slot a row, as the Open Bandit Dataset has it.
	single := write(t, "obd.csv", "timestamp,item_id,position,click,propensity_score\n2019-11-24 00:01:03,2,2,1,0.045525\n1574553663,9,3,0,0.5\n")
	obd := mapping(map[string]string{"time": "timestamp", "item": "item_id", "position": "position", "clicked": "click", "p": "propensity_score"})
	checkEvents(
		t, events(t, obd, single),
		`{"t":"imp","id":"obd.csv:2","ts":"2019-11-24T00:01:03Z","widget":"slot 2","items":[{"id":"2","pos":1,"p":0.045525}]}`,
		`{"t":"clk","imp":"obd.csv:2","item":"2","pos":1,"ts":"2019-11-24T00:01:03Z"}`,
		`{"t":"imp","id":"obd.csv:3","ts":"2019-11-24T00:01:03Z","widget":"slot 3","items":[{"id":"9","pos":1,"p":0.5}]}`,
	)

	// Columns that bear the names of fields need no mapping; page views.
	checkEvents(t, events(t, clicklog.EventOptions{}, write(t, "pv.csv", "page,ts,sess,from\nx,1772445605,s,home\n")),
		`{"t":"pv","ts":"2026-03-02T10:00:05Z","page":"x","sess":"s","from":"home"}`)

	checkEvents(t, events(t, clicklog.EventOptions{}, write(t, "x.csv", "a,b\n1,2\n")), "1! unreadable_file: which column holds what must be said")
	checkEvents(t, events(t, obd, path), "1! unreadable_file: --map item=item_id: the log has no column")
	if _, err := clicklog.NewEventMapping(map[string]string{"itme": "x"}); err == nil || !strings.Contains(err.Error(), `did you mean "item"`) {
		t.Errorf("an unknown field: got %v", err)
	}
	if _, err := clicklog.NewEventMapping(map[string]string{"ts": "x"}); err == nil || !strings.Contains(err.Error(), "item=COLUMN") {
		t.Errorf("a mapping without items: got %v", err)
	}
}

func TestReadEventsMIND(t *testing.T) {
	news := write(t, "news.tsv", "N1\tnews\tnewsus\tTitle one\tAbstract\thttps://example.org/1\t[]\t[]\nN2\tsports\t\tTitle two\t\t\t[]\t[]\n")
	behaviors := write(t, "behaviors.tsv", "1\tU1\t11/13/2019 8:36:57 AM\tN9 N8\tN1-1 N2-0\n2\tU2\t11/13/2019 12:00:00 PM\t\tN2-0\n3\tU2\t11/13/2019 1:00:00 PM\t\tN2\n4\tU2\tnoon\t\tN2-0\n5\tU2\n")
	checkEvents(
		t, events(t, clicklog.EventOptions{}, news, behaviors),
		`{"t":"art","id":"N1","title":"Title one","url":"https://example.org/1","section":"news","tags":["newsus"]}`,
		`{"t":"art","id":"N2","title":"Title two","section":"sports"}`,
		`{"t":"imp","id":"1","ts":"2019-11-13T08:36:57Z","user":"U1","items":[{"id":"N1","pos":0},{"id":"N2","pos":0}]}`,
		`{"t":"clk","imp":"1","item":"N1","ts":"2019-11-13T08:36:57Z"}`,
		`{"t":"imp","id":"2","ts":"2019-11-13T12:00:00Z","user":"U2","items":[{"id":"N2","pos":0}]}`,
		`3! missing_required_field: item "N2" does not end in -1 or -0`,
		`4! bad_timestamp: the time is "noon"`,
		`5! malformed_json: the line has 2 columns`,
	)

	// The first release: reader, history, clicked#TAB#others#TAB#time. A second file
	// counts its lists from 1 again.
	old := write(t, "old.tsv", "1\tN9 N8\tN1#TAB#N2 N3#TAB#11/13/2019 8:36:57 AM\n2\tN2\t#TAB#N2#TAB#11/14/2019 8:36:57 AM\n3\tN9\tN1#TAB#11/13/2019 8:36:57 AM\n")
	got := events(t, clicklog.EventOptions{SeedFromHistory: true}, old, behaviors)
	checkEvents(
		t, got[:4],
		`{"t":"imp","id":"line 1","ts":"2019-11-13T08:36:57Z","src":"N8","user":"1","items":[{"id":"N1","pos":0},{"id":"N2","pos":0},{"id":"N3","pos":0}]}`,
		`{"t":"clk","imp":"line 1","item":"N1","ts":"2019-11-13T08:36:57Z"}`,
		`{"t":"imp","id":"line 2","ts":"2019-11-14T08:36:57Z","user":"2","items":[{"id":"N2","pos":0}]}`,
		`3! malformed_json: the third column has 2 parts`,
	)
	checkEvents(
		t, got[4:6],
		`{"t":"imp","id":"2/1","ts":"2019-11-13T08:36:57Z","src":"N8","user":"U1","items":[{"id":"N1","pos":0},{"id":"N2","pos":0}]}`,
		`{"t":"clk","imp":"2/1","item":"N1","ts":"2019-11-13T08:36:57Z"}`,
	)
	if got := clicklog.DetectEvents([]string{old}, clicklog.EventOptions{}); got != clicklog.MIND {
		t.Errorf("the first release of MIND is taken for %q", got)
	}
}

func TestReadEventsUBI(t *testing.T) {
	path := write(t, "ubi.ndjson", strings.Join([]string{
		`{"action_name":"click","query_id":"q1","client_id":"c","session_id":"s","timestamp":"2026-03-02T10:00:09Z","event_attributes":{"object":{"object_id":"y","object_id_field":"id"},"position":{"ordinal":1}}}`,
		`{"action_name":"impression","query_id":"q1","client_id":"c","session_id":"s","timestamp":"2026-03-02T10:00:01Z","event_attributes":{"object":{"object_id":"y"},"position":{"ordinal":1},"p":0.5}}`,
		`{"action_name":"impression","query_id":"q1","client_id":"c","timestamp":"2026-03-02T10:00:01Z","event_attributes":{"object":{"object_id":7},"position":{"ordinal":0},"p":0.25}}`,
		`{"action_name":"impression","query_id":"q1","client_id":"c","timestamp":"2026-03-02T10:00:02Z","event_attributes":{"object":{"object_id":7},"position":{"ordinal":0},"p":0.25}}`,
		`{"query_id":"q1","client_id":"c","user_query":"a","timestamp":"2026-03-02T10:00:00Z","query_response_hit_ids":["7","y","z"],"query_attributes":{"snapshot":"n","variant":"A"}}`,
		`{"query_id":"q2","user_query":"b","timestamp":1772445605000,"query_response_hit_ids":["y",7]}`,
		`{"action_name":"page_view","client_id":"c","timestamp":"2026-03-02T10:00:00Z","event_attributes":{"object":{"object_id":"a"},"source":"home"}}`,
		`{"action_name":"dwell","query_id":"q1","timestamp":"2026-03-02T10:01:00Z","event_attributes":{"object":{"object_id":"y"},"dwell_ms":20000}}`,
		`{"action_name":"login","query_id":"q1","timestamp":"2026-03-02T10:00:00Z","event_attributes":{"object":{"object_id":"a"}}}`,
		`{"action_name":"click","query_id":"q1","timestamp":"2026-03-02T10:00:00Z"}`,
		`{"action_name":"click","query_id":"q1","timestamp":1772445605,"event_attributes":{"object":{"object_id":"a"}}}`,
		`{"action_name":"click","query_id":{},"timestamp":1772445605}`,
		`{"action_name":`,
	}, "\n"))
	checkEvents(
		t, events(t, clicklog.EventOptions{}, path),
		`9! unknown_event_type: action_name "login"`,
		`10! missing_required_field: event_attributes.object.object_id`,
		`11! mixed_time_units: timestamp counts seconds`,
		`12! wrong_type`, `13! malformed_json`,
		`{"t":"imp","id":"q1","ts":"2026-03-02T10:00:00Z","src":"a","user":"c","sess":"s","snap":"n","var":"A","items":[{"id":"7","pos":1,"p":0.25},{"id":"y","pos":2,"p":0.5}]}`,
		`{"t":"imp","id":"q2","ts":"2026-03-02T10:00:05Z","src":"b","items":[{"id":"y","pos":1},{"id":"7","pos":2}]}`,
		`{"t":"clk","imp":"q1","item":"y","pos":2,"ts":"2026-03-02T10:00:09Z"}`,
		`{"t":"pv","ts":"2026-03-02T10:00:00Z","page":"a","user":"c","from":"home"}`,
		`{"t":"read","imp":"q1","item":"y","ts":"2026-03-02T10:01:00Z","dwell_ms":20000}`,
	)
}

func TestWriterRefuses(t *testing.T) {
	var b bytes.Buffer
	w := clicklog.NewWriter(&b)
	if err := w.Write(&clicklog.Note{Simulated: "\xff"}); err == nil || !strings.Contains(err.Error(), "not valid UTF-8") {
		t.Errorf("broken UTF-8: got %v", err)
	}
	if err := w.Write(&clicklog.Note{Simulated: "by a test"}); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil || b.String() != `{"t":"note","simulated":"by a test"}`+"\n" {
		t.Errorf("got %q, %v", b.String(), err)
	}
}
