package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/alsolike/alsolike/data/evaluation"
	"github.com/alsolike/alsolike/eval"
	"github.com/alsolike/alsolike/eval/gate"
	"github.com/alsolike/alsolike/eval/report"
)

// publish writes and prints the report of out. Its error says what the gates say.
func (r *evalRun) publish(e *env, out *eval.Outcome) error {
	result, verdicts := r.judged(out)
	if err := r.config.Reports.write(result); err != nil {
		return err
	}
	if path := e.getenv("GITHUB_STEP_SUMMARY", ""); path != "" {
		if err := appendSummary(path, result); err != nil {
			return err
		}
	}
	if r.flags.keep {
		id, err := keepEvaluation(e.evaluations(), e.now(), r.flags.name, result)
		if err != nil {
			return e.withCure(err)
		}
		fmt.Fprintf(e.stderr, "kept as %s, which the editors' page Evaluation shows\n", e.path(evaluation.Folder, id))
	}
	show := result.WriteMarkdown
	switch {
	case r.flags.asJSON:
		show = result.WriteJSON
	case r.flags.comment:
		show = result.WriteComment
	case r.config.clicks() && !r.flags.full:
		show = result.WriteBrief
	}
	if err := show(e.stdout); err != nil {
		return err
	}
	if e.getenv("GITHUB_ACTIONS", "") == "true" {
		annotate(e.stderr, verdicts)
	}
	return r.conclude(e, out, verdicts)
}

// evaluations are the runs that are kept in the data folder.
func (e *env) evaluations() *evaluation.Dir { return evaluation.Open(e.path(evaluation.Folder)) }

// mayKeep is an error if the run cannot be kept, which is better said before it has taken
// its minutes.
func (f *evalFlags) mayKeep(e *env) error {
	if !f.keep {
		if f.name != "" {
			return usagef("--name names a run that is kept; add --keep")
		}
		return nil
	}
	if _, err := evaluation.CleanName(f.name); err != nil {
		return usagef("--%v", err)
	}
	if err := e.needDataDir(); err != nil {
		return usagef("--keep: %v", err)
	}
	return nil
}

// keepEvaluation keeps the report of a run that ended now, and returns its id.
func keepEvaluation(dir *evaluation.Dir, now time.Time, name string, result *report.Report) (id string, err error) {
	var asJSON, page bytes.Buffer
	if err := errors.Join(result.WriteJSON(&asJSON), result.WriteHTML(&page)); err != nil {
		return "", err
	}
	return dir.Keep(now, name, asJSON.Bytes(), page.Bytes())
}

// conclude says in the last line of standard error, or in the error, what came out.
func (r *evalRun) conclude(e *env, out *eval.Outcome, verdicts []gate.Verdict) error {
	if out.Experiment != nil && !out.Experiment.Sound {
		return &exitError{exitDataUnusable, fmt.Errorf("the readers of the variants are not split as planned (p = %.2g), so their clicks cannot be compared; "+
			"look for a variant that loses lists, or write the planned shares into the configuration (planned: {A: 0.9, B: 0.1})", out.Experiment.P)}
	}
	if len(verdicts) == 0 {
		return nil
	}
	s := gate.Summarise(verdicts)
	effect := s.Effect()
	said := map[gate.Effect]string{
		gate.Fails: "%d of %s failed", gate.Open: "%d of %s cannot be told and must be", gate.Warns: "%d of %s warn", gate.Passes: "%d of %s passed",
	}[effect]
	n := map[gate.Effect]int{gate.Fails: s.Failed, gate.Open: s.Open, gate.Warns: s.Warned, gate.Passes: s.Passed}[effect]
	said = fmt.Sprintf(said, n, plural(len(verdicts), "gate"))
	if effect != gate.Passes {
		said += ": " + failing(verdicts, effect)
	}
	switch {
	case effect == gate.Passes || effect == gate.Warns:
		fmt.Fprintln(e.stderr, said)
		return nil
	case r.flags.reportOnly:
		fmt.Fprintln(e.stderr, said+" (--report-only)")
		return nil
	case effect == gate.Open:
		return &exitError{exitInconclusive, errors.New(said)}
	}
	return &exitError{exitFailure, errors.New(said)}
}

// failing names the gates of that effect.
func failing(verdicts []gate.Verdict, effect gate.Effect) string {
	var names []string
	for i := range verdicts {
		if v := &verdicts[i]; v.Effect == effect {
			names = append(names, fmt.Sprintf("%s, %s (%s)", v.Candidate, v.Name, v.Word))
		}
	}
	return strings.Join(names, "; ")
}

// maxAnnotations is how many annotations of one step GitHub shows.
const maxAnnotations = 10

// annotate writes what did not pass as annotations of a GitHub job, the gravest
// first.
func annotate(w io.Writer, verdicts []gate.Verdict) {
	left := maxAnnotations
	escape := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	title := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	for _, kind := range []struct {
		command string
		effects []gate.Effect
	}{{"error", []gate.Effect{gate.Fails, gate.Open}}, {"warning", []gate.Effect{gate.Warns}}} {
		for _, effect := range kind.effects {
			for i := range verdicts {
				if v := &verdicts[i]; v.Effect == effect && left > 0 {
					left--
					fmt.Fprintf(w, "::%s title=%s::%s\n", kind.command, title.Replace(v.Candidate+" is "+string(v.Word)), escape.Replace(v.Name+". "+v.Reason))
				}
			}
		}
	}
}

// appendSummary adds the Markdown to the summary of a GitHub job.
func appendSummary(path string, result *report.Report) (err error) {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("cannot write the file that GITHUB_STEP_SUMMARY names, %s: %w", path, pathReason(err))
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return result.WriteMarkdown(f)
}

// write writes the reports that are asked for.
func (r evalReports) write(result *report.Report) error {
	for _, to := range []struct {
		path  string
		write func(io.Writer) error
	}{{r.JSON, result.WriteJSON}, {r.MD, result.WriteMarkdown}, {r.JUnit, result.WriteJUnit}, {r.HTML, result.WriteHTML}} {
		if to.path == "" {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(to.path), 0o755); err != nil {
			return fmt.Errorf("cannot write %s: %w", to.path, pathReason(err))
		}
		if err := writeFile(to.path, func(w *bufio.Writer) error { return to.write(w) }); err != nil {
			return err
		}
	}
	return nil
}

// hashFile is the sha-256 of a file's bytes.
func hashFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil)), nil
}

// hashLog is the hash of a file, or that of the hashes of all files of a folder.
func hashLog(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return hashFile(path)
	}
	h := sha256.New()
	err = filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		hash, err := hashFile(name)
		relative, _ := filepath.Rel(path, name)
		fmt.Fprintf(h, "%s %s\n", hash, filepath.ToSlash(relative))
		return err
	})
	return "sha256:" + hex.EncodeToString(h.Sum(nil)), err
}
