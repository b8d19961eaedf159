package editor

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/data"
)

// The newest articles of many are those that sorting all of them would give, whatever
// their order.
func TestNewest(t *testing.T) {
	day := rapid.Custom(func(t *rapid.T) data.Card {
		return data.Card{ID: data.ArticleID(rapid.StringMatching("[a-z]{3}").Draw(t, "id")), PublishedAt: time.Unix(int64(rapid.IntRange(0, 50).Draw(t, "at")), 0)}
	})
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfNDistinct(day, 0, 6*mostTried, func(c data.Card) data.ArticleID { return c.ID }).Draw(t, "articles")
		if len(all) > 0 && rapid.Bool().Draw(t, "without a date") {
			all[0].PublishedAt = time.Time{}
		}
		var some newest
		sorted := newest{cards: slices.Clone(all)}
		for _, c := range all {
			some.add(c)
		}
		if got, want := some.list(), sorted.list(); !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}
