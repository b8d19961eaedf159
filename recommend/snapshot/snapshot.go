package snapshot

import (
	"context"
	"io"
	"iter"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/recommend/knn"
)

// A Manifest says how a snapshot was made and what its files must be.
type Manifest struct {
	ID            string           `json:"id"`
	Created       time.Time        `json:"created"`
	AsOf          time.Time        `json:"as_of"`             // articles as they were then
	Version       string           `json:"version"`           // of alsolike
	Config        map[string]any   `json:"config"`            // the configuration in force
	ConfigHash    string           `json:"config_hash"`       // sha-256 of it
	InputHash     string           `json:"input_hash"`        // sha-256 of the articles
	ModelID       string           `json:"model_id"`          // hash of the model's content
	Parent        string           `json:"parent,omitempty"`  // the snapshot whose model this one goes on with, if any
	Kernel        string           `json:"kernel"`            // what did the arithmetic
	Counts        Counts           `json:"counts"`            // set by Write
	Rank          int              `json:"rank"`              // length of a vector; set by Write
	Terms         int              `json:"terms"`             // of the vocabulary
	Neighbours    int              `json:"neighbours"`        // most candidates of an article; set by Write
	Timings       map[string]int64 `json:"timings"`           // milliseconds per stage
	PeakMemory    int64            `json:"peak_memory"`       // bytes
	StoreRevision int64            `json:"store_revision"`    // data.Revision.Articles when the articles were read
	Scale         Scale            `json:"scale"`             // from cosines to scores
	Files         map[string]File  `json:"files"`             // every other file, by name; set by Write
}

// Counts are numbers of articles.
type Counts struct {
	Articles  int               `json:"articles"`
	Languages map[data.Lang]int `json:"languages"`
}

// A File is what a file must be.
type File struct {
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Contents is what a snapshot is written from; row i of every part is the
// article of Cards[i].
type Contents struct {
	Cards      []data.Card // strictly ascending by ID
	Vectors    embed.Dense // n × rank, rows of length 1 or 0
	Candidates knn.Lists
	Model      io.WriterTo
	Manifest   Manifest // what the caller knows; a zero Created means now
}

// A Dir is a folder of snapshots.
type Dir struct{ path string }

// An Info is one snapshot of a Dir.
type Info struct {
	ID        string
	Manifest  Manifest // zero where it cannot be read
	Published bool
	Err       error // why the snapshot cannot be used; nil: it is sound
}

// OpenDir names the folder of snapshots at path, which the first Write makes.
func OpenDir(path string) (*Dir, error) { panic("soon") }
// Write writes a snapshot, without publishing it.
func (d *Dir) Write(ctx context.Context, c Contents) (id string, err error) { panic("soon") }
// List is every snapshot, oldest first.
func (d *Dir) List() ([]Info, error) { panic("soon") }
// Publish makes id the one to serve.
func (d *Dir) Publish(id string) error { panic("soon") }
// Published is the id to serve, "" when none was ever published.
func (d *Dir) Published() (string, error) { panic("soon") }
// Rollback publishes the one published before.
func (d *Dir) Rollback() (id string, err error) { panic("soon") }
// Open verifies and maps a snapshot.
func (d *Dir) Open(id string) (*Snapshot, error) { panic("soon") }
// OpenPublished opens the published snapshot or else the newest good one published before, with a warning.
func (d *Dir) OpenPublished() (s *Snapshot, warning, err error) { panic("soon") }

// A Snapshot is one verified, mapped, immutable snapshot.
type Snapshot struct{ manifest Manifest }

func (s *Snapshot) ID() string { return s.manifest.ID }
func (s *Snapshot) Manifest() *Manifest { return &s.manifest }
func (s *Snapshot) Len() int { panic("soon") }
func (s *Snapshot) Row(id data.ArticleID) (int, bool) { panic("soon") }
// RowsByURL is the rows whose card has exactly this URL, in order.
func (s *Snapshot) RowsByURL(url string) iter.Seq[int] { panic("soon") }
func (s *Snapshot) Card(row int) data.Card { panic("soon") }
func (s *Snapshot) ArticleID(row int) data.ArticleID { panic("soon") }
func (s *Snapshot) Candidates(row int) []knn.Neighbour { panic("soon") }
func (s *Snapshot) Vector(row int) []float32 { panic("soon") }
// ModelBytes is the mapped model file, valid while s is reachable.
func (s *Snapshot) ModelBytes() []byte { panic("soon") }
