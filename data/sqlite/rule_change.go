package sqlite

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/alsolike/alsolike/data"
)

// ChangeRule stores what f makes of the rule of that ID, or removes it where f returns
// nil, within one transaction: nobody changes it in between. It returns the entry of the
// change in the history, without an ID where nothing has changed. An error of f is
// returned and nothing stored. f must not change ID, Order and Created.
//
// It returns data.ErrNotFound if there is no such rule, or no article that f names, and an
// *data.InvalidError for a rule that AddRule would refuse.
func (s *Store) ChangeRule(ctx context.Context, id int64, f func(old data.Rule) (*data.Rule, error)) (made data.HistoryEntry, err error) {
	err = s.inWrite(ctx, func(tx *sql.Tx) error {
		old, err := loadRule(ctx, tx, id)
		if err != nil {
			return err
		}
		fresh, err := f(old)
		if err != nil {
			return err
		}
		if fresh == nil {
			if err := deleteRule(ctx, tx, id); err != nil {
				return err
			}
		} else {
			if fresh.ID != old.ID || fresh.Order != old.Order || !fresh.Created.Equal(old.Created) {
				panic("sqlite: a rule cannot change its id, its order and when it was made")
			}
			*fresh = fresh.Normal()
			if err := fresh.Validate(); err != nil {
				return err
			}
			if err := checkArticles(ctx, tx, fresh.Target); err != nil {
				return err
			}
			before, err := ruleText(old)
			if err != nil {
				return err
			}
			after, err := ruleText(*fresh)
			if err != nil || after == before {
				return err
			}
			if _, err := tx.ExecContext(ctx, `UPDATE rule SET rule = ? WHERE id = ?`, after, id); err != nil {
				return err
			}
		}
		if made, err = s.recordRule(ctx, tx, &old, fresh); err != nil {
			return err
		}
		return countOverrides(ctx, tx)
	})
	if err != nil {
		return data.HistoryEntry{}, fmt.Errorf("sqlite: change rule %d: %w", id, err)
	}
	return made, nil
}

// PauseRule pauses the rule of that ID or, with paused false, makes it hold again, or
// returns data.ErrNotFound.
func (s *Store) PauseRule(ctx context.Context, id int64, paused bool) error {
	_, err := s.ChangeRule(ctx, id, func(r data.Rule) (*data.Rule, error) {
		r.Paused = paused
		return &r, nil
	})
	return err
}

// RemoveRule removes the rule of that ID, or returns data.ErrNotFound.
func (s *Store) RemoveRule(ctx context.Context, id int64) error {
	_, err := s.ChangeRule(ctx, id, func(data.Rule) (*data.Rule, error) { return nil, nil })
	return err
}

// MoveRule gives the rule of that ID another place in the order, 1 being the first and
// one past the end the last, or returns data.ErrNotFound. The others keep theirs among
// themselves.
func (s *Store) MoveRule(ctx context.Context, id int64, order int) error {
	err := s.inWrite(ctx, func(tx *sql.Tx) error {
		if order < 1 {
			return &data.InvalidError{Field: "order", Reason: fmt.Sprintf("is %d; it counts from 1", order)}
		}
		r, err := loadRule(ctx, tx, id)
		if err != nil {
			return err
		}
		before, err := ruleOrder(ctx, tx)
		if err != nil {
			return err
		}
		after := slices.Delete(slices.Clone(before), r.Order-1, r.Order)
		after = slices.Insert(after, min(order-1, len(after)), id)
		if slices.Equal(before, after) {
			return nil
		}
		if err := setRuleOrder(ctx, tx, after); err != nil {
			return err
		}
		e, err := orderEntry(before, after)
		if err != nil {
			return err
		}
		if _, err := s.record(ctx, tx, e); err != nil {
			return err
		}
		return countOverrides(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("sqlite: move rule %d: %w", id, err)
	}
	return nil
}

// loadRule is the rule of that ID, or data.ErrNotFound.
func loadRule(ctx context.Context, q querier, id int64) (data.Rule, error) {
	r, err := scanRule(q.QueryRowContext(ctx, `SELECT id, place, rule FROM rule WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		err = data.ErrNotFound
	}
	return r, err
}

func deleteRule(ctx context.Context, tx *sql.Tx, id int64) error {
	if _, err := tx.ExecContext(ctx, `UPDATE rule SET place = place - 1 WHERE place > (SELECT place FROM rule WHERE id = ?)`, id); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM rule WHERE id = ?`, id)
	return err
}

// ruleOrder is the IDs of all rules in their order.
func ruleOrder(ctx context.Context, tx *sql.Tx) ([]int64, error) {
	var text string
	if err := tx.QueryRowContext(ctx, `SELECT json_group_array(id ORDER BY place) FROM rule`).Scan(&text); err != nil {
		return nil, err
	}
	var ids []int64
	return ids, json.Unmarshal([]byte(text), &ids)
}

// setRuleOrder puts all rules into that order.
func setRuleOrder(ctx context.Context, tx *sql.Tx, ids []int64) error {
	for i, id := range ids {
		if _, err := tx.ExecContext(ctx, `UPDATE rule SET place = ? WHERE id = ?`, i+1, id); err != nil {
			return err
		}
	}
	return nil
}

// orderSubject is the subject of entries about the order of all rules, which Before and
// After are as a list of IDs.
const orderSubject = "order"

func orderEntry(before, after []int64) (data.HistoryEntry, error) {
	e := data.HistoryEntry{Kind: data.KindRule, Subject: orderSubject, Action: data.ActionMove}
	numbers := make([]string, len(after))
	for i, id := range after {
		numbers[i] = strconv.FormatInt(id, 10)
	}
	e.Summary = "The order of the rules is " + strings.Join(numbers, ", ")
	var err error
	if e.Before, err = json.Marshal(before); err == nil {
		e.After, err = json.Marshal(after)
	}
	return e, err
}

// recordRule records that the rule before became after; nil is none.
func (s *Store) recordRule(ctx context.Context, tx *sql.Tx, before, after *data.Rule) (data.HistoryEntry, error) {
	e, err := ruleEntry(before, after)
	if err != nil {
		return e, err
	}
	if before == nil {
		e.Author = after.Author
	}
	return s.record(ctx, tx, e)
}

// ruleEntry is the entry of a change. A rule that is there is told without its order,
// which changes with those of others; one that is removed with it, so that it comes back
// there.
func ruleEntry(before, after *data.Rule) (data.HistoryEntry, error) {
	e := data.HistoryEntry{Kind: data.KindRule, Action: data.ActionChange}
	about := cmp.Or(after, before)
	e.Subject, e.Target, e.Summary = strconv.FormatInt(about.ID, 10), about.Target, about.Sentence()
	var err error
	switch {
	case before == nil:
		e.Action = data.ActionAdd
	case after == nil:
		e.Action = data.ActionRemove
		if e.Before, err = json.Marshal(before); err != nil {
			return e, err
		}
	default:
		if e.Before, err = ruleState(*before); err != nil {
			return e, err
		}
		if was := before.Sentence(); was != e.Summary {
			e.Summary += "; before: " + was
		}
	}
	if after == nil {
		return e, nil
	}
	if e.After, err = ruleState(*after); err != nil || before == nil {
		return e, err
	}
	other := *before
	other.Paused = after.Paused
	if state, err := ruleState(other); err != nil || !bytes.Equal(state, e.After) {
		return e, err
	}
	if e.Action = data.ActionResume; after.Paused {
		e.Action = data.ActionPause
	}
	return e, nil
}

// ruleState is r as the history keeps it while it is there.
func ruleState(r data.Rule) (json.RawMessage, error) {
	r.Order = 0
	return json.Marshal(r)
}

// presentRule, restoreRule, leavingRule and describeRule are the restorer of rules and
// their order.

func presentRule(ctx context.Context, tx *sql.Tx, subject string) (json.RawMessage, error) {
	if subject == orderSubject {
		ids, err := ruleOrder(ctx, tx)
		if err != nil {
			return nil, err
		}
		return json.Marshal(ids)
	}
	id, err := strconv.ParseInt(subject, 10, 64)
	if err != nil {
		return nil, err
	}
	r, err := loadRule(ctx, tx, id)
	if errors.Is(err, data.ErrNotFound) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	return ruleState(r)
}

func restoreRule(ctx context.Context, tx *sql.Tx, subject string, state json.RawMessage) error {
	if subject == orderSubject {
		var ids []int64
		if err := json.Unmarshal(state, &ids); err != nil {
			return err
		}
		if err := setRuleOrder(ctx, tx, ids); err != nil {
			return err
		}
		return countOverrides(ctx, tx)
	}
	id, err := strconv.ParseInt(subject, 10, 64)
	if err != nil {
		return err
	}
	present, err := loadRule(ctx, tx, id)
	there := err == nil
	if !there && !errors.Is(err, data.ErrNotFound) {
		return err
	}
	if there {
		if err := deleteRule(ctx, tx, id); err != nil {
			return err
		}
	}
	if state != nil {
		var r data.Rule
		if err := json.Unmarshal(state, &r); err != nil {
			return err
		}
		if there {
			r.Order = present.Order
		}
		if _, err := insertRule(ctx, tx, r); err != nil {
			return err
		}
	}
	return countOverrides(ctx, tx)
}

// leavingRule is the rule with its place, so that it comes back there.
func leavingRule(ctx context.Context, tx *sql.Tx, subject string) (json.RawMessage, error) {
	id, err := strconv.ParseInt(subject, 10, 64)
	if err != nil {
		return nil, err
	}
	r, err := loadRule(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	return json.Marshal(r)
}

func describeRule(before, after json.RawMessage) (data.HistoryEntry, error) {
	var orders [2][]int64
	if json.Unmarshal(before, &orders[0]) == nil && json.Unmarshal(after, &orders[1]) == nil {
		return orderEntry(orders[0], orders[1])
	}
	var states [2]*data.Rule
	for i, text := range []json.RawMessage{before, after} {
		if text == nil {
			continue
		}
		states[i] = new(data.Rule)
		if err := json.Unmarshal(text, states[i]); err != nil {
			return data.HistoryEntry{}, err
		}
	}
	return ruleEntry(states[0], states[1])
}
