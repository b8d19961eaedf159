-- +goose Up

-- An id is never given twice, so that removing by id cannot hit a newer one. Rules are
-- few, and read as a whole: what a rule says is one JSON object (data.Rule).
CREATE TABLE rule (
	id    INTEGER PRIMARY KEY AUTOINCREMENT,
	place INTEGER NOT NULL, -- from 1, without gaps
	rule  TEXT NOT NULL     -- JSON, but for id and order
) STRICT;
