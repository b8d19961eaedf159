package browsertest

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// axeFile is axe-core 4.14.1 of Deque Systems (MPL 2.0), where .ci/setup puts it.
const axeFile = ".build/axe-core-4.14.1.js"

// axeSource reads axeFile at the root of the module.
var axeSource = sync.OnceValues(func() (string, error) {
	folder, err := os.Getwd()
	for err == nil {
		if _, err = os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			break
		}
		if up := filepath.Dir(folder); errors.Is(err, os.ErrNotExist) && up != folder {
			folder, err = up, nil
		}
	}
	if err != nil {
		return "", err
	}
	text, err := os.ReadFile(filepath.Join(folder, axeFile))
	return string(text), err
})

// axeRun says what axe finds against WCAG 2.2, levels A and AA, and what it holds
// for good practice.
const axeRun = `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then((found) =>
	found.violations.map((v) => v.id + ": " + v.help + "\n" + v.nodes.map((n) => "  " + n.html + "\n    " + n.failureSummary.replaceAll("\n", " ")).join("\n")))`

// CheckAccessible fails the test for everything that axe finds wrong with the page,
// and where the page is wider than its window. Without axe it looks at the width alone.
func (b *Tab) CheckAccessible(t *testing.T) {
	t.Helper()
	b.CheckFits(t)
	source, err := axeSource()
	if errors.Is(err, os.ErrNotExist) {
		t.Logf("there is no %s, which .ci/setup gets: nobody looks at how accessible the page is", axeFile)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	at := Eval[string](t, b, `location.pathname`)
	b.Do(t, chromedp.Evaluate[chromedp.Void](source+";undefined"))
	found, err := chromedp.Run(b, chromedp.Evaluate[[]string](axeRun, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	for _, violation := range found {
		t.Errorf("%s: %s", at, violation)
	}
}

// CheckFits fails the test if the page is wider than its window.
func (b *Tab) CheckFits(t *testing.T) {
	t.Helper()
	if over := Eval[int](t, b, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
		t.Errorf("%s is %d px wider than the window", Eval[string](t, b, `location.pathname`), over)
	}
}
