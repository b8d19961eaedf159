package pack_test

import (
	"bytes"
	"fmt"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval/pack"
)

// A log of one list is given the links of its snapshot, written and read back.
func Example() {
	p := &pack.Pack{
		Articles:  []pack.Article{{ID: "cranes", Died: pack.Never}, {ID: "harbour", Died: pack.Never}, {ID: "ships", Died: pack.Never}},
		Snapshots: []pack.Snapshot{{Name: "monday"}},
		Variants:  []string{"A"},
		Impressions: pack.Impressions{
			Source: []int32{1}, Hour: []int32{492_490}, Moment: []int32{3}, Variant: []uint8{0}, Snapshot: []int16{0}, Policy: []int32{-1},
			Reader: []int32{7}, Session: []int32{9}, Widget: []uint8{0}, Device: []uint8{0}, Referrer: []uint8{0}, Lang: []uint8{0}, Seen: []bool{false},
			Start: []int32{0, 2}, Item: []int32{2, 0}, P: []float64{1, 1}, Flags: []pack.Flags{pack.Clicked, 0},
		},
	}
	lists := pack.Scored{"harbour": {Items: []data.ArticleID{"ships", "cranes"}, Scores: []float64{0.8, 0.3}}}
	if err := pack.Attach(p, "monday", lists); err != nil {
		fmt.Println(err)
		return
	}
	var file bytes.Buffer
	if err := pack.Write(&file, p, pack.WriteOptions{MinCell: 1}); err != nil {
		fmt.Println(err)
		return
	}
	got, _, err := pack.Decode(file.Bytes())
	if err != nil {
		fmt.Println(err)
		return
	}
	items, scores := got.Snapshots[0].List(1)
	fmt.Println(got.Articles[items[0]].ID, scores[0])
	fmt.Println("reader", got.Impressions.Reader[0], "in hour", got.Impressions.Hour[0])
	// Output:
	// ships 0.8
	// reader 0 in hour 492490
}
