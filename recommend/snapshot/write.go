package snapshot

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/rank"
	"github.com/alsolike/alsolike/recommend/story"
)

// Contents is what a snapshot is written from. Row i of every part is the
// article of Cards[i].
type Contents struct {
	Cards      []data.Card // strictly ascending by ID
	Vectors    embed.Dense // n × rank, rows of length 1 or zero
	Candidates knn.Lists
	Model      io.WriterTo

	Cross       *Cross      // nil: there is no cross-language space
	Boilerplate io.WriterTo // nil: none
	Origins     []Origin    // nil: not known

	// Terms is the weighted terms of every row: terms × n, columns of length 1 or zero,
	// terms numbered as in the lsa.Space of the row's language. nil: not kept.
	Terms   *embed.Sparse
	Links   rank.Lists // the ranked lists; without Len: none, and the candidates serve
	Stories []uint32   // the number of every row's cluster of near-duplicates, below n; nil: not known

	Sketches []story.Sketch // of every row's text, from which Stories were found; nil: not kept

	Manifest Manifest // what the caller knows; see there what Write sets

	// Parent, if not nil, is a snapshot of the same Dir whose model, boilerplate
	// and, beside Cross, cross-language model are this one's too: their files are
	// shared, and Model, Boilerplate and Cross.Model are nil.
	Parent *Snapshot

	// Finish, if not nil, may complete the manifest once all other files are written.
	Finish func(*Manifest)
}

// Cross is the cross-language part of a snapshot: vectors that can be compared
// across languages, and the candidates of every article in other languages.
type Cross struct {
	Vectors    embed.Dense // n × rank, rows of length 1 or zero
	Candidates knn.Lists
	Model      io.WriterTo
}

func (c *Contents) validate() error {
	n := len(c.Cards)
	if c.Vectors.Rows != n || len(c.Candidates.Len) != n || (c.Model == nil) != (c.Parent != nil) || c.Origins != nil && len(c.Origins) != n ||
		c.Terms != nil && c.Terms.Cols != n || c.Links.Len != nil && len(c.Links.Len) != n || c.Stories != nil && len(c.Stories) != n ||
		c.Sketches != nil && len(c.Sketches) != n {
		panic("snapshot: length mismatch, or no model")
	}
	if c.Parent != nil && (c.Boilerplate != nil || c.Cross != nil && !c.Parent.HasCross()) {
		panic("snapshot: not the parent's model or boilerplate")
	}
	lists := []knn.Lists{c.Candidates}
	if c.Cross != nil {
		if c.Cross.Vectors.Rows != n || len(c.Cross.Candidates.Len) != n || (c.Cross.Model == nil) != (c.Parent != nil) {
			panic("snapshot: length mismatch, or no model, across languages")
		}
		lists = append(lists, c.Cross.Candidates)
	}
	for row := range n {
		if row > 0 && c.Cards[row-1].ID >= c.Cards[row].ID {
			return fmt.Errorf("article %q stands before %q, and ids must ascend", c.Cards[row-1].ID, c.Cards[row].ID)
		}
		for _, l := range lists {
			before := float32(1)
			for _, candidate := range l.Row(row) {
				if !sound(candidate, n, before) {
					return fmt.Errorf("article %q, one of %d, has the candidate %v after one of %v", c.Cards[row].ID, n, candidate, before)
				}
				before = candidate.Cosine
			}
		}
	}
	return cmp.Or(checkTerms(c.Terms), checkLinks(c.Links), checkStories(c.Stories), checkSketches(c.Sketches))
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
	m, err := d.WriteManifest(ctx, c)
	return m.ID, err
}

// WriteManifest is Write, and returns the manifest of what was written.
func (d *Dir) WriteManifest(ctx context.Context, c Contents) (Manifest, error) {
	m, err := d.write(ctx, &c)
	if err != nil {
		return Manifest{}, fmt.Errorf("snapshot: write: %w", err)
	}
	return *m, nil
}

// WriteAndPublish is Write, and Publish of what was written, which it does not
// read again: it has its checksums from the writing. It returns the snapshot's
// manifest. Where publishing fails, the snapshot is there all the same.
func (d *Dir) WriteAndPublish(ctx context.Context, c Contents) (Manifest, error) {
	m, err := d.WriteManifest(ctx, c)
	if err != nil {
		return Manifest{}, err
	}
	if err := d.publish(func(p *pointer) error {
		before, by := p.current(), d.decision()
		p.serve(m.ID, m.Created, by)
		p.note(Publishes, m.ID, before, m.ID, by, 0).Itself = d.author == ""
		return nil
	}); err != nil {
		return Manifest{}, fmt.Errorf("snapshot: publish: %w", err)
	}
	return m, nil
}

func (d *Dir) write(ctx context.Context, c *Contents) (m *Manifest, err error) {
	if err := c.validate(); err != nil {
		return nil, err
	}
	groups := groupRows(c.Cards)
	m = c.manifest(len(groups))
	cross := cmp.Or(c.Cross, new(Cross))
	return m, d.make(ctx, m, c.Parent, []filling{ // the long ones first
		{vectorsFile, func(w io.Writer) error { return writeVectors(w, c.Vectors) }},
		c.part(modelFile, c.Model),
		{termsFile, func(w io.Writer) error { return writeTerms(w, c.Terms) }},
		{sketchesFile, func(w io.Writer) error { return writeNumbers(w, c.Sketches) }},
		{linksFile, func(w io.Writer) error { return writeLinks(w, c.Links) }},
		{candidatesFile, func(w io.Writer) error { return writeCandidates(w, c.Candidates) }},
		{crossVectorsFile, func(w io.Writer) error { return writeVectors(w, cross.Vectors) }},
		c.part(crossModelFile, cross.Model),
		{crossCandidatesFile, func(w io.Writer) error { return writeCandidates(w, cross.Candidates) }},
		{cardsFile, c.writeCards},
		{stringsFile, c.writeStrings},
		{urlsFile, c.writeURLs},
		{groupsFile, func(w io.Writer) error { return writeGroups(w, groups, len(c.Cards)) }},
		{originsFile, func(w io.Writer) error { return writeOrigins(w, c.Origins) }},
		{storiesFile, func(w io.Writer) error { return writeNumbers(w, c.Stories) }},
		c.part(boilerplateFile, c.Boilerplate),
	}, c.Finish)
}

// make makes the snapshot of m, with these files, and completes m by what it knows of
// them and by what finish, if not nil, says.
func (d *Dir) make(ctx context.Context, m *Manifest, parent *Snapshot, fillings []filling, finish func(*Manifest)) (err error) {
	if err := errors.Join(d.fs.Mkdir(d.path), d.fs.SyncDir(filepath.Dir(d.path)), d.sweep()); err != nil {
		return err
	}
	aside := filepath.Join(d.path, fmt.Sprintf("%s%d", asidePrefix, os.Getpid()))
	if err := d.fs.Mkdir(aside); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(aside))
		}
	}()
	if m.Files, err = d.writeFiles(ctx, aside, parent, fillings); err != nil {
		return err
	}
	if finish != nil {
		finish(m)
	}
	m.ID = d.freeID(m)
	sealed, err := seal(m)
	if err != nil {
		return err
	}
	if _, err := writeFile(ctx, d.fs, filepath.Join(aside, manifestFile), func(w io.Writer) error {
		_, err := w.Write(sealed)
		return err
	}); err != nil {
		return err
	}
	return d.putInPlace(aside, filepath.Join(d.path, m.ID))
}

// manifest is what the caller knows of a snapshot of so many groups, and what is
// to be seen before it is written.
func (c *Contents) manifest(groups int) *Manifest {
	m := c.Manifest
	if m.Created.IsZero() {
		m.Created = time.Now()
	}
	m.Created, m.AsOf = m.Created.UTC(), m.AsOf.UTC()
	m.Layout, m.Rank, m.Neighbours, m.Cross = layout, c.Vectors.Dim, c.Candidates.K, c.crossSpace()
	m.MostLinks, m.Vocabulary = c.Links.K, 0
	if c.Terms != nil {
		m.Vocabulary = c.Terms.Rows
	}
	m.Counts = Counts{Articles: len(c.Cards), Groups: groups, Languages: map[data.Lang]int{}}
	for i := range c.Cards {
		m.Counts.Languages[c.Cards[i].Lang]++
	}
	return &m
}

// A filling is the name of a file and what writes into it; nil: it is shared
// with the parent.
type filling struct {
	name string
	fill func(io.Writer) error
}

// part is the file of what writes itself, or else the parent's.
func (c *Contents) part(name string, part io.WriterTo) filling {
	if c.Parent != nil && !(name == crossModelFile && c.Cross == nil) {
		return filling{name, nil}
	}
	return filling{name, func(w io.Writer) error { return writePart(w, part) }}
}

// writeFiles writes all of them at a time: while one waits for the disk, another
// is hashed. Those that are the parent's are shared with it.
func (d *Dir) writeFiles(ctx context.Context, folder string, parent *Snapshot, fillings []filling) (map[string]File, error) {
	files := make([]File, len(fillings))
	group, ctx := errgroup.WithContext(ctx)
	for i, f := range fillings {
		group.Go(func() (err error) {
			path := filepath.Join(folder, f.name)
			if f.fill == nil {
				files[i], err = d.share(ctx, parent, f.name, path)
			} else {
				files[i], err = writeFile(ctx, d.fs, path, f.fill)
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	named := make(map[string]File, len(files))
	for i, f := range fillings {
		named[f.name] = files[i]
	}
	return named, nil
}

// share gives a file of the parent, whose checksum is known, a second name at
// path. Where the disk has no second names it is copied.
func (d *Dir) share(ctx context.Context, parent *Snapshot, name, path string) (File, error) {
	from := filepath.Join(parent.path, name)
	if d.fs.Link(from, path) == nil {
		return parent.manifest.Files[name], nil
	}
	return writeFile(ctx, d.fs, path, func(w io.Writer) error {
		file, err := os.Open(from)
		if err != nil {
			return err
		}
		defer file.Close()
		_, err = io.Copy(w, file)
		return err
	})
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
const recordBytes = 8 + cardTexts*4 + 8 + 4 + 4 + 8

// cardTexts is how many strings a card has.
const cardTexts = 13

// The flags of a card. Of the states, none set means published.
const (
	flagUnpublished = 1 << iota
	flagHidden
	flagNoLinkTo
	flagNoLinks
	flagEvergreen
	allFlags = 1<<iota - 1
)

func cardStrings(c *data.Card) [cardTexts]string {
	return [cardTexts]string{
		string(c.ID), c.Title, c.URL, c.Section, string(c.Lang), c.Image.Src, c.Image.Alt, string(c.Group), string(c.Tags),
		string(c.Authors), c.Type, c.Series, c.Canonical,
	}
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
	if c.Evergreen {
		flags |= flagEvergreen
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
		b = binary.LittleEndian.AppendUint64(b, uint64(card.Part))
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

func writeVectors(w io.Writer, v embed.Dense) error { return writeNumbers(w, v.Data[:v.Rows*v.Dim]) }

func writeCandidates(w io.Writer, lists knn.Lists) error {
	if err := writeNumbers(w, lists.Len); err != nil {
		return err
	}
	none := make([]knn.Neighbour, lists.K) // past the end of a list
	for i := range lists.Len {
		list := lists.Row(i)
		if err := writeNumbers(w, list); err != nil {
			return err
		}
		if err := writeNumbers(w, none[len(list):]); err != nil {
			return err
		}
	}
	return nil
}

// writePart lets part write itself; nil leaves the file empty.
func writePart(w io.Writer, part io.WriterTo) error {
	if part == nil {
		return nil
	}
	_, err := part.WriteTo(w)
	return err
}

// crossSpace is what the manifest says of c.Cross.
func (c *Contents) crossSpace() *CrossSpace {
	if c.Cross == nil {
		return nil
	}
	var space CrossSpace
	if c.Manifest.Cross != nil {
		space = *c.Manifest.Cross
	}
	space.Rank, space.Neighbours = c.Cross.Vectors.Dim, c.Cross.Candidates.K
	return &space
}
