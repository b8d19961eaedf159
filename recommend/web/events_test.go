package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/clicklog"
	"github.com/alsolike/alsolike/data/eventlog"
	"github.com/alsolike/alsolike/recommend"
)

// A notary knows the lists that were answered, and the articles of the shelf.
type notary struct {
	answered []recommend.Claim
	*shelf
}

func (n notary) Verify(c recommend.Claim) bool {
	return slices.ContainsFunc(n.answered, func(a recommend.Claim) bool { return reflect.DeepEqual(a, c) })
}

func (n notary) Find(name string) (data.ArticleID, bool) {
	for _, c := range n.cards {
		if name == string(c.ID) || name == c.URL {
			return c.ID, true
		}
	}
	return "", false
}

const (
	fixedList = `{"recommendation_id":"r1","snapshot":"s1","article":"a1","placement":"below","items":[{"id":"a2","position":1,"source":"algorithm"},{"id":"a4","position":2,"source":"fallback:latest"}]}`
	drawnList = `{"recommendation_id":"r2","snapshot":"s1","article":{"id":"a1","lang":"en"},"items":[{"id":"a4","position":1,"score":80,"source":"editor","p":1,"card":{"title":"Alone"}},{"id":"a2","position":2,"source":"algorithm","p":0.25}],"draw":{"pool":["a2","a3/ü"],"logits":[0.1,1.2],"keep":0}}`
)

func newNotary() notary {
	return notary{shelf: newShelf(), answered: []recommend.Claim{
		{RecommendationID: "r1", Snapshot: "s1", Article: "a1", Placement: "below", Items: []recommend.ClaimedItem{{ID: "a2", Position: 1, Source: "algorithm"}, {ID: "a4", Position: 2, Source: "fallback:latest"}}},
		{RecommendationID: "r0", Snapshot: "s1", Article: "a1", Items: []recommend.ClaimedItem{}},
		{RecommendationID: "r9", Snapshot: "s1", Items: []recommend.ClaimedItem{{ID: "a2", Position: 1, Source: "fallback:latest"}}},
		{
			RecommendationID: "r2", Snapshot: "s1", Article: "a1", Items: []recommend.ClaimedItem{{ID: "a4", Position: 1, Source: "editor"}, {ID: "a2", Position: 2, Source: "algorithm"}},
			Draw: &recommend.Draw{Pool: []data.ArticleID{"a2", "a3/ü"}, Logits: []float64{0.1, 1.2}, P: []float64{1, 0.25}},
		},
	}}
}

// A beacons is a server that takes events, and its log.
type beacons struct {
	t      *testing.T
	url    string
	folder string
	log    *eventlog.Log
	later  atomic.Int64 // nanoseconds since noon
}

func (b *beacons) now() time.Time { return noon.Add(time.Duration(b.later.Load())) }

func (b *beacons) pass(d time.Duration) { b.later.Add(int64(d)) }

func newBeacons(t *testing.T, conf Events) *beacons {
	t.Helper()
	b := &beacons{t: t, folder: t.TempDir()}
	quiet := slog.New(slog.DiscardHandler)
	var err error
	if b.log, err = eventlog.Open(b.folder, eventlog.Options{Log: quiet, Now: b.now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.log.Close() })
	n := newNotary()
	conf.Log, conf.Verifier = b.log, n
	proxies, err := ParseProxies("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	s := New(Config{Recommender: n, Events: &conf, Proxies: proxies, Log: quiet, Now: b.now})
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	b.url = server.URL
	return b
}

// send posts events as a page does, with further header fields if need be.
func (b *beacons) send(header http.Header, events ...string) eventsResponse {
	b.t.Helper()
	status, body := b.post("/v1/events", "text/plain;charset=UTF-8", `{"events":[`+strings.Join(events, ",")+`]}`, header)
	var answer eventsResponse
	if status != http.StatusAccepted {
		b.t.Fatalf("%d %s", status, body)
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		b.t.Fatal(err)
	}
	return answer
}

func (b *beacons) post(path, contentType, body string, header http.Header) (int, string) {
	b.t.Helper()
	r, err := http.NewRequest(http.MethodPost, b.url+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header = http.Header{"User-Agent": {"Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}}
	for name, values := range header {
		r.Header[name] = values
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func (b *beacons) get(path string) []byte {
	b.t.Helper()
	resp, err := http.Get(b.url + path)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return body
}

// logged closes the log and returns what it holds.
func (b *beacons) logged() string {
	b.t.Helper()
	if err := b.log.Close(); err != nil {
		b.t.Error(err)
	}
	files, err := filepath.Glob(filepath.Join(b.folder, "*"))
	if err != nil {
		b.t.Fatal(err)
	}
	var all string
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			b.t.Fatal(err)
		}
		all += string(text)
	}
	return all
}

func TestEventsAreLogged(t *testing.T) {
	b := newBeacons(t, Events{})
	answer := b.send(nil,
		`{"t":"pv","page":"https://example.org/a1","from":"search"}`,
		`{"t":"imp","view":"0123-_Az","list":`+fixedList+`,"lang":"zh-TW","dev":"mobile","ref":"search"}`,
		`{"t":"view","view":"0123-_Az","list":`+fixedList+`,"positions":[2,1,2]}`,
		`{"t":"clk","view":"0123-_Az","list":`+fixedList+`,"item":"a4","position":2}`,
		`{"t":"read","view":"0123-_Az","list":`+fixedList+`,"item":"a4","dwell_ms":1500.5,"scroll":0.75}`,
		`{"t":"imp","view":"0123-_Az","list":`+drawnList+`}`,
		`{"t":"pv","page":"a4","from":"a1"}`,
		`{"t":"pv","page":"a4","from":"https://example.org/a1"}`,
		`{"t":"pv","page":"a4","from":"https://elsewhere.example/?q=secret"}`,
		`{"t":"pv","page":"a4"}`,
	)
	if answer.Accepted != 10 || len(answer.Refused) != 0 {
		t.Errorf("answer %+v", answer)
	}
	const want = `{"t":"pv","ts":"2026-11-23T11:00:00Z","page":"a1","from":"search"}
{"t":"imp","id":"r1.0123-_Az","ts":"2026-11-23T11:00:00Z","widget":"below","src":"a1","snap":"s1","var":"A","dev":"mobile","ref":"search","lang":"zh-Hant","pol":{"kind":"fixed"},"items":[{"id":"a2","pos":1,"slot":"alg"},{"id":"a4","pos":2,"slot":"fill"}]}
{"t":"view","imp":"r1.0123-_Az","ts":"2026-11-23T11:00:00Z","pos":[1,2]}
{"t":"clk","imp":"r1.0123-_Az","item":"a4","pos":2,"ts":"2026-11-23T11:00:00Z"}
{"t":"read","imp":"r1.0123-_Az","item":"a4","ts":"2026-11-23T11:00:00Z","dwell_ms":1500,"scroll":0.75}
{"t":"imp","id":"r2.0123-_Az","ts":"2026-11-23T11:00:00Z","src":"a1","snap":"s1","var":"X","pol":{"kind":"plackett-luce","pool":["a2","a3/ü"],"logits":[0.1,1.2]},"items":[{"id":"a4","pos":1,"p":1,"slot":"pin"},{"id":"a2","pos":2,"p":0.25,"slot":"alg"}]}
{"t":"pv","ts":"2026-11-23T11:00:00Z","page":"a4","from":"a1"}
{"t":"pv","ts":"2026-11-23T11:00:00Z","page":"a4","from":"a1"}
{"t":"pv","ts":"2026-11-23T11:00:00Z","page":"a4","from":"other"}
{"t":"pv","ts":"2026-11-23T11:00:00Z","page":"a4"}
`
	if diff := cmp.Diff(want, b.logged()); diff != "" {
		t.Errorf("the log differs (-want +got):\n%s", diff)
	}
}

func TestEventsAreRefused(t *testing.T) {
	b := newBeacons(t, Events{})
	forged := func(old, new string) string {
		list := strings.Replace(drawnList, old, new, 1)
		if list == drawnList {
			t.Fatalf("%s is not in the list", old)
		}
		return `{"t":"imp","view":"01234567","list":` + list + `}`
	}
	b.send(nil, `{"t":"imp","view":"already-there","list":`+fixedList+`}`, `{"t":"clk","view":"already-there","list":`+fixedList+`,"item":"a2","position":1}`)
	for _, c := range []struct {
		name, event string
		reason      refusal
		detail      string
	}{
		{"no object", `7`, refusedMalformed, "body is a number; it must be an object"},
		{"no kind", `{}`, refusedMalformed, `t is ""; it must be one of imp, view, clk, read, pv`},
		{"a kind of the log that no page may send", `{"t":"art","item":"a1"}`, refusedMalformed, `t is "art"`},
		{"an unknown field", `{"t":"pv","page":"a1","user":"u"}`, refusedMalformed, "user is not known here"},
		{"a field of another type", `{"t":"clk","view":"01234567","list":` + fixedList + `,"item":"a2","position":"1"}`, refusedMalformed, "position is a text; it must be a whole number"},
		{"no view", `{"t":"imp","list":` + fixedList + `}`, refusedMalformed, "view"},
		{"a view that is short", `{"t":"imp","view":"0123456","list":` + fixedList + `}`, refusedMalformed, "view"},
		{"a view that is long", `{"t":"imp","view":"` + strings.Repeat("x", 65) + `","list":` + fixedList + `}`, refusedMalformed, "view"},
		{"a view of other letters", `{"t":"imp","view":"0123456.","list":` + fixedList + `}`, refusedMalformed, "view"},
		{"no list", `{"t":"imp","view":"01234567"}`, refusedMalformed, "list is missing"},
		{"a list without items", `{"t":"imp","view":"01234567","list":{"recommendation_id":"r0","snapshot":"s1","article":"a1"}}`, refusedMalformed, "no items"},
		{"a list of no article", `{"t":"imp","view":"01234567","list":{"recommendation_id":"r9","snapshot":"s1","items":[{"id":"a2","position":1,"source":"fallback:latest"}]}}`, refusedMalformed, "no article"},
		{"a device", `{"t":"imp","view":"01234567","list":` + fixedList + `,"dev":"dekstop"}`, refusedMalformed, "did you mean desktop?"},
		{"a referrer", `{"t":"imp","view":"01234567","list":` + fixedList + `,"ref":"https://example.org"}`, refusedMalformed, "ref is"},
		{"a language", `{"t":"imp","view":"01234567","list":` + fixedList + `,"lang":"klingonisch"}`, refusedMalformed, "lang is"},
		{"much in a language", `{"t":"imp","view":"01234567","list":` + fixedList + `,"lang":"en-x-` + strings.Repeat("reader-", 6) + `1"}`, refusedMalformed, "lang is"},
		{"another id", forged("r2", "r3"), refusedSignature, "never answered"},
		{"another article", forged("a1", "a4"), refusedSignature, "never answered"},
		{"another snapshot", forged("s1", "s2"), refusedSignature, "never answered"},
		{"another item", forged(`"a4"`, `"z1"`), refusedSignature, "never answered"},
		{"another source", forged("editor", "algorithm"), refusedSignature, "never answered"},
		{"another probability", forged("0.25", "0.26"), refusedSignature, "never answered"},
		{"another pool", forged(`"a3/ü"`, `"z1"`), refusedSignature, "never answered"},
		{"other logits", forged("1.2", "1.3"), refusedSignature, "never answered"},
		{"shown twice", `{"t":"imp","view":"already-there","list":` + fixedList + `}`, refusedRepeated, "recorded already"},
		{"clicked twice", `{"t":"clk","view":"already-there","list":` + fixedList + `,"item":"a2","position":1}`, refusedRepeated, "recorded already"},
		{"a click on another item", `{"t":"clk","view":"already-there","list":` + fixedList + `,"item":"z1","position":1}`, refusedNotInList, `"z1"`},
		{"a click at another position", `{"t":"clk","view":"already-there","list":` + fixedList + `,"item":"a2","position":2}`, refusedNotInList, "position 2"},
		{"a click on what nobody saw", `{"t":"clk","view":"01234567","list":` + fixedList + `,"item":"a2","position":1}`, refusedNoImpression, "not recorded"},
		{"a view of no positions", `{"t":"view","view":"already-there","list":` + fixedList + `}`, refusedMalformed, "positions"},
		{"a view of another position", `{"t":"view","view":"already-there","list":` + fixedList + `,"positions":[1,3]}`, refusedNotInList, "position 3"},
		{"a reading of another item", `{"t":"read","view":"already-there","list":` + fixedList + `,"item":"z1","scroll":1}`, refusedNotInList, `"z1"`},
		{"a reading of no time", `{"t":"read","view":"already-there","list":` + fixedList + `,"item":"a2"}`, refusedMalformed, "dwell_ms is missing"},
		{"a long reading", `{"t":"read","view":"already-there","list":` + fixedList + `,"item":"a2","dwell_ms":1e12}`, refusedMalformed, "dwell_ms"},
		{"a far scroll", `{"t":"read","view":"already-there","list":` + fixedList + `,"item":"a2","scroll":75}`, refusedMalformed, "scroll is 75"},
		{"a reading of no list", `{"t":"read","item":"a2","scroll":1}`, refusedMalformed, "list is missing"},
		{"a page of elsewhere", `{"t":"pv","page":"https://elsewhere.example/"}`, refusedArticle, "no article of this site"},
		{"no page", `{"t":"pv"}`, refusedMalformed, "page is missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			answer := b.send(nil, c.event)
			if answer.Accepted != 0 || len(answer.Refused) != 1 || answer.Refused[0].Index != 0 || answer.Refused[0].Reason != c.reason || !strings.Contains(answer.Refused[0].Detail, c.detail) {
				t.Errorf("answer %+v, want %s, %s", answer, c.reason, c.detail)
			}
		})
	}
	if got := strings.Count(b.logged(), "\n"); got != 2 {
		t.Errorf("%d lines are logged, want 2", got)
	}
	answer := b.send(nil, `{"t":"pv","page":"a1"}`)
	if len(answer.Refused) != 1 || answer.Refused[0].Reason != refusedStarting {
		t.Errorf("with the log closed: %+v", answer)
	}
}

// What is no reader, or one who does not want to be counted, leaves nothing.
func TestEventsOfNoReader(t *testing.T) {
	b := newBeacons(t, Events{ReaderIDs: true})
	const event = `{"t":"pv","page":"a1"}`
	for _, c := range []struct {
		header, value string
		reason        refusal
	}{
		{"Sec-GPC", "1", refusedOptOut},
		{"DNT", "1", refusedOptOut},
		{"Sec-Purpose", "prefetch;prerender", refusedPrefetch},
		{"Purpose", "prefetch", refusedPrefetch},
		{"X-Moz", "prefetch", refusedPrefetch},
		{"User-Agent", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", refusedBot},
		{"User-Agent", "Mozilla/5.0 (Linux; Android 11) Chrome/120.0 Mobile Safari/537.36 Chrome-Lighthouse", refusedBot},
		{"User-Agent", "facebookexternalhit/1.1", refusedBot},
	} {
		answer := b.send(http.Header{c.header: {c.value}}, event, event)
		if answer.Accepted != 0 || len(answer.Refused) != 2 || answer.Refused[1].Reason != c.reason {
			t.Errorf("%s: %s: %+v, want %s", c.header, c.value, answer, c.reason)
		}
	}
	for _, agent := range []string{
		"Mozilla/5.0 (Linux; Android 10; CUBOT X30) Chrome/120.0 Mobile Safari/537.36",
		"Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/140.0.0.0 Safari/537.36",
		"",
	} {
		if answer := b.send(http.Header{"User-Agent": {agent}, "Dnt": {"0"}}, event); answer.Accepted != 1 {
			t.Errorf("%q: %+v, want it to be taken", agent, answer)
		}
	}
	if got := strings.Count(b.logged(), "\n"); got != 3 {
		t.Errorf("%d lines are logged, want 3", got)
	}
	var status statusResponse
	if err := json.Unmarshal(b.get("/v1/status"), &status); err != nil {
		t.Fatal(err)
	}
	want := &eventsStatus{Accepted: 3, Written: 3, Refused: map[refusal]int64{refusedOptOut: 4, refusedPrefetch: 6, refusedBot: 6}}
	if diff := cmp.Diff(want, status.Events); diff != "" {
		t.Errorf("status differs (-want +got):\n%s", diff)
	}
}

// A reader has one pseudonym for a day, and another the next. Nothing else of him is
// in the log.
func TestReaderIDs(t *testing.T) {
	b := newBeacons(t, Events{ReaderIDs: true})
	agents := []string{"Mozilla/5.0 (one)", "Mozilla/5.0 (two)"}
	show := func(agent, view string) {
		t.Helper()
		answer := b.send(http.Header{"User-Agent": {agent}}, `{"t":"pv","page":"a1"}`, `{"t":"imp","view":"`+view+`","list":`+fixedList+`}`, `{"t":"read","item":"a2","scroll":1}`)
		if answer.Accepted != 3 {
			t.Errorf("answer %+v", answer)
		}
	}
	show(agents[0], "view-one")
	show(agents[1], "view-two")
	show(agents[0], "view-three")
	b.pass(24 * time.Hour)
	show(agents[0], "view-four")
	log := b.logged()
	users := regexp.MustCompile(`"user":"([^"]*)"`).FindAllStringSubmatch(log, -1)
	sessions := regexp.MustCompile(`"sess":"([A-Za-z0-9_-]{16})"`).FindAllStringSubmatch(log, -1)
	if len(users) != 8 || len(sessions) != 12 {
		t.Fatalf("%d users and %d sessions in the log, want 8 and 12:\n%s", len(users), len(sessions), log)
	}
	one, two, again, next := users[0][1], users[2][1], users[4][1], users[6][1]
	if one != users[1][1] || one != sessions[2][1] || one != again || one == two || one == next {
		t.Errorf("pseudonyms %s, %s, %s, and the next day %s", one, two, again, next)
	}
	if strings.Contains(log, "Mozilla") || strings.Contains(log, "127.0.0.1") {
		t.Errorf("the log tells more than it may:\n%s", log)
	}
}

func TestEventsBadRequests(t *testing.T) {
	b := newBeacons(t, Events{})
	const event = `{"t":"pv","page":"a1"}`
	many := strings.TrimSuffix(strings.Repeat(event+",", 101), ",")
	for _, c := range []struct {
		name, path, contentType, body string
		status                        int
		parameter, detail             string
	}{
		{"no type", "", "", `{"events":[` + event + `]}`, 415, "", "application/json or text/plain"},
		{"a form", "", "application/x-www-form-urlencoded", `{"events":[` + event + `]}`, 415, "", "application/json or text/plain"},
		{"nothing", "", "application/json", ``, 400, "body", "EOF"},
		{"broken JSON", "", "application/json", `{"events":[`, 400, "body", "unexpected EOF"},
		{"two values", "", "application/json", `{"events":[` + event + `]}{}`, 400, "body", "more than one"},
		{"a list", "", "application/json", `[` + event + `]`, 400, "body", "is a list; it must be an object"},
		{"no events", "", "application/json", `{}`, 400, "events", "0 events"},
		{"too many", "", "application/json", `{"events":[` + many + `]}`, 400, "events", "101 events"},
		{"events are no list", "", "application/json", `{"events":` + event + `}`, 400, "events", "is an object; it must be a list"},
		{"an unknown field", "", "application/json", `{"event":[]}`, 400, "event", "not known"},
		{"an unknown parameter", "?debug=1", "application/json", `{"events":[` + event + `]}`, 400, "debug", "not known"},
		{"too long", "", "application/json", `{"events":["` + strings.Repeat("x", 70_000) + `"]}`, 413, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, body := b.post("/v1/events"+c.path, c.contentType, c.body, nil)
			var p problem
			if err := json.Unmarshal([]byte(body), &p); err != nil {
				t.Fatalf("%d %s: %v", status, body, err)
			}
			if status != c.status || p.Status != c.status || p.Parameter != c.parameter || !strings.Contains(p.Detail, c.detail) {
				t.Errorf("%d %s", status, body)
			}
		})
	}
	resp, err := http.Get(b.url + "/v1/events")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d, want 405", resp.StatusCode)
	}
	if got := b.logged(); got != "" {
		t.Errorf("logged: %s", got)
	}
}

// An address that reports too often is told to wait, others are not; no address gets
// into the log.
func TestEventsRate(t *testing.T) {
	b := newBeacons(t, Events{PerAddress: 0.3}) // and three at once
	const body = `{"events":[{"t":"pv","page":"a1"},{"t":"pv","page":"a2"}]}`
	post := func(address string) int {
		t.Helper()
		status, text := b.post("/v1/events", "text/plain", body, http.Header{"X-Forwarded-For": {address}})
		if status == http.StatusTooManyRequests && !strings.Contains(text, "try again in 4 s") {
			t.Errorf("the answer is %s", text)
		}
		return status
	}
	for i, want := range []int{202, 202, 202, 429, 429} {
		if got := post("192.0.2.1"); got != want {
			t.Errorf("request %d: %d, want %d", i, got, want)
		}
	}
	if got := post("192.0.2.2"); got != http.StatusAccepted {
		t.Errorf("another address: %d", got)
	}
	b.pass(4 * time.Second)
	if got := post("192.0.2.1"); got != http.StatusAccepted {
		t.Errorf("four seconds later: %d", got)
	}
	log := b.logged()
	if got := strings.Count(log, "\n"); got != 10 {
		t.Errorf("%d lines are logged, want 10", got)
	}
	metrics := string(b.get("/metrics"))
	for _, line := range []string{
		`alsolike_events_accepted_total 10`, `alsolike_events_written_total 10`, `alsolike_events_lost_total 0`, `alsolike_events_waiting 0`,
		`alsolike_events_refused_total{reason="rate"} 2`, `alsolike_events_refused_total{reason="bot"} 0`, `alsolike_events_problem 0`,
	} {
		if !strings.Contains(metrics, line+"\n") {
			t.Errorf("/metrics does not say %s", line)
		}
	}
}

// A strictLog takes all that can be written as a line.
type strictLog struct{ wrong error }

func (l *strictLog) Add(e clicklog.Event) error {
	line, err := clicklog.AppendEvent(nil, e)
	if err != nil || !json.Valid(line) || bytes.IndexByte(line, '\n') != len(line)-1 {
		l.wrong = fmt.Errorf("%+v is logged as %q: %w", e, line, err)
	}
	return nil
}

func (*strictLog) Counts() eventlog.Counts { return eventlog.Counts{} }

// Whatever is sent is answered: as no report at all, or event by event; and what is
// taken can be written.
func FuzzEvents(f *testing.F) {
	for _, seed := range []string{
		`{"t":"pv","page":"https://example.org/a1","from":"search"}`,
		`{"t":"imp","view":"01234567","list":` + fixedList + `,"lang":"zh-TW","dev":"mobile","ref":"search"},{"t":"clk","view":"01234567","list":` + fixedList + `,"item":"a4","position":2}`,
		`{"t":"imp","view":"01234567","list":` + drawnList + `},{"t":"view","view":"01234567","list":` + drawnList + `,"positions":[2,1,2]}`,
		`{"t":"read","view":"01234567","list":` + fixedList + `,"item":"a4","dwell_ms":1500.5,"scroll":0.75},{"t":"read","item":"a4","scroll":1},[],null`,
	} {
		f.Add([]byte(`{"events":[` + seed + `]}`))
	}
	var log strictLog
	n := newNotary()
	s := New(Config{Recommender: n, Events: &Events{Log: &log, Verifier: n, ReaderIDs: true, PerAddress: -1}, Log: slog.New(slog.DiscardHandler)})
	f.Fuzz(func(t *testing.T, body []byte) {
		r := httptest.NewRequest(http.MethodPost, "/v1/events", bytes.NewReader(body))
		r.Header.Set("Content-Type", "text/plain")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if log.wrong != nil {
			t.Fatal(log.wrong)
		}
		if w.Code == http.StatusBadRequest || w.Code == http.StatusRequestEntityTooLarge {
			return
		}
		var sent struct{ Events []json.RawMessage }
		var answer eventsResponse
		if err := errors.Join(json.Unmarshal(body, &sent), json.Unmarshal(w.Body.Bytes(), &answer)); err != nil || w.Code != http.StatusAccepted {
			t.Fatalf("%d %s: %v", w.Code, w.Body, err)
		}
		if got, want := answer.Accepted+len(answer.Refused), len(sent.Events); got != want {
			t.Errorf("of %d events %d are answered: %+v", want, got, answer)
		}
	})
}
