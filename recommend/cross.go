package recommend

import (
	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/crosslang"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// A crossFolder is what a folder needs beside to find an article's candidates in
// other languages.
type crossFolder struct {
	model   *crosslang.Model
	vectors embed.Dense
	onSite  []bool // of every row
	spoken  []bool // scratch: of every group, whether it has a version in some language
}

func newCrossFolder(s *snapshot.Snapshot) (*crossFolder, error) {
	model, err := crosslang.Read(s.CrossModelBytes())
	if err != nil {
		return nil, err
	}
	f := &crossFolder{model: model, vectors: s.CrossVectors(), onSite: make([]bool, s.Len()), spoken: make([]bool, s.Manifest().Counts.Groups)}
	for row := range f.onSite {
		f.onSite[row] = s.Card(row).State != data.Unpublished
	}
	return f, nil
}

// placeCross compares an article, by its vector in the space of all languages,
// with every row of the snapshot: its candidates in other languages. Groups with
// a version in its own are not among them, for that is what a reader wants.
func (f *folder) placeCross(card *data.Card, vector []float32) []knn.Neighbour {
	lang, known := f.number[card.Lang.Base()]
	own := func(row int) bool { return known && f.langs[row] == lang }
	spoken := f.cross.spoken
	clear(spoken)
	for row, onSite := range f.cross.onSite {
		if onSite && own(row) {
			spoken[f.groups[row]] = true
		}
	}
	self, group := f.find(card)
	knn.Cosines(f.cross.vectors, vector, f.cosines)
	return f.nearest(f.snapshot.Manifest().Cross.Neighbours, func(row int) bool {
		return !own(row) && row != self && f.groups[row] != group && !spoken[f.groups[row]]
	})
}
