package report

import (
	_ "embed"
)

//go:embed schema.json
var schema []byte

// Schema is the JSON Schema (2020-12) of what WriteJSON writes.
func Schema() []byte { return append([]byte{}, schema...) }
