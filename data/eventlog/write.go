package eventlog

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// A file takes what is written to its end.
type file interface {
	io.Writer
	Sync() error
	Close() error
}

func openFile(path string) (file, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o640)
}

// run reads the memory and then writes what waits until Close, and all of it at the
// end. Beside it, days that are over are tidied up.
func (l *Log) run() {
	defer close(l.stopped)
	l.remind()
	l.mu.Lock()
	l.ready = true
	l.mu.Unlock()
	close(l.started)

	var tidying sync.WaitGroup
	defer tidying.Wait()
	dayIsOver, ended := make(chan struct{}, 1), make(chan struct{})
	defer close(ended)
	tidying.Go(func() { l.tidyUp(dayIsOver, ended) })

	w := writer{log: l, dayIsOver: dayIsOver}
	tick := time.NewTicker(l.opts.Flush)
	defer tick.Stop()
	for open := true; open; {
		select {
		case <-tick.C:
		case <-l.wake:
		case <-l.stop:
			open = false
		}
		w.write()
		w.endDay()
	}
	w.end()
}

// A writer writes what waits in a log. One goroutine has it.
type writer struct {
	log  *Log
	day  string // of file
	file file   // nil: none is open

	chunk chunk // what is being written: lines are those that are left

	dayIsOver chan<- struct{} // told when a file has been closed
}

// write writes what waits, as far as it can.
func (w *writer) write() {
	for w.next() {
		if err := w.writeChunk(); err != nil {
			w.trouble(err)
			return
		}
	}
	w.trouble(nil)
}

// next takes the next chunk, unless one is still there, and reports whether there is
// any.
func (w *writer) next() bool {
	if len(w.chunk.lines) > 0 {
		return true
	}
	l := w.log
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) == 0 {
		return false
	}
	w.chunk = l.waiting[0]
	l.waiting = l.waiting[1:]
	l.writing = w.chunk.day
	return true
}

func (w *writer) writeChunk() error {
	if w.day != w.chunk.day {
		if err := w.close(); err != nil {
			return err
		}
	}
	if w.file == nil {
		path, err := freePath(w.log.folder, w.chunk.day)
		if err == nil {
			w.file, err = w.log.openFile(path)
		}
		if err != nil {
			return err
		}
		w.day = w.chunk.day
	}
	n, err := w.file.Write(w.chunk.lines)
	done := int64(bytes.Count(w.chunk.lines[:n], []byte("\n")))
	w.chunk.lines = w.chunk.lines[n:]

	l := w.log
	l.mu.Lock()
	defer l.mu.Unlock()
	l.bytes -= n
	l.counts.Written += done
	l.counts.Waiting -= done
	return err
}

// endDay closes the file if its day is over and all of it is written.
func (w *writer) endDay() {
	l := w.log
	l.mu.Lock()
	over := w.file != nil && w.day < l.today() && len(w.chunk.lines) == 0 && len(l.waiting) == 0
	if over {
		l.writing = ""
	}
	l.mu.Unlock()
	if over {
		w.trouble(w.close())
	}
}

// close closes the file, if one is open.
func (w *writer) close() error {
	if w.file == nil {
		return nil
	}
	f := w.file
	w.file = nil
	select {
	case w.dayIsOver <- struct{}{}:
	default: // the one before has yet to be tidied up
	}
	return errors.Join(f.Sync(), f.Close())
}

// trouble notes err, which keeps the log from being written, or nil when it is.
func (w *writer) trouble(err error) {
	l := w.log
	l.mu.Lock()
	before, now := l.counts.Problem, ""
	if err != nil {
		now = err.Error()
	}
	l.counts.Problem = now
	waiting, lost := l.counts.Waiting, l.counts.Lost
	l.mu.Unlock()
	switch {
	case before == "" && now != "":
		l.opts.Log.Error("event log: nothing can be written; what comes in waits, as long as there is room", "error", err)
	case before != "" && now == "":
		l.opts.Log.Info("event log: it is written again", "waiting", waiting, "lost", lost)
	}
}

// end closes the file. What is not written by now is lost.
func (w *writer) end() {
	if err := w.close(); err != nil {
		w.trouble(err)
	}
	l := w.log
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts.Lost += l.counts.Waiting
	l.counts.Waiting = 0
}

// freePath is the file to which the events of a day are written: the day's, or a
// further one if that has been compressed.
func freePath(folder, day string) (string, error) {
	for n := 1; ; n++ {
		path := filepath.Join(folder, fileName(day, n))
		_, err := os.Lstat(path + packed)
		switch {
		case os.IsNotExist(err):
			return path, nil
		case err != nil:
			return "", err
		}
	}
}
