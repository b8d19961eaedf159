package web

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestAccessLog(t *testing.T) {
	lines := func(access AccessLog, level slog.Level, targets ...string) string {
		var log bytes.Buffer
		s := New(Config{Recommender: newShelf(), Access: access, Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: level}))})
		for _, target := range targets {
			r := httptest.NewRequest(http.MethodGet, target, nil)
			r.Header.Set("X-Forwarded-For", "203.0.113.9") // anyone can write this; only the connection counts
			r.Header.Set("X-Request-Id", "their-id")
			s.ServeHTTP(httptest.NewRecorder(), r)
		}
		return log.String()
	}
	const good, bad = "/v1/related?id=a1", "/v1/related?id=nobody&token=hunter2"
	for _, tc := range []struct {
		name   string
		access AccessLog
		level  slog.Level
		lines  int
	}{
		{"off", NoAccess, slog.LevelInfo, 0},
		{"the default is off", "", slog.LevelInfo, 0},
		{"errors", AccessErrors, slog.LevelInfo, 1},
		{"all", AllAccess, slog.LevelInfo, 2},
		{"only warnings are asked for", AllAccess, slog.LevelWarn, 0},
		{"debug", NoAccess, slog.LevelDebug, 2},
		{"debug has each once", AllAccess, slog.LevelDebug, 2},
	} {
		log := lines(tc.access, tc.level, good, bad)
		if got := strings.Count(log, "msg=request"); got != tc.lines {
			t.Errorf("%s: %d lines, want %d:\n%s", tc.name, got, tc.lines, log)
		}
		if got := strings.Contains(log, "192.0.2.1"); got != (tc.level == slog.LevelDebug) {
			t.Errorf("%s: the client's address is in the log: %v", tc.name, got)
		}
		if strings.Contains(log, "hunter2") || strings.Contains(log, "203.0.113.9") || strings.Contains(log, "ERROR") {
			t.Errorf("%s: the log holds what it should not:\n%s", tc.name, log)
		}
	}
	line := lines(AccessErrors, slog.LevelInfo, bad)
	for _, want := range []string{"level=INFO", "method=GET", "path=/v1/related", "route=/v1/related", "status=400", "bytes=", "took_ms=", "id=nobody", "request_id=their-id"} {
		if !strings.Contains(line, want) {
			t.Errorf("the line does not hold %s:\n%s", want, line)
		}
	}
}

// Whatever is asked, the log holds no value of a parameter that is not ours, and
// little of the rest.
func FuzzPlainQuery(f *testing.F) {
	f.Add("id=a1&token=", "hunter2")
	f.Add("url=https://a/b?", "hunter2")
	f.Add("x%26id", "%zz")
	f.Fuzz(func(t *testing.T, begin, secret string) {
		if strings.Contains(begin+"\n"+secret, "secret-") {
			t.Skip("it may stand where it is ours")
		}
		if got := plainQuery(begin + "&s=secret-" + secret + "&url=/a?secret-" + secret); strings.Contains(got, "secret-") {
			t.Errorf("%q, %q: %q", begin, secret, got)
		} else if len(got) > 600 {
			t.Errorf("%q, %q: %d bytes", begin, secret, len(got))
		}
	})
}

func TestPlainQuery(t *testing.T) {
	long := strings.Repeat("x", 100_000)
	for _, tc := range []struct{ query, want string }{
		{"", ""},
		{"id=a1&limit=5&lang=any", "id=a1&limit=5&lang=any"},
		{"id=a1&api_key=secret&x", "id=a1&api_key=…&x=…"},
		{"url=https%3A%2F%2Fexample.org%2Fa%3Ftoken%3Dsecret", "url=https://example.org/a…"},
		{"from=/a%23secret&url=/b", "from=/a…&url=/b"},
		{"url=https://me:secret@example.org/a", "url=https://…@example.org/a"},
		{"url=%zzsecret", "url=…"},
		{"i%64=secret", "i%64=…"},
		{long + "=1&id=a1", strings.Repeat("x", 200) + "…=…&id=a1"},
	} {
		if got := plainQuery(tc.query); got != tc.want {
			t.Errorf("%.60q: got %q, want %q", tc.query, got, tc.want)
		}
	}
	if got := plainQuery("id=" + long); len(got) > 510 {
		t.Errorf("a long query: %d bytes", len(got))
	}
}
