package story

// The bands of locality-sensitive hashing (Indyk and Motwani, 1998; Leskovec, Rajaraman
// and Ullman, "Mining of Massive Datasets", 3.4): a band is a few minima, each equal in
// two texts with the probability of their Jaccard similarity, and two texts are compared
// if they have a band in common. At .8 that is missed with a probability of
// (1-.8³)¹⁰ = .0008 by the bands of bodies and as often by those of titles and bodies.
const (
	kindBands = 10 // of either kind
	bands     = 2 * kindBands
	bandRows  = 3
	bins      = kindBands * bandRows
)

// bandKeys are the keys of the bands of a text that is not empty, among those of a
// language: first of title and body, then of the body.
//
// The hashes are dealt into bins, and the least of each bin is a minimum over all
// shingles, for the sketch has the least of all. A bin without a hash takes the minimum
// of another, drawn by its number alone (Shrivastava, 2017, "Optimal densification for
// fast and accurate minwise hashing").
func (s *Sketch) bandKeys(lang string) (keys [bands]uint64) {
	group := uint64(fnvStart)
	for i := range len(lang) {
		group = (group ^ uint64(lang[i])) * fnvPrime
	}
	var minima, bodyMinima [bins]uint64 // 0: none
	anyBody := false
	for i := s.len() - 1; i >= 0; i-- {
		h := s.hash(i)
		m := mix(uint64(h|inTitle) + group)
		minima[m%bins] = m
		if h&inTitle == 0 {
			bodyMinima[m>>32%bins] = m
			anyBody = true
		}
	}
	if !anyBody {
		bodyMinima = minima
	}
	bandsOf(keys[:kindBands], &minima)
	bandsOf(keys[kindBands:], &bodyMinima)
	return keys
}

// bandsOf makes the keys of bands of minima, not all of which are 0.
func bandsOf(keys []uint64, minima *[bins]uint64) {
	for band := range keys {
		key := uint64(band)
		for row := range bandRows {
			bin := band*bandRows + row
			m := minima[bin]
			for draw := uint64(bin) + 1; m == 0; {
				draw = mix(draw)
				m = minima[draw%bins]
			}
			key = mix(key + m)
		}
		keys[band] = key
	}
}
