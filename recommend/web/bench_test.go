package web

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
	"github.com/alsolike/alsolike/data/eventlog"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// BenchmarkRelated compares /v1/related with a bare Echo handler that sends the
// same bytes, over TCP on kept connections: for lists that were made already, and
// for lists that are encoded for each request. What the recommender takes is not in
// it: the list is at hand. BenchmarkServe of cmd/alsolike has all of it.
func BenchmarkRelated(b *testing.B) {
	rec := newShelf()
	rec.cards = nil
	for i := range 6 {
		n := strconv.Itoa(i)
		rec.cards = append(rec.cards, data.Card{
			ID: data.ArticleID("en/article-" + n), Title: "Five electric cranes, 60 fewer jobs at the container terminal " + n,
			URL: "https://example.org/en/article-" + n, Lang: "en", Group: data.ArticleID("en/article-" + n), Section: "Economy", PublishedAt: noon,
			Image: data.Image{Src: "/pictures/ports-" + n + ".svg", Alt: "Three gantry cranes stand over a container ship at sunset"},
		})
	}
	list, err := rec.Related(b.Context(), query{ID: "en/article-0", Limit: 5})
	if err != nil {
		b.Fatal(err)
	}
	ours := New(Config{Recommender: prepared{rec, list}, Log: slog.New(slog.DiscardHandler)})
	target := "/v1/related?id=en%2Farticle-0&limit=5"
	body := get(ours, target).Body.Bytes()
	if bytes.Count(body, []byte(`"position"`)) != 5 {
		b.Fatalf("not five links: %s", body)
	}
	bare := echo.New()
	bare.GET("/v1/related", func(c echo.Context) error { return c.Blob(http.StatusOK, "application/json", body) })

	b.Run("server=bare", func(b *testing.B) { benchmarkHTTP(b, bare, target) })
	b.Run("server=ours/list=made", func(b *testing.B) { benchmarkHTTP(b, ours, target) })
	rec.steady = true
	keeping := New(Config{Recommender: prepared{rec, list}, Log: slog.New(slog.DiscardHandler)})
	b.Run("server=ours/list=kept", func(b *testing.B) { benchmarkHTTP(b, keeping, target) })
}

// prepared has one list for everybody.
type prepared struct {
	*shelf
	list recommend.List
}

func (p prepared) Related(context.Context, query) (recommend.List, error) { return p.list, nil }

// benchmarkHTTP asks h for target on 16 connections at a time.
func benchmarkHTTP(b *testing.B, h http.Handler, target string) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	srv := &http.Server{Handler: h}
	go srv.Serve(ln)
	defer srv.Close()
	request := []byte("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n")

	b.ReportAllocs()
	b.SetParallelism(8)
	b.RunParallel(func(pb *testing.PB) {
		conn, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			b.Error(err)
			return
		}
		defer conn.Close()
		buf := make([]byte, 16<<10)
		for pb.Next() {
			if _, err := conn.Write(request); err != nil {
				b.Error(err)
				return
			}
			if err := readAnswer(conn, buf); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
}

// readAnswer reads one answer. A client this plain leaves the cores to the server.
func readAnswer(conn net.Conn, buf []byte) error {
	for n, size := 0, -1; size < 0 || n < size; {
		read, err := conn.Read(buf[n:])
		if err != nil {
			return err
		}
		n += read
		if head, _, ok := bytes.Cut(buf[:n], []byte("\r\n\r\n")); ok && size < 0 {
			_, rest, _ := strings.Cut(string(head), "Content-Length: ")
			digits, _, _ := strings.Cut(rest, "\r\n")
			length, err := strconv.Atoi(digits)
			if err != nil || !bytes.HasPrefix(head, []byte("HTTP/1.1 200")) {
				return &data.InvalidError{Field: "answer", Reason: "is " + string(head)}
			}
			size = len(head) + 4 + length
		}
	}
	return nil
}

// BenchmarkEvents is a report of a list that was shown and of a click on it, without
// the network.
func BenchmarkEvents(b *testing.B) {
	dir, err := snapshot.OpenDir(filepath.Join(b.TempDir(), "snapshots"))
	if err != nil {
		b.Fatal(err)
	}
	id, err := dir.Write(b.Context(), swapContents(0))
	if err == nil {
		err = dir.Publish(id)
	}
	if err != nil {
		b.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	engine, err := recommend.New(datatest.NewStore(time.Now), dir, recommend.Options{Secret: []byte("secret"), Log: log})
	if err == nil {
		err = engine.Load(b.Context())
	}
	if err != nil {
		b.Fatal(err)
	}
	events, err := eventlog.Open(b.TempDir(), eventlog.Options{Log: log})
	if err != nil {
		b.Fatal(err)
	}
	defer events.Close()
	s := New(Config{Recommender: engine, Events: &Events{Log: events, Verifier: engine, PerAddress: -1}, Log: log})
	list := strings.TrimSpace(get(s, "/v1/related?id=a00").Body.String())
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		about := fmt.Sprintf(`"view":"%08d","list":%s`, i, list)
		body := `{"events":[{"t":"imp",` + about + `,"dev":"mobile"},{"t":"clk",` + about + `,"item":"a02","position":1}]}`
		r := httptest.NewRequest(http.MethodPost, "/v1/events", strings.NewReader(body))
		r.Header.Set("Content-Type", "text/plain")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != http.StatusAccepted || !strings.Contains(w.Body.String(), `"accepted":2`) {
			b.Fatalf("%d %s", w.Code, w.Body)
		}
	}
}
