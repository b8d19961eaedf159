package crosslang

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"

	"github.com/alsolike/alsolike/embed"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

// A Pair is two texts that are likely translations of one another.
type Pair struct {
	A, B   int // rows; A < B
	Cosine float32
}

// falseShare is the share of the texts with known translations that, were theirs missing,
// would have found another text near enough to be taken for it, if that were asked for
// no more.
const falseShare = 0.2

// Likely returns the pairs of texts in different languages that are likely translations
// of one another though not known to be, best first: by cosine down, then by rows.
//
// vectors, group and lang have a row for each text. Group is as in Doc; lang tells apart
// what a group should hold one version of, such as "en", "zh-Hans" and "zh-Hant".
//
// Two texts are a pair if the group of neither has a version in the other's language,
// each is the other's best match among all texts of its language, known translations
// included, and their cosine is above that which four in five of the texts with known
// translations have with the best text that is not theirs. Without known translations
// there is nothing to tell what is near enough, and no pair.
//
// Every text in need of a version is compared with all texts of that language: time is
// O(texts²·dim) where few have one, memory O(texts·languages).
func Likely(ctx context.Context, vectors embed.Dense, group []int, lang []string, workers int) ([]Pair, error) {
	if len(group) != vectors.Rows || len(lang) != vectors.Rows {
		panic("crosslang: length mismatch")
	}
	s := newSearch(vectors, group, lang)
	if err := s.run(ctx, workers); err != nil {
		return nil, err
	}
	least := s.leastCosine()
	var pairs []Pair
	for a := range vectors.Rows {
		for l := range s.rows {
			m := s.match(a, l)
			if s.has(a, l) || m.row <= a || m.cosine <= least { // m.row < a: seen from the other side
				continue
			}
			if !s.has(m.row, s.lang[a]) && s.match(m.row, s.lang[a]).row == a {
				pairs = append(pairs, Pair{a, m.row, m.cosine})
			}
		}
	}
	slices.SortFunc(pairs, func(p, q Pair) int {
		return cmp.Or(cmp.Compare(q.Cosine, p.Cosine), cmp.Compare(p.A, q.A), cmp.Compare(p.B, q.B))
	})
	return pairs, nil
}

// A match is the best text of a language for a text, those of its own group left out.
type match struct {
	row    int // -1: none
	cosine float32
}

// A search finds the matches of texts in the languages that their groups lack, and for
// some also in those that they have.
type search struct {
	vectors  embed.Dense
	group    []int
	lang     []int          // by row
	rows     [][]int        // by language
	versions map[place]bool // known
	matches  []match        // rows × languages
}

type place struct{ group, lang int }

func newSearch(vectors embed.Dense, group []int, lang []string) *search {
	s := &search{vectors: vectors, group: group, lang: make([]int, len(lang)), versions: make(map[place]bool)}
	number := make(map[string]int)
	for _, l := range lang {
		number[l] = 0
	}
	for i, l := range slices.Sorted(maps.Keys(number)) {
		number[l] = i
	}
	s.rows = make([][]int, len(number))
	for row, name := range lang {
		l := number[name]
		s.lang[row] = l
		s.rows[l] = append(s.rows[l], row)
		if group[row] >= 0 {
			s.versions[place{group[row], l}] = true
		}
	}
	s.matches = slices.Repeat([]match{{row: -1, cosine: float32(math.Inf(-1))}}, len(lang)*len(s.rows))
	return s
}

// has reports whether the text of a row is, or has a version, in a language.
func (s *search) has(row, lang int) bool {
	return s.lang[row] == lang || s.group[row] >= 0 && s.versions[place{s.group[row], lang}]
}

func (s *search) match(row, lang int) *match { return &s.matches[row*len(s.rows)+lang] }

const (
	// tileRows is the side of the tiles that cosines are computed in: small enough that
	// gonum multiplies each in one goroutine.
	tileRows = 64

	// sampleRows is the number of texts of each language, at most, whose known
	// translations tell what cosine is near enough.
	sampleRows = 256
)

// run finds the matches.
func (s *search) run(ctx context.Context, workers int) error {
	for l := range s.rows {
		var queries []int
		for _, rows := range s.rows {
			var known []int
			for _, row := range rows {
				switch {
				case !s.has(row, l):
					queries = append(queries, row)
				case s.lang[row] != l:
					known = append(known, row)
				}
			}
			for i := range min(len(known), sampleRows) {
				queries = append(queries, known[i*len(known)/min(len(known), sampleRows)])
			}
		}
		tiles := (len(queries) + tileRows - 1) / tileRows
		err := inChunks(ctx, workers, tiles, 1, func(t int) {
			s.tile(queries[t*tileRows:min((t+1)*tileRows, len(queries))], l)
		})
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// tile finds the matches of some rows in language l.
func (s *search) tile(rows []int, l int) {
	dim := s.vectors.Dim
	if dim == 0 {
		return
	}
	a := blas32.General{Rows: len(rows), Cols: dim, Stride: dim, Data: make([]float32, len(rows)*dim)}
	for i, row := range rows {
		copy(a.Data[i*dim:], s.vectors.Row(row))
	}
	// Transposed by hand: gonum's product with a transposed matrix gives other bits when
	// vectors lie elsewhere in memory.
	b := blas32.General{Rows: dim, Stride: tileRows, Data: make([]float32, dim*tileRows)}
	c := blas32.General{Rows: len(rows), Stride: tileRows, Data: make([]float32, len(rows)*tileRows)}
	for candidates := range slices.Chunk(s.rows[l], tileRows) {
		b.Cols, c.Cols = len(candidates), len(candidates)
		for j, row := range candidates {
			for d, v := range s.vectors.Row(row) {
				b.Data[d*tileRows+j] = v
			}
		}
		blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, a, b, 0, c)
		for i, row := range rows {
			best := s.match(row, l)
			for j, candidate := range candidates {
				if cosine := c.Data[i*tileRows+j]; cosine > best.cosine && (s.group[row] < 0 || s.group[candidate] != s.group[row]) {
					*best = match{candidate, cosine}
				}
			}
		}
	}
}

// leastCosine is the cosine that all but falseShare of the texts with known translations
// have at most with the best text that is not theirs.
func (s *search) leastCosine() float32 {
	var others []float32
	for row := range s.lang {
		for l := range s.rows {
			if m := s.match(row, l); s.has(row, l) && m.row >= 0 {
				others = append(others, m.cosine)
			}
		}
	}
	if len(others) == 0 {
		return float32(math.Inf(1))
	}
	slices.Sort(others)
	return others[min(int((1-falseShare)*float64(len(others))), len(others)-1)]
}
