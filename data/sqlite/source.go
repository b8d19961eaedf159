package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/alsolike/alsolike/data"
)

const sourceColumns = `name, started, finished, succeeded, failures, problem, refused, added, updated, unchanged, unpublished`

// PutSourceRun keeps r in place of what was kept of the source of that name.
func (s *Store) PutSourceRun(ctx context.Context, r data.SourceRun) error {
	err := s.inWrite(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `REPLACE INTO source_run (`+sourceColumns+`) VALUES (?,?,?,?,?,?,?,?,?,?,?)`,
			r.Name, formatTime(r.Started), formatTime(r.Finished), formatTime(r.Succeeded), r.Failures, r.Problem, r.Refused,
			r.Changes.Added, r.Changes.Updated, r.Changes.Unchanged, r.Unpublished)
		return err
	})
	if err != nil {
		return fmt.Errorf("sqlite: store the run of source %q: %w", r.Name, err)
	}
	return nil
}

// SourceRuns lists what is kept of all sources by name, also of ones that are
// no longer watched.
func (s *Store) SourceRuns(ctx context.Context) ([]data.SourceRun, error) {
	var all []data.SourceRun
	for r, err := range collect(ctx, s, "load the runs of sources", scanSourceRun, s.read,
		`SELECT `+sourceColumns+` FROM source_run ORDER BY name`) {
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

func scanSourceRun(row scanner) (data.SourceRun, error) {
	var r data.SourceRun
	var started, finished, succeeded string
	err := row.Scan(&r.Name, &started, &finished, &succeeded, &r.Failures, &r.Problem, &r.Refused,
		&r.Changes.Added, &r.Changes.Updated, &r.Changes.Unchanged, &r.Unpublished)
	if err != nil {
		return data.SourceRun{}, err
	}
	if r.Started, err = parseTime(started); err != nil {
		return data.SourceRun{}, err
	}
	if r.Finished, err = parseTime(finished); err != nil {
		return data.SourceRun{}, err
	}
	r.Succeeded, err = parseTime(succeeded)
	return r, err
}
