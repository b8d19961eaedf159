package eventlog

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"

	"github.com/alsolike/alsolike/data/clicklog"
)

const (
	plain  = ".ndjson"
	packed = ".gz"
)

// fileName is the name of the nth file of a day while it is written.
func fileName(day string, n int) string {
	if n > 1 {
		return fmt.Sprintf("%s_%d%s", day, n, plain) // after the first in any order of names
	}
	return day + plain
}

// A dayFile is a file of the log.
type dayFile struct {
	path   string
	day    time.Time // its start
	packed bool
}

// dayFiles are the files of the log in folder by name, which is by time. Of a day
// that is there compressed and not, it is the compressed file; see the decisions.
func dayFiles(folder string) (files, left []dayFile, err error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, nil, err
	}
	names := map[string]bool{}
	for _, e := range entries {
		names[e.Name()] = true
	}
	for _, e := range entries {
		name, isPacked := strings.CutSuffix(e.Name(), packed)
		stem, isLog := strings.CutSuffix(name, plain)
		date, _, _ := strings.Cut(stem, "_")
		day, err := time.Parse(time.DateOnly, date)
		if err != nil || !isLog || !e.Type().IsRegular() {
			continue // not ours
		}
		f := dayFile{filepath.Join(folder, e.Name()), day, isPacked}
		if !isPacked && names[name+packed] {
			left = append(left, f)
		} else {
			files = append(files, f)
		}
	}
	return files, left, nil
}

// Files are the files of the log in folder that may hold events from since to until,
// in the order of time; zero times are open ends. An event is in the file of the day
// in which it was added, which may be the one after its own. Files returns
// fs.ErrNotExist if there is no folder.
func Files(folder string, since, until time.Time) ([]string, error) {
	files, _, err := dayFiles(folder)
	if err != nil {
		return nil, fmt.Errorf("eventlog: %w", err)
	}
	var paths []string
	for _, f := range files {
		if (since.IsZero() || f.day.Add(day).After(since)) && (until.IsZero() || f.day.Before(until.Add(day))) {
			paths = append(paths, f.path)
		}
	}
	return paths, nil
}

// remind fills the memory from the files of today and yesterday.
func (l *Log) remind() {
	start := l.opts.Now().UTC().Truncate(day).Add(-day)
	paths, err := Files(l.folder, start, time.Time{})
	if err != nil {
		l.opts.Log.Error("event log: what it holds cannot be read", "error", err)
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		select {
		case <-l.stop:
			cancel()
		case <-ctx.Done():
		}
	}()
	faults := 0
	for e, fault := range clicklog.ReadEvents(ctx, paths, clicklog.EventOptions{Format: clicklog.Own}) {
		if fault != nil {
			faults++
			if faults == 1 {
				l.opts.Log.Warn("event log: a line is no event; alsolike eval check tells of all", "error", fault)
			}
			continue
		}
		if done, err := l.memory.check(e); err == nil {
			l.memory.keep(done)
			l.opts.Observe(e)
		}
	}
}

// mend takes away what a crash left: the lines of files that were cut off, and files
// that were not yet compressed, or were already.
func mend(folder string, log *slog.Logger) error {
	files, left, err := dayFiles(folder)
	if err != nil {
		return err
	}
	temporary, err := filepath.Glob(filepath.Join(folder, temporaryName("*")))
	if err != nil {
		return err
	}
	for _, f := range left {
		temporary = append(temporary, f.path)
	}
	for _, path := range temporary {
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	for _, f := range files {
		if f.packed {
			continue
		}
		cut, err := cutTorn(f.path)
		if err != nil {
			return err
		}
		if cut > 0 {
			log.Warn("event log: a line was cut off by a crash and is taken away", "file", f.path, "bytes", cut)
		}
	}
	return nil
}

// cutTorn takes away what follows the last line of a file, and returns how much that
// was.
func cutTorn(path string) (int64, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, err
	}
	end := size
	for block := make([]byte, 64<<10); end > 0; {
		from := max(0, end-int64(len(block)))
		part := block[:end-from]
		if _, err := f.ReadAt(part, from); err != nil {
			return 0, err
		}
		at := bytes.LastIndexByte(part, '\n')
		end = from + int64(at) + 1
		if at >= 0 {
			break
		}
	}
	if end == size {
		return 0, nil
	}
	return size - end, f.Truncate(end)
}

// tidyUp compresses the days that are over and removes those that are no longer kept:
// now, when it is told, and every hour, in case it could not. It ends with ended.
func (l *Log) tidyUp(dayIsOver <-chan struct{}, ended <-chan struct{}) {
	hourly := time.NewTicker(time.Hour)
	defer hourly.Stop()
	for {
		if err := l.tidy(); err != nil && !errors.Is(err, ErrClosed) {
			l.opts.Log.Error("event log: the days that are over", "error", err)
		}
		select {
		case <-dayIsOver:
		case <-hourly.C:
		case <-ended:
			return
		}
	}
}

func (l *Log) tidy() error {
	files, _, err := dayFiles(l.folder)
	if err != nil {
		return err
	}
	first := l.firstOpenDay()
	var errs []error
	for _, f := range files {
		switch {
		case !f.day.Before(first):
		case l.opts.Retention > 0 && first.Sub(f.day)-day > l.opts.Retention:
			errs = append(errs, os.Remove(f.path))
		case !f.packed:
			errs = append(errs, l.pack(f.path))
		}
	}
	return errors.Join(errs...)
}

// temporaryName is the name of a file while it is compressed into.
func temporaryName(name string) string { return "." + name + packed + ".tmp" }

// pack puts a compressed file into the place of the one at path.
func (l *Log) pack(path string) (err error) {
	from, err := os.Open(path)
	if err != nil {
		return err
	}
	defer from.Close()
	temporary := filepath.Join(filepath.Dir(path), temporaryName(filepath.Base(path)))
	to, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
	if err != nil {
		return err
	}
	z := gzip.NewWriter(to)
	_, err = io.Copy(z, untilClosed{from, l.stop})
	if err = cmp.Or(err, z.Close(), to.Sync()); err != nil {
		return errors.Join(err, to.Close(), os.Remove(temporary))
	}
	if err = to.Close(); err != nil {
		return errors.Join(err, os.Remove(temporary))
	}
	if err := os.Rename(temporary, path+packed); err != nil {
		return errors.Join(err, os.Remove(temporary))
	}
	return os.Remove(path)
}

// untilClosed reads until the log is closed, and then returns ErrClosed.
type untilClosed struct {
	io.Reader
	stop <-chan struct{}
}

func (r untilClosed) Read(p []byte) (int, error) {
	select {
	case <-r.stop:
		return 0, ErrClosed
	default:
		return r.Reader.Read(p)
	}
}
