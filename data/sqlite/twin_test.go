package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
	"github.com/alsolike/alsolike/data/sqlite"
)

// store is what sqlite.Store and its twin in memory have in common.
type store interface {
	PutArticles(context.Context, []data.Article) (data.Changes, error)
	Article(context.Context, data.ArticleID) (data.Article, error)
	Articles(context.Context) iter.Seq2[data.Article, error]
	ReadArticles(context.Context, func(data.Revision, iter.Seq2[data.Article, error]) error) error
	ReadChanges(context.Context, int64, func(data.Revision, data.Digest, iter.Seq2[data.Article, error]) error) error
	TextSize(context.Context) (data.TextSize, error)
	CardsSince(context.Context, int64) iter.Seq2[data.Card, error]
	Revision(context.Context) (data.Revision, error)
	CountLanguages(context.Context) (data.LangCounts, error)
	ChangeArticles(context.Context, []data.ArticleID, func(*data.Article)) (int, error)
	AddOverride(context.Context, data.Override) (data.Override, error)
	Overrides(context.Context) ([]data.Override, error)
	AddOverrides(context.Context, []data.Override) ([]data.Override, []error, error)
	PauseOverride(context.Context, int64, bool) error
	RemoveOverride(context.Context, int64) error
	ChangeOverride(context.Context, int64, func(data.Override) (*data.Override, error)) (data.HistoryEntry, error)
	Override(context.Context, int64) (data.Override, error)
	History(context.Context, data.HistoryFilter) iter.Seq2[data.HistoryEntry, error]
	Revert(context.Context, int64) (data.HistoryEntry, error)
	RevertBatch(context.Context, int64) (data.Reverted, error)
	OverridePage(context.Context, data.OverrideFilter) ([]data.Override, int, error)
	CheckOverrides(context.Context, []data.Override) ([]error, error)
}

var (
	anyID    = rapid.SampledFrom([]data.ArticleID{"1", "09", "9", "a/b", "ü", "文", "z z", "𝄞"})
	anyText  = rapid.OneOf(rapid.SampledFrom([]string{"", "rents\x00rose", "住房", "' \" \\ \n"}), rapid.String())
	anyState = rapid.SampledFrom([]data.State{"", data.Published, data.Unpublished, data.Hidden})
	anyTime  = rapid.Custom(func(t *rapid.T) time.Time {
		if rapid.Bool().Draw(t, "none") {
			return time.Time{}
		}
		at := time.Unix(rapid.Int64Range(-62_135_000_000, 253_402_000_000).Draw(t, "seconds"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns"))
		return at.In(time.FixedZone("", rapid.IntRange(-12, 12).Draw(t, "zone")*3600))
	})
	anyArticle = rapid.Custom(func(t *rapid.T) data.Article {
		text := func(name string) string { return anyText.Draw(t, name) }
		return data.Article{
			ID: anyID.Draw(t, "id"), Title: "t" + text("title"), Body: text("body"), Summary: text("summary"),
			URL:            rapid.SampledFrom([]string{"", "https://a.example/1", "http://a.example/1/?utm_source=x", "https://a.example/2", "#top"}).Draw(t, "url"),
			Lang:           rapid.SampledFrom([]data.Lang{"en", "und", "zh-Hant"}).Draw(t, "lang"),
			LangConfidence: rapid.SampledFrom([]float64{0, 0, data.AssumedConfidence, 0.5, 0.97, 1}).Draw(t, "confidence"), PublishedAt: anyTime.Draw(t, "published"),
			UpdatedAt: anyTime.Draw(t, "updated"), Section: text("section"), Tags: rapid.SliceOf(anyText).Draw(t, "tags"),
			Authors: rapid.SliceOf(anyText).Draw(t, "authors"), Image: data.Image{Src: text("src"), Alt: text("alt")}, Type: text("type"),
			Series: text("series"), Part: rapid.Int().Draw(t, "part"),
			TranslationOf: rapid.OneOf(anyID, rapid.Just(data.ArticleID(""))).Draw(t, "of"),
			CanonicalURL:  rapid.OneOf(anyText, rapid.SampledFrom([]string{"https://a.example/1", "http://A.example/2/"})).Draw(t, "canonical"), State: anyState.Draw(t, "state"), Evergreen: rapid.Bool().Draw(t, "evergreen"),
			NoLinkTo: rapid.Bool().Draw(t, "no link to"), NoLinks: rapid.Bool().Draw(t, "no links"),
		}
	})
	// Half of them make sense but for their articles.
	anyOverride = rapid.Custom(func(t *rapid.T) data.Override {
		o := data.Override{
			Article: rapid.OneOf(anyID, rapid.Just(data.Everywhere)).Draw(t, "article"), Target: anyID.Draw(t, "target"),
			Action:   rapid.SampledFrom([]data.Action{data.Pin, data.Hide, data.Boost, data.Bury, data.Off, "boast"}).Draw(t, "action"),
			Position: rapid.IntRange(0, 3).Draw(t, "position"), Strength: rapid.SampledFrom([]float64{0, 0, 0.1, 0.9, 1, 2.5, 10, 11}).Draw(t, "strength"),
			From: anyTime.Draw(t, "from"), Until: anyTime.Draw(t, "until"),
			Lang:      rapid.SampledFrom([]data.Lang{"", "", "zh", "zh-Hant", "en-GB", "EN", "klingon"}).Draw(t, "lang"),
			Placement: anyText.Draw(t, "placement"), Note: anyText.Draw(t, "note"), Author: anyText.Draw(t, "author"), Paused: rapid.Bool().Draw(t, "paused"),
		}
		if rapid.Bool().Draw(t, "as it is") {
			return o
		}
		o.Until, o.Lang = time.Time{}, "zh"
		switch o.Action {
		case data.Pin:
			o.Position, o.Strength = 2, 0
		case data.Boost:
			o.Position, o.Strength = 0, 1.7
		case data.Bury:
			o.Position, o.Strength = 0, 0.3
		case data.Off:
			o.Target = ""
			fallthrough
		default:
			o.Position, o.Strength = 0, 0
		}
		return o
	})
	anyOverrideFilter = rapid.Custom(func(t *rapid.T) data.OverrideFilter {
		return data.OverrideFilter{
			Article: rapid.OneOf(rapid.Just(data.ArticleID("")), rapid.Just(data.Everywhere), anyID).Draw(t, "article"),
			Target:  rapid.OneOf(rapid.Just(data.ArticleID("")), anyID).Draw(t, "target"),
			Action:  rapid.SampledFrom([]data.Action{"", "", data.Pin, data.Off}).Draw(t, "action"),
			Author:  rapid.OneOf(rapid.Just(""), anyText).Draw(t, "author"), Placement: rapid.OneOf(rapid.Just(""), anyText).Draw(t, "placement"),
			State: rapid.SampledFrom(append(data.OverrideStates(), "")).Draw(t, "state"),
			After: rapid.Int64Range(0, 4).Draw(t, "after"), Limit: rapid.IntRange(0, 3).Draw(t, "limit"),
		}
	})
	anyFilter = rapid.Custom(func(t *rapid.T) data.HistoryFilter {
		soon := rapid.Custom(func(t *rapid.T) time.Time {
			return noon.Add(time.Duration(rapid.IntRange(0, 4).Draw(t, "seconds")) * time.Second)
		})
		return data.HistoryFilter{
			Author:  rapid.SampledFrom([]string{"", "", "mei"}).Draw(t, "by"),
			Kind:    rapid.SampledFrom([]data.Kind{"", data.KindOverride, data.KindRule}).Draw(t, "kind"),
			Without: rapid.SampledFrom([][]data.Kind{nil, nil, {data.KindUser, data.KindKey}, {data.KindOverride}}).Draw(t, "without"),
			Subject: rapid.SampledFrom([]string{"", "", "1", "2"}).Draw(t, "subject"),
			Article: rapid.OneOf(rapid.Just(data.ArticleID("")), anyID).Draw(t, "of"),
			Since:   rapid.OneOf(rapid.Just(time.Time{}), soon).Draw(t, "since"),
			Until:   rapid.OneOf(rapid.Just(time.Time{}), soon).Draw(t, "until"),
			Batch:   rapid.SampledFrom([]int64{0, 0, 0, 1, 2, 3}).Draw(t, "batch"),
			Heads:   rapid.Bool().Draw(t, "heads"),
			Before:  rapid.Int64Range(0, 6).Draw(t, "before"),
			Limit:   rapid.IntRange(0, 3).Draw(t, "limit"),
		}
	})
)

// An answer is everything that can be asked of a store.
type answer struct {
	Articles, View []data.Article
	Changed        []data.Article
	Digest         data.Digest
	Size           data.TextSize
	Cards          []data.Card
	Revision, Seen data.Revision
	Overrides      []data.Override
	Override       data.Override
	History        []data.HistoryEntry
	One            data.Article
	Languages      data.LangCounts
	Kinds          []string // of errors
}

func ask(s store, id data.ArticleID, rev int64, filter data.HistoryFilter) answer {
	ctx := context.Background()
	var got answer
	note := func(err error) { got.Kinds = append(got.Kinds, kind(err)) }
	var err error
	for a, err := range s.Articles(ctx) {
		note(err)
		got.Articles = append(got.Articles, a)
	}
	note(s.ReadArticles(ctx, func(rev data.Revision, articles iter.Seq2[data.Article, error]) error {
		got.Seen = rev
		for range 2 { // a view may be gone through more than once
			got.View = nil
			for a, err := range articles {
				note(err)
				got.View = append(got.View, a)
			}
		}
		return nil
	}))
	note(s.ReadChanges(ctx, rev, func(seen data.Revision, digest data.Digest, changed iter.Seq2[data.Article, error]) error {
		got.Digest = digest
		if seen != got.Seen {
			return fmt.Errorf("revisions %v and %v", seen, got.Seen)
		}
		for a, err := range changed {
			note(err)
			got.Changed = append(got.Changed, a)
		}
		return nil
	}))
	got.Size, err = s.TextSize(ctx)
	note(err)
	for c, err := range s.CardsSince(ctx, rev) {
		note(err)
		got.Cards = append(got.Cards, c)
	}
	got.Revision, err = s.Revision(ctx)
	note(err)
	got.Overrides, err = s.Overrides(ctx)
	note(err)
	got.Override, err = s.Override(ctx, rev)
	note(err)
	for e, err := range s.History(ctx, filter) {
		note(err)
		got.History = append(got.History, e)
	}
	got.One, err = s.Article(ctx, id)
	note(err)
	got.Languages, err = s.CountLanguages(ctx)
	note(err)
	return got
}

// kind is what of an error callers may rely on.
func kind(err error) string {
	var invalid *data.InvalidError
	var conflict *data.ConflictError
	switch {
	case err == nil:
		return ""
	case errors.Is(err, data.ErrNotFound):
		return "not found"
	case errors.As(err, &invalid):
		return "invalid " + invalid.Field
	case errors.As(err, &conflict):
		return "conflict about " + conflict.Subject
	}
	return err.Error()
}

// Random operations give the same answers as the store in memory, also after
// the file has been opened anew.
func TestStoreIsLikeItsTwin(t *testing.T) {
	folder := t.TempDir()
	runs := 0
	rapid.Check(t, func(t *rapid.T) {
		runs++
		ctx := context.Background()
		now := noon
		clock := func() time.Time { return now }
		path := filepath.Join(folder, fmt.Sprintf("%d.db", runs))
		real, err := sqlite.Open(ctx, path, sqlite.Options{Now: clock})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { real.Close() }()
		twin := datatest.NewStore(clock)

		both := func(f func(store) (any, error)) {
			got, gotErr := f(real)
			want, wantErr := f(twin)
			if diff := cmp.Diff(want, got); diff != "" || kind(gotErr) != kind(wantErr) {
				t.Fatalf("got %v, want %v (-want +got):\n%s", gotErr, wantErr, diff)
			}
		}
		compare := func(t *rapid.T) {
			id := anyID.Draw(t, "id")
			rev := rapid.Int64Range(0, 5).Draw(t, "rev")
			filter := anyFilter.Draw(t, "filter")
			if diff := cmp.Diff(ask(twin, id, rev, filter), ask(real, id, rev, filter)); diff != "" {
				t.Fatalf("the store differs from its twin (-twin +store):\n%s", diff)
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				articles := rapid.SliceOfN(anyArticle, 0, 4).Draw(t, "articles")
				both(func(s store) (any, error) { return s.PutArticles(ctx, articles) })
			},
			"put invalid": func(t *rapid.T) {
				articles := []data.Article{anyArticle.Draw(t, "good"), {ID: "bad\n", Title: "t"}}
				both(func(s store) (any, error) { return s.PutArticles(ctx, articles) })
			},
			"change articles": func(t *rapid.T) {
				ids := rapid.SliceOfDistinct(anyID, rapid.ID).Draw(t, "ids")
				lang := rapid.SampledFrom([]data.Lang{"en", "und"}).Draw(t, "lang")
				both(func(s store) (any, error) {
					return s.ChangeArticles(ctx, ids, func(a *data.Article) { a.Lang, a.LangConfidence = lang, data.AssumedConfidence })
				})
			},
			"add override": func(t *rapid.T) {
				o := anyOverride.Draw(t, "override")
				now = now.Add(time.Second)
				both(func(s store) (any, error) { return s.AddOverride(ctx, o) })
			},
			"add overrides": func(t *rapid.T) {
				all := rapid.SliceOfN(anyOverride, 0, 4).Draw(t, "overrides")
				both(func(s store) (any, error) {
					stored, refused, err := s.AddOverrides(ctx, all)
					why := []string{}
					for _, err := range refused {
						why = append(why, kind(err))
					}
					return map[string]any{"stored": stored, "refused": why}, err
				})
			},
			"pause override": func(t *rapid.T) {
				id, paused := rapid.Int64Range(0, 8).Draw(t, "id"), rapid.Bool().Draw(t, "paused")
				both(func(s store) (any, error) { return nil, s.PauseOverride(ctx, id, paused) })
			},
			"remove override": func(t *rapid.T) {
				id := rapid.Int64Range(0, 8).Draw(t, "id")
				both(func(s store) (any, error) { return nil, s.RemoveOverride(ctx, id) })
			},
			"change override": func(t *rapid.T) {
				id, fresh := rapid.Int64Range(0, 8).Draw(t, "id"), anyOverride.Draw(t, "override")
				ctx := data.WithAuthor(ctx, rapid.SampledFrom([]string{"", "mei"}).Draw(t, "by"))
				both(func(s store) (any, error) {
					return s.ChangeOverride(ctx, id, func(old data.Override) (*data.Override, error) {
						o := fresh
						o.ID, o.Created = old.ID, old.Created
						return &o, nil
					})
				})
			},
			"revert": func(t *rapid.T) {
				id := rapid.Int64Range(0, 12).Draw(t, "change")
				now = now.Add(time.Second)
				both(func(s store) (any, error) { return s.Revert(ctx, id) })
			},
			"revert batch": func(t *rapid.T) {
				id := rapid.Int64Range(0, 12).Draw(t, "change")
				ctx := data.WithAuthor(ctx, rapid.SampledFrom([]string{"", "mei"}).Draw(t, "by"))
				now = now.Add(time.Second)
				both(func(s store) (any, error) {
					r, err := s.RevertBatch(ctx, id)
					left := []string{}
					for _, why := range r.Left {
						left = append(left, why.Subject)
					}
					return map[string]any{"made": r.Made, "left": left}, err
				})
			},
			"page of overrides": func(t *rapid.T) {
				f := anyOverrideFilter.Draw(t, "filter")
				f.Now = now
				both(func(s store) (any, error) {
					page, total, err := s.OverridePage(ctx, f)
					return map[string]any{"page": page, "total": total}, err
				})
			},
			"check overrides": func(t *rapid.T) {
				all := rapid.SliceOfN(anyOverride, 0, 4).Draw(t, "overrides")
				both(func(s store) (any, error) {
					refused, err := s.CheckOverrides(ctx, all)
					why := []string{}
					for _, err := range refused {
						why = append(why, kind(err))
					}
					return why, err
				})
			},
			"reopen": func(t *rapid.T) {
				real.Close()
				if real, err = sqlite.Open(ctx, path, sqlite.Options{Now: clock}); err != nil {
					t.Fatal(err)
				}
			},
			"ask": compare,
		})
		compare(t)
	})
}
