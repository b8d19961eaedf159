package editor_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/alsolike/alsolike/data/account"
	"github.com/alsolike/alsolike/recommend/review"
	"github.com/alsolike/alsolike/recommend/web/browsertest"
)

// Somebody looks at what was evaluated, and reads a report, which does nothing but stand
// there.
func TestEvaluationInABrowser(t *testing.T) {
	n := newNewsroom(t)
	gate := filepath.Join(t.TempDir(), "gate.json")
	n.changes.Policy = review.Policy{Publish: review.Auto, Gate: gate}
	b := browsertest.Open(t, n.URL)
	b.Do(t, widths[0].set)
	signIn(t, b, n, string(account.Viewer))
	b.Follow(t, `nav a[href="/editor/evaluation"]`)
	picture(t, b, "editor-evaluation-none")

	waiting := n.refreshed(t, 1)
	report, page := fullReport(t, waiting)
	good := strings.ReplaceAll(passed, "SNAPSHOT", waiting)
	if err := os.WriteFile(gate, []byte(report), 0o644); err != nil {
		t.Fatal(err)
	}
	// A report of a stranger's: it neither runs a script nor asks for anything.
	var asked atomic.Int32
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer elsewhere.Close()
	evil := strings.Replace(page, "</body>", `<script>document.title = "run"</script><img src="`+elsewhere.URL+`/x" onerror="document.title = 'run'"><form action="`+elsewhere.URL+`/" id="f"><button>x</button></form></body>`, 1)
	n.keep(t, n.now.Add(-26*time.Hour), "", good, page)
	n.keep(t, n.now.Add(-time.Hour), "rank 36", report, page)
	stranger := n.keep(t, n.now.Add(-50*time.Hour), "of a stranger", good, evil)
	bad := n.keep(t, n.now.Add(-2*time.Hour), "cut off", good, page)
	if err := os.Truncate(filepath.Join(n.kept, bad, "report.json"), 100); err != nil {
		t.Fatal(err)
	}
	b.Do(t, chromedp.Navigate(n.URL+"/editor/evaluation"))
	picture(t, b, "editor-evaluation")
	b.Do(t, chromedp.EmulateViewport(320, 256)) // as 1280 px at 400 %
	b.CheckAccessible(t)
	b.Do(t, widths[0].set)

	// The gates of an older run open by keyboard.
	older := `document.querySelector("#run-` + bad + ` ~ section.run details")`
	b.Do(t, chromedp.Evaluate[chromedp.Void](older+`.querySelector("summary").focus()`), chromedp.KeyEvent("\r"))
	b.Wait(t, older+`.open && `+older+`.querySelector(".badge.good").innerText === "no worse"`)

	b.Follow(t, ".run .actions .button")
	if got := browsertest.Eval[string](t, b, `origin + " " + document.querySelector("h1").innerText.trim().split(/\s/)[0] + " " + getComputedStyle(document.body).display`); !strings.HasPrefix(got, "null Fail") {
		t.Errorf("the report is %q", got)
	}
	if drawn := browsertest.Eval[bool](t, b, `document.querySelectorAll("svg").length > 10 && getComputedStyle(document.querySelector("h1 .effect")).color !== "rgb(0, 0, 0)" && document.styleSheets.length === 1`); !drawn {
		t.Error("the report has lost its styles or its figures")
	}
	for _, width := range widths { // how accessible it is package eval/report looks at: here no script runs
		b.Do(t, width.set)
		b.CheckFits(t)
		b.Screenshot(t, "editor-evaluation-report-"+width.name)
	}
	b.Do(t, widths[0].set)
	b.Do(t, chromedp.Click(chromedp.CSS(`nav a[href="#gates"]`)))
	b.Wait(t, `location.hash === "#gates"`)
	checkFaults(t, b)
	b.Do(t, chromedp.Navigate(n.URL+"/editor/evaluation/"+stranger+"/report"), chromedp.Evaluate[chromedp.Void](`document.querySelector("#f").submit()`))
	if got := browsertest.Eval[string](t, b, `document.title + location.pathname`); strings.HasPrefix(got, "run") || !strings.HasSuffix(got, stranger+"/report") {
		t.Errorf("the stranger's report is %q", got)
	}
	for _, fault := range b.Faults() { // the browser says what it did not do
		if !strings.Contains(fault, "violates the following Content Security Policy") && !strings.Contains(fault, "sandboxed") && fault != "request to "+elsewhere.URL+"/x" {
			t.Error(fault)
		}
	}
	if n := asked.Load(); n > 0 {
		t.Errorf("the stranger's report has sent %d requests", n)
	}

	dark := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}
	if _, err := chromedp.Call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: dark}); err != nil {
		t.Fatal(err)
	}
	b.Do(t, chromedp.Navigate(n.URL+"/editor/evaluation"), chromedp.Click(chromedp.CSS(".top .menu summary")))
	b.Follow(t, ".top .languages [lang=zh-Hans]")
	picture(t, b, "editor-evaluation-dark")
	checkFaults(t, b)
}
