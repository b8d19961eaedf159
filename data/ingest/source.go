package ingest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/record"
)

// A RecordError is one record that cannot be taken: file:line: reason.
type RecordError = record.Error

// A Format is a way to write articles into a file.
type Format = record.Format

// The formats.
const (
	Auto  = record.Auto
	JSONL = record.JSONL
	CSV   = record.CSV
)

// SourceOptions say how a file is read. The zero value is the default.
type SourceOptions struct {
	Format  Format            // "": Auto
	Map     map[string]string // field -> column of a CSV file
	Lang    data.Lang         // of articles that name none; "": data.Undetermined
	Section string            // of articles that name none
}

// A Record is one record of a source.
type Record struct {
	Article data.Article
	Err     *RecordError // nil: Article is valid
	Line    int          // of its first line, counted from 1
	Unknown []string     // names of fields that are kept out, in order
	BadDate bool         // a date was none
	BadLang bool         // the language was none
	Bytes   int64        // of the file read so far, as it lies on disk
}

// A Source is a file of articles, read anew by every call of Records.
type Source struct {
	path    string
	info    fs.FileInfo
	opts    SourceOptions
	columns *columns // of a CSV file
}

// Open looks at the file at path: that it can be read, its format and, of a
// CSV file, that its header fits o.Map. It leaves no file open.
func Open(path string, o SourceOptions) (*Source, error) {
	f, err := record.Open(path)
	if err != nil {
		return nil, fmt.Errorf("ingest: %w", err)
	}
	defer f.Close()
	s := &Source{path: path, info: f.Info(), opts: o}
	switch o.Format {
	case "", Auto:
		if s.opts.Format, err = record.DetectFormat(path); err != nil {
			return nil, fmt.Errorf("ingest: %w", err)
		}
	case JSONL, CSV:
	default:
		return nil, fmt.Errorf("ingest: format %q is unknown; it may be auto, jsonl or csv", o.Format)
	}
	if s.opts.Format == CSV {
		s.columns, err = readColumns(f, o.Map)
	} else if len(o.Map) > 0 {
		err = errors.New("--map names the columns of CSV files; this one is read as JSON lines")
	}
	if err != nil {
		return nil, fmt.Errorf("ingest: %s: %w", path, err)
	}
	return s, nil
}

// Size is how many bytes the file has on disk.
func (s *Source) Size() int64 { return s.info.Size() }

// Records reads the file from its start: good records and, in their places,
// refused ones. A file that cannot be read to its end yields a refused record
// last; one without any record yields that. It stops early when ctx ends.
func (s *Source) Records(ctx context.Context) iter.Seq[Record] {
	return func(yield func(Record) bool) {
		f, err := record.Open(s.path)
		if err != nil {
			yield(s.fileError(err.Error()))
			return
		}
		defer f.Close()
		if f.Info().Size() != s.info.Size() || !f.Info().ModTime().Equal(s.info.ModTime()) {
			yield(s.fileError("the file changed while it was imported; import it again"))
			return
		}
		records := s.jsonRecords(f)
		if s.opts.Format == CSV {
			records = s.csvRecords(f)
		}
		empty := true
		for r := range records {
			empty = false
			r.Bytes = f.Bytes()
			if ctx.Err() != nil || !yield(r) {
				return
			}
		}
		if empty {
			yield(s.fileError("the file holds no articles"))
		}
	}
}

func (s *Source) fileError(reason string) Record {
	return Record{Err: &RecordError{File: s.path, Reason: reason}, Bytes: s.Size()}
}

// refuse makes r a refused record if there is a reason to.
func (s *Source) refuse(r *Record, reason string) {
	if reason != "" {
		r.Err = &RecordError{File: s.path, Line: r.Line, Reason: reason}
	}
}

func (s *Source) jsonRecords(f *record.File) iter.Seq[Record] {
	return func(yield func(Record) bool) {
		for line := range f.Lines(data.MaxArticleBytes) {
			r := Record{Line: line.Number, Err: line.Err}
			if r.Err == nil {
				s.refuse(&r, r.parseJSON(line.Text, &s.opts))
			}
			if !yield(r) {
				return
			}
		}
	}
}
