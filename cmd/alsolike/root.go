package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/alsolike/alsolike/data/spelling"
)

// version is the version of alsolike, written into every snapshot.
const version = "0.1.0"

// The exit codes of every verb; eval run knows more of them.
const (
	exitFailure = 1
	exitUsage   = 2
)

// An exitError ends the process with a code of its own.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

// usagef is an error in the words of the command line: exit code 2.
func usagef(format string, args ...any) error {
	return &exitError{exitUsage, fmt.Errorf(format, args...)}
}

// errSilent ends a verb that has already said on standard error what is wrong.
var errSilent = errors.New("")

// An env is what every verb shares: where it writes and the global flags.
type env struct {
	stdout, stderr io.Writer
	environ        []string
	now            func() time.Time

	dataDir    string
	configFile string
	logFormat  string
	logLevel   string
	progress   string
}

// run is the program: main with everything it touches passed in.
// It returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer, environ []string) int {
	e := &env{stdout: stdout, stderr: stderr, environ: environ, now: time.Now}
	root := newRootCommand(e)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		err = errors.New("interrupted; nothing is half done, and what was stored before stays")
	}
	if err != errSilent {
		fmt.Fprintf(stderr, "alsolike: %v\n", err)
	}
	var exit *exitError
	if errors.As(err, &exit) {
		return exit.code
	}
	return exitFailure
}

func newRootCommand(e *env) *cobra.Command {
	root := &cobra.Command{
		Use:   "alsolike",
		Short: `The "You might also like" links under your articles, made and served by yourself`,
		Long: `alsolike reads a site's articles, finds for each the ones most like it, and serves
them as links. Start with "alsolike demo", or with your own articles:

  alsolike import articles.jsonl
  alsolike refresh
  alsolike serve

"alsolike help articles" shows how to bring articles from wherever they are.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       version,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return unknownVerb(cmd, args[0])
		},
		RunE:                  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		DisableFlagsInUseLine: true,
		PersistentPreRunE: func(*cobra.Command, []string) error {
			if _, err := e.logger(slog.LevelDebug); err != nil {
				return err
			}
			return e.checkProgress()
		},
	}
	root.SetOut(e.stdout)
	root.SetErr(e.stderr)
	root.SetVersionTemplate("alsolike {{.Version}}\n")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return flagError(cmd, err) })

	flags := root.PersistentFlags()
	flags.StringVar(&e.dataDir, "data", e.getenv("ALSOLIKE_DATA", "./alsolike-data"), "the `folder` that holds the site: articles, snapshots, overrides")
	flags.StringVar(&e.configFile, "config", "", "configuration `file` (default: alsolike.yaml in the data folder, if there)")
	flags.StringVar(&e.logFormat, "log-format", "text", "how the log is written: `text|json`")
	flags.StringVar(&e.logLevel, "log-level", "info", "what is logged, from this on: `debug|info|warn|error`")
	flags.StringVar(&e.progress, "progress", "auto", "progress of long work: `auto|plain|none`")

	root.AddCommand(
		newDemoCommand(e), newImportCommand(e), newRefreshCommand(e), newServeCommand(e), newRelatedCommand(e),
		newExportCommand(e), newSnapshotCommand(e), newOverrideCommand(e), newRuleCommand(e), newHistoryCommand(e), newUserCommand(e), newKeyCommand(e), newTuneCommand(e), newEvalCommand(e), newStatusCommand(e), newBenchCommand(e), newVersionCommand(e),
	)
	root.SetHelpCommand(newHelpCommand(e))
	root.InitDefaultCompletionCmd()
	for _, verb := range root.Commands() {
		wrapArgs(verb)
		if verb.Name() == "completion" {
			verb.Example = "  source <(alsolike completion bash)\n  alsolike completion zsh > ~/.zfunc/_alsolike"
		}
	}
	return root
}

func newVersionCommand(e *env) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Example: "  alsolike version",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(e.stdout, "alsolike", version)
			return err
		},
	}
}

// wrapArgs makes wrong arguments of cmd and of its verbs a matter of usage.
func wrapArgs(cmd *cobra.Command) {
	check := cmd.Args
	if cmd.HasSubCommands() {
		cmd.DisableFlagsInUseLine = true
		check = func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownVerb(cmd, args[0])
			}
			return nil
		}
		cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	}
	if check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			err := check(cmd, args)
			var exit *exitError
			if err == nil || errors.As(err, &exit) {
				return err
			}
			fault := "an argument is missing"
			if len(args) > 0 {
				fault = fmt.Sprintf("the argument %q is one too many", args[len(args)-1])
			}
			return usagef("%s; usage: %s", fault, cmd.UseLine())
		}
	}
	for _, sub := range cmd.Commands() {
		wrapArgs(sub)
	}
}

func unknownVerb(cmd *cobra.Command, name string) error {
	var known []string
	for _, c := range cmd.Commands() {
		known = append(known, c.Name())
	}
	return usagef("unknown verb %q%s (see %s --help)", name, didYouMean(name, known), cmd.CommandPath())
}

// flagError names the nearest flag when one is unknown, and says what a flag
// with a wrong value expects.
func flagError(cmd *cobra.Command, err error) error {
	if name, ok := strings.CutPrefix(err.Error(), "unknown flag: --"); ok {
		var known []string
		for _, set := range []interface{ FlagUsages() string }{cmd.LocalFlags(), cmd.InheritedFlags()} {
			for line := range strings.Lines(set.FlagUsages()) {
				if _, flag, ok := strings.Cut(line, "--"); ok {
					known = append(known, strings.Fields(flag)[0])
				}
			}
		}
		return usagef("unknown flag --%s%s (see %s --help)", name, didYouMean(name, known), cmd.CommandPath())
	}
	if fault, reason, ok := strings.Cut(err.Error(), ": strconv."); ok {
		expected := "a whole number"
		switch {
		case strings.HasPrefix(reason, "ParseBool"):
			expected = "true or false"
		case strings.HasPrefix(reason, "ParseFloat"):
			expected = "a number"
		}
		return usagef("%s: %s is expected (see %s --help)", fault, expected, cmd.CommandPath())
	}
	return usagef("%v (see %s --help)", err, cmd.CommandPath())
}

// didYouMean is "; did you mean X?" with the name in known nearest to name, or
// nothing.
func didYouMean(name string, known []string) string {
	if near := spelling.Nearest(name, known); near != "" {
		return fmt.Sprintf("; did you mean %s?", near)
	}
	return ""
}

func (e *env) getenv(name, otherwise string) string {
	for _, kv := range e.environ {
		if value, ok := strings.CutPrefix(kv, name+"="); ok && value != "" {
			return value
		}
	}
	return otherwise
}

// logger is the log of this process, on standard error, of what is at least as
// grave as both --log-level and least.
func (e *env) logger(least slog.Level) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(e.logLevel)); err != nil {
		return nil, usagef("--log-level is %q; it may be debug, info, warn or error", e.logLevel)
	}
	opts := &slog.HandlerOptions{Level: max(level, least)}
	switch e.logFormat {
	case "text":
		return slog.New(slog.NewTextHandler(e.stderr, opts)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(e.stderr, opts)), nil
	}
	return nil, usagef("--log-format is %q; it may be text or json", e.logFormat)
}

// makeDataDir makes the data folder if it is not there.
func (e *env) makeDataDir() error {
	if err := os.MkdirAll(e.dataDir, 0o755); err != nil {
		return fmt.Errorf("cannot make the data folder %s: %w; name another with --data", e.dataDir, pathReason(err))
	}
	return nil
}

// needDataDir says what to do when there is no data folder yet.
func (e *env) needDataDir() error {
	info, err := os.Stat(e.dataDir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("there is no data folder %s; import articles first (alsolike import), or name another folder with --data", e.dataDir)
	case err != nil:
		return err
	case !info.IsDir():
		return fmt.Errorf("%s is a file, not a data folder; name a folder with --data", e.dataDir)
	}
	return nil
}

func (e *env) path(name ...string) string {
	return filepath.Join(append([]string{e.dataDir}, name...)...)
}

// withCure adds to an error of writing into the data folder what to do about it.
func (e *env) withCure(err error) error {
	switch {
	case errors.Is(err, os.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%w; this user must be allowed to write in the data folder %s", err, e.dataDir)
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("%w; free some space on the disk of %s and repeat", err, e.dataDir)
	}
	return err
}

// oneLine is s without line breaks and tabs, for a row of a table.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// pathReason is the bare reason of a file system's error, whose path the
// message names already.
func pathReason(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// writeJSON writes v to standard output as indented JSON.
func (e *env) writeJSON(v any) error {
	enc := json.NewEncoder(e.stdout)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
