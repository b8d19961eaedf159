package refresh

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/embed"
)

// Columns that are spread out and merged with others are those that were put in.
func TestMergeColumns(t *testing.T) {
	const terms = 9
	anyColumn := rapid.Custom(func(t *rapid.T) (column map[uint32]float32) {
		return rapid.MapOfN(rapid.Uint32Range(0, terms-1), rapid.Float32Range(0.1, 1), 0, 3).Draw(t, "column")
	})
	appended := func(to *embed.Sparse, column map[uint32]float32) {
		for term := range uint32(terms) {
			if v, ok := column[term]; ok {
				to.Index, to.Value = append(to.Index, term), append(to.Value, v)
			}
		}
		to.Ptr = append(to.Ptr, len(to.Index))
		to.Cols++
	}
	rapid.Check(t, func(t *rapid.T) {
		// Of every row: from the old matrix, replaced, both, or neither.
		kinds := rapid.SliceOf(rapid.SampledFrom([]string{"old", "new", "old and new", "none"})).Draw(t, "rows")
		old, want := &embed.Sparse{Rows: terms, Ptr: []int{0}}, &embed.Sparse{Rows: terms, Ptr: []int{0}}
		var places []int32
		fresh := map[int]*embed.Sparse{}
		for row, kind := range kinds {
			var column map[uint32]float32
			if kind == "old" || kind == "old and new" {
				column = anyColumn.Draw(t, "old")
				appended(old, column)
				places = append(places, int32(row))
			}
			if kind == "new" || kind == "old and new" {
				column = anyColumn.Draw(t, "new")
				fresh[row] = &embed.Sparse{Ptr: []int{0}}
				appended(fresh[row], column)
			}
			appended(want, column)
		}
		merge := mergeColumns(spreadColumns(old, places, len(kinds)), rapid.IntRange(0, 99).Draw(t, "expected"))
		for row := range kinds {
			if one := fresh[row]; one != nil {
				merge.replace(row, one.Index, one.Value)
			}
		}
		if diff := cmp.Diff(want, merge.result(), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
	})
}
