package web

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// sendRaw writes raw to a connection of its own and reads the answer.
func sendRaw(t *testing.T, addr string, raw io.Reader) (*http.Response, problem) {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	sent := make(chan bool)
	go func() {
		defer close(sent)
		_, _ = io.Copy(conn, raw) // the server may have heard enough
	}()
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var p problem
	if err := json.NewDecoder(answer.Body).Decode(&p); err != nil {
		t.Fatalf("%s: no problem details: %v", answer.Status, err)
	}
	conn.Close()
	<-sent
	return answer, p
}

// letters are n of them.
func letters(n int64) io.Reader { return io.LimitReader(endless{}, n) }

type endless struct{}

func (endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'x'
	}
	return len(b), nil
}

// What is no request that could be handled is answered like any other mistake,
// and nobody else notices.
func TestUnreadableRequests(t *testing.T) {
	base, stop, done := start(t, newServer(newShelf()))
	defer func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}()
	addr := strings.TrimPrefix(base, "http://")
	const rest = " HTTP/1.1\r\nHost: localhost\r\n\r\n"
	for _, tc := range []struct {
		name   string
		raw    io.Reader
		status int
		detail string
	}{
		{"a query of 10 MB", io.MultiReader(strings.NewReader("GET /v1/related?id="), letters(10<<20), strings.NewReader(rest)), 431, "64 kB"},
		{"a header of 10 MB", io.MultiReader(strings.NewReader("GET /v1/related?id=a1 HTTP/1.1\r\nHost: localhost\r\nX: "), letters(10<<20), strings.NewReader("\r\n\r\n")), 431, "64 kB"},
		{"a method of 10 MB", io.MultiReader(letters(10<<20), strings.NewReader(" /"+rest)), 431, "64 kB"},
		{"no HTTP", strings.NewReader("\x16\x03\x01\x02\x00\x01\x00\r\n\r\n"), 400, "no HTTP request"},
		{"no host", strings.NewReader("GET / HTTP/1.1\r\n\r\n"), 400, "Host"},
		{"no address", strings.NewReader("GET" + rest), 400, "no HTTP request"},
		{"a broken header", strings.NewReader("GET / HTTP/1.1\r\nHost: localhost\r\nA B: c\r\n\r\n"), 400, "header name"},
		{"a broken length", strings.NewReader("POST /v1/related HTTP/1.1\r\nHost: localhost\r\nContent-Length: many\r\n\r\n"), 400, "no HTTP request"},
		{"two lengths", strings.NewReader("POST /v1/related HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"), 400, "no HTTP request"},
		{"an unknown encoding", strings.NewReader("POST /v1/related HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: smoke\r\n\r\n"), 501, "no HTTP request"},
		{"an unknown version", strings.NewReader("GET / HTTP/9.9\r\nHost: localhost\r\n\r\n"), 505, "version"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			answer, p := sendRaw(t, addr, tc.raw)
			if answer.StatusCode != tc.status || p.Status != tc.status || p.Title != http.StatusText(tc.status) || !strings.Contains(p.Detail, tc.detail) {
				t.Errorf("got %s, %+v; want %d, %s", answer.Status, p, tc.status, tc.detail)
			}
			if ct := answer.Header.Get("Content-Type"); ct != "application/problem+json" || !answer.Close {
				t.Errorf("Content-Type %q, closed: %v", ct, answer.Close)
			}
			other, err := http.Get(base + "/v1/related?id=a1")
			if err != nil {
				t.Fatal(err)
			}
			defer other.Body.Close()
			if _, err := io.Copy(io.Discard, other.Body); err != nil || other.StatusCode != http.StatusOK {
				t.Errorf("another reader: %s, %v", other.Status, err)
			}
		})
	}
	http.DefaultClient.CloseIdleConnections()
}
