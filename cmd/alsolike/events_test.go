package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// report posts events as a browser does and returns the answer.
func (r *running) report(events ...string) eventsAnswer {
	r.t.Helper()
	status, body := r.post("/v1/events", `{"events":[`+strings.Join(events, ",")+`]}`, nil)
	var answer eventsAnswer
	if err := json.Unmarshal([]byte(body), &answer); err != nil || status != http.StatusAccepted {
		r.t.Fatalf("%d %s: %v", status, body, err)
	}
	return answer
}

// An eventsAnswer is what POST /v1/events answers.
type eventsAnswer struct {
	Accepted int `json:"accepted"`
	Refused  []struct {
		Index          int
		Reason, Detail string
	} `json:"refused"`
}

// post sends a body as a beacon of a browser, with further header fields if need be.
func (r *running) post(path, body string, header http.Header) (int, string) {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, r.base+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header = header.Clone()
	if header == nil {
		req.Header = http.Header{}
	}
	if req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "text/plain;charset=UTF-8")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// end stops the server and waits for its end.
func (r *running) end() {
	r.t.Helper()
	r.stop()
	if err := <-r.done; err != nil {
		r.t.Errorf("the server ends with %v", err)
	}
}

// What pages report is in the event log, fit for an evaluation, once each, also after
// a restart; and can be had out again.
func TestEvents(t *testing.T) {
	s := withSample(t)
	s.environ = []string{"ALSOLIKE_EXPLORE_SHARE=100%", "ALSOLIKE_EVENTS_READER_ID=daily"}
	r := s.startServe()
	var pages, lists []string
	for _, path := range []string{"/v1/related?url=/en/harbour-cranes", "/v1/related?url=/en/cod-quota&limit=3", "/v1/related?id=zh-Hans/harbour-cranes&limit=2", "/v1/related?url=/en/harbour-cranes&limit=4"} {
		status, list := r.get(path)
		if status != http.StatusOK {
			t.Fatalf("%s: %d %s", path, status, list)
		}
		lists = append(lists, strings.TrimSpace(list))
	}
	for i, list := range lists {
		var a answer
		if err := json.Unmarshal([]byte(list), &a); err != nil {
			t.Fatal(err)
		}
		view := fmt.Sprintf("view-number-%d", i)
		pages = append(pages,
			`{"t":"pv","page":"/en/harbour-cranes","from":"search"}`,
			fmt.Sprintf(`{"t":"imp","view":%q,"list":%s,"lang":"en","dev":"desktop","ref":"search"}`, view, list),
			fmt.Sprintf(`{"t":"view","view":%q,"list":%s,"positions":[1,2]}`, view, list),
			fmt.Sprintf(`{"t":"clk","view":%q,"list":%s,"item":%q,"position":2}`, view, list, a.Items[1].ID),
		)
	}
	if got := r.report(pages...); got.Accepted != len(pages) || len(got.Refused) != 0 {
		t.Fatalf("answer %+v", got)
	}
	r.end()

	r = s.startServe()
	again := r.report(pages...)
	if got, want := again.Accepted, len(lists); got != want { // page views have nothing to know them by
		t.Errorf("%d of the events were taken twice, want %d", got, want)
	}
	for _, refused := range again.Refused {
		if refused.Reason != "repeated" {
			t.Errorf("refused: %+v", refused)
		}
	}
	forged := strings.Replace(pages[1], `"position":1`, `"position":2`, 1)
	if got := r.report(forged); len(got.Refused) != 1 || got.Refused[0].Reason != "signature" {
		t.Errorf("forged: %+v", got)
	}
	r.end()

	lines := strings.Split(strings.TrimSpace(s.ok("export", "events")), "\n")
	if got, want := len(lines), len(pages)+len(lists); got != want {
		t.Errorf("%d lines were exported, want %d", got, want)
	}
	if !strings.Contains(lines[1], `"kind":"plackett-luce"`) {
		t.Errorf("the draw of a list is not in %s", lines[1])
	}
	if got := s.ok("export", "events", "--until", "2026-01-01"); got != "" {
		t.Errorf("exported of another time: %q", got)
	}
	today := time.Now().UTC().Format(time.DateOnly)
	if got := strings.Count(s.ok("export", "events", "--since", today), "\n"); got > len(lines) {
		t.Errorf("%d lines exported of today", got)
	}
	report := s.ok("eval", "check")
	for _, part := range []string{"Lists      4 valid of 4", "Clicks     4 valid of 4"} {
		if !strings.Contains(report, part) {
			t.Errorf("eval check does not tell of %s:\n%s", part, report)
		}
	}
}

// What readers see and follow comes to the editors, in the rate of each link.
func TestClicks(t *testing.T) {
	s := withSample(t)
	key := strings.TrimSpace(s.ok("key", "add", "the dashboard", "--scope", "editor:read"))
	r := s.startServe()
	_, list := r.get("/v1/related?id=en/harbour-cranes")
	var a answer
	if err := json.Unmarshal([]byte(list), &a); err != nil {
		t.Fatal(err)
	}
	var told []string
	for i := range 8 {
		view := fmt.Sprintf("view-number-%d", i)
		told = append(told,
			fmt.Sprintf(`{"t":"imp","view":%q,"list":%s}`, view, list),
			fmt.Sprintf(`{"t":"view","view":%q,"list":%s,"positions":[1,2]}`, view, list))
	}
	for _, item := range []int{0, 0, 1, 4} { // one is told twice, the last was not on the screen as far as is known
		told = append(told, fmt.Sprintf(`{"t":"clk","view":"view-number-3","list":%s,"item":%q,"position":%d}`, list, a.Items[item].ID, item+1))
	}
	if got := r.report(told...); got.Accepted != len(told)-1 {
		t.Fatalf("answer %+v", got)
	}
	waitFor(t, "the events are written", func() bool {
		var st struct {
			Events struct{ Accepted, Written int }
		}
		_, body := r.get("/v1/status")
		return json.Unmarshal([]byte(body), &st) == nil && st.Events.Written == st.Events.Accepted
	})
	var body string
	waitFor(t, "clicks are counted", func() bool {
		_, body = r.push(http.MethodGet, "/v1/editor/clicks?article=/en/harbour-cranes", key, "")
		return strings.Contains(body, `"counted"`)
	})
	var got struct {
		Clicks struct {
			Out  int
			List struct{ Seen, Clicks int }
		}
		Links []struct {
			ID     string
			Clicks struct{ Seen, Clicks int }
		}
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil || len(got.Links) != 5 {
		t.Fatalf("%v: %s", err, body)
	}
	if c := got.Clicks; c.Out != 3 || c.List.Seen != 8 || c.List.Clicks != 1 {
		t.Errorf("the list: %+v", c)
	}
	for i, want := range []string{"{8 1}", "{8 1}", "{0 0}", "{0 0}", "{1 1}"} {
		if l := got.Links[i]; l.ID != string(a.Items[i].ID) || fmt.Sprint(l.Clicks) != want {
			t.Errorf("link %d: got %+v, want %s %s", i, l, a.Items[i].ID, want)
		}
	}
	password := strings.TrimSpace(s.ok("user", "add", "mei"))
	_, cookie := r.signIn("mei", password)
	for path, want := range map[string]string{
		"/editor/articles/article?id=en%2Fharbour-cranes": "followed 1 of 8 times",
		"/editor/articles?show=most-clicked":              ">3 articles<",
	} {
		if page := r.page(path, cookie); !strings.Contains(page, want) {
			t.Errorf("%s does not have %q:\n%s", path, want, page)
		}
	}
	r.end()
}

// page is a page that whoever has that cookie gets.
func (r *running) page(path, cookie string) string {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, r.base+path, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Cookie", cookie)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return string(body)
}

func TestEventsOff(t *testing.T) {
	s := withSample(t)
	s.environ = []string{"ALSOLIKE_EVENTS_ENABLED=false"}
	r := s.startServe()
	if status, body := r.post("/v1/events", `{"events":[{"t":"pv","page":"/en/harbour-cranes"}]}`, nil); status != http.StatusNotFound {
		t.Errorf("%d %s, want 404", status, body)
	}
	key := strings.TrimSpace(s.ok("key", "add", "the dashboard", "--scope", "editor:read"))
	if status, body := r.push(http.MethodGet, "/v1/editor/clicks?article=en/harbour-cranes", key, ""); status != http.StatusNotFound {
		t.Errorf("clicks: %d %s, want 404", status, body)
	}
	if _, body := r.push(http.MethodGet, "/v1/editor/articles?limit=1", key, ""); strings.Contains(body, "clicks") || !strings.Contains(body, `"total"`) {
		t.Errorf("articles with clicks: %s", body)
	}
	r.end()
	if _, err := os.Stat(filepath.Join(s.data, eventFolder)); !os.IsNotExist(err) {
		t.Errorf("the folder of events: %v", err)
	}
	s.fails(1, []string{"no events", "alsolike serve"}, "export", "events")
}

func TestExportEventsTellsWhatIsBroken(t *testing.T) {
	s := withSample(t)
	folder := filepath.Join(s.data, eventFolder)
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	const good = `{"t":"pv","ts":"2026-11-20T12:00:00Z","page":"en/cod-quota"}` + "\n"
	if err := os.WriteFile(filepath.Join(folder, "2026-11-20.ndjson"), []byte(good+"{\n"+good), 0o600); err != nil {
		t.Fatal(err)
	}
	late := filepath.Join(folder, "2026-11-21.ndjson") // where an event is that came at midnight
	if err := os.WriteFile(late, []byte(strings.ReplaceAll(good, "12:00:00", "23:59:59")), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(s.run("export", "events", "--until", "2026-11-21").stdout, "\n"); got != 3 {
		t.Errorf("%d events of the day were exported, want 3", got)
	}
	if err := os.Remove(late); err != nil {
		t.Fatal(err)
	}
	r := s.fails(1, []string{"2026-11-20.ndjson:2", "1 line"}, "export", "events")
	if r.stdout != good+good {
		t.Errorf("exported %q", r.stdout)
	}
	s.fails(exitUsage, []string{"--since", "soon"}, "export", "events", "--since", "soon")
	s.fails(exitUsage, []string{"--format", "csv"}, "export", "events", "--format", "csv")
}
