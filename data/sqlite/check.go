package sqlite

import (
	"context"
	"errors"
	"fmt"

	"github.com/alsolike/alsolike/data"
)

// CheckOverrides says of each of all why AddOverrides would refuse it now; nil: it would not.
func (s *Store) CheckOverrides(ctx context.Context, all []data.Override) (refused []error, err error) {
	return check(ctx, s, all, func(o *data.Override) ([]data.ArticleID, error) {
		return []data.ArticleID{o.Article, o.Target}, o.Validate()
	})
}

// CheckRules says of each of all why AddRules would refuse it now; nil: it would not.
func (s *Store) CheckRules(ctx context.Context, all []data.Rule) (refused []error, err error) {
	return check(ctx, s, all, func(r *data.Rule) ([]data.ArticleID, error) {
		return []data.ArticleID{r.Target}, r.Validate()
	})
}

// check says of each of all what is wrong with it, or which article it names is unknown.
func check[T any](ctx context.Context, s *Store, all []T, look func(*T) (articles []data.ArticleID, wrong error)) ([]error, error) {
	refused := make([]error, len(all))
	for i := range all {
		articles, wrong := look(&all[i])
		if wrong == nil {
			wrong = checkArticles(ctx, s.read, articles...)
			if wrong != nil && !errors.Is(wrong, data.ErrNotFound) {
				return nil, fmt.Errorf("sqlite: check what is to be added: %w", s.explain(ctx, wrong))
			}
		}
		refused[i] = wrong
	}
	return refused, nil
}
