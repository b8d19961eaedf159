package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/alsolike/alsolike/data"
)

const overrideColumns = `id, article, target, action, position, strength, since, until, lang, placement, note, author, paused, created`

// AddOverride stores o with a new ID and the present time as Created, and
// returns it so. It refuses an invalid one (*data.InvalidError) and one that
// names an article which the store does not hold (data.ErrNotFound).
func (s *Store) AddOverride(ctx context.Context, o data.Override) (data.Override, error) {
	stored, refused, err := s.AddOverrides(ctx, []data.Override{o})
	if err == nil {
		err = refused[0]
	}
	if err != nil {
		return data.Override{}, fmt.Errorf("sqlite: add override: %w", err)
	}
	return stored[0], nil
}

// AddOverrides is AddOverride for many at once, in order: those that can be stored
// are, all of them or, on an error, none. refused says of each of the others why it
// was not; of a stored one it is nil.
func (s *Store) AddOverrides(ctx context.Context, all []data.Override) (stored []data.Override, refused []error, err error) {
	return s.AddOverridesAt(ctx, data.AnyRevision, all)
}

// AddOverridesAt is AddOverrides as long as data.Revision.Overrides is that revision, or it
// is data.AnyRevision: else it stores none and returns a *data.ConflictError.
func (s *Store) AddOverridesAt(ctx context.Context, revision int64, all []data.Override) (stored []data.Override, refused []error, err error) {
	stored, refused = make([]data.Override, len(all)), make([]error, len(all))
	created := s.opts.Now().Round(0).UTC()
	err = s.inWrite(ctx, func(tx *sql.Tx) error {
		if revision != data.AnyRevision {
			now, err := s.revision(ctx, tx)
			if err != nil {
				return err
			}
			if now.Overrides != revision {
				return &data.ConflictError{Subject: "the list of overrides"}
			}
		}
		good := 0
		for i, o := range all {
			if refused[i] = o.Validate(); refused[i] != nil {
				continue
			}
			if err := checkArticles(ctx, tx, o.Article, o.Target); errors.Is(err, data.ErrNotFound) {
				refused[i] = err
				continue
			} else if err != nil {
				return err
			}
			good++
		}
		ctx, err := withBatch(ctx, tx, good)
		if err != nil {
			return err
		}
		for i, o := range all {
			if refused[i] != nil {
				continue
			}
			o.ID, o.From, o.Until, o.Created = 0, o.From.Round(0).UTC(), o.Until.Round(0).UTC(), created
			if err := insertOverride(ctx, tx, &o); err != nil {
				return err
			}
			if _, err := s.recordOverride(ctx, tx, nil, &o); err != nil {
				return err
			}
			stored[i] = o
		}
		if good == 0 {
			return nil
		}
		return countOverrides(ctx, tx)
	})
	return stored, refused, err
}

// insertOverride stores o, with a new ID where it has none, in the place of the one that
// has that ID.
func insertOverride(ctx context.Context, tx *sql.Tx, o *data.Override) error {
	var id any
	if o.ID != 0 {
		id = o.ID
	}
	result, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO override (`+overrideColumns+`) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
		id, string(o.Article), string(o.Target), string(o.Action), o.Position, o.Strength,
		formatTime(o.From), formatTime(o.Until), string(o.Lang), o.Placement, o.Note, o.Author, o.Paused, formatTime(o.Created))
	if err == nil {
		o.ID, err = result.LastInsertId()
	}
	return err
}

// checkArticles returns data.ErrNotFound, naming the id, if one is unknown.
func checkArticles(ctx context.Context, q querier, ids ...data.ArticleID) error {
	for _, id := range ids {
		if id == data.Everywhere || id == "" {
			continue
		}
		var known bool
		if err := q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM article WHERE id = ?)`, string(id)).Scan(&known); err != nil {
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
		`SELECT `+overrideColumns+` FROM override ORDER BY id`) {
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
	err := row.Scan(&o.ID, &o.Article, &o.Target, &o.Action, &o.Position, &o.Strength, &from, &until, &o.Lang, &o.Placement, &o.Note, &o.Author, &o.Paused, &created)
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
