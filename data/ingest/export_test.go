package ingest

import (
	"context"
	"iter"
	"time"

	"github.com/alsolike/alsolike/data/fetch"
)

// ParseJSON reads one line of JSON lines, which is valid UTF-8.
func ParseJSON(line []byte) (r Record, reason string) {
	reason = r.parseJSON(line, &SourceOptions{})
	return r, reason
}

// ParseContent reads what a page at https://a.example/NAME holds.
func ParseContent(name string, content []byte, o SourceOptions) iter.Seq[Record] {
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Source{name: name, opts: o, page: &fetch.Page{URL: "https://a.example/" + name, Body: content}}
	if err := openers[o.Format](s); err != nil {
		return func(yield func(Record) bool) { yield(s.refused(err.Error())) }
	}
	return s.Records(context.Background())
}

// Sniff tells a format.
var Sniff = sniff

// SetItemBytes bounds items of WordPress and returns the bound before.
func SetItemBytes(n int64) (before int64) {
	before, itemBytes = itemBytes, n
	return before
}
