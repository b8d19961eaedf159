package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/alsolike/alsolike/recommend"
)

// numbers is what /metrics says, by line without its value.
func numbers(t *testing.T, s *Server) map[string]string {
	t.Helper()
	got := get(s, "/metrics")
	if got.Code != http.StatusOK || !strings.HasPrefix(got.Header().Get("Content-Type"), "text/plain") {
		t.Fatalf("/metrics: %d, %s", got.Code, got.Header().Get("Content-Type"))
	}
	all := map[string]string{}
	for line := range strings.Lines(got.Body.String()) {
		if i := strings.LastIndexByte(line, ' '); !strings.HasPrefix(line, "#") {
			all[line[:i]] = strings.TrimSpace(line[i:])
		}
	}
	return all
}

func TestMetrics(t *testing.T) {
	s := New(Config{Recommender: newShelf(), Articles: &Articles{Keys: twoKeys{}}, Log: newServer(newShelf()).log})
	for _, r := range []struct{ method, target string }{
		{"GET", "/v1/related?id=a1"},
		{"GET", "/v1/related?id=a1&limit=1"},
		{"GET", "/v1/related?id=nobody"},
		{"HEAD", "/v1/related?id=a4"},
		{"BREW", "/v1/related"},
		{"PUT", "/v1/articles/some/id"},
		{"GET", "/never/heard/of"},
		{"GET", "/never/heard/of/that"},
	} {
		do(s, r.method, r.target)
	}
	got := numbers(t, s)
	for line, want := range map[string]string{
		`alsolike_http_requests_total{method="GET",route="/v1/related",status="200"}`:    "2",
		`alsolike_http_requests_total{method="GET",route="/v1/related",status="404"}`:    "1",
		`alsolike_http_requests_total{method="HEAD",route="/v1/related",status="200"}`:   "1",
		`alsolike_http_requests_total{method="other",route="/v1/related",status="405"}`:  "1",
		`alsolike_http_requests_total{method="PUT",route="/v1/articles/*",status="401"}`: "1",
		`alsolike_http_requests_total{method="GET",route="",status="404"}`:               "2",
		`alsolike_http_request_duration_seconds_count{route="/v1/related"}`:              "5",
		`alsolike_list_links_bucket{le="0"}`:                                             "1", // of a4, which is alone
		`alsolike_list_links_bucket{le="1"}`:                                             "2",
		`alsolike_list_links_count`:                                                      "3",
		`alsolike_list_links_sum`:                                                        "3",
		`alsolike_links_total{source="algorithm"}`:                                       "3",
		`alsolike_ready`:                             "1",
		`alsolike_snapshot_age_seconds`:              "90",
		`alsolike_snapshot_stale`:                    "0",
		`alsolike_snapshot_articles{lang="en"}`:      "4",
		`alsolike_snapshot_articles{lang="zh-Hans"}`: "1",
		`alsolike_overrides`:                         "1",
		`alsolike_problem`:                           "0",
	} {
		if got[line] != want {
			t.Errorf("%s: got %q, want %s", line, got[line], want)
		}
	}
	for _, name := range []string{"go_goroutines", "process_cpu_seconds_total", "alsolike_provisional_articles", "alsolike_waiting_articles"} {
		if got[name] == "" {
			t.Errorf("no %s", name)
		}
	}

	empty := numbers(t, newServer(&shelf{}))
	if empty["alsolike_ready"] != "0" || empty["alsolike_problem"] != "1" || empty["alsolike_snapshot_age_seconds"] != "" {
		t.Errorf("without a snapshot: %v", empty)
	}
}

// What strangers ask for makes no new lines.
func TestMetricsAreBounded(t *testing.T) {
	s := newServer(newShelf())
	count := func() int {
		for _, method := range []string{"GET", "BREW", "X"} {
			do(s, method, "/first")
		}
		return len(numbers(t, s))
	}
	count()
	before := count() // with the lines of /metrics itself
	for _, method := range []string{"BREW", "SHAKE", "STIR", "GET"} {
		for _, path := range []string{"/a", "/b/c", "/v1", "/v1/related/x?y=1", "/%00"} {
			do(s, method, path)
		}
	}
	if after := count(); after != before {
		t.Errorf("%d lines became %d", before, after)
	}
}

func TestLinksBySource(t *testing.T) {
	m := newServer(newShelf()).metrics
	m.list(m.of([]recommend.Link{{Source: recommend.Editor}, {Source: recommend.Algorithm}, {Source: recommend.Algorithm}, {Source: recommend.Editor}}))
	families, err := m.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() != "alsolike_links_total" {
			continue
		}
		for _, metric := range f.GetMetric() {
			if source, n := metric.GetLabel()[0].GetValue(), metric.GetCounter().GetValue(); n != 2 {
				t.Errorf("%s: got %v, want 2", source, n)
			}
		}
		if len(f.GetMetric()) != 2 {
			t.Errorf("%d sources, want 2", len(f.GetMetric()))
		}
		return
	}
	t.Error("no links were counted")
}

// behind is a shelf whose articles have changed since its snapshot.
type behind struct{ *shelf }

func (b behind) Status() recommend.Status {
	st := b.shelf.Status()
	st.Behind = true
	return st
}

func TestStale(t *testing.T) {
	for _, tc := range []struct {
		name   string
		rec    Recommender
		maxAge time.Duration
		stale  bool
	}{
		{"off", behind{newShelf()}, 0, false},
		{"old", behind{newShelf()}, 89 * time.Second, true},
		{"young enough", behind{newShelf()}, 90 * time.Second, false},
		{"old, but nothing has changed", newShelf(), time.Second, false},
		{"none", behind{&shelf{}}, time.Second, false},
	} {
		s := New(Config{Recommender: tc.rec, MaxAge: tc.maxAge})
		body := get(s, "/v1/status").Body.String()
		if got := strings.Contains(body, `"stale":true`) && strings.Contains(body, "alsolike refresh"); got != tc.stale {
			t.Errorf("%s: stale %v, want %v: %s", tc.name, got, tc.stale, body)
		}
		if got := numbers(t, s)["alsolike_snapshot_stale"] == "1"; got != tc.stale {
			t.Errorf("%s: the metric says %v, want %v", tc.name, got, tc.stale)
		}
	}
}
