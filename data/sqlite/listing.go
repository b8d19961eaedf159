package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/alsolike/alsolike/data"
)

// AddListed notes that the source of that key lists the articles of ids, in
// one transaction. What is noted already stays as it is.
func (s *Store) AddListed(ctx context.Context, source string, ids []data.ArticleID) error {
	err := s.inWrite(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO listing_source (key) VALUES (?)`, source); err != nil {
			return err
		}
		add, err := tx.PrepareContext(ctx, `INSERT OR IGNORE INTO listing (source, article)
			SELECT row, ? FROM listing_source WHERE key = ?`)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if _, err := add.ExecContext(ctx, string(id), source); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("sqlite: note what %q lists: %w", source, err)
	}
	return nil
}

// Listed is what AddListed has noted of the source of that key, in id order.
func (s *Store) Listed(ctx context.Context, source string) ([]data.ArticleID, error) {
	var ids []data.ArticleID
	scan := func(row scanner) (id data.ArticleID, err error) { return id, row.Scan(&id) }
	for id, err := range collect(ctx, s, "load what a source lists", scan, s.read,
		`SELECT article FROM listing JOIN listing_source ON source = row WHERE key = ? ORDER BY article`, source) {
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// Unlist forgets, in one transaction, that the source of that key lists the
// articles of ids. Those that no other source lists become unpublished; it
// counts those that were not so before.
func (s *Store) Unlist(ctx context.Context, source string, ids []data.ArticleID) (unpublished int, err error) {
	err = s.inWrite(ctx, func(tx *sql.Tx) error {
		p, err := newPutter(ctx, tx)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := p.unlist(ctx, tx, source, id); err != nil {
				return fmt.Errorf("article %q: %w", id, err)
			}
		}
		unpublished = p.changes.Updated
		return p.finish(ctx, tx)
	})
	if err != nil {
		return 0, fmt.Errorf("sqlite: unpublish what %q no longer lists: %w", source, err)
	}
	return unpublished, nil
}

func (p *putter) unlist(ctx context.Context, tx *sql.Tx, source string, id data.ArticleID) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM listing
		WHERE article = ? AND source = (SELECT row FROM listing_source WHERE key = ?)`, string(id), source); err != nil {
		return err
	}
	a, err := scanArticle(tx.QueryRowContext(ctx, `SELECT `+articleColumns+` FROM article
		WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM listing WHERE article = ?1)`, string(id)))
	if errors.Is(err, data.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	a.State = data.Unpublished
	return p.put(ctx, &a)
}
