package eval

import (
	"cmp"
	"slices"
)

// The bands of the articles read next, by how often they are read.
const (
	bandTop = iota // the most read 1 % of all articles
	bandNext
	bandRest
)

// BandNames are the names of the bands: the most read 1 % of all articles, those
// after them up to 10 %, and the rest, in which all are that nobody read.
var BandNames = []string{"top 1 %", "1 to 10 %", "rest"}

// cutBands puts every article into its band, and counts what is in each.
func (m *measurement) cutBands() {
	views := m.truth.Views()
	order := make([]int, len(views))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(views[b], views[a]) })
	ceil := func(percent int) int { return (len(order)*percent + 99) / 100 }
	m.band, m.bands = make([]int, len(views)), make([]Slice, len(BandNames))
	for place, row := range order {
		switch {
		case views[row] == 0 || place >= ceil(10):
			m.band[row] = bandRest
		case place >= ceil(1):
			m.band[row] = bandNext
		}
		m.bands[m.band[row]].Articles++
	}
	for _, p := range m.truth.pairs {
		m.bands[m.band[p.to]].Pairs++
	}
	for b, name := range BandNames {
		m.bands[b].Name = name
		m.bands[b].Readers = m.countReaders(m.leadsTo(b))
	}
}

// leadsTo says which pairs lead to a band.
func (m *measurement) leadsTo(band int) func(pair) bool {
	return func(p pair) bool { return m.band[p.to] == band }
}
