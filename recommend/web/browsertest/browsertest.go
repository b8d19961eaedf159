// Package browsertest opens pages in a real browser, for tests. It takes Chromium or
// Chrome from the PATH; chromedp drives it, which needs nothing else.
package browsertest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// A Tab is one tab that remembers what it should not have done: console messages,
// exceptions, what the browser complains of, and requests to other places than its
// own. It is a context of chromedp.
type Tab struct {
	context.Context
	own []string

	mu     sync.Mutex
	faults []string
}

// Find is the path of the browser. Without one the test is skipped, unless CI or
// ALSOLIKE_REQUIRE_BROWSER say that it must be there, and in short tests.
func Find(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a browser")
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const none = "no chromium, chromium-browser or google-chrome on the PATH"
	if os.Getenv("CI") == "true" || os.Getenv("ALSOLIKE_REQUIRE_BROWSER") == "1" {
		t.Fatal(none + "; install one (Debian: apt-get install chromium)")
	}
	t.Skip(none + ": pages are not tried in a browser")
	return ""
}

// Open opens a tab, as Find has it, that may ask the servers at those addresses.
func Open(t *testing.T, own ...string) *Tab {
	t.Helper()
	timeout, cancelTimeout := context.WithTimeout(context.Background(), 2*time.Minute)
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(Find(t)), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("hide-scrollbars", true))
	allocator, cancelAllocator := chromedp.NewExecAllocator(timeout, opts...)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(func() { cancel(); cancelAllocator(); cancelTimeout() })

	b := &Tab{Context: ctx, own: own}
	if err := chromedp.Listen(ctx, b.watch); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *Tab) watch(event any) {
	fault := ""
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		fault = "console: " + string(e.Type)
	case *runtime.EventExceptionThrown:
		fault = "exception: " + e.ExceptionDetails.Text
	case *log.EventEntryAdded:
		fault = "browser log: " + e.Entry.Text + " " + e.Entry.URL
	case *network.EventRequestWillBeSent:
		// The browser's own controls, such as that of a date, have pictures within their styles.
		if !strings.HasPrefix(e.Request.URL, "data:") && !slices.ContainsFunc(b.own, func(base string) bool { return strings.HasPrefix(e.Request.URL, base+"/") }) {
			fault = "request to " + e.Request.URL
		}
	}
	if fault != "" {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.faults = append(b.faults, fault)
	}
}

// Faults are what the tab should not have done since it was last asked.
func (b *Tab) Faults() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	faults := b.faults
	b.faults = nil
	return faults
}

// CheckFaults fails the test for each of Faults.
func (b *Tab) CheckFaults(t *testing.T) {
	t.Helper()
	for _, fault := range b.Faults() {
		t.Error(fault)
	}
}

// Do takes steps one after the other.
func (b *Tab) Do(t *testing.T, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(b, steps...); err != nil {
		t.Fatal(err)
	}
}

// Follow clicks on the first element of that selector and waits for the page.
func (b *Tab) Follow(t *testing.T, selector string) {
	t.Helper()
	res, err := chromedp.RunResponse(b, chromedp.Click(chromedp.CSS(selector)))
	if err != nil {
		t.Fatalf("%s: %v", selector, err)
	}
	if res.Status != 200 {
		t.Errorf("%s led to %s: %d", selector, res.URL, res.Status)
	}
}

// Eval is the value of a JavaScript expression in the page.
func Eval[T any](t *testing.T, b *Tab, expression string) T {
	t.Helper()
	v, err := chromedp.Run(b, chromedp.Evaluate[T](expression))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// Screenshot keeps a picture of the whole page if ALSOLIKE_SCREENSHOTS names a
// folder for it.
func (b *Tab) Screenshot(t *testing.T, name string) {
	t.Helper()
	if os.Getenv("ALSOLIKE_SCREENSHOTS") == "" {
		return
	}
	png, err := chromedp.Run(b, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	Keep(t, name+".png", png)
}

// Keep writes a picture into the folder that ALSOLIKE_SCREENSHOTS names, if it does, and
// makes the folder.
func Keep(t *testing.T, name string, picture []byte) {
	t.Helper()
	dir := os.Getenv("ALSOLIKE_SCREENSHOTS")
	if dir == "" {
		return
	}
	err := os.MkdirAll(dir, 0o755)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name), picture, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Wait waits until a JavaScript expression is true.
func (b *Tab) Wait(t *testing.T, expression string) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		switch come, err := chromedp.Run(b, chromedp.Evaluate[bool](expression)); {
		case err == nil && come:
			return
		case time.Now().After(deadline): // a page that gives way to the next evaluates nothing
			t.Fatalf("%s does not come true: %v", expression, err)
		}
	}
}

// OnEveryPage runs a script before every page from now on, until the end of the test.
func (b *Tab) OnEveryPage(t *testing.T, source string) {
	t.Helper()
	script, err := chromedp.Call(b, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: source})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := chromedp.Call(b, page.RemoveScriptToEvaluateOnNewDocument, page.RemoveScriptToEvaluateOnNewDocumentParams(script)); err != nil {
			t.Error(err)
		}
	})
}
