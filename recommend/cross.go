package recommend

import (
	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/crosslang"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// A crossFolder is what a folder needs beside to find an article's candidates in
// other languages.
type crossFolder struct {
	model   *crosslang.Model
	vectors embed.Dense // mapped
	onSite  []bool      // of every row
}

func newCrossFolder(s *snapshot.Snapshot) (*crossFolder, error) {
	model, err := crosslang.ReadVerified(s.CrossModelBytes())
	if err != nil {
		return nil, err
	}
	f := &crossFolder{model: model, vectors: s.CrossVectors(), onSite: make([]bool, s.Len())}
	for row, t := range s.Traits() {
		f.onSite[row] = t.State != data.Unpublished
	}
	return f, nil
}

// crossPlacer is what finds an article's candidates in other languages by its
// vector in the space of all. Groups with a version in its own are not among
// them, for that is what a reader wants.
func (f *folder) crossPlacer(card *data.Card, vector []float32) *placer {
	lang, known := f.number[card.Lang.Base()]
	own := func(row int32) bool { return known && f.langs[row] == lang }
	self, group := f.find(card)
	return &placer{
		vector: vector, most: f.snapshot.Manifest().Cross.Neighbours, eligible: f.eligible, groups: f.groups,
		may: func(row int32) bool {
			if own(row) || row == self || f.groups[row] == group {
				return false
			}
			for _, version := range f.snapshot.Members(int(row)) {
				if f.cross.onSite[version] && own(version) {
					return false
				}
			}
			return true
		},
	}
}
