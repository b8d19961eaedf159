package datatest

import (
	"context"
	"fmt"
	"slices"

	"github.com/alsolike/alsolike/data"
)

// AddRule stores r behind all others, with a new ID and the present time as Created.
func (s *Store) AddRule(ctx context.Context, r data.Rule) (data.Rule, error) {
	stored, refused, _ := s.AddRules(ctx, []data.Rule{r})
	if refused[0] != nil {
		return data.Rule{}, fmt.Errorf("datatest: add rule: %w", refused[0])
	}
	return stored[0], nil
}

// AddRules stores those that can be, and says of each of the others why not.
func (s *Store) AddRules(ctx context.Context, all []data.Rule) (stored []data.Rule, refused []error, _ error) {
	return s.AddRulesIf(ctx, all, func([]data.Rule) error { return nil })
}

// AddRulesIf is AddRules unless check, given the rules that there are, returns an error.
func (s *Store) AddRulesIf(_ context.Context, all []data.Rule, check func(present []data.Rule) error) (stored []data.Rule, refused []error, _ error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := check(s.numbered()); err != nil {
		return nil, nil, err
	}
	stored, refused = make([]data.Rule, len(all)), make([]error, len(all))
	before := s.lastRule
	for i, r := range all {
		if refused[i] = r.Validate(); refused[i] != nil {
			continue
		}
		if _, known := s.articles[r.Target]; !known && r.Target != "" {
			refused[i] = fmt.Errorf("article %q: %w", r.Target, data.ErrNotFound)
			continue
		}
		s.lastRule++
		r = r.Normal()
		r.ID, r.Created = s.lastRule, s.now().Round(0).UTC()
		s.rules = append(s.rules, r)
		stored[i] = s.numbered()[len(s.rules)-1]
	}
	if s.lastRule > before {
		s.revision.Overrides++
	}
	return stored, refused, nil
}

// Rules lists all rules in their order.
func (s *Store) Rules(context.Context) ([]data.Rule, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.numbered(), nil
}

// numbered is a copy of the rules with their orders.
func (s *Store) numbered() []data.Rule {
	all := append([]data.Rule(nil), s.rules...)
	for i := range all {
		all[i].Order = i + 1
	}
	return all
}

// PauseRule pauses the rule of that ID, or makes it hold again, or returns
// data.ErrNotFound.
func (s *Store) PauseRule(_ context.Context, id int64, paused bool) error {
	return s.changeRule(id, func(i int) bool {
		changed := s.rules[i].Paused != paused
		s.rules[i].Paused = paused
		return changed
	})
}

// MoveRule gives the rule of that ID another place in the order, or returns
// data.ErrNotFound.
func (s *Store) MoveRule(_ context.Context, id int64, order int) error {
	if order < 1 {
		return &data.InvalidError{Field: "order", Reason: fmt.Sprintf("is %d; it counts from 1", order)}
	}
	return s.changeRule(id, func(i int) bool {
		r := s.rules[i]
		s.rules = slices.Delete(s.rules, i, i+1)
		at := min(order-1, len(s.rules))
		s.rules = slices.Insert(s.rules, at, r)
		return at != i
	})
}

// RemoveRule removes the rule of that ID, or returns data.ErrNotFound.
func (s *Store) RemoveRule(_ context.Context, id int64) error {
	return s.changeRule(id, func(i int) bool {
		s.rules = slices.Delete(s.rules, i, i+1)
		return true
	})
}

// changeRule calls change with where the rule of that ID stands, which reports whether
// anything is changed.
func (s *Store) changeRule(id int64, change func(i int) bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.rules, func(r data.Rule) bool { return r.ID == id })
	if i < 0 {
		return fmt.Errorf("datatest: rule %d: %w", id, data.ErrNotFound)
	}
	if change(i) {
		s.revision.Overrides++
	}
	return nil
}
