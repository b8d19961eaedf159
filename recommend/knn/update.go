package knn

import (
	"context"
	"slices"

	"github.com/alsolike/alsolike/embed"
)

// Gone is the row of an entry in the lists handed to Update whose row is no
// longer there.
const Gone = -1

// Update makes old lists new after some rows have changed, and gives what All
// would give. It costs about as much as the searches for the changed rows and
// for the rows whose lists lost more than they won.
//
// v and o are those of today. old holds the lists of before, of the same K, in
// today's numbers of rows: the list of a row that is new is empty, an entry for a
// row that has been taken away is Gone (its cosine stays), and entries keep their
// order. changed, ascending, names the rows that are new and those of which
// anything has changed that All looks at: vector, group, class, eligibility, rank
// against the other rows, what Match and Allowed say of them; and the rows that
// were of one class with a row that has changed or has been taken away. Among the
// other rows everything is as it was, the order of their numbers too. old is not
// changed.
func Update(ctx context.Context, v embed.Dense, o Options, old Lists, changed []int32) (Lists, error) {
	if o = o.withDefaults(); old.K != o.K || len(old.Len) != v.Rows || len(old.Data) != v.Rows*o.K {
		panic("knn: old lists of another shape")
	}
	if len(changed) > v.Rows/mostChanged {
		return All(ctx, v, o)
	}
	s, err := newSearch(ctx, v, o)
	if err != nil {
		return Lists{}, err
	}
	u := update{search: s, old: old, anew: make([]bool, v.Rows), changed: make([]bool, v.Rows)}
	for _, r := range changed {
		u.changed[r], u.anew[r] = true, true
	}
	u.keep()
	if err := u.enter(ctx); err != nil {
		return Lists{}, err
	}
	u.judge()
	return u.search.again(ctx, u.anew)
}

// mostChanged is the share of rows, one in so many, from which on All is less work.
const mostChanged = 4

// An update is one call of Update.
type update struct {
	*search
	old     Lists
	changed []bool
	anew    []bool // the rows whose lists are searched anew
}

// keep copies what is still true of the old lists: the entries of rows that are as
// they were, in lists of rows that are. Worst first, they are heaps.
func (u *update) keep() {
	for i := range u.old.Len {
		if u.changed[i] || !u.wanted(int32(i)) {
			continue
		}
		list := u.lists.Data[i*u.K:][:0]
		for _, n := range slices.Backward(u.old.Row(i)) {
			if n.Row != Gone && !u.changed[n.Row] {
				list = append(list, n)
			}
		}
		u.lists.Len[i] = int32(len(list))
	}
}

// enter offers the rows that have changed to the lists of those that have not.
func (u *update) enter(ctx context.Context) error {
	jobs := u.jobs(
		func(r int32) bool { return u.wanted(r) && !u.changed[r] },
		func(r int32) bool { return u.eligible(r) && u.changed[r] },
	)
	for _, j := range jobs {
		j.oneSided = true
		if err := u.exact(ctx, j); err != nil {
			return err
		}
	}
	return nil
}

// judge finds the lists that have lost entries and may have to take others that never
// were in them. All that were not in a list of K, and have not changed, come after the
// last of it (or after one of their class that is still in it): so a list that has K
// entries again, none of which comes after the last of old, is as it should be.
func (u *update) judge() {
	for i, length := range u.old.Len {
		if u.changed[i] || !u.wanted(int32(i)) || int(length) < u.K {
			continue
		}
		list := u.lists.Row(i)
		last := u.old.Row(i)[length-1]
		switch {
		case !slices.ContainsFunc(u.old.Row(i), func(n Neighbour) bool { return n.Row == Gone || u.changed[n.Row] }):
		case len(list) < u.K:
			u.anew[i] = true
		case last.Row == Gone || u.changed[last.Row]:
			u.anew[i] = list[0].Cosine <= last.Cosine
		default:
			u.anew[i] = worse(list[0], last, u.Rank)
		}
	}
}

// again searches the lists of some rows anew, and sorts all.
func (s *search) again(ctx context.Context, anew []bool) (Lists, error) {
	for i, again := range anew {
		if again {
			clear(s.lists.Data[i*s.K : (i+1)*s.K])
			s.lists.Len[i] = 0
		}
	}
	jobs := s.jobs(func(r int32) bool { return s.wanted(r) && anew[r] }, s.eligible)
	for _, j := range jobs {
		j.oneSided = true
		if err := s.exact(ctx, j); err != nil {
			return Lists{}, err
		}
		s.finish(j)
	}
	return s.sorted(ctx)
}
