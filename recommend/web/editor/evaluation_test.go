package editor_test

import (
	"html"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data/account"
	"github.com/alsolike/alsolike/data/evaluation"
	"github.com/alsolike/alsolike/recommend/review"
)

// fullReport is a report in which everything happens, as JSON and as a page, about
// the snapshot of that id.
func fullReport(t testing.TB, snapshot string) (asJSON, page string) {
	t.Helper()
	const folder = "../../../eval/report/testdata/"
	text, err := os.ReadFile(folder + "rich.golden.json")
	if err != nil {
		t.Fatal(err)
	}
	pageText, err := os.ReadFile(folder + "rich.golden.html")
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "20260316T020000Z-7f3a9c", snapshot), string(pageText)
}

// keep keeps a run, and returns its id.
func (s *site) keep(t testing.TB, at time.Time, name, report, page string) string {
	t.Helper()
	id, err := evaluation.Open(s.kept).Keep(at, name, []byte(report), []byte(page))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

const passed = `{"format":1,"verdict":"pass","summary":"At least as good: the gate passed.","baseline":"production","gates":[
	{"name":"clicks (L3): at most 3 % lost","metric":"clicks","level":"L3","candidate":"new","asks":"at most 3 % lost","verdict":"no worse","effect":"pass","reason":"No worse."}],
	"inputs":{"candidates":{"new":"snapshot SNAPSHOT"}}}`

func TestEvaluationPage(t *testing.T) {
	n := newNewsroom(t)
	c := n.signedIn(t, account.Viewer)
	none := c.get("/editor/evaluation")
	for _, want := range []string{"No evaluation is kept yet", "alsolike eval run --config eval.yaml --keep", `<a href="/editor/evaluation" aria-current="page">Evaluation</a>`} {
		if none.StatusCode != http.StatusOK || !strings.Contains(none.body, want) {
			t.Errorf("without any: %d, and no %q", none.StatusCode, want)
		}
	}
	waiting := n.refreshed(t, 1)
	text, page := fullReport(t, waiting)
	first := n.keep(t, n.now.Add(-time.Hour), "rank 36", text, page)
	second := n.keep(t, n.now, "", strings.Replace(passed, "SNAPSHOT", "20200101T000000Z-000000", 1), "")
	res := c.get("/editor/evaluation")
	shown := html.UnescapeString(plain(res.body))
	for _, want := range []string{
		"rank 36 Fail Simulated readers", "20,114 readers drawn", "pr, bold beside production", "The refresh of 23 Nov 2026, 13:00 awaits review",
		"Not as good. Gates failed: 4 of 16.", "16 gates", "better clicks per list shown", "at most 3 % lost · clicks, on lists drawn at random",
		"+3.13 %, between +0.744 % and +5.52 %", "Better than production, by at least 0.744 %. One reader made 2 % of all clicks.",
		"not measurable clicks per list shown", "at most 24 added", "at least 0.6", "lists with an article that editors hid, first 5",
		"new beside production Pass", "a refresh that is not here: 20200101T000000Z-000000", "At least as good. Gates passed: 1 of 1.", "1 gate ",
	} {
		if !strings.Contains(shown, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	if i, j := strings.Index(res.body, "run-"+second), strings.Index(res.body, "run-"+first); i < 0 || j < i {
		t.Errorf("the newest stands at %d, the other one at %d", i, j)
	}
	if got := strings.Count(res.body, "<details open>"); got != 1 {
		t.Errorf("the gates of %d runs are seen at once", got)
	}
	if strings.Contains(shown, "lets it pass") {
		t.Error("a gate speaks, and the policy asks none")
	}
	if t.Failed() {
		t.Log(shown)
	}
	chinese := html.UnescapeString(plain(c.get("/editor/evaluation", "Accept-Language", "zh-TW").body))
	for _, want := range []string{"評估", "未通過", "pr、bold 與 production 對比", "+3.13 %，介於 +0.744 % 與 +5.52 % 之間", "最多下降 3 %", "每個展示清單的點擊數", "至少 0.6"} {
		if !strings.Contains(chinese, want) {
			t.Errorf("in Chinese there is no %q", want)
		}
	}

	// The report itself is shut in.
	report := c.get("/editor/evaluation/" + first + "/report")
	if report.StatusCode != http.StatusOK || report.body != page || !strings.HasPrefix(report.Header.Get("Content-Type"), "text/html") {
		t.Errorf("the report: %d, %s", report.StatusCode, report.Header.Get("Content-Type"))
	}
	policy := report.Header.Get("Content-Security-Policy")
	if !strings.HasPrefix(policy, "sandbox; default-src 'none'; style-src 'unsafe-inline'; ") || strings.Contains(policy, "script") || strings.Contains(policy, "allow") {
		t.Errorf("its policy is %q", policy)
	}
	if report.Header.Get("Cache-Control") != "no-store" || report.Header.Get("X-Frame-Options") != "DENY" || report.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("its headers are %v", report.Header)
	}
}

// What waits is told what the gate's report says of it.
func TestEvaluationGate(t *testing.T) {
	n := newNewsroom(t)
	gate := filepath.Join(t.TempDir(), "gate.json")
	n.changes.Policy = review.Policy{Publish: review.Auto, Gate: gate}
	c := n.signedIn(t, account.Viewer)
	says := func(want string) {
		t.Helper()
		if page := html.UnescapeString(plain(c.get("/editor/evaluation").body)); !strings.Contains(page, want) {
			t.Errorf("the page has no %q:\n%s", want, page)
		}
	}
	says("No evaluation is kept yet")
	waiting := n.refreshed(t, 1)
	says("does not let it pass The refresh of 23 Nov 2026, 13:00 awaits review Why not: the gate's report " + gate + " is not there yet")
	text, _ := fullReport(t, waiting)
	for report, want := range map[string]string{
		text:   "Why not: the gate \"hygiene.short_lists: at most 0.5 %\" says worse.",
		passed: "judges other snapshots",
		strings.Replace(passed, "SNAPSHOT", waiting, 1): "lets it pass The refresh of 23 Nov 2026, 13:00",
	} {
		if err := os.WriteFile(gate, []byte(report), 0o644); err != nil {
			t.Fatal(err)
		}
		says(want)
	}
}

// One run that cannot be read leaves the others as they are.
func TestEvaluationUnreadable(t *testing.T) {
	s := newSite(t, nil)
	c := s.signedIn(t, account.Viewer)
	s.keep(t, s.now, "good", passed, "page")
	bad := s.keep(t, s.now.Add(time.Minute), "bad", passed, "page")
	if err := os.WriteFile(filepath.Join(s.kept, bad, "report.json"), []byte(passed[:90]), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(s.kept, bad, "report.html")); err != nil {
		t.Fatal(err)
	}
	page := plain(c.get("/editor/evaluation").body)
	for _, want := range []string{"bad unreadable", "The report cannot be read: report.json is no report: unexpected end of JSON input", "There is no page of it.", "good Pass"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q:\n%s", want, page)
		}
	}
	if res := c.get("/editor/evaluation/" + bad + "/report"); res.StatusCode != http.StatusNotFound {
		t.Errorf("a report that is gone: %d", res.StatusCode)
	}
	var answer struct {
		Items []struct{ ID, Name, Verdict, Fault string }
	}
	if c.sendJSON(200, &answer, "GET", "/v1/editor/evaluations", ""); len(answer.Items) != 2 || !strings.Contains(answer.Items[0].Fault, "unexpected end") || answer.Items[1].Verdict != "pass" {
		t.Errorf("got %+v", answer)
	}
	var p problem
	if c.sendJSON(409, &p, "GET", "/v1/editor/evaluations/"+bad, ""); !strings.Contains(p.Detail, "unexpected end") {
		t.Errorf("got %+v", p)
	}
}

// What a report says is text, and where it stands cannot be left.
func TestEvaluationOfAStranger(t *testing.T) {
	const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>`
	s := newSite(t, nil)
	c := s.signedIn(t, account.Viewer)
	quoted := strings.ReplaceAll(evil, `"`, `\"`)
	fields := func(keys ...string) string {
		var list []string
		for _, key := range keys {
			list = append(list, `"`+key+`":"`+quoted+`"`)
		}
		return strings.Join(list, ",")
	}
	s.keep(t, s.now, evil, `{"verdict":"fail",`+fields("summary", "simulated", "baseline")+`,"gates":[{`+
		fields("name", "metric", "level", "slice", "candidate", "asks", "verdict", "effect", "reason")+`,"decided":["`+quoted+`"],"doubts":["`+quoted+`"]}],
		"inputs":{"candidates":{"`+quoted+`":"snapshot `+quoted+`"}}}`, evil)
	page := c.get("/editor/evaluation")
	if strings.Contains(page.body, "<script>alert") || strings.Contains(page.body, "<img src=x") || strings.Count(page.body, "&lt;script&gt;alert(1)") < 10 {
		t.Errorf("the page shows\n%s", page.body)
	}
	folder := filepath.Dir(s.kept)
	for _, name := range []string{"report.html", "report.json"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(`{"verdict":"pass","secret":1}`), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range []string{"..", ".", "%2e%2e", "..%2f" + evaluation.Folder, "%2f", "..%5c", "%00", "x", "20261123T120030Z-000000", "20261123T120030Z-000000%2f..%2f..", url.PathEscape(evil)} {
		for _, path := range []string{"/editor/evaluation/" + id + "/report", "/v1/editor/evaluations/" + id} {
			if res := c.get(path); res.StatusCode != http.StatusNotFound && res.StatusCode != http.StatusMovedPermanently || strings.Contains(res.body, "secret") || strings.Contains(res.body, "<script>alert") {
				t.Errorf("%s: %d\n%s", path, res.StatusCode, res.body)
			}
		}
	}
}

// Programs get the same, page by page, and are told when nothing is new.
func TestEvaluationsByJSON(t *testing.T) {
	s := newSite(t, nil)
	c := s.signedIn(t, account.Viewer)
	var answer struct {
		Items []struct {
			ID, Time, Name, Verdict, Baseline string
			Candidates                        []struct{ Name, Snapshot string }
			Gates                             []struct {
				Metric, Verdict, Effect, Reason string
				Decided                         []string
			}
		}
		Next string
	}
	c.sendJSON(200, &answer, "GET", "/v1/editor/evaluations", "")
	if answer.Items == nil || len(answer.Items) > 0 {
		t.Errorf("before anything is kept: %+v", answer)
	}
	full, page := fullReport(t, "20260316T020000Z-7f3a9c")
	id := s.keep(t, s.now, "rank 36", full, page)
	for i := range 24 {
		s.keep(t, s.now.Add(-time.Duration(i+1)*time.Hour), "", passed, "")
	}
	res := c.sendJSON(200, &answer, "GET", "/v1/editor/evaluations?limit=1", "")
	if len(answer.Items) != 1 || answer.Next != id {
		t.Fatalf("got %+v", answer)
	}
	if run := answer.Items[0]; run.ID != id || run.Time != "2026-11-23T12:00:30Z" || run.Name != "rank 36" || run.Verdict != "fail" || run.Baseline != "production" ||
		len(run.Gates) != 16 || len(run.Gates[0].Decided) != 3 || run.Gates[1].Decided == nil || len(run.Candidates) != 2 || run.Candidates[0].Snapshot != "20260316T020000Z-7f3a9c" {
		t.Errorf("got %+v", run)
	}
	tag := res.Header.Get("ETag")
	if again := c.get("/v1/editor/evaluations?limit=1", "If-None-Match", `"x", W/`+tag); again.StatusCode != http.StatusNotModified || again.body != "" || again.Header.Get("ETag") != tag {
		t.Errorf("nothing is new: %d %q", again.StatusCode, again.body)
	}
	if c.sendJSON(200, &answer, "GET", "/v1/editor/evaluations?before="+id, ""); len(answer.Items) != 20 || answer.Next == "" {
		t.Errorf("%d older ones, then from %q", len(answer.Items), answer.Next)
	}
	report := c.get("/v1/editor/evaluations/" + id)
	if report.StatusCode != http.StatusOK || report.body != full {
		t.Errorf("the report: %d", report.StatusCode)
	}
	if again := c.get("/v1/editor/evaluations/"+id, "If-None-Match", report.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
		t.Errorf("the report again: %d", again.StatusCode)
	}
	var p problem
	c.sendJSON(404, &p, "GET", "/v1/editor/evaluations/20261123T120030Z-000000", "")
	c.sendJSON(400, &p, "GET", "/v1/editor/evaluations?limit=0", "")
	c.sendJSON(400, &p, "GET", "/v1/editor/evaluations?befor=x", "")

	// The page leads through all of them, too.
	seen := 0
	for path := "/editor/evaluation"; path != ""; {
		res := c.get(path)
		seen += strings.Count(res.body, `<section class="panel run"`)
		path = ""
		for _, a := range all(t, res.body, "a", "href") {
			if text(a) == "Older" {
				path = attr(a, "href")
			}
		}
	}
	if seen != 25 {
		t.Errorf("%d runs on the pages, want 25", seen)
	}
}
