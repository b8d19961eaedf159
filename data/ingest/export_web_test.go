package ingest

import "context"

// ParseFeed reads the items of a feed.
func ParseFeed(ctx context.Context, content []byte) (records []Record) {
	s := &Source{name: "feed"}
	for r := range s.feedRecords(ctx, content, nil) {
		records = append(records, r)
	}
	return records
}

// ParseSitemap reads the addresses in a sitemap.
func ParseSitemap(content []byte) (addresses []string) {
	entries, _, _ := parseSitemap(content)
	for i := range entries {
		addresses = append(addresses, entries[i].loc)
	}
	return addresses
}
