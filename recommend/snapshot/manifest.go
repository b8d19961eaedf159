package snapshot

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend/rank"
	"github.com/alsolike/alsolike/recommend/reads"
	"github.com/alsolike/alsolike/recommend/story"
)

// layout is the version of the files' shapes; another one is refused.
const layout = 6

// A Manifest says how a snapshot was made and what its files must be.
type Manifest struct {
	ID            string           `json:"id"`               // set by Write
	Layout        int              `json:"layout"`           // version of the files' shapes; set by Write
	Created       time.Time        `json:"created"`          // zero: the time of Write
	AsOf          time.Time        `json:"as_of"`            // articles as they were then
	Version       string           `json:"version"`          // of alsolike
	Config        map[string]any   `json:"config"`           // the configuration in force
	ConfigHash    string           `json:"config_hash"`      // sha-256 of it
	InputHash     string           `json:"input_hash"`       // sha-256 of the articles
	ModelID       string           `json:"model_id"`         // hash of the model's content
	Parent        string           `json:"parent,omitempty"` // the snapshot whose model this one goes on with
	Kernel        string           `json:"kernel"`           // what did the arithmetic, such as "avx512vnni/amd64"
	Counts        Counts           `json:"counts"`           // set by Write
	Rank          int              `json:"rank"`             // length of a vector; set by Write
	Terms         int              `json:"terms"`            // of the vocabulary
	Neighbours    int              `json:"neighbours"`       // most candidates of an article; set by Write
	MostLinks     int              `json:"most_links"`       // most links of an article in its ranked list; set by Write
	Vocabulary    int              `json:"vocabulary"`       // terms that the weighted terms of an article may be numbered by; 0: there are none; set by Write
	Timings       map[string]int64 `json:"timings"`          // milliseconds per stage
	PeakMemory    int64            `json:"peak_memory"`      // bytes
	PeakStages    map[string]int64 `json:"peak_stages"`      // bytes per stage, as in Timings; empty where the system does not say
	StoreRevision int64            `json:"store_revision"`   // data.Revision.Articles when the articles were read
	StoreDigest   string           `json:"store_digest"`     // data.Digest of the articles then, in hexadecimal
	Refresh       Refresh          `json:"refresh"`          // what was done to make this one
	Fit           Fit              `json:"fit"`              // what the model was learnt from
	Drift         Drift            `json:"drift"`            // how well the model still knows the articles
	Search        Search           `json:"search"`           // how the candidates were found
	Scales        Scales           `json:"scales"`           // from cosines to scores
	Cross         *CrossSpace      `json:"cross,omitempty"`  // the cross-language space; nil: there is none
	CrossScales   Scales           `json:"cross_scales"`     // from cosines across languages to scores, by the language linked from
	Translations  Translations     `json:"translations"`     // which articles translate one another
	Boilerplate   Boilerplate      `json:"boilerplate"`      // what was left out of the vectors
	Links         rank.Health      `json:"links"`            // how the ranked lists spread over the articles
	Stories       Stories          `json:"stories"`          // near-duplicates
	Reads         *reads.Counts    `json:"reads,omitempty"`  // what readers' reads the links were ranked by; nil: by none
	Except        *Except          `json:"except,omitempty"` // whose lists were kept as they were; nil: nobody's
	Pruned        time.Time        `json:"pruned,omitzero"`  // when all but the lists was dropped; zero: it was not
	Files         map[string]File  `json:"files"`            // every other file by name; set by Write
}

// The kinds of refresh.
const (
	Full        = "full"        // the model was fitted, and every list made, anew
	Incremental = "incremental" // what has changed was folded into the parent's model and lists
)

// A Refresh tells how a snapshot was made.
type Refresh struct {
	Kind     string `json:"kind"`             // Full or Incremental
	Reason   string `json:"reason,omitempty"` // why in full, in words
	Analysed int    `json:"analysed"`         // articles whose texts were read
	Searched int    `json:"searched"`         // articles whose candidates were looked for anew
}

// A Fit tells how a model came about.
type Fit struct {
	Snapshot   string    `json:"snapshot,omitempty"` // the one that the model was fitted for; empty: this one
	At         time.Time `json:"fitted_at"`
	Articles   int       `json:"articles"`    // on the site then
	LearntFrom int       `json:"learnt_from"` // of these
	RankAsked  int       `json:"rank_asked"`  // 0: the default for so many articles
}

// Drift compares the articles folded in since the fit with a sample of those
// that the model was learnt from.
type Drift struct {
	Folded       int     `json:"folded"`         // articles folded in since the fit
	Share        float64 `json:"share"`          // of the articles on the site
	Unknown      float64 `json:"unknown"`        // share of these articles' terms that the model does not know
	UnknownAtFit float64 `json:"unknown_at_fit"` // of the sample
	Energy       float64 `json:"energy"`         // mean share of such an article that lies in the model's space
	EnergyAtFit  float64 `json:"energy_at_fit"`  // of the sample
	Due          string  `json:"due,omitempty"`  // why a full refresh is due, in words; empty: none is
}

// A Search tells how candidates were found.
type Search struct {
	Method string  `json:"method"`           // "exact" or "approximate"
	Recall float64 `json:"recall"`           // share of the exact lists that the lists hold, by a sample; 1 where exact
	Sample int     `json:"sample,omitempty"` // articles in the sample
}

// Counts are numbers of articles.
type Counts struct {
	Articles  int               `json:"articles"`
	Groups    int               `json:"groups"` // of translations; one without a translation is a group, too
	Languages map[data.Lang]int `json:"languages"`
}

// A CrossSpace tells of the space in which articles of different languages are
// compared.
type CrossSpace struct {
	Rank       int    `json:"rank"`       // length of a vector; set by Write
	Neighbours int    `json:"neighbours"` // most candidates of an article; set by Write
	Terms      int    `json:"terms"`      // of the vocabulary
	Groups     int    `json:"groups"`     // of translations that it was learnt from
	ModelID    string `json:"model_id"`   // hash of the model's content
}

// Translations tells of the translation groups among the articles on the site.
type Translations struct {
	Groups    int               `json:"groups"`             // of two articles or more
	Articles  int               `json:"articles"`           // in these
	Languages map[data.Lang]int `json:"languages"`          // articles in these, by language
	Alone     map[data.Lang]int `json:"alone"`              // articles without a translation, by language
	NoCross   string            `json:"no_cross,omitempty"` // why there is no cross-language space; empty where there is one

	// Likely are pairs of articles that look like translations of one another
	// but are of different groups, the likeliest first; LikelyTotal is how many
	// were found, of which Likely may hold only the first.
	Likely      []Likely `json:"likely"`
	LikelyTotal int      `json:"likely_total"`

	// Chained are articles, by id, whose translation_of names one that itself
	// names another, so that they are in no group with it; ChainedTotal is how
	// many there are, of which Chained may hold only the first.
	Chained      []data.ArticleID `json:"chained,omitempty"`
	ChainedTotal int              `json:"chained_total,omitempty"`

	// LikelyAsOf is when Likely was looked for; zero: for this snapshot. Since
	// then pairs have only been left out, for a new one is seen at a full refresh.
	LikelyAsOf time.Time `json:"likely_as_of,omitzero"`
}

// Likely is a pair of articles that are likely translations of one another.
type Likely struct {
	A      data.ArticleID `json:"a"`
	B      data.ArticleID `json:"b"`
	Cosine float32        `json:"cosine"` // in the space in which the two were compared
}

// Boilerplate tells of the text that recurs on many pages and was left out of
// the vectors.
type Boilerplate struct {
	Blocks   int       `json:"blocks"`   // as found, see package boilerplate
	Articles int       `json:"articles"` // that held any
	Bytes    int64     `json:"bytes"`    // left out of them all
	Examples []Example `json:"examples"` // pieces that were left out most often, the most frequent first

	// AsOf is when this was counted; zero: for this snapshot. Articles that came
	// since are cleaned alike, but not counted.
	AsOf time.Time `json:"as_of,omitzero"`
}

// An Example is a piece of text that was left out.
type Example struct {
	Text     string `json:"text"` // cut off when long
	Articles int    `json:"articles"`
}

// Stories tells of the clusters of near-duplicates, and of versions of one text, of which
// one article each is linked.
type Stories struct {
	Clusters int `json:"clusters"` // of two articles or more
	Articles int `json:"articles"` // in these
	Largest  int `json:"largest"`  // articles of the largest

	// Examples are some of the largest clusters, the largest first, and some of the
	// articles of each, first the one that is linked.
	Examples [][]data.ArticleID `json:"examples"`
}

// Except tells of a snapshot that is another one but for the lists of some articles.
type Except struct {
	Snapshot string           `json:"snapshot"` // the other one
	From     string           `json:"from"`     // the one whose lists these articles have
	Articles []data.ArticleID `json:"articles"` // in order
}

// A File is what a file must be.
type File struct {
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`
}

// The files of a snapshot.
const (
	manifestFile   = "manifest.json"
	cardsFile      = "cards.bin"
	stringsFile    = "strings.bin"
	urlsFile       = "urls.bin"
	vectorsFile    = "vectors.bin"
	candidatesFile = "candidates.bin"
	modelFile      = "model.bin"

	boilerplateFile = "boilerplate.bin"
	groupsFile      = "groups.bin"
	originsFile     = "origins.bin"
	termsFile       = "terms.bin"
	linksFile       = "links.bin"
	storiesFile     = "stories.bin"
	sketchesFile    = "sketches.bin"

	crossVectorsFile    = "cross-vectors.bin"
	crossCandidatesFile = "cross-candidates.bin"
	crossModelFile      = "cross-model.bin"
)

var binaryFiles = []string{ // sorted
	boilerplateFile, candidatesFile, cardsFile, crossCandidatesFile, crossModelFile, crossVectorsFile,
	groupsFile, linksFile, modelFile, originsFile, sketchesFile, storiesFile, stringsFile, termsFile, urlsFile, vectorsFile,
}

var idPattern = regexp.MustCompile(`^\d{8}T\d{6}Z-[0-9a-f]{6}$`)

// newID is an id for m: its time and a hash of what is in it. Another attempt
// gives another id.
func newID(m *Manifest, attempt int) string {
	h := sha256.New()
	fmt.Fprintln(h, m.Created.Format(time.RFC3339Nano), attempt)
	for _, name := range binaryFiles {
		fmt.Fprintln(h, name, m.Files[name].SHA256)
	}
	return fmt.Sprintf("%s-%x", m.Created.Format(idTime), h.Sum(nil)[:3])
}

// idTime is how an id begins.
const idTime = "20060102T150405Z"

// seal is the file of m: JSON whose last member is the sha-256 of all before it.
func seal(m *Manifest) ([]byte, error) {
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, err
	}
	b = bytes.TrimSuffix(b, []byte("\n}"))
	return append(b, checksum(b)...), nil
}

func checksum(b []byte) []byte {
	return fmt.Appendf(nil, ",\n  \"checksum\": \"%x\"\n}\n", sha256.Sum256(b))
}

// unseal is the inverse of seal, for the snapshot of that id.
func unseal(file []byte, id string) (*Manifest, error) {
	body := max(0, len(file)-len(checksum(nil)))
	if !bytes.Equal(file[body:], checksum(file[:body])) {
		return nil, errors.New("does not match its own checksum: it is cut short or damaged")
	}
	m := new(Manifest)
	if err := json.Unmarshal(file, m); err != nil {
		return nil, err
	}
	if m.ID != id {
		return nil, fmt.Errorf("belongs to snapshot %q", m.ID)
	}
	if m.Layout != layout {
		return nil, fmt.Errorf("has layout %d, and this version of alsolike reads layout %d; refresh anew", m.Layout, layout)
	}
	n := m.Counts.Articles
	if n < 0 || n > math.MaxInt32 || m.Counts.Groups < 0 || m.Counts.Groups > n {
		return nil, fmt.Errorf("counts %d articles in %d groups, which cannot be", n, m.Counts.Groups)
	}
	if err := cmp.Or(m.checkShape(m.Rank, m.Neighbours), m.checkShape(m.Rank, m.MostLinks)); err != nil {
		return nil, err
	}
	if m.Vocabulary < 0 || m.Vocabulary > math.MaxInt32 {
		return nil, fmt.Errorf("counts %d terms, which cannot be", m.Vocabulary)
	}
	for _, scales := range []Scales{m.Scales, m.CrossScales} {
		for lang, scale := range scales {
			if q := len(scale.Quantiles); q != 0 && q != 101 {
				return nil, fmt.Errorf("has a scale for %s of %d quantiles instead of 101", lang, q)
			}
		}
	}
	want := binaryFiles
	if m.isPruned() {
		want = slices.DeleteFunc(slices.Clone(binaryFiles), func(name string) bool { return slices.Contains(prunable(m), name) })
	}
	if names := slices.Sorted(maps.Keys(m.Files)); !slices.Equal(names, want) {
		return nil, fmt.Errorf("names the files %q instead of %q", names, want)
	}
	sizes := map[string]int64{
		cardsFile:        int64(n) * recordBytes,
		groupsFile:       4 * (2*int64(n) + int64(m.Counts.Groups) + 1),
		vectorsFile:      vectorBytes(n, m.Rank),
		candidatesFile:   candidateBytes(n, m.Neighbours),
		crossVectorsFile: 0, crossCandidatesFile: 0, crossModelFile: 0,
	}
	if cross := m.Cross; cross != nil {
		if err := m.checkShape(cross.Rank, cross.Neighbours); err != nil {
			return nil, err
		}
		sizes[crossVectorsFile] = vectorBytes(n, cross.Rank)
		sizes[crossCandidatesFile] = candidateBytes(n, cross.Neighbours)
		delete(sizes, crossModelFile)
	}
	for name, size := range map[string]int64{ // of the files that may be empty
		originsFile: int64(n) * originBytes, linksFile: linkBytes(n, m.MostLinks), storiesFile: 4 * int64(n),
		sketchesFile: int64(n) * story.SketchBytes,
	} {
		if m.Files[name].Size != 0 {
			sizes[name] = size
		}
	}
	if size, lengths := m.Files[termsFile].Size, 4*int64(n); size != 0 && (size < lengths || (size-lengths)%8 != 0) {
		return nil, fmt.Errorf("says that %s has %d bytes, which cannot be of %d articles", termsFile, size, n)
	}
	for name, size := range sizes {
		if m.has(name) && m.Files[name].Size != size {
			return nil, fmt.Errorf("says that %s has %d bytes, which should be %d", name, m.Files[name].Size, size)
		}
	}
	return m, nil
}

// checkShape refuses vectors or lists of a length that cannot be. It keeps
// products with the number of articles below 2⁶³.
func (m *Manifest) checkShape(rank, neighbours int) error {
	const most = 1 << 20
	if rank < 0 || rank > most || neighbours < 0 || neighbours > most {
		return fmt.Errorf("counts %d articles × (%d numbers, %d candidates), which cannot be", m.Counts.Articles, rank, neighbours)
	}
	return nil
}

func vectorBytes(n, rank int) int64          { return int64(n) * int64(rank) * 4 }
func linkBytes(n, links int) int64           { return int64(n) * (4 + 12*int64(links)) }
func candidateBytes(n, neighbours int) int64 { return int64(n) * (4 + 8*int64(neighbours)) }
