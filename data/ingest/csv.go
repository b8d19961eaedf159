package ingest

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/record"
	"github.com/alsolike/alsolike/data/spelling"
)

// columns say which fields the columns of a CSV file hold.
type columns struct {
	names  []string   // of the header
	fields [][]string // of column i; nil: it is ignored
}

// readColumns reads the header of f. mapped gives the columns of fields that
// are not named like them. A file without any record has no columns.
func readColumns(f *record.File, mapped map[string]string) (*columns, error) {
	c := &columns{}
	for row := range f.Rows(data.MaxArticleBytes) {
		if row.Err != nil {
			return nil, fmt.Errorf("the header cannot be read: %s", row.Err.Reason)
		}
		c.names = row.Cells
		break
	}
	if c.names == nil {
		return c, nil
	}
	for i, name := range c.names {
		c.names[i] = strings.TrimSpace(name)
	}
	c.fields = make([][]string, len(c.names))
	for _, field := range slices.Sorted(maps.Keys(mapped)) {
		if !slices.Contains(columnFields, field) {
			return nil, fmt.Errorf("--map %s=%s: an article has no field %q%s", field, mapped[field], field, didYouMean(field, columnFields))
		}
		if err := c.assign(field, mapped[field]); err != nil {
			return nil, fmt.Errorf("--map %s=%s: %w", field, mapped[field], err)
		}
	}
	for _, name := range c.names {
		if _, taken := mapped[name]; taken || !slices.Contains(columnFields, name) || c.fields[slices.Index(c.names, name)] != nil {
			continue
		}
		if err := c.assign(name, name); err != nil {
			return nil, err
		}
	}
	return c, c.check()
}

// assign lets the column of that name hold field.
func (c *columns) assign(field, column string) error {
	i := slices.Index(c.names, column)
	switch {
	case i < 0 || column == "":
		return fmt.Errorf("the file has no column %q%s", column, didYouMean(column, c.names))
	case slices.Contains(c.names[i+1:], column):
		return fmt.Errorf("the file has two columns %q", column)
	}
	c.fields[i] = append(c.fields[i], field)
	return nil
}

// check reports what an article needs and no column holds.
func (c *columns) check() error {
	holds := func(field string) bool {
		return slices.ContainsFunc(c.fields, func(fields []string) bool { return slices.Contains(fields, field) })
	}
	var missing string
	switch {
	case !holds("id"):
		missing = "id"
	case !holds("title") && !holds("body"):
		missing = "title or body"
	default:
		return nil
	}
	if len(c.names) == 1 && strings.ContainsAny(c.names[0], ";\t") {
		return errors.New("the columns are parted by semicolons or tabs; commas are expected")
	}
	field, _, _ := strings.Cut(missing, " ")
	return fmt.Errorf("no column holds %s; say --map %s=COLUMN with one of %s", missing, field, quoteAll(c.names))
}

func quoteAll(names []string) string {
	var quoted []string
	for _, name := range names {
		if name != "" {
			quoted = append(quoted, data.Quote(name))
		}
	}
	return strings.Join(quoted, ", ")
}

func didYouMean(word string, known []string) string {
	if nearest := spelling.Nearest(word, known); nearest != "" {
		return fmt.Sprintf("; did you mean %q?", nearest)
	}
	return "; there are " + quoteAll(known)
}

func (s *Source) csvRecords(f *record.File, header *columns) iter.Seq[Record] {
	return func(yield func(Record) bool) {
		first := true
		for row := range f.Rows(data.MaxArticleBytes) {
			if first {
				first = false
				continue
			}
			r := Record{Line: row.Number, Err: row.Err}
			if r.Err == nil {
				s.refuse(&r, r.parseRow(row.Cells, header, &s.opts))
			}
			if !yield(r) {
				return
			}
		}
	}
}

// parseRow reads one row into r, or says why it cannot.
func (r *Record) parseRow(cells []string, c *columns, o *SourceOptions) (reason string) {
	if len(cells) != len(c.names) {
		return fmt.Sprintf("the row has %d columns, the header %d", len(cells), len(c.names))
	}
	for i, cell := range cells {
		if cell == "" || c.names[i] == "" {
			continue
		}
		if c.fields[i] == nil {
			r.Unknown = append(r.Unknown, c.names[i])
		}
		for _, field := range c.fields[i] {
			if reason := r.setCell(field, cell, o.Languages); reason != "" {
				return reason
			}
		}
	}
	slices.Sort(r.Unknown)
	return r.finish(o)
}
