package eval

import (
	"context"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval/pack"
	"github.com/alsolike/alsolike/eval/simulate"
)

// hourlyByID links every article to those that stand after it in the catalogue, from
// another place on in every hour; to itself too.
type hourlyByID struct{ articles []pack.Article }

func (r hourlyByID) rows(seed int32, hour, k int) []int32 {
	list := make([]int32, min(k, len(r.articles)))
	for i := range list {
		list[i] = int32((int(seed) + hour%7 + i) % len(r.articles))
	}
	return list
}

func (r hourlyByID) Rank(ctx context.Context, seed data.ArticleID, k int) ([]data.ArticleID, error) {
	return r.RankAt(ctx, seed, time.Unix(0, 0), k)
}

func (r hourlyByID) RankAt(_ context.Context, seed data.ArticleID, at time.Time, k int) ([]data.ArticleID, error) {
	row := slices.IndexFunc(r.articles, func(a pack.Article) bool { return a.ID == string(seed) })
	var ids []data.ArticleID
	for _, item := range r.rows(int32(row), int(at.Unix()/3600), k) {
		ids = append(ids, data.ArticleID(r.articles[item].ID))
	}
	return ids, nil
}

// hourlyByPlace is the same, and knows articles by their places.
type hourlyByPlace struct{ hourlyByID }

func (r hourlyByPlace) Catalogue() []pack.Article { return r.articles }

func (r hourlyByPlace) Places(dst []int32, seed int32, at time.Time, k int) []int32 {
	if at.IsZero() {
		at = time.Unix(0, 0)
	}
	return append(dst, r.rows(seed, int(at.Unix()/3600), k)...)
}

// A ranking that knows articles by places is measured as one that knows them by id,
// by any number of goroutines; and where the catalogue is another one, by id.
func TestPlaceRanker(t *testing.T) {
	articles, snapshots := simulate.Site(150, 1)
	w, err := simulate.New(articles, snapshots, simulate.Options{Seed: 1, Impressions: 2000, Days: 9, Theta: []float64{1, .6, .4}})
	if err != nil {
		t.Fatal(err)
	}
	p := w.Pack(1)
	measure := func(r Ranker, workers int) []any {
		t.Helper()
		entries := []Entry{{Name: "hourly", Ranker: r}}
		clicks, err := Clicks(t.Context(), p, entries, nil, ClickOptions{Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		lists, err := MeasureLists(t.Context(), p, entries, nil, ListOptions{K: 5})
		if err != nil {
			t.Fatal(err)
		}
		truth, err := PackTruth(p, TruthOptions{})
		if err != nil {
			t.Fatal(err)
		}
		reading, err := Run(t.Context(), truth, entries, nil, Options{K: []int{5}})
		if err != nil {
			t.Fatal(err)
		}
		c := reading.Candidates[0]
		if d := clicks.Dropped["hourly"]; d.Itself == 0 || c.Dropped.Itself == 0 || c.MostLinksIn == 0 {
			t.Fatalf("this log shows nothing: %+v, %+v", d, c.Dropped)
		}
		return []any{clicks, lists, reading.Measures(), c.Dropped, c.AsOf, c.WithoutList, c.MostLinked, c.MostLinksIn}
	}
	byID := hourlyByID{p.Articles}
	want := measure(byID, 1)
	for name, got := range map[string][]any{
		"by id, 4 goroutines":    measure(byID, 4),
		"by place":               measure(hourlyByPlace{byID}, 1),
		"by place, 4 goroutines": measure(hourlyByPlace{byID}, 4),
		"of another catalogue":   measure(hourlyByPlace{hourlyByID{slices.Clone(p.Articles)}}, 1),
	} {
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got\n%+v\nwant\n%+v", name, got, want)
		}
	}
}
