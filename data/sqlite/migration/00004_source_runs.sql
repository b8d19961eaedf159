-- +goose Up

-- What data.SourceRun tells of each watched source.
CREATE TABLE source_run (
	name      TEXT PRIMARY KEY,
	started   TEXT NOT NULL, -- RFC 3339 in UTC; empty: none
	finished  TEXT NOT NULL,
	succeeded TEXT NOT NULL,
	failures  INTEGER NOT NULL,
	problem   TEXT NOT NULL,
	refused   INTEGER NOT NULL,
	added     INTEGER NOT NULL,
	updated   INTEGER NOT NULL,
	unchanged INTEGER NOT NULL,
	unpublished INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
