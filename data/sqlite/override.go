package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/alsolike/alsolike/data"
)

// AddOverride stores o with a new ID and the present time as Created, and
// returns it so. It refuses an invalid one (*data.InvalidError) and one that
// names an article which the store does not hold (data.ErrNotFound).
func (s *Store) AddOverride(ctx context.Context, o data.Override) (data.Override, error) {
	if err := o.Validate(); err != nil {
		return data.Override{}, fmt.Errorf("sqlite: add override: %w", err)
	}
	o.From, o.Until, o.Created = o.From.UTC(), o.Until.UTC(), s.opts.Now().Round(0).UTC()
	err := s.inWrite(ctx, func(tx *sql.Tx) error {
		if err := checkArticles(ctx, tx, o.Article, o.Target); err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, `INSERT INTO override (article, target, action, position, since, until, note, author, created)
			VALUES (?,?,?,?,?,?,?,?,?)`, string(o.Article), string(o.Target), string(o.Action), o.Position,
			formatTime(o.From), formatTime(o.Until), o.Note, o.Author, formatTime(o.Created))
		if err != nil {
			return err
		}
		if o.ID, err = result.LastInsertId(); err != nil {
			return err
		}
		return countOverrides(ctx, tx)
	})
	if err != nil {
		return data.Override{}, fmt.Errorf("sqlite: add override: %w", err)
	}
	return o, nil
}

// checkArticles returns data.ErrNotFound, naming the id, if one is unknown.
func checkArticles(ctx context.Context, tx *sql.Tx, ids ...data.ArticleID) error {
	for _, id := range ids {
		if id == data.Everywhere {
			continue
		}
		var known bool
		if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM article WHERE id = ?)`, string(id)).Scan(&known); err != nil {
			return err
		}
		if !known {
			return fmt.Errorf("article %q: %w", id, data.ErrNotFound)
		}
	}
	return nil
}

func countOverrides(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `UPDATE revision SET overrides = overrides + 1`)
	return err
}

// Overrides lists all overrides by ID, the oldest first, whether or not they
// hold at present.
func (s *Store) Overrides(ctx context.Context) ([]data.Override, error) {
	var all []data.Override
	for o, err := range collect(ctx, s, "load overrides", scanOverride, s.read,
		`SELECT id, article, target, action, position, since, until, note, author, created FROM override ORDER BY id`) {
		if err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	return all, nil
}

func scanOverride(row scanner) (data.Override, error) {
	var o data.Override
	var from, until, created string
	err := row.Scan(&o.ID, &o.Article, &o.Target, &o.Action, &o.Position, &from, &until, &o.Note, &o.Author, &created)
	if err != nil {
		return data.Override{}, err
	}
	if o.From, err = parseTime(from); err != nil {
		return data.Override{}, err
	}
	if o.Until, err = parseTime(until); err != nil {
		return data.Override{}, err
	}
	o.Created, err = parseTime(created)
	return o, err
}

// RemoveOverride removes the override of that ID, or returns data.ErrNotFound.
func (s *Store) RemoveOverride(ctx context.Context, id int64) error {
	err := s.inWrite(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `DELETE FROM override WHERE id = ?`, id)
		if err != nil {
			return err
		}
		removed, err := result.RowsAffected()
		if err != nil {
			return err
		}
		if removed == 0 {
			return data.ErrNotFound
		}
		return countOverrides(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("sqlite: remove override %d: %w", id, err)
	}
	return nil
}
