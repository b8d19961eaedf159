package ingest

// ParseJSON reads one line of JSON lines, which is valid UTF-8.
func ParseJSON(line []byte) (r Record, reason string) {
	reason = r.parseJSON(line, &SourceOptions{})
	return r, reason
}
