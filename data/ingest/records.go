package ingest

import (
	"context"
	"fmt"
	"iter"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/record"
)

// openRecords opens a file of JSON lines or CSV.
func openRecords(s *Source) error {
	f, err := record.Open(s.name)
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
	before := f.Info()
	s.size = before.Size()
	s.read = func(context.Context) iter.Seq[Record] {
		return func(yield func(Record) bool) {
			f, err := record.Open(s.name)
			if err != nil {
				yield(s.refused(err.Error()))
				return
			}
			defer f.Close()
			if f.Info().Size() != before.Size() || !f.Info().ModTime().Equal(before.ModTime()) {
				yield(s.refused("the file changed while it was imported; import it again"))
				return
			}
			records := s.jsonRecords(f)
			if header != nil {
				records = s.csvRecords(f, header)
			}
			for r := range records {
				r.Bytes = f.Bytes()
				if !yield(r) {
					return
				}
			}
		}
	}
	return nil
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
