package main

import (
	"encoding/json"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data/datatest"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// A process killed at any moment loses nothing that it had accepted, and what
// was in service stays in service: a server runs all the time and must answer,
// and is killed itself now and then.
func TestKilledAtAnyMoment(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes for about a minute")
	}
	const kills = 60
	k := newKilling(t)
	done := 0
	for round := 0; done < kills; round++ {
		if round > 20*kills {
			t.Fatalf("only %d kills in %d rounds: the processes end before they can be killed", done, round)
		}
		var killed bool
		switch round % 5 {
		case 0:
			killed = k.kill("import", "--progress", "none", k.newVersion())
		case 1:
			killed = k.kill("refresh", "--progress", "none")
		case 2:
			killed = k.kill(append([]string{"snapshot"}, k.decision()...)...)
		case 3:
			killed = k.addOverride()
		case 4:
			killed = k.killServer()
		}
		if killed {
			done++
		}
		k.check()
	}
	t.Logf("%d kills; %d articles, %d overrides stored", done, len(k.articles), len(k.overrides))
}

// A killing is a data folder on which processes are killed, and what must
// still be there after each.
type killing struct {
	*shell
	rng       *rand.Rand
	took      map[string]time.Duration // how long each verb takes when nobody kills it
	server    *exec.Cmd
	addr      string
	version   uint64            // of the articles that the last import brings
	articles  map[string]string // by id, as stored
	coming    map[string]string // by id, as the last import brings them
	overrides map[int64]bool    // accepted so far
}

func newKilling(t *testing.T) *killing {
	k := &killing{shell: newShell(t), rng: rand.New(rand.NewPCG(1, 2)), took: map[string]time.Duration{}, articles: map[string]string{}, overrides: map[int64]bool{}}
	k.time("import", k.newVersion())
	k.articles = k.coming
	if err := os.WriteFile(k.data+"/"+configFile, []byte("snapshots.keep: 2\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	k.time("refresh")
	k.time("refresh")
	k.time("snapshot", "publish", k.anySnapshot())
	k.took["override"] = k.took["snapshot"]
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	k.addr = ln.Addr().String()
	ln.Close()
	k.startServer()
	t.Cleanup(func() { k.server.Process.Kill(); k.server.Wait() })
	return k
}

// time runs a verb to its end and notes how long it took.
func (k *killing) time(args ...string) {
	k.t.Helper()
	start := time.Now()
	if out, err := program(k.t.Context(), append([]string{"--data", k.data}, args...)...).CombinedOutput(); err != nil {
		k.t.Fatalf("%v: %v\n%s", args, err, out)
	}
	k.took[args[0]] = time.Since(start)
}

// newVersion is a file of the same articles with other texts.
func (k *killing) newVersion() string {
	k.version++
	lines := jsonLines(datatest.Corpus(datatest.CorpusOptions{Texts: 1500, Seed: k.version, Start: time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC)}))
	k.coming = k.byID(lines)
	return k.file("articles.jsonl", lines)
}

// byID is JSON lines by the id of their article.
func (k *killing) byID(lines string) map[string]string {
	k.t.Helper()
	byID := map[string]string{}
	for line := range strings.Lines(lines) {
		var a struct{ ID string }
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			k.t.Fatal(err)
		}
		byID[a.ID] = line
	}
	return byID
}

// anySnapshot is one that can be published.
func (k *killing) anySnapshot() string {
	return k.snapshotThat(func(r snapshotRow) bool { return !r.Pruned })
}

// snapshotThat is the id of any snapshot of that kind; "" if there is none.
func (k *killing) snapshotThat(is func(snapshotRow) bool) string {
	rows := slices.DeleteFunc(k.snapshots(), func(r snapshotRow) bool { return !is(r) })
	if len(rows) == 0 {
		return ""
	}
	return rows[k.rng.IntN(len(rows))].ID
}

// decision is a verb of snapshot, and its arguments, that can succeed.
func (k *killing) decision() []string {
	held := k.snapshotThat(func(r snapshotRow) bool { return r.State == snapshot.Held })
	free := k.snapshotThat(func(r snapshotRow) bool { return r.State == snapshot.AwaitsReview || r.State == snapshot.Retired })
	switch n := k.rng.IntN(4); {
	case n == 0 && held != "":
		return []string{"release", held}
	case n == 1 && free != "":
		return []string{"hold", free}
	case n == 2:
		return []string{"prune"}
	}
	return []string{"publish", k.anySnapshot()}
}

// kill runs a verb and kills it at some moment; it reports whether it still
// ran then.
func (k *killing) kill(args ...string) bool {
	k.t.Helper()
	_, killed := k.runKilled(args...)
	return killed
}

func (k *killing) runKilled(args ...string) (stdout string, killed bool) {
	k.t.Helper()
	var out, errs strings.Builder
	cmd := program(k.t.Context(), append([]string{"--data", k.data}, args...)...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	timer := time.AfterFunc(time.Duration(k.rng.Int64N(int64(k.took[args[0]]))), func() { cmd.Process.Kill() })
	err := cmd.Wait()
	timer.Stop()
	if err != nil && cmd.ProcessState.Exited() {
		k.t.Fatalf("%v: %v\n%s", args, err, errs.String())
	}
	return out.String(), err != nil
}

// addOverride adds an override and remembers it if the program said that it is
// stored, whatever happened to the program then.
func (k *killing) addOverride() bool {
	k.t.Helper()
	stdout, killed := k.runKilled("override", "add", "--json", "--article", "*", "--target", "0001", "--action", "hide", "--until", "2020-01-01")
	var row overrideRow
	if json.Unmarshal([]byte(stdout), &row) == nil {
		k.overrides[row.ID] = true
	}
	return killed
}

func (k *killing) startServer() {
	k.t.Helper()
	k.server = program(k.t.Context(), "--data", k.data, "--log-level", "error", "serve", "--addr", k.addr)
	k.server.Stderr = os.Stderr
	if err := k.server.Start(); err != nil {
		k.t.Fatal(err)
	}
	waitFor(k.t, "the server is ready", func() bool {
		resp, err := http.Get("http://" + k.addr + "/readyz")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}

func (k *killing) killServer() bool {
	k.t.Helper()
	if err := k.server.Process.Kill(); err != nil {
		k.t.Fatal(err)
	}
	k.server.Wait()
	k.startServer()
	return true
}

// check demands that everything accepted is still there, and that links are
// served.
func (k *killing) check() {
	k.t.Helper()
	now := k.byID(k.ok("export", "articles"))
	for id, line := range now {
		if line != k.articles[id] && line != k.coming[id] {
			k.t.Fatalf("article %s is neither as it was nor as it came: %.200s", id, line)
		}
	}
	for id := range k.articles {
		if now[id] == "" {
			k.t.Fatalf("article %s is gone", id)
		}
	}
	k.articles = now

	var rows []overrideRow
	k.decode(&rows, "override", "list", "--json")
	there := map[int64]bool{}
	for _, r := range rows {
		there[r.ID] = true
	}
	for id := range k.overrides {
		if !there[id] {
			k.t.Fatalf("override %d is gone", id)
		}
	}
	k.overrides = there

	for _, s := range k.snapshots() {
		if s.Problem != "" {
			k.t.Fatalf("snapshot %s is broken: %s", s.ID, s.Problem)
		}
	}
	resp, err := http.Get("http://" + k.addr + "/v1/related?id=0000")
	if err != nil {
		k.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		k.t.Fatalf("the server answers %s, %v: %s", resp.Status, err, body)
	}
	var a answer
	if err := json.Unmarshal(body, &a); err != nil || len(a.Items) == 0 {
		k.t.Fatalf("the server answers without links: %s (%v)", body, err)
	}
}

func (k *killing) snapshots() []snapshotRow {
	k.t.Helper()
	var rows []snapshotRow
	k.decode(&rows, "snapshot", "list", "--json")
	return rows
}
