package snapshot

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/recommend/knn"
)

// Contents is what a snapshot is written from. Row i of every part is the
// article of Cards[i].
type Contents struct {
	Cards      []data.Card // strictly ascending by ID
	Vectors    embed.Dense // n × rank, rows of length 1 or zero
	Candidates knn.Lists
	Model      io.WriterTo

	Boilerplate io.WriterTo // nil: none
	Manifest    Manifest    // what the caller knows; see there what Write sets
}

func (c *Contents) validate() error {
	n := len(c.Cards)
	if c.Vectors.Rows != n || len(c.Candidates.Len) != n || c.Model == nil {
		panic("snapshot: length mismatch, or no model")
	}
	for row := range n {
		if row > 0 && c.Cards[row-1].ID >= c.Cards[row].ID {
			return fmt.Errorf("article %q stands before %q, and ids must ascend", c.Cards[row-1].ID, c.Cards[row].ID)
		}
		before := float32(1)
		for _, candidate := range c.Candidates.Row(row) {
			if !sound(candidate, n, before) {
				return fmt.Errorf("article %q, one of %d, has the candidate %v after one of %v", c.Cards[row].ID, n, candidate, before)
			}
			before = candidate.Cosine
		}
	}
	return nil
}

// sound reports whether c can be a candidate among n articles, after one of
// cosine before.
func sound(c knn.Neighbour, n int, before float32) bool {
	return c.Row >= 0 && int(c.Row) < n && c.Cosine > 0 && c.Cosine <= before
}

// Write makes a snapshot of c and returns its id. The snapshot is complete on
// disk and in its place, or not there at all; it is not published.
//
// Only one process may write at a time: Write removes what others that crashed
// have left half done.
func (d *Dir) Write(ctx context.Context, c Contents) (id string, err error) {
	if err := c.validate(); err != nil {
		return "", fmt.Errorf("snapshot: write: %w", err)
	}
	id, err = d.write(ctx, &c)
	if err != nil {
		return "", fmt.Errorf("snapshot: write: %w", err)
	}
	return id, nil
}

func (d *Dir) write(ctx context.Context, c *Contents) (id string, err error) {
	if err := errors.Join(d.fs.Mkdir(d.path), d.fs.SyncDir(filepath.Dir(d.path)), d.sweep()); err != nil {
		return "", err
	}
	aside := filepath.Join(d.path, fmt.Sprintf("%s%d", asidePrefix, os.Getpid()))
	if err := d.fs.Mkdir(aside); err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(aside))
		}
	}()
	m := c.Manifest
	if m.Created.IsZero() {
		m.Created = time.Now()
	}
	m.Created, m.AsOf = m.Created.UTC(), m.AsOf.UTC()
	m.Layout, m.Rank, m.Neighbours = layout, c.Vectors.Dim, c.Candidates.K
	m.Counts = Counts{Articles: len(c.Cards), Languages: map[data.Lang]int{}}
	for i := range c.Cards {
		m.Counts.Languages[c.Cards[i].Lang]++
	}
	m.Files = map[string]File{}
	for _, f := range []struct {
		name string
		fill func(io.Writer) error
	}{
		{cardsFile, c.writeCards},
		{stringsFile, c.writeStrings},
		{urlsFile, c.writeURLs},
		{vectorsFile, c.writeVectors},
		{candidatesFile, c.writeCandidates},
		{modelFile, func(w io.Writer) error { _, err := c.Model.WriteTo(w); return err }},
		{boilerplateFile, c.writeBoilerplate},
	} {
		if m.Files[f.name], err = writeFile(ctx, d.fs, filepath.Join(aside, f.name), f.fill); err != nil {
			return "", err
		}
	}
	m.ID = d.freeID(&m)
	sealed, err := seal(&m)
	if err != nil {
		return "", err
	}
	if _, err := writeFile(ctx, d.fs, filepath.Join(aside, manifestFile), func(w io.Writer) error {
		_, err := w.Write(sealed)
		return err
	}); err != nil {
		return "", err
	}
	return m.ID, d.putInPlace(aside, filepath.Join(d.path, m.ID))
}

// asidePrefix starts the names of folders that are being written.
const asidePrefix = ".tmp-"

// sweep removes what crashes have left.
func (d *Dir) sweep() error {
	left, err := filepath.Glob(filepath.Join(d.path, asidePrefix+"*"))
	for _, path := range left {
		err = errors.Join(err, os.RemoveAll(path))
	}
	return err
}

func (d *Dir) freeID(m *Manifest) string {
	for attempt := 0; ; attempt++ {
		id := newID(m, attempt)
		if _, err := os.Lstat(filepath.Join(d.path, id)); errors.Is(err, os.ErrNotExist) {
			return id
		}
	}
}

func (d *Dir) putInPlace(aside, path string) error {
	if err := d.fs.SyncDir(aside); err != nil {
		return err
	}
	if err := d.fs.Rename(aside, path); err != nil {
		return err
	}
	if err := d.fs.SyncDir(d.path); err != nil {
		return errors.Join(err, os.RemoveAll(path)) // it might not outlive a loss of power
	}
	return nil
}

// recordBytes is the size of a record of cards.bin; see the package comment.
const recordBytes = 8 + 8*4 + 8 + 4 + 4

// The flags of a card. Of the states, none set means published.
const (
	flagUnpublished = 1 << iota
	flagHidden
	flagNoLinkTo
	flagNoLinks
	allFlags = 1<<iota - 1
)

func cardStrings(c *data.Card) [8]string {
	return [8]string{string(c.ID), c.Title, c.URL, c.Section, string(c.Lang), c.Image.Src, c.Image.Alt, string(c.Group)}
}

func cardFlags(c *data.Card) (flags uint32) {
	switch c.State {
	case data.Unpublished:
		flags |= flagUnpublished
	case data.Hidden:
		flags |= flagHidden
	}
	if c.NoLinkTo {
		flags |= flagNoLinkTo
	}
	if c.NoLinks {
		flags |= flagNoLinks
	}
	return flags
}

func (c *Contents) writeCards(w io.Writer) error {
	var offset uint64
	b := make([]byte, 0, recordBytes)
	for i := range c.Cards {
		card := &c.Cards[i]
		b = binary.LittleEndian.AppendUint64(b[:0], offset)
		for _, s := range cardStrings(card) {
			b = binary.LittleEndian.AppendUint32(b, uint32(len(s)))
			offset += uint64(len(s))
		}
		b = binary.LittleEndian.AppendUint64(b, uint64(card.PublishedAt.Unix()))
		b = binary.LittleEndian.AppendUint32(b, uint32(card.PublishedAt.Nanosecond()))
		b = binary.LittleEndian.AppendUint32(b, cardFlags(card))
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	return nil
}

func (c *Contents) writeStrings(w io.Writer) error {
	for i := range c.Cards {
		for _, s := range cardStrings(&c.Cards[i]) {
			if _, err := io.WriteString(w, s); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *Contents) writeURLs(w io.Writer) error {
	var entries []urlEntry
	for i := range c.Cards {
		if key := data.CanonicalURL(c.Cards[i].URL); key != "" {
			entries = append(entries, urlEntry{hashURL(key), uint32(i)})
		}
	}
	slices.SortFunc(entries, urlEntry.compare)
	return binary.Write(w, binary.LittleEndian, entries)
}

func (c *Contents) writeVectors(w io.Writer) error {
	for i := range c.Vectors.Rows {
		if err := binary.Write(w, binary.LittleEndian, c.Vectors.Row(i)); err != nil {
			return err
		}
	}
	return nil
}

func (c *Contents) writeBoilerplate(w io.Writer) error {
	if c.Boilerplate == nil {
		return nil
	}
	_, err := c.Boilerplate.WriteTo(w)
	return err
}

func (c *Contents) writeCandidates(w io.Writer) error {
	if err := binary.Write(w, binary.LittleEndian, c.Candidates.Len); err != nil {
		return err
	}
	b := make([]byte, 0, c.Candidates.K*8)
	for i := range c.Candidates.Len {
		b = b[:0]
		for _, n := range c.Candidates.Row(i) {
			b = binary.LittleEndian.AppendUint32(b, uint32(n.Row))
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(n.Cosine))
		}
		clear(b[len(b):cap(b)])
		if _, err := w.Write(b[:cap(b)]); err != nil {
			return err
		}
	}
	return nil
}
