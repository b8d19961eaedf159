package editor

import (
	"cmp"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
	"github.com/alsolike/alsolike/data/evaluation"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

const (
	evaluationPath       = Prefix + "/evaluation"
	evaluationReportPath = evaluationPath + "/:id/report"
)

func (s *Server) registerEvaluations() {
	s.handle(http.MethodGet, evaluationPath, account.Viewer, s.handleEvaluations)
	s.handle(http.MethodGet, evaluationReportPath, account.Viewer, s.handleEvaluationReport)
	s.registerEvaluationsJSON()
}

// evaluationPage is the view of evaluation.html: evaluations that were kept, the newest
// first.
type evaluationPage struct {
	Runs         []evaluationRun
	First, Older string // addresses; empty where there are no newer or older ones

	Gate    bool           // the policy asks an evaluation
	Waiting *snapshot.Info // what awaits its word; nil: nothing does
	Against string         // what that has against it, in English; "": nothing
}

// An evaluationRun is one of them.
type evaluationRun struct {
	evaluation.Run
	Candidates []evaluated
	Open       bool // its gates are seen at once
}

// An evaluated ranking is what a run is about.
type evaluated struct {
	Name     string
	Snapshot string         // its id; "": it is of none
	Info     *snapshot.Info // of the snapshot; nil where that is not known here
}

// runsShown is how many runs a page has.
const runsShown = 20

// handleEvaluations serves GET /editor/evaluation.
func (s *Server) handleEvaluations(c echo.Context) error {
	before := c.QueryParam("before")
	runs, more, err := s.Evaluations.Runs(before, runsShown)
	if err != nil {
		return err
	}
	v := evaluationPage{}
	st := &standing{}
	if s.Changes != nil {
		if st, err = s.Changes.standing(); err != nil {
			return err
		}
		if s.Changes.Policy.Gated() {
			v.Gate, v.Waiting = true, st.waiting
		}
	}
	if v.Waiting != nil {
		v.Against = s.Changes.Policy.GateAgainst(v.Waiting.ID)
	}
	for i := range runs {
		run := evaluationRun{Run: runs[i], Candidates: candidatesOf(&runs[i].Report), Open: i == 0 && before == ""}
		for j := range run.Candidates {
			one := &run.Candidates[j]
			one.Info = st.find(one.Snapshot)
		}
		v.Runs = append(v.Runs, run)
	}
	if before != "" {
		v.First = evaluationPath
	}
	if more {
		v.Older = evaluationPath + query(url.Values{"before": {runs[len(runs)-1].ID}})
	}
	return s.page(c, "evaluation", v)
}

// candidatesOf are the rankings that a report is about, in the order of its gates.
func candidatesOf(r *evaluation.Report) []evaluated {
	all := []evaluated{}
	add := func(name string) {
		if !slices.ContainsFunc(all, func(e evaluated) bool { return e.Name == name }) {
			all = append(all, evaluated{Name: name, Snapshot: r.Snapshot(name)})
		}
	}
	for i := range r.Gates {
		add(r.Gates[i].Candidate)
	}
	for _, name := range slices.Sorted(maps.Keys(r.Inputs.Candidates)) {
		add(name)
	}
	return all
}

// reportPolicy lets a report have its own styles, and nothing else: it is ours, but comes
// from a folder.
const reportPolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// handleEvaluationReport serves GET /editor/evaluation/{id}/report: the page as eval run
// has made it.
func (s *Server) handleEvaluationReport(c echo.Context) error {
	text, err := s.Evaluations.HTML(c.Param("id"))
	if errors.Is(err, data.ErrNotFound) {
		return echo.ErrNotFound
	}
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set(echo.HeaderContentSecurityPolicy, reportPolicy)
	h.Set("Cross-Origin-Opener-Policy", "unsafe-none") // browsers show no sandbox with another one
	return c.HTMLBlob(http.StatusOK, text)
}

// RunURL is the address of the report of a run.
func (w words) RunURL(id string) string { return evaluationPath + "/" + url.PathEscape(id) + "/report" }

// RunJSON is the same for programs.
func (w words) RunJSON(id string) string { return apiEvaluationsPath + "/" + url.PathEscape(id) }

// RunName is what a run is called: by the name that it was given, or by what it compares.
func (w words) RunName(r evaluationRun) string { return cmp.Or(r.Name, w.Compared(r), r.ID) }

// Compared is what a run compares with what; "" where that is not known.
func (w words) Compared(r evaluationRun) string {
	names := make([]string, 0, len(r.Candidates))
	for _, one := range r.Candidates {
		names = append(names, one.Name)
	}
	all := strings.Join(names, w.T("evaluation.and"))
	if all == "" || r.Report.Baseline == "" {
		return all
	}
	return w.T("evaluation.compared", all, r.Report.Baseline)
}

// Sum is a run in a sentence.
func (w words) Sum(r *evaluation.Report) string {
	n := 0
	for i := range r.Gates {
		if r.Gates[i].Effect == r.Verdict {
			n++
		}
	}
	if r.Verdict == evaluation.None {
		return w.T("evaluation.sum-none")
	}
	return w.nameT("evaluation.sum-", r.Verdict, n, len(r.Gates))
}

// EffectColour is that of a badge, for the effect of a gate or the verdict of a report.
func (w words) EffectColour(effect string) string {
	return map[string]string{evaluation.Pass: "good", evaluation.Warn: "warn", evaluation.Fail: "bad", evaluation.Inconclusive: "warn"}[effect]
}

// EffectName is the verdict of a report in words.
func (w words) EffectName(effect string) string { return w.nameT("evaluation.effect-", effect) }

// VerdictName is the verdict of a gate in words.
func (w words) VerdictName(verdict string) string {
	return w.nameT("evaluation.word-", strings.ReplaceAll(verdict, " ", "-"))
}

// LevelName is what a level of evidence is.
func (w words) LevelName(level string) string { return w.nameT("evaluation.level-", level) }

// MetricName is what a metric is; itself where nobody has a word for it.
func (w words) MetricName(metric string) string {
	base, k, cut := strings.Cut(metric, "@")
	key := "evaluation.metric-" + strings.ToLower(base)
	if _, ok := texts[key]; !ok {
		return metric
	}
	name := w.nameT("evaluation.metric-", strings.ToLower(base))
	if !cut {
		return name
	}
	k, _, _ = strings.Cut(k, "/")
	return w.T("evaluation.first", name, k)
}

// Asked is what a gate asks for.
func (w words) Asked(g *evaluation.Gate) string {
	for _, form := range []struct{ before, after, key string }{
		{"at most ", " lost", "evaluation.asks-lost"},
		{"at most ", " added", "evaluation.asks-added"},
		{"at most ", "", "evaluation.asks-most"},
		{"at least ", "", "evaluation.asks-least"},
	} {
		if amount, ok := strings.CutPrefix(g.Asks, form.before); ok {
			if amount, ok := strings.CutSuffix(amount, form.after); ok {
				return w.T(form.key, amount)
			}
		}
	}
	return g.Asks
}

// Decided is what the verdict of a gate rests on: the difference, or of a limit the value,
// and between what it lies.
func (w words) Decided(g *evaluation.Gate) string {
	said := "–"
	switch len(g.Decided) {
	case 0:
	case 3:
		said = w.T("evaluation.between", g.Decided[0], g.Decided[1], g.Decided[2])
	default:
		said = g.Decided[0]
	}
	return strings.ReplaceAll(said, " %", "\u00a0%") // a number and its percent sign stand on one line
}

// nameT is the text for name among those whose keys begin so; name itself where there is
// none.
func (w words) nameT(prefix, name string, args ...any) string {
	if _, ok := texts[prefix+name]; !ok {
		return name
	}
	return w.T(prefix+name, args...)
}
