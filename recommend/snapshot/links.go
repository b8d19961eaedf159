package snapshot

import (
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"

	"github.com/alsolike/alsolike/recommend/rank"
	"github.com/alsolike/alsolike/recommend/story"
)

// writeLinks writes the lengths of all lists and then the lists, each filled up to K
// with zeros; nothing of no lists.
func writeLinks(w io.Writer, lists rank.Lists) error {
	if err := writeNumbers(w, lists.Len); err != nil {
		return err
	}
	none := make([]rank.Link, lists.K) // past the end of a list
	for row := range lists.Len {
		list := lists.Row(row)
		if err := writeNumbers(w, list); err != nil {
			return err
		}
		if err := writeNumbers(w, none[len(list):]); err != nil {
			return err
		}
	}
	return nil
}

// linkLists is the lists that b is the file of, at most k links of each of n rows.
func linkLists(b []byte, n, k int) rank.Lists {
	if len(b) == 0 {
		return rank.Lists{K: k}
	}
	return rank.Lists{K: k, Len: numbers[int32](b, n), Data: numbers[rank.Link](b[4*n:], n*k)}
}

// checkLinks looks at the list of every row, if there are any.
func checkLinks(l rank.Lists) error {
	n := len(l.Len)
	for row, length := range l.Len {
		if length < 0 || int(length) > l.K {
			return fmt.Errorf("%s: row %d has %d links, and %d is the most", linksFile, row, length, l.K)
		}
		before := float32(math.MaxFloat32)
		for _, link := range l.Row(row) {
			if link.Row < 0 || int(link.Row) >= n || !(link.Score > 0 && link.Score <= before) || !(link.Cosine >= -1 && link.Cosine <= 1) {
				return fmt.Errorf("%s: row %d, one of %d, has the link %v after one of score %v", linksFile, row, n, link, before)
			}
			before = link.Score
		}
	}
	return nil
}

// checkStories looks for a story that is no row, if there are stories.
func checkStories(stories []uint32) error {
	for row, story := range stories {
		if int(story) >= len(stories) {
			return fmt.Errorf("%s: row %d is of story %d, of %d rows", storiesFile, row, story, len(stories))
		}
	}
	return nil
}

// checkSketches looks at every sketch, if there are any.
func checkSketches(sketches []story.Sketch) error {
	for row := range sketches {
		if err := sketches[row].Validate(); err != nil {
			return fmt.Errorf("%s: row %d: %w", sketchesFile, row, err)
		}
	}
	return nil
}

// HasLinks reports whether the snapshot holds ranked lists beside the candidates.
func (s *Snapshot) HasLinks() bool { return len(s.links.Len) > 0 }

// Links is a copy of the ranked list of the article in row, best first: where the
// snapshot has no such lists its candidates, by their cosines.
func (s *Snapshot) Links(row int) []rank.Link {
	defer runtime.KeepAlive(s)
	if s.HasLinks() {
		return slices.Clone(s.links.Row(row))
	}
	links := make([]rank.Link, s.candidates.count(row))
	for i := range links {
		c := s.candidates.at(row, i)
		links[i] = rank.Link{Row: c.Row, Score: c.Cosine, Cosine: c.Cosine}
	}
	return links
}

// LinkLists is the ranked lists of all articles; none where the snapshot has none. See
// Vectors for what must not be done with them.
func (s *Snapshot) LinkLists() rank.Lists { return s.links }

// Story is the number of the cluster of near-duplicates that the article in row is of,
// below Len: equal for two articles of one story. Where stories are not known it is the
// row itself.
func (s *Snapshot) Story(row int) uint32 {
	defer runtime.KeepAlive(s)
	if s.stories == nil {
		return uint32(row)
	}
	return s.stories[row]
}

// Stories is the Story of every row; nil where they are not known. See Vectors for what
// must not be done with it.
func (s *Snapshot) Stories() []uint32 { return s.stories }

// HasSketches reports whether the snapshot holds sketches of its articles' texts.
func (s *Snapshot) HasSketches() bool { return len(s.sketches) > 0 }

// Sketches is the sketch of every article's text; nil where the snapshot holds none. See
// Vectors for what must not be done with it.
func (s *Snapshot) Sketches() []story.Sketch { return s.sketches }
