package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/alsolike/alsolike/data"
)

// OverridePage lists the overrides that f asks for by ID, and counts all that it lets
// through wherever the page begins. Both are of one moment.
func (s *Store) OverridePage(ctx context.Context, f data.OverrideFilter) (page []data.Override, total int, err error) {
	tx, err := s.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, 0, fmt.Errorf("sqlite: list overrides: %w", s.explain(ctx, err))
	}
	defer tx.Rollback()
	where, args := overrideConditions(f)
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM override WHERE `+where, args...).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("sqlite: count overrides: %w", s.explain(ctx, err))
	}
	limit := -1
	if f.Limit > 0 {
		limit = f.Limit
	}
	for o, err := range collect(ctx, s, "list overrides", scanOverride, tx,
		`SELECT `+overrideColumns+` FROM override WHERE `+where+` AND id > ? ORDER BY id LIMIT ?`, append(args, f.After, limit)...) {
		if err != nil {
			return nil, 0, err
		}
		page = append(page, o)
	}
	return page, total, nil
}

// overrideConditions are those of data.OverrideFilter.Matches. Times are in order as
// texts without the Z at their end, of which they may have a fraction of a second.
func overrideConditions(f data.OverrideFilter) (where string, args []any) {
	conditions := []string{"1"}
	and := func(condition string, values ...any) {
		conditions, args = append(conditions, condition), append(args, values...)
	}
	for _, c := range []struct{ column, value string }{
		{"article", string(f.Article)}, {"target", string(f.Target)}, {"action", string(f.Action)}, {"author", f.Author}, {"placement", f.Placement},
	} {
		if c.value != "" {
			and(c.column+" = ?", c.value)
		}
	}
	now := strings.TrimSuffix(formatTime(f.Now), "Z")
	switch f.State {
	case data.OverrideActive:
		and("NOT paused AND rtrim(since, 'Z') <= ? AND (until = '' OR rtrim(until, 'Z') > ?)", now, now)
	case data.OverridePaused:
		and("paused")
	case data.OverrideUpcoming:
		and("NOT paused AND rtrim(since, 'Z') > ?", now)
	case data.OverrideOver:
		and("NOT paused AND rtrim(since, 'Z') <= ? AND until <> '' AND rtrim(until, 'Z') <= ?", now, now)
	}
	return strings.Join(conditions, " AND "), args
}
