package clicklog

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// parseLine parses one line.
func parseLine(p *eventParser, line []byte) []entry {
	p.batch(&batch{file: "log", text: line, first: 1})
	return p.out.entries
}

// sameAsStandard compares what the scanner made of a line with what encoding/json
// makes of it.
func sameAsStandard(t *testing.T, p *eventParser, line []byte) {
	t.Helper()
	p.scanner = scanner{b: line}
	ok := p.members() && p.end()
	var want map[string]json.RawMessage
	if err := json.Unmarshal(line, &want); (err == nil && want != nil) != ok {
		t.Fatalf("%q: taken: %v; encoding/json: %v", line, ok, err)
	}
	if !ok {
		return
	}
	// Of names of one field the later stands; which of two names of one field is
	// the later a map does not tell.
	for name, f := range fieldOf {
		raw, has := want[name]
		if !has || fieldNames[f] != name || hasOther(want, name, f) || f == fieldItems {
			continue
		}
		compareValue(t, line, name, p.values[f], raw)
	}
	var items []struct{ ID, Pos, P json.RawMessage }
	if raw, has := want["items"]; !has || json.Unmarshal(raw, &items) != nil || bytes.Contains(line, []byte("null")) {
		return
	}
	if len(items) != len(p.items) {
		t.Fatalf("%q: %d items, want %d", line, len(p.items), len(items))
	}
	for i := range items {
		var exact map[string]json.RawMessage // json's fields do not mind upper case, ours do
		var raw []json.RawMessage
		json.Unmarshal(want["items"], &raw)
		json.Unmarshal(raw[i], &exact)
		for name, v := range map[string]value{"id": p.items[i].id, "pos": p.items[i].pos, "p": p.items[i].p} {
			if r, has := exact[name]; has {
				compareValue(t, line, name, v, r)
			}
		}
	}
}

func hasOther(m map[string]json.RawMessage, name string, f field) bool {
	for other, g := range fieldOf {
		if _, has := m[other]; has && g == f && other != name {
			return true
		}
	}
	return false
}

func compareValue(t *testing.T, line []byte, name string, v value, raw json.RawMessage) {
	t.Helper()
	var want any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&want); err != nil {
		t.Fatalf("%q: %s: %v", line, name, err)
	}
	switch want := want.(type) {
	case nil:
		if v.kind != absent {
			t.Errorf("%q: %s is of kind %d, want null", line, name, v.kind)
		}
	case string:
		if got, ok := v.id(); !ok || string(got) != want {
			t.Errorf("%q: %s is %q, want %q", line, name, got, want)
		}
	case json.Number:
		got, ok := v.float()
		if f, err := want.Float64(); (err == nil) != ok || ok && got != f {
			t.Errorf("%q: %s is %v, want %v", line, name, got, want)
		}
		if id, _ := v.id(); string(id) != want.String() {
			t.Errorf("%q: %s is %s, want %s", line, name, id, want)
		}
	default:
		if v.kind != array && v.kind != object && v.kind != other {
			t.Errorf("%q: %s is of kind %d, want that of %v", line, name, v.kind, want)
		}
	}
}

// What parses is written and parses to the same; what does not is refused, as
// encoding/json does.
func FuzzEventLine(f *testing.F) {
	for _, seed := range []string{
		`{"t":"imp","id":"i\u00e91","ts":"2026-03-02T01:28:59.25+01:00","src":"a","user":"u","sess":"s","snap":"n","var":"X","widget":"w","n":5,"dev":"d","ref":"home","lang":"en","sub":true,"pol":{"kind":"plackett-luce","pool":["a","b"],"logits":[0,-1.5e-3],"keep":1},"items":[{"id":"b","pos":1,"p":0.25,"slot":"pin"},{"id":9,"pos":2}]}`,
		`{"t":"view","imp":"i","ts":1772414939,"pos":[1,2]}`,
		`{"t":"clk","imp":"i","item":"b","pos":1,"ts":1772414939123}`,
		`{"t":"read","imp":"i","item":"b","dwell_ms":15000,"scroll":50}`,
		`{"t":"pv","ts":"2026-03-02T01:28:59Z","page":"a","sess":"s","from":"home"}`,
		`{"t":"ovr","ts":"2026-03-02T01:28:59Z","src":"*","item":"b","op":"hide","undo":true}`,
		`{"id":"a","t":"art","published":"2026-03-02","tags":["x","y"],"authors":"z","vector":[1,0.1],"title":"\ud83d\ude00 \ud800"}`,
		`{"t":"note","simulated":"by a test","x":{"y":[[],{}]}}`,
		`{"t":"imp","items":[],"items":5}`, `{"t":"clk","t":null}`, `[`, `{"a":01}`, `{"t":"imp","items":[1,{"id":[]}]}`,
	} {
		f.Add([]byte(seed))
	}
	p, again := newEventParser(), newEventParser()
	f.Fuzz(func(t *testing.T, line []byte) {
		line = bytes.ReplaceAll(bytes.ReplaceAll(line, []byte("\n"), []byte(" ")), []byte("\r"), []byte(" "))
		if utf8.Valid(line) && len(bytes.TrimSpace(line)) > 0 {
			sameAsStandard(t, p, line)
		}
		clear(p.unknown)
		for _, e := range parseLine(p, line) {
			if e.event == nil {
				if e.fault.Reason == "" || e.fault.Line != 1 {
					t.Errorf("%q: a fault without a reason or line: %+v", line, e.fault)
				}
				continue
			}
			written, err := AppendEvent(nil, e.event)
			if err != nil {
				t.Fatalf("%q: cannot be written: %v", line, err)
			}
			got := parseLine(again, written)
			if len(got) != 1 || got[0].event == nil {
				t.Fatalf("%q: written as %s it does not parse: %+v", line, written, got)
			}
			if diff := cmp.Diff(e.event, got[0].event, cmpopts.EquateNaNs(), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%q: written as %s it parses to another event (-want +got):\n%s", line, written, diff)
			}
		}
	})
}

// Whatever is read of other systems' formats can be written as our own, and parses
// to the same, unless it lacks what our own format demands.
func FuzzForeignEvents(f *testing.F) {
	f.Add(byte(0), []byte("impression,time,source,item,position,clicked,p,user,viewed,dwell_ms\nl,2026-03-02T10:00:00Z,s,x,1,1,0.5,u,1,20000\nl,2026-03-02T10:00:00Z,s,\"y\"\"\",2,0,,u,0,\n"))
	f.Add(byte(0), []byte("page,ts\nx,1772445605\ny,soon\n"))
	f.Add(byte(1), []byte("1\tU1\t11/13/2019 8:36:57 AM\tN9 N8\tN1-1 N2-0\n2\tN9\tN1#TAB#N2 N3#TAB#11/13/2019 8:36:57 AM\nN1\tnews\tx\ttitle\t\turl\t[]\t[]\n"))
	f.Add(byte(2), []byte(`{"action_name":"impression","query_id":"q","timestamp":"2026-03-02T10:00:01Z","event_attributes":{"object":{"object_id":7},"position":{"ordinal":0},"p":0.25}}`+"\n"+
		`{"query_id":"q","user_query":"a","timestamp":1772445605,"query_response_hit_ids":["y",7]}`+"\n"+`{"action_name":"click","query_id":"q","timestamp":"2026-03-02T10:00:01Z","event_attributes":{"object":{"object_id":"x"}}}`))
	again := newEventParser()
	f.Fuzz(func(t *testing.T, format byte, content []byte) {
		opts := EventOptions{Format: []Format{CSV, MIND, UBI}[format%3], SeedFromHistory: format%2 == 0}
		path := filepath.Join(t.TempDir(), "log")
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
		for e, fault := range ReadEvents(context.Background(), []string{path}, opts) {
			if fault != nil {
				if fault.Reason == "" || fault.Kind == "" || fault.File != path {
					t.Errorf("%q: a fault without reason, kind or file: %+v", content, fault)
				}
				continue
			}
			line, err := AppendEvent(nil, e)
			if err != nil {
				t.Fatalf("%q: %+v cannot be written: %v", content, e, err)
			}
			got := parseLine(again, bytes.TrimSuffix(line, []byte("\n")))
			if len(got) == 1 && got[0].fault != nil && got[0].fault.Kind == FaultMissing {
				continue
			}
			if len(got) != 1 || got[0].event == nil {
				t.Fatalf("%q: written as %s it does not parse: %+v", content, line, got)
			}
			if diff := cmp.Diff(e, got[0].event, cmpopts.EquateNaNs(), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%q: written as %s it parses to another event (-want +got):\n%s", content, line, diff)
			}
		}
	})
}

func TestSimpleFloat(t *testing.T) {
	for _, s := range []string{"0", "1", "0.1", "0.0555603659", "1.0", "123456789012.345", "0.999999999999999", "9007199254740993", "0.3000000000000004"} {
		want, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := simpleFloat([]byte(s)); ok && got != want {
			t.Errorf("%s: got %v, want %v", s, got, want)
		}
	}
}
