// Package ingest reads articles from files and stores them.
package ingest
