package ingest

import (
	"context"
	"iter"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/record"
)

// A RecordError is one record that cannot be taken: file:line: reason.
type RecordError = record.Error

// A Format is a way to write articles into a file.
type Format string

const (
	Auto  Format = "auto"
	JSONL Format = "jsonl"
	CSV   Format = "csv"
)

// SourceOptions say how a file is read. The zero value is the default.
type SourceOptions struct {
	Format  Format            // "": Auto
	Map     map[string]string // field -> column of a CSV file
	Lang    data.Lang         // of articles that name none
	Section string            // of articles that name none
}

// A Record is one record of a source.
type Record struct {
	Article data.Article
	Err     *RecordError // nil: Article is sound
	Line    int
	Unknown []string // names of fields that are kept out
	BadDate bool
	BadLang bool
	Bytes   int64 // of the file read so far, as it lies on disk
}

// A Source is a file of articles, read anew by every call of Records.
type Source struct{}

func Open(path string, o SourceOptions) (*Source, error)       { panic("soon") }
func (s *Source) Size() int64                                  { panic("soon") }
func (s *Source) Records(ctx context.Context) iter.Seq[Record] { panic("soon") }
func AppendJSONL(dst []byte, a data.Article) []byte            { panic("soon") }
