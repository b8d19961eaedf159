package clicklog

import (
	"context"
	"time"

	"github.com/alsolike/alsolike/data/record"
)

// A Mapping names the columns or fields of a log of reads.
type Mapping struct {
	Reader string
	Item   string
	Time   string // "": the log has no times; its order is the order of reading
}

// A Read is one article read by one reader.
type Read struct {
	Reader string
	Item   string
	Time   time.Time // zero if none is mapped
	Line   int
}

// A Log is what a log of reads holds, in order.
type Log struct {
	Reads    []Read
	Rows     int             // rows read, bad ones too
	NoReader int             // rows without reader
	NoItem   int             // rows without item
	Bad      []*record.Error // every row that is no Read, with its reason
}

func ReadReads(ctx context.Context, path string, m Mapping) (Log, error) { panic("soon") }
