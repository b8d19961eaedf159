package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/alsolike/alsolike/data"
)

// ChangeArticle stores what f makes of the article of that id, nil if there is
// none, within one transaction: nobody changes the article in between. An
// error of f is returned and nothing stored. What f returns must be valid and
// have the same id.
func (s *Store) ChangeArticle(ctx context.Context, id data.ArticleID, f func(old *data.Article) (data.Article, error)) (change data.Change, err error) {
	err = s.inWrite(ctx, func(tx *sql.Tx) error {
		var old *data.Article
		switch stored, err := scanArticle(tx.QueryRowContext(ctx, `SELECT `+articleColumns+` FROM article WHERE id = ?`, string(id))); {
		case err == nil:
			old = &stored
		case !errors.Is(err, data.ErrNotFound):
			return err
		}
		fresh, err := f(old)
		if err != nil {
			return err
		}
		if fresh.ID != id {
			panic("sqlite: an article cannot change its id")
		}
		changes, err := putEach(ctx, tx, []data.Article{fresh})
		if err == nil {
			change = changes[0]
		}
		return err
	})
	if err != nil {
		return "", fmt.Errorf("sqlite: change article %q: %w", id, err)
	}
	return change, nil
}

// ChangeArticles stores what f makes of those articles of ids that there are, in
// one transaction: nobody changes them in between. f must leave them valid, and
// their ids alone. It counts those that differ from before.
func (s *Store) ChangeArticles(ctx context.Context, ids []data.ArticleID, f func(*data.Article)) (changed int, err error) {
	err = s.inWrite(ctx, func(tx *sql.Tx) error {
		p, err := newPutter(ctx, tx)
		if err != nil {
			return err
		}
		load, err := tx.PrepareContext(ctx, `SELECT `+articleColumns+` FROM article WHERE id = ?`)
		if err != nil {
			return err
		}
		for _, id := range ids {
			a, err := scanArticle(load.QueryRowContext(ctx, string(id)))
			if errors.Is(err, data.ErrNotFound) {
				continue
			}
			if err == nil {
				f(&a)
				err = p.put(ctx, &a)
			}
			if err != nil {
				return fmt.Errorf("article %q: %w", id, err)
			}
		}
		changed = p.changes.Updated
		return p.finish(ctx, tx)
	})
	if err != nil {
		return 0, fmt.Errorf("sqlite: change %d articles: %w", len(ids), err)
	}
	return changed, nil
}

// PutEach is PutArticles that tells what became of every article.
func (s *Store) PutEach(ctx context.Context, articles []data.Article) (changes []data.Change, err error) {
	err = s.inWrite(ctx, func(tx *sql.Tx) (err error) {
		changes, err = putEach(ctx, tx, articles)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("sqlite: store %d articles: %w", len(articles), err)
	}
	return changes, nil
}

func putEach(ctx context.Context, tx *sql.Tx, articles []data.Article) ([]data.Change, error) {
	p, err := newPutter(ctx, tx)
	if err != nil {
		return nil, err
	}
	changes := make([]data.Change, len(articles))
	for i := range articles {
		a := &articles[i]
		err := a.Validate()
		before := p.changes
		if err == nil {
			err = p.put(ctx, a)
		}
		if err != nil {
			return nil, fmt.Errorf("article %q: %w", a.ID, err)
		}
		changes[i] = p.changes.Since(before)
	}
	return changes, p.finish(ctx, tx)
}
