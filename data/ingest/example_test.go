package ingest_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/alsolike/alsolike/data/ingest"
	"github.com/alsolike/alsolike/data/sqlite"
)

// A file of articles goes into a store: good ones are kept, others are told.
func Example() {
	ctx := context.Background()
	folder, err := os.MkdirTemp("", "alsolike")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "articles.jsonl")
	const lines = `{"id": "a1", "title": "Rents rise again", "lang": "en", "published_at": "2026-05-04"}
{"id": "a2"}
`
	if err := os.WriteFile(path, []byte(lines), 0o644); err != nil {
		log.Fatal(err)
	}

	store, err := sqlite.Open(ctx, filepath.Join(folder, "alsolike.db"), sqlite.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()
	source, err := ingest.Open(path, ingest.SourceOptions{})
	if err != nil {
		log.Fatal(err)
	}
	summary, err := ingest.Import(ctx, []*ingest.Source{source}, store, ingest.Options{
		Report: func(e *ingest.RecordError) { fmt.Printf("line %d: %s\n", e.Line, e.Reason) },
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d added, %d refused\n", summary.Added, summary.Refused)
	// Output:
	// line 2: body holds no text, and neither does the title
	// 1 added, 1 refused
}
