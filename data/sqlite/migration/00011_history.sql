-- +goose Up

-- Who changed what, and what was there before and after: data.HistoryEntry.
CREATE TABLE history (
	id      INTEGER PRIMARY KEY AUTOINCREMENT,
	time    TEXT NOT NULL, -- RFC 3339 in UTC, always to the nanosecond
	author  TEXT NOT NULL,
	kind    TEXT NOT NULL,
	subject TEXT NOT NULL,
	article TEXT NOT NULL,
	target  TEXT NOT NULL,
	action  TEXT NOT NULL,
	summary TEXT NOT NULL,
	before  TEXT NOT NULL, -- JSON, as the next; empty: there was none
	after   TEXT NOT NULL,
	reverts INTEGER NOT NULL -- 0: none
) STRICT;

CREATE INDEX history_subject ON history (kind, subject, id);
CREATE INDEX history_article ON history (article, id);
CREATE INDEX history_target ON history (target, id);

-- A history only grows.
-- +goose StatementBegin
CREATE TRIGGER history_stays BEFORE UPDATE ON history BEGIN
	SELECT RAISE(ABORT, 'an entry of the history cannot be changed');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER history_grows BEFORE DELETE ON history BEGIN
	SELECT RAISE(ABORT, 'an entry of the history cannot be deleted');
END;
-- +goose StatementEnd
