package record

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A Format is a way to lay records out in a file.
type Format string

// The formats.
const (
	Auto  Format = "auto" // told by the name, else by the content
	JSONL Format = "jsonl"
	CSV   Format = "csv"
)

const bufferBytes = 64 << 10

// A File is open for reading records, from its start to its end, once.
type File struct {
	name string
	info fs.FileInfo
	disk *countingReader
	text *bufio.Reader // unpacked, without byte order mark
	line int           // lines read so far

	record []byte // room for the next record
}

// Open opens the file at path. It is an error if there is none, or if it is a
// folder or anything else than a plain file.
func Open(path string) (*File, error) {
	disk, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := disk.Stat()
	switch {
	case err != nil:
	case info.IsDir():
		err = fmt.Errorf("%s is a folder; name the files in it", path)
	case !info.Mode().IsRegular():
		err = fmt.Errorf("%s is no plain file; copy what it gives into one, since it is read more than once", path)
	}
	if err != nil {
		disk.Close()
		return nil, err
	}
	f := New(path, disk)
	f.info = info
	return f, nil
}

// New reads records from r, as Open does from a file; name stands in errors.
// There is no Info of it, and Close closes r if that can be closed.
func New(name string, r io.Reader) *File {
	f := &File{name: name, disk: &countingReader{from: r}}
	packed := bufio.NewReaderSize(f.disk, bufferBytes)
	f.text = packed
	if magic, _ := packed.Peek(2); string(magic) == "\x1f\x8b" {
		f.text = bufio.NewReaderSize(&gunzip{from: packed}, bufferBytes)
	}
	if mark, _ := f.text.Peek(3); string(mark) == "\ufeff" {
		f.text.Discard(len(mark))
	}
	return f
}

// Text reads what is left of the file as it is: unpacked, without byte order
// mark. It takes the place of Lines and Rows.
func (f *File) Text() io.Reader { return f.text }

// Info describes the file as it was when it was opened.
func (f *File) Info() fs.FileInfo { return f.info }

// Bytes is how much of the file has been read, as it lies on disk.
func (f *File) Bytes() int64 { return f.disk.n }

// Close closes the file.
func (f *File) Close() error {
	if c, ok := f.disk.from.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

// DetectFormat tells the format of the file at path by the ending of its name
// (.jsonl, .ndjson, .json or .csv, with or without .gz), else by its first line.
func DetectFormat(path string) (Format, error) {
	name := strings.TrimSuffix(strings.ToLower(path), ".gz")
	switch filepath.Ext(name) {
	case ".jsonl", ".ndjson", ".json":
		return JSONL, nil
	case ".csv":
		return CSV, nil
	}
	f, err := Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	start, _ := f.text.Peek(bufferBytes) // an error shows when the records are read
	start = bytes.TrimSpace(start)
	first, _, _ := bytes.Cut(start, []byte("\n"))
	switch {
	case len(start) == 0 || start[0] == '{' || start[0] == '[':
		return JSONL, nil
	case bytes.IndexByte(first, ',') >= 0:
		return CSV, nil
	}
	return "", fmt.Errorf("%s looks neither like JSON lines nor like CSV; say --format jsonl or --format csv", path)
}

// countingReader counts the bytes read.
type countingReader struct {
	from io.Reader
	n    int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.n += int64(n)
	return n, err
}

// gunzip is a gzip.Reader whose header is read with the first byte of content,
// so that a broken header is an error of reading like any other.
type gunzip struct {
	from io.Reader
	zip  *gzip.Reader
}

func (g *gunzip) Read(p []byte) (int, error) {
	if g.zip == nil {
		zip, err := gzip.NewReader(g.from)
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return 0, err
		}
		g.zip = zip
	}
	return g.zip.Read(p)
}

// ReadingReason says in plain words why a file could not be read to its end.
func ReadingReason(err error) string {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "the compressed data end too early: the file was cut off here, and only what stands before was read"
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader):
		return "the compressed data are damaged, and nothing after this line was read"
	}
	return fmt.Sprintf("nothing after this line could be read: %v", err)
}
