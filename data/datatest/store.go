package datatest

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/alsolike/alsolike/data"
)

// A Store keeps articles, overrides and rules in memory. Its methods do what those of
// sqlite.Store say, without ever failing for want of a disk.
type Store struct {
	now func() time.Time

	change sync.Mutex // held by ChangeArticle and PutEach

	mu           sync.Mutex
	articles     map[data.ArticleID]stored
	overrides    []data.Override                    // by ID
	listed       map[string]map[data.ArticleID]bool // source -> what it lists
	lastOverride int64
	rules        []data.Rule // in their order, which is not set
	lastRule     int64
	history      []data.HistoryEntry // by ID
	batch        int64               // of the entries that are being made; 0: none
	revision     data.Revision
}

type stored struct {
	article  data.Article
	revision int64
}

// NewStore returns an empty Store; now stamps overrides and rules.
func NewStore(now func() time.Time) *Store {
	return &Store{now: now, articles: map[data.ArticleID]stored{}}
}

// PutArticles stores articles in order: all of them or, on an error, none.
func (s *Store) PutArticles(_ context.Context, articles []data.Article) (data.Changes, error) {
	for i := range articles {
		if err := articles[i].Validate(); err != nil {
			return data.Changes{}, fmt.Errorf("datatest: store article %q: %w", articles[i].ID, err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var changes data.Changes
	for _, a := range articles {
		old, known := s.articles[a.ID]
		switch {
		case !known:
			changes.Added++
		case old.article.Hash() == a.Hash():
			changes.Unchanged++
			continue
		default:
			changes.Updated++
		}
		s.articles[a.ID] = stored{normal(a), s.revision.Articles + 1}
	}
	if changes.Added+changes.Updated > 0 {
		s.revision.Articles++
	}
	return changes, nil
}

// normal is a as a store hands it back: a copy, times in UTC, no empty lists,
// and a state.
func normal(a data.Article) data.Article {
	a.PublishedAt, a.UpdatedAt = a.PublishedAt.Round(0).UTC(), a.UpdatedAt.Round(0).UTC()
	a.Tags, a.Authors = slices.Clone(a.Tags), slices.Clone(a.Authors)
	if len(a.Tags) == 0 {
		a.Tags = nil
	}
	if len(a.Authors) == 0 {
		a.Authors = nil
	}
	if a.State == "" {
		a.State = data.Published
	}
	return a
}

// Article is the article of that id, or data.ErrNotFound.
func (s *Store) Article(_ context.Context, id data.ArticleID) (data.Article, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.articles[id]
	if !ok {
		return data.Article{}, fmt.Errorf("datatest: load article %q: %w", id, data.ErrNotFound)
	}
	return normal(found.article), nil
}

// ArticleByURL is the article with that URL, in any spelling, of several the
// one with the smallest id, or data.ErrNotFound.
func (s *Store) ArticleByURL(ctx context.Context, url string) (data.Article, error) {
	key := data.CanonicalURL(url)
	for a := range s.Articles(ctx) {
		if key != "" && data.CanonicalURL(a.URL) == key {
			return a, nil
		}
	}
	return data.Article{}, fmt.Errorf("datatest: load article with URL %q: %w", url, data.ErrNotFound)
}

// Articles yields every article in id order.
func (s *Store) Articles(context.Context) iter.Seq2[data.Article, error] {
	return func(yield func(data.Article, error) bool) {
		_, all := s.snapshot()
		yieldArticles(all)(yield)
	}
}

func yieldArticles(all []stored) iter.Seq2[data.Article, error] {
	return func(yield func(data.Article, error) bool) {
		for _, one := range all {
			if !yield(normal(one.article), nil) {
				return
			}
		}
	}
}

// snapshot is the revision and all articles in id order.
func (s *Store) snapshot() (data.Revision, []stored) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.revision, slices.SortedFunc(maps.Values(s.articles), func(a, b stored) int {
		return cmp.Compare(a.article.ID, b.article.ID)
	})
}

// ReadArticles calls f with one unchanging view of the store.
func (s *Store) ReadArticles(_ context.Context, f func(rev data.Revision, articles iter.Seq2[data.Article, error]) error) error {
	rev, all := s.snapshot()
	return f(rev, yieldArticles(all))
}

// ReadChanges calls f with one unchanging view of the store: its revision, the
// digest of all articles, and those that changed after revision since, in id
// order.
func (s *Store) ReadChanges(_ context.Context, since int64, f func(rev data.Revision, all data.Digest, changed iter.Seq2[data.Article, error]) error) error {
	rev, all := s.snapshot()
	var digest data.Digest
	for i := range all {
		digest.Toggle(all[i].article.Hash())
	}
	return f(rev, digest, yieldArticles(slices.DeleteFunc(all, func(one stored) bool { return one.revision <= since })))
}

// TextSize measures the articles on the site.
func (s *Store) TextSize(context.Context) (size data.TextSize, _ error) {
	_, all := s.snapshot()
	for _, one := range all {
		if a := one.article; a.State != data.Unpublished {
			size.Articles++
			size.Bytes += int64(len(a.Title) + len(a.Summary) + len(a.Body))
			if a.TranslationOf != "" {
				size.Translations++
			}
		}
	}
	return size, nil
}

// CardsSince yields the cards of the articles that changed after revision rev,
// oldest change first, then in id order.
func (s *Store) CardsSince(_ context.Context, rev int64) iter.Seq2[data.Card, error] {
	return func(yield func(data.Card, error) bool) {
		_, all := s.snapshot()
		slices.SortStableFunc(all, func(a, b stored) int { return cmp.Compare(a.revision, b.revision) })
		for _, one := range all {
			if one.revision > rev && !yield(one.article.Card(), nil) {
				return
			}
		}
	}
}

// Count is the number of articles in a store, in whatever state.
func Count(ctx context.Context, store interface {
	Articles(ctx context.Context) iter.Seq2[data.Article, error]
},
) (n int, err error) {
	for _, err := range store.Articles(ctx) {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// CountArticles counts the articles by state.
func (s *Store) CountArticles(context.Context) (map[data.State]int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	counts := map[data.State]int{}
	for _, one := range s.articles {
		counts[one.article.State]++
	}
	return counts, nil
}

// CountLanguages counts the articles by language.
func (s *Store) CountLanguages(context.Context) (data.LangCounts, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	counts := data.NewLangCounts()
	for _, one := range s.articles {
		counts.Add(one.article.Lang, one.article.LangConfidence, 1)
	}
	return counts, nil
}

// Revision is the store's present revision.
func (s *Store) Revision(context.Context) (data.Revision, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.revision, nil
}

// AddOverride stores o with a new ID and the present time as Created.
func (s *Store) AddOverride(ctx context.Context, o data.Override) (data.Override, error) {
	stored, refused, _ := s.AddOverrides(ctx, []data.Override{o})
	if refused[0] != nil {
		return data.Override{}, fmt.Errorf("datatest: add override: %w", refused[0])
	}
	return stored[0], nil
}

// AddOverrides stores those that can be, and says of each of the others why not.
func (s *Store) AddOverrides(ctx context.Context, all []data.Override) (stored []data.Override, refused []error, _ error) {
	return s.AddOverridesAt(ctx, data.AnyRevision, all)
}

// AddOverridesAt is AddOverrides as long as the revision of overrides is that one.
func (s *Store) AddOverridesAt(ctx context.Context, revision int64, all []data.Override) (stored []data.Override, refused []error, _ error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if revision != data.AnyRevision && revision != s.revision.Overrides {
		return nil, nil, &data.ConflictError{Subject: "the list of overrides"}
	}
	stored, refused = make([]data.Override, len(all)), make([]error, len(all))
	before := s.lastOverride
	good := 0
	for i := range all {
		if refused[i] = s.refusal(&all[i]); refused[i] == nil {
			good++
		}
	}
	defer s.inBatch(good)()
	for i, o := range all {
		if refused[i] != nil {
			continue
		}
		s.lastOverride++
		o.ID = s.lastOverride
		o.From, o.Until, o.Created = o.From.Round(0).UTC(), o.Until.Round(0).UTC(), s.now().Round(0).UTC()
		s.overrides, stored[i] = append(s.overrides, o), o
		s.record(ctx, nil, &o)
	}
	if s.lastOverride > before {
		s.revision.Overrides++
	}
	return stored, refused, nil
}

func (s *Store) refusal(o *data.Override) error {
	if err := o.Validate(); err != nil {
		return err
	}
	for _, id := range []data.ArticleID{o.Article, o.Target} {
		if _, known := s.articles[id]; !known && id != data.Everywhere && id != "" {
			return fmt.Errorf("article %q: %w", id, data.ErrNotFound)
		}
	}
	return nil
}

// Overrides lists all overrides by ID.
func (s *Store) Overrides(context.Context) ([]data.Override, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]data.Override(nil), s.overrides...), nil
}

// OverridePage lists the overrides that f asks for, and counts all that it lets through.
func (s *Store) OverridePage(_ context.Context, f data.OverrideFilter) (page []data.Override, total int, _ error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.overrides {
		if !f.Matches(&o) {
			continue
		}
		total++
		if o.ID > f.After && (f.Limit == 0 || len(page) < f.Limit) {
			page = append(page, o)
		}
	}
	return page, total, nil
}

// CheckOverrides says of each of all why it could not be added.
func (s *Store) CheckOverrides(_ context.Context, all []data.Override) (refused []error, _ error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range all {
		refused = append(refused, s.refusal(&all[i]))
	}
	return refused, nil
}
