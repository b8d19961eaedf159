package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/record"
)

// A document is a file of a source that holds one article.
type document struct {
	path    string // under the source, with "/"; of a single file its name
	size    int64
	content []byte // unpacked
	url     string // of a page from the network; "": it is a file
}

// id is the path without its extension, or the canonical URL.
func (d *document) id() data.ArticleID {
	if d.url != "" {
		return data.ArticleID(data.CanonicalURL(d.url))
	}
	return data.ArticleID(trimExtension(d.path))
}

// trimExtension cuts the ending off, and that of a compressed file with it.
func trimExtension(name string) string {
	name = strings.TrimSuffix(name, ".gz")
	if ext := path.Ext(name); ext != "" && ext != path.Base(name) {
		return strings.TrimSuffix(name, ext)
	}
	return name
}

// openDocuments opens a file, or the files of a folder that wanted says yes
// to, each an article that parse reads into a record or says why it cannot.
// prepare, unless nil, is called with all of them before any is read.
func (s *Source) openDocuments(wanted func(path string) bool, prepare func([]document), parse func(r *Record, d *document) (reason string)) error {
	if s.page != nil {
		s.read = func(context.Context) iter.Seq[Record] {
			d := document{path: path.Base(s.page.URL), content: s.page.Body, url: s.page.URL}
			prepareAll(prepare, []document{d})
			r := s.parseDocument(&d, s.name, parse)
			return func(yield func(Record) bool) { yield(r) }
		}
		return nil
	}
	folder, docs, err := listDocuments(s.name, wanted)
	if err != nil {
		return err
	}
	for _, d := range docs {
		s.size += d.size
	}
	prepareAll(prepare, docs)
	s.read = func(context.Context) iter.Seq[Record] {
		return func(yield func(Record) bool) {
			var done int64
			for _, d := range docs {
				done += d.size
				name := filepath.Join(folder, filepath.FromSlash(d.path))
				var r Record
				if d.content, err = readDocument(name); err != nil {
					r.Err = &RecordError{File: name, Reason: err.Error()}
				} else {
					r = s.parseDocument(&d, name, parse)
				}
				r.Bytes = done
				if !yield(r) {
					return
				}
			}
		}
	}
	return nil
}

func prepareAll(prepare func([]document), docs []document) {
	if prepare != nil {
		prepare(docs)
	}
}

// parseDocument reads d into a record; name stands in its error.
func (s *Source) parseDocument(d *document, name string, parse func(r *Record, d *document) string) Record {
	var r Record
	if reason := parse(&r, d); reason != "" {
		r.Err = &RecordError{File: name, Reason: reason}
	}
	return r
}

// listDocuments lists the file at root, or the wanted files of the folder
// there, in the order of their paths. Hidden files and folders, and what hangs
// on symbolic links, are left out.
func listDocuments(root string, wanted func(path string) bool) (folder string, docs []document, err error) {
	info, err := os.Stat(root)
	if err != nil {
		return "", nil, err
	}
	if !info.IsDir() {
		f, err := record.Open(root) // tells what is wrong with a file that is none
		if err != nil {
			return "", nil, err
		}
		f.Close()
		return filepath.Dir(root), []document{{path: filepath.Base(root), size: info.Size()}}, nil
	}
	root, err = filepath.EvalSymlinks(root) // else a link to a folder would be left out as a whole
	if err != nil {
		return "", nil, err
	}
	err = filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name != root && isHidden(entry) {
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		relative, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		relative = filepath.ToSlash(relative)
		if !entry.Type().IsRegular() || !wanted(relative) {
			return nil
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		docs = append(docs, document{path: relative, size: info.Size()})
		return nil
	})
	slices.SortFunc(docs, func(a, b document) int { return strings.Compare(a.path, b.path) })
	return root, docs, err
}

// isHidden reports whether a file or folder is a tool's and not the site's.
func isHidden(entry fs.DirEntry) bool {
	name := entry.Name()
	return strings.HasPrefix(name, ".") || entry.IsDir() && slices.Contains([]string{"node_modules", "vendor", "__MACOSX"}, name)
}

// readDocument is the content of a file that holds one article, unpacked.
func readDocument(name string) ([]byte, error) {
	f, err := record.Open(name)
	if err != nil {
		return nil, errors.Unwrap(err) // the name stands before it anyway
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f.Text(), data.MaxArticleBytes+1))
	switch {
	case err != nil:
		return nil, errors.New(record.ReadingReason(err))
	case len(content) > data.MaxArticleBytes:
		return nil, fmt.Errorf("the file is over %d MB", data.MaxArticleBytes>>20)
	}
	return content, nil
}

// plain is content as UTF-8 with plain line ends, or why it is none.
func plain(content []byte) (text, reason string) {
	if bytes.HasPrefix(content, []byte("\xff\xfe")) || bytes.HasPrefix(content, []byte("\xfe\xff")) {
		decoded, err := unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM).NewDecoder().Bytes(content)
		if err != nil {
			return "", "the file is not valid UTF-16"
		}
		content = decoded
	}
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	if !utf8.Valid(content) {
		return "", "the file is not valid UTF-8; convert it"
	}
	text = strings.ReplaceAll(string(content), "\r\n", "\n")
	return strings.ReplaceAll(text, "\r", "\n"), ""
}

// hasExtension tells names that end in one of the extensions, compressed or not.
func hasExtension(extensions ...string) func(name string) bool {
	return func(name string) bool {
		return slices.Contains(extensions, path.Ext(strings.TrimSuffix(strings.ToLower(name), ".gz")))
	}
}
