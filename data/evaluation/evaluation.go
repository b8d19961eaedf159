package evaluation

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/alsolike/alsolike/data"
)

// Folder is the name within the data folder.
const Folder = "evaluations"

// The files of a run.
const (
	reportFile = "report.json"
	pageFile   = "report.html"
	runFile    = "run.json"
)

// aside begins the name of a folder that is being written.
const aside = ".new-"

// largest is the size of a file, in bytes, beyond which it is not read.
const largest = 64 << 20

// LongestName is that of a run, in characters.
const LongestName = 200

// A Dir is a folder of runs that are kept. It need not exist.
type Dir struct{ path string }

// Open returns the folder at path.
func Open(path string) *Dir { return &Dir{path} }

// A Run is an evaluation that is kept.
type Run struct {
	ID     string
	Time   time.Time // to the second
	Name   string    // that somebody has given it; may be empty
	Page   bool      // there is the report for people
	Report Report    // zero if there is Err
	Err    error     // why its report cannot be read
}

// runJSON is the content of runFile.
type runJSON struct {
	Time time.Time `json:"time"`
	Name string    `json:"name"`
}

const idTime = "20060102T150405Z"

var idPattern = regexp.MustCompile(`^\d{8}T\d{6}Z-[0-9a-f]{6}$`)

// parseID is the time within an id; ok is false for what is none.
func parseID(id string) (at time.Time, ok bool) {
	if !idPattern.MatchString(id) {
		return at, false
	}
	at, err := time.Parse(idTime, id[:len(idTime)])
	return at, err == nil
}

// CleanName is name on one line, or an error that says what is wrong with it.
func CleanName(name string) (string, error) {
	name = strings.Join(strings.Fields(strings.ToValidUTF8(name, "�")), " ")
	if n := len([]rune(name)); n > LongestName {
		return "", &data.InvalidError{Field: "name", Reason: fmt.Sprintf("has %d characters; %d are allowed", n, LongestName)}
	}
	return name, nil
}

// Keep keeps a run that was made at that time: its report as JSON, and as a page. It
// returns the id, under which everything is there or nothing. The same run of the same
// second is kept once.
func (d *Dir) Keep(at time.Time, name string, report, page []byte) (id string, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("evaluation: keep: %w", err)
		}
	}()
	if name, err = CleanName(name); err != nil {
		return "", err
	}
	at = at.UTC().Truncate(time.Second)
	about, err := json.Marshal(runJSON{at, name})
	if err != nil {
		return "", err
	}
	about = append(about, '\n')
	h := sha256.New()
	for _, part := range [][]byte{about, report, page} {
		fmt.Fprintln(h, len(part))
		h.Write(part)
	}
	id = at.Format(idTime) + "-" + hex.EncodeToString(h.Sum(nil)[:3])
	final := filepath.Join(d.path, id)
	if _, err := os.Stat(final); err == nil {
		return id, nil
	}
	if err := os.MkdirAll(d.path, 0o755); err != nil {
		return "", err
	}
	d.sweep(at)
	made, err := os.MkdirTemp(d.path, aside+"*")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(made)
	for _, file := range []struct {
		name string
		text []byte
	}{{reportFile, report}, {pageFile, page}, {runFile, about}} {
		if err := writeSynced(filepath.Join(made, file.name), file.text); err != nil {
			return "", err
		}
	}
	if err := os.Chmod(made, 0o755); err != nil {
		return "", err
	}
	if err := syncFolder(made); err != nil {
		return "", err
	}
	if err := os.Rename(made, final); err != nil {
		if _, found := os.Stat(final); found == nil { // somebody has kept the same meanwhile
			return id, nil
		}
		return "", err
	}
	return id, syncFolder(d.path)
}

// sweep removes what a crash has left of runs that were being written a day ago.
func (d *Dir) sweep(now time.Time) {
	left, _ := filepath.Glob(filepath.Join(d.path, aside+"*"))
	for _, path := range left {
		if info, err := os.Stat(path); err == nil && now.Sub(info.ModTime()) > 24*time.Hour {
			os.RemoveAll(path)
		}
	}
}

func writeSynced(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

func syncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// IDs are those of all runs, the newest first. What is called otherwise is none.
func (d *Dir) IDs() ([]string, error) {
	entries, err := os.ReadDir(d.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("evaluation: list: %w", err)
	}
	var ids []string
	for _, entry := range entries {
		if _, ok := parseID(entry.Name()); ok {
			ids = append(ids, entry.Name())
		}
	}
	slices.Sort(ids)
	slices.Reverse(ids)
	return ids, nil
}

// Runs reads up to limit runs, the newest first, of those that are older than the one of
// id before; "": of all. Where there are older ones yet, more is true.
func (d *Dir) Runs(before string, limit int) (runs []Run, more bool, err error) {
	ids, err := d.IDs()
	if err != nil {
		return nil, false, err
	}
	if before != "" {
		ids = slices.DeleteFunc(ids, func(id string) bool { return id >= before })
	}
	more = len(ids) > limit
	for _, id := range ids[:min(limit, len(ids))] {
		run, err := d.Run(id)
		if errors.Is(err, data.ErrNotFound) { // removed since
			continue
		}
		if err != nil {
			return nil, false, err
		}
		runs = append(runs, run)
	}
	return runs, more, nil
}

// Run reads the run of that id. It returns data.ErrNotFound if there is none.
func (d *Dir) Run(id string) (Run, error) {
	run, err := d.run(id)
	if err != nil || run.Err != nil {
		return run, err
	}
	f, size, err := d.open(id, reportFile)
	if err != nil {
		run.Err = missing(err)
		return run, nil
	}
	defer f.Close()
	run.Report, run.Err = parseFile(f, size)
	return run, nil
}

// JSON is the report of the run of that id as it was written. It returns data.ErrNotFound
// if there is no such run, and another error if the report cannot be read.
func (d *Dir) JSON(id string) ([]byte, error) {
	run, err := d.run(id)
	if err == nil {
		err = run.Err
	}
	if err != nil {
		return nil, err
	}
	text, err := d.file(id, reportFile)
	if err != nil {
		return nil, missing(err)
	}
	_, err = parseWhole(text)
	return text, err
}

// HTML is the page of the run of that id as it was written, or data.ErrNotFound.
func (d *Dir) HTML(id string) ([]byte, error) {
	if _, ok := parseID(id); !ok {
		return nil, data.ErrNotFound
	}
	return d.file(id, pageFile)
}

// run is the run of that id without its report.
func (d *Dir) run(id string) (Run, error) {
	at, ok := parseID(id)
	if !ok {
		return Run{}, data.ErrNotFound
	}
	run := Run{ID: id, Time: at}
	info, err := os.Stat(filepath.Join(d.path, id))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Run{}, data.ErrNotFound
	case err == nil && !info.IsDir():
		run.Err = errors.New("is a file, and no folder")
		return run, nil
	}
	if about, err := d.file(id, runFile); err == nil { // without it, the run has no name
		var r runJSON
		if json.Unmarshal(about, &r) == nil {
			if name, err := CleanName(r.Name); err == nil {
				run.Name = name
			}
		}
	}
	info, err = os.Stat(filepath.Join(d.path, id, pageFile))
	run.Page = err == nil && info.Mode().IsRegular()
	return run, nil
}

// open opens a file of a run, of whose id the caller is sure, and returns its size; what a
// link leads to outside of the folder is not opened. It returns data.ErrNotFound if there
// is none.
func (d *Dir) open(id, name string) (f *os.File, size int64, err error) {
	f, err = os.OpenInRoot(d.path, filepath.Join(id, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, data.ErrNotFound
	}
	if err != nil {
		return nil, 0, fmt.Errorf("%s cannot be read: %w", name, reason(err))
	}
	info, err := f.Stat()
	switch {
	case err != nil:
		err = fmt.Errorf("%s cannot be read: %w", name, reason(err))
	case !info.Mode().IsRegular():
		err = fmt.Errorf("%s is no file", name)
	case info.Size() > largest:
		err = fmt.Errorf("%s has %d MB; up to %d MB are read", name, info.Size()>>20, largest>>20)
	}
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}

// file reads what open opens.
func (d *Dir) file(id, name string) ([]byte, error) {
	f, size, err := d.open(id, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text := make([]byte, size)
	if _, err := io.ReadFull(f, text); err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", name, reason(err))
	}
	return text, nil
}

// missing is err, which is about the report of a run that there is.
func missing(err error) error {
	if errors.Is(err, data.ErrNotFound) {
		return errors.New(reportFile + " is missing")
	}
	return err
}

// reason is err without the path that it is about.
func reason(err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err
	}
	return err
}

// whole ends a report that eval run has written, and nothing but the whole of it.
const whole = "\n}\n"

// parseFile reads what concerns the gates in a report of that size: of one that is
// whole, no more than that.
func parseFile(f io.ReaderAt, size int64) (Report, error) {
	end := make([]byte, min(size, int64(len(whole))))
	_, err := f.ReadAt(end, size-int64(len(end)))
	if err != nil && !errors.Is(err, io.EOF) {
		return Report{}, fmt.Errorf("%s cannot be read: %w", reportFile, reason(err))
	}
	if string(end) == whole {
		r, err := parseBeginning(io.NewSectionReader(f, 0, size))
		return checked(r, err)
	}
	text, err := io.ReadAll(io.NewSectionReader(f, 0, size))
	if err != nil {
		return Report{}, fmt.Errorf("%s cannot be read: %w", reportFile, reason(err))
	}
	return parseWhole(text)
}

// parseWhole is Parse of what must be a report.
func parseWhole(text []byte) (Report, error) { return checked(Parse(text)) }

// checked is an error if r is no report.
func checked(r Report, err error) (Report, error) {
	if err != nil {
		return Report{}, fmt.Errorf("%s is no report: %w", reportFile, err)
	}
	if !slices.Contains([]string{Pass, Warn, Fail, Inconclusive, None}, r.Verdict) {
		return Report{}, fmt.Errorf("%s is no report of an evaluation: it has no verdict", reportFile)
	}
	return r, nil
}
