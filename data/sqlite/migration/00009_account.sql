-- +goose Up

-- Editors' accounts. An id is never given twice.
CREATE TABLE account (
	id        INTEGER PRIMARY KEY AUTOINCREMENT,
	name      TEXT NOT NULL,
	canonical TEXT NOT NULL UNIQUE, -- account.Canonical of the name
	role      TEXT NOT NULL,
	password  TEXT NOT NULL,        -- its argon2id hash, with salt and parameters
	created   TEXT NOT NULL,        -- RFC 3339 in UTC, as all times here
	last_seen TEXT NOT NULL         -- to the minute; empty: never
) STRICT;

CREATE TABLE session (
	id        INTEGER PRIMARY KEY AUTOINCREMENT,
	hash      BLOB NOT NULL UNIQUE, -- SHA-256 of the token
	account   INTEGER NOT NULL,
	created   TEXT NOT NULL,
	last_seen TEXT NOT NULL,        -- to the minute
	agent     TEXT NOT NULL
) STRICT;
CREATE INDEX session_account ON session (account);

-- Failed attempts to sign in, by a keyed hash of the name or the address.
CREATE TABLE sign_in_failure (
	subject  BLOB PRIMARY KEY,
	failures INTEGER NOT NULL,
	last     INTEGER NOT NULL -- seconds since 1970
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_in_failure_last ON sign_in_failure (last);
