package ingest

import (
	"bytes"
	"context"
	"fmt"
	"iter"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/record"
)

// openRecords opens a file of JSON lines or CSV.
func openRecords(s *Source) error {
	f, err := s.openFile()
	if err != nil {
		return err
	}
	defer f.Close()
	var header *columns // of a CSV file
	if s.opts.Format == CSV {
		if header, err = readColumns(f, s.opts.Map); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	s.readFile(f, func(_ context.Context, f *record.File) iter.Seq[Record] {
		if header != nil {
			return s.csvRecords(f, header)
		}
		return s.jsonRecords(f)
	})
	return nil
}

// openFile opens the file of s, or the page that was fetched.
func (s *Source) openFile() (*record.File, error) {
	if s.page != nil {
		return record.New(s.name, bytes.NewReader(s.page.Body)), nil
	}
	return record.Open(s.name)
}

// readFile lets s read its file, which is f, by records. A file that changes
// between two readings is refused.
func (s *Source) readFile(f *record.File, records func(context.Context, *record.File) iter.Seq[Record]) {
	before := f.Info()
	if before != nil {
		s.size = before.Size()
	}
	s.read = func(ctx context.Context) iter.Seq[Record] {
		return func(yield func(Record) bool) {
			f, err := s.openFile()
			if err != nil {
				yield(s.refused(err.Error()))
				return
			}
			defer f.Close()
			if before != nil && (f.Info().Size() != before.Size() || !f.Info().ModTime().Equal(before.ModTime())) {
				yield(s.refused("the file changed while it was imported; import it again"))
				return
			}
			for r := range records(ctx, f) {
				r.Bytes = f.Bytes()
				if !yield(r) {
					return
				}
			}
		}
	}
}

// refuse makes r a refused record if there is a reason to.
func (s *Source) refuse(r *Record, reason string) {
	if reason != "" {
		r.Err = &RecordError{File: s.name, Line: r.Line, Reason: reason}
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
