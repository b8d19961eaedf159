package web

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/labstack/echo/v4"
)

// A pipes listener is a net in memory, whose time is that of synctest.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (p pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p pipes) Close() error   { close(p.closed); return nil }
func (p pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipes"} }

func (p pipes) dial() net.Conn {
	client, server := net.Pipe()
	p.conns <- server
	return client
}

// exchange writes raw and reads the answer.
func exchange(conn net.Conn, raw string) (*http.Response, []byte, error) {
	go func() { _, _ = io.WriteString(conn, raw) }() // what is not read must not hold us up
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return nil, nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return answer, body, err
}

const goodRequest = "GET /v1/related?id=a1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

// Whoever sends slowly, to hold connections, loses them; others are answered at once.
func TestSlowClients(t *testing.T) {
	for _, tc := range []struct {
		name   string
		begin  string
		drip   string // sent every second from then on
		within time.Duration
		status int // of the answer before the connection is closed; 0: none
	}{
		{"nothing comes", "", "", headerWithin, 0},
		{"a header without end", "GET /v1/related?id=a1 HTTP/1.1\r\nHost: localhost\r\n", "X: y\r\n", headerWithin, 0},
		{"a line without end", "GET /v1/related?id=", "a", headerWithin, http.StatusBadRequest},
		{"a body without end", "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n", "[", bodyWithin, http.StatusRequestTimeout},
		{"chunks without end", "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\n[\r\n", bodyWithin, http.StatusRequestTimeout},
		{"an article without end", "PUT /v1/articles/a HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer one\r\nContent-Length: 1000\r\n\r\n", "[", pushFor, http.StatusRequestTimeout},
		{"no further request", goodRequest[:strings.Index(goodRequest, "Connection")] + "\r\n", "", idleWithin, http.StatusOK},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := New(Config{Recommender: newShelf(), Events: &Events{Verifier: newNotary()}, Articles: &Articles{Keys: twoKeys{}}, Log: slog.New(slog.DiscardHandler)})
				p := pipes{make(chan net.Conn), make(chan struct{})}
				ctx, stop := context.WithCancel(t.Context())
				done := make(chan error, 1)
				go func() { done <- s.Run(ctx, p) }()

				slow, begin := p.dial(), time.Now()
				dripped := make(chan struct{})
				go func() {
					defer close(dripped)
					_, err := io.WriteString(slow, tc.begin)
					for err == nil && tc.drip != "" {
						time.Sleep(time.Second)
						_, err = io.WriteString(slow, tc.drip)
					}
				}()
				time.Sleep(time.Second)
				good := p.dial()
				if answer, _, err := exchange(good, goodRequest); err != nil || answer.StatusCode != http.StatusOK {
					t.Errorf("another reader: %v, %v", answer, err)
				}
				if took := time.Since(begin); took != time.Second {
					t.Errorf("another reader waited %v", took-time.Second)
				}
				good.Close()

				heard, err := io.ReadAll(slow)
				if err != nil && !errors.Is(err, io.ErrClosedPipe) {
					t.Error(err)
				}
				if took := time.Since(begin); took < tc.within || took > tc.within+time.Second {
					t.Errorf("closed after %v, want %v", took, tc.within)
				}
				if tc.status == 0 && len(heard) > 0 {
					t.Errorf("heard %s", heard)
				}
				if tc.status != 0 {
					answer, err := http.ReadResponse(bufio.NewReader(strings.NewReader(string(heard))), nil)
					if err != nil || answer.StatusCode != tc.status {
						t.Errorf("heard %q, %v; want %d", heard, err, tc.status)
					}
				}
				slow.Close()
				<-dripped
				stop()
				if err := <-done; err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// Whoever does not take the answer does not keep the server either.
func TestClientThatDoesNotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(newShelf())
		p := pipes{make(chan net.Conn), make(chan struct{})}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- s.Run(ctx, p) }()

		conn := p.dial()
		defer conn.Close()
		if _, err := io.WriteString(conn, goodRequest); err != nil {
			t.Fatal(err)
		}
		time.Sleep(sentWithin + time.Second)
		if heard, err := io.ReadAll(conn); err != nil || len(heard) > 0 {
			t.Errorf("after %v the server still says %q, %v", sentWithin, heard, err)
		}
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// A handler that waits for something else does not wait for ever.
func TestAnswerWithin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(Config{
			Recommender: newShelf(), Log: slog.New(slog.DiscardHandler),
			Articles: &Articles{Keys: twoKeys{}},
			Magazine: &Magazine{Evaluation: func(ctx context.Context) ([]byte, error) {
				<-ctx.Done()
				return nil, ctx.Err()
			}},
		})
		begin := time.Now()
		got := get(s, "/evaluation")
		if got.Code != http.StatusServiceUnavailable || got.Header().Get("Retry-After") == "" {
			t.Errorf("got %d", got.Code)
		}
		if took := time.Since(begin); took != answerWithin {
			t.Errorf("took %v, want %v", took, answerWithin)
		}
	})
}

// A body that breaks off is its sender's fault, and no line in our log.
func TestBrokenOffBody(t *testing.T) {
	var log strings.Builder
	s := New(Config{Recommender: newShelf(), Events: &Events{Verifier: newNotary()}, Log: slog.New(slog.NewTextHandler(&log, nil))})
	base, stop, done := start(t, s)
	conn, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"); err != nil {
		t.Fatal(err)
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var p problem
	if err := json.NewDecoder(answer.Body).Decode(&p); err != nil || answer.StatusCode != http.StatusBadRequest || !strings.Contains(p.Detail, "ended before") {
		t.Errorf("got %s, %+v, %v", answer.Status, p, err)
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if log.Len() > 0 {
		t.Errorf("the log holds\n%s", log.String())
	}
}

// What is stored from a file or taken back as a whole has as long as it needs.
func TestLimitTime(t *testing.T) {
	e := echo.New()
	for path, limited := range map[string]bool{
		"/editor/history/:id/revert": true, "/editor/articles": true, "/v1/editor/overrides": true,
		"/editor/history/import": false, "/v1/editor/overrides/import": false,
		"/editor/history/:id/revert-batch": false, "/v1/editor/history/:id/revert-batch": false,
	} {
		c := e.NewContext(httptest.NewRequest(http.MethodPost, "/", nil), httptest.NewRecorder())
		c.SetPath(path)
		err := limitTime()(func(c echo.Context) error {
			if _, got := c.Request().Context().Deadline(); got != limited {
				t.Errorf("%s is limited: %v, want %v", path, got, limited)
			}
			return nil
		})(c)
		if err != nil {
			t.Error(err)
		}
	}
}
