-- +goose Up

-- An id is never given twice, so that a log which names a key stays true.
CREATE TABLE key (
	id        INTEGER PRIMARY KEY AUTOINCREMENT,
	hash      BLOB NOT NULL UNIQUE, -- SHA-256 of the secret
	name      TEXT NOT NULL,
	scopes    TEXT NOT NULL,        -- JSON array of strings
	created   TEXT NOT NULL,        -- RFC 3339 in UTC, as the next two
	last_used TEXT NOT NULL,        -- to the minute; empty: never
	revoked   TEXT NOT NULL         -- empty: the key holds
) STRICT;
