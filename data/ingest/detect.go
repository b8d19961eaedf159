package ingest

import (
	"strings"

	"github.com/alsolike/alsolike/data/record"
)

// detect tells the format of what lies at path.
func detect(path string) (Format, error) { return record.DetectFormat(path) }

// formatNames lists the formats for a message.
func formatNames() string {
	names := make([]string, len(Formats))
	for i, f := range Formats {
		names[i] = string(f)
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}
