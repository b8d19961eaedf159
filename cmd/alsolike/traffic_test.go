package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/alsolike/alsolike/data/clicklog"
	"github.com/alsolike/alsolike/data/sample"
)

var trafficFor = flag.Duration("traffic", 4*time.Second, "how long TestTraffic goes on; 5m is an hour of 36,000 visits, twelve times as fast")

// Readers, and much that is none, visit a site at once: in the log is every impression,
// view, click, reading and page view that there was, and nothing else, while the
// snapshot changes; and the server holds no more memory at the end than in the middle.
func TestTraffic(t *testing.T) {
	const visitsPerSecond = 120
	s := withSample(t)
	server := startTraffic(t, s)
	crowd := newCrowd(server.base)

	visits := time.NewTicker(time.Second / visitsPerSecond)
	defer visits.Stop()
	memory := time.NewTicker(max(*trafficFor/60, 100*time.Millisecond))
	defer memory.Stop()
	begin, middle := time.Now(), time.After(*trafficFor/2)
	end, late := begin.Add(*trafficFor), time.After(*trafficFor+time.Minute)
	busy := make(chan struct{}, 32) // as many at once at most
	var group sync.WaitGroup
	var held []int64
	for going := true; going; {
		select {
		case <-visits.C:
			going = time.Now().Before(end) || crowd.countSnapshots() < 2
			busy <- struct{}{}
			seed := uint64(crowd.visits.Add(1))
			group.Go(func() {
				defer func() { <-busy }()
				crowd.visit(t, rand.New(rand.NewPCG(7, seed)))
			})
		case <-memory.C:
			held = append(held, server.held())
		case <-middle:
			group.Go(func() {
				if out, err := program(t.Context(), "--data", s.data, "refresh", "--full").CombinedOutput(); err != nil {
					t.Errorf("refresh: %v\n%s", err, out)
				}
			})
		case <-late:
			t.Error("the new snapshot is not in service a minute later")
			going = false
		}
	}
	group.Wait()
	took := time.Since(begin)

	var status struct {
		Snapshot string `json:"snapshot"`
		Events   struct {
			Accepted, Written, Waiting, Lost int
			Refused                          map[string]int
			Problem                          string
		} `json:"events"`
	}
	if err := json.Unmarshal(crowd.get(t, "/v1/status"), &status); err != nil {
		t.Fatal(err)
	}
	accepted := 0
	for _, n := range crowd.truth {
		accepted += n
	}
	if n := status.Events; n.Accepted != accepted || n.Written+n.Waiting != accepted || n.Lost != 0 || n.Problem != "" {
		t.Errorf("status %+v, want %d accepted", n, accepted)
	}
	if diff := gocmp.Diff(crowd.refused, status.Events.Refused); diff != "" {
		t.Errorf("refused (-want +got):\n%s", diff)
	}
	server.end()

	if got := readLog(t, s); !maps.Equal(got, crowd.truth) {
		t.Errorf("the log differs from what happened:\n%s", firstDifferences(crowd.truth, got))
	}
	s.ok("eval", "check")

	second, last := slices.Max(held[len(held)/4:len(held)/2]), slices.Max(held[len(held)*3/4:])
	const most = 64 << 20 // the second snapshot, and what is remembered of lists and addresses; the bodies of five minutes are 500 MB
	if last > second+most {
		t.Errorf("%d MB were held in the second quarter and %d MB in the last", second>>20, last>>20)
	}
	total := 0
	for _, n := range crowd.refused {
		total += n
	}
	t.Logf("%d visits in %v: %d events in the log, %d refused, %d requests made no sense; %d MB held in the second quarter, %d MB in the last; slowest of the answers to a report %v, median %v",
		crowd.visits.Load(), took.Round(time.Second), accepted, total, crowd.nonsense.Load(), second>>20, last>>20,
		slices.Max(crowd.latencies).Round(time.Microsecond), median(crowd.latencies).Round(time.Microsecond))
	t.Logf("refused: %v", crowd.refused)
}

// A server that is killed loses at most what it had not yet written. Whoever sends all
// of it again to the next one has each event in the log once.
func TestEventsAfterACrash(t *testing.T) {
	s := withSample(t)
	server := startTraffic(t, s)
	crowd := newCrowd(server.base)
	header := http.Header{"X-Forwarded-For": {"10.0.0.1"}, "Content-Type": {"text/plain"}}
	var events []told
	for i := range uint64(200) {
		time.Sleep(10 * time.Millisecond)
		rng := rand.New(rand.NewPCG(3, i))
		id := crowd.ids[i]
		list := shownList{raw: strings.TrimSpace(string(crowd.get(t, "/v1/related?id="+id)))}
		if err := json.Unmarshal([]byte(list.raw), &list); err != nil || len(list.Items) < 2 {
			t.Fatalf("the list of %s is %s (%v)", id, list.raw, err)
		}
		page := crowd.pageOf(rng, id, fmt.Sprintf("view-%04d", i), &list)[1:] // page views have nothing to know them by
		crowd.report(t, header, page)
		events = append(events, page...)
	}
	if err := server.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	server.cmd.Wait()

	server = startTraffic(t, s)
	crowd.base = server.base
	accepted, refused := 0, 0
	for some := range slices.Chunk(events, 20) {
		_, text := crowd.post(t, header, body(some))
		var answer eventsAnswer
		if err := json.Unmarshal(text, &answer); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		accepted += answer.Accepted
		refused += len(answer.Refused)
	}
	server.end()
	if accepted == 0 || refused == 0 {
		t.Errorf("%d events were accepted after the crash and %d refused; want some of each: those that were lost and those that were not", accepted, refused)
	}
	if got := readLog(t, s); !maps.Equal(got, crowd.truth) {
		t.Errorf("the log differs from what happened:\n%s", firstDifferences(crowd.truth, got))
	}
}

// readLog counts the events in the log of a site, by lineOf.
func readLog(t *testing.T, s *shell) map[string]int {
	t.Helper()
	got := map[string]int{}
	for event, fault := range clicklog.ReadEvents(t.Context(), []string{filepath.Join(s.data, eventFolder)}, clicklog.EventOptions{}) {
		if fault != nil {
			t.Error(fault)
			continue
		}
		got[lineOf(event)]++
	}
	return got
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}

// firstDifferences are some lines of which there are not as many as there should be.
func firstDifferences(want, got map[string]int) string {
	var b strings.Builder
	lines := map[string]bool{}
	for line := range want {
		lines[line] = true
	}
	for line := range got {
		lines[line] = true
	}
	n := 0
	for _, line := range slices.Sorted(maps.Keys(lines)) {
		if want[line] == got[line] {
			continue
		}
		if n++; n <= 10 {
			fmt.Fprintf(&b, "%s: %d times, want %d\n", line, got[line], want[line])
		}
	}
	fmt.Fprintf(&b, "%d lines differ", n)
	return b.String()
}

// A trafficServer is a server in a process of its own.
type trafficServer struct {
	t    *testing.T
	cmd  *exec.Cmd
	base string
}

// startTraffic starts one that takes the word of this test on its readers' addresses,
// and draws a third of the lists at random.
func startTraffic(t *testing.T, s *shell) *trafficServer {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().String()
	ln.Close()
	r := &trafficServer{t: t, base: "http://" + addr, cmd: program(t.Context(), "--data", s.data, "--log-level", "warn", "serve", "--addr", addr)}
	r.cmd.Env = append(r.cmd.Env, "ALSOLIKE_PROXIES_TRUSTED=127.0.0.1", "ALSOLIKE_EXPLORE_SHARE=0.33", "ALSOLIKE_EVENTS_READER_ID=daily")
	r.cmd.Stdout, r.cmd.Stderr = os.Stderr, os.Stderr
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.cmd.Process.Kill() })
	waitFor(t, "the server is ready", func() bool {
		resp, err := http.Get(r.base + "/readyz")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
	return r
}

func (r *trafficServer) end() {
	r.t.Helper()
	if err := r.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		r.t.Fatal(err)
	}
	if err := r.cmd.Wait(); err != nil {
		r.t.Errorf("the server ends with %v", err)
	}
}

// held is how much of the machine's memory the server holds; 0 where nothing tells.
func (r *trafficServer) held() int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", r.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	m := regexp.MustCompile(`VmRSS:\s+(\d+) kB`).FindSubmatch(text)
	if m == nil {
		return 0
	}
	n, _ := strconv.ParseInt(string(m[1]), 10, 64)
	return n << 10
}

// A crowd visits a site and knows what comes of it.
type crowd struct {
	base   string
	client *http.Client
	ids    []string

	visits, nonsense atomic.Int64

	mu        sync.Mutex
	truth     map[string]int // what must be in the log, see lineOf
	refused   map[string]int // by reason
	snapshots map[string]bool
	latencies []time.Duration
}

func newCrowd(base string) *crowd {
	c := &crowd{
		base: base, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}},
		truth: map[string]int{}, refused: map[string]int{}, snapshots: map[string]bool{},
	}
	for _, a := range sample.Articles() {
		c.ids = append(c.ids, string(a.ID))
	}
	return c
}

// countSnapshots is of how many snapshots the lists were so far.
func (c *crowd) countSnapshots() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.snapshots)
}

func (c *crowd) get(t *testing.T, path string) []byte {
	resp, err := c.client.Get(c.base + path)
	if err != nil {
		t.Error(err)
		return nil
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("GET %s: %d %s, %v", path, resp.StatusCode, body, err)
	}
	return body
}

// A shownList is a list, as it was answered and as far as reports need it.
type shownList struct {
	raw              string
	RecommendationID string `json:"recommendation_id"`
	Snapshot         string
	Items            []struct {
		ID       string
		Position int
	}
}

// A told is an event of a report, and what must come of it.
type told struct {
	event  string
	line   string // in the log; "": none
	reason string // of the refusal; "": none
}

// visit is what one reader does on one page, or what is done in place of one.
func (c *crowd) visit(t *testing.T, rng *rand.Rand) {
	id := c.ids[rng.IntN(len(c.ids))]
	list := shownList{raw: strings.TrimSpace(string(c.get(t, fmt.Sprintf("/v1/related?id=%s&limit=%d", id, 2+rng.IntN(5)))))}
	if err := json.Unmarshal([]byte(list.raw), &list); err != nil || len(list.Items) < 2 {
		t.Errorf("the list of %s is %s (%v)", id, list.raw, err)
		return
	}
	c.mu.Lock()
	c.snapshots[list.Snapshot] = true
	c.mu.Unlock()
	header := http.Header{
		"X-Forwarded-For": {fmt.Sprintf("10.%d.%d.%d", rng.IntN(4), rng.IntN(256), rng.IntN(256))},
		"User-Agent":      {"Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"},
		"Content-Type":    {"text/plain;charset=UTF-8"},
	}
	view := fmt.Sprintf("%016x", rng.Uint64())
	page := c.pageOf(rng, id, view, &list)
	switch n := rng.IntN(100); {
	case n < 70:
		for len(page) > 0 { // in one report or in several
			n := 1 + rng.IntN(len(page))
			c.report(t, header, page[:n])
			page = page[n:]
		}
	case n < 75: // sends all of it again, at another time
		c.report(t, header, page)
		time.Sleep(time.Duration(rng.IntN(1000)) * time.Millisecond)
		c.report(t, header, again(page))
	case n < 80: // and again, at once
		c.reportAtOnce(t, header, page[1:])
	case n < 85:
		c.report(t, header, forged(rng, view, &list))
	case n < 88: // follows links of lists that nobody saw, and that are not there
		c.report(t, header, []told{
			{event: event("clk", view, list.raw, `"item":%q,"position":1`, list.Items[0].ID), reason: "no_impression"},
			{event: event("view", view, list.raw, `"positions":[1]`), reason: "no_impression"},
			{event: event("clk", view, list.raw, `"item":%q,"position":2`, list.Items[0].ID), reason: "not_in_list"},
			{event: event("clk", view, list.raw, `"item":"zh-Hans/none","position":1`), reason: "not_in_list"},
			{event: event("view", view, list.raw, `"positions":[1,50]`), reason: "not_in_list"},
			{event: `{"t":"pv","page":"https://elsewhere.example/"}`, reason: "unknown_article"},
			{event: event("imp", "short", list.raw, `"lang":"en"`), reason: "malformed"},
			{event: `{"t":"clk","item":{}}`, reason: "malformed"},
		})
	case n < 93:
		strange := [][2]string{
			{"User-Agent", "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"},
			{"Sec-Purpose", "prefetch"},
			{"Sec-GPC", "1"},
			{"DNT", "1"},
		}
		i := rng.IntN(len(strange))
		header.Set(strange[i][0], strange[i][1])
		reason := []string{"bot", "prefetch", "opt_out", "opt_out"}[i]
		for i := range page {
			page[i] = told{event: page[i].event, reason: reason}
		}
		c.report(t, header, page)
	default:
		c.sendNonsense(t, rng, header)
	}
}

// pageOf is what a page reports of one reader, in order.
func (c *crowd) pageOf(rng *rand.Rand, id, view string, list *shownList) []told {
	name := list.RecommendationID + "." + view
	from := []string{"", "search", "direct", c.ids[rng.IntN(len(c.ids))], "https://elsewhere.example/?q=" + view}[rng.IntN(5)]
	page := []told{{event: fmt.Sprintf(`{"t":"pv","page":%q,"from":%q}`, id, from), line: "pv " + id + " " + cmp.Or(regexp.MustCompile("^https:.*").ReplaceAllString(from, "other"), "-")}}
	page = append(page, told{event: event("imp", view, list.raw, `"dev":"mobile","ref":"search"`), line: fmt.Sprintf("imp %s %s %d", name, id, len(list.Items))})
	if rng.IntN(2) == 0 {
		page = append(page, told{event: event("view", view, list.raw, `"positions":[1,2]`), line: "view " + name + " [1 2]"})
	}
	for range rng.IntN(3) {
		item := list.Items[rng.IntN(len(list.Items))]
		click := told{event: event("clk", view, list.raw, `"item":%q,"position":%d`, item.ID, item.Position), line: fmt.Sprintf("clk %s %s %d", name, item.ID, item.Position)}
		if slices.Contains(page, click) { // follows a link twice
			click.line, click.reason = "", "repeated"
		}
		page = append(page, click)
		if rng.IntN(3) == 0 && click.reason == "" {
			page = append(page, told{event: event("read", view, list.raw, `"item":%q,"dwell_ms":20500,"scroll":0.5`, item.ID), line: fmt.Sprintf("read %s %s 20.5s 0.5", name, item.ID)})
		}
	}
	return page
}

func event(kind, view, list, format string, args ...any) string {
	return fmt.Sprintf(`{"t":%q,"view":%q,"list":%s,`, kind, view, list) + fmt.Sprintf(format, args...) + "}"
}

// again is page as it fares when it is sent a second time: only page views count.
func again(page []told) []told {
	second := slices.Clone(page)
	for i := range second {
		if second[i].line != "" && !strings.HasPrefix(second[i].line, "pv ") {
			second[i].line, second[i].reason = "", "repeated"
		}
	}
	return second
}

// forged reports lists that were never answered.
func forged(rng *rand.Rand, view string, list *shownList) []told {
	id := list.RecommendationID
	at := rng.IntN(len(id))
	other := id[:at] + string(map[bool]byte{true: 'B', false: 'A'}[id[at] == 'A']) + id[at+1:]
	var all []told
	for _, c := range [][2]string{
		{id, other},
		{`"snapshot":"2`, `"snapshot":"3`},
		{`"article":{"id":"`, `"article":{"id":"x`},
		{`"items":[{"id":"`, `"items":[{"id":"x`},
		{`"position":2`, `"position":3`},
		{`"source":"algorithm"`, `"source":"editor"`},
		{`"p":0.`, `"p":0.1`},
		{`"logits":[`, `"logits":[0.5,`},
	} {
		if text := strings.Replace(list.raw, c[0], c[1], 1); text != list.raw {
			all = append(all, told{event: event("imp", view, text, `"dev":"tablet"`), reason: "signature"})
		}
	}
	return all
}

func (c *crowd) post(t *testing.T, header http.Header, body string) (int, []byte) {
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.base+"/v1/events", strings.NewReader(body))
	if err != nil {
		t.Error(err)
		return 0, nil
	}
	req.Header = header
	begin := time.Now()
	resp, err := c.client.Do(req)
	if err != nil {
		t.Error(err)
		return 0, nil
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Error(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.latencies = append(c.latencies, time.Since(begin))
	return resp.StatusCode, answer
}

func body(events []told) string {
	var b bytes.Buffer
	b.WriteString(`{"events":[`)
	for i, e := range events {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(e.event)
	}
	b.WriteString("]}")
	return b.String()
}

// report sends events and holds the answer to what must come of them.
func (c *crowd) report(t *testing.T, header http.Header, events []told) {
	status, text := c.post(t, header, body(events))
	var answer eventsAnswer
	if err := json.Unmarshal(text, &answer); err != nil || status != http.StatusAccepted {
		t.Errorf("%d %s", status, text)
		return
	}
	got := make([]string, len(events))
	for _, r := range answer.Refused {
		got[r.Index] = r.Reason
	}
	accepted := 0
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, e := range events {
		if got[i] != e.reason {
			t.Errorf("%s: refused as %q, want %q", e.event, got[i], e.reason)
		}
		if e.reason != "" {
			c.refused[e.reason]++
			continue
		}
		accepted++
		c.truth[e.line]++
	}
	if answer.Accepted != accepted {
		t.Errorf("%d events were accepted, want %d", answer.Accepted, accepted)
	}
}

// reportAtOnce sends the same report several times at once. Whichever comes first,
// each event counts once.
func (c *crowd) reportAtOnce(t *testing.T, header http.Header, events []told) {
	const times = 4
	lines := map[string]bool{}
	var accepted, refused atomic.Int64
	var group sync.WaitGroup
	for range times {
		group.Go(func() {
			_, text := c.post(t, header, body(events))
			var answer eventsAnswer
			if err := json.Unmarshal(text, &answer); err != nil {
				t.Errorf("%s: %v", text, err)
			}
			accepted.Add(int64(answer.Accepted))
			refused.Add(int64(len(answer.Refused)))
		})
	}
	group.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range events {
		if e.line != "" {
			lines[e.line] = true
			c.truth[e.line]++
		}
	}
	c.refused["repeated"] += times*len(events) - len(lines)
	if int(accepted.Load()) != len(lines) || int(accepted.Load()+refused.Load()) != times*len(events) {
		t.Errorf("of %d events sent %d times %d were accepted, want %d", len(events), times, accepted.Load(), len(lines))
	}
}

// sendNonsense sends what is no report at all.
func (c *crowd) sendNonsense(t *testing.T, rng *rand.Rand, header http.Header) {
	const good = `{"events":[{"t":"pv","page":"en/cod-quota"}]}`
	for _, n := range []struct {
		kind, body string
		status     int
	}{
		{"text/plain", good[:rng.IntN(len(good))], http.StatusBadRequest},
		{"text/plain", strings.Repeat("[", 10_000), http.StatusBadRequest},
		{"text/plain", "\x00\xff\xfe", http.StatusBadRequest},
		{"application/json", `{"events":[]}`, http.StatusBadRequest},
		{"application/json", `{"events":[` + strings.Repeat(`0,`, 200) + `0]}`, http.StatusBadRequest},
		{"application/json", strings.Repeat(" ", 100_000) + good, http.StatusRequestEntityTooLarge},
		{"image/png", good, http.StatusUnsupportedMediaType},
	} {
		c.nonsense.Add(1)
		header.Set("Content-Type", n.kind)
		if status, answer := c.post(t, header, n.body); status != n.status {
			t.Errorf("%.60q: %d %s, want %d", n.body, status, answer, n.status)
		}
	}
}

// lineOf is an event of the log as told names it.
func lineOf(e clicklog.Event) string {
	switch e := e.(type) {
	case *clicklog.Impression:
		return fmt.Sprintf("imp %s %s %d", e.ID, e.Source, len(e.Items))
	case *clicklog.View:
		return fmt.Sprintf("view %s %v", e.Impression, e.Positions)
	case *clicklog.Click:
		return fmt.Sprintf("clk %s %s %d", e.Impression, e.Item, e.Position)
	case *clicklog.Reading:
		return fmt.Sprintf("read %s %s %v %v", e.Impression, e.Item, e.Dwell, e.Scroll)
	case *clicklog.PageView:
		return fmt.Sprintf("pv %s %s", e.Page, cmp.Or(e.From, "-"))
	}
	return fmt.Sprintf("%T", e)
}
