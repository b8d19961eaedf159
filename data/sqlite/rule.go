package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/alsolike/alsolike/data"
)

// AddRule stores r behind all others, with a new ID and the present time as Created, and
// returns it so. It refuses an invalid one (*data.InvalidError) and one whose target is
// an article which the store does not hold (data.ErrNotFound).
func (s *Store) AddRule(ctx context.Context, r data.Rule) (data.Rule, error) {
	stored, refused, err := s.AddRules(ctx, []data.Rule{r})
	if err == nil {
		err = refused[0]
	}
	if err != nil {
		return data.Rule{}, fmt.Errorf("sqlite: add rule: %w", err)
	}
	return stored[0], nil
}

// AddRules is AddRule for many at once, in order: those that can be stored are, all of
// them or, on an error, none. refused says of each of the others why it was not; of a
// stored one it is nil.
func (s *Store) AddRules(ctx context.Context, all []data.Rule) (stored []data.Rule, refused []error, err error) {
	return s.AddRulesIf(ctx, all, func([]data.Rule) error { return nil })
}

// AddRulesIf is AddRules unless check, given the rules that there are, returns an error, which
// is returned then. Nobody changes them between that look and the change.
func (s *Store) AddRulesIf(ctx context.Context, all []data.Rule, check func(present []data.Rule) error) (stored []data.Rule, refused []error, err error) {
	stored, refused = make([]data.Rule, len(all)), make([]error, len(all))
	created := s.opts.Now().Round(0).UTC()
	err = s.inWrite(ctx, func(tx *sql.Tx) error {
		present, err := s.rules(ctx, tx)
		if err == nil {
			err = check(present)
		}
		if err != nil {
			return err
		}
		good := 0
		for i, r := range all {
			if refused[i] = r.Validate(); refused[i] != nil {
				continue
			}
			if err := checkArticles(ctx, tx, r.Target); errors.Is(err, data.ErrNotFound) {
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
		for i, r := range all {
			if refused[i] != nil {
				continue
			}
			r = r.Normal()
			r.Created = created
			r.ID, r.Order = 0, 0
			if stored[i], err = insertRule(ctx, tx, r); err != nil {
				return err
			}
			if _, err := s.recordRule(ctx, tx, nil, &stored[i]); err != nil {
				return err
			}
		}
		if good == 0 {
			return nil
		}
		return countOverrides(ctx, tx)
	})
	return stored, refused, err
}

// insertRule stores r, with a new ID where it has none, at its place in the order, which
// those from there on make free, or without one behind all others.
func insertRule(ctx context.Context, tx *sql.Tx, r data.Rule) (data.Rule, error) {
	var rules int
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM rule`).Scan(&rules); err != nil {
		return data.Rule{}, err
	}
	if r.Order == 0 || r.Order > rules {
		r.Order = rules + 1
	}
	if _, err := tx.ExecContext(ctx, `UPDATE rule SET place = place + 1 WHERE place >= ?`, r.Order); err != nil {
		return data.Rule{}, err
	}
	var id any
	if r.ID != 0 {
		id = r.ID
	}
	text, err := ruleText(r)
	if err != nil {
		return data.Rule{}, err
	}
	result, err := tx.ExecContext(ctx, `INSERT INTO rule (id, place, rule) VALUES (?,?,?)`, id, r.Order, text)
	if err == nil {
		r.ID, err = result.LastInsertId()
	}
	return r, err
}

// ruleText is r as its row has it: without ID and order.
func ruleText(r data.Rule) (string, error) {
	r.ID, r.Order = 0, 0
	text, err := json.Marshal(r)
	return string(text), err
}

// Rules lists all rules in their order, whether or not they hold at present.
func (s *Store) Rules(ctx context.Context) ([]data.Rule, error) { return s.rules(ctx, s.read) }

func (s *Store) rules(ctx context.Context, q querier) ([]data.Rule, error) {
	var all []data.Rule
	for r, err := range collect(ctx, s, "load rules", scanRule, q, `SELECT id, place, rule FROM rule ORDER BY place`) {
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

func scanRule(row scanner) (data.Rule, error) {
	var (
		id    int64
		place int
		text  string
		r     data.Rule
	)
	if err := row.Scan(&id, &place, &text); err != nil {
		return data.Rule{}, err
	}
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return data.Rule{}, fmt.Errorf("rule %d: %w", id, err)
	}
	r.ID, r.Order = id, place
	return r, nil
}
