package main

import (
	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval/pack"
	"github.com/alsolike/alsolike/recommend/rank"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// defaultDepth is how many links of an article a pack keeps of a snapshot. Readers
// are shown the first of them that could be shown; the rest takes the place of
// those that could not.
const defaultDepth = 50

// snapshotLists are the lists of a snapshot as the engine ranks, whatever editors
// wish and however weak the links: never to a translation of the article itself,
// and of a text in several versions to one alone, where there is one to that in
// the article's own language and script.
type snapshotLists struct {
	s      *snapshot.Snapshot
	ids    []data.ArticleID
	traits []snapshot.Traits
}

func newSnapshotLists(s *snapshot.Snapshot) *snapshotLists {
	l := &snapshotLists{s: s, ids: make([]data.ArticleID, s.Len()), traits: make([]snapshot.Traits, s.Len())}
	for row, t := range s.Traits() {
		l.ids[row], l.traits[row] = s.ArticleID(row), t
	}
	return l
}

// of is the first links of the article in row, at most k.
func (l *snapshotLists) of(row, k int) []rank.Link {
	used := map[int]bool{l.s.Group(row): true}
	links := l.s.Links(row)
	list := links[:0]
	for _, c := range links {
		group := l.s.Group(int(c.Row))
		if len(list) == k {
			break
		}
		if used[group] {
			continue
		}
		used[group] = true
		if l.traits[c.Row].Lang != l.traits[row].Lang {
			for _, version := range l.s.Members(int(c.Row)) {
				t := l.traits[version]
				if t.Lang == l.traits[row].Lang && t.State == data.Published && !t.NoLinkTo {
					c.Row = version
					break
				}
			}
		}
		list = append(list, c)
	}
	return list
}

// scored is all lists with their ranking scores, at most depth links of an article.
func (l *snapshotLists) scored(depth int) pack.Scored {
	scored := make(pack.Scored, len(l.ids))
	for row, id := range l.ids {
		links := l.of(row, depth)
		list := pack.List{Items: make([]data.ArticleID, len(links)), Scores: make([]float64, len(links))}
		for i, c := range links {
			list.Items[i], list.Scores[i] = l.ids[c.Row], float64(c.Score)
		}
		scored[id] = list
	}
	return scored
}
