package report_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/eval"
	"github.com/alsolike/alsolike/eval/gate"
	"github.com/alsolike/alsolike/eval/report"
)

// formats are all that a report can be written as, by the names of its golden
// files.
var formats = map[string]func(*report.Report, io.Writer) error{
	"rich.golden.json": (*report.Report).WriteJSON,
	"rich.golden.md":   (*report.Report).WriteMarkdown,
	"rich.golden.xml":  (*report.Report).WriteJUnit,
	"rich.golden.html": (*report.Report).WriteHTML,
}

func render(t *testing.T, r *report.Report, write func(*report.Report, io.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(r, &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRichGolden(t *testing.T) {
	for name, write := range formats {
		t.Run(name, func(t *testing.T) {
			golden(t, name, render(t, richReport(t), write))
		})
	}
}

// numbers are all numbers within a JSON value.
func numbers(v any) (found []float64) {
	switch v := v.(type) {
	case float64:
		found = append(found, v)
	case []any:
		for _, e := range v {
			found = append(found, numbers(e)...)
		}
	case map[string]any:
		for _, e := range v {
			found = append(found, numbers(e)...)
		}
	}
	return found
}

// What is refused has no number in any format: neither its own, nor one made of
// it, such as a bound or a share.
func TestRefusedHasNoNumber(t *testing.T) {
	made := []float64{secret, secret + 1.96*secret, secret - 1.96*secret}
	for name, write := range formats {
		got := string(render(t, richReport(t), write))
		for _, x := range made {
			for _, written := range []string{fmt.Sprintf("%.0f", math.Abs(x)), gate.Number(math.Abs(x))} {
				if strings.Contains(got, written) {
					t.Errorf("%s holds %s", name, written)
				}
			}
		}
	}
	var doc map[string]any
	if err := json.Unmarshal(render(t, richReport(t), (*report.Report).WriteJSON), &doc); err != nil {
		t.Fatal(err)
	}
	for _, x := range numbers(doc) {
		for _, not := range made {
			if math.Abs(math.Abs(x)-math.Abs(not)) < 1 {
				t.Errorf("JSON holds %v", x)
			}
		}
	}
	seen := 0
	for _, g := range doc["gates"].([]any) {
		gate := g.(map[string]any)
		if gate["verdict"] != "not measurable" {
			continue
		}
		seen++
		for _, key := range []string{"delta", "low", "high", "value", "baseline", "margin", "limit"} {
			if v, ok := gate[key]; v != nil || !ok {
				t.Errorf("%s of a gate that is not measurable is %v", key, v)
			}
		}
	}
	for _, m := range doc["measures"].([]any) {
		measure := m.(map[string]any)
		if _, refused := measure["refusal"]; !refused {
			continue
		}
		seen++
		delete(measure, "diagnostics") // these say why
		if left := numbers(measure); len(left) > 0 {
			t.Errorf("a refused measure has the numbers %v", left)
		}
	}
	if seen != 2 {
		t.Errorf("%d refusals seen, want a gate and a measure", seen)
	}
	if v, ok := doc["metrics"].(map[string]any)["bold"].(map[string]any)["clicks"]; ok {
		t.Errorf("metrics hold the refused clicks: %v", v)
	}
}

// Every format says first that readers are simulated, and the page beside every
// figure too.
func TestSimulatedIsSaidFirst(t *testing.T) {
	const words = "readers drawn with seed 7"
	for name, write := range formats {
		got := string(render(t, richReport(t), write))
		at := strings.Index(got, words)
		if body := strings.Index(got, "<body>"); body >= 0 {
			at -= body
		}
		if at < 0 || at > 6000 || strings.Index(got, words) > strings.Index(got, "clicks (L3)") {
			t.Errorf("%s: %q stands at %d", name, words, at)
		}
	}
	page := string(render(t, richReport(t), (*report.Report).WriteHTML))
	if figures, tags := strings.Count(page, "<figure"), strings.Count(page, `class="tag sim"`); figures != tags || figures < 6 {
		t.Errorf("%d of %d figures say that readers are simulated", tags, figures)
	}
	out := rich()
	out.Simulated = ""
	for name, write := range formats {
		if got := render(t, report.New(out, nil), write); bytes.Contains(bytes.ToLower(got), []byte("simulated readers")) {
			t.Errorf("%s calls real readers simulated", name)
		}
	}
}

// The page asks for nothing: every reference in it is to a part of itself.
func TestPageAsksForNothing(t *testing.T) {
	page := string(render(t, richReport(t), (*report.Report).WriteHTML))
	for _, m := range regexp.MustCompile(`(?i)\b(src|href|action|data|poster|srcset|xlink:href)\s*=\s*"([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if !strings.HasPrefix(m[2], "#") {
			t.Errorf("reference %s", m[0])
		}
	}
	for _, not := range []string{"<script", "@import", "url(", "http:", "https:", "<link", "<iframe", "<img", "ZgotmplZ"} {
		if i := strings.Index(page, not); i >= 0 {
			t.Errorf("the page holds %q: …%s…", not, page[max(i-40, 0):min(i+40, len(page))])
		}
	}
	if on := regexp.MustCompile(`(?i)<[^>]*\son[a-z]+\s*=`).FindString(page); on != "" {
		t.Errorf("the page holds a handler: %s", on)
	}
	if len(page) > 1<<20 {
		t.Errorf("the page has %d bytes, want at most 1 MiB", len(page))
	}
	if !strings.Contains(page, "Ferries &amp; ferrymen: &lt;an argument&gt;") {
		t.Error("a title with < and & is not escaped")
	}
	if n := strings.Count(page, `<article class="change">`); n != 20 {
		t.Errorf("%d changed lists, want 20", n)
	}
}

// junit is what readers of JUnit XML look at.
type junit struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
	Skipped  int `xml:"skipped,attr"`
	Suites   []struct {
		Name     string `xml:"name,attr"`
		Tests    int    `xml:"tests,attr"`
		Failures int    `xml:"failures,attr"`
		Errors   int    `xml:"errors,attr"`
		Skipped  int    `xml:"skipped,attr"`
		Cases    []struct {
			Class   string    `xml:"classname,attr"`
			Name    string    `xml:"name,attr"`
			Failure *struct{} `xml:"failure"`
			Error   *struct{} `xml:"error"`
			Skipped *struct{} `xml:"skipped"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

func TestJUnit(t *testing.T) {
	out := rich()
	out.Measures[0].Doubts = nil
	out.Rankings[0].Name = "p\x00r\u0008\ufffe]]>&<"
	for i := range out.Measures {
		if out.Measures[i].Ranking == "pr" {
			out.Measures[i].Ranking = out.Rankings[0].Name
		}
	}
	rules := richRules(t)
	for i := range rules {
		rules[i].Candidate = ""
	}
	count := func(out *eval.Outcome) junit {
		t.Helper()
		var got junit
		if err := xml.Unmarshal(render(t, report.New(out, gate.Judge(out, rules)), (*report.Report).WriteJUnit), &got); err != nil {
			t.Fatal(err)
		}
		failures, errors, skipped, tests := 0, 0, 0, 0
		for _, s := range got.Suites {
			f, e, k := 0, 0, 0
			for _, c := range s.Cases {
				f, e, k = f+set(c.Failure), e+set(c.Error), k+set(c.Skipped)
				if c.Class == "" || c.Name == "" {
					t.Errorf("a case without class or name: %+v", c)
				}
			}
			if s.Failures != f || s.Errors != e || s.Skipped != k || s.Tests != len(s.Cases) {
				t.Errorf("suite %s says %d, %d, %d of %d; has %d, %d, %d of %d", s.Name, s.Failures, s.Errors, s.Skipped, s.Tests, f, e, k, len(s.Cases))
			}
			failures, errors, skipped, tests = failures+f, errors+e, skipped+k, tests+s.Tests
		}
		if got.Tests != tests || got.Failures != failures || got.Errors != errors || got.Skipped != skipped {
			t.Errorf("the whole says %d, %d, %d of %d; has %d, %d, %d of %d", got.Failures, got.Errors, got.Skipped, got.Tests, failures, errors, skipped, tests)
		}
		return got
	}
	got := count(out)
	if len(got.Suites) != 2 || got.Suites[0].Name != "pr]]>&<" {
		t.Errorf("suites %+v", got.Suites)
	}
	if got.Failures != 4 || got.Errors != 0 || got.Skipped == 0 {
		t.Errorf("%d failures, %d errors, %d skipped", got.Failures, got.Errors, got.Skipped)
	}
	out.Experiment.Sound = false
	if got := count(out); got.Errors != 3 { // clicks of both candidates and clicked lists of one; the tail passes what is open
		t.Errorf("an unsound split gives %d errors, want 3", got.Errors)
	}
}

func set(p *struct{}) int {
	if p == nil {
		return 0
	}
	return 1
}

// Summaries and comments stay below what their hosts take, and end at the end of a
// line.
func TestMarkdownIsShort(t *testing.T) {
	out := rich()
	many := out.Measures[0]
	for i := range 3000 {
		many.Metric = fmt.Sprintf("clicks-%d-%s", i, strings.Repeat("x", 400))
		out.Measures = append(out.Measures, many)
	}
	r := report.New(out, gate.Judge(out, richRules(t)))
	for _, test := range []struct {
		write func(*report.Report, io.Writer) error
		limit int
	}{{(*report.Report).WriteMarkdown, 900 << 10}, {(*report.Report).WriteComment, 59_999}} {
		got := string(render(t, r, test.write))
		if len(got) > test.limit || len(got) < test.limit-2000 {
			t.Errorf("%d bytes, want at most %d and not much less", len(got), test.limit)
		}
		if !strings.HasSuffix(got, "|\n\n*The rest is left out here; the HTML and JSON reports have it.*\n") {
			t.Errorf("ends with %q", got[len(got)-120:])
		}
	}
	brief, full := string(render(t, richReport(t), (*report.Report).WriteBrief)), string(render(t, richReport(t), (*report.Report).WriteMarkdown))
	if !strings.HasPrefix(full, brief) || !strings.HasSuffix(brief, "under one article.\n\n") {
		t.Errorf("the brief form is not the beginning of the whole, up to the data:\n%s", brief)
	}
	if short := string(render(t, richReport(t), (*report.Report).WriteComment)); short != string(render(t, richReport(t), (*report.Report).WriteMarkdown)) {
		t.Error("a short comment differs from the summary")
	}
}

func BenchmarkHTML(b *testing.B) {
	out := rich()
	for b.Loop() {
		if err := report.New(out, nil).WriteHTML(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
