package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data/zipf"
)

// bareEcho in the environment makes the test binary a server of one Echo handler,
// which answers with the bytes of the file that it names.
const bareEcho = "TEST_AS_BARE_ECHO"

func serveBare(file, addr string) error {
	body, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.GET("/v1/related", func(c echo.Context) error { return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, body) })
	return e.Start(addr)
}

const benchArticles = 100_000

// BenchmarkServe compares `alsolike serve` on 100,000 articles with a bare Echo
// handler that sends as many bytes: two processes, asked in turn for a second each
// by wrk, which checks every answer. An operation is one such pair, so that the
// median of several says something on a machine that others use too:
//
//	go test -run '^$' -bench Serve -benchtime 5x ./cmd/alsolike
//
// Readers ask for few articles often: the k-th is asked for 1/k times as often as the
// first. The other way is every article alike; and "new" is the worst that there is: no
// list is asked for twice, so that none is kept. "ratio" is the median of the pairs' requests a second, ours by the bare one's;
// latencies are medians of wrk's percentiles, in microseconds.
func BenchmarkServe(b *testing.B) {
	if _, err := exec.LookPath("wrk"); err != nil {
		b.Skip("there is no wrk")
	}
	dir := b.TempDir()
	site := filepath.Join(dir, "site")
	lines := filepath.Join(dir, "articles.jsonl")
	writeBenchArticles(b, lines)
	environ := []string{"ALSOLIKE_LSA_RANK=64"}
	alsolike := func(args ...string) *exec.Cmd {
		cmd := program(b.Context(), append([]string{"--data", site, "--progress", "none", "--log-level", "error"}, args...)...)
		cmd.Env = append(cmd.Env, environ...)
		cmd.Stderr = os.Stderr
		return cmd
	}
	for _, args := range [][]string{{"import", lines}, {"refresh"}} {
		if err := alsolike(args...).Run(); err != nil {
			b.Fatal(err)
		}
	}

	ours, bare := freeAddr(b), freeAddr(b)
	startProcess(b, alsolike("serve", "--addr", ours), "http://"+ours+"/readyz")
	body := filepath.Join(dir, "body.json")
	saveAnswer(b, "http://"+ours+"/v1/related?id=news%2F012345&limit=5", body)
	bareServer := exec.CommandContext(b.Context(), os.Args[0], bare)
	bareServer.Env = append(os.Environ(), bareEcho+"="+body)
	startProcess(b, bareServer, "http://"+bare+"/v1/related")

	script := filepath.Join(dir, "ask.lua")
	if err := os.WriteFile(script, []byte(askScript), 0o644); err != nil {
		b.Fatal(err)
	}
	pairs := func(b *testing.B, connections int, readers string) {
		if wrk(b, ours, script, connections, readers, 15*time.Second).wrong != 0 { // until what is asked for is kept
			b.Fatal("wrong answers")
		}
		var ratios []float64
		var mine, theirs []wrkResult
		b.ResetTimer()
		for b.Loop() {
			t := wrk(b, bare, script, connections, "bare", time.Second)
			m := wrk(b, ours, script, connections, readers, time.Second)
			if m.wrong+t.wrong > 0 {
				b.Fatalf("%v wrong answers, %v of the bare handler", m.wrong, t.wrong)
			}
			mine, theirs, ratios = append(mine, m), append(theirs, t), append(ratios, m.rate/t.rate)
		}
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(medianOf(ratios, func(r float64) float64 { return r }), "ratio")
		for name, results := range map[string][]wrkResult{"ours": mine, "bare": theirs} {
			b.ReportMetric(medianOf(results, func(r wrkResult) float64 { return r.rate }), name+"-req/s")
			b.ReportMetric(medianOf(results, func(r wrkResult) float64 { return r.p50 }), name+"-p50-µs")
			b.ReportMetric(medianOf(results, func(r wrkResult) float64 { return r.p99 }), name+"-p99-µs")
		}
	}
	for _, connections := range []int{1, 16, 256} {
		b.Run(fmt.Sprintf("readers=few/connections=%d", connections), func(b *testing.B) { pairs(b, connections, "few") })
	}
	for _, readers := range []string{"alike", "new"} {
		b.Run("readers="+readers+"/connections=16", func(b *testing.B) { pairs(b, 16, readers) })
	}
	b.Run("readers=few/connections=16/refreshing", func(b *testing.B) {
		ctx, stop := context.WithCancel(b.Context())
		done := make(chan int)
		go func() {
			swaps := 0
			for ; ctx.Err() == nil; swaps++ {
				if err := alsolike("refresh", "--full").Run(); err != nil {
					b.Error(err)
					break
				}
			}
			done <- swaps
		}()
		pairs(b, 16, "few")
		stop()
		b.ReportMetric(float64(<-done), "swaps")
	})
}

// askScript asks as readers do, for the articles of writeBenchArticles, and counts
// answers that are not 200 with five links. The bare server's are of one article.
const askScript = `
local threads, total = {}, 100000
function setup(thread) threads[#threads + 1] = thread end
function init(args)
  math.randomseed(os.time() + tonumber(string.match(tostring({}), "0x(%x+)"), 16) % 1000)
  readers, wrong = args[1], 0
end
function request()
  local k = math.random(0, total - 1)
  if readers == "few" then k = math.floor(math.exp(math.random() * math.log(total))) * 48271 % total end
  local path = string.format("/v1/related?id=news%%2F%06d&limit=5", k)
  if readers == "new" then path = path .. string.format("&exclude=%d.%06x", os.time(), math.random(0, 0xffffff)) end
  return wrk.format("GET", path)
end
function response(status, headers, body)
  if status ~= 200 or not string.find(body, '"article":{"id":"news/', 1, true) or not string.find(body, '"position":5,', 1, true) then wrong = wrong + 1 end
end
function done(summary, latency, requests)
  local bad = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  for _, thread in ipairs(threads) do bad = bad + thread:get("wrong") end
  print(string.format("RESULT %f %f %f %d", summary.requests / summary.duration * 1e6, latency:percentile(50), latency:percentile(99), bad))
end
`

type wrkResult struct{ rate, p50, p99, wrong float64 }

func wrk(b *testing.B, addr, script string, connections int, readers string, length time.Duration) wrkResult {
	b.Helper()
	out, err := exec.CommandContext(b.Context(), "wrk", "-t1", "-c"+strconv.Itoa(connections), "-d"+length.String(), "-s", script, "http://"+addr, "--", readers).CombinedOutput()
	_, line, ok := strings.Cut(string(out), "RESULT ")
	var r wrkResult
	if _, scanErr := fmt.Sscan(line, &r.rate, &r.p50, &r.p99, &r.wrong); err != nil || !ok || scanErr != nil {
		b.Fatalf("wrk: %v\n%s", err, out)
	}
	return r
}

func writeBenchArticles(b *testing.B, file string) {
	b.Helper()
	f, err := os.Create(file)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriter(f)
	enc, i := json.NewEncoder(w), 0
	for a := range zipf.Articles(zipf.Options{Articles: benchArticles, MinWords: 60, MaxWords: 100}) {
		if err := enc.Encode(map[string]any{
			"id": fmt.Sprintf("news/%06d", i), "title": "Five electric cranes, 60 fewer jobs at the container terminal, number " + strconv.Itoa(i), "body": a.Body, "lang": "en",
			"url": fmt.Sprintf("https://www.example.org/news/2026/%06d/five-electric-cranes", i), "section": a.Section, "published_at": a.PublishedAt,
			"image": map[string]string{"src": fmt.Sprintf("/pictures/cranes-%d.jpg", i), "alt": "Three gantry cranes stand over a container ship at sunset"},
		}); err != nil {
			b.Fatal(err)
		}
		i++
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
}

func freeAddr(b *testing.B) string {
	b.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// startProcess starts a server and waits until it answers; it ends with b.
func startProcess(b *testing.B, cmd *exec.Cmd, url string) {
	b.Helper()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	for range 300 {
		if resp, err := http.Get(url); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	b.Fatalf("%s does not answer", url)
}

func saveAnswer(b *testing.B, url, file string) {
	b.Helper()
	resp, err := http.Get(url)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil {
		err = os.WriteFile(file, body, 0o644)
	}
	if err != nil {
		b.Fatal(err)
	}
}

func medianOf[T any](all []T, of func(T) float64) float64 {
	values := make([]float64, len(all))
	for i, one := range all {
		values[i] = of(one)
	}
	slices.Sort(values)
	return values[len(values)/2]
}
