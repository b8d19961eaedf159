package recommend

import (
	"math"
	"slices"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/vec"
	"github.com/alsolike/alsolike/recommend/knn"
)

// A placer compares an article with the rows of a snapshot as they come along:
// it finds the rows nearest to it, one of a translation group, and those in
// whose lists it may be.
type placer struct {
	vector []float32
	may    func(row int32) bool // whether the two may be in one another's lists

	most     int    // in list
	eligible []bool // rows that may be in list
	groups   []int32
	list     []knn.Neighbour // best first, of equal cosines the smaller row

	floors []float32 // that the article must reach in the list of a row; nil: it is in none
	hosts  []knn.Neighbour
}

// placeRows is how many rows are compared with all articles before the next:
// few enough to stay in the nearest cache meanwhile.
const placeRows = 32

// place lets every placer see every row of v. It takes no memory that grows
// with the rows, but for what the placers keep.
func place(v embed.Dense, placers []*placer) {
	var (
		cosines [placeRows]float32
		near    [placeRows]int32
	)
	for lo := 0; lo < v.Rows; lo += placeRows {
		hi := min(lo+placeRows, v.Rows)
		for _, p := range placers {
			vec.Dots(cosines[:hi-lo], p.vector, v.Data[lo*v.Dim:hi*v.Dim])
			p.host(int32(lo), cosines[:hi-lo])
			if p.most > 0 {
				for _, i := range near[:vec.AtLeast(near[:], cosines[:hi-lo], p.lowest())] {
					p.take(int32(lo)+i, min(cosines[i], 1))
				}
			}
		}
	}
}

// host takes down which of the rows from lo on are hosts.
func (p *placer) host(lo int32, cosines []float32) {
	if p.floors == nil {
		return
	}
	floors := p.floors[lo:][:len(cosines)]
	for i, cosine := range cosines {
		if row := lo + int32(i); cosine >= floors[i] && p.may(row) {
			p.hosts = append(p.hosts, knn.Neighbour{Row: row, Cosine: min(cosine, 1)})
		}
	}
}

// lowest is the least cosine with which a further row may get into the list.
func (p *placer) lowest() float32 {
	if len(p.list) < p.most {
		return math.SmallestNonzeroFloat32
	}
	return p.list[p.most-1].Cosine
}

// take puts row, which stands behind all that were taken before, into the list if
// it belongs there.
func (p *placer) take(row int32, cosine float32) {
	full := len(p.list) == p.most
	if full && cosine <= p.lowest() || !p.eligible[row] || !p.may(row) {
		return
	}
	group := p.groups[row]
	same := slices.IndexFunc(p.list, func(n knn.Neighbour) bool { return p.groups[n.Row] == group })
	switch {
	case same >= 0 && p.list[same].Cosine >= cosine:
		return
	case same >= 0:
		p.list = slices.Delete(p.list, same, same+1)
	case full:
		p.list = p.list[:p.most-1]
	}
	at := 0
	for at < len(p.list) && p.list[at].Cosine >= cosine {
		at++
	}
	p.list = slices.Insert(p.list, at, knn.Neighbour{Row: row, Cosine: cosine})
}

// placer is what places an article by its vector in its own language; nil if no
// row is in it.
func (f *folder) placer(card *data.Card, vector []float32) *placer {
	lang, ok := f.number[card.Lang.Base()]
	if !ok {
		return nil
	}
	self, group := f.find(card)
	p := &placer{
		vector: vector, most: f.snapshot.Manifest().Neighbours, eligible: f.eligible, groups: f.groups,
		may: func(row int32) bool { return f.langs[row] == lang && row != self && f.groups[row] != group },
	}
	if mayBeLinked(card) {
		p.floors = f.floors
	}
	return p
}

// placing is what p has found, after the last row.
func (p *placer) placing() placing {
	found := placing{own: p.list, hosts: p.hosts}
	if len(p.list) == p.most && p.most > 0 {
		found.floor = p.list[p.most-1].Cosine
	}
	return found
}

// find is the row of the article itself and the number of its group, noRow where
// the snapshot has none.
func (f *folder) find(card *data.Card) (self, group int32) {
	self, group = noRow, noRow
	if row, ok := f.snapshot.Row(card.ID); ok {
		self = int32(row)
	}
	if members := f.snapshot.MembersOf(card.Group); len(members) > 0 {
		group = f.groups[members[0]]
	}
	return self, group
}
