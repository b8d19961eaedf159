package clicklog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/alsolike/alsolike/data/record"
)

// A Format is a way in which systems write down what readers did.
type Format string

// The formats of event logs.
const (
	Auto Format = "auto"   // told by each file's name and first line
	Own  Format = "ndjson" // one event a line, named as ours are
	UBI  Format = "ubi"    // OpenSearch's User Behavior Insights, one event or query a line
	CSV  Format = "csv"    // one row an item shown, or a page viewed; an EventMapping names the columns
	MIND Format = "mind"   // behaviors.tsv and news.tsv of the MIND data set
)

// Formats are the names that a Format may have.
var Formats = []Format{Auto, Own, UBI, CSV, MIND}

// EventOptions say how to read an event log.
type EventOptions struct {
	Format  Format       // "" is Auto
	Mapping EventMapping // of CSV

	// SeedFromHistory takes the last article of a reader's history for the
	// article under which a list of MIND stood. The data set does not tell it.
	SeedFromHistory bool

	Workers  int                     // that parse; 0: one for each processor
	Progress func(done, total int64) // bytes of the files as they lie on disk; called beside the loop over the events
	Stats    *Stats                  // filled while reading; nil: nobody asks
}

// Stats are what reading a log came upon. They are complete when all events
// have been read.
type Stats struct {
	Files   int
	Lines   int            // that are not blank
	Unknown map[string]int // fields that no event has, and on how many lines or items they stood
	Units   map[string]int // how events told their time, such as "RFC 3339" or "milliseconds", and how many
}

// ReadEvents reads the event logs at paths, which are files or folders of files,
// in that order, a folder's files in the order of their names; gzip and zstd as
// they are. A line that is no event is a Fault in its place, and reading goes on.
// Files that cannot be read are faults too, of kind FaultFile. The events are the
// same, whatever the number of workers. It ends early when ctx does.
func ReadEvents(ctx context.Context, paths []string, opts EventOptions) iter.Seq2[Event, *Fault] {
	return func(yield func(Event, *Fault) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		r := &eventReader{ctx: ctx, opts: opts, yield: yield, stats: opts.Stats}
		if r.stats == nil {
			r.stats = &Stats{}
		}
		*r.stats = Stats{Unknown: map[string]int{}, Units: map[string]int{}}
		files, total, faults := logFiles(paths)
		r.total = total
		for _, f := range faults {
			if !yield(nil, f) {
				return
			}
		}
		for _, path := range files {
			if !r.file(path) {
				return
			}
		}
		if r.ubi != nil {
			r.ubi.flush(r)
		}
	}
}

// DetectEvents is the format of the first file at paths, as ReadEvents takes it; "" if
// it cannot be read.
func DetectEvents(paths []string, opts EventOptions) Format {
	files, _, _ := logFiles(paths)
	if len(files) == 0 {
		return ""
	}
	disk, err := os.Open(files[0])
	if err != nil {
		return ""
	}
	defer disk.Close()
	text, err := unpack(disk)
	if err != nil {
		return ""
	}
	defer text.Close()
	return detect(files[0], text, opts)
}

// logFiles are the files that paths name, and their size.
func logFiles(paths []string) (files []string, total int64, faults []*Fault) {
	add := func(path string, info fs.FileInfo) {
		files = append(files, path)
		total += info.Size()
	}
	for _, path := range paths {
		info, err := os.Stat(path)
		switch {
		case err != nil:
			faults = append(faults, &Fault{File: path, Kind: FaultFile, Reason: "it cannot be opened: " + reasonOf(err)})
			continue
		case !info.IsDir():
			add(path, info)
			continue
		}
		entries, err := os.ReadDir(path)
		if err != nil {
			faults = append(faults, &Fault{File: path, Kind: FaultFile, Reason: "the folder cannot be read: " + reasonOf(err)})
			continue
		}
		before := len(files)
		for _, e := range entries {
			if e.Type().IsRegular() && !strings.HasPrefix(e.Name(), ".") && isLogName(e.Name()) {
				if info, err := e.Info(); err == nil {
					add(filepath.Join(path, e.Name()), info)
				}
			}
		}
		if len(files) == before {
			faults = append(faults, &Fault{File: path, Kind: FaultFile, Reason: "the folder holds no file that ends in .ndjson, .jsonl, .json, .csv or .tsv, with or without .gz or .zst"})
		}
	}
	return files, total, faults
}

func isLogName(name string) bool {
	switch filepath.Ext(baseName(name)) {
	case ".ndjson", ".jsonl", ".json", ".csv", ".tsv":
		return true
	}
	return false
}

// baseName is the name of a file without folder and compression, in lower case.
func baseName(path string) string {
	name := strings.ToLower(filepath.Base(path))
	for _, ending := range []string{".gz", ".zst", ".zstd"} {
		name = strings.TrimSuffix(name, ending)
	}
	return name
}

func reasonOf(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return err.Error()
}

// An eventReader reads one file after the other.
type eventReader struct {
	ctx   context.Context
	opts  EventOptions
	yield func(Event, *Fault) bool
	stats *Stats
	ubi   *ubiLog // nil: no file of it yet

	mindFiles int // with lists, so far

	done, total int64 // bytes
	unit        unit  // of the file's times; noUnit: none with a unit yet
}

// file reads the file at path and reports whether to go on.
func (r *eventReader) file(path string) bool {
	if r.ctx.Err() != nil {
		return false
	}
	r.stats.Files++
	r.unit = noUnit
	disk, err := os.Open(path)
	if err != nil {
		return r.yield(nil, &Fault{File: path, Kind: FaultFile, Reason: "it cannot be opened: " + reasonOf(err)})
	}
	defer disk.Close()
	counted := &countingReader{from: disk, to: r}
	text, err := unpack(counted)
	if err != nil {
		return r.yield(nil, &Fault{File: path, Kind: FaultFile, Reason: record.ReadingReason(err)})
	}
	defer text.Close()
	switch detect(path, text, r.opts) {
	case UBI:
		return r.ubiFile(path, text)
	case CSV:
		return r.csvFile(path, text)
	case MIND:
		return r.mindFile(path, text)
	}
	return r.ownFile(path, text)
}

// A countingReader tells the progress. It may read while events are yielded.
type countingReader struct {
	from io.Reader
	to   *eventReader
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.to.done += int64(n)
	if c.to.opts.Progress != nil {
		c.to.opts.Progress(c.to.done, c.to.total)
	}
	return n, err
}

// A source is the unpacked text of a file, whose start can be looked at.
type source struct {
	io.Reader
	peeked []byte
	close  func()
}

func (s *source) Read(p []byte) (int, error) {
	if len(s.peeked) > 0 {
		n := copy(p, s.peeked)
		s.peeked = s.peeked[n:]
		return n, nil
	}
	return s.Reader.Read(p)
}

func (s *source) Close() { s.close() }

// peek is the start of what is left to read, as far as n bytes.
func (s *source) peek(n int) []byte {
	for len(s.peeked) < n {
		more := make([]byte, n-len(s.peeked))
		got, err := s.Reader.Read(more)
		s.peeked = append(s.peeked, more[:got]...)
		if err != nil {
			s.Reader = io.MultiReader(&failing{err})
			break
		}
	}
	return s.peeked
}

// failing gives the error of a read that was made before its time.
type failing struct{ err error }

func (f *failing) Read([]byte) (int, error) { return 0, f.err }

// maxWindow is as far as zstd's --long goes without being asked again.
const maxWindow = 128 << 20

// unpack tells the compression by the first bytes and skips a byte order mark.
func unpack(r io.Reader) (*source, error) {
	s := &source{Reader: r, close: func() {}}
	magic := s.peek(4)
	packed := &source{Reader: s.Reader, peeked: s.peeked}
	switch {
	case bytes.HasPrefix(magic, []byte("\x1f\x8b")):
		zip, err := gzip.NewReader(packed)
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return nil, err
		}
		s = &source{Reader: zip, close: func() {}}
	case bytes.HasPrefix(magic, []byte("\x28\xb5\x2f\xfd")):
		z, err := zstd.NewReader(packed, zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, err
		}
		s = &source{Reader: z, close: z.Close}
	}
	if mark := []byte("\ufeff"); bytes.HasPrefix(s.peek(len(mark)), mark) {
		s.peeked = s.peeked[len(mark):]
	}
	return s, nil
}

// detect tells the format of a file, unless the options do.
func detect(path string, text *source, opts EventOptions) Format {
	if opts.Format != "" && opts.Format != Auto {
		return opts.Format
	}
	name := baseName(path)
	first, _, _ := bytes.Cut(bytes.TrimSpace(text.peek(64<<10)), []byte("\n"))
	isJSON := len(first) > 0 && first[0] == '{'
	switch {
	case isJSON && (bytes.Contains(first, []byte(`"action_name"`)) || bytes.Contains(first, []byte(`"query_response_hit_ids"`)) || bytes.Contains(first, []byte(`"query_id"`))):
		return UBI
	case isJSON:
		return Own
	case name == "behaviors.tsv" || name == "news.tsv" || looksLikeMIND(first):
		return MIND
	case strings.HasSuffix(name, ".csv") || opts.Mapping != (EventMapping{}):
		return CSV
	}
	return Own
}

// take yields one entry and reports whether to go on.
func (r *eventReader) take(file string, e *entry) bool {
	if e.fault != nil {
		return r.yield(nil, e.fault)
	}
	if e.unit != noUnit {
		if r.unit == noUnit {
			r.unit = e.unit
		}
		if r.unit != e.unit {
			return r.yield(nil, &Fault{
				File: file, Line: e.line, Kind: FaultMixedUnits,
				Reason: fmt.Sprintf("the time counts %s, but others of this file %s; write one of them throughout", e.unit, r.unit),
			})
		}
	}
	switch e.event.(type) {
	case *Article, *Note:
	default:
		r.stats.Units[e.unit.String()]++
	}
	return r.yield(e.event, nil)
}

const (
	chunkBytes   = 1 << 20
	maxLineBytes = 64 << 20
)

// ownFile reads a file of our own events: one goroutine cuts the text into
// batches of whole lines, workers parse them, and they are yielded in order.
func (r *eventReader) ownFile(path string, text *source) bool {
	ctx, cancel := context.WithCancel(r.ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	workers := r.opts.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	type job struct {
		batch  *batch
		parsed chan struct{}
	}
	inFlight := workers + 2
	free := make(chan *batch, inFlight)
	for range inFlight {
		free <- &batch{file: path}
	}
	todo, order := make(chan job, inFlight), make(chan job, inFlight)
	var readErr error
	running.Go(func() {
		defer close(todo)
		defer close(order)
		readErr = cutLines(ctx, text, free, func(b *batch) {
			j := job{b, make(chan struct{})}
			todo <- j
			order <- j
		})
	})
	parsers := make([]*eventParser, workers)
	for i := range parsers {
		parsers[i] = newEventParser()
		running.Go(func() {
			for j := range todo {
				parsers[i].batch(j.batch)
				close(j.parsed)
			}
		})
	}
	lines := 0
	for j := range order {
		select {
		case <-j.parsed:
		case <-ctx.Done():
			return false
		}
		for i := range j.batch.entries {
			if !r.take(path, &j.batch.entries[i]) {
				return false
			}
		}
		lines = j.batch.first + bytes.Count(j.batch.text, []byte("\n"))
		r.stats.Lines += j.batch.lines
		free <- j.batch
	}
	running.Wait()
	for _, p := range parsers {
		for name, n := range p.unknown {
			r.stats.Unknown[name] += *n
		}
	}
	if readErr != nil && r.ctx.Err() == nil {
		return r.yield(nil, &Fault{File: path, Line: lines, Kind: FaultFile, Reason: record.ReadingReason(readErr)})
	}
	return r.ctx.Err() == nil
}

// cutLines fills free batches with whole lines of text and hands them to out.
func cutLines(ctx context.Context, text io.Reader, free <-chan *batch, out func(*batch)) error {
	var rest []byte // the start of a line whose end is still to come
	for line := 1; ; {
		var b *batch
		select {
		case b = <-free:
		case <-ctx.Done():
			return ctx.Err()
		}
		b.text = append(b.text[:0], rest...)
		rest = nil
		var err error
		for end := -1; end < 0 && err == nil; {
			from := len(b.text)
			b.text = slices.Grow(b.text, chunkBytes)[:from+chunkBytes]
			var n int
			n, err = fill(text, b.text[from:])
			b.text = b.text[:from+n]
			if from > maxLineBytes {
				return fmt.Errorf("a line is over %d MB long", maxLineBytes>>20)
			}
			if end = bytes.LastIndexByte(b.text[from:], '\n'); end >= 0 && err == nil {
				rest = append([]byte(nil), b.text[from+end+1:]...)
				b.text = b.text[:from+end+1]
			}
		}
		b.first = line
		line += bytes.Count(b.text, []byte("\n"))
		if len(b.text) > 0 {
			out(b)
		}
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
	}
}

// fill reads until p is full or r ends. Other than io.ReadFull it tells an end from
// one that comes too early.
func fill(r io.Reader, p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var got int
		got, err = r.Read(p[n:])
		n += got
	}
	return n, err
}

// UnknownFields are the names of the fields that no event has, ascending.
func (s *Stats) UnknownFields() []string { return slices.Sorted(maps.Keys(s.Unknown)) }
