package bench

import (
	"unicode"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/recommend/refresh"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// work is how much arithmetic a refresh takes.
type work struct {
	values     int64   // of the weighted matrices
	operations float64 // of the decompositions
	cosines    float64 // operations of exact neighbours; 0: they were approximate
}

func (w *work) addDecomposition(a *embed.Sparse, svd *lsa.TruncatedSVD) {
	w.values += int64(a.NNZ())
	w.operations += svd.Operations(a.Rows, a.Cols, a.NNZ())
}

func (w *work) addNeighbours(m *snapshot.Manifest) {
	if m.Search.Method != string(refresh.Exact) {
		return
	}
	languages := map[data.Lang]int{}
	for lang, n := range m.Counts.Languages {
		languages[lang.Base()] += n
	}
	for _, n := range languages {
		w.cosines += float64(m.Rank) * float64(n) * float64(n-1)
	}
}

// texts are the stages that read every article's text.
var texts = map[string]bool{"boilerplate": true, "count": true}

// rates fills in what a stage did in a second.
func (r *Result) rates(s *Stage, w work) {
	s.Articles = rate(float64(r.Articles), s.Seconds)
	if texts[s.Name] {
		s.Words = rate(float64(r.Words), s.Seconds)
	}
	switch s.Name {
	case "decompose":
		s.GFLOPs = rate(w.operations, s.Seconds) / 1e9
	case "neighbours":
		s.GFLOPs = rate(w.cosines, s.Seconds) / 1e9
	}
	s.Share = rate(s.GFLOPs, r.PeakGFLOPs)
}

// CountWords is how many words an article's title and body have.
func CountWords(a *data.Article) (n int64) {
	for _, text := range []string{a.Title, a.Body} {
		within := false
		for _, r := range text {
			alone := unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
			letter := !alone && (unicode.IsLetter(r) || unicode.IsDigit(r))
			if alone || letter && !within {
				n++
			}
			within = letter
		}
	}
	return n
}
