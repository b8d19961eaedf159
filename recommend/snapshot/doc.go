// Package snapshot writes and maps the files of a snapshot: the immutable
// outcome of one refresh.
package snapshot
