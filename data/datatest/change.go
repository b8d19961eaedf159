package datatest

import (
	"context"
	"fmt"

	"github.com/alsolike/alsolike/data"
)

// ChangeArticle stores what f makes of the article of that id, nil if there is
// none. Two of them never run at the same time.
func (s *Store) ChangeArticle(ctx context.Context, id data.ArticleID, f func(old *data.Article) (data.Article, error)) (data.Change, error) {
	s.change.Lock()
	defer s.change.Unlock()
	var old *data.Article
	if stored, err := s.Article(ctx, id); err == nil {
		old = &stored
	}
	fresh, err := f(old)
	if err != nil {
		return "", fmt.Errorf("datatest: change article %q: %w", id, err)
	}
	changes, err := s.PutArticles(ctx, []data.Article{fresh})
	return changes.Since(data.Changes{}), err
}

// ChangeArticles stores what f makes of those articles of ids that there are, and
// counts those that differ from before.
func (s *Store) ChangeArticles(ctx context.Context, ids []data.ArticleID, f func(*data.Article)) (changed int, err error) {
	s.change.Lock()
	defer s.change.Unlock()
	var articles []data.Article
	for _, id := range ids {
		if a, err := s.Article(ctx, id); err == nil {
			f(&a)
			articles = append(articles, a)
		}
	}
	changes, err := s.PutArticles(ctx, articles)
	return changes.Updated, err
}

// PutEach is PutArticles that tells what became of every article.
func (s *Store) PutEach(ctx context.Context, articles []data.Article) ([]data.Change, error) {
	for i := range articles {
		if err := articles[i].Validate(); err != nil {
			return nil, fmt.Errorf("datatest: store article %q: %w", articles[i].ID, err)
		}
	}
	s.change.Lock()
	defer s.change.Unlock()
	changes := make([]data.Change, len(articles))
	for i := range articles {
		change, err := s.PutArticles(ctx, articles[i:i+1])
		if err != nil {
			return nil, err
		}
		changes[i] = change.Since(data.Changes{})
	}
	return changes, nil
}
