package datatest

import (
	"context"
	"maps"
	"slices"

	"github.com/alsolike/alsolike/data"
)

// AddListed notes that the source of that key lists the articles of ids.
func (s *Store) AddListed(_ context.Context, source string, ids []data.ArticleID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listed == nil {
		s.listed = map[string]map[data.ArticleID]bool{}
	}
	if s.listed[source] == nil {
		s.listed[source] = map[data.ArticleID]bool{}
	}
	for _, id := range ids {
		s.listed[source][id] = true
	}
	return nil
}

// Listed is what AddListed has noted of the source of that key, in id order.
func (s *Store) Listed(_ context.Context, source string) ([]data.ArticleID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.listed[source])), nil
}

// Unlist forgets that the source of that key lists the articles of ids. Those
// that no other source lists become unpublished; it counts those that were not
// so before.
func (s *Store) Unlist(_ context.Context, source string, ids []data.ArticleID) (unpublished int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		delete(s.listed[source], id)
		elsewhere := false
		for _, listed := range s.listed {
			elsewhere = elsewhere || listed[id]
		}
		one, known := s.articles[id]
		if elsewhere || !known || one.article.State == data.Unpublished {
			continue
		}
		one.article.State, one.revision = data.Unpublished, s.revision.Articles+1
		s.articles[id] = one
		unpublished++
	}
	if unpublished > 0 {
		s.revision.Articles++
	}
	return unpublished, nil
}
