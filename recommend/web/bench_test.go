package web

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend"
)

// BenchmarkRelated compares /v1/related with a bare Echo handler that sends the
// same bytes, over TCP on kept connections. What the recommender takes is not
// in it: the list is at hand.
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
	b.Run("server=ours", func(b *testing.B) { benchmarkHTTP(b, ours, target) })
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
