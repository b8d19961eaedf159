package snapshot

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"runtime"
	"slices"
	"sort"

	"github.com/alsolike/alsolike/data"
)

// groupRows is the rows of every translation group, ascending, in the order of
// the groups' ids.
func groupRows(cards []data.Card) [][]uint32 {
	rows := make([]uint32, len(cards))
	for i := range rows {
		rows[i] = uint32(i)
	}
	slices.SortStableFunc(rows, func(a, b uint32) int { return cmp.Compare(cards[a].Group, cards[b].Group) })
	var groups [][]uint32
	for start := 0; start < len(rows); {
		end := start + 1
		for end < len(rows) && cards[rows[end]].Group == cards[rows[start]].Group {
			end++
		}
		groups = append(groups, rows[start:end])
		start = end
	}
	return groups
}

// writeGroups writes the groups of n rows: the number of every row's group; for
// every group the place of its first row in what follows, and n; and the rows,
// one group after the other.
func writeGroups(w io.Writer, groups [][]uint32, n int) error {
	number := make([]uint32, n)
	starts, rows := make([]uint32, 1, len(groups)+1), make([]uint32, 0, n)
	for g, members := range groups {
		for _, row := range members {
			number[row] = uint32(g)
		}
		rows = append(rows, members...)
		starts = append(starts, uint32(len(rows)))
	}
	for _, part := range [][]uint32{number, starts, rows} {
		if err := writeNumbers(w, part); err != nil {
			return err
		}
	}
	return nil
}

// groupOf is the number of row's group.
func (f *files) groupOf(row int) int { return int(binary.LittleEndian.Uint32(f.groups[4*row:])) }

// groupStart is the place of the first row of group g among the rows of all.
func (f *files) groupStart(g int) int {
	return int(binary.LittleEndian.Uint32(f.groups[4*(f.n+g):]))
}

// member is the row at a place among the rows of all groups.
func (f *files) member(place int) int {
	return int(binary.LittleEndian.Uint32(f.groups[4*(f.n+f.groupCount+1+place):]))
}

func (f *files) checkGroups() error {
	if first, last := f.groupStart(0), f.groupStart(f.groupCount); first != 0 || last != f.n {
		return fmt.Errorf("%s: holds the rows %d to %d of %d", groupsFile, first, last, f.n)
	}
	for g := range f.groupCount {
		start, end := f.groupStart(g), f.groupStart(g+1)
		if start >= end || end > f.n {
			return fmt.Errorf("%s: group %d holds the rows at %d to %d of %d", groupsFile, g, start, end, f.n)
		}
		before := -1
		for place := start; place < end; place++ {
			row := f.member(place)
			if row <= before || row >= f.n || f.groupOf(row) != g {
				return fmt.Errorf("%s: group %d holds the row %d after %d, of %d", groupsFile, g, row, before, f.n)
			}
			before = row
		}
		id := f.groupID(g)
		if g > 0 && string(f.groupID(g-1)) >= string(id) {
			return fmt.Errorf("%s: the ids of groups %d and %d are out of order", groupsFile, g-1, g)
		}
		for place := start + 1; place < end; place++ {
			if row := f.member(place); string(f.field(row, groupField)) != string(id) {
				return fmt.Errorf("%s: row %d is not of group %q", groupsFile, row, id)
			}
		}
	}
	return nil
}

// groupID is the id of group g, mapped.
func (f *files) groupID(g int) []byte { return f.field(f.member(f.groupStart(g)), groupField) }

// members is a copy of the rows of group g.
func (f *files) members(g int) []int32 {
	start, end := f.groupStart(g), f.groupStart(g+1)
	rows := make([]int32, end-start)
	for i := range rows {
		rows[i] = int32(f.member(start + i))
	}
	return rows
}

// Group is the number of the translation group of the article in row: the same
// for two rows that translate one another, from 0 to below Counts.Groups. O(1).
func (s *Snapshot) Group(row int) int {
	defer runtime.KeepAlive(s)
	return s.groupOf(row)
}

// Members is the rows of all articles in the translation group of row,
// ascending, row itself included. O(1) beside the copy.
func (s *Snapshot) Members(row int) []int32 {
	defer runtime.KeepAlive(s)
	return s.members(s.groupOf(row))
}

// MembersOf is the rows of all articles in the translation group of that id,
// ascending; none if there is no such group. The id may be that of no article.
// O(log n).
func (s *Snapshot) MembersOf(group data.ArticleID) []int32 {
	defer runtime.KeepAlive(s)
	g := sort.Search(s.groupCount, func(g int) bool { return string(s.groupID(g)) >= string(group) })
	if g == s.groupCount || string(s.groupID(g)) != string(group) {
		return nil
	}
	return s.members(g)
}
