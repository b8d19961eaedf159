package snapshot

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"iter"
	"maps"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sort"
	"time"

	"github.com/edsrzf/mmap-go"
	"golang.org/x/sync/errgroup"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/rank"
	"github.com/alsolike/alsolike/recommend/story"
)

// A Snapshot is a verified, mapped snapshot. It never changes, and its methods
// may be called by several goroutines at a time. Rows count from 0 and stand in
// the order of the articles' ids. The files are unmapped when the Snapshot is
// no longer reachable.
type Snapshot struct {
	files
	path     string // of its folder
	manifest *Manifest
}

// Open verifies size and sha-256 of every file of snapshot id, looks whether
// they make sense together, and maps them. The error names the file that is
// broken; of an unknown snapshot it is data.ErrNotFound, of one that was pruned
// ErrPruned.
func (d *Dir) Open(id string) (*Snapshot, error) {
	m, err := d.manifest(id)
	if err == nil && m.isPruned() {
		err = fmt.Errorf("snapshot %s %w", id, ErrPruned)
	}
	if err != nil {
		return nil, err
	}
	return d.open(m)
}

// OpenLists is Open for those who ask for cards, groups, stories and links alone, and
// may be given a snapshot that was pruned.
func (d *Dir) OpenLists(id string) (*Snapshot, error) {
	m, err := d.manifest(id)
	if err != nil {
		return nil, err
	}
	return d.open(m)
}

// open maps the snapshot of m.
func (d *Dir) open(m *Manifest) (*Snapshot, error) {
	f, err := d.mapFiles(m)
	if err != nil {
		return nil, err
	}
	s := &Snapshot{files: f, path: filepath.Join(d.path, m.ID), manifest: m}
	runtime.AddCleanup(s, func(f files) { _ = f.unmap() }, f)
	return s, nil
}

// Check looks whether the files still lie as they were mapped. Of one that was
// cut short, what is gone must not be read any more: it would fault. Files that
// were moved or deleted, of which the error is fs.ErrNotExist, stay readable.
func (s *Snapshot) Check() error {
	var gone error
	for _, name := range slices.Sorted(maps.Keys(s.manifest.Files)) {
		info, err := os.Stat(filepath.Join(s.path, name))
		switch want := s.manifest.Files[name].Size; {
		case errors.Is(err, fs.ErrNotExist):
			gone = fmt.Errorf("snapshot %s: %s: %w", s.ID(), name, fs.ErrNotExist)
		case err == nil && info.Size() < want:
			return fmt.Errorf("snapshot %s: %s: has %d bytes instead of %d", s.ID(), name, info.Size(), want)
		}
	}
	return gone
}

// verify is Open for those who need not see the snapshot.
func (d *Dir) verify(m *Manifest) error {
	f, err := d.mapFiles(m)
	return errors.Join(err, f.unmap())
}

// files are the mapped files of a snapshot.
type files struct {
	n, rank, groupCount, crossRank           int
	cards, strings, urls, groups             mmap.MMap
	vectors, model, crossVectors, crossModel mmap.MMap
	boilerplate, origins                     mmap.MMap
	candidates, crossCandidates              lists
	index                                    index

	termBytes, linkBytes, storyBytes, sketchBytes mmap.MMap
	terms                                         *embed.Sparse  // nil: none
	links                                         rank.Lists     // without Len: none
	stories                                       []uint32       // nil: not known
	sketches                                      []story.Sketch // nil: not kept
}

func (f *files) all() map[string]*mmap.MMap {
	return map[string]*mmap.MMap{
		cardsFile: &f.cards, stringsFile: &f.strings, urlsFile: &f.urls,
		vectorsFile: &f.vectors, candidatesFile: &f.candidates.MMap, modelFile: &f.model,
		crossVectorsFile: &f.crossVectors, crossCandidatesFile: &f.crossCandidates.MMap, crossModelFile: &f.crossModel,
		groupsFile: &f.groups, boilerplateFile: &f.boilerplate, originsFile: &f.origins,
		termsFile: &f.termBytes, linksFile: &f.linkBytes, storiesFile: &f.storyBytes, sketchesFile: &f.sketchBytes,
	}
}

func (f *files) unmap() (err error) {
	for _, m := range f.all() {
		if *m != nil {
			err = errors.Join(err, m.Unmap())
		}
	}
	return err
}

// mapFiles maps and checks the files of snapshot m. If one is broken, none
// stays mapped.
func (d *Dir) mapFiles(m *Manifest) (files, error) {
	f := files{n: m.Counts.Articles, groupCount: m.Counts.Groups}
	if m.has(vectorsFile) {
		f.rank = m.Rank
	}
	if m.has(candidatesFile) {
		f.candidates = lists{n: f.n, k: m.Neighbours}
	}
	if m.Cross != nil && m.has(crossVectorsFile) {
		f.crossRank = m.Cross.Rank
		f.crossCandidates = lists{n: f.n, k: m.Cross.Neighbours}
	}
	var group errgroup.Group
	for name, mapped := range f.all() {
		if !m.has(name) {
			continue
		}
		group.Go(func() (err error) {
			*mapped, err = mapFile(filepath.Join(d.path, m.ID, name), m.Files[name])
			if err != nil {
				return fmt.Errorf("snapshot %s: %s: %w", m.ID, name, err)
			}
			return nil
		})
	}
	err := group.Wait()
	if err == nil {
		f.links, f.stories = linkLists(f.linkBytes, f.n, m.MostLinks), numbers[uint32](f.storyBytes, len(f.storyBytes)/4)
		f.sketches = numbers[story.Sketch](f.sketchBytes, len(f.sketchBytes)/story.SketchBytes)
		if f.terms, err = termMatrix(f.termBytes, f.n, m.Vocabulary); err == nil {
			err = f.check()
		}
		if err != nil {
			err = fmt.Errorf("snapshot %s: %w", m.ID, err)
		}
	}
	if err != nil {
		return files{}, errors.Join(err, f.unmap())
	}
	return f, nil
}

// mapFile maps the file at path, which must be as want says. An empty file is nil.
func mapFile(path string, want File) (mmap.MMap, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() != want.Size { // before mapping: reading past the end of a file would be fatal
		return nil, fmt.Errorf("has %d bytes instead of %d", info.Size(), want.Size)
	}
	var m mmap.MMap
	if want.Size > 0 {
		if m, err = mmap.MapRegion(file, int(want.Size), mmap.RDONLY, 0, 0); err != nil {
			return nil, err
		}
	}
	if sum := sha256.Sum256(m); hex.EncodeToString(sum[:]) != want.SHA256 {
		err := errors.New("is damaged: its sha-256 is not the one in the manifest")
		if m != nil {
			err = errors.Join(err, m.Unmap())
		}
		return nil, err
	}
	return m, nil
}

// check looks for what would make a method panic or a search go astray.
func (f *files) check() error {
	var group errgroup.Group
	group.Go(func() error { return f.candidates.check(candidatesFile) })
	group.Go(func() error { return f.crossCandidates.check(crossCandidatesFile) })
	group.Go(f.checkOrigins)
	group.Go(func() error { return checkTerms(f.terms) })
	group.Go(func() error { return cmp.Or(checkLinks(f.links), checkStories(f.stories)) })
	group.Go(func() error { return checkSketches(f.sketches) })
	group.Go(func() error {
		if err := f.checkCards(); err != nil { // first: the others go by the cards' places
			return err
		}
		return cmp.Or(f.checkURLs(), f.checkGroups())
	})
	if err := group.Wait(); err != nil {
		return err
	}
	f.index = newIndex(f)
	return nil
}

func (f *files) checkCards() error {
	var offset uint64
	for row := range f.n {
		r := f.record(row)
		if r.offset() != offset {
			return fmt.Errorf("%s: the strings of row %d start at byte %d instead of %d", cardsFile, row, r.offset(), offset)
		}
		offset += r.length()
		if offset > uint64(len(f.strings)) {
			return fmt.Errorf("%s: the strings of row %d end at byte %d of %d", cardsFile, row, offset, len(f.strings))
		}
		if row > 0 && string(f.field(row-1, idField)) >= string(f.field(row, idField)) {
			return fmt.Errorf("%s: the ids of rows %d and %d are out of order", cardsFile, row-1, row)
		}
		if r.flags()&^allFlags != 0 {
			return fmt.Errorf("%s: row %d has unknown flags %#x", cardsFile, row, r.flags())
		}
	}
	if offset != uint64(len(f.strings)) {
		return fmt.Errorf("%s: %d bytes belong to no card", stringsFile, uint64(len(f.strings))-offset)
	}
	return nil
}

func (f *files) checkURLs() error {
	if len(f.urls)%urlBytes != 0 {
		return fmt.Errorf("%s: has %d bytes, which is no number of entries", urlsFile, len(f.urls))
	}
	for i := range f.urlCount() {
		if int(f.url(i).Row) >= f.n {
			return fmt.Errorf("%s: names row %d of %d", urlsFile, f.url(i).Row, f.n)
		}
		if i > 0 && f.url(i-1).compare(f.url(i)) >= 0 {
			return fmt.Errorf("%s: entries %d and %d are out of order", urlsFile, i-1, i)
		}
	}
	return nil
}

// A record is one of cards.bin; see the package comment.
type record []byte

func (r record) offset() uint64 { return binary.LittleEndian.Uint64(r) }
func (r record) len(i int) int  { return int(binary.LittleEndian.Uint32(r[8+4*i:])) }
func (r record) flags() uint32  { return binary.LittleEndian.Uint32(r[publishedAt+12:]) }
func (r record) part() int      { return int(binary.LittleEndian.Uint64(r[publishedAt+16:])) }

// publishedAt is where the date of publication stands in a record.
const publishedAt = 8 + 4*cardTexts

func (r record) published() time.Time {
	return time.Unix(int64(binary.LittleEndian.Uint64(r[publishedAt:])), int64(binary.LittleEndian.Uint32(r[publishedAt+8:]))).UTC()
}

func (r record) state() data.State {
	switch {
	case r.flags()&flagUnpublished != 0:
		return data.Unpublished
	case r.flags()&flagHidden != 0:
		return data.Hidden
	}
	return data.Published
}

// length is that of all strings together.
func (r record) length() (sum uint64) {
	for i := range cardTexts {
		sum += uint64(r.len(i))
	}
	return sum
}

func (f *files) record(row int) record { return record(f.cards[row*recordBytes:][:recordBytes]) }

// The places of strings that are searched for, see cardStrings.
const (
	idField    = 0
	urlField   = 2
	langField  = 4
	groupField = 7
)

// field is string i of the card of row, mapped.
func (f *files) field(row, i int) []byte {
	r := f.record(row)
	start := int(r.offset())
	for j := range i {
		start += r.len(j)
	}
	return f.strings[start:][:r.len(i)]
}

// A urlEntry is one of urls.bin: the hash of an article's canonical URL, and
// its row. Their order is by hash and then by row.
type urlEntry struct {
	Hash uint64
	Row  uint32
}

const urlBytes = 8 + 4

func (e urlEntry) compare(other urlEntry) int {
	return cmp.Or(cmp.Compare(e.Hash, other.Hash), cmp.Compare(e.Row, other.Row))
}

func hashURL(canonical string) uint64 {
	h := fnv.New64a()
	io.WriteString(h, canonical)
	return h.Sum64()
}

func (f *files) urlCount() int { return len(f.urls) / urlBytes }

func (f *files) url(i int) urlEntry {
	b := f.urls[i*urlBytes:]
	return urlEntry{binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint32(b[8:])}
}

// ID names the snapshot.
func (s *Snapshot) ID() string { return s.manifest.ID }

// Manifest is the snapshot's manifest, which must not be changed.
func (s *Snapshot) Manifest() *Manifest { return s.manifest }

// Len is the number of articles, and so of rows.
func (s *Snapshot) Len() int { return s.n }

// Row is the row of article id.
func (s *Snapshot) Row(id data.ArticleID) (row int, ok bool) {
	defer runtime.KeepAlive(s)
	return s.row(id)
}

// RowsByURL is the rows of the articles that have this URL, in any spelling
// (data.CanonicalURL), in order; none for "". O(log n).
func (s *Snapshot) RowsByURL(url string) iter.Seq[int] {
	return func(yield func(int) bool) {
		defer runtime.KeepAlive(s)
		key := data.CanonicalURL(url)
		if key == "" {
			return
		}
		hash := hashURL(key)
		i := sort.Search(s.urlCount(), func(i int) bool { return s.url(i).Hash >= hash })
		for ; i < s.urlCount() && s.url(i).Hash == hash; i++ {
			row := int(s.url(i).Row)
			if data.CanonicalURL(string(s.field(row, urlField))) == key && !yield(row) { // hashes may collide
				return
			}
		}
	}
}

// ArticleID is the id of the article in row.
func (s *Snapshot) ArticleID(row int) data.ArticleID {
	defer runtime.KeepAlive(s)
	return data.ArticleID(s.field(row, idField))
}

// Card is the card of the article in row, as it was when the snapshot was made.
func (s *Snapshot) Card(row int) data.Card {
	defer runtime.KeepAlive(s)
	r := s.record(row)
	text := string(s.strings[r.offset():][:r.length()]) // one copy for all
	var fields [cardTexts]string
	for i := range fields {
		fields[i], text = text[:r.len(i)], text[r.len(i):]
	}
	return data.Card{
		ID: data.ArticleID(fields[0]), Title: fields[1], URL: fields[2], Section: fields[3], Lang: data.Lang(fields[4]),
		Image: data.Image{Src: fields[5], Alt: fields[6]}, Group: data.ArticleID(fields[7]), Tags: data.TagList(fields[8]),
		PublishedAt: r.published(), State: r.state(),
		NoLinkTo: r.flags()&flagNoLinkTo != 0, NoLinks: r.flags()&flagNoLinks != 0,
		Authors: data.TagList(fields[9]), Type: fields[10], Series: fields[11], Canonical: fields[12],
		Part: r.part(), Evergreen: r.flags()&flagEvergreen != 0,
	}
}

// PublishedAt is the date of publication of the article in row, as it was when the
// snapshot was made.
func (s *Snapshot) PublishedAt(row int) time.Time {
	defer runtime.KeepAlive(s)
	return s.record(row).published()
}

// MayBeLinked reports whether other articles might have the one in row among
// their candidates, when the snapshot was made.
func (s *Snapshot) MayBeLinked(row int) bool {
	defer runtime.KeepAlive(s)
	r := s.record(row)
	return r.state() == data.Published && r.flags()&flagNoLinkTo == 0
}

// Traits is what a search asks of every article.
type Traits struct {
	Lang     data.Lang
	State    data.State
	NoLinkTo bool
}

// Traits yields those of the article in every row, in order. It takes no memory
// that grows with the number of articles.
func (s *Snapshot) Traits() iter.Seq2[int, Traits] {
	return func(yield func(int, Traits) bool) {
		defer runtime.KeepAlive(s)
		langs := map[string]data.Lang{} // one string for all articles of a language
		for row := range s.n {
			mapped := s.field(row, langField)
			lang, ok := langs[string(mapped)]
			if !ok {
				lang = data.Lang(mapped)
				langs[string(lang)] = lang
			}
			r := s.record(row)
			if !yield(row, Traits{Lang: lang, State: r.state(), NoLinkTo: r.flags()&flagNoLinkTo != 0}) {
				return
			}
		}
	}
}

// Candidates is a copy of the candidates of the article in row, best first.
func (s *Snapshot) Candidates(row int) []knn.Neighbour {
	defer runtime.KeepAlive(s)
	return s.candidates.row(row)
}

// HasCross reports whether the snapshot has a cross-language space.
func (s *Snapshot) HasCross() bool { return s.manifest.Cross != nil && s.manifest.has(crossModelFile) }

// CrossCandidates is a copy of the candidates of the article in row among those
// of other languages, best first, at most one of a translation group; none
// without a cross-language space.
func (s *Snapshot) CrossCandidates(row int) []knn.Neighbour {
	defer runtime.KeepAlive(s)
	if !s.HasCross() {
		return nil
	}
	return s.crossCandidates.row(row)
}

// Vector is a copy of the vector of the article in row: length 1, or zero.
func (s *Snapshot) Vector(row int) []float32 {
	defer runtime.KeepAlive(s)
	return vector(s.vectors, row, s.rank)
}

// CrossVector is a copy of the vector of the article in row in the
// cross-language space: length 1, or zero; empty without one.
func (s *Snapshot) CrossVector(row int) []float32 {
	defer runtime.KeepAlive(s)
	return vector(s.crossVectors, row, s.crossRank)
}

func vector(b []byte, row, dim int) []float32 {
	v := make([]float32, dim)
	for i := range v {
		v[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*(row*dim+i):]))
	}
	return v
}

// ModelBytes is the file of the model, mapped. It must not be written to, nor
// touched once s is no longer reachable: keep it so with runtime.KeepAlive.
func (s *Snapshot) ModelBytes() []byte { return s.model }

// CrossModelBytes is the file of the cross-language model, mapped; empty if
// there is none. See ModelBytes for what must not be done with it.
func (s *Snapshot) CrossModelBytes() []byte { return s.crossModel }

// BoilerplateBytes is the file of the boilerplate, mapped; empty if there is
// none. See ModelBytes for what must not be done with it.
func (s *Snapshot) BoilerplateBytes() []byte { return s.boilerplate }
